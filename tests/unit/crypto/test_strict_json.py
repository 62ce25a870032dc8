"""Foreign JSON is read in one way only, wherever it comes from."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.carrier.egov_messages import read_next_address, read_registration
from crypto.carrier.errors import CarrierForeign, CarrierProtocol
from crypto.carrier.ncalayer_messages import read_greeting, read_signature
from crypto.cms.evidence_pack import EvidencePack, PackRefused
from crypto.errors import EntryMalformed
from crypto.log.format.entry import parse_canonical
from crypto.strict_json import JsonRefused, strict_decoded, strict_json

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_what_is_plain_comes_back_equal(value):
    assert strict_json(json.dumps(value)) == value
    assert strict_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        (b'{"a":1,"a":1}', "duplicate member"),
        (b'{"a":1,"\\u0061":2}', "duplicate member"),
        (b'[{"x":{"y":[{"a":1,"b":2,"a":3}]}}]', "duplicate member"),
        (b"[" * 40 + b"]" * 40, "too deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too deep"),
        (b"[" * 100_000, "not JSON"),
        (b'"\\ud800"', "not JSON"),
        (b'{"\\udfff":1}', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ('{"a":1}'.encode("utf-16"), "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"NaN", "number"),
        (b"[-Infinity]", "number"),
        (b"1e999", "number"),
        (b"1" * 10_000, "not JSON"),
        (b"{} {}", "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_what_could_be_read_in_two_ways_or_costs_too_much_is_refused(spoiled, why):
    with pytest.raises(JsonRefused, match=why):
        strict_json(spoiled)


def test_integers_alone_where_integers_are_asked_for():
    assert strict_json(b"[1.5,2]") == [1.5, 2]
    with pytest.raises(JsonRefused, match="number"):
        strict_json(b"[1.5]", integers_only=True)


class _Shape(msgspec.Struct, forbid_unknown_fields=True):
    word: str
    octets: bytes = b""


def test_a_shape_is_filled_strictly():
    assert strict_decoded(b'{"word":"a","octets":"AQI="}', _Shape) == _Shape("a", b"\x01\x02")
    for other in (b'{"word":1}', b'{"word":"a","more":1}', b"[]", b'{"word":"a","word":"b"}'):
        with pytest.raises(JsonRefused):
            strict_decoded(other, _Shape)


@pytest.mark.parametrize(
    ("read", "refused"),
    [
        (lambda text: read_greeting(text.decode()), CarrierForeign),
        (lambda text: read_signature(text.decode()), CarrierProtocol),
        (read_registration, CarrierProtocol),
        (lambda text: read_next_address(text, "https://a.example/"), CarrierProtocol),
        (EvidencePack.read, PackRefused),
        (parse_canonical, EntryMalformed),
    ],
)
def test_no_reader_takes_one_of_two_members(read, refused):
    greeting = b'{"result":{"version":"1.4","version":"1.4"},"result":{"version":"1.4"}}'
    reply = b'{"status":true,"body":{"result":"AAAA"},"status":true}'
    message = b'{"message":"","message":""}'
    for text in (greeting, reply, message):
        with pytest.raises(refused):
            read(text)
