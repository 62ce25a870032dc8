"""From a verification to the snapshot that screens draw: nothing that is not durable."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from crypto.report.report import SignatureReport
from resources import LANGUAGES
from vision.results import CommandResult, QualityFinding
from workstation.registries.authority import Invitation
from workstation.registries.identification_wire import CODE_DIGITS
from workstation.rules.alternatives import LivenessWay
from workstation.rules.catalogue.values import mask_value
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.parties import PartyRole
from workstation.session.alternative import MOST_FAILURES
from workstation.session.decision import soft_checks_open
from workstation.session.exception import select_officers
from workstation.session.other_way import count_failures
from workstation.session.states import State
from workstation.station.alternative_view import AlternativeView
from workstation.station.readiness import needs_window
from workstation.station.snapshot import (
    ComparisonView,
    DecisionView,
    ExceptionView,
    SessionSnapshot,
    SignatureView,
    Waiting,
    WaitingFor,
)
from workstation.verification.alternatives.other_way import find_offered
from workstation.verification.biometrics import attempt_number, find_accommodations
from workstation.verification.case import Case
from workstation.verification.officers.exception import is_exception_offered
from workstation.verification.verification import Verification

__all__ = ["take_snapshot"]

_ASKS_CUSTOMER: Final = {State.PRECHECKS, State.CONSENT, State.SIGNATURE}
"""When the customer compares what was typed with what was asked for: before yes, and before ЭЦП."""


def take_snapshot(verification: Verification, *, busy: str) -> SessionSnapshot:
    """Return the session as the screens may see it."""
    session, case = verification.session, verification.case
    signing, statement = verification.signing, verification.statement
    operation = session.policy.operation(case.operation.kind)
    authority = session.evidence.authority
    review = session.state is State.REVIEW
    snapshot = SessionSnapshot(
        state=session.state,
        session=case.id,
        number=verification.number,
        kind=case.operation.kind,
        turn=session.evidence.role.value if case.second is not None else "",
        client_name=verification.person.client.name,
        iin_masked=verification.person.client.iin.masked,
        operation_lines=_operation_lines(case),
        language=case.language,
        started_ms=verification.started_ms,
        checks=_visible_checks(verification),
        required=tuple(
            item.check for item in session.required if item.hardness is not Hardness.SILENT
        ),
        consent=_consent_text(verification) if session.state is State.CONSENT else "",
        window=case.definition.say_window(case.operation, case.language)
        if session.state in _ASKS_CUSTOMER
        else "",
        exception=_exception(verification),
        alternative=_alternative(verification),
        waiting_for=_waiting(verification),
        sources=tuple(rule.source for rule in operation.sources),
        document=verification.document.view,
        authority_number="" if authority is None else authority.reference,
        handed_over=session.evidence.hand_over,
        second_look=session.evidence.second_look,
        asked_back=verification.question,
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
        not_before_ms=_not_before_ms(verification),
        fault=verification.fault_code,
        simulated=verification.services.simulated,
    )
    return _with_face(_with_question(snapshot, verification), verification)


def _with_question(snapshot: SessionSnapshot, verification: Verification) -> SessionSnapshot:
    """Return the snapshot with what the customer answers now, and whether it has to be read."""
    waiting = verification.own_words.find_open(verification.session)
    given = verification.own_words.count_given()
    return replace(
        snapshot,
        question=waiting[0].id if waiting else "",
        questions=(given + 1, given + len(waiting)) if waiting else (0, 0),
        window_needed=needs_window(verification.services),
    )


def _consent_text(verification: Verification) -> str:
    return verification.session.policy.documents.consent.words.text(verification.case.language)


def _with_face(snapshot: SessionSnapshot, verification: Verification) -> SessionSnapshot:
    """Return the snapshot with the face side; whoever compares photos is not told of a distance."""
    session, face = verification.session, verification.biometrics
    check, last = face.check, face.last_attempt
    commands: tuple[CommandResult, ...] = () if last is None else last.commands
    if check is not None and not check.finished:
        commands = check.ended_commands  # Those of the attempt before are no matter of this one.
    reference, capture = session.evidence.reference, verification.reference
    live = face.probe_jpeg or (face.frames[-1].jpeg if face.frames else b"")
    blind = session.state is State.COMPARISON
    return replace(
        snapshot,
        attempt=attempt_number(session),
        attempts_max=session.policy.attempts_max,
        attempt_running=face.running,
        breaks=session.evidence.breaks,
        breaks_max=session.policy.breaks_max,
        attempt_reason="" if last is None else last.reason,
        accommodations_allowed=find_accommodations(
            session.policy, verification.case.operation.kind
        ),
        accommodations=face.eased.accommodations,
        prompt=check.prompt if check is not None and not check.finished else None,
        commands=commands,
        conditions=_conditions(verification),
        reference_jpeg=capture.picture,
        reference_findings=() if capture.photo is None else capture.photo.quality.findings,
        reference_source=None if reference is None else reference.source,
        reference_age_days=None if reference is None else reference.age_days,
        probe_jpeg=live,
        eyes=face.eyes,
        match=None if blind else session.evidence.match,
        comparison=_comparison(verification) if blind else None,
    )


def _comparison(verification: Verification) -> ComparisonView:
    """Return both photos: the live one is that whose head is straightest."""
    face = verification.biometrics
    live = face.best_frame(verification.session)
    return ComparisonView(verification.reference.picture, live, face.eyes)


def _exception(verification: Verification) -> ExceptionView:
    session, capture = verification.session, verification.biometrics.exception
    evidence = session.evidence
    return ExceptionView(
        offered=is_exception_offered(session) and not verification.biometrics.running,
        awaited=capture.awaited and session.state is State.EXCEPTION,
        jpeg=capture.frames[-1].jpeg if capture.frames else b"",
        officers=select_officers(evidence.approvals, evidence.exception_photo, *evidence.tellers),
        needed=session.policy.exception_officers,
    )


def _alternative(verification: Verification) -> AlternativeView:
    session, capture = verification.session, verification.biometrics.exception
    offered = (
        () if verification.biometrics.running else find_offered(session, verification.services)
    )
    request, consent = session.evidence.way, session.policy.documents.palm_consent
    if request is None:
        palm = consent is not None and LivenessWay.PALM in offered
        text = consent.words.text(verification.case.language) if palm and consent else ""
        return AlternativeView(offered, consent=text)
    code = session.evidence.operation.sha256()[:CODE_DIGITS]
    return AlternativeView(
        way=request.way,
        code=" ".join(code[at : at + 4] for at in range(0, CODE_DIGITS, 4)),
        photo_awaited=capture.awaited and session.state is State.ALTERNATIVE,
        jpeg=capture.frames[-1].jpeg if session.evidence.exception_photo is not None else b"",
        failures=count_failures(session.evidence, request.way),
        most=MOST_FAILURES,
    )


def _conditions(verification: Verification) -> tuple[QualityFinding, ...]:
    face = verification.biometrics
    if verification.state in {State.EXCEPTION, State.ALTERNATIVE}:
        return face.exception.conditions
    return () if face.check is None else face.check.conditions


def _operation_lines(case: Case) -> tuple[tuple[str, Words], ...]:
    """Return field and value of what is asked for, in every language, hidden where it has to be."""
    given = ((each, case.operation.value(each.name)) for each in case.definition.fields)
    return tuple(
        (f"field.{each.id}", Words(*(mask_value(each, value, name) for name in LANGUAGES)))
        for each, value in given
        if value
    )


def _visible_checks(verification: Verification) -> tuple[CheckResult, ...]:
    """Return the checks so far; one that has not been made yet is not in the list.

    What is silent is for a later review, not for the desk. Whoever compares two photos is not told
    what the machine made of them.
    """
    session = verification.session
    checks = _not_silent(verification.checks)
    if session.decision is not None or session.state in {State.REVIEW, State.CONFIRMATION}:
        return _join_people(checks)
    checks = _select_turn(checks, session.evidence.role)
    made = (check for check in checks if not check.reason.endswith((".missing", ".unbound")))
    blind = session.state is State.COMPARISON
    return tuple(check for check in made if not (blind and check.check == CheckId.MATCH))


def _join_people(checks: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """Return each check once: of two people's the one that has not passed, if there is one."""
    joined: dict[str, CheckResult] = {}
    for each in checks:
        before = joined.get(each.check)
        if before is None or before.status is CheckStatus.PASSED:
            joined[each.check] = each
    return tuple(joined.values())


