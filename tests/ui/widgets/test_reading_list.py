"""Lines that have to be read: whole, in order, and never counted as read out of sight."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.support.system.event_loop import settle
from ui.widgets.reading_list import ReadingList

MANY = [f"• {number}" for number in range(100)]


@pytest.fixture
def shown(qtbot, ctx):
    window = QWidget()
    window.resize(500, 400)
    made = ReadingList(ctx, "changes.waiting")
    column = QVBoxLayout(window)
    column.addWidget(made)
    column.addStretch(1)
    qtbot.addWidget(window)
    yield made
    window.close()


def test_few_lines_need_no_room_and_are_read_at_once(qtbot, shown):
    with qtbot.waitSignal(shown.end.looked):
        shown.show_lines(MANY[:3])
        shown.window().show()

    assert (shown.end.read, shown.end.unread) == (True, False)
    assert shown.text() == "\n".join(MANY[:3])
    assert shown.verticalScrollBar().maximum() == 0
    assert shown.height() < 120


@pytest.mark.parametrize("first", ["lines", "window", "few"])
def test_many_lines_are_read_when_their_end_was_in_sight(qtbot, shown, first):
    if first == "lines":
        shown.show_lines(MANY)
    shown.window().show()
    if first == "few":
        shown.show_lines(MANY[:1])
        settle(qtbot)
        assert shown.end.read
    shown.show_lines(MANY)
    for _ in range(3):
        settle(qtbot)
    assert (shown.end.read, shown.end.unread) == (False, True)
    assert shown.text().splitlines() == MANY

    with qtbot.waitSignal(shown.end.looked):
        qtbot.keyClick(shown, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        bar = shown.verticalScrollBar()
        bar.setValue(bar.maximum())
    shown.show_lines(MANY)
    assert shown.end.read, "the same lines stay read"
    shown.show_lines([*MANY, "• and one more"])
    settle(qtbot)
    assert not shown.end.read


def test_lines_out_of_sight_are_not_read(qtbot, shown):
    shown.show_lines(MANY[:3])
    settle(qtbot)

    assert not shown.end.read


def test_a_line_of_any_length_is_broken_and_never_cut(qtbot, shown):
    shown.window().show()
    shown.show_lines(["x" * 30_000 + "END"])
    settle(qtbot)

    assert shown.text().endswith("END")
    assert shown.horizontalScrollBar().maximum() == 0
    assert not shown.end.read


def test_no_value_makes_a_line_of_its_own(shown):
    shown.show_lines(["• bank: A\n• all is as it was\u2028", "• b"])

    assert shown.text().splitlines() == ["• bank: A�• all is as it was�", "• b"]
