"""What a session's own log entries state about it: codes, digests and numbers, nobody's data.

Numbers of people are few enough to try them all, so digests over them are salted with the case's
salt, which stands only in the sealed payload (docs/decisions/0005-personal-data.md).
"""

import hashlib
import logging
import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from crypto.canonical_json import JsonValue
from vision.camera.control import ControlResponse
from vision.camera.delivery import Delivery
from vision.frame import CameraIdentity
from vision.liveness.signals.signals import INTERRUPTED
from vision.results import MatchResult, MatchVerdict, PadResult, PadVerdict
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.rules.checks import CheckStatus
from workstation.rules.parties import PartyRole
from workstation.session.alternative import has_failed_way
from workstation.session.basis import describe_basis
from workstation.session.decision import Decision, Outcome, is_simulated
from workstation.session.evidence import Answer, EndingKind, Evidence
from workstation.session.provenance import Provenance, trace_provenance
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
    "name_person",
    "record_result",
]

_log = logging.getLogger(__name__)
_MAX_WORD = 120
_MOST_WITH_FACTS = 30
"""The most that a shipped operation demands of one person are 25, with facts 5,900 octets."""


def begin_facts(services: Services, case: Case) -> dict[str, JsonValue]:
    """Return what verify.begin states: the operation and the versions of everything."""
    return {
        **_subject(services, case),
        "settings_sha256": services.facts.settings_sha256,
        "version": services.facts.version,
        "language": case.language,
        "simulated": services.simulated,
    }


def name_person(role: PartyRole) -> dict[str, JsonValue]:
    """Return whom an entry is about; nothing where it is the customer, whom all else is about."""
    return {} if role is PartyRole.CUSTOMER else {"person": role.value}


