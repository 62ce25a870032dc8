"""The work of tellers at the window: figures, their picture, what is worth a look, its cases."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tests.support.desktop.counter import LiveCounter
from tests.support.desktop.shifts import tellers
from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.station.stations import AUDITOR, TELLER, a_site
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.shell.main_window import MainWindow
from ui.theme.theme import apply_theme, load_theme
from workstation.session.states import State
from workstation.station import commands as c

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"
DAY_MS = 86_400_000
ALLOWED = ("read_log", "export_log")


def shown(window, view=None):
    window.show_station(station(statistics=view, allowed=ALLOWED))
    window.show_session(session(State.IDLE))
    window.navigate(Route.STATISTICS)
    return window.screen_of(Page.STATISTICS)


def test_an_auditor_counts_what_a_teller_did_and_reads_it_in_picture_and_table(
    qtbot, ctx, tmp_path
):
    def opened():
        window = MainWindow(ctx)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitActive(window)
        return window

    with a_site(tmp_path) as site:
        ctx.now_ms = site.clock.wall_ms
        counter = LiveCounter(opened, site)
        desk = counter.desk
        desk.do(c.ReportCustomerWindow(shown=True))
        desk.to(State.CONSENT)
        desk.do(c.Abort("customer_left"))
        desk.do(c.NewSession())
        desk.do(c.SignOut())
        counter.pump()
        counter.sign_in(AUDITOR)
        counter.window.press("F3")
        counter.pump()
        counter.pump()

        page = counter.window.screen_of(Page.STATISTICS)
        assert counter.window.page is Page.STATISTICS
        row = [page.table.item(0, column).text() for column in range(5)]
        assert row == [TELLER.id, "1", "0", "0", "1"]
        assert [(bar.name, bar.total) for bar in page.chart.bars] == [(TELLER.id, 1)]
        counter.stop()


def test_the_first_look_asks_for_a_week_and_a_press_for_another_period(window, posted):
    page = shown(window)
    first = [each for each in posted if isinstance(each, c.CountStatistics)]
    page.periods[30].click()

    assert first == [c.CountStatistics(NOW_MS - 6 * DAY_MS, NOW_MS + DAY_MS)]
    assert posted[-1] == c.CountStatistics(NOW_MS - 29 * DAY_MS, NOW_MS + DAY_MS)


def test_the_picture_shows_the_column_that_the_arrows_went_to(window, qtbot):
    page = shown(window, tellers())
    page.table.setCurrentCell(0, 1)
    page.table.setFocus()
    for _ in range(6):
        qtbot.keyClick(page.table, Qt.Key.Key_Right)

    assert page.figure.text() == window.ctx.tr_code("statistics.overridden")
    assert [bar.total for bar in page.chart.bars] == [3, 3, 3, 30]


def test_an_indicator_says_how_much_and_against_what_and_opens_its_cases(window, posted):
    page = shown(window, tellers())
    page.risks.setCurrentCell(1, 0)
    said = [page.risks.item(1, column).text() for column in range(4)]
    numbers = [page.cases.item(row, 0).text() for row in range(page.cases.rowCount())]

    assert said == ["T-1044", "Вне часов работы", "12 из 108", "не меньше 6,5 %; у остальных 4,1 %"]
    assert numbers[0] == "№ 001 600"
    window.press("F3")
    assert (window.page, window.ctx.case) == (Page.CASE, f"{1600:032x}")


def test_a_counting_that_runs_is_ended_with_a_key(window, posted):
    page = shown(window, tellers())
    running = station(
        statistics=type(tellers())(0, DAY_MS, running=True, done=3, total=9), allowed=ALLOWED
    )
    window.show_station(running)
    window.press("F6")

    assert posted[-1] == c.StopCounting()
    assert (page.progress.value(), page.progress.maximum()) == (3, 9)


def test_the_table_is_saved_without_formulas(window, posted, tmp_path):
    page = shown(window, tellers())
    page.table.show_rows([("=1+1", *["2"] * 13)])
    window.press("Ctrl+S")
    (dialog,) = window.findChildren(QFileDialog)
    path = tmp_path / "tellers.csv"
    dialog.fileSelected.emit(str(path))
    dialog.reject()

    order = posted[-1]
    assert (type(order), order.path) == (c.SaveStatistics, path)
    lines = order.table.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Номер;Проверки;")
    assert lines[1].startswith("'=1+1;2;")


def test_a_stick_that_is_gone_is_said(window):
    page = shown(window, replace(tellers(), saved="statistics.not_saved"))

    assert "не сохранена" in page.banner.words.text()


def test_a_teller_is_told_why_not(window):
    window.show_station(station(allowed=("run_session",)))
    window.navigate(Route.STATISTICS)

    assert window.page is Page.HOME


@pytest.mark.parametrize(
    ("language", "theme"), [("kk", "light"), ("en", "dark"), ("ru", "contrast")]
)
def test_the_page_in_other_languages_and_colours(window, qapp, qtbot, language, theme):
    window.ctx.use_language(language)
    window.ctx.use_theme(load_theme(theme))
    apply_theme(qapp, window.ctx.theme)
    window.resize(1280, 720)
    shown(window, tellers())
    settle(qtbot)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    saved = window.grab().save(str(OUTPUT / f"statistics_{language}_{theme}.png"))
    apply_theme(qapp, load_theme("light"))

    assert saved
