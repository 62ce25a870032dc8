"""Walk the main window through its pages and answer its questions."""

import pytest
from PySide6.QtWidgets import QApplication

from tests.support.desktop.cases import LOOK, REVIEW
from tests.support.desktop.snapshots import session, station
from ui.navigation import Page, Route, page_for
from ui.widgets.confirm import ConfirmDialog
from ui.widgets.reason_dialog import ReasonDialog
from workstation.accounts.operators import Permission
from workstation.session.states import State

__all__ = [
    "agree",
    "choose_operation",
    "fill_review",
    "give_reason",
    "open_page",
    "open_settled",
    "open_state",
    "unlock",
    "visit_all",
    "windows_above",
]

MANAGED = (Route.DEVICES, Route.TRUST, Route.SERVICES, Route.DIAGNOSTICS)
OFFICE = (Route.STAFF, Route.CHANGES, Route.RULES, Route.KEYS, Route.RETENTION)
_AFTER_SIGN_IN = (
    *((state, Route.NONE) for state in State),
    (State.RECORDED, Route.RECEIPT),
    *((State.IDLE, route) for route in (Route.FORM, Route.LOG, Route.INTEGRITY, Route.CASE)),
    *((State.IDLE, route) for route in (Route.SHIFT, Route.STATISTICS)),
    *((State.IDLE, route) for route in MANAGED),
    *((State.IDLE, route) for route in (Route.QUEUE, Route.SECOND_LOOK)),
    *((State.IDLE, route) for route in OFFICE),
)
"""The states and the routes that open every page but the first one."""

_OF_TELLERS = frozenset(
    {Route.NONE, Route.FORM, Route.CORRECTION, Route.RECEIPT, Route.LOG, Route.INTEGRITY}
)
_EVERYTHING = tuple(each.value for each in Permission)


def _station_for(route, **changed):
    """Return a station whose role may open a page: a teller's, or one that may do everything."""
    opened = {Route.QUEUE: {"review": REVIEW}, Route.SECOND_LOOK: {"look": LOOK}}
    allowed = {} if route in _OF_TELLERS else {"allowed": _EVERYTHING}
    return station(**{**allowed, **opened.get(route, {}), **changed})


def open_state(window, state, status=None, **changed):
    window.show_station(status or station())
    window.show_session(session(state, **changed))


def agree(window):
    """Agree to what is asked; where a reason is asked for, to the first one."""
    asked = (*window.findChildren(ConfirmDialog), *window.findChildren(ReasonDialog))
    (dialog,) = [child for child in asked if child.isVisible()]
    if isinstance(dialog, ReasonDialog):
        dialog.choose(dialog.reasons[0])
    dialog.agree.click()


def give_reason(window, reason, words=""):
    """Choose a reason in the dialog that is open, and agree."""
    (dialog,) = [child for child in window.findChildren(ReasonDialog) if child.isVisible()]
    dialog.choose(reason)
    dialog.words.edit.setText(words)
    dialog.agree.click()


def choose_operation(page, kind):
    """Choose what the form is about, as a press in the list does."""
    index = [each.definition.kind for each in page.offers].index(kind)
    page.kinds.setCurrentIndex(index)
    page.kinds.activated.emit(index)


def visit_all(window, **changed):
    window.show_station(station(operator=False, **changed))
    yield Page.SIGN_IN
    for state, route in _AFTER_SIGN_IN:
        open_state(window, state, _station_for(route, **changed))
        window.navigate(route)
        yield window.page


def open_page(window, page):
    """Open one page after the sign-in and no other: to build them all takes a second."""
    for state, route in _AFTER_SIGN_IN:
        status = _station_for(route)
        if page_for(status, session(state), route) is page:
            open_state(window, state, status)
            window.navigate(route)
            QApplication.processEvents()
            return
    pytest.fail(f"{page} is never shown by visit_all: add how it is opened")


def fill_review(window, page=Page.REVIEW):
    screen = window.screen_of(page)
    screen.form.reason.edit.setText("Клиент показал договор")
    screen.form.supervisor.edit.setText("S-7")
    screen.form.secret.edit.setText("secret")
    return screen


def unlock(window, **changed):
    """Type the secret and let the station count it."""
    window.lock_page.secret.edit.setText("secret")
    window.press("F9")
    counted = window.station.sign_ins + 1
    window.show_station(station(sign_ins=counted, **changed))


def windows_above(window):
    """Return every other window of the program that is shown."""
    return [top for top in QApplication.topLevelWidgets() if top.isVisible() and top is not window]


def open_settled(window, state, status=None, **changed):
    """Open a page whose buttons can be pressed: made just now, they are shown one turn later."""
    open_state(window, state, status, **changed)
    QApplication.processEvents()
