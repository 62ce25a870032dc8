"""Whatever a signing service answers: a value or one of the package's own failures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.carrier.egov_messages import (
    read_launch_link,
    read_next_address,
    read_registration,
    read_signature,
)
from crypto.carrier.errors import CarrierError, CarrierProtocol

READERS = (
    read_registration,
    read_signature,
    lambda said: read_next_address(said, "https://a.kz/s"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "message",
                    "status",
                    "dataURL",
                    "signURL",
                    "documentsToSign",
                    "id",
                    "document",
                    "file",
                    "data",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def settled(reader, untrusted):
    try:
        return reader(untrusted)
    except CarrierError as failure:
        return failure.code


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(untrusted):
    for reader in READERS:
        assert settled(reader, untrusted)


@given(JSON)
def test_any_json_is_read_or_refused(value):
    import msgspec

    untrusted = msgspec.json.encode(value)
    for reader in READERS:
        assert settled(reader, untrusted)


@given(st.text(max_size=200) | st.from_regex(r"https://m\.egov\.kz/mobileSign/\?link=.{0,80}"))
def test_any_launch_link_gives_a_code_of_that_scheme_or_is_refused(link):
    found = settled(lambda said: read_launch_link(said, service_host="sign.example.kz"), link)
    if found == CarrierProtocol.code:
        return
    scanned, address = found
    assert scanned == f"mobileSign:{address}"
    assert scanned.isascii()
    assert not any(letter <= " " for letter in scanned)


@pytest.mark.parametrize("hidden", ["%0A", "%00", "%20", "+", "%D3%99"])
def test_nothing_unprintable_hides_behind_percent_signs(hidden):
    link = f"https://m.egov.kz/mobileSign/?link=https://a.kz/x{hidden}y"

    with pytest.raises(CarrierProtocol):
        read_launch_link(link, service_host="a.kz")


def test_the_web_marker_alone_is_taken_out_of_the_address():
    link = "https://m.egov.kz/mobileSign/?link=https%3A%2F%2Fa.kz%2Fx%3Fb%3D1%26mgovSign"

    assert read_launch_link(link, service_host="a.kz") == (
        "mobileSign:https://a.kz/x?b=1",
        "https://a.kz/x?b=1",
    )


@pytest.mark.parametrize("form", ["AAEC", "AA\nEC", "-----BEGIN CMS-----\nAAEC\n-----END CMS-----"])
def test_a_signature_comes_as_base64_broken_base64_or_pem(form):
    import msgspec

    entry = {"id": 1, "document": {"file": {"data": form}}}

    assert read_signature(msgspec.json.encode({"documentsToSign": [entry]})) == b"\x00\x01\x02"
