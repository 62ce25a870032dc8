"""What a session's own log entries state about it: codes, digests and numbers, nobody's data.

Numbers of people are few enough to try them all, so digests over them are salted with the case's
salt, which stands only in the sealed payload (docs/decisions/0005-personal-data.md).
"""

import hashlib
from typing import TYPE_CHECKING

from crypto.canonical_json import JsonValue
from workstation.session.evidence import Answer
from workstation.verification.case import Case
from workstation.verification.services import Services

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["answer_facts", "begin_facts", "result_facts"]


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


def result_facts(verification: "Verification") -> dict[str, JsonValue]:
    """Return what verify.result states besides the decision and the payload's commitment."""
    evidence = verification.session.evidence
    overrides: list[JsonValue] = [
        {"check": item.check.value, "by": item.supervisor, "reason": item.reason}
        for item in evidence.overrides
    ]
    return {
        **_subject(verification.services, verification.case),
        "begin": verification.number,
        "simulated": evidence.simulated or any(item.simulated for item in evidence.attempts),
        "overrides": overrides,
        "duration_ms": verification.watch.taken_ms,
    }


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
