"""Master lists: what a signer for master lists signed, under an authority of the list."""

from datetime import timedelta

import pytest

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import sign_cms
from crypto.lds.issuers.csca_import import CscaImport, is_link
from crypto.lds.issuers.master_list import MasterListRefused, read_master_list
from crypto.path.known_authorities import known_authorities
from crypto.path.trust import TrustRefused
from crypto.report.policy import Environment
from tests.support.lds.documents import NOW
from tests.support.lds.master_lists import SIGNED, issue_list_signer, make_master_list
from tests.support.lds.states import curve_key, make_authority, make_signer


@pytest.fixture(scope="module")
def states():
    return make_authority(), make_authority(country="KG")


def refusal(octets, moment=NOW):
    with pytest.raises(MasterListRefused) as refused:
        read_master_list(octets, moment)
    return refused.value.detail


def test_a_list_names_its_certificates_its_signer_and_the_authority_above_it(states):
    found = read_master_list(make_master_list(states), NOW)

    assert {each.sha256 for each in found.certificates} == {s.parsed.sha256 for s in states}
    assert (found.size, found.unreadable) == (2, ())
    assert found.authority == states[0].parsed
    assert found.signed_at == SIGNED


def test_a_list_is_judged_when_it_was_signed(states):
    assert read_master_list(make_master_list(states), NOW + timedelta(days=3650)).size == 2


def test_a_signer_for_anything_else_is_refused(states):
    for purpose in (oids.CLIENT_AUTH, oids.TIME_STAMPING):
        signer = issue_list_signer(states[0], purpose)
        assert refusal(make_master_list(states, signer)) == "signer_not_for_master_lists"
    assert refusal(make_master_list(states, make_signer(states[0]))) == (
        "signer_not_for_master_lists"
    )


def test_a_signer_of_an_authority_that_is_not_in_the_list_is_refused(states):
    stranger = issue_list_signer(make_authority(name="Other"))
    assert refusal(make_master_list(states, stranger)) == "signer_path:no_issuer_found"


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (b"", "malformed:truncated"),
        (b"\x30\x80" * 9000, "malformed:too_deep"),
        (bytes(9 << 20), "too_large"),
    ],
)
def test_octets_that_are_no_list_are_refused(octets, detail):
    assert refusal(octets) == detail


def test_a_list_of_another_version_or_kind_is_refused(states):
    assert refusal(make_master_list(states, version=1)) == "malformed:master_list_version"
    signer = issue_list_signer(states[0])
    other = sign_cms(
        b"content",
        certificate=signer.der,
        sign=signer.key.sign,
        digest_oid=oids.SHA256,
        signature_oid=signer.key.signature_oid,
        signing_time=SIGNED,
    )
    assert refusal(other) == "not_a_master_list"


def test_a_certificate_that_cannot_be_read_is_counted_and_left(states):
    class Unreadable:
        der = w.sequence(w.null())

    found = read_master_list(make_master_list((states[0], Unreadable)), NOW)
    assert (found.size, len(found.certificates), len(found.unreadable)) == (2, 1, 1)


# What becomes trusted.


def select(candidates, typed=(), trusted=(), environment=Environment.TEST, countries=("KZ",)):
    return CscaImport(
        environment,
        frozenset(countries),
        frozenset(each.parsed.sha256 for each in typed),
        tuple(each.parsed for each in trusted),
        known_authorities(),
    ).select([each.parsed for each in candidates])


def test_an_authority_is_admitted_by_its_typed_fingerprint_and_no_other(states):
    ours, neighbours = states
    found = select(states)
    assert (found.admitted, found.unconfirmed) == ((), (ours.parsed,))
    (admitted,) = select(states, typed=[ours]).admitted
    assert (admitted.certificate, admitted.anchor, admitted.typed) == (ours.parsed, True, True)
    with pytest.raises(TrustRefused, match="fingerprint_matches_no_file"):
        select(states, typed=[neighbours])


def test_a_link_is_admitted_by_the_key_of_a_pinned_authority_alone(states):
    key = curve_key()
    link = make_authority(key, issuer=states[0])
    forged = make_authority(curve_key(), issuer=make_authority())

    assert is_link(link.parsed)
    assert not is_link(states[0].parsed)
    for arguments in ({"typed": [states[0]]}, {"trusted": [states[0]]}):
        offered = (states[0], link, forged)
        found = select(offered, **arguments)
        links = [each.certificate for each in found.admitted if not each.anchor]
        assert links == [link.parsed]
        assert forged.parsed in found.unconfirmed
    assert select((link,)).admitted == ()


def test_what_is_no_authority_is_refused_even_by_its_fingerprint(states):
    signer = make_signer(states[0])
    with pytest.raises(TrustRefused, match="not_a_csca"):
        select([signer], typed=[signer])


def test_a_production_station_refuses_the_state_of_specimens():
    utopia = make_authority(country="UT")
    with pytest.raises(TrustRefused, match="test_anchor_in_production"):
        select([utopia], [utopia], environment=Environment.PROD, countries=("UT",))
    assert select([utopia], [utopia], countries=("UT",)).admitted
