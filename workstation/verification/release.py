"""What leaves the process once a decision is durable: the permit for core banking, the receipt.

A permit is written to the log before it is written to its file, so that a permit without an entry
cannot exist. A receipt or permit that cannot be written does not change the decision.
"""

import base64
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from crypto.canonical_json import JsonValue
from crypto.errors import LogError
from crypto.files.durable import write_durably
from workstation.documents.permit import PermitCheck, PermitClaims, issue
from workstation.documents.receipt import ReceiptFacts, render_receipt
from workstation.errors import PermitRefused, WorkstationError
from workstation.records.journal import RecordedDecision
from workstation.rules.checks import Hardness
from workstation.session.decision import Outcome
from workstation.verification.services import Release

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["release"]

_log = logging.getLogger(__name__)
_JTI_BITS = 128
_SALT_BYTES = 16


def release(verification: "Verification", recorded: RecordedDecision) -> Release:
    """Issue the permit (only for an approval) and the receipt; notice names what failed."""
    notice = ""
    permit: Path | None = None
    if recorded.decision.outcome is Outcome.APPROVED:
        try:
            permit = _permit(verification, recorded)
        except (LogError, PermitRefused, OSError) as error:
            _log.error("permit not issued: %s", type(error).__name__)
            notice = "permit_unwritable"
    receipt: Path | None = None
    try:
        receipt = _receipt(verification, recorded)
    except (WorkstationError, OSError) as error:
        _log.error("receipt not written: %s", type(error).__name__)
        notice = notice or "receipt_unwritable"
    return Release(permit, receipt, notice)


def _permit(verification: "Verification", recorded: RecordedDecision) -> Path:
    services, case = verification.services, verification.case
    claims = _claims(verification, recorded)
    token = issue(claims, services.permit_key).encode()
    digest = hashlib.sha256(token).hexdigest()
    facts: dict[str, JsonValue] = {
        "jti": claims.jti,
        "sha256": digest,
        "exp": claims.exp,
        "result": claims.log_index,
    }
    services.journal.permit(verification.who, case.id, facts)
    path = services.core_banking / f"{claims.jti}.jws"
    write_durably(path, token)
    return path


def _claims(verification: "Verification", recorded: RecordedDecision) -> PermitClaims:
    services, case = verification.services, verification.case
    evidence = verification.session.evidence
    entry, checkpoint = recorded.recorded.entry, recorded.recorded.checkpoint
    statement, match = evidence.statement, evidence.match
    if statement is None or match is None:
        raise PermitRefused("approved without a statement or a comparison")
    overridden = {item.check: item.supervisor for item in evidence.overrides}
    # A salt of its own: who has the permit and the ИИН must not recognise the customer's other
    # entries, and a permit that leaks must not open the log's commitment.
    salt = services.rng.randbytes(_SALT_BYTES)
    # Whole seconds by RFC 7519; never later than the wall clock says.
    issued_s = services.clock.wall_ms() // 1000
    return PermitClaims(
        jti=f"{services.rng.getrandbits(_JTI_BITS):032x}",
        iss=services.facts.origin,
        aud=services.permit_audience,
        iat=issued_s,
        exp=issued_s + services.policy.permit_ttl_s,
        session=case.id,
        station=services.facts.station,
        operation=case.operation.kind,
        operation_sha256=case.operation.sha256(),
        iin_commitment=case.client.iin_commitment(salt),
        iin_salt=salt.hex(),
        verdict="approved",
        checks=tuple(
            PermitCheck(
                check=check.check,
                status=check.status,
                hardness=check.hardness,
                rule=check.rule,
                overridden=overridden.get(check.check, "")
                if check.hardness is Hardness.SOFT
                else "",
            )
            for check in recorded.decision.checks
        ),
        authority=match.authority,
        policy=services.policy.id,
        policy_sha256=services.policy.sha256,
        teller=evidence.teller,
        supervisor=evidence.overrides[0].supervisor if evidence.overrides else "",
        started_ms=verification.started_ms,
        decided_ms=entry.t_ms,
        evidence_sha256=statement.evidence_sha256,
        log_index=entry.seq,
        log_size=checkpoint.size,
        log_root=base64.b64encode(checkpoint.root).decode(),
    )


def _receipt(verification: "Verification", recorded: RecordedDecision) -> Path:
    services, case = verification.services, verification.case
    entry = recorded.recorded.entry
    facts = ReceiptFacts(
        bank=services.facts.bank,
        branch=services.facts.branch,
        station=services.facts.station,
        session=case.id,
        number=verification.number,
        operation=case.operation,
        iin_masked=case.client.iin.masked,
        language=case.language,
        outcome=recorded.decision.outcome.value,
        reason=recorded.decision.reason,
        checks=recorded.decision.checks,
        decided_ms=entry.t_ms,
        log_index=entry.seq,
        checkpoint=recorded.recorded.checkpoint,
        simulated=services.simulated,
    )
    path = services.outbox / f"receipt-{verification.number:06d}.pdf"
    write_durably(path, render_receipt(facts))
    return path
