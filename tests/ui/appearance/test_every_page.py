"""What holds on every page, state and language: whole words, no codes, within its room."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QTableWidget,
    QToolButton,
    QWidget,
)

from tests.support.desktop.gallery import LANGUAGES, pages, put
from tests.support.desktop.snapshots import LogLines
from tests.support.system.event_loop import settle
from ui.widgets.labels import ShortenedCodeLabel, ShortenedLabel
from ui.widgets.reason_choice import ReasonChoice
from ui.widgets.scrolling import Viewport

CODE = re.compile(r"\[[a-z_]+(\.[a-z0-9_]+)*…?\]?|\b[a-z]+_?[a-z]*(\.[a-z_]{3,})+\b")
"""`[a.code]` of a text that is missing, or a code that was shown as it is."""

FILES = re.compile(r"https?://\S+|\S+\.(?:kz|toml|pdf|json|jws|txt|p7s|cms)\b|\$[.\w\[\]]+")
"""Addresses, names of files and places of the settings are no codes."""

CAPTION_PADDING = 6
"""Pixels at either side of a table's caption, where it is least."""


def said(window):
    """Return every text that the shown page and the window around it say, to eyes and ears."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield widget.accessibleName()
        yield widget.toolTip()
        match widget:
            case QLabel() | QAbstractButton():
                yield widget.text()
            case QComboBox():
                yield from (widget.itemText(index) for index in range(widget.count()))
            case QLineEdit():
                yield widget.placeholderText()
            case _:
                pass


def is_name(label):
    return isinstance(label, ShortenedLabel | ShortenedCodeLabel)


def cut(window):
    """Return the labels and buttons whose words have not the room that they need."""
    for label in window.findChildren(QLabel):
        if not label.isVisible() or is_name(label) or not label.text():
            continue
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
            if needed > label.height() + 1:
                yield label.text(), label.size().toTuple(), needed
        elif label.sizeHint().width() > label.width() + 1:
            yield label.text(), label.size().toTuple(), label.sizeHint().toTuple()
    for button in window.findChildren(QAbstractButton):
        if isinstance(button, QToolButton) or not button.isVisible() or not button.text():
            continue
        if button.minimumSizeHint().width() > button.width() + 1:
            yield button.text(), button.size().toTuple(), button.minimumSizeHint().toTuple()


def cut_choices(window):
    """Return the reasons that their list, closed, would show without their end."""
    for box in (each.list for each in window.findChildren(ReasonChoice)):
        if not box.isVisible():
            continue
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        edit = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        room = box.style().subControlRect(kind, option, edit, box).width()
        for index in range(box.count()):
            needed = box.fontMetrics().horizontalAdvance(box.itemText(index))
            if needed > room:
                yield box.itemText(index), room, needed


def cut_captions(window):
    """Return the captions of tables with a word that is wider than its column."""
    for table in window.findChildren(QTableWidget):
        head = table.horizontalHeader()
        if not table.isVisible() or not head.isVisible():
            continue
        font = QFont(head.font())
        font.setPixelSize(window.ctx.theme.sizes["table"])
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        wraps = bool(head.defaultAlignment().value & Qt.TextFlag.TextWordWrap.value)
        for column in range(table.columnCount()):
            text = table.horizontalHeaderItem(column).text()
            needed = max(map(metrics.horizontalAdvance, text.split() if wraps else [text]))
            if needed > head.sectionSize(column) - 2 * CAPTION_PADDING:
                yield text, head.sectionSize(column), needed


@pytest.fixture(params=LANGUAGES)
def seen(request, window, qtbot):
    """Show every page of the gallery in one language at the smallest screen, one by one."""
    window.ctx.use_language(request.param)
    window.ctx.log_pages = LogLines(1000)
    window.resize(1280, 680)

    def walk():
        for shot in pages():
            put(window, shot)
            settle(qtbot)
            yield shot

    return walk


def test_no_page_shows_a_code_cuts_a_word_or_scrolls(window, seen):
    found = []
    viewport = window.findChild(Viewport)
    for shot in seen():
        found += [
            (shot.name, "code", text) for text in said(window) if CODE.search(FILES.sub("", text))
        ]
        for look in (cut, cut_choices, cut_captions):
            found += [(shot.name, "cut", *each) for each in look(window)]
        if viewport.verticalScrollBar().maximum() or viewport.horizontalScrollBar().maximum():
            found.append((shot.name, "scrolls", window.pages.minimumSizeHint().toTuple()))

    assert found == []


def test_what_looks_for_codes_and_cut_words_finds_them(window, qtbot):
    put(window, next(iter(pages())))
    label = window.screen_of(window.page).title
    label.setText("[outcome.aborted]")
    label.show()
    label.setFixedWidth(10)
    settle(qtbot)

    assert [text for text in said(window) if CODE.search(text)] == ["[outcome.aborted]"]
    assert [each[0] for each in cut(window)] == ["[outcome.aborted]"]
    assert CODE.search("liveness.timed_out")
    assert not CODE.search("kz-2026-07-12")
    assert label.textFormat() is Qt.TextFormat.PlainText
