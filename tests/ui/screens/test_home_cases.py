"""Home by role: what may be done, once and with a reason; the day's numbers; cases that wait."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from tests.support.desktop.cases import HOUR_MS, case
from tests.support.desktop.intruder import press
from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.labels import CodeLabel
from workstation.cases.parked_case import WaitsFor
from workstation.rules.parties import Operator, Role
from workstation.session.states import State
from workstation.station.commands import TakeUpCase
from workstation.station.home_view import DayTotals, StationHealth

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
ALLOWED = {
    Role.TELLER: ("run_session",),
    Role.SUPERVISOR: ("override", "read_log", "verify_log", "export_log", "close_shift"),
    Role.AUDITOR: ("read_log", "verify_log", "export_log"),
    Role.ADMIN: ("manage_operators", "manage_policy", "manage_station", "verify_log"),
}
BUTTONS = {
    Role.TELLER: [("button.new_session", "primary")],
    Role.SUPERVISOR: [
        ("button.statistics", "secondary"),
        ("button.shift", "secondary"),
        ("button.verify_log", "secondary"),
        ("button.log", "primary"),
    ],
    Role.AUDITOR: [
        ("button.statistics", "secondary"),
        ("button.verify_log", "secondary"),
        ("button.log", "primary"),
    ],
    Role.ADMIN: [("button.verify_log", "primary")],
}


CASES = (
    case(398, parked_ms=NOW_MS - 30 * HOUR_MS),
    case(418, WaitsFor.REGISTRY, kind="loan_issue"),
    case(421, WaitsFor.CAMERA, client_name="Ж" * 120),
)


def show(window, role=Role.TELLER, **changed):
    window.show_station(
        station(
            allowed=ALLOWED[role],
            **{"health": StationHealth(free_gb=92), **changed},
        )
    )
    window.show_session(session(State.IDLE))
    return window.screen_of(Page.HOME)


def as_role(role):
    return Operator("X-1", "Ахметов Е. Қ.", role)


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own_buttons_once_and_none_that_is_grey(window, qtbot, role):
    window.show_station(station(allowed=ALLOWED[role]))
    home = window.screen_of(Page.HOME)
    settle(qtbot)

    shown = [(each.code, each.role.value) for each in home.footer_actions()]
    assert shown == BUTTONS[role]
    parts = (home, window.footer)
    offered = [each for part in parts for each in part.findChildren(ActionButton)]
    buttons = [each for each in offered if each.isVisible()]
    assert len(buttons) == len(BUTTONS[role])
    assert all(each.isEnabled() for each in buttons)


@pytest.mark.parametrize("role", Role)
def test_the_page_says_in_words_what_the_role_does(window, role):

    status = replace(station(allowed=ALLOWED[role]), operator=as_role(role))
    window.show_station(status)

    home = window.screen_of(Page.HOME)
    assert home.role.text() == window.ctx.tr_code(f"home.role.{role.value}")


def test_the_days_numbers_are_the_stations(window):
    home = show(window, today=DayTotals(7, 2, 1), parked=CASES)

    assert [each.text() for each in home.day.numbers.values()] == ["7", "2", "1", "3"]


def test_without_a_case_the_page_says_how_one_is_parked(window, posted):
    home = show(window)

    assert (home.table.isVisible(), home.none.isVisible()) == (False, True)
    posted.clear()
    window.press("F6")
    assert posted == []


def test_a_case_is_taken_up_with_enter_where_the_arrows_went(window, posted):
    home = show(window, parked=CASES)
    home.table.setFocus()
    posted.clear()
    press(window, "Down")
    press(window, "Return")

    assert posted == [TakeUpCase(CASES[1].case)]


def test_f6_takes_up_the_oldest_case_and_the_window_opens_on_it(window, posted, qtbot):
    window.show_station(station(operator=False))
    home = show(window, parked=CASES)
    settle(qtbot)
    posted.clear()

    window.press("F6")

    assert posted == [TakeUpCase(CASES[0].case)]
    assert QApplication.focusWidget() is home.table


def test_the_chosen_case_stays_chosen_when_others_come_and_go(window, posted):
    home = show(window, parked=CASES)
    home.table.setCurrentCell(2, 0)
    show(window, parked=CASES[1:])
    assert home.table.item_chosen == CASES[2]

    show(window, parked=CASES[:1])

    assert home.table.item_chosen == CASES[0]
    show(window, parked=())
    assert home.table.item_chosen is None
    assert [each.code for each in home.footer_actions()] == ["button.new_session"]


def test_a_supervisor_sees_the_cases_and_takes_none_up(window, posted):
    home = show(window, Role.SUPERVISOR, parked=CASES)
    home.table.setFocus()
    posted.clear()

    press(window, "Return")
    window.press("F6")

    assert (home.table.isVisible(), posted) == (True, [])


def test_a_name_is_shown_as_it_is_and_nothing_of_it_is_run(window):
    home = show(window, parked=(case(client_name="<b>x</b>\u202e"),))

    text = home.table.item(0, 2).text()
    assert text.startswith("<b>x</b>\ufffd")


def test_opening_the_customers_window_is_seen_at_once(window, qtbot):
    home = show(window, health=StationHealth(needs_screen=True, free_gb=92))
    said = {each.text() for each in home.readiness.findChildren(CodeLabel)}
    assert window.ctx.tr_code("begin.customer_screen") in said

    window.press("F11")
    settle(qtbot)

    said = {each.text() for each in home.readiness.findChildren(CodeLabel)}
    window.press("F11")
    assert window.ctx.tr_code("station.customer_shown") in said


@pytest.mark.parametrize(
    ("health", "said"),
    [
        ({"clock": "begin.clock_stepped"}, "begin.clock_stepped"),
        ({"disk": "begin.disk_full"}, "begin.disk_full"),
        ({"keys": "begin.log_closed"}, "begin.log_closed"),
        ({"free_gb": 0}, "station.disk_low"),
        ({}, "station.clock"),
        ({}, "station.keys"),
    ],
)
def test_what_is_wrong_with_clock_disk_and_keys_is_said_with_what_to_do(window, health, said):
    home = show(window, health=StationHealth(**{"free_gb": 92, **health}))

    shown = {each.text() for each in home.readiness.findChildren(CodeLabel)}
    assert window.ctx.tr_code(said) in shown


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("role", Role)
def test_the_page_fits_a_small_screen_with_everything_on_it(window, qtbot, role, language):
    window.resize(1280, 720)
    window.ctx.use_language(language)

    status = replace(
        station(
            allowed=ALLOWED[role],
            language=language,
            parked=CASES,
            today=DayTotals(1234, 56, 7),
            health=StationHealth("begin.clock_stepped", "begin.disk_full", "", 0, True),
            camera="",
            camera_message="camera_unavailable",
            message="operation_refused",
            simulated=True,
        ),
        operator=as_role(role),
    )
    window.show_station(status)
    window.show_session(session(State.IDLE))
    settle(qtbot)

    hint = window.minimumSizeHint()
    assert (hint.width() <= 1280, hint.height() <= 680) == (True, True), hint
    home = window.screen_of(Page.HOME)
    for label in home.findChildren(CodeLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert window.grab().save(str(OUTPUT / f"home_{role.value}_{language}.png"))
    assert home.footer_actions()[-1].role is ButtonRole.PRIMARY


def test_a_name_in_a_tooltip_is_letters_and_opens_no_file(window):
    name = "<img src='file://host/share/x.png'><b>Ә</b>\u202e"
    home = show(window, parked=(case(client_name=name),))
    tips = [home.table.item(0, column).toolTip() for column in range(home.table.columnCount())]
    shown = []
    for tip in tips:
        document = QTextDocument()
        document.setHtml(tip) if GuiQt.mightBeRichText(tip) else document.setPlainText(tip)
        shown.append(document.toPlainText())

    assert any("<img src='file://host/share/x.png'><b>Ә</b>\ufffd" in each for each in shown)


def test_an_operation_that_waits_is_named_whole(window, qtbot):
    window.ctx.use_language("kk")
    window.resize(1280, 680)
    screen = show(window, parked=(case(418, kind="change_trusted_phone"),))
    settle(qtbot)
    table = screen.table

    box = table.visualRect(table.model().index(0, 1)).adjusted(12, 0, -12, 0)
    words = table.item(0, 1).text()
    wanted = table.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, words)
    assert wanted.height() <= table.rowHeight(0)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_what_needs_attention_stands_right_beside_the_sections(window, qtbot, role):
    show(window, role)
    settle(qtbot)

    page = window.screen_of(Page.HOME)
    end = page.sections.mapTo(page, page.sections.rect().topRight()).x()
    assert 0 < page.overview.mapTo(page, page.overview.rect().topLeft()).x() - end <= 20
