"""What leaves the process once a decision is durable: the permit for core banking, the receipt.

A permit is written to the log before it is signed, because it carries the proof that it is there:
one without an entry cannot exist. A receipt or permit that cannot be written does not change the
decision.
"""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import LogError
from crypto.files.durable import write_durably
from workstation.documents.log_rotations import describe_rotations, name_rotations
from workstation.documents.permit import issue, require_sound
from workstation.documents.permit_claims import (
    PERMIT_VERSION,
    PermitCheck,
    PermitFacts,
    PermitPerson,
    PermitReference,
)
from workstation.documents.permit_log import prove_in_log, state_permit
from workstation.documents.receipt import ReceiptFacts, ReceiptPhoto, compose_receipt
from workstation.documents.receipt_page import ReceiptDrawing
from workstation.errors import PermitRefused, WorkstationError
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.rules.catalogue.documents import CUSTOMER_ROLE
from workstation.rules.checks import LIVENESS_EXCEPTION, Hardness
from workstation.rules.operation import OPERATION_VERSION
from workstation.rules.parties import PartyRole
from workstation.session.decision import Decision, Outcome, is_simulated
from workstation.session.evidence import Evidence
from workstation.session.exception import select_officers
from workstation.session.provenance import Provenance, trace_provenance
from workstation.settings.settings import Profile
from workstation.verification.case import Case
from workstation.verification.services import Release, Services

__all__ = ["Result", "find_review", "release"]

_log = logging.getLogger(__name__)
_JTI_BITS = 128
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Result:
    """A decision that is in the log.

    number      log index of the session's begin entry: the number people use
    started_ms  wall clock when the form was accepted
    """

    recorded: RecordedDecision
    number: int
    started_ms: int


def release(
    services: Services, who: SignedIn, case: Case, evidence: Evidence, result: Result
) -> Release:
    """Issue the permit, only for an approval that is not held, and the receipt.

    The message names what failed.
    """
    message = ""
    permit: Path | None = None
    if result.recorded.decision.outcome is Outcome.APPROVED:
        try:
            place = _hold if result.recorded.held else _release_permit
            permit = place(services, who, case, evidence, result)
        except (LogError, PermitRefused, OSError) as error:
            _log.error("permit not issued: %s", type(error).__name__)
            message = "permit_unwritable"
    receipt: Path | None = None
    drawing: ReceiptDrawing | None = None
    try:
        receipt, drawing = _write_receipt(services, case, evidence, result)
    except (WorkstationError, LogError, OSError) as error:
        _log.error("receipt not written: %s", type(error).__name__)
        message = message or "receipt_unwritable"
    return Release(permit, receipt, message, drawing)


def _release_permit(
    services: Services, who: SignedIn, case: Case, evidence: Evidence, result: Result
) -> Path:
    facts = _permit_facts(services, case, evidence, result)
    # Before the entry: what could never be issued leaves none.
    require_sound(facts)
    recorded = services.journal.record_permit(who, case.id, state_permit(facts))
    earlier = services.permit_heads.advance(services.journal.log, recorded.checkpoint.size)
    claims = prove_in_log(facts, services.journal.log, recorded, earlier)
    _publish_rotations(services)
    path = services.core_banking / f"{claims.jti}.jws"
    write_durably(path, issue(claims, services.permit_key).encode())
    return path


def _hold(
    services: Services, who: SignedIn, case: Case, evidence: Evidence, result: Result
) -> Path:
    """Write the hold in the permit's place; return where the permit would lie, and does not.

    Whoever stands behind the teller sees what is always seen: the entry, and a name.
    """
    facts = _permit_facts(services, case, evidence, result)
    require_sound(facts)
    services.journal.record_hold(who, case.id, {"jti": facts.jti, "result": facts.log_index})
    if not os.access(f"{services.core_banking}/", os.W_OK):
        raise NotADirectoryError  # a permit could not be written either, and the screen says so
    return services.core_banking / f"{facts.jti}.jws"


def _publish_rotations(services: Services) -> None:
    """Lay the rotations of the log's key beside the permits, where there are new ones."""
    rotations = describe_rotations(services.journal.log)
    path = services.core_banking / name_rotations(services.facts.origin)
    if rotations is not None and (not path.is_file() or path.read_bytes() != rotations):
        write_durably(path, rotations)


def _permit_facts(
    services: Services, case: Case, evidence: Evidence, result: Result
) -> PermitFacts:
    recorded = result.recorded
    entry = recorded.recorded.entry
    statement = evidence.statement
    if statement is None:
        raise PermitRefused("approved without a statement")
    # A salt of its own: who has the permit and the ИИН must not recognise the customer's other
    # entries, and a permit that leaks must not open the log's commitment.
    salt = services.rng.randbytes(_SALT_BYTES)
    issued_s, from_s, until_s = _lifetime(services, recorded)
    provenance = _trace_first(recorded.decision, evidence)
    reviewer, review_reason = find_review(evidence)
    return PermitFacts(
        v=PERMIT_VERSION,
        jti=f"{services.rng.getrandbits(_JTI_BITS):032x}",
        iss=services.facts.origin,
        aud=services.permit_audience,
        iat=issued_s,
        nbf=from_s,
        exp=until_s,
        wait_rule=recorded.decision.wait_rule,
        second_confirmation=recorded.decision.second_confirmation,
        session=case.id,
        station=services.facts.station,
        profile=Profile(services.facts.profile),
        environment=services.validator.constraints.policy.environment,
        simulated=is_simulated(evidence),
        operation=case.operation.kind,
        operation_version=OPERATION_VERSION,
        operation_sha256=case.operation.sha256(),
        people=_permit_people(case, salt),
        iin_salt=salt.hex(),
        verdict="approved",
        checks=_permit_checks(recorded.decision, evidence),
        reference=_reference(provenance),
        authority=provenance.authority,
        reviewer=reviewer,
        review_reason=review_reason,
        policy=services.policy.id,
        policy_sha256=services.policy.sha256,
        teller=evidence.teller,
        supervisor=evidence.overrides[0].supervisor if evidence.overrides else "",
        officers=_officers(recorded.decision, evidence),
        started_ms=result.started_ms,
        decided_ms=entry.t_ms,
        evidence_sha256=statement.evidence_sha256,
        log_index=entry.seq,
    )


