"""The evidence of a stored session as `decide` takes it, out of its circumstances.

Digests are bound as they were found to be, and say nothing else: which photo, which face and which
text it was decides nothing, only whether two are one.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from crypto.report.report import EvidenceItem, EvidenceKind, Indication, SignatureReport
from vision.results import (
    CommandOutcome,
    CommandResult,
    LivenessChallenge,
    LivenessCommand,
    MatchResult,
    PadResult,
)
from workstation.replay.answers import read_age
from workstation.replay.circumstances import REFUSED_ASIDE, TELLER, Circumstances
from workstation.replay.draft import DraftPolicy
from workstation.replay.face import Face, JudgedAttempt
from workstation.replay.facts import list_facts
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.conditions import CaseFacts
from workstation.rules.reference import ReferenceSource
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import ComparisonAnswer, ComparisonReason, ComparisonReview
from workstation.session.confirmation import Confirmation, Suspicion, SuspicionReason
from workstation.session.decision import DURESS
from workstation.session.evidence import (
    Answer,
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
    ExceptionReason,
    ExceptionRequest,
    OfficerApproval,
)

__all__ = ["list_evidence"]

_PICTURE: Final = "00" * 32
_OTHER: Final = "11" * 32
_PROBE: Final = ExceptionPhoto(_PICTURE, simulated=False).probe_sha256
_WORDS: Final = {True: "x" * 20, False: ""}
"""Words that explain something, and none: nobody but a person reads more into them."""

_COMMAND: Final = CommandResult(LivenessCommand.TURN_LEFT, CommandOutcome.MET, 0, 0, 0, 0, "")


def list_evidence(found: Circumstances, draft: DraftPolicy) -> Iterator[Evidence]:
    """Yield every evidence that the session may have had under the draft.

    More than one where a bound of the draft lies within a band, or where it changes what was
    measured and not only what is made of it.
    """
    reports = _build_reports(found)
    bound = [
        _close(_bind(_with_face(found, face, draft), report, found), found, face)
        for face, report in product(found.faces, reports)
    ]
    for facts in list_facts(found.facts, found.operation, draft):
        operation = draft.sign(found.operation, facts.amount_kzt)
        for answers, evidence in product(_list_answers(found, facts, draft), bound):
            yield replace(evidence, operation=operation, subject=facts, answers=answers)


def _list_answers(
    found: Circumstances, facts: CaseFacts, draft: DraftPolicy
) -> Iterator[tuple[Answer, ...]]:
    readings = (
        tuple(
            Answer(check, *(read_age(each, facts.age, draft) if check == CheckId.AGE else each))
            for each in possible
        )
        for check, possible in found.answers
    )
    return product(*readings)


def _with_face(found: Circumstances, face: Face, draft: DraftPolicy) -> Evidence:
    """Return the evidence with the attempts, and with all that followed them."""
    attempts = tuple(_build_attempt(*each) for each in enumerate(face.attempts, 1))
    challenges = tuple(each.challenge.nonce for each in attempts)
    opening = Evidence(
        session="",
        operation=draft.sign(found.operation, 0),
        teller=TELLER,
        demo=found.demo,
        simulated=found.simulated,
        subject=CaseFacts(None, 0, None),
        consent=None
        if found.consent is None
        else Consent(found.consent is CheckStatus.PASSED, "", ""),
        reference=_build_reference(found),
        reference_refused=found.reference_refused,
        challenges=() if "liveness.foreign_challenge" in found.foreign else challenges,
        attempts=attempts,
        earlier=found.earlier,
        overrides=tuple(
            GrantedOverride(check, by, _WORDS[explained])
            for check, by, explained in found.overrides
        ),
    )
    if not face.continued:
        # Another course of things: what came afterwards belongs to the one that was.
        return opening
    request, ending = found.request, found.ending
    return replace(
        opening,
        match=_build_match(found, face),
        comparison=_build_comparison(found),
        authority=_build_authority(found),
        exception_request=None
        if request is None
        else ExceptionRequest(ExceptionReason(request[0]), _WORDS[request[1]]),
        exception_photo=ExceptionPhoto(_PICTURE, simulated=False) if found.photographed else None,
        approvals=tuple(
            OfficerApproval(by, _WORDS[explained], _PICTURE if same else _OTHER)
            for by, explained, same in found.approvals
        ),
        refused_overrides=tuple(
            RefusedOverride(check, "", code) for check, code in found.refused_overrides
        ),
        review_refused="refused" if found.review_refused else "",
        ending=None if ending is None else Ending(EndingKind(ending[0]), ending[1]),
    )


def _bind(evidence: Evidence, report: SignatureReport | None, found: Circumstances) -> Evidence:
    """Bind authority, statement and signature to the face as they were found to be."""
    if not evidence.attempts or evidence.match is None:
        return evidence
    face = biometric_sha256(evidence, evidence.attempts[-1], evidence.match)
    authority = evidence.authority
    if authority is not None and "authority.foreign_evidence" not in found.foreign:
        authority = replace(authority, evidence_sha256=face)
    statement = None
    if report is not None:
        bound = "" if "signature.foreign_evidence" in found.foreign else face
        statement = StatementEvidence("", "", bound, 0, 0)
    return replace(evidence, authority=authority, statement=statement, signature=report)


def _close(evidence: Evidence, found: Circumstances, face: Face) -> Evidence:
    """Add the teller's last word: what was not confirmed was refused or ended otherwise.

    Of records of before nobody asked for one. A suspicion belongs to the course of things in which
    it was raised; whether somebody was forced depends on none.
    """
    held, refused = found.said == DURESS, found.said == REFUSED_ASIDE
    raised = found.said if face.continued and not held and not refused else ""
    return replace(
        evidence,
        confirmation=Confirmation(TELLER),
        duress=held,
        reviewed_aside=refused and face.continued,
        suspicion=Suspicion(TELLER, SuspicionReason(raised)) if raised else None,
    )


def _build_reference(found: Circumstances) -> ReferenceEvidence | None:
    if found.photo is None:
        return None
    source, age, stated = found.photo
    document = None
    if stated is not None:
        valid, name, indication = stated
        portrait = _OTHER if "reference.foreign_portrait" in found.foreign else _PICTURE
        chip = (
            ChipEvidence(Indication(indication), portrait, "", "", "", copy_possible=False)
            if indication
            else None
        )
        document = DocumentEvidence(0 if valid else -1, name, chip)
    return ReferenceEvidence(_PICTURE, ReferenceSource(source), None, age, document)


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
        accommodations=attempt.accommodations,
    )


def _build_match(found: Circumstances, face: Face) -> MatchResult | None:
    if face.match is None:
        return None
    verdict, reason = face.match
    return MatchResult(
        verdict=verdict,
        reason=reason,
        distance_ppm=0,
        match_threshold_ppm=0,
        review_threshold_ppm=0,
        second_distance_ppm=0,
        second_threshold_ppm=0,
        frames=0,
        probe_sha256=_OTHER if "match.foreign_probe" in found.foreign else _PROBE,
        reference_sha256=_OTHER if "match.foreign_reference" in found.foreign else _PICTURE,
        authority="",
        models=(),
    )


def _build_comparison(found: Circumstances) -> ComparisonReview | None:
    if found.comparison is None:
        return None
    officer, answer, reason, explained, same = found.comparison
    photos = (_PROBE, _PICTURE) if same else (_OTHER, _OTHER)
    words = _WORDS[explained]
    return ComparisonReview(
        officer, ComparisonAnswer(answer), ComparisonReason(reason), words, *photos
    )


def _build_authority(found: Circumstances) -> AuthorityEvidence | None:
    if found.authority is None:
        return None
    status, reason, score, numbered = found.authority
    return AuthorityEvidence(status, reason, score, "1" if numbered else "", "")


def _build_reports(found: Circumstances) -> tuple[SignatureReport | None, ...]:
    """Return the report as found, and another where the draft validates by other settings."""
    if found.signature is None:
        return (None,)
    (indication, reason), comparable = found.signature
    report = _build_report(Indication(indication), reason)
    if comparable:
        return (report,)
    passed = report.indication is Indication.TOTAL_PASSED
    other = Indication.TOTAL_FAILED if passed else Indication.TOTAL_PASSED
    return report, _build_report(other, reason)


def _build_report(indication: Indication, reason: str) -> SignatureReport:
    """Return a report of a text that was issued at 0 and expired then."""
    return SignatureReport(
        indication=indication,
        sub_indication=None,
        reason=reason,
        subject=None,
        chain=(),
        findings=(),
        # A draft that requires a time-stamp is compared with records by such a policy only.
        evidence=(EvidenceItem(EvidenceKind.TST, "", "", 0, used=True, reason="counted"),),
        cms_sha256="",
        content_sha256="other" if reason == "signature.content_mismatch" else "",
        validated_at_ms=1 if reason == "signature.stale_nonce" else 0,
        signed_at_claim_ms=None,
    )
