"""When an OCSP response counts: whose it is, who may give it, and what it says of whom."""

from datetime import timedelta

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import CertificateId, build_request, read_requested_certificate
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    GOOD,
    NOW,
    UNKNOWN,
    OcspAnswer,
    Sources,
    ca_name,
    issue,
    make_crl,
    revoked_status,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import NOBODY, validation_context

W = world()
FINE, REVOKED, NOTHING = RevocationStatus
RESPONDER = (
    (usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
)


def nocheck(value):
    identifier = x509.ObjectIdentifier(oids.OCSP_NO_CHECK)
    return (x509.UnrecognizedExtension(identifier, value), False)


def responder(*extensions, issuer=W.authority, serial=100, **options):
    return issue(
        ca_name("OCSP TEST"),
        "responder",
        issuer,
        (*RESPONDER, *extensions),
        serial=serial,
        **options,
    )


def answered(*statuses, by=W.responder, **options):
    about = [(W.identifier(), status) for status in statuses]
    return lambda nonce: OcspAnswer(about, nonce=nonce, **options).encode(by)


def judged(answer, *, held=(), trust=NOBODY, extra=(), moment=NOW):
    sources = Sources(answer, [ParsedCrl.parse(der) for der in held])
    context = validation_context(trust, sources, moment=moment, extra=extra)
    return check_ocsp(W.person.parsed, W.authority.parsed, context).result


@pytest.mark.parametrize("value", [b"\x05\x00", b""])
def test_a_responder_need_not_be_checked_when_its_certificate_says_so(value):
    assert judged(answered(GOOD, by=responder(nocheck(value)))).status is FINE


@pytest.mark.parametrize(
    ("held", "status"),
    [
        ([], NOTHING),
        ([make_crl(W.authority)], FINE),
        ([make_crl(W.authority, [(100, None)])], NOTHING),
    ],
)
def test_any_other_responder_is_looked_up_in_its_issuers_list(held, status):
    assert judged(answered(GOOD, by=responder()), held=held).status is status


def test_that_list_may_be_signed_by_another_key_of_the_issuer():
    lister = issue(
        ca_name("NCA TEST"), "nca-lists", W.root, ((usage("crl_sign"), True),), serial=50
    )
    held = [
        make_crl(lister),
        make_crl(W.root, next_update=NOW + timedelta(days=90)),
    ]
    answer = answered(GOOD, by=responder())
    assert judged(answer, held=held).status is NOTHING
    known = {"trust": trust_of(W.root), "extra": (lister.parsed,)}
    assert judged(answer, held=held, **known).status is FINE


def test_a_responder_is_judged_when_it_answered():
    """Its certificate lives a year; a decision that rests on its answer is explained for longer."""
    ended = responder(nocheck(b""), not_after=NOW + timedelta(seconds=30))
    answer = answered(GOOD, by=ended, this_update=NOW, produced_at=NOW)
    assert judged(answer, moment=NOW + timedelta(seconds=60)).status is FINE
    late = answered(GOOD, by=ended, produced_at=NOW + timedelta(seconds=45))
    verdict = judged(late, moment=NOW + timedelta(seconds=60))
    assert (verdict.status, verdict.reason) == (NOTHING, "responder_expired")
    unborn = responder(nocheck(b""), not_before=NOW + timedelta(seconds=10))
    assert judged(answered(GOOD, by=unborn)).reason == "responder_expired"


@pytest.mark.parametrize(
    "extensions",
    [
        ((usage("digital_signature"), True), nocheck(b"")),
        ((usage("key_agreement"), True), RESPONDER[1], nocheck(b"")),
        (
            *RESPONDER,
            nocheck(b""),
            (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True),
        ),
    ],
)
def test_a_responder_needs_the_purpose_and_nothing_unknown(extensions):
    odd = issue(ca_name("OCSP TEST"), "responder", W.authority, extensions, serial=100)
    assert judged(answered(GOOD, by=odd)).reason == "responder_not_authorised"


def extended():
    return w.sequence(w.oid(oids.OCSP_EXTENDED_REVOKE), w.octet_string(w.null()))


def test_a_serial_number_its_authority_does_not_know_was_never_issued():
    never = revoked_status(NOW.replace(year=1970, month=1, day=1, hour=0), reason=6)
    verdict = judged(answered(never, extra=extended()))
    assert (verdict.status, verdict.reason) == (REVOKED, "never_issued")
    assert judged(answered(never)).reason == "revoked"
    held = revoked_status(NOW - timedelta(days=1), reason=6)
    assert judged(answered(held, extra=extended())).reason == "revoked"


@pytest.mark.parametrize(
    ("change", "word"),
    [({}, "signature.revoked"), ({"extra": extended()}, "signature.never_issued")],
)
def test_the_report_words_never_issued_apart_from_revoked(change, word):
    never = revoked_status(NOW.replace(year=1970, month=1, day=1, hour=0), reason=6)
    report = W.report(sources=W.sources(answered(never, **change)))
    assert report.reason == word


def test_every_answer_about_the_certificate_is_heard_and_revoked_wins():
    assert judged(answered(GOOD, GOOD)).status is FINE
    for statuses in ((GOOD, revoked_status()), (revoked_status(), GOOD, UNKNOWN)):
        assert judged(answered(*statuses)).status is REVOKED
    assert judged(answered(GOOD, UNKNOWN)).reason == "certificate_unknown"


def test_of_several_stored_responses_the_one_that_revokes_is_judged():
    other = OcspAnswer([(W.identifier(W.stamper), GOOD)]).encode(W.responder)
    good = OcspAnswer([(W.identifier(), GOOD)]).encode(W.responder)
    bad = OcspAnswer([(W.identifier(), revoked_status())]).encode(W.responder)
    for responses, status in (
        ((b"garbage", other, good, bad), REVOKED),
        ((b"garbage", other, good), FINE),
        ((b"garbage", other), NOTHING),
    ):
        context = validation_context(sources=OfflineSources(responses, ()))
        found = check_ocsp(W.person.parsed, W.authority.parsed, context)
        assert found.result.status is status


@pytest.mark.parametrize("nonce", [None, bytes(16)])
def test_a_request_can_be_read_back(nonce):
    asked = W.identifier()
    assert read_requested_certificate(build_request(asked, nonce)) == asked


@pytest.mark.parametrize("field", ["name_hash", "key_hash", "serial"])
def test_the_whole_identifier_must_match(field):
    known = W.identifier()
    values = {"name_hash": bytes(32), "key_hash": bytes(32), "serial": 7}
    other = CertificateId(
        known.digest_oid,
        *(values[f] if f == field else getattr(known, f) for f in values),
    )

    def answer(nonce):
        return OcspAnswer([(other, GOOD)], nonce=nonce).encode(W.responder)

    assert judged(answer).reason == "other_certificate"
