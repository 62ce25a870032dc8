"""Which page is shown: a pure function of the station, the session and what the operator opened."""

from enum import StrEnum
from typing import Final

from workstation.session.states import State
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["IN_SESSION", "STEPS", "Page", "Route", "page_for", "step_of"]


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
    MATCHING = "matching"
    SIGNATURE = "signature"
    REVIEW = "review"
    PARKED = "parked"
    DECISION = "decision"
    RECEIPT = "receipt"
    LOG = "log"
    INTEGRITY = "integrity"


class Route(StrEnum):
    """What the operator opened beside the session; the session's own pages come first."""

    NONE = "none"
    FORM = "form"
    RECEIPT = "receipt"
    LOG = "log"
    INTEGRITY = "integrity"


_PAGES: Final = {
    State.PRECHECKS: Page.PRECHECKS,
    State.CONSENT: Page.CONSENT,
    State.REFERENCE: Page.REFERENCE,
    State.LIVENESS: Page.LIVENESS,
    State.EXCEPTION: Page.EXCEPTION,
    State.MATCHING: Page.MATCHING,
    State.SIGNATURE: Page.SIGNATURE,
    State.REVIEW: Page.REVIEW,
    State.PARKED: Page.PARKED,
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
    Page.REVIEW: Page.DECISION,
    Page.PARKED: Page.SIGNATURE,
}
_BESIDE: Final = frozenset({State.IDLE, State.RECORDED, State.PARKED})


def page_for(station: StationStatus | None, session: SessionSnapshot | None, route: Route) -> Page:
    """Return the page to show."""
    if station is None or station.operator is None:
        return Page.SIGN_IN
    state = State.IDLE if session is None else session.state
    if state in _BESIDE and route in {Route.LOG, Route.INTEGRITY}:
        return Page.LOG if route is Route.LOG else Page.INTEGRITY
    if state is State.IDLE:
        return Page.OPERATION if route is Route.FORM else Page.HOME
    if state is State.RECORDED and route is Route.RECEIPT:
        return Page.RECEIPT
    return _PAGES[state]


def step_of(page: Page) -> Page | None:
    """Return the step of the rail the page belongs to, None for pages without a rail."""
    step = _STEP_OF.get(page, page)
    return step if step in STEPS else None
