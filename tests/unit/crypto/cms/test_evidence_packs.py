"""What a validation was told is recorded whole; a repetition needs nothing else."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.asn1 import oids
from crypto.cms.create import attribute
from crypto.cms.evidence_pack import EvidencePack, PackRefused, gather_pack
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.validation_request import ValidationRequest
from crypto.crl_store.store import CrlStore
from crypto.errors import CryptoError
from crypto.gost.kinds import GostKind
from crypto.path.trust import TrustRefused
from crypto.report.policy import CarrierRule
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.recording import EvidenceMissing, RecordingSources, ReplayedSources
from crypto.revocation.sources import FetchFailed, crl_issuers
from crypto.signatures.document import DocumentReport
from crypto.signatures.revalidation import revalidate
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    IIN,
    NOW,
    OcspAnswer,
    ca_name,
    issue,
    make_crl,
    revoked_status,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.gost_world import gost_world
from tests.support.pki.time_stamping import stamp
from tests.unit.crypto.cms.test_timestamps import stamped_cms
from tests.unit.crypto.cms.test_timestamps_gost import gost_authority

W = world()
CONSTRAINTS = SignatureConstraints(W.trust(), W.trust(), W.validator().constraints.policy)


def asked(**changes):
    return replace(
        ValidationRequest(W.cms(), CONTENT, IIN, fresh=True, moment=NOW),
        **changes,
    )


def made(sources=None, *, constraints=CONSTRAINTS, raw=lambda _sha256: None, **changes):
    """Validate while recording; return the pack, its octets (lists too) and the report."""
    question = asked(**changes)
    recording = RecordingSources(sources or W.sources(), raw)
    report = SignatureValidator.under(constraints, recording).validate_request(question)
    pack, blobs = gather_pack(question, constraints, recording, report.to_json(), "test")
    held = blobs | {each: recording.octets(each) for each in pack.crl_digests()}
    return pack, {digest: octets for digest, octets in held.items() if octets}, report


def revoked(nonce):
    return OcspAnswer([(W.identifier(), revoked_status())], nonce=nonce).encode(W.responder)


def crl(*serials):
    return ParsedCrl.parse(make_crl(W.authority, [(each, None) for each in serials]))


CASES = {
    "passed": {},
    "revoked": {"sources": lambda: W.sources(revoked)},
    "silent responder, lists": {"sources": lambda: W.sources(None, [W.root_crl(), crl()])},
    "revoked in a list": {
        "sources": lambda: W.sources(None, [W.root_crl(), crl(W.person.parsed.serial)])
    },
    "nothing known": {"sources": lambda: W.sources(None, [])},
    "garbage answer": {"sources": lambda: W.sources(lambda _nonce: b"<html>", [W.root_crl()])},
    "another content": {"content": b"else"},
    "another person": {"iin": "910202400312"},
    "detached": {"cms": W.cms(detached=True)},
    "a document": {"fresh": False, "iin": None},
    "nonsense": {"cms": b"nonsense"},
}


@pytest.mark.parametrize("name", CASES)
def test_a_validation_made_again_from_its_pack_has_the_same_outcome(name):
    changes = dict(CASES[name])
    sources = changes.pop("sources", W.sources)()
    pack, held, report = made(sources, **changes)
    again = revalidate(EvidencePack.read(json.dumps(pack.to_json()).encode()), held.get)
    assert again.same
    assert again.report.to_json() == report.to_json()
    assert again.report.signatures[0].evidence == report.signatures[0].evidence


def test_a_passed_repetition_names_its_anchor():
    pack, held, _ = made()
    again = revalidate(pack, held.get)
    assert again.repeated == (("TOTAL_PASSED", None, "signature.passed"),)
    assert again.anchors == (W.root.parsed.sha256,)


def test_roots_that_a_counted_time_stamp_rests_on_are_named_too():
    """A pack brings its own: one that lies could excuse a revocation by a time-stamp of its own."""
    stamping = issue(ca_name("TSA ROOT"), "tsa-root", None, CA_EXTENSIONS, serial=1)
    purpose = x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)])
    stamper = issue(
        ca_name("TSA"),
        "tsa",
        stamping,
        ((usage("digital_signature"), True), (purpose, True)),
        serial=5,
    )
    constraints = replace(CONSTRAINTS, timestamp_trust=trust_of(stamping))
    held = [W.root_crl(), ParsedCrl.parse(make_crl(stamping))]
    unstamped, octets, _ = made(W.sources(held=held), constraints=constraints)
    assert revalidate(unstamped, octets.get).anchors == (W.root.parsed.sha256,)
    pack, octets, _ = made(
        W.sources(held=held), constraints=constraints, cms=stamped_cms(holder=stamper)
    )
    again = revalidate(pack, octets.get)
    assert again.same
    assert set(again.anchors) == {W.root.parsed.sha256, stamping.parsed.sha256}


def test_the_nonce_of_then_is_held_against_the_answer_of_then():
    pack, held, _ = made()
    other = msgspec_replace(pack, nonces=["00" * 16])
    again = revalidate(other, held.get)
    assert not again.same
    assert again.repeated[0][0] == "INDETERMINATE"


def msgspec_replace(pack, **changes):
    return EvidencePack.read(json.dumps(pack.to_json() | changes).encode())


def test_a_list_that_is_gone_leaves_its_question_open_and_never_good():
    pack, held, _ = made(W.sources(None, [W.root_crl(), crl()]))
    for digest in pack.crl_digests():
        kept = {name: octets for name, octets in held.items() if name != digest}
        again = revalidate(pack, kept.get)
        assert again.recorded[0][0] == "TOTAL_PASSED"
        assert again.repeated[0][:2] == ("INDETERMINATE", "TRY_LATER")


def test_a_list_that_was_exchanged_is_a_list_that_is_missing():
    bad = crl(W.person.parsed.serial)
    pack, held, _ = made(W.sources(None, [W.root_crl(), bad]))
    assert revalidate(pack, held.get).repeated[0][1] == "REVOKED"
    changed = held | {bad.sha256: crl().raw}
    assert revalidate(pack, changed.get).repeated[0][1] == "TRY_LATER"


@pytest.mark.parametrize("which", ["cms", "content"])
def test_a_pack_without_what_was_judged_cannot_be_opened(which):
    pack, held, _ = made()
    for octets in (None, b"else"):
        with pytest.raises(EvidenceMissing):
            revalidate(pack, (held | {getattr(pack, which): octets}).get)


def test_a_pack_without_its_anchors_or_answers_cannot_be_opened():
    pack, held, _ = made()
    for digest in (*pack.trust.anchors, *(e.answer for e in pack.exchanges)):
        with pytest.raises(EvidenceMissing):
            revalidate(pack, {n: o for n, o in held.items() if n != digest}.get)


def test_a_pack_cannot_bring_test_anchors_into_production(monkeypatch):
    pack, held, _ = made()
    plain = pack.to_json()
    plain["trust"] = plain["trust"] | {"environment": "prod"}
    with pytest.raises(TrustRefused):
        revalidate(EvidencePack.read(json.dumps(plain).encode()), held.get)


def test_a_changed_outcome_shows():
    pack, held, _ = made()
    plain = pack.to_json()
    signature = plain["report"]["signatures"][0] | {"indication": "TOTAL_FAILED"}
    plain["report"] = plain["report"] | {"signatures": [signature]}
    again = revalidate(EvidencePack.read(json.dumps(plain).encode()), held.get)
    assert not again.same


def test_the_same_evidence_is_too_old_later():
    pack, held, _ = made()
    sources = ReplayedSources(pack.record(held.get), held.get)
    request = replace(pack.request(held.get), moment=NOW + timedelta(days=20))
    later = SignatureValidator.under(CONSTRAINTS, sources).validate_request(request)
    assert later.indication is Indication.INDETERMINATE
    assert isinstance(later, DocumentReport)


def test_a_list_kept_elsewhere_is_taken_from_there():
    root, one = W.root_crl(), crl()

    class Stored:
        """A list of a store: its octets are not in it."""

        def __init__(self, item):
            self._item = item

        def __getattr__(self, name):
            if name == "raw":
                raise AttributeError(name)
            return getattr(self._item, name)

    sources = W.sources(None, [Stored(root), Stored(one)])
    known = {each.sha256: each.raw for each in (root, one)}
    pack, held, _ = made(sources, raw=known.get)
    assert set(pack.crl_digests()) <= set(held)
    assert revalidate(pack, held.get).same


def test_a_repetition_that_asks_more_than_was_asked_gets_failures_and_no_empty_answers():
    pack, held, _ = made()
    replayed = ReplayedSources(pack.record(held.get), held.get)
    with pytest.raises(FetchFailed, match="not_recorded"):
        replayed.ocsp(W.authority.parsed, b"another request")
    with pytest.raises(EvidenceMissing, match="not_recorded"):
        replayed.crls(W.root.parsed)


def test_a_store_that_failed_then_fails_again():
    class Broken:
        def nonce(self):
            return None

        def ocsp(self, _issuer, _request):
            raise FetchFailed("no_route")

        def crls(self, _certificate):
            raise EvidenceMissing("broken")

    pack, held, report = made(Broken())
    assert report.indication is Indication.INDETERMINATE
    assert revalidate(pack, held.get).same


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": 3},
        {"cms": "AB" * 32},
        {"moment_ms": -1},
        {"extra": 1},
        {"nonces": ["0"]},
        {"expected_iin": "12"},
        {"look_ups": [{"certificate": "00" * 32, "lists": [["x"]], "failed": None}]},
        {"trust": {"environment": "prod", "anchors": [], "intermediates": []}},
        {"report": None},
    ],
)
def test_a_malformed_manifest_is_refused(change):
    pack, _, _ = made()
    with pytest.raises(PackRefused):
        EvidencePack.read(json.dumps(pack.to_json() | change).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"carrier": "nowhere"},
        {"minimum_rsa_bits": "2048"},
        {"unknown": 1},
        {"revocation": None},
        # Found by fuzzing: spans and moments that no calendar holds, or that have no zone.
        {"ocsp_max_age_s": 10**12},
        {"crl_max_age_s": 1 << 70},
        {"clock_tolerance_s": -1},
        {"last_moments": [["gost2004", "2025-07-27T00:00:00"]]},
    ],
)
def test_a_policy_that_is_not_ours_is_refused(change):
    pack, held, _ = made()
    plain = pack.to_json()
    plain["policy"] = plain["policy"] | change
    with pytest.raises(PackRefused):
        revalidate(EvidencePack.read(json.dumps(plain).encode()), held.get)


def test_a_policy_with_a_bound_left_out_is_refused():
    pack, held, _ = made()
    plain = pack.to_json()
    plain["policy"] = {n: v for n, v in plain["policy"].items() if n != "ocsp_max_age_s"}
    with pytest.raises(PackRefused, match="ocsp_max_age_s"):
        revalidate(EvidencePack.read(json.dumps(plain).encode()), held.get)


ADDED = {
    "authority_policies": frozenset(),
    "validity_tolerance_s": 0,
    "young_key_s": 0,
    "require_signing_certificate": False,
    "require_consistent_profile": False,
}


def as_version_1(pack):
    """A manifest as this program wrote it before trust had issuers."""
    plain = pack.to_json()
    for store in ("trust", "timestamp_trust"):
        plain[store] = {n: v for n, v in plain[store].items() if n != "issuers"}
    policy = {n: v for n, v in plain["policy"].items() if n not in ADDED}
    return plain | {"version": 1, "policy": policy}


def test_a_pack_of_version_1_is_judged_by_what_was_demanded_then():
    pack, held, _ = made()
    old = EvidencePack.read(json.dumps(as_version_1(pack)).encode())
    read = old.constraints(held.get)
    assert {name: getattr(read.policy, name) for name in ADDED} == ADDED
    assert (read.trust.issuers, read.timestamp_trust.issuers) == (None, None)
    assert revalidate(old, held.get).same


@pytest.mark.parametrize("added", ADDED)
def test_no_bound_of_a_later_version_stands_in_a_pack_of_version_1(added):
    pack, held, _ = made()
    plain = as_version_1(pack)
    plain["policy"][added] = pack.policy[added]
    with pytest.raises(PackRefused, match=added):
        revalidate(EvidencePack.read(json.dumps(plain).encode()), held.get)
    newer = pack.to_json()
    newer["policy"] = {n: v for n, v in newer["policy"].items() if n != added}
    with pytest.raises(PackRefused, match=added):
        revalidate(EvidencePack.read(json.dumps(newer).encode()), held.get)


def test_issuers_are_stated_from_version_2_on_and_only_there():
    pack, _, _ = made()
    with pytest.raises(PackRefused, match="issuers"):
        EvidencePack.read(json.dumps(pack.to_json() | {"version": 1}).encode())
    for store in ("trust", "timestamp_trust"):
        plain = as_version_1(pack) | {"version": 2}
        plain[store] = pack.to_json()[store]
        with pytest.raises(PackRefused, match="issuers"):
            EvidencePack.read(json.dumps(plain).encode())


def test_issuers_come_back_from_a_pack_as_they_were():
    keys = frozenset({sha256(W.authority.parsed.key.raw).hexdigest(), "ab" * 32})
    trust = replace(CONSTRAINTS.trust, issuers=keys)
    pack, held, _ = made(constraints=replace(CONSTRAINTS, trust=trust))
    read = EvidencePack.read(json.dumps(pack.to_json()).encode()).constraints(held.get)
    assert (read.trust.issuers, read.timestamp_trust.issuers) == (keys, None)


def test_an_endless_manifest_is_refused():
    with pytest.raises(PackRefused, match="too_large"):
        EvidencePack.read(b" " * ((4 << 20) + 1))
    with pytest.raises(PackRefused):
        EvidencePack.read(b"[" * 100_000)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_read_as_a_manifest_only_our_own_errors_come_out(untrusted):
    with pytest.raises(CryptoError):
        EvidencePack.read(untrusted)


class Indexed:
    """Sources over a real store of lists, whose octets lie in the store; OCSP is silent."""

    def __init__(self, store):
        self._store = store

    def nonce(self):
        return bytes(16)

    def ocsp(self, _issuer, _request):
        raise FetchFailed("no_route")

    def crls(self, certificate):
        return self._store.crls_issued_by(crl_issuers(certificate))


def test_lists_of_the_stations_store_are_packed_even_after_they_were_replaced():
    store = CrlStore(None)
    try:
        store.put(W.root_crl().raw, W.root.parsed, CONTEXT)
        store.put(crl().raw, W.authority.parsed, CONTEXT)
        recording = RecordingSources(Indexed(store), store.raw)
        report = SignatureValidator.under(CONSTRAINTS, recording).validate_request(asked())
        newer = make_crl(W.authority, number=11, this_update=NOW - timedelta(minutes=1))
        store.put(newer, W.authority.parsed, CONTEXT)
        pack, held = gather_pack(asked(), CONSTRAINTS, recording, report.to_json(), "test")
        held |= {each: recording.octets(each) for each in pack.crl_digests()}
    finally:
        store.close()
    assert report.indication is Indication.TOTAL_PASSED
    assert len(pack.crl_digests()) == 2
    assert revalidate(pack, held.get).same


def test_every_bound_of_a_policy_comes_back_from_a_pack_as_it_was():
    policy = replace(
        CONSTRAINTS.policy,
        accepted_roles=frozenset({"1.2.398.3.3.4.1.1", "1.2.398.3.3.4.1.2"}),
        last_moments=(("gost2004", NOW - timedelta(days=400)), ("ec", NOW)),
        carrier=CarrierRule.HARDWARE,
    )
    pack, _, _ = made(constraints=replace(CONSTRAINTS, policy=policy))
    read = EvidencePack.read(json.dumps(pack.to_json()).encode()).validation_policy()
    assert replace(read, last_moments=()) == replace(policy, last_moments=())
    assert sorted(read.last_moments) == sorted(policy.last_moments)


DECADE = NOW + timedelta(days=3653)


def in_ten_years(pack, held, **changes):
    again = revalidate(pack, held.get, moment=DECADE, **changes)
    (report,) = again.report.signatures
    return again, report


def stamped_pack(**changes):
    """Validate a stamped challenge; the responder, lists and the authority's list at hand."""
    held = [W.root_crl(), crl()]
    return made(W.sources(held=held), cms=stamped_cms(), **changes)


