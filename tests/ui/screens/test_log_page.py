"""The log's list: words where there are any, a place that stays, and an entry with its proof."""

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.support.desktop.log_lines import FOUND_SILENTLY, NAMES, LogLines
from tests.support.desktop.log_page import open_log, reader_of_log, wait_for_rows
from tests.support.desktop.snapshots import session, station
from ui.log_model import COLUMNS, LogModel
from ui.navigation import Page
from workstation.documents.texts import Texts
from workstation.rules.parties import Role
from workstation.session.states import State
from workstation.station.log_view import LogQuery, LogRow


class OneRow(LogLines):
    def __init__(self, row):
        super().__init__(1)
        self._row = row

    def row(self, _seq):
        return self._row


def cell(ctx, qtbot, row, column):
    ctx.log_pages = OneRow(row)
    model = LogModel(ctx)
    model.restart()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    index = model.index(0, COLUMNS.index(column))
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DisplayRole) != "…")
    return index.data(Qt.ItemDataRole.DisplayRole)


def column(screen, name, rows=10):
    place = COLUMNS.index(name)
    return [screen.model.index(row, place).data() for row in range(rows)]


def choose(screen, row):
    screen.table.selectRow(row)
    screen.table.setFocus()


def grow(window, qtbot, source, count):
    """Let entries arrive one by one, as a station tells of them."""
    screen = window.screen_of(Page.LOG)
    for _ in range(count):
        source.grow(1)
        window.show_station(reader_of_log(Role.AUDITOR, log_size=source._size))
    qtbot.waitUntil(lambda: screen.model.total == source._size and not window.ctx.reading.busy)


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("approved", "Разрешено"), ("of.another_version", "of.another_version"), ("", "")],
)
def test_a_step_without_words_is_named_not_bracketed(ctx, qtbot, outcome, shown):
    row = LogRow(0, 0, "verify.step", "T-1042", "", outcome, "")

    assert cell(ctx, qtbot, row, "outcome") == shown


def test_a_look_up_is_an_entry_with_a_name(ctx, qtbot):
    row = LogRow(0, 0, "lookup.person", "T-1042", "", "", "person.found")

    assert cell(ctx, qtbot, row, "kind") == "Поиск клиента в реестре"
    assert cell(ctx, qtbot, row, "reason") == "Клиент есть в реестре"


def test_an_entrys_own_words_are_shown_without_their_controls(ctx, qtbot):
    row = LogRow(0, 0, "review", "S-0031", "", "", "уши\u202eте же")

    assert cell(ctx, qtbot, row, "reason") == "уши\ufffdте же"


def test_an_operation_or_reason_of_another_policy_shows_its_code(ctx, qtbot):
    row = LogRow(0, 0, "result", "T-1042", "safe_deposit_box", "rejected", "box_call.refused")

    assert cell(ctx, qtbot, row, "operation") == "safe_deposit_box"
    assert cell(ctx, qtbot, row, "reason") == "box_call.refused"


def test_the_newest_entry_is_on_top_and_the_first_at_the_end(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000_000))

    assert column(screen, "seq", 3) == ["999999", "999998", "999997"]
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_End)
    wait_for_rows(qtbot, screen)
    assert screen.table.currentIndex().siblingAtColumn(0).data() == "0"


def test_the_gui_thread_never_reads(window, qtbot, caplog):
    source = LogLines(100_000)
    screen = open_log(window, qtbot, source)
    screen.table.scrollToBottom()
    wait_for_rows(qtbot, screen)
    choose(screen, 5)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)

    assert source.read > 1
    # The source refuses: what was refused stands in the diagnostic log.
    assert "log not read" not in caplog.text
    with pytest.raises(AssertionError, match="GUI"):
        source.size()


def test_until_a_page_was_read_its_rows_are_dots(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000_000))
    screen.table.scrollToBottom()

    assert screen.model.index(999_990, 0).data() == "…"
    wait_for_rows(qtbot, screen)
    assert screen.model.index(999_990, 0).data() == "9"


def test_at_most_128_pages_are_kept(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000_000))
    for page in range(130):
        screen.model.index(page * 100, 0).data()
        qtbot.waitUntil(lambda: not window.ctx.reading.busy)

    assert len(screen.model._pages) == 128


def test_selection_and_place_survive_a_hundred_entries_arriving(window, qtbot):
    source = LogLines(5_000)
    screen = open_log(window, qtbot, source)
    screen.table.verticalScrollBar().setValue(1_000)
    wait_for_rows(qtbot, screen)
    choose(screen, 1_003)
    first = screen.table.rowAt(0)
    before = (screen.model.seq_at(first), screen.model.seq_at(screen.table.currentIndex().row()))

    grow(window, qtbot, source, 100)
    wait_for_rows(qtbot, screen)

    current = screen.table.currentIndex().row()
    assert screen.model.rowCount() == 5_100
    assert current == 1_103
    assert (screen.model.seq_at(screen.table.rowAt(0)), screen.model.seq_at(current)) == before
    assert [each.row() for each in screen.table.selectionModel().selectedRows()] == [1_103]
    top = screen.table.indexAt(QPoint(4, 4))
    assert top.siblingAtColumn(0).data() == str(before[0])


