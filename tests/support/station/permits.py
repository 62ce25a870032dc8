"""Permits as a station would issue them, for the verifier's tests."""

from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workstation.documents.permit import PermitCheck, PermitClaims, PermitReference
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.operation import CriticalOperation, OperationKind
from workstation.rules.reference import ReferenceGrade, ReferenceSource

__all__ = ["ISSUED_S", "LIVENESS", "OPERATION", "claims", "station_key"]

ISSUED_S = 1_795_379_415
"""2026-11-22 20:30:15 UTC."""

OPERATION = CriticalOperation(
    OperationKind.CHANGE_TRUSTED_PHONE, new_phone="+77011234567", old_phone="+77017654321"
)

LIVENESS = PermitCheck(
    CheckId.LIVENESS, CheckStatus.PASSED, "liveness.bona_fide", Hardness.HARD, "B-02", ""
)


def station_key() -> Ed25519PrivateKey:
    """Return the test station's key: a published seed."""
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def claims(**changes: Any) -> PermitClaims:
    """Return claims that every rule of the permit accepts, with some of them replaced."""
    sound = PermitClaims(
        jti="0f" * 16,
        iss="bank.kz/ws/7",
        aud="core-banking",
        iat=ISSUED_S,
        nbf=ISSUED_S,
        exp=ISSUED_S + 300,
        session="20261122-0007",
        station="ws-07",
        operation=OPERATION.kind,
        operation_sha256=OPERATION.sha256(),
        iin_commitment="ab" * 32,
        iin_salt="cd" * 16,
        verdict="approved",
        checks=(
            LIVENESS,
            PermitCheck(
                CheckId.OLD_NUMBER_CALLED,
                CheckStatus.FAILED,
                "old_number_called.no",
                Hardness.SOFT,
                "B-09",
                "s-2",
            ),
        ),
        reference=PermitReference(
            ReferenceSource.REGISTRY, ReferenceGrade.REGISTERED, "2024-03-01", "gbdfl.gov.kz"
        ),
        authority="local",
        reviewer="",
        review_reason="",
        policy="kz-2026-07-12",
        policy_sha256="ef" * 32,
        teller="t-1",
        supervisor="s-2",
        officers=(),
        started_ms=(ISSUED_S - 180) * 1000,
        decided_ms=ISSUED_S * 1000,
        evidence_sha256="12" * 32,
        log_index=41,
        log_size=42,
        log_root="zuS1IEBNhFh6CJp7oMhK3l5gT3b2GkO2CoHPq4JbVxk=",
    )
    return msgspec.structs.replace(sound, **changes)