def _select_turn(checks: tuple[CheckResult, ...], turn: PartyRole) -> tuple[CheckResult, ...]:
    """Return each check once: about the person whose turn it is, else about the customer."""
    own = {each.check for each in checks if each.role is turn}
    return tuple(each for each in checks if each.role is turn or each.check not in own)


def _not_silent(checks: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    return tuple(check for check in checks if check.hardness is not Hardness.SILENT)


def _waiting(verification: Verification) -> Waiting | None:
    """Return who has not answered, with where the authority wants to see the customer."""
    if verification.state is State.PRECHECKS:
        source, retry = WaitingFor.REGISTRY, verification.registries.retry
    else:
        source, retry = WaitingFor.AUTHORITY, verification.authority.retry
    if retry.since_ms is None:
        return None
    invitation = verification.authority.invitation or Invitation("", "")
    return Waiting(source, retry.since_ms, retry.again_ms, invitation.address, invitation.code)


def _signature(report: SignatureReport, find_name: Callable[[str], str]) -> SignatureView:
    subject = report.subject
    # Signer first, then its issuer: no path, no issuer.
    issuer = report.chain[1] if len(report.chain) > 1 else ""
    missing = "" if report.missing_issuer is None else report.missing_issuer.name
    masked = "" if subject is None else "•" * 8 + subject.iin[-4:]
    return SignatureView(
        indication=report.indication.value,
        sub_indication="" if report.sub_indication is None else report.sub_indication.value,
        reason=report.reason,
        common_name="" if subject is None else subject.common_name,
        iin_masked=masked,
        issuer=find_name(issuer) or issuer[:16] or missing,
        not_after_ms=0 if subject is None else _ms(subject.not_after),
        findings=tuple((item.code, item.status.value) for item in report.findings),
        chain=_name_chain(report, find_name),
    )


def _name_chain(report: SignatureReport, find_name: Callable[[str], str]) -> tuple[str, ...]:
    """Return a name for each certificate of the path; the start of its digest where none is."""
    own = "" if report.subject is None else report.subject.common_name
    authorities = (find_name(each) or each[:16] for each in report.chain[1:])
    return (own or report.chain[0][:16], *authorities) if report.chain else ()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _not_before_ms(verification: Verification) -> int:
    recorded = verification.recorded
    return 0 if recorded is None or verification.released is None else recorded.not_before_ms


def _decision(verification: Verification) -> DecisionView | None:
    recorded, released = verification.recorded, verification.released
    if recorded is None or released is None:
        return None
    entry, checkpoint = recorded.recorded.entry, recorded.recorded.checkpoint
    return DecisionView(
        outcome=recorded.decision.outcome.value,
        reason=recorded.decision.reason,
        checks=_not_silent(recorded.decision.checks),
        log_index=entry.seq,
        log_size=checkpoint.size,
        root_base64=base64.b64encode(checkpoint.root).decode(),
        decided_ms=entry.t_ms,
        permit=released.permit,
        receipt=released.receipt,
        drawing=released.drawing,
    )