def test_in_ten_years_a_stamped_signature_passes_as_of_its_stamp():
    """Certificates, the time-stamping authority and the anchor have expired by then."""
    pack, held, report = stamped_pack()
    assert report.indication is Indication.TOTAL_PASSED
    again, later = in_ten_years(pack, held)
    assert again.same
    assert later.indication is Indication.TOTAL_PASSED
    assert later.proven_at_ms == int(NOW.timestamp() * 1000)
    assert later.validated_at_ms == int(DECADE.timestamp() * 1000)


def test_in_ten_years_a_signature_without_its_stamp_is_undecided():
    pack, held, _ = stamped_pack()
    bare = W.cms()
    taken_out = msgspec_replace(pack, cms=sha256(bare).hexdigest())
    again, later = in_ten_years(taken_out, held | {sha256(bare).hexdigest(): bare})
    assert not again.same
    assert (later.indication, later.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
    )
    unstamped, octets, _ = made()
    assert in_ten_years(unstamped, octets)[1].indication is Indication.INDETERMINATE


def test_our_log_dates_what_bears_no_stamp():
    pack, held, _ = made()
    logged = ProofsOfExistence().extend([pack.cms], ProofOfExistence(NOW, ProofSource.LOG))
    assert in_ten_years(pack, held, proofs=logged)[1].indication is Indication.TOTAL_PASSED
    other = ProofsOfExistence().extend(["00" * 32], ProofOfExistence(NOW, ProofSource.LOG))
    assert in_ten_years(pack, held, proofs=other)[1].indication is Indication.INDETERMINATE


