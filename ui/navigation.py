"""Which page is shown: a pure function of the station, the session and what the operator opened."""

from enum import StrEnum
from typing import Final

from workstation.rules.checks import CheckId
from workstation.session.states import State
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = [
    "FORMS",
    "IN_SESSION",
    "STEPS",
    "Page",
    "Route",
    "keeps_form",
    "may_correct",
    "may_park",
    "page_for",
    "refuse_route",
    "step_of",
]


class Page(StrEnum):
    """Every page of the main window."""

    SIGN_IN = "sign_in"
    HOME = "home"
    OPERATION = "operation"
    PRECHECKS = "prechecks"
    CONSENT = "consent"
    REFERENCE = "reference"
    LIVENESS = "liveness"
    EXCEPTION = "exception"
    ALTERNATIVE = "alternative"
    MATCHING = "matching"
    COMPARISON = "comparison"
    AUTHORITY = "authority"
    SIGNATURE = "signature"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    DECISION = "decision"
    RECEIPT = "receipt"
    LOG = "log"
    INTEGRITY = "integrity"
    SHIFT = "shift"
    STATISTICS = "statistics"
    CASE = "case"
    STAFF = "staff"
    CHANGES = "changes"
    RULES = "rules"
    KEYS = "keys"
    RETENTION = "retention"
    DEVICES = "devices"
    TRUST = "trust"
    SERVICES = "services"
    DIAGNOSTICS = "diagnostics"
    QUEUE = "queue"
    SECOND_LOOK = "second_look"


class Route(StrEnum):
    """What the operator opened beside the session; the session's own pages come first."""

    NONE = "none"
    FORM = "form"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    LOG = "log"
    INTEGRITY = "integrity"
    SHIFT = "shift"
    STATISTICS = "statistics"
    CASE = "case"
    STAFF = "staff"
    CHANGES = "changes"
    RULES = "rules"
    KEYS = "keys"
    RETENTION = "retention"
    DEVICES = "devices"
    TRUST = "trust"
    SERVICES = "services"
    DIAGNOSTICS = "diagnostics"
    QUEUE = "queue"
    SECOND_LOOK = "second_look"


FORMS: Final = frozenset({Route.FORM, Route.CORRECTION})
"""The form: empty for the next customer, or as it was for the one whose data stopped a session."""

_PAGES: Final = {
    State.PRECHECKS: Page.PRECHECKS,
    State.CONSENT: Page.CONSENT,
    State.REFERENCE: Page.REFERENCE,
    State.LIVENESS: Page.LIVENESS,
    State.EXCEPTION: Page.EXCEPTION,
    State.ALTERNATIVE: Page.ALTERNATIVE,
    State.MATCHING: Page.MATCHING,
    State.COMPARISON: Page.COMPARISON,
    State.AUTHORITY: Page.AUTHORITY,
    State.SIGNATURE: Page.SIGNATURE,
    State.REVIEW: Page.REVIEW,
    State.CONFIRMATION: Page.CONFIRMATION,
    State.DECIDED: Page.DECISION,
    State.RECORDED: Page.DECISION,
}

IN_SESSION: Final = frozenset(_PAGES) - {State.RECORDED}
"""The states in which leaving means aborting."""

STEPS: Final = (
    Page.OPERATION,
    Page.CONSENT,
    Page.REFERENCE,
    Page.LIVENESS,
    Page.MATCHING,
    Page.SIGNATURE,
    Page.DECISION,
    Page.RECEIPT,
)
"""The rail, top to bottom."""

_STEP_OF: Final = {
    Page.PRECHECKS: Page.OPERATION,
    Page.EXCEPTION: Page.LIVENESS,
    Page.ALTERNATIVE: Page.LIVENESS,
    Page.COMPARISON: Page.MATCHING,
    Page.AUTHORITY: Page.MATCHING,
    Page.REVIEW: Page.DECISION,
    Page.CONFIRMATION: Page.DECISION,
}
_BESIDE: Final = frozenset({State.IDLE, State.RECORDED})
_PARKED_FROM: Final = frozenset({State.LIVENESS, State.AUTHORITY, State.SIGNATURE})
_NO_STATION: Final = ("manage_station", "hint.no_manage_station")
_NEEDS: Final = {
    Route.DEVICES: _NO_STATION,
    Route.TRUST: _NO_STATION,
    Route.SERVICES: _NO_STATION,
    Route.DIAGNOSTICS: _NO_STATION,
    Route.LOG: ("read_log", "hint.no_read_log"),
    Route.CASE: ("read_log", "hint.no_read_log"),
    Route.INTEGRITY: ("verify_log", "hint.no_verify_log"),
    Route.SHIFT: ("close_shift", "hint.no_close_shift"),
    Route.STATISTICS: ("read_log", "hint.no_read_log"),
    Route.STAFF: ("manage_operators", "hint.no_manage_operators"),
    Route.CHANGES: ("manage_operators", "hint.no_manage_operators"),
    Route.RULES: ("manage_policy", "hint.no_manage_policy"),
    Route.KEYS: ("manage_operators", "hint.no_manage_operators"),
    Route.RETENTION: ("manage_operators", "hint.no_manage_operators"),
    Route.QUEUE: ("override", "hint.no_queue"),
    Route.SECOND_LOOK: ("override", "hint.no_queue"),
}
"""What the role has to allow (workstation.accounts.operators.Permission), and else is said."""

