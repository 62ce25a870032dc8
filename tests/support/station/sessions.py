"""Hand-made evidence of one session, whole and good unless a test spoils it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crypto.report.report import Indication, SignatureReport, SubIndication
from tests.support.station.operations import loan, operation, sample, shipped_policy, tenge
from vision.results import (
    CommandOutcome,
    CommandResult,
    LivenessChallenge,
    LivenessCommand,
    MatchResult,
    MatchVerdict,
    PadResult,
    PadVerdict,
    SignalResult,
    Status,
)
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckId, CheckName, CheckStatus, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.policy import Policy
from workstation.rules.reference import READ_HERE, ReferenceSource
from workstation.session.acts import OperationConfirmed
from workstation.session.alternative import WayAnswer, WayReason, WayRequest
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import ComparisonAnswer, ComparisonReason, ComparisonReview
from workstation.session.confirmation import Confirmation
from workstation.session.evidence import (
    Answer,
    AuthorityEvidence,
    ChipEvidence,
    Consent,
    DocumentEvidence,
    Evidence,
    ReferenceEvidence,
    StatementEvidence,
)
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionReason,
    ExceptionRequest,
    OfficerApproval,
)
from workstation.session.session import VerificationSession

SESSION = "c0ffee" * 5
TELLER = "T-004217"
PHOTO = "5e" * 32
WORDS = "neither set of commands fits her"
SUPERVISOR = "S-0031"
DAY = date(2026, 11, 22)
NOW_MS = 1_795_000_000_000
OPERATION = operation("change_trusted_phone", new_phone="+77011234567", old_phone="+77017654321")
COMMANDS = (LivenessCommand.TURN_LEFT, LivenessCommand.OPEN_MOUTH, LivenessCommand.TURN_RIGHT)
OPERATIONS = {
    **{each.kind: sample(each.kind) for each in shipped_policy().operations},
    "change_trusted_phone": OPERATION,
    "loan_issue": loan(500_000),
}
MCI_KZT = 4_325
PRECHECKS = (
    CheckId.IIN,
    CheckId.AGE,
    CheckId.COOL_DOWN,
    CheckId.PERSON,
    CheckId.NOT_STAFF,
    CheckId.PHONE_OWNER,
    CheckId.OLD_PHONE_OWNER,
    CheckId.NUMBER_NOT_SHARED,
    CheckId.ANTIFRAUD,
    CheckId.OLD_NUMBER_CALLED,
)
FACE_FINDINGS = (CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY)
CERTIFICATE_FINDINGS = (CheckId.NAME, CheckId.KEY_AGE)


def policy() -> Policy:
    """Return the shipped policy, read from its file."""
    return shipped_policy()


def answered(checks: Iterable[CheckId], **spoiled: CheckStatus) -> tuple[Answer, ...]:
    """Return passed answers to these checks; `spoiled` changes some by check id."""
    return tuple(
        Answer(check, spoiled.get(check, CheckStatus.PASSED), f"{check}.test") for check in checks
    )


def answers(**spoiled: CheckStatus) -> tuple[Answer, ...]:
    """Return passed answers to every pre-check of the phone's change."""
    return answered(PRECHECKS, **spoiled)


def attempt(
    verdict: PadVerdict = PadVerdict.BONA_FIDE,
    *,
    number: int = 1,
    nonce: str = "11" * 16,
    commands: tuple[LivenessCommand, ...] = COMMANDS,
) -> PadResult:
    """Return one judged liveness attempt."""
    reasons = {
        PadVerdict.BONA_FIDE: "liveness.bona_fide",
        PadVerdict.ATTACK: "liveness.flat",
        PadVerdict.UNDECIDED: "liveness.timed_out",
    }
    return PadResult(
        verdict=verdict,
        reason=reasons[verdict],
        attempt=number,
        challenge=LivenessChallenge(nonce, commands, tuple(300 for _ in commands)),
        commands=tuple(
            CommandResult(item, CommandOutcome.MET, 0, 900, 420_000, 300_000, "ab" * 32)
            for item in commands
        ),
        signals=(SignalResult("blink", Status.PASSED, 410_000, 600_000, ""),),
        frames=300,
        duration_ms=10_000,
        simulated=True,
        models=(),
    )


