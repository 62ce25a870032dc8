"""A key writes what belongs there by its place, in every keyboard layout."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from ui.screens.sign_in import SignInScreen
from ui.widgets.client_card import ClientCard
from ui.widgets.form import Field
from ui.widgets.key_places import Typing, place_of
from ui.widgets.officer_form import OfficerForm

KAZAKH_ROW = '"әіңғ,.үұқ'
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def stroke(sign, scan_code, modifiers=NONE, *, virtual_key=0):
    """Return the stroke of a key that writes this sign at that place of the keyboard."""
    key = ord(sign.upper())
    return QKeyEvent(
        QEvent.Type.KeyPress, key, modifiers, scan_code, virtual_key, 0, sign, False, 1
    )


def type_row(edit):
    """Strike the digit row from 1 to 0 in the Kazakh layout."""
    for place, sign in enumerate(KAZAKH_ROW):
        QApplication.sendEvent(edit, stroke(sign, 10 + place))


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_the_digit_row_of_the_kazakh_layout_writes_digits_where_digits_belong(qtbot, ctx):
    card = shown(qtbot, ClientCard(ctx))
    edit = card.iin.edit
    edited = []
    edit.textEdited.connect(edited.append)

    type_row(edit)

    assert edit.text() == "1234567890"
    assert edited[-1] == "1234567890"


def test_a_name_keeps_its_kazakh_letters(qtbot, ctx):
    card = shown(qtbot, ClientCard(ctx))
    edit = card.name.edit

    type_row(edit)

    assert edit.text() == KAZAKH_ROW


@pytest.mark.parametrize(
    ("typed", "scan_code", "modifiers", "written"),
    [
        ("е", 28, NONE, "t"),
        ("Е", 28, SHIFT, "T"),
        ("ө", 20, NONE, "-"),
        ("қ", 19, NONE, "0"),
        ("t", 28, NONE, "t"),
        ("q", 38, NONE, "q"),  # AZERTY: a Latin layout means what it writes
        ("_", 20, SHIFT, "_"),
    ],
)
def test_a_personnel_number_is_latin_in_every_layout(
    qtbot, ctx, typed, scan_code, modifiers, written
):
    page = shown(qtbot, SignInScreen(ctx))
    edit = page.operator.edit

    QApplication.sendEvent(edit, stroke(typed, scan_code, modifiers))

    assert edit.text() == written


def test_a_supervisor_types_the_number_in_every_layout_too(qtbot, ctx):
    form = shown(qtbot, OfficerForm(ctx, "review.title", "review.hint"))
    edit = form.supervisor.edit

    QApplication.sendEvent(edit, stroke("ы", 39))
    QApplication.sendEvent(edit, stroke("ү", 17))

    assert edit.text() == "s8"


@pytest.mark.parametrize(
    ("typed", "scan_code", "modifiers"),
    [("+", 21, SHIFT), ("!", 10, SHIFT), ("№", 12, SHIFT), ("5", 84, NONE)],
)
def test_shift_and_the_number_pad_write_what_the_layout_says(
    qtbot, ctx, typed, scan_code, modifiers
):
    field = shown(qtbot, Field(ctx, "field.iin", typing=Typing.DIGITS))

    QApplication.sendEvent(field.edit, stroke(typed, scan_code, modifiers))

    assert field.edit.text() == typed


def test_a_secret_is_typed_as_the_layout_says(qtbot, ctx):
    page = shown(qtbot, SignInScreen(ctx))
    edit = page.secret.edit

    type_row(edit)

    assert edit.text() == KAZAKH_ROW


def test_a_line_that_is_read_is_not_written_into(qtbot, ctx):
    field = shown(qtbot, Field(ctx, "field.iin", typing=Typing.DIGITS))
    field.fix("1")

    type_row(field.edit)

    assert field.text() == "1"


@pytest.mark.parametrize(
    ("scan_code", "virtual_key", "windows", "place"),
    [
        (10, 0, False, "1"),
        (19, 0, False, "0"),
        (46, 0, False, "L"),
        (3, 0x32, True, "2"),
        (11, 0x30, True, "0"),
        (38, 0x4C, True, "L"),
        (12, 0xBD, True, "-"),
        (0, 0, False, ""),
        (79, 0x67, True, ""),
        (79, 0xFFB7, False, ""),
    ],
)
def test_a_place_is_told_by_scan_code_and_on_windows_by_virtual_key(
    scan_code, virtual_key, windows, place
):
    event = stroke("ә", scan_code, virtual_key=virtual_key)

    assert place_of(event, windows=windows) == place
