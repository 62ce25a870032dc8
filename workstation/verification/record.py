"""What a session's own log entries state about it: codes, digests and numbers, nobody's data.

Numbers of people are few enough to try them all, so digests over them are salted with the case's
salt, which stands only in the sealed payload (docs/decisions/0005-personal-data.md).
"""

import hashlib
import logging
import sqlite3
import unicodedata
from collections.abc import Mapping

from crypto.canonical_json import JsonValue
from vision.camera.control import ControlResponse
from vision.camera.delivery import Delivery
from vision.frame import CameraIdentity
from vision.results import MatchResult, PadResult
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.session.decision import Outcome
from workstation.session.evidence import Answer, Evidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.services import Services

__all__ = [
    "answer_facts",
    "attempt_facts",
    "begin_facts",
    "camera_facts",
    "delivery_facts",
    "match_facts",
    "record_result",
    "result_facts",
]

_log = logging.getLogger(__name__)
_MAX_WORD = 120


def begin_facts(services: Services, case: Case) -> dict[str, JsonValue]:
    """Return what verify.begin states: the operation and the versions of everything."""
    return {
        **_subject(services, case),
        "settings_sha256": services.facts.settings_sha256,
        "version": services.facts.version,
        "language": case.language,
        "simulated": services.simulated,
    }


def answer_facts(answers: tuple[Answer, ...]) -> dict[str, JsonValue]:
    """Return the pre-checks' answers."""
    return {
        "answers": [
            {
                "check": answer.check.value,
                "status": answer.status.value,
                "reason": answer.reason,
                "facts": dict(answer.facts),
            }
            for answer in answers
        ]
    }


def camera_facts(camera: CameraIdentity) -> dict[str, JsonValue]:
    """Return what the camera calls itself, and what it delivers."""
    return {
        "camera": _word(f"{camera.kind.value}:{camera.name}"),
        "hardware": _word(camera.hardware_id),
        "size": f"{camera.width}x{camera.height}@{camera.frames_per_second}",
    }


def _word(untrusted: str) -> str:
    """Return what a device calls itself as the log takes it: NFC, no lone surrogates, short."""
    sound = untrusted.encode(errors="replace").decode()
    return unicodedata.normalize("NFC", sound)[:_MAX_WORD]


def attempt_facts(result: PadResult) -> dict[str, JsonValue]:
    """Return how a liveness attempt ended, with every command and signal."""
    return {
        "attempt": result.attempt,
        "nonce": result.challenge.nonce,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "commands": [
            [
                item.command.value,
                item.outcome.value,
                item.ended_ms - item.shown_ms,
                item.peak_ppm,
                item.frame_sha256,
            ]
            for item in result.commands
        ],
        "signals": [
            [item.name, item.status.value, item.value_ppm, item.threshold_ppm, item.reason]
            for item in result.signals
        ],
        **(
            {"accommodations": [each.value for each in result.accommodations]}
            if result.accommodations
            else {}
        ),
        "frames": result.frames,
        "ms": result.duration_ms,
        "models": [f"{model.role}:{model.sha256}" for model in result.models],
    }


def delivery_facts(
    delivery: Delivery | None, response: ControlResponse | None
) -> dict[str, JsonValue]:
    """Return how the camera delivered and answered, as far as that is known."""
    facts: dict[str, JsonValue] = {}
    if delivery is not None:
        facts["troubles"] = [each.value for each in delivery.troubles]
        timing = delivery.timing
        if timing is not None:
            facts["timing"] = [timing.interval_us, timing.jitter_us, timing.repeats_ppm]
    if response is not None:
        answer: list[JsonValue] = [response.status.value, response.control]
        facts["control"] = [*answer, response.change_ppm, response.reason]
    return {"delivery": facts} if facts else {}


def match_facts(result: MatchResult) -> dict[str, JsonValue]:
    """Return how a comparison ended, with its bounds."""
    return {
        "verdict": result.verdict.value,
        "reason": result.reason,
        "distance_ppm": result.distance_ppm,
        "match_threshold_ppm": result.match_threshold_ppm,
        "review_threshold_ppm": result.review_threshold_ppm,
        "second_distance_ppm": result.second_distance_ppm,
        "second_threshold_ppm": result.second_threshold_ppm,
        "frames": result.frames,
        "probe": result.probe_sha256,
        "reference": result.reference_sha256,
        "authority": result.authority,
    }


def result_facts(services: Services, case: Case, evidence: Evidence) -> dict[str, JsonValue]:
    """Return what verify.result states of the case besides the decision itself."""
    overrides: list[JsonValue] = [
        {"check": item.check.value, "by": item.supervisor, "reason": item.reason}
        for item in evidence.overrides
    ]
    officers: list[JsonValue] = [
        {"by": item.officer, "photo": item.photo_sha256, "reason": item.reason}
        for item in evidence.approvals
    ]
    return {
        **_subject(services, case),
        **({"exception": officers} if evidence.exception_request is not None else {}),
        "simulated": evidence.simulated or any(item.simulated for item in evidence.attempts),
        "overrides": overrides,
    }


def record_result(
    services: Services,
    who: SignedIn,
    case: Case,
    session: VerificationSession,
    facts: Mapping[str, JsonValue],
) -> RecordedDecision:
    """Commit the one verify.result of a decided session; raises LogError."""
    decision = session.decision
    if decision is None:
        raise AssertionError("DECIDED without a decision")
    recorded = services.journal.record_result(who, case.id, decision, facts)
    if decision.outcome is Outcome.REJECTED:
        _count_refusal(services, case)
    return recorded


def _count_refusal(services: Services, case: Case) -> None:
    try:
        services.cool_down.record(
            case.client.iin.digits, services.clock.wall_ms(), keep_ms=services.policy.cool_down_ms
        )
    except sqlite3.Error:
        # The signed log holds the refusal; the counter is only a convenience.
        _log.exception("refusal not counted")


def _subject(services: Services, case: Case) -> dict[str, JsonValue]:
    return {
        "operation": case.operation.kind.value,
        "params": _params_commitment(case),
        "iin": case.client.iin_commitment(case.salt),
        "policy": services.policy.id,
        "policy_sha256": services.policy.sha256,
        "profile": services.facts.profile,
    }


def _params_commitment(case: Case) -> str:
    digest = bytes.fromhex(case.operation.sha256())
    return hashlib.sha256(b"params/v1\n" + case.salt + digest).hexdigest()
