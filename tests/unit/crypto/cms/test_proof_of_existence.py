"""What a proven time is worth: a benign end after it is excused in a document, nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.create import attribute
from crypto.cms.timestamp import TimestampRequest, create_response, read_response
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.status import RevocationResult, RevocationStatus, was_good_at
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    OcspAnswer,
    issue,
    make_crl,
    person_name,
    revoked_status,
    signature_oid,
    signer,
    world,
)

W = world()
DIGEST = default_registry().require_digest(oids.SHA256)
STAMPED = NOW - timedelta(days=10)
BENIGN = [3, 4, 5, 9]
GRAVE = [None, 0, 1, 2, 6, 10]


def stamped(moment=STAMPED, holder=None):
    def unsigned(signature):
        request = TimestampRequest(oids.SHA256, DIGEST.hash(signature), 1, certificate_wanted=True)
        response = create_response(
            request,
            certificate=W.stamper.der,
            sign=signer(W.stamper.private),
            digest_oid=oids.SHA256,
            signature_oid=signature_oid(W.stamper.private),
            policy="1.2.398.3.3.2.6.4",
            serial=7,
            moment=moment,
        )
        return [attribute(oids.SIGNATURE_TIME_STAMP, read_response(response, request))]

    return W.cms(unsigned=unsigned, signing_time=moment, holder=holder)


def sources(reason, at=NOW - timedelta(days=1), stampers=(), *, about_stampers=True):
    """Sources that call the person revoked, and know the time-stamping authority or do not."""

    def answer(nonce):
        status = revoked_status(at, reason)
        return OcspAnswer([(W.identifier(), status)], nonce=nonce).encode(W.responder)

    about = [ParsedCrl.parse(make_crl(W.authority, stampers))]
    return W.sources(answer, [W.root_crl(), *(about if about_stampers else [])])


def validator(reason, at=NOW - timedelta(days=1), stampers=()):
    return W.validator(sources(reason, at, stampers))


def document(cms, judge):
    (report,) = judge.validate_document(cms, content=CONTENT, moment=NOW).signatures
    return report


def revoked(report):
    return (report.indication, report.sub_indication) == (
        Indication.TOTAL_FAILED,
        SubIndication.REVOKED,
    )


@pytest.mark.parametrize("reason", BENIGN)
def test_a_benign_revocation_after_a_proven_time_leaves_the_signature_good(reason):
    report = document(stamped(), validator(reason))
    assert report.indication is Indication.TOTAL_PASSED
    (found,) = [f for f in report.findings if f.code == "revocation"]
    assert found.status is FindingStatus.INDETERMINATE
    assert found.detail.startswith("warning:after_timestamp:revoked")
    assert found.about == W.person.parsed.sha256


@pytest.mark.parametrize("reason", GRAVE)
def test_any_other_reason_refuses_whenever_it_was(reason):
    assert revoked(document(stamped(), validator(reason)))


@pytest.mark.parametrize("reason", [*BENIGN, *GRAVE])
def test_a_challenge_knows_no_benign_revocation(reason):
    report = validator(reason).validate(
        stamped(), expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )
    assert revoked(report)


@pytest.mark.parametrize("at", [STAMPED, STAMPED - timedelta(days=1)])
def test_a_benign_revocation_not_after_the_proven_time_refuses(at):
    assert revoked(document(stamped(), validator(5, at)))


def test_the_signers_own_claim_of_time_proves_nothing():
    assert revoked(document(W.cms(signing_time=STAMPED), validator(5)))


def test_a_time_of_an_authority_that_was_not_verified_proves_nothing():
    assert revoked(document(stamped(), W.validator(sources(5, about_stampers=False))))
    assert not revoked(document(stamped(), W.validator(sources(5))))


def test_an_authority_that_ended_benignly_later_has_stamped_well():
    ended = [(101, x509.ReasonFlags.cessation_of_operation)]
    assert document(stamped(), validator(5, stampers=ended)).indication is Indication.TOTAL_PASSED
    stolen = [(101, x509.ReasonFlags.key_compromise)]
    report = document(stamped(), validator(5, stampers=stolen))
    assert report.indication is Indication.TOTAL_FAILED


def test_a_certificate_that_expired_after_the_proven_time_is_undecided_not_failed():
    aged = issue(
        person_name(),
        "person",
        W.authority,
        PERSON_EXTENSIONS,
        serial=1001,
        not_after=NOW - timedelta(days=2),
    )
    after = document(stamped(holder=aged), validator(5))
    assert (after.indication, after.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
    )
    assert after.reason == "signature.past_status_unknown"
    unproven = document(W.cms(holder=aged), W.validator())
    assert undecided(unproven) == "signature.expired"
    late = document(stamped(NOW - timedelta(days=1), aged), W.validator(validator(5)._sources))
    assert undecided(late) == "signature.stamped_too_late"
    worthless = document(stamped(holder=aged), W.validator(sources(5, about_stampers=False)))
    assert undecided(worthless) == "signature.stamp_not_counted"


def undecided(report):
    """Return the reason of an outcome that a proof of existence would settle (table 5)."""
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    return report.reason


@pytest.mark.parametrize("cms", [W.cms, stamped])
def test_an_expired_certificate_refuses_a_challenge_stamp_or_none(cms):
    report = W.report(cms(), moment=NOW + timedelta(days=500))
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.expired")
    assert report.proven_at_ms is None


def test_only_a_dated_revocation_can_lie_after_anything():
    undated = RevocationResult(RevocationStatus.REVOKED, "revoked", None, 5, ())
    good = RevocationResult(RevocationStatus.GOOD, "good", NOW, 5, ())
    assert not was_good_at(STAMPED, undated)
    assert not was_good_at(STAMPED, good)
    assert was_good_at(STAMPED, replace(undated, revoked_at=NOW))
