"""What a session's own log entries state about it: codes, digests and numbers, nobody's data.

Numbers of people are few enough to try them all, so digests over them are salted with the case's
salt, which stands only in the sealed payload (docs/decisions/0005-personal-data.md).
"""

import hashlib
import logging
import sqlite3
from collections.abc import Mapping

from crypto.canonical_json import JsonValue
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.session.decision import Outcome
from workstation.session.evidence import Answer, Evidence
from workstation.session.session import VerificationSession
from workstation.verification.case import Case
from workstation.verification.services import Services

__all__ = ["answer_facts", "begin_facts", "record_result", "result_facts"]

_log = logging.getLogger(__name__)


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


def result_facts(services: Services, case: Case, evidence: Evidence) -> dict[str, JsonValue]:
    """Return what verify.result states of the case besides the decision itself."""
    overrides: list[JsonValue] = [
        {"check": item.check.value, "by": item.supervisor, "reason": item.reason}
        for item in evidence.overrides
    ]
    return {
        **_subject(services, case),
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
