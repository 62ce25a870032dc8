"""Any way through the screens, by what they themselves offer, ends in the open or in evidence.

Pages are those of a real station in virtual time; a command is given by pressing an action that the
footer offers, and no other way.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication, QDialog

from tests.support.desktop.counter import BEHIND_THE_LOCK, LiveCounter
from tests.support.station.scripted import Behaviour
from tests.support.station.stations import (
    SECRET,
    SUPERVISOR,
    a_site,
)
from ui.navigation import Page, page_for
from ui.shell.main_window import MainWindow
from ui.widgets.buttons import ActionButton
from workstation.rules.checks import CheckStatus, Hardness
from workstation.session.states import State
from workstation.station.commands import Confirm, GiveConsent, Sign, StartLiveness

EXAMPLES = int(os.environ.get("WORKSTATION_WAYS", "8"))
EVIDENCE = {GiveConsent, StartLiveness, Sign, Confirm}
CUSTOMERS = st.sampled_from((Behaviour(), Behaviour(), Behaviour(obeys=False), Behaviour(person=2)))


class AnyWay(RuleBasedStateMachine):
    """A teller who presses whatever is offered, in any order.

    What cannot be done now does nothing: a precondition would make the draws depend on Qt's time.
    """

    open_window: Callable[[], MainWindow]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.site = self.stack.enter_context(a_site(folder))
        self.counter = LiveCounter(type(self).open_window, self.site)
        self.counter.sign_in()

    def teardown(self) -> None:
        self.window.ctx.locked = False
        self.counter.stop()
        self.window.session = None
        self.window.hide()
        self.stack.close()

    @property
    def window(self):
        return self.counter.window

    @property
    def open_dialog(self):
        shown = [each for each in self.window.findChildren(QDialog) if each.isVisible()]
        return shown[-1] if shown else None

    def at_work(self) -> bool:
        return not self.window.ctx.locked and self.open_dialog is None

    @rule(number=st.integers(0, 9))
    def press_what_is_offered(self, number: int) -> None:
        if not self.at_work():
            return
        offered = [each for each in self.window.footer.buttons if each.isEnabled()]
        if offered:
            before = self.counter.desk.status.message_count
            offered[number % len(offered)].click()
            self.settle()
            status = self.counter.desk.status
            fresh = status.message_count != before
            assert not (fresh and status.message == "illegal_transition"), self.window.page

    @rule()
    def go_forward(self) -> None:
        if not self.at_work():
            return
        if self.window.page is Page.OPERATION:
            self.fill_form()
        primary = [b for b in self.window.footer.buttons if b.property("role") == "primary"]
        if primary:
            primary[-1].click()
            self.settle()

    @rule(agreed=st.booleans())
    def answer(self, agreed: bool) -> None:  # noqa: FBT001 - hypothesis' argument
        dialog = self.open_dialog
        if dialog is None:
            return
        buttons = [
            each
            for each in dialog.findChildren(ActionButton)
            if each.isVisible() and each.isEnabled()
        ]
        if agreed and buttons:
            buttons[0].click()
        else:
            dialog.reject()
        self.settle()

    @rule()
    def sign_in(self) -> None:
        if self.at_work() and self.window.page is Page.SIGN_IN:
            self.counter.sign_in()

    @rule()
    def call_the_supervisor(self) -> None:
        if not self.at_work() or self.window.page is not Page.REVIEW:
            return
        form = self.window.screen_of(Page.REVIEW).form
        form.reason.edit.setText("Клиент показал договор и паспорт")
        form.supervisor.edit.setText(SUPERVISOR.id)
        form.secret.edit.setText(SECRET)
        self.go_forward()

    @rule(behaviour=CUSTOMERS)
    def another_customer_sits_down(self, behaviour: Behaviour) -> None:
        self.counter.plug(behaviour)

    @rule()
    def open_the_customers_window(self) -> None:
        if self.at_work() and not self.window.ctx.customer_shown():
            self.window.press("F11")
            self.settle()

    @rule(right=st.booleans())
    def lock_and_unlock(self, right: bool) -> None:  # noqa: FBT001 - hypothesis' argument
        if self.window.station.operator is None:
            return
        self.window.lock()
        before = len(self.counter.performed)
        for key in ("F9", "F2", "F4", "Esc", "Ctrl+J"):
            self.window.press(key)
        for button in self.window.footer.buttons:
            button.click()
        self.settle()
        done = self.counter.performed[before:]
        assert all(isinstance(each, BEHIND_THE_LOCK) for each in done), done
        self.counter.unlock(SECRET if right else "wrong")
        if not right:
            self.counter.pass_time(1000 * (self.window.station.seconds + 1))
            self.counter.unlock()

    @rule(ms=st.sampled_from((500, 30_000, 200_000)))
    def time_passes(self, ms: int) -> None:
        self.counter.pass_time(ms)

    def fill_form(self) -> None:
        page = self.counter.type_form()
        for asked in page.attestations.values():
            asked.yes.click()

    def settle(self) -> None:
        QApplication.processEvents()
        self.counter.pump()

    @invariant()
    def the_page_is_the_one_of_state_and_route(self) -> None:
        window = self.window
        assert window.page is page_for(window.station, window.session, window.route)
        assert window.built[window.page] is window.pages.currentWidget()

    @invariant()
    def nothing_is_approved_without_evidence_and_a_tellers_word(self) -> None:
        session = self.window.session
        decision = None if session is None else session.decision
        if decision is None or decision.outcome != "approved":
            return
        hard = [each for each in decision.checks if each.hardness is Hardness.HARD]
        assert session.state is State.RECORDED
        assert {each.status for each in hard} == {CheckStatus.PASSED}
        assert set(session.required) <= {each.check for each in decision.checks}
        assert self.counter.given_since_begun >= EVIDENCE
        assert self.site.results()[-1]["outcome"] == "approved"

    @invariant()
    def nothing_was_done_behind_the_lock(self) -> None:
        assert all(isinstance(each, BEHIND_THE_LOCK) for each in self.counter.under_lock)


@pytest.mark.timeout(600)
def test_any_way_through_the_screens_keeps_the_rules_of_the_house(open_window):
    here = type("AnyWayHere", (AnyWay,), {"open_window": staticmethod(open_window)})

    run_state_machine_as_test(
        here, settings=settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
    )
