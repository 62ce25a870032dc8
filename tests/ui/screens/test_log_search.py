"""The search of the log: few keys, words in Kazakh, days and periods, and a way back."""

from datetime import date, datetime

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests.support.desktop.log_lines import NOW_MS, LogLines
from tests.support.desktop.log_page import open_log, wait_for_rows
from ui.navigation import Page
from ui.widgets.log_filter import PERIODS, find_day, period_of
from workstation.documents.texts import Texts
from workstation.log_index.entry_groups import ENTRY_GROUPS
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.parties import Role

TODAY = date(2025, 11, 22)


def ms(*day):
    return int(datetime(*day, tzinfo=KAZAKHSTAN).timestamp() * 1000)


def strike(screen, keys):
    """Strike one key after another; QTest's own can write no Kazakh."""
    for sign in keys:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, ord(sign.upper()), Qt.KeyboardModifier.NoModifier, sign)
            QApplication.sendEvent(screen.window().focusWidget(), key)


def search(qtbot, screen, keys):
    """Type into whatever has the focus, as after Ctrl+J."""
    strike(screen, keys)
    qtbot.waitUntil(lambda: not screen.filter._pause.isActive())
    wait_for_rows(qtbot, screen)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22.", date(2025, 11, 22)),
        ("30.", date(2025, 10, 30)),
        ("31.", date(2025, 10, 31)),
        ("22.11", date(2025, 11, 22)),
        ("22.11.", date(2025, 11, 22)),
        ("23.11", date(2024, 11, 23)),
        ("29.02", date(2024, 2, 29)),
        ("22.11.24", date(2024, 11, 22)),
        ("1.2.2023", date(2023, 2, 1)),
    ],
)
def test_a_day_is_typed_as_people_write_it(typed, day):
    since, until = find_day(typed, TODAY)

    assert (since, (until - since).days) == (day, 1)


@pytest.mark.parametrize(
    "typed", ["", "22", "418", "31.02", "22.13", "ахметов", "22.11.20255", "."]
)
def test_what_is_no_day_is_a_word(typed):
    assert find_day(typed, TODAY) is None


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("all", None),
        ("today", (date(2025, 11, 22), date(2025, 11, 23))),
        ("yesterday", (date(2025, 11, 21), date(2025, 11, 22))),
        ("week", (date(2025, 11, 16), date(2025, 11, 23))),
        ("month", (date(2025, 10, 24), date(2025, 11, 23))),
    ],
)
def test_a_period_ends_with_today(period, days):
    assert period_of(period, TODAY) == days


@pytest.mark.parametrize(
    ("keys", "what"),
    [("жұма", "actor"), ("звон", "words"), ("22.", "time_ms"), ("сме", "operation")],
)
def test_an_override_is_found_in_under_five_keys_after_the_one_for_the_search(
    window, qtbot, keys, what
):
    source = LogLines(1_000)
    screen = open_log(window, qtbot, source, Role.SUPERVISOR)
    assert len(keys) < 5

    search(qtbot, screen, keys)

    shown = [source.row(screen.model.seq_at(row)) for row in range(screen.model.rowCount())]
    overridden = [row for row in shown if row.kind == "review"]
    if what == "operation":
        assert {row.operation for row in shown} == {"change_trusted_phone"}
    elif what == "time_ms":
        assert overridden
        assert min(row.time_ms for row in shown) >= ms(2025, 11, 22)
    else:
        assert shown == overridden
    assert 0 < len(shown) < 1_000


def test_enter_in_the_search_goes_on_with_the_first_entry_found(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000), Role.SUPERVISOR)
    strike(screen, "жұма")
    qtbot.keyClick(screen.filter.text, Qt.Key.Key_Return)
    wait_for_rows(qtbot, screen)

    assert screen.table.hasFocus()
    assert screen.panel.isVisible()


def test_the_key_of_the_log_comes_back_to_the_search_from_the_table(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000))
    screen.table.setFocus()
    window.press("Ctrl+J")

    assert screen.filter.text.hasFocus()


def test_a_supervisor_begins_with_cases_and_an_auditor_with_everything(window, qtbot):
    source = LogLines(1_000)
    screen = open_log(window, qtbot, source, Role.SUPERVISOR)
    assert source.asked[-1].kinds == ENTRY_GROUPS["cases"]

    screen = open_log(window, qtbot, LogLines(1_000), Role.AUDITOR)
    assert screen.model.query.is_empty


def test_the_station_is_asked_once_for_words_typed_in_one_go(window, qtbot):
    source = LogLines(1_000)
    screen = open_log(window, qtbot, source)
    search(qtbot, screen, "ахметов")

    assert [query.text for query in source.asked] == ["ахметов"]


def test_lists_and_words_are_asked_together_and_reset_asks_for_all(window, qtbot):
    source = LogLines(1_000)
    screen = open_log(window, qtbot, source)
    choices = screen.filter
    for chosen, index in ((choices.operation, 1), (choices.outcome, 1), (choices.kinds, 2)):
        chosen.setCurrentIndex(index)
        chosen.activated.emit(index)
    wait_for_rows(qtbot, screen)
    asked = source.asked[-1]
    assert (asked.outcome, asked.kinds) == ("approved", ("verify.result",))
    assert asked.operation != ""

    choices.reset.click()
    wait_for_rows(qtbot, screen)
    assert screen.model.rowCount() == 1_000


def test_an_own_period_is_typed_and_what_is_no_day_is_marked(window, qtbot):
    screen = open_log(window, qtbot, LogLines(1_000))
    index = PERIODS.index("own")
    screen.filter.period.setCurrentIndex(index)
    screen.filter.period.activated.emit(index)
    assert screen.filter.since.isVisible()
    screen.filter.since.setText("21.11")
    screen.filter.until.setText("40.11")
    query = screen.filter.query()

    assert (query.since_ms, query.until_ms) == (ms(2025, 11, 21), ms(2025, 11, 23))
    assert screen.filter.until.property("tone") == "bad"
    assert screen.filter.since.property("tone") == "none"
    assert query.until_ms > NOW_MS


@pytest.mark.parametrize("group", ENTRY_GROUPS)
def test_every_group_and_every_kind_in_it_has_words(group):
    texts = Texts("kk")

    assert texts.has(f"log.kinds.{group}")
    assert [kind for kind in ENTRY_GROUPS[group] if not texts.has(f"entry.{kind}")] == []


def test_nothing_found_says_so_and_what_to_do(window, qtbot):
    screen = open_log(window, qtbot, LogLines(100))
    search(qtbot, screen, "ъъъъ")

    assert screen.model.rowCount() == 0
    assert "Сбросить" in screen.shown.text()
    assert window.page is Page.LOG
