"""An answer that its authority did not give to this question is an alarm; weather is none."""

from datetime import timedelta

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.report.alarm import AlarmCode
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    GOOD,
    NOW,
    UNKNOWN,
    OcspAnswer,
    Sources,
    ca_name,
    issue,
    make_crl,
    revoked_status,
    usage,
    world,
)
from tests.support.pki.contexts import NOBODY, validation_context

W = world()
FORGED, UNAUTHORISED, REPLAYED, MISDIRECTED = list(AlarmCode)[:4]
HOUR = timedelta(hours=1)
RESPONDER = (
    (usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
)
DELEGATED = issue(ca_name("OCSP TEST"), "responder", W.authority, RESPONDER, serial=100)


def answered(*statuses, by=W.responder, about=None, forged=False, **options):
    named = [(about or W.identifier(), status) for status in statuses]

    def answer(nonce):
        made = OcspAnswer(named, **{"nonce": nonce} | options).encode(by)
        first = (options.get("embedded") or [by.der])[0]
        return _spoil_signature(made, made.index(first)) if forged else made

    return answer


def _spoil_signature(answer, certificates):
    """Change an octet of the signature, which the certificates follow after a few lengths."""
    at = certificates - 20
    return answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]


def judge(answer, *, held=()):
    sources = Sources(answer, [ParsedCrl.parse(der) for der in held])
    context = validation_context(NOBODY, sources)
    return check_ocsp(W.person.parsed, W.authority.parsed, context)


IMPOSTOR = issue(W.authority.certificate.subject, "impostor", None, CA_EXTENSIONS, serial=1)


@pytest.mark.parametrize(
    ("answer", "alarm"),
    [
        (answered(GOOD, forged=True), FORGED),
        (answered(GOOD, by=IMPOSTOR), FORGED),
        (answered(revoked_status(), forged=True), FORGED),
        (answered(GOOD, forged=True, produced_at=NOW - HOUR), FORGED),
        (answered(GOOD, forged=True, nonce=b"of another asker"), FORGED),
        (answered(GOOD, by=IMPOSTOR, nonce=None), FORGED),
        (answered(GOOD, by=W.stamper), UNAUTHORISED),
        (answered(GOOD, by=W.person), UNAUTHORISED),
        (answered(GOOD, by=W.root), UNAUTHORISED),
        (answered(GOOD, embedded=[]), UNAUTHORISED),
        (answered(GOOD, nonce=b"of another asker"), REPLAYED),
        (answered(GOOD, nonce=None), REPLAYED),
        (answered(GOOD, nonce=None, produced_at=NOW - HOUR), REPLAYED),
        (answered(GOOD, about=W.identifier(W.stamper)), MISDIRECTED),
    ],
)
def test_an_answer_that_is_not_the_authoritys_to_us_is_an_alarm_and_never_good(answer, alarm):
    outcome = judge(answer, held=[make_crl(W.authority)])
    assert outcome.heard, "a list must not speak in its place"
    assert outcome.result.status is RevocationStatus.NOT_ESTABLISHED
    assert outcome.result.alarm is alarm


@pytest.mark.parametrize(
    "answer",
    [
        None,
        lambda _nonce: b"",
        lambda _nonce: b"<html>sign in</html>",
        lambda _nonce: bytes.fromhex("30030a0103"),
        lambda _nonce: bytes.fromhex("30030a0106"),
        answered(GOOD, produced_at=NOW - HOUR),
        answered(GOOD, produced_at=NOW + HOUR),
        answered(GOOD, this_update=NOW - HOUR),
        answered(GOOD, next_update=NOW - timedelta(seconds=1)),
        answered(UNKNOWN),
        answered(GOOD),
        answered(revoked_status()),
        answered(GOOD, by=DELEGATED),
    ],
)
def test_silence_errors_and_clocks_are_no_alarm(answer):
    assert judge(answer).result.alarm is None


def test_a_responder_that_its_authority_has_revoked_is_not_charged_any_more():
    listed = make_crl(W.authority, [(100, None)])
    outcome = judge(answered(GOOD, by=DELEGATED), held=[listed])
    assert (outcome.result.reason, outcome.result.alarm) == ("responder_revoked", UNAUTHORISED)


def test_what_is_wrong_with_one_certificate_does_not_hide_that_the_signature_is_forged():
    """Whoever is in the way chooses which certificates come along, and in which order."""
    other = issue(ca_name("OCSP TEST"), "responder-2", W.stamper, RESPONDER, serial=101)
    for embedded in ([W.responder.der, other.der], [other.der, W.responder.der]):
        answer = answered(GOOD, forged=True, embedded=embedded)
        assert judge(answer).result.alarm in {FORGED, UNAUTHORISED}


@pytest.mark.parametrize("forged", [False, True])
def test_a_stored_answer_is_no_alarm_about_the_authority_it_names(forged):
    """A customer can bring any octets; nobody was asked for them."""
    der = answered(GOOD, by=W.stamper, forged=forged)(None)
    context = validation_context(NOBODY, OfflineSources((der,), ()))
    result = check_ocsp(W.person.parsed, W.authority.parsed, context).result
    assert (result.status, result.alarm) == (RevocationStatus.NOT_ESTABLISHED, None)