def match(verdict: MatchVerdict = MatchVerdict.MATCH, *, reference: str = "cd" * 32) -> MatchResult:
    """Return one comparison."""
    return MatchResult(
        verdict=verdict,
        reason=f"match.{verdict.value}",
        distance_ppm=310_000,
        match_threshold_ppm=400_000,
        review_threshold_ppm=500_000,
        second_distance_ppm=40_000,
        second_threshold_ppm=120_000,
        frames=5,
        probe_sha256="ef" * 32,
        reference_sha256=reference,
        authority="local",
        models=(),
    )


def report(
    indication: Indication = Indication.TOTAL_PASSED,
    *,
    content: str = "aa" * 32,
    at_ms: int = NOW_MS + 1,
) -> SignatureReport:
    """Return one signature report."""
    reasons = {
        Indication.TOTAL_PASSED: ("signature.passed", None),
        Indication.INDETERMINATE: ("signature.no_revocation_answer", SubIndication.TRY_LATER),
        Indication.TOTAL_FAILED: ("signature.revoked", SubIndication.REVOKED),
    }
    reason, sub = reasons[indication]
    return SignatureReport(
        indication=indication,
        sub_indication=sub,
        reason=reason,
        subject=None,
        chain=("01" * 32, "02" * 32),
        findings=(),
        evidence=(),
        cms_sha256="bb" * 32,
        content_sha256=content,
        validated_at_ms=at_ms,
        signed_at_claim_ms=None,
    )


def statement(evidence_sha256: str, *, content: str = "aa" * 32) -> StatementEvidence:
    """Return the statement that binds the evidence."""
    return StatementEvidence(content, "77" * 32, evidence_sha256, NOW_MS, NOW_MS + 600_000)


def reference(
    source: ReferenceSource = ReferenceSource.REGISTRY, *, age_days: int | None = 400
) -> ReferenceEvidence:
    """Return an accepted reference photo."""
    taken = None if age_days is None else DAY - timedelta(days=age_days)
    signed_chip = chip() if source is ReferenceSource.CHIP else None
    document = DocumentEvidence(1_000, CheckStatus.PASSED, signed_chip)
    if source not in READ_HERE:
        return ReferenceEvidence("cd" * 32, source, taken, age_days)
    return ReferenceEvidence("cd" * 32, source, taken, age_days, document)


def chip() -> ChipEvidence:
    """Return what was found of a chip whose portrait the state has signed."""
    passed = Indication.TOTAL_PASSED
    return ChipEvidence(passed, "cd" * 32, "d5" * 32, "ca" * 32, "KAZ", copy_possible=True)


def facts(amount_kzt: int = 0, *, age: int | None = 36) -> CaseFacts:
    """Return the facts of a resident who is not married and has had a loan before."""
    return CaseFacts(
        age=age,
        amount_kzt=amount_kzt,
        mci_kzt=MCI_KZT,
        resident=True,
        first_loan=False,
        married=False,
    )


def review(
    answer: ComparisonAnswer = ComparisonAnswer.SAME, *, officer: str = SUPERVISOR
) -> ComparisonReview:
    """Return a supervisor's comparison of the two photos of `match`."""
    agrees = answer is ComparisonAnswer.SAME
    reason = ComparisonReason.FEATURES_AGREE if agrees else ComparisonReason.FEATURES_DIFFER
    words = "the scar over the left eyebrow and the ears"
    return ComparisonReview(officer, answer, reason, words, "ef" * 32, "cd" * 32)


def authority(
    evidence_sha256: str,
    status: CheckStatus = CheckStatus.PASSED,
    *,
    score: int = 9_731,
    number: str = "IDEC-000731",
) -> AuthorityEvidence:
    """Return what the authority said about a face."""
    reasons = {
        CheckStatus.PASSED: "authority.match",
        CheckStatus.FAILED: "authority.no_match",
        CheckStatus.INDETERMINATE: "authority.no_answer",
    }
    return AuthorityEvidence(status, reasons[status], score, number, evidence_sha256)