def answer_facts(answers: tuple[Answer, ...]) -> dict[str, JsonValue]:
    """Return the pre-checks' answers."""
    return {
        "answers": [
            {
                **name_person(answer.role),
                "check": answer.check,
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
                item.threshold_ppm,
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


def _result_facts(
    services: Services, case: Case, session: VerificationSession, decision: Decision
) -> dict[str, JsonValue]:
    """Return what verify.result states of the case besides the decision itself."""
    evidence = session.evidence.view(session.evidence.roles[0])
    overrides: list[JsonValue] = [
        {
            **name_person(item.role),
            "check": item.check,
            "by": item.supervisor,
            "why": item.why.value,
            "reason": item.reason,
            "found": item.found,
        }
        for item in evidence.overrides
    ]
    officers: list[JsonValue] = [
        {
            **name_person(view.role),
            "by": item.officer,
            "photo": item.photo_sha256,
            "reason": item.reason,
        }
        for view in evidence.views
        for item in view.approvals
    ]
    excepted = any(view.exception_request is not None for view in evidence.views)
    return {
        **_subject(services, case),
        **({"exception": officers} if excepted else {}),
        **_way_facts(evidence),
        "provenance": _provenance_facts(trace_provenance(decision, evidence)),
        **_second_facts(decision, evidence),
        "simulated": is_simulated(evidence),
        "overrides": overrides,
        **_closing_facts(session),
        "basis": describe_basis(session.policy, evidence),
    }


def _closing_facts(session: VerificationSession) -> dict[str, JsonValue]:
    """Return what the screens say of a held case, and whose second look a handed-over one has."""
    evidence, shown = session.evidence, session.shown_decision
    look = evidence.second_look
    stated: dict[str, JsonValue] = {}
    if evidence.duress and shown is not None:
        stated["hold"] = {"shown": shown.outcome.value, "reason": shown.reason}
    if evidence.hand_over is not None:
        stated["handed_over"] = evidence.hand_over.reason.value
    if look is not None:
        stated["second_look"] = {"by": look.supervisor, "reason": look.reason}
    return stated


def _way_facts(evidence: Evidence) -> dict[str, JsonValue]:
    """Return the other way that was taken, by the number under which its centre keeps it."""
    request, answers = evidence.way, evidence.way_answers
    if request is None:
        return {}
    reference = answers[-1].reference if answers else ""
    return {"way": {"id": request.way.value, "nonce": request.nonce, "reference": reference}}


def _second_facts(decision: Decision, evidence: Evidence) -> dict[str, JsonValue]:
    """Return whose word the second face rests on, nothing where there is one face."""
    if len(evidence.roles) == 1:
        return {}
    second = evidence.view(evidence.roles[1])
    provenance = _provenance_facts(trace_provenance(decision, second))
    return {"second": {**name_person(second.role), "provenance": provenance, **_way_facts(second)}}


def _provenance_facts(provenance: Provenance) -> dict[str, JsonValue]:
    """Return whose word the face rests on; the words of a review stand in the supervisor's act."""
    taken = provenance.taken
    return {
        "source": "" if provenance.source is None else provenance.source.value,
        "grade": "" if provenance.source is None else provenance.source.grade.value,
        "taken": "" if taken is None else taken.isoformat(),
        "age_days": provenance.age_days,
        "vouched_by": provenance.vouched_by,
        "authority": provenance.authority,
        "reviewer": provenance.reviewer,
        "review_reason": provenance.review_reason,
        "consent_by": provenance.consent_by,
        "customer_window": provenance.customer_window,
    }


def record_result(
    services: Services,
    who: SignedIn,
    case: Case,
    session: VerificationSession,
    facts: Mapping[str, JsonValue],
) -> RecordedDecision:
    """Commit the one verify.result of a decided session; raises LogError.

    facts  what it states beside the decision, the case and who vouched
    """
    decision = session.decision
    if decision is None:
        raise AssertionError("DECIDED without a decision")
    stated = {**_result_facts(services, case, session, decision), **facts}
    if case.second is not None or len(decision.checks) > _MOST_WITH_FACTS:
        decision = _without_passed_facts(decision)
    recorded = services.journal.record_result(who, case.id, decision, stated)
    shown = session.shown_decision
    if session.evidence.duress and shown is not None:
        recorded = replace(recorded, decision=shown, held=True)
    _count_attempt(services, who, case, session)
    return recorded


def _without_passed_facts(decision: Decision) -> Decision:
    """Return the decision without the facts of what has passed.

    An entry holds 8 KiB, and the checks of two people are more than that; the steps of the same
    case have these facts.
    """
    kept = (
        replace(each, facts=()) if each.status is CheckStatus.PASSED else each
        for each in decision.checks
    )
    return replace(decision, checks=tuple(kept))


def _count_attempt(
    services: Services, who: SignedIn, case: Case, session: VerificationSession
) -> None:
    """Count a failure of a face and a teller's suspicion; nothing else costs anybody anything.

    By what is shown: a wait that differs at the next case would betray who is not free.
    """
    outcome = None if session.shown_decision is None else session.shown_decision.outcome
    for view in session.evidence.views:
        failed = has_failed_face(view, session.policy.attempts_max)
        failed = failed or session.evidence.suspicion is not None
        iin = case.for_person(view.role).client.iin.digits
        _count_person(services, who, case.id, iin, outcome, failed=failed)


def _count_person(
    services: Services,
    who: SignedIn,
    case: str,
    iin: str,
    outcome: Outcome | None,
    *,
    failed: bool,
) -> None:
    try:
        if outcome is not Outcome.APPROVED and failed:
            services.cool_down.record(
                iin,
                services.clock.wall_ms(),
                keep_ms=services.policy.cool_down_ms,
                case=case,
                teller=who.operator.id,
            )
        elif outcome is Outcome.APPROVED:
            services.cool_down.spend_lift(iin, services.clock.wall_ms())
    except sqlite3.Error:
        # The signed log holds the refusal; the counter is only a convenience.
        _log.exception("attempt not counted")


def has_failed_face(evidence: Evidence, attempts_max: int) -> bool:
    """Whether the live person was found false, used the attempts up, or is somebody else.

    A registry, a signature and a break of ours or of the camera are not it. Attempts count as used
    up when all but the last one failed and the session was ended before it: who could leave and
    begin anew would have attempts without end.
    """
    attempts = evidence.attempts
    if has_failed_way(evidence.way_answers):
        return True
    if attempts and attempts[-1].verdict is PadVerdict.ATTACK:
        return True
    if attempts and attempts[-1].verdict is PadVerdict.UNDECIDED:
        ended = evidence.ending is not None and evidence.ending.kind is not EndingKind.FAULT
        failed = sum(each.reason != INTERRUPTED for each in attempts) + evidence.earlier
        return failed >= max(1, attempts_max - 1 if ended else attempts_max)
    return evidence.match is not None and evidence.match.verdict is MatchVerdict.NON_MATCH


def _subject(services: Services, case: Case) -> dict[str, JsonValue]:
    return {
        "operation": case.operation.kind,
        "params": _params_commitment(case),
        "iin": case.client.iin_commitment(case.salt),
        "policy": services.policy.id,
        "policy_sha256": services.policy.sha256,
        "profile": services.facts.profile,
        **_name_second(case),
    }


def _name_second(case: Case) -> dict[str, JsonValue]:
    """Return who takes part besides the customer, the ИИН blinded as the customer's is."""
    second = case.second
    if second is None:
        return {}
    stated: dict[str, JsonValue] = {
        "role": second.role.value,
        "presence": second.presence.value,
        "iin": second.client.iin_commitment(case.salt),
    }
    return {"party": stated}


def _params_commitment(case: Case) -> str:
    digest = bytes.fromhex(case.operation.sha256())
    return hashlib.sha256(b"params/v1\n" + case.salt + digest).hexdigest()
