"""The digest that binds a person's face to the signed statement."""

import hashlib

from crypto.canonical_json import JsonValue, canonical_json
from vision.results import MatchResult, PadResult
from workstation.rules.parties import PartyRole
from workstation.session.comparison import ComparisonReview
from workstation.session.evidence import Evidence

__all__ = ["biometric_sha256"]


def biometric_sha256(evidence: Evidence, attempt: PadResult | None, match: MatchResult) -> str:
    """Return the hex digest of the biometric evidence that the customer's statement names.

    It covers the session, the challenge, every command with its evidence frame, every signal, the
    officers' exception or another way with its photo and the comparison, so that a signature over
    the statement cannot be moved to another face. attempt: None where another way came first.
    """
    bound: dict[str, JsonValue] = {
        "session": evidence.session,
        **({} if evidence.role is PartyRole.CUSTOMER else {"person": evidence.role.value}),
        **({} if attempt is None else _attempt_bound(attempt)),
        **_exception_bound(evidence),
        **_way_bound(evidence),
        **_comparison_bound(evidence.comparison),
        "match": [
            match.verdict.value,
            match.distance_ppm,
            match.match_threshold_ppm,
            match.probe_sha256,
            match.reference_sha256,
        ],
        "models": sorted(
            {
                model.sha256
                for model in (*(() if attempt is None else attempt.models), *match.models)
            }
        ),
    }
    return hashlib.sha256(b"biometric-evidence/v1\n" + canonical_json(bound)).hexdigest()


def _attempt_bound(attempt: PadResult) -> dict[str, JsonValue]:
    return {
        "nonce": attempt.challenge.nonce,
        "verdict": attempt.verdict.value,
        "attempt": attempt.attempt,
        "commands": [
            [item.command.value, item.outcome.value, item.peak_ppm, item.frame_sha256]
            for item in attempt.commands
        ],
        "signals": [
            [item.name, item.status.value, item.value_ppm, item.threshold_ppm]
            for item in attempt.signals
        ],
    }


def _way_bound(evidence: Evidence) -> dict[str, JsonValue]:
    request, photo = evidence.way, evidence.exception_photo
    if request is None:
        return {}
    answers: list[JsonValue] = [
        [
            each.way.value,
            each.status.value,
            each.reason,
            each.reference,
            each.nonce,
            each.operation_sha256,
            each.photo_sha256,
        ]
        for each in evidence.way_answers
    ]
    asked: list[JsonValue] = [request.way.value, request.reason.value, request.nonce]
    return {"way": [*asked, request.consent_sha256, "" if photo is None else photo.sha256, answers]}


def _exception_bound(evidence: Evidence) -> dict[str, JsonValue]:
    request, photo = evidence.exception_request, evidence.exception_photo
    if request is None:
        return {}
    approvals: list[JsonValue] = [
        [each.officer, each.photo_sha256, each.reason] for each in evidence.approvals
    ]
    stated: list[JsonValue] = [request.reason.value, request.words]
    return {"exception": [*stated, "" if photo is None else photo.sha256, approvals]}


def _comparison_bound(review: ComparisonReview | None) -> dict[str, JsonValue]:
    if review is None:
        return {}
    return {"comparison": [review.officer, review.answer.value, review.reason.value, review.words]}
