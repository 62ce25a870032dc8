"""From a verification to the snapshot that screens draw: nothing that is not durable."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

from crypto.report.report import SignatureReport
from resources import path
from vision.results import CommandResult, QualityFinding
from workstation.rules.checks import CheckResult
from workstation.rules.operation import mask_phone
from workstation.session.decision import evaluate, soft_checks_open
from workstation.session.exception import select_officers
from workstation.session.states import State
from workstation.station.snapshot import DecisionView, ExceptionView, SessionSnapshot, SignatureView
from workstation.verification.biometrics import attempt_number
from workstation.verification.exception import is_exception_offered
from workstation.verification.verification import Verification

__all__ = ["consent_sha256", "consent_text", "take_snapshot"]


def consent_text(language: str) -> str:
    """Return the consent text of this version in kk, ru or en."""
    return path("consent", f"{language}.txt").read_text(encoding="utf-8")


def consent_sha256(language: str) -> str:
    """Return the hex digest of the consent text's bytes, for the record."""
    return hashlib.sha256(consent_text(language).encode()).hexdigest()


def take_snapshot(verification: Verification, *, busy: str) -> SessionSnapshot:
    """Return the session as the screens may see it."""
    session, case = verification.session, verification.case
    face, signing = verification.biometrics, verification.signing
    statement = verification.statement
    check = face.check
    last = face.last_attempt
    commands: tuple[CommandResult, ...] = () if last is None else last.commands
    required = session.policy.operation(case.operation.kind).required
    review = session.state is State.REVIEW
    return SessionSnapshot(
        state=session.state,
        session=case.id,
        number=verification.number,
        kind=case.operation.kind,
        client_name=case.client.name,
        iin_masked=case.client.iin.masked,
        operation_lines=_operation_lines(verification),
        language=case.language,
        started_ms=verification.started_ms,
        checks=_visible_checks(verification),
        required=tuple(item.check for item in required),
        consent=consent_text(case.language) if session.state is State.CONSENT else "",
        attempt=attempt_number(session),
        attempts_max=session.policy.attempts_max,
        attempt_running=face.running,
        attempt_reason="" if last is None else last.reason,
        accommodations_allowed=session.policy.accommodations,
        accommodations=face.eased.accommodations,
        exception=_exception(verification),
        prompt=check.prompt if check is not None and not check.finished else None,
        commands=commands,
        conditions=_conditions(verification),
        reference_jpeg=face.reference_picture,
        reference_findings=() if face.reference is None else face.reference.quality.findings,
        probe_jpeg=face.frames[-1].jpeg if face.frames else b"",
        match=session.evidence.match,
        statement="" if statement is None else statement.text,
        signature=None
        if signing.report is None
        else _signature(signing.report, verification.services.revocation.find_name),
        methods=verification.services.carriers.offered,
        phone=signing.phone_view if session.state is State.SIGNATURE else None,
        review=soft_checks_open(session.policy, session.evidence) if review else (),
        message=verification.message,
        busy=busy,
        decision=_decision(verification),
        fault=verification.fault_code,
        simulated=verification.services.simulated,
    )


def _exception(verification: Verification) -> ExceptionView:
    session, capture = verification.session, verification.biometrics.exception
    evidence = session.evidence
    return ExceptionView(
        offered=is_exception_offered(session) and not verification.biometrics.running,
        awaited=capture.awaited and session.state is State.EXCEPTION,
        jpeg=capture.frames[-1].jpeg if capture.frames else b"",
        officers=select_officers(evidence.approvals, evidence.exception_photo, evidence.teller),
        needed=session.policy.exception_officers,
    )


def _conditions(verification: Verification) -> tuple[QualityFinding, ...]:
    face = verification.biometrics
    if verification.state is State.EXCEPTION:
        return face.exception.conditions
    return () if face.check is None else face.check.conditions


def _operation_lines(verification: Verification) -> tuple[tuple[str, str], ...]:
    lines = []
    for name, value in verification.case.operation.parameters().items():
        shown = mask_phone(str(value)) if name.endswith("phone") else str(value)
        lines.append((name, shown))
    return tuple(lines)


def _visible_checks(verification: Verification) -> tuple[CheckResult, ...]:
    """Return the checks so far; one that has not been made yet is not in the list."""
    session = verification.session
    checks = evaluate(session.policy, session.evidence)
    if session.decision is not None:
        return checks
    made = (check for check in checks if not check.reason.endswith((".missing", ".unbound")))
    return tuple(made)


def _signature(report: SignatureReport, find_name: Callable[[str], str]) -> SignatureView:
    subject = report.subject
    # Signer first, then its issuer: no path, no issuer.
    issuer = report.chain[1] if len(report.chain) > 1 else ""
    masked = "" if subject is None else "•" * 8 + subject.iin[-4:]
    return SignatureView(
        indication=report.indication.value,
        sub_indication="" if report.sub_indication is None else report.sub_indication.value,
        reason=report.reason,
        common_name="" if subject is None else subject.common_name,
        iin_masked=masked,
        issuer=find_name(issuer) or issuer[:16],
        not_after_ms=0 if subject is None else _ms(subject.not_after),
        findings=tuple((item.code, item.status.value) for item in report.findings),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _decision(verification: Verification) -> DecisionView | None:
    recorded, released = verification.recorded, verification.released
    if recorded is None or released is None:
        return None
    entry, checkpoint = recorded.recorded.entry, recorded.recorded.checkpoint
    return DecisionView(
        outcome=recorded.decision.outcome.value,
        reason=recorded.decision.reason,
        checks=recorded.decision.checks,
        log_index=entry.seq,
        log_size=checkpoint.size,
        root_base64=base64.b64encode(checkpoint.root).decode(),
        decided_ms=entry.t_ms,
        permit=released.permit,
        receipt=released.receipt,
    )
