"""The end of a shift at the window: a real station under it, every key a person's."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.support.desktop.counter import LiveCounter
from tests.support.desktop.shifts import closed_shift, open_shift
from tests.support.desktop.snapshots import session, station
from tests.support.station.stations import SECRET, SOFT_CHECK_OPEN, SUPERVISOR, TELLER, a_site
from tests.support.station.stations import override as an_override
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.shell.main_window import MainWindow
from workstation.records.shifts.facts import read_shift
from workstation.session.states import State
from workstation.station import commands as c

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
WORDS = "Клиент придёт завтра утром с ключом"


@pytest.fixture
def counter(qtbot, ctx, tmp_path):
    def opened():
        shown = MainWindow(ctx)
        qtbot.addWidget(shown)
        shown.resize(1366, 768)
        shown.show()
        qtbot.waitActive(shown)
        return shown

    with a_site(tmp_path) as site:
        held = LiveCounter(opened, site)
        yield held
        held.stop()


def work(counter):
    """Let a teller override one case, end one and park one; return the number of the last."""
    desk = counter.desk
    desk.do(c.ReportCustomerWindow(shown=True))
    desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
    desk.do(an_override(reason="the old number is dead"))
    desk.do(c.Confirm())
    desk.do(c.NewSession())
    desk.to(State.CONSENT)
    desk.do(c.Abort("customer_left"))
    desk.do(c.NewSession())
    desk.to(State.SIGNATURE)
    number = desk.now.number
    desk.park()
    desk.do(c.SignOut())
    counter.pump()
    return number


def test_a_supervisor_ends_a_shift_with_an_override_an_ended_and_a_parked_case(counter, qtbot):
    number = work(counter)
    window = counter.window
    counter.sign_in(SUPERVISOR)
    window.press("F7")
    counter.pump()
    assert window.page is Page.SHIFT
    page = window.screen_of(Page.SHIFT)

    shown = [page.results.item(0, column).text() for column in range(4)]
    assert shown[1:] == ["1", "0", "1"]
    assert page.open.item(0, 0).text() == f"№ 000 {number:03d}"
    assert page.numbers["overrides"].text() == "1"
    window.press("F9")
    counter.pump()
    assert counter.site.entries("shift.close") == []  # neither words nor a secret

    page.words.edit.setText(WORDS)
    page.secret.edit.setText("wrong horse battery staple")
    window.press("F9")
    counter.pump()
    assert counter.site.entries("shift.close") == []
    assert page.banner.words.text() == window.ctx.tr_code("operator_refused")
    page.secret.edit.setText(SECRET)
    window.press("F9")
    counter.pump()

    (entry,) = counter.site.entries("shift.close")
    stated = read_shift(entry.data)
    assert (stated.words, [each[0] for each in stated.open]) == (WORDS, [number])
    assert (stated.sign_ins_failed, page.secret.text()) == (1, "")
    assert str(entry.seq) in page.banner.words.text().replace(" ", "")
    assert [each.code for each in page.footer_actions()][-1] == "button.count_again"


def test_the_page_is_not_a_tellers(counter):
    counter.sign_in(TELLER)
    counter.window.navigate(Route.SHIFT)
    counter.pump()

    assert counter.window.page is Page.HOME


def shown(window, view):
    window.show_station(station(shift=view))
    window.show_session(session(State.IDLE))
    window.navigate(Route.SHIFT)
    return window.screen_of(Page.SHIFT)


def test_what_did_not_fit_on_the_disk_is_said_and_written_again_with_a_key(window, posted):
    page = shown(window, closed_shift("shift.not_saved"))
    posted.clear()
    window.press("F6")

    assert "файлы не сохранены" in page.banner.words.text()
    assert posted == [c.SaveShift()]


def test_a_bar_and_its_row_are_chosen_together(window, qtbot):
    page = shown(window, open_shift())
    page.chart.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.chart, Qt.Key.Key_Down)
    assert page.results.currentRow() == page.chart.current == 2
    page.results.setCurrentCell(1, 0)

    assert page.chart.current == 1
    assert "T-1042" in page.chart.accessibleDescription()


def test_the_secret_is_forgotten_when_the_page_is_left(window):
    page = shown(window, open_shift())
    page.secret.edit.setText("secret")
    window.navigate(Route.NONE)

    assert page.secret.text() == ""


@pytest.mark.parametrize("language", ["kk", "en"])
def test_the_page_in_other_languages(window, qapp, qtbot, language):
    window.ctx.use_language(language)
    window.resize(1280, 720)
    shown(window, closed_shift())
    settle(qtbot)
    OUTPUT.mkdir(parents=True, exist_ok=True)

    assert window.grab().save(str(OUTPUT / f"shift_closed_{language}.png"))