def _lifetime(services: Services, recorded: RecordedDecision) -> tuple[int, int, int]:
    """Return iat, nbf and exp."""
    # Whole seconds by RFC 7519; never later than the wall clock says.
    issued_s = services.clock.wall_ms() // 1000
    # The moment of the decision is rounded up: not a second of a cooling-off is given away.
    from_s = -(-recorded.not_before_ms // 1000) or issued_s
    policy = services.policy
    life_s = policy.delayed_permit_ttl_s if recorded.decision.wait_hours else policy.permit_ttl_s
    return issued_s, from_s, from_s + life_s


def _trace_first(decision: Decision, evidence: Evidence) -> Provenance:
    """Return who vouched for the face of the first person who is here."""
    return trace_provenance(decision, evidence.view(evidence.roles[0]))


def find_review(evidence: Evidence) -> tuple[str, str]:
    """Return the first supervisor who compared an undecided pair, and why; empty for nobody.

    Of anybody's faces: a permit whose second person was reviewed has to name who did it.
    """
    reviews = (view.comparison for view in evidence.views)
    first = next((each for each in reviews if each is not None), None)
    return ("", "") if first is None else (first.officer, first.reason.value)


def _reference(provenance: Provenance) -> PermitReference:
    if provenance.source is None:
        raise PermitRefused("approved without a reference photo")
    taken = "" if provenance.taken is None else provenance.taken.isoformat()
    source = provenance.source
    return PermitReference(source, source.grade, taken, provenance.vouched_by)


def _receipt_photo(provenance: Provenance) -> ReceiptPhoto | None:
    if provenance.source is None:
        return None
    taken = "" if provenance.taken is None else provenance.taken.isoformat()
    return ReceiptPhoto(provenance.source, taken, provenance.vouched_by)


def _officers(decision: Decision, evidence: Evidence) -> tuple[str, ...]:
    if LIVENESS_EXCEPTION not in {check.reason for check in decision.checks}:
        return ()
    return tuple(
        dict.fromkeys(
            officer
            for view in evidence.views
            for officer in select_officers(view.approvals, view.exception_photo, *view.tellers)
        )
    )


def _permit_people(case: Case, salt: bytes) -> tuple[PermitPerson, ...]:
    """Return whose operation it is, here or not, and who takes part besides."""
    here = PartyRole.CUSTOMER in case.roles
    customer = PermitPerson(CUSTOMER_ROLE, here, case.client.iin_commitment(salt))
    if case.second is None:
        return (customer,)
    second = case.second
    return customer, PermitPerson(second.role, True, second.client.iin_commitment(salt))


def _permit_checks(decision: Decision, evidence: Evidence) -> tuple[PermitCheck, ...]:
    overridden = {(item.check, item.role): item.supervisor for item in evidence.overrides}
    return tuple(
        PermitCheck(
            check=check.check,
            status=check.status,
            reason=check.reason,
            hardness=check.hardness,
            rule=check.rule,
            overridden=overridden.get((check.check, check.role), "")
            if check.hardness is Hardness.SOFT
            else "",
            role=check.role.value,
        )
        for check in decision.checks
    )


def _write_receipt(
    services: Services, case: Case, evidence: Evidence, result: Result
) -> tuple[Path, ReceiptDrawing]:
    recorded = result.recorded
    provenance = _trace_first(recorded.decision, evidence)
    entry, checkpoint = recorded.recorded.entry, recorded.recorded.checkpoint
    second = case.second
    reviewer, review_reason = find_review(evidence)
    facts = ReceiptFacts(
        bank=services.facts.bank,
        branch=services.facts.branch,
        station=services.facts.station,
        session=case.id,
        number=result.number,
        policy=services.policy,
        operation=case.operation,
        iin_masked=case.client.iin.masked,
        others=() if second is None else ((second.role, second.client.iin.masked),),
        language=case.language,
        outcome=recorded.decision.outcome.value,
        reason=recorded.decision.reason,
        checks=recorded.decision.checks,
        decided_ms=entry.t_ms,
        log_index=entry.seq,
        leaf=entry.leaf,
        path=services.journal.log.inclusion_proof(entry.seq, checkpoint.size).path,
        checkpoint=checkpoint,
        anchor=services.anchoring.newest,
        simulated=services.simulated,
        photo=_receipt_photo(provenance),
        authority=provenance.authority,
        reviewer=reviewer,
        review_reason=review_reason,
        timestamps=tuple(
            view.signature.timestamp_ms for view in evidence.views if view.signature is not None
        ),
        not_before_ms=recorded.not_before_ms,
        second_confirmation=recorded.decision.second_confirmation != "",
    )
    path = services.outbox / f"receipt-{result.number:06d}.pdf"
    pdf, drawing = compose_receipt(facts)
    write_durably(path, pdf)
    return path, drawing
