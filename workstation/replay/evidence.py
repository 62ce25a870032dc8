"""The evidence of a stored session as `decide` takes it.

Measurements have been judged before (`answers`, `face`); digests are bound as they were found to be
and say nothing else. So sessions that are judged alike have one evidence, and are decided once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from crypto.report.report import Indication, SignatureReport
from vision.results import (
    CommandOutcome,
    CommandResult,
    LivenessChallenge,
    LivenessCommand,
    MatchResult,
    PadResult,
)
from workstation.replay.draft import DraftPolicy
from workstation.replay.face import Face, JudgedAttempt, JudgedMatch
from workstation.replay.stored_case import StoredCase, StoredCheck, StoredResult
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.conditions import CaseFacts
from workstation.rules.operation import CriticalOperation
from workstation.rules.reference import ReferenceSource
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import ComparisonReview
from workstation.session.evidence import (
    AuthorityEvidence,
    ChipEvidence,
    Consent,
    DocumentEvidence,
    Ending,
    EndingKind,
    Evidence,
    GrantedOverride,
    ReferenceEvidence,
    RefusedOverride,
    StatementEvidence,
)
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionRequest,
    OfficerApproval,
    is_explained,
)

__all__ = ["add_face", "bind_digests", "build_opening"]

Checks = Mapping[str, StoredCheck]

_PICTURE: Final = "00" * 32
"""Digest of every photo: which one it was decides nothing, only whether two are one."""

_OTHER: Final = "11" * 32
_PROBE: Final = ExceptionPhoto(_PICTURE, simulated=False).probe_sha256
_EXPLAINED: Final = "x" * 20
_HUNDREDTHS, _WHOLE_SCALE = 100, 10_000
_COMMAND: Final = CommandResult(LivenessCommand.TURN_LEFT, CommandOutcome.MET, 0, 0, 0, 0, "")


def build_opening(
    case: StoredCase, result: StoredResult, checks: Checks, draft: DraftPolicy
) -> Evidence:
    """Return everything but facts, answers, face and signature."""
    consent, reference = checks.get(CheckId.CONSENT), checks.get(CheckId.REFERENCE)
    refused = reference is not None and reference.status is CheckStatus.FAILED
    return Evidence(
        session="",
        operation=CriticalOperation(case.begin.operation, ()),
        teller=case.teller,
        demo=case.begin.profile == "demo",
        simulated=case.begin.simulated if result.simulated is None else result.simulated,
        subject=CaseFacts(None, 0, None),
        consent=_build_consent(consent),
        reference=_find_reference(case, result, reference, draft),
        reference_refused=reference.reason if reference is not None and refused else "",
        earlier=case.earlier,
        overrides=tuple(
            GrantedOverride(each.check, each.by, _EXPLAINED if each.reason.strip() else "")
            for each in result.overrides
        ),
        refused_overrides=tuple(
            RefusedOverride(each.check, "", each.reason) for each in case.refused_overrides
        ),
        review_refused="refused" if case.review_refused else "",
        ending=_find_ending(case, result),
    )


def add_face(
    evidence: Evidence, case: StoredCase, checks: Checks, face: Face, draft: DraftPolicy
) -> Evidence:
    """Return the evidence with the attempts, and with all that followed them."""
    attempts = tuple(_build_attempt(*each) for each in enumerate(face.attempts, 1))
    challenges = tuple(each.challenge.nonce for each in attempts)
    foreign = _has_reason(checks, CheckId.LIVENESS, "liveness.foreign_challenge")
    evidence = replace(evidence, attempts=attempts, challenges=() if foreign else challenges)
    if not face.continued:
        # Another course of things: what came afterwards belongs to the one that was.
        return replace(evidence, ending=None, review_refused="", refused_overrides=())
    request, photo = case.request, case.photo_sha256
    words = "" if request is None else _shorten(request.words)
    return replace(
        evidence,
        match=None if face.match is None else _build_match(face.match, checks),
        comparison=_find_comparison(case),
        authority=_find_authority(case, draft),
        exception_request=None if request is None else ExceptionRequest(request.reason, words),
        exception_photo=ExceptionPhoto(_PICTURE, simulated=False) if photo else None,
        approvals=_find_approvals(case),
    )


def bind_digests(evidence: Evidence, report: SignatureReport | None, checks: Checks) -> Evidence:
    """Return the evidence with its signature, authority and statement bound as they were found."""
    if not evidence.attempts or evidence.match is None:
        return evidence
    face = biometric_sha256(evidence, evidence.attempts[-1], evidence.match)
    authority = evidence.authority
    if authority is not None and not _is_foreign(checks, CheckId.AUTHORITY):
        authority = replace(authority, evidence_sha256=face)
    statement = None
    if report is not None:
        bound = "" if _is_foreign(checks, CheckId.SIGNATURE) else face
        statement = StatementEvidence("", "", bound, 0, 0)
    return replace(evidence, authority=authority, statement=statement, signature=report)


def _build_consent(check: StoredCheck | None) -> Consent | None:
    if check is None or check.reason == "consent.missing":
        return None
    return Consent(check.status is CheckStatus.PASSED, "", "")


def _find_ending(case: StoredCase, result: StoredResult) -> Ending | None:
    basis = result.basis
    if basis is not None and basis.ending is not None:
        return Ending(EndingKind(basis.ending[0]), basis.ending[1])
    if case.ending or not result.checks:
        # A session without checks was closed by the next start: its process had died.
        return Ending(EndingKind.FAULT, result.reason)
    return None


def _find_reference(
    case: StoredCase, result: StoredResult, check: StoredCheck | None, draft: DraftPolicy
) -> ReferenceEvidence | None:
    """Return the photo; of a record of before, as far as its check states it."""
    basis = result.basis
    if basis is None:
        return _read_reference(check)
    photo = basis.photo
    if photo is None:
        return None
    document = None
    if photo.document is not None:
        valid, name, indication = photo.document
        foreign = check is not None and check.reason == "reference.foreign_portrait"
        chip = None
        if indication:
            portrait = _OTHER if foreign else _PICTURE
            chip = ChipEvidence(Indication(indication), portrait, "", "", "", copy_possible=False)
        document = DocumentEvidence(0 if valid else -1, name, chip)
    age = _shorten_age(case, photo.source, photo.age_days, draft)
    return ReferenceEvidence(_PICTURE, photo.source, None, age, document)


def _read_reference(check: StoredCheck | None) -> ReferenceEvidence | None:
    if check is None or not check.facts.get("source"):
        return None
    source = ReferenceSource(str(check.facts["source"]))
    left = check.number("days_left")
    document = None if left is None else DocumentEvidence(left, CheckStatus.PASSED)
    return ReferenceEvidence(_PICTURE, source, None, None, document)


def _shorten_age(
    case: StoredCase, source: ReferenceSource, days: int | None, draft: DraftPolicy
) -> int | None:
    """Return the age of the photo as far as the draft tells ages apart."""
    rule = draft.policy.operation(case.begin.operation).source(source)
    if days is None or days < 0 or rule is None or not rule.greatest_age_days:
        return None if days is None else min(days, 0)
    return rule.greatest_age_days + 1 if days > rule.greatest_age_days else 0


def _build_attempt(number: int, attempt: JudgedAttempt) -> PadResult:
    return PadResult(
        verdict=attempt.verdict,
        reason=attempt.reason,
        attempt=number,
        challenge=LivenessChallenge(str(number), (), ()),
        commands=(_COMMAND,) * attempt.commands,
        signals=(),
        frames=0,
        duration_ms=0,
        simulated=False,
        models=(),
    )


def _build_match(match: JudgedMatch, checks: Checks) -> MatchResult:
    other_photo = _has_reason(checks, CheckId.MATCH, "match.foreign_reference")
    other_probe = _has_reason(checks, CheckId.MATCH, "match.foreign_probe")
    return MatchResult(
        verdict=match.verdict,
        reason=match.reason,
        distance_ppm=0,
        match_threshold_ppm=0,
        review_threshold_ppm=0,
        second_distance_ppm=0,
        second_threshold_ppm=0,
        frames=0,
        probe_sha256=_OTHER if other_probe else _PROBE,
        reference_sha256=_OTHER if other_photo else _PICTURE,
        authority="",
        models=(),
    )


def _find_comparison(case: StoredCase) -> ComparisonReview | None:
    """Return the supervisor's answer; another comparison's photos are other photos."""
    said, match = case.comparison, case.match
    if said is None or match is None:
        return None
    same = (said.probe, said.reference) == (match.probe, match.reference)
    photos = (_PROBE, _PICTURE) if same else (_OTHER, _OTHER)
    return ComparisonReview(case.reviewer, said.answer, said.why, _shorten(said.reason), *photos)


def _find_approvals(case: StoredCase) -> tuple[OfficerApproval, ...]:
    given = () if case.result is None else case.result.exception
    return tuple(
        OfficerApproval(
            each.by,
            _shorten(each.reason),
            _PICTURE if each.photo == case.photo_sha256 else _OTHER,
        )
        for each in given
    )


def _find_authority(case: StoredCase, draft: DraftPolicy) -> AuthorityEvidence | None:
    """Return the authority's answer; one that failed for its score alone is judged by the draft."""
    said = case.authority
    if said is None:
        return None
    bar = draft.policy.idec_match_percent * _HUNDREDTHS
    status, reason, score = said.status, said.reason, said.score
    if reason == "authority.below" and bar <= score <= _WHOLE_SCALE:
        status, reason = CheckStatus.PASSED, "authority.match"
    if score <= _WHOLE_SCALE:
        score = bar if score >= bar else 0
    return AuthorityEvidence(status, reason, score, "1" if said.reference else "", "")


def _shorten(words: str) -> str:
    """Return words that explain something, or none: nobody but a person reads more into them."""
    return _EXPLAINED if is_explained(words) else ""


def _has_reason(checks: Checks, check: CheckId, reason: str) -> bool:
    found = checks.get(check)
    return found is not None and found.reason == reason


def _is_foreign(checks: Checks, check: CheckId) -> bool:
    return _has_reason(checks, check, f"{check}.foreign_evidence")