def test_algorithms_that_were_retired_meanwhile_are_judged_as_of_the_stamp():
    policy = replace(CONSTRAINTS.policy, last_moments=(("ec", NOW + timedelta(days=365)),))
    pack, held, _ = stamped_pack(constraints=replace(CONSTRAINTS, policy=policy))
    assert in_ten_years(pack, held)[1].indication is Indication.TOTAL_PASSED


def test_in_ten_years_a_list_that_is_gone_leaves_the_status_of_then_open():
    pack, held, _ = stamped_pack()
    for digest in pack.crl_digests():
        kept = {name: octets for name, octets in held.items() if name != digest}
        assert in_ten_years(pack, kept)[1].indication is Indication.INDETERMINATE


def test_who_was_revoked_then_is_not_good_in_ten_years():
    sources = W.sources(revoked, [W.root_crl(), crl()])
    pack, held, _ = made(sources, cms=stamped_cms())
    _, later = in_ten_years(pack, held)
    assert later.indication is not Indication.TOTAL_PASSED


def test_a_person_who_was_not_the_customer_is_not_in_ten_years():
    pack, held, _ = stamped_pack(iin="910202400312")
    _, later = in_ten_years(pack, held)
    assert (later.indication, later.reason) == (Indication.TOTAL_FAILED, "signature.iin_mismatch")


def test_in_ten_years_a_gost_signature_passes_as_of_the_stamp_of_a_gost_authority():
    of = gost_world()
    stamping, stamper, about = gost_authority(GostKind.GOST3410_2015_512)
    constraints = SignatureConstraints(of.trust(), trust_of(stamping), CONSTRAINTS.policy)
    cms = of.cms(
        unsigned=lambda value: [
            attribute(oids.SIGNATURE_TIME_STAMP, stamp(value, authority=stamper))
        ]
    )
    sources = of.sources(held=[of.root_crl(), about])
    pack, held, report = made(sources, constraints=constraints, cms=cms)
    assert report.indication is Indication.TOTAL_PASSED
    _, later = in_ten_years(pack, held)
    assert later.indication is Indication.TOTAL_PASSED
    assert later.proven_at_ms == int(NOW.timestamp() * 1000)