def test_where_nobody_reads_the_newest_entries_come_into_sight(window, qtbot):
    source = LogLines(5_000)
    screen = open_log(window, qtbot, source)
    grow(window, qtbot, source, 100)
    wait_for_rows(qtbot, screen)

    assert column(screen, "seq", 1) == ["5099"]
    assert screen.table.rowAt(0) == 0


def test_with_a_filter_only_entries_that_answer_arrive(window, qtbot):
    source = LogLines(4_000)
    screen = open_log(window, qtbot, source)
    screen.model.search(LogQuery(outcome="rejected"))
    qtbot.waitUntil(lambda: screen.model.rowCount() == 333)
    wait_for_rows(qtbot, screen)
    choose(screen, 40)
    seq = screen.model.seq_at(40)

    grow(window, qtbot, source, 100)

    rejected = sum(source.row(each).outcome == "rejected" for each in range(4_100))
    assert screen.model.rowCount() == rejected
    assert screen.model.seq_at(screen.table.currentIndex().row()) == seq
    assert "Показано 342 из 4 100" in screen.shown.text()


def test_a_filter_that_was_typed_past_is_not_shown(window, qtbot):
    source = LogLines(4_000)
    screen = open_log(window, qtbot, source)
    screen.model.search(LogQuery(outcome="rejected"))
    screen.model.search(LogQuery(operator="S-0031"))
    wait_for_rows(qtbot, screen)

    assert set(column(screen, "actor", 20)) == {NAMES["S-0031"]}
    assert source.interrupted == 2


def test_enter_opens_the_entry_and_enter_again_its_case(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400))
    choose(screen, 2)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)

    assert screen.panel.isVisible()
    assert screen.panel.number.text() == "Запись № 397"
    assert "Клиент дал согласие" in screen.panel.members.toPlainText()
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert window.page is Page.CASE
    assert window.ctx.case == f"{99:032x}"


def test_the_panel_follows_the_chosen_row_and_escape_closes_it_first(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400))
    choose(screen, 0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    wait_for_rows(qtbot, screen)

    assert screen.panel.number.text() == "Запись № 398"
    assert window.footer.buttons[0].accessibleName() == "Закрыть запись"
    window.press("Esc")
    assert (screen.panel.isVisible(), window.page) == (False, Page.LOG)
    window.press("Esc")
    assert window.page is Page.HOME


def test_a_bad_proof_says_which_part_and_what_to_do(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400, bad=frozenset({399})))
    choose(screen, 0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)
    bad, good = (row._words.text() for row in screen.panel._proof_rows[:2])

    assert (bad, good) == ("Хеш записи неверен", "Связь с предыдущей записью верна")
    assert screen.panel.advice.isVisible()
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    wait_for_rows(qtbot, screen)
    assert not screen.panel.advice.isVisible()


def test_what_a_silent_check_found_stands_in_the_panel(window, qtbot):
    screen = open_log(window, qtbot, LogLines(400))
    wait_for_rows(qtbot, screen)
    row = next(row for row in range(20) if screen.model.findings(row))
    choose(screen, row)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)

    assert all(Texts("ru").tr(code) in screen.panel.to_review.text() for code in FOUND_SILENTLY)


def test_nothing_of_one_reader_is_left_for_the_next(window, qtbot):
    source = LogLines(400)
    screen = open_log(window, qtbot, source)
    choose(screen, 0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    screen.filter.text.setText("Ахметов")
    wait_for_rows(qtbot, screen)
    window.show_station(station(operator=False))
    window.show_station(reader_of_log(Role.SUPERVISOR, log_size=400))
    window.show_session(session(State.IDLE))
    window.press("Ctrl+J")
    wait_for_rows(qtbot, screen)

    assert not screen.panel.isVisible()
    assert screen.filter.text.text() == ""


def test_language_and_colours_change_without_losing_the_place(window, qtbot):
    screen = open_log(window, qtbot, LogLines(5_000))
    screen.table.verticalScrollBar().setValue(900)
    choose(screen, 903)
    window.ctx.use_language("kk")
    wait_for_rows(qtbot, screen)

    assert screen.table.currentIndex().row() == 903
    assert screen.table.rowAt(0) == 900
    place = COLUMNS.index("kind")
    assert "Шешім" in {screen.model.index(900 + row, place).data() for row in range(4)}
