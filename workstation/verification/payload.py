"""What a session leaves for later proof and review: sealed apart from the log, bound by digest."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crypto.canonical_json import JsonValue, canonical_json
from crypto.errors import VaultError

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["sealed"]


def sealed(verification: "Verification") -> Mapping[str, JsonValue]:
    """Seal the personal side of the session; return the member that commits the entry to it.

    A vault that cannot be written does not lose the decision: the entry says so.
    """
    case = verification.case
    signing, face = verification.signing, verification.biometrics
    report = signing.report
    payload: dict[str, JsonValue] = {
        "version": 2,
        "case": case.id,
        "iin": case.client.iin.digits,
        "name": case.client.name,
        "salt": case.salt.hex(),
        "operation": case.operation.kind.value,
        "parameters": case.operation.parameters(),
        "statement": "" if signing.statement is None else signing.statement.text,
        "cms": _text(signing.cms),
        "report": None if report is None else report.to_json(),
        "evidence": _evidence(verification),
        "reference": _text(face.reference_bytes),
        "frames": [
            {"label": item.label, "sha256": item.sha256, "jpeg": _text(item.jpeg)}
            for item in face.evidence
        ],
    }
    try:
        return {"pl": dict(verification.services.vault.keep(canonical_json(payload)))}
    except VaultError as error:
        return {"pl_missing": error.code}


def _evidence(verification: "Verification") -> JsonValue:
    """Pack what the signature was judged on; None when none was judged."""
    signing = verification.signing
    if signing.evidence is None or signing.report is None:
        return None
    return signing.evidence.packed(signing.report)


def _text(untrusted: bytes) -> str:
    return base64.b64encode(untrusted).decode()
