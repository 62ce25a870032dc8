"""A scenario: what the world does in one session, and how the session has to end."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import resources
from vision.camera.simulated import SimulatedVariant
from vision.results import Accommodation
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.rules.policy_file import read_policy
from workstation.sandbox.demo import DemoStation
from workstation.sandbox.people import PEOPLE, CustomerKey, FictionalCustomer
from workstation.sandbox.world import Sandbox
from workstation.verification.case import OperationForm, SecondPersonForm

__all__ = ["REFUSED", "Companion", "Expected", "Scenario", "Script", "form_for", "person"]


class Script(StrEnum):
    """What the teller and the supervisor do differently from the straight path."""

    STRAIGHT = "straight"
    ABORT_IN_LIVENESS = "abort_in_liveness"
    OVERRIDE_SOFT = "override_soft"
    WAIVE_HARD = "waive_hard"
    LOG_UNWRITABLE = "log_unwritable"
    KILL_ANALYSIS = "kill_analysis"
    REFUSE_CONSENT = "refuse_consent"
    PARK_AND_RETURN = "park_and_return"
    CAMERA_UNAVAILABLE = "camera_unavailable"
    THREE_FAILURES = "three_failures"
    REGISTRY_BACK = "registry_back"
    TAKE_SELF_AS_DOCUMENT = "take_self_as_document"
    OFFER_FOREIGN_FILE = "offer_foreign_file"
    REPLAY_THE_AUTHORITY = "replay_the_authority"
    COMPARE_AS_SUPERVISOR = "compare_as_supervisor"
    COMPARE_AS_TELLER = "compare_as_teller"
    OVERRIDE_FINDING = "override_finding"
    REFUSE_FINDING = "refuse_finding"
    BREAK_THE_LOG = "break_the_log"
    EXCEPTION_TWO_OFFICERS = "exception_two_officers"
    EXCEPTION_SAME_OFFICER = "exception_same_officer"
    SIGN_ON_THE_PHONE = "sign_on_the_phone"
    SIGN_ELSEWHERE = "sign_elsewhere"
    TSA_BACK = "tsa_back"
    READ_CHIP = "read_chip"
    READ_LINES_AND_CHIP = "read_lines_and_chip"
    READ_DOCUMENT = "read_document"
    REFUSE_DOCUMENT = "refuse_document"
    MISTYPE_TWICE = "mistype_twice"
    EASE_SECOND_ATTEMPT = "ease_second_attempt"
    TAKE_PALM = "take_palm"
    TAKE_VIDEO = "take_video"
    TAKE_VIDEO_OF_ANOTHER = "take_video_of_another"


REFUSED = "refused"
"""Outcome of a form that begins no session: nothing is in the log."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How a session ends: outcome and reason; or fault, when nothing could be recorded.

    outcome  REFUSED when no session begins: the reason is then what the teller is told
    message  a code the teller must have been shown on the way, empty for none
    log_ok   whether the log verifies afterwards
    wait_hours  how long core banking has to wait with an approval
    """

    outcome: str
    reason: str
    message: str = ""
    log_ok: bool = True
    wait_hours: int = 0


@dataclass(frozen=True, slots=True)
class Companion:
    """Who comes with the customer, and in which role.

    customer  whose ЭЦП and ИИН; camera: who or what sits before the camera in this person's turn
    number    of the power of attorney
    """

    role: PartyRole
    customer: CustomerKey = CustomerKey.RSA
    camera: SimulatedVariant = SimulatedVariant.OTHER_PERSON
    number: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One named session.

    customer  whose ЭЦП and ИИН
    camera    who or what sits before the camera
    arrange   sets the sandbox's faults
    prepare   changes the station
    accommodations  what the teller eases the liveness attempts by
    answers   (question, yes) of the teller that are not the good ones
    typed     (parameter, text) in place of what is usually typed
    companion  who comes with the customer, None for nobody
    """

    name: str
    expected: Expected
    camera: SimulatedVariant = SimulatedVariant.GENUINE
    customer: CustomerKey = CustomerKey.GOOD
    script: Script = Script.STRAIGHT
    kind: str = "change_trusted_phone"
    accommodations: tuple[Accommodation, ...] = ()
    arrange: Callable[[Sandbox], None] = lambda _sandbox: None
    prepare: Callable[[DemoStation], None] = lambda _demo: None
    answers: tuple[tuple[str, bool], ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    companion: Companion | None = None


def person(key: CustomerKey) -> FictionalCustomer:
    """Return the fictional customer with this kind of key."""
    return next(each for each in PEOPLE if each.key is key)


def form_for(scenario: Scenario, language: str) -> OperationForm:
    """Return the operation form as a teller would fill it in."""
    who = person(scenario.customer)
    return OperationForm(
        kind=scenario.kind,
        untrusted_iin=who.iin,
        untrusted_name=who.full_name,
        untrusted_values=(
            ("new_phone", who.new_phone),
            ("old_phone", who.phone),
            *_TYPED.items(),
            *scenario.typed,
        ),
        attestations=tuple((dict(_good_answers()) | dict(scenario.answers)).items()),
        language=language,
        second=None if scenario.companion is None else _name_companion(scenario.companion),
    )


_TYPED = {
    "account": "current",
    "amount": "1 200 000",
    "attorney": "Жақсыбеков Дәурен Маратұлы",
    "attorney_iin": "880722300007",
    "block": "AF2026001184",
    "card": "4417",
    "currency": "kzt",
    "delivery": "here",
    "deposit": "KZ86 125K ZT50 0410 0100",
    "deposit_end": "01.03.2027",
    "device": "Samsung Galaxy A55",
    "income": "salary",
    "payee": "ТОО «Алатау Құрылыс»",
    "payee_iban": "KZ86 125K ZT50 0410 0100",
    "period": "month",
    "public_official": "no",
    "reason": "lost",
    "scope": "statements",
    "tax_residence": "kz",
    "term_months": "24",
    "until": "31.12.2026",
    "way": "transfer",
    "what": "transfer",
}
"""What is typed into the fields of the shipped operations; each takes its own."""


def _name_companion(companion: Companion) -> SecondPersonForm:
    who = person(companion.customer)
    return SecondPersonForm(
        companion.role, PartyPresence.WITH, who.iin, who.full_name, companion.number
    )


@cache
def _good_answers() -> tuple[tuple[str, bool], ...]:
    """Return what speaks for the customer, of every question of the shipped policy."""
    policy = read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())
    asked = (question for each in policy.attestations for question in each.questions)
    return tuple((question.id, question.good) for question in asked)