_PAGE_OF: Final = {
    Route.LOG: Page.LOG,
    Route.INTEGRITY: Page.INTEGRITY,
    Route.CASE: Page.CASE,
    Route.SHIFT: Page.SHIFT,
    Route.STATISTICS: Page.STATISTICS,
    Route.STAFF: Page.STAFF,
    Route.CHANGES: Page.CHANGES,
    Route.RULES: Page.RULES,
    Route.KEYS: Page.KEYS,
    Route.RETENTION: Page.RETENTION,
    Route.DEVICES: Page.DEVICES,
    Route.TRUST: Page.TRUST,
    Route.SERVICES: Page.SERVICES,
    Route.DIAGNOSTICS: Page.DIAGNOSTICS,
    Route.QUEUE: Page.QUEUE,
    Route.SECOND_LOOK: Page.SECOND_LOOK,
}
"""The pages that stand beside the sessions."""


def page_for(station: StationStatus | None, session: SessionSnapshot | None, route: Route) -> Page:
    """Return the page to show."""
    if station is None or station.operator is None:
        return Page.SIGN_IN
    state = State.IDLE if session is None else session.state
    if state in _BESIDE and route in _PAGE_OF and not _is_empty(station, route):
        return _PAGE_OF[route]
    if state in {State.IDLE, State.PARKED}:
        return Page.OPERATION if route in FORMS else Page.HOME
    if state is State.RECORDED and route is Route.RECEIPT:
        return Page.RECEIPT
    return _PAGES[state]


def _is_empty(station: StationStatus, route: Route) -> bool:
    """Whether what a page would show was not opened yet, or has been answered: home is shown."""
    empty = {Route.QUEUE: station.review is None, Route.SECOND_LOOK: station.look is None}
    return empty.get(route, False)


def refuse_route(
    station: StationStatus | None, session: SessionSnapshot | None, route: Route
) -> str:
    """Return the code of why a page cannot be opened beside the session, empty when it can."""
    needed, refusal = _NEEDS.get(route, ("", ""))
    if station is not None and route in FORMS:
        return "" if "run_session" in station.allowed else "hint.no_run_session"
    if not needed or station is None or station.operator is None:
        return ""
    if needed not in station.allowed:
        return refusal
    beside = session is None or session.state in _BESIDE
    return "" if beside else "hint.in_session"


def may_correct(session: SessionSnapshot | None) -> bool:
    """Whether a session ended, or may still end, before the customer was asked for anything.

    Then what was typed may be what is wrong, such as one digit of a number.
    """
    if session is None or session.state is State.PRECHECKS:
        return session is not None
    decision = session.decision
    checks = session.checks if decision is None else decision.checks
    consent = any(
        check.check == CheckId.CONSENT and check.reason != "consent.missing" for check in checks
    )
    return session.state in {State.DECIDED, State.RECORDED} and not consent


def may_park(session: SessionSnapshot) -> bool:
    """Whether the case can be put aside now: somebody else is waited for, and no attempt runs."""
    if session.state is State.PRECHECKS:
        return session.waiting_for is not None
    return session.state in _PARKED_FROM and not session.attempt_running


def keeps_form(page: Page, session: SessionSnapshot | None, route: Route) -> bool:
    """Whether what was typed into the form is kept while this page is shown.

    It goes when the form of the next customer is asked for.
    """
    if page is Page.OPERATION:
        return True
    here = page in {Page.PRECHECKS, Page.DECISION, Page.RECEIPT}
    return here and route is not Route.FORM and may_correct(session)


def step_of(page: Page) -> Page | None:
    """Return the step of the rail the page belongs to, None for pages without a rail."""
    step = _STEP_OF.get(page, page)
    return step if step in STEPS else None
