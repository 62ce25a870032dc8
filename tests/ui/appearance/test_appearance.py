"""Language and theme follow the operator, the theme also the system; driven through the desktop."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
)

from tests.support.desktop.intruder import press
from tests.support.desktop.snapshots import session, station
from ui.app import Desktop, Options, _text_scale
from ui.appearance import CHOICES
from ui.preferences import Look, Preferences
from ui.qt_words import QT_WORDS
from ui.theme.fonts import application_font
from ui.theme.system import system_scale, system_theme
from ui.theme.theme import THEMES, apply_theme, load_theme
from workstation.rules.parties import Operator, Role
from workstation.session.states import State
from workstation.station.commands import SelectLanguage

OTHER = Operator("T-7", "Сериков А.", Role.TELLER)


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


@pytest.fixture
def start(qtbot, tmp_path, monkeypatch):
    def started(language="", theme=""):
        desk = Desktop(Options(tmp_path, "production", language), None, theme)
        qtbot.addWidget(desk.window)
        desk.posted = []
        monkeypatch.setattr(desk, "post", desk.posted.append)
        desk.ctx.send = desk.posted.append
        desk.window.show()
        return desk

    return started


def sign_in(desk, operator=None):
    status = station() if operator is None else replace(station(), operator=operator)
    desk.bridge.station.emit(status)


def sign_out(desk):
    desk.bridge.station.emit(station(operator=False))


def test_a_language_of_the_command_line_stays_when_the_station_speaks(start):
    desk = start("kk")
    sign_out(desk)
    sign_in(desk)

    assert desk.ctx.texts.language == "kk"


def test_who_signs_in_finds_the_language_and_the_theme_of_last_time(start):
    desk = start()
    sign_in(desk)
    desk.ctx.choose_language("kk")
    desk.ctx.choose_theme("dark")
    sign_out(desk)
    sign_in(desk, OTHER)
    desk.ctx.choose_language("ru")
    desk.ctx.choose_theme("contrast")
    sign_out(desk)
    sign_in(desk)

    assert (desk.ctx.texts.language, desk.ctx.theme.name) == ("kk", "dark")
    assert desk.posted[-1] == SelectLanguage("kk")


def test_a_language_chosen_at_the_sign_in_goes_before_the_remembered_one(start):
    desk = start()
    sign_in(desk)
    desk.ctx.choose_language("kk")
    sign_out(desk)
    desk.ctx.choose_language("en")
    sign_in(desk)
    sign_out(desk)
    sign_in(desk)

    assert desk.ctx.texts.language == "en"


def test_the_next_run_opens_as_the_last_one_was_left(start):
    sign_in(desk := start())
    desk.ctx.choose_language("en")
    desk.ctx.choose_theme("dark")
    again = start()

    assert (again.ctx.texts.language, again.ctx.theme.name) == ("en", "dark")


def test_the_command_line_goes_before_the_last_run(start):
    sign_in(desk := start())
    desk.ctx.choose_language("en")

    assert start("kk").ctx.texts.language == "kk"


def test_keys_change_language_and_theme_in_mid_case(start, qtbot):
    desk = start("ru", "light")
    sign_in(desk)
    desk.bridge.session.emit(session(State.LIVENESS))
    qtbot.waitActive(desk.window)
    seen = []
    for _ in range(3):
        press(desk.window, "Ctrl+K")
        press(desk.window, "Ctrl+T")
        seen.append((desk.ctx.texts.language, desk.ctx.theme.name))

    assert seen == [("en", "dark"), ("kk", "contrast"), ("ru", "light")]


def test_keys_change_nothing_behind_the_lock(start, qtbot):
    desk = start("ru", "light")
    sign_in(desk)
    qtbot.waitActive(desk.window)
    desk.window.lock()
    press(desk.window, "Ctrl+K")
    press(desk.window, "Ctrl+T")

    assert (desk.ctx.texts.language, desk.ctx.theme.name) == ("ru", "light")


class Hints:
    """What a system says of itself."""

    def __init__(self, scheme=Qt.ColorScheme.Unknown, contrast=Qt.ContrastPreference.NoPreference):
        self._scheme, self._contrast = scheme, contrast

    def colorScheme(self):  # noqa: N802 - Qt's name
        return self._scheme

    def accessibility(self):
        return self

    def contrastPreference(self):  # noqa: N802
        return self._contrast


def test_the_systems_scheme_and_contrast_name_a_theme():
    high = Qt.ContrastPreference.HighContrast

    assert system_theme(Hints()) == "light"
    assert system_theme(Hints(Qt.ColorScheme.Light)) == "light"
    assert system_theme(Hints(Qt.ColorScheme.Dark)) == "dark"
    assert system_theme(Hints(Qt.ColorScheme.Dark, high)) == "contrast"


def test_a_scheme_that_changes_while_the_program_runs_is_followed(start, qapp, monkeypatch):
    desk = start(theme="system")
    # Offscreen there is no desktop with a scheme: what it would say is set, its signal is Qt's.
    monkeypatch.setattr("ui.appearance.system_theme", lambda _hints: "dark")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = desk.ctx.theme.name
    monkeypatch.setattr("ui.appearance.system_theme", lambda _hints: "contrast")
    qapp.styleHints().accessibility().contrastPreferenceChanged.emit(
        Qt.ContrastPreference.HighContrast
    )

    assert (dark, desk.ctx.theme.name) == ("dark", "contrast")


def test_a_theme_that_was_chosen_is_kept_when_the_system_changes(start, qapp):
    desk = start()
    desk.ctx.choose_theme("contrast")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert desk.ctx.theme.name == "contrast"


def test_a_look_is_remembered_for_every_choice(start, tmp_path):
    sign_in(desk := start("ru"))
    for choice in CHOICES:
        desk.ctx.choose_theme(choice)
        assert Preferences(tmp_path).look_of("T-1042") == Look(language="ru", theme=choice)


@pytest.mark.parametrize(
    ("points", "scale"), [(0, 1.0), (6, 1.0), (11, 1.0), (13.75, 1.25), (22, 2.0), (40, 2.0)]
)
def test_texts_are_as_large_as_the_systems_within_bounds(qapp, points, scale, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    font = application_font(14)
    if points:
        font.setPointSizeF(points)

    assert system_scale(font, 2560) == scale


@pytest.mark.parametrize(("width", "scale"), [(1280, 1.1), (1536, 1.3), (1920, 1.65), (2560, 2.0)])
def test_on_a_narrow_screen_texts_grow_as_far_as_every_button_stays_in_sight(qapp, width, scale):
    font = application_font(14)
    font.setPointSizeF(30)

    assert system_scale(font, width) == scale
    assert system_scale(font, 800) == 1.0


def test_the_desktop_takes_the_scale_of_the_application(start, qapp):
    try:
        qapp.setFont(application_font(21))
        assert _text_scale() == 1.5
        theme = start().ctx.theme
    finally:
        qapp.setFont(application_font(14))

    assert theme.sizes["body"] == 21
    assert theme.lengths["height_footer"] == 108
    assert theme.sizes["customer_prompt"] == load_theme("light").sizes["customer_prompt"]


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 9.0])
def test_a_style_sheet_is_whole_at_every_scale(name, scale):
    theme = load_theme(name, scale)

    assert "{" not in theme.stylesheet().replace(" {", "")
    assert theme.scale <= 2.0


# -- Qt's own words -------------------------------------------------------------------------

LATIN = set("abcdefghijklmnopqrstuvwxyz")
NAMES = ("CTRL+", "SHIFT+", "ALT+", "OK")


def words_of(widget):
    for child in (widget, *widget.findChildren(QLabel), *widget.findChildren(QAbstractButton)):
        for name in ("text", "toolTip", "windowTitle"):
            said = getattr(child, name, str)()
            if isinstance(said, str):
                yield said
    for box in widget.findChildren(QComboBox):
        if box.objectName() == "fileTypeCombo":
            yield from (box.itemText(i) for i in range(box.count()))
    yield from (action.text() for action in widget.findChildren(QAction))
    for view in widget.findChildren(QFileDialog):
        yield view.labelText(QFileDialog.DialogLabel.FileType)


def english(said):
    return [
        word
        for word in said
        if LATIN & set(word.split("\t")[0].lower()) and not word.upper().startswith(("/", *NAMES))
    ]


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_qts_own_dialogs_and_menus_have_no_english_word(start, qtbot, language, tmp_path):
    start(language)
    opened, saved, box = QFileDialog(), QFileDialog(), QMessageBox()
    box.setStandardButtons(QMessageBox.StandardButton(0x07FFFC00))
    box.setDetailedText("…")
    saved.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    for dialog in (opened, saved):
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setDirectory(str(tmp_path))
    line, text = QLineEdit(), QPlainTextEdit()
    for each in (opened, saved, box, line, text):
        qtbot.addWidget(each)
    menus = (line.createStandardContextMenu(), text.createStandardContextMenu())
    said = [*words_of(opened), *words_of(saved), *words_of(box)]
    said += [action.text() for menu in menus for action in menu.actions()]

    assert len(said) > 50
    assert english(said) == []


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_hole_that_we_know_of_is_filled(start, language):
    start(language)
    said = [QCoreApplication.translate(*key) for key in QT_WORDS]

    assert english(said) == []
