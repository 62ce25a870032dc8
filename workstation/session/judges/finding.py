"""What an override rests on: its digest changes with whatever was found of the check."""

import hashlib
from typing import Final

from crypto.canonical_json import JsonValue, canonical_json
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.rules.parties import PartyRole
from workstation.session.evidence import Evidence

__all__ = ["digest_finding"]

_OF_KEY: Final = frozenset({CheckId.NAME, CheckId.KEY_AGE})
"""What a certificate brings to light: hours pass while a case waits, the certificate stays."""


def digest_finding(
    evidence: Evidence,
    check: CheckName,
    role: PartyRole,
    verdict: tuple[CheckStatus, str, tuple[tuple[str, str | int], ...]],
) -> str:
    """Return the SHA-256, hex, of what was found of a check about one person of one case.

    evidence  as it is of that person
    """
    status, reason, facts = verdict
    signature, reference = evidence.signature, evidence.reference
    own: JsonValue = dict(facts)
    if check in _OF_KEY:
        own = signature.chain[0] if signature is not None and signature.chain else ""
    stated: dict[str, JsonValue] = {
        "case": evidence.session,
        "operation": evidence.operation.sha256(),
        "person": role.value,
        "check": check,
        "status": status.value,
        "reason": reason,
        "found": own,
        "photo": "" if reference is None else reference.sha256,
    }
    return hashlib.sha256(b"override-finding/v1\n" + canonical_json(stated)).hexdigest()