def good_evidence(kind: str = "change_trusted_phone") -> Evidence:
    """Return evidence on which every check passes, with no authority where none is wanted."""
    asked = OPERATIONS[kind]
    live = attempt()
    evidence = replace(
        empty_evidence(),
        operation=asked,
        subject=facts(tenge(asked)),
        simulated=True,
        answers=answered(_prechecks(kind)),
        findings=answered((*FACE_FINDINGS, *CERTIFICATE_FINDINGS)),
        consent=Consent(given=True, language="ru", text_sha256="99" * 32),
        reference=reference(),
        challenges=(live.challenge.nonce,),
        attempts=(live,),
        match=match(),
        confirmation=Confirmation(TELLER),
    )
    return signed(evidence)


def _prechecks(kind: str) -> tuple[CheckName, ...]:
    """Return what is answered before the customer consents."""
    demanded = [each.check for each in policy().operation(kind).required]
    return tuple(demanded[: demanded.index(CheckId.CONSENT)])


def excepted_evidence(**changes: Any) -> Evidence:
    """Return evidence on which every check passes because two officers vouched for the face."""
    failed = attempt(PadVerdict.UNDECIDED)
    photo = ExceptionPhoto(PHOTO, simulated=True)
    evidence = replace(
        good_evidence(),
        attempts=(failed,),
        exception_request=ExceptionRequest(ExceptionReason.NO_SET_FITS, WORDS),
        exception_photo=photo,
        approvals=(approval("S-0031"), approval("S-0032")),
        match=replace(match(), frames=1, probe_sha256=photo.probe_sha256),
    )
    return signed(replace(evidence, **changes))


def other_way_evidence(way: LivenessWay, **changes: Any) -> Evidence:
    """Return evidence on which every check passes by palm or video identification and a photo."""
    consent = "c0" * 32 if way is LivenessWay.PALM else ""
    request = WayRequest(way, WayReason.COMMANDS_DO_NOT_FIT, "22" * 16, consent)
    photo = ExceptionPhoto(PHOTO, simulated=True)
    answer = WayAnswer(
        way=way,
        status=CheckStatus.PASSED,
        reason=f"{way}.confirmed",
        reference="W-000731",
        nonce=request.nonce,
        operation_sha256=OPERATION.sha256(),
        photo_sha256=PHOTO,
    )
    evidence = replace(
        good_evidence(),
        challenges=("11" * 16,),
        attempts=(),
        way=request,
        way_answers=(answer,),
        exception_photo=photo,
        match=replace(match(), frames=1, probe_sha256=photo.probe_sha256),
    )
    return signed(replace(evidence, **changes))


def approval(officer: str, *, words: str = WORDS, photo: str = PHOTO) -> OfficerApproval:
    """Return an officer's approval of the photo."""
    return OfficerApproval(officer, words, photo)


def signed(evidence: Evidence) -> Evidence:
    """Return the evidence with a statement that binds its face, and a signature over that.

    Where the law wants the authority, its answer is bound to that face, too.
    """
    if not evidence.is_live_side_known or evidence.match is None:
        return evidence
    face = biometric_sha256(evidence, evidence.last_attempt, evidence.match)
    law = policy().operation(evidence.operation.kind).requires(CheckId.AUTHORITY) is not None
    return replace(
        evidence,
        authority=authority(face) if law else evidence.authority,
        statement=statement(face),
        signature=report(),
    )


def confirmed(session: VerificationSession) -> VerificationSession:
    """Return the session once its teller has confirmed."""
    return session.apply(OperationConfirmed(session.id, Confirmation(TELLER)))


def empty_evidence() -> Evidence:
    """Return the evidence of a session that has just begun."""
    return Evidence(
        session=SESSION,
        operation=OPERATION,
        teller=TELLER,
        demo=True,
        simulated=False,
        subject=facts(),
    )


def spoiled(check: CheckName, status: CheckStatus) -> Evidence:
    """Return good evidence with one check that is not judged by the session answered otherwise."""
    good = good_evidence()
    return replace(
        good,
        answers=answers(**{check: status}),
        findings=answered((*FACE_FINDINGS, *CERTIFICATE_FINDINGS), **{check: status}),
    )


def hard_checks(of: Policy) -> frozenset[CheckId]:
    """Return the hard checks of the operation used here."""
    required = of.operation(OPERATION.kind).required
    return frozenset(item.check for item in required if item.hardness is Hardness.HARD)


def utc(ms: int) -> datetime:
    """Return an aware time."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
