"""The page of one case: everything that happened, in order, with what went by between."""

from PySide6.QtCore import Qt

from tests.support.desktop.log_lines import LogLines
from tests.support.desktop.log_page import open_log, reader_of_log, wait_for_rows
from ui.navigation import Page, Route
from workstation.rules.parties import Role
from workstation.station.log_view import LogRow

_MINUTE_MS = 60_000


class Parked(LogLines):
    """A log whose every case waited for an hour, and has no result yet."""

    def case_entries(self, case: str) -> list[LogRow]:
        rows = super().case_entries(case)[:3]
        later = rows[2].time_ms + 75 * _MINUTE_MS
        return [*rows[:2], LogRow(rows[2].seq, later, *("case.parked", "log", "", "", ""))]


def open_case(window, qtbot, source):
    """Choose an entry of a case in the list, and press Enter twice."""
    screen = open_log(window, qtbot, source)
    row = next(row for row in range(40) if source.row(screen.model.seq_at(row)).kind == "review")
    screen.table.selectRow(row)
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert window.page is Page.CASE
    page = window.screen_of(Page.CASE)
    qtbot.waitUntil(lambda: bool(page.rows) and not window.ctx.reading.busy)
    return page


def test_a_case_is_a_timeline_of_all_its_entries(window, qtbot):
    page = open_case(window, qtbot, LogLines(400))
    steps = page.timeline.steps

    assert page.title.text() == f"Дело № 000 {steps[0].seq}"
    assert [step.seq for step in steps] == list(range(steps[0].seq, steps[0].seq + 4))
    assert [step.gap for step in steps] == ["", "+53 с", "+53 с", "+53 с"]
    assert page.facts["took"].text() == "2 мин 39 с"
    assert "Жұмабаева" in page.facts["people"].text()
    assert steps[2].detail == "Звонила клиенту на прежний номер"
    assert page.timeline.currentRow() == 3


def test_a_long_gap_and_a_case_without_a_result_are_said(window, qtbot):
    page = open_case(window, qtbot, Parked(400))

    assert [step.long for step in page.timeline.steps] == [False, False, True]
    assert page.timeline.steps[2].gap == "+1 ч 15 мин"
    assert page.timeline.steps[2].actor == "Станция"
    assert page.pill.label.text() == "Не закончено"


def test_a_step_shows_its_entry_with_the_proof(window, qtbot):
    page = open_case(window, qtbot, LogLines(400))
    qtbot.keyClick(page.timeline, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.panel.entry is not None)
    qtbot.keyClick(page.timeline, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: page.panel.entry.row.seq == page.timeline.current)

    assert page.panel.isVisible()
    assert not page.panel.open_case.isVisible()


def test_escape_comes_back_to_the_list_as_it_was(window, qtbot):
    source = LogLines(400)
    page = open_case(window, qtbot, source)
    log = window.screen_of(Page.LOG)
    chosen = log.table.currentIndex().row()
    qtbot.keyClick(page.timeline, Qt.Key.Key_Return)
    window.press("Esc")
    assert window.page is Page.CASE
    window.press("Esc")

    assert window.page is Page.LOG
    assert log.table.currentIndex().row() == chosen
    assert log.panel.isVisible()


def test_a_case_grows_while_it_is_looked_at(window, qtbot):
    source = Parked(400)
    page = open_case(window, qtbot, source)
    page.timeline.selectRow(0)
    window.ctx.log_pages.case_entries = lambda case: LogLines.case_entries(source, case)
    window.show_station(reader_of_log(Role.AUDITOR, log_size=401))
    qtbot.waitUntil(lambda: len(page.rows) == 4)

    assert page.timeline.currentRow() == 0


def test_without_a_case_the_page_says_how_to_choose_one(window):
    window.show_station(reader_of_log())
    window.navigate(Route.CASE)

    assert "Enter" in window.screen_of(Page.CASE).empty.text()
