"""How a case leaves the seat, and how it comes back to one.

Order of writing: `workstation.cases.case_store` says why.
"""

from contextlib import suppress
from dataclasses import replace

from crypto.canonical_json import JsonValue
from crypto.x509.iin import Iin
from workstation.cases.case_store import CaseStore, KeptCase
from workstation.cases.parked_case import WaitsFor
from workstation.errors import CaseRefused, PolicyRefused, SettingsRefused
from workstation.records.journal import SignedIn, WaitingCase
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import Client
from workstation.rules.policy import Policy
from workstation.session.events import CustomerCameBack, CustomerParked
from workstation.session.evidence import Evidence, PersonEvidence
from workstation.session.states import State
from workstation.verification.case import Case
from workstation.verification.move import Advance
from workstation.verification.opening import open_evidence
from workstation.verification.parking.contents import CaseContents, describe_case, read_case
from workstation.verification.parking.review_contents import describe_review
from workstation.verification.services import Services
from workstation.verification.verification import Resumed, Verification

__all__ = [
    "find_kept",
    "open_waiting",
    "park_case",
    "restore_case",
    "state_parked",
    "take_up_case",
]

_HOUR_MS = 3_600_000


def park_case(verification: Verification, waits_for: WaitsFor) -> None:
    """Let the case wait; what is of the live face is forgotten.

    Raises IllegalTransition, or CaseRefused when it cannot be kept: it goes on at the desk then.
    """
    services, case = verification.services, verification.case
    event = CustomerParked(case.id)
    evidence = verification.session.apply(event).evidence
    until_ms = services.clock.wall_ms() + verification.session.policy.parked_hours * _HOUR_MS
    wanted = waits_for is WaitsFor.REVIEW
    review = describe_review(verification, evidence.asked) if wanted else None
    contents = describe_case(verification, evidence, waits_for, until_ms, review)
    sha256 = services.cases.keep(contents, case.id, verification.number)
    verification.take(Advance(event, "parked", state_parked(verification, waits_for, sha256)))
    # Waiting takes hours; the deadline counts the time at the desk.
    verification.watch.pause()
    for side in verification.sides.values():
        side.stop_waiting()
        side.forget_live()
    if verification.state is not State.PARKED:
        services.cases.remove(find_kept(services.cases, case.id, sha256))


def state_parked(
    verification: Verification, waits_for: WaitsFor, sha256: str
) -> dict[str, JsonValue]:
    """Return what the step `parked` says: which file is the case from now on."""
    return {
        "begin": verification.number,
        "file": sha256,
        "waits_for": waits_for.value,
        "taken_ms": verification.watch.taken_ms,
    }


def find_kept(store: CaseStore, case: str, sha256: str) -> KeptCase:
    """Return the file that the log names; CaseRefused: `put_back` for another one, `lost`."""
    kept = store.find(case, sha256)
    if kept is None:
        others = any(each.case == case for each in store.list())
        raise CaseRefused("put_back" if others else "lost")
    return kept


def open_waiting(store: CaseStore, waiting: WaitingCase) -> CaseContents:
    """Return the contents of the file that the log names; CaseRefused."""
    kept = find_kept(store, waiting.case, waiting.sha256)
    contents = read_case(store.open(kept, waiting.sha256))
    if (contents.case, contents.number) != (waiting.case, waiting.begin):
        raise CaseRefused("unreadable")
    return contents


def take_up_case(services: Services, waiting: WaitingCase, who: SignedIn) -> Verification:
    """Go on with a case that waits: its photo is judged again, then the registries are asked.

    Raises CaseRefused, or what the analysis raises: nothing is written then and it waits on.
    """
    store, case = services.cases, waiting.case
    store.claim(case)
    try:
        verification = restore_case(services, waiting, who)
        for role, side in verification.sides.items():
            photo = verification.session.evidence.view(role).reference
            if photo is not None:
                side.reference.recall(photo)
        kept = find_kept(store, case, waiting.sha256)
        event = CustomerCameBack(case, who.operator.id)
        facts: dict[str, JsonValue] = {
            "begin": waiting.begin,
            "file": waiting.sha256,
            "parked": waiting.step,
        }
        verification.take(Advance(event, "came_back", facts))
        if verification.state is State.PRECHECKS:
            store.remove(kept)
    finally:
        store.release(case)
    return verification


def restore_case(services: Services, waiting: WaitingCase, who: SignedIn) -> Verification:
    """Return the case as it waits, under the rules it began with; nothing is written.

    Raises CaseRefused: `policy_gone` where those rules are here no more.
    """
    contents = open_waiting(services.cases, waiting)
    own = _find_rules(services, contents.policy)
    case = _restore_case(own.policy, contents)
    if len(case.roles) != len(contents.people):
        raise CaseRefused("unreadable")
    evidence = _restore_evidence(open_evidence(own, who, case), contents)
    resumed = Resumed(
        contents.number, contents.started_ms, contents.taken_ms, evidence, contents.question
    )
    verification = Verification(own, who, case, resumed)
    for role, kept in zip(case.roles, contents.people, strict=True):
        side = verification.sides[role]
        side.reference.octets = kept.octets
        side.document.files, side.document.lines = kept.files(), kept.lines
    return verification


def _restore_case(policy: Policy, contents: CaseContents) -> Case:
    try:
        definition = policy.operation(contents.kind).definition
    except PolicyRefused:
        raise CaseRefused("unreadable") from None
    return Case(
        contents.case,
        definition,
        CriticalOperation(contents.kind, contents.parameters),
        Client(Iin.parse(contents.iin), contents.name),
        contents.language,
        contents.attestations,
        contents.salt,
        contents.document,
        contents.second_person(),
    )


def _find_rules(services: Services, sha256: str) -> Services:
    """Return services of its own that work under the version with this digest."""
    own = replace(services)
    if own.policy.sha256 == sha256:
        return own
    policy = _find_policy(services, sha256)
    if policy is None or services.rules is None:
        raise CaseRefused("policy_gone")
    own.put_in_force(services.rules.build(policy))
    return own


def _find_policy(services: Services, sha256: str) -> Policy | None:
    if services.rules is None:
        return None
    calendars = [services.rules.calendar]
    with suppress(PolicyRefused, SettingsRefused):  # what was read before is still here
        calendars.append(services.rules.read(services.now()))
    versions = (each.policy for calendar in calendars for each in calendar.versions)
    return next((each for each in versions if each.sha256 == sha256), None)


def _restore_evidence(fresh: Evidence, contents: CaseContents) -> Evidence:
    first, *others = (each.evidence() for each in contents.people)
    return replace(
        fresh,
        teller=contents.tellers[-1],
        earlier_tellers=contents.tellers[:-1],
        breaks=contents.breaks,
        duress=fresh.duress or bool(contents.duress),
        consent=first.consent,
        reference=first.reference,
        earlier=first.earlier,
        way_answers=first.way_answers,
        aside=(PersonEvidence(), *others) if others else (),
        overrides=contents.overrides,
        refused_overrides=contents.refused,
        hand_over=contents.hand_over,
        second_look=contents.second_look,
        reviewed_aside=contents.review is not None,
        asked=() if contents.review is None else contents.review.asked,
    )
