"""What a screen reader finds: every control named with role and state, and what it says itself."""

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QDialog, QProgressBar

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import open_settled, unlock, visit_all
from ui.navigation import Page, Route
from ui.theme.tone import Tone
from ui.widgets.camera_view import CameraView
from ui.widgets.labels import CodeLabel
from ui.widgets.pill import IconLabel
from vision.results import LivenessCommand, Prompt, PromptPhase
from workstation.session.states import State
from workstation.station.shift_view import ShiftView, StatisticsView

ROLE = QAccessible.Role
NAMED = {
    ROLE.Button,
    ROLE.RadioButton,
    ROLE.CheckBox,
    ROLE.ComboBox,
    ROLE.EditableText,
    ROLE.Table,
    ROLE.ProgressBar,
    ROLE.Slider,
}


def found_from(interface):
    yield interface
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None:
            yield from found_from(child)


def tree(window):
    return list(found_from(QAccessible.queryAccessibleInterface(window)))


def name_of(interface):
    return interface.text(QAccessible.Text.Name)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_control_of_every_page_has_a_name(window, language):
    pages = 0
    for page in visit_all(window, language=language):
        QApplication.processEvents()
        controls = [each for each in tree(window) if each.role() in NAMED]
        shown = [each for each in controls if not each.state().invisible]
        nameless = [
            (each.role().name, type(each.object()).__name__)
            for each in shown
            if not name_of(each).strip()
        ]

        assert shown, page
        assert nameless == [], page
        pages += 1
    assert pages >= len(Page)


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (State.IDLE, "F1"),
        (State.CONSENT, "Esc"),
        (State.CONSENT, "F4"),
        (State.CONFIRMATION, "F4"),
        (State.CONFIRMATION, "F7"),
        (State.RECORDED, "F3"),
        (State.SIGNATURE, "Ctrl+H"),
    ],
)
def test_every_control_of_a_dialog_has_a_name_and_the_dialog_a_title(window, state, key):
    open_settled(window, state)
    window.press(key)
    QApplication.processEvents()
    dialogs = [each for each in window.findChildren(QDialog) if each.isVisible()]
    found = [each for dialog in dialogs for each in tree(dialog) if each.role() in NAMED]

    assert all(dialog.windowTitle() for dialog in dialogs)
    assert [type(each.object()).__name__ for each in found if not name_of(each).strip()] == []
    assert found or (state, key) == (State.CONFIRMATION, "F7")


def test_every_control_of_the_customers_window_has_a_name(window):
    for state in State:
        open_settled(window, state)
        if window.customer.window is None:
            window.customer.toggle()
        QApplication.processEvents()
        customer = window.customer.window
        nameless = [
            type(each.object()).__name__
            for each in tree(customer)
            if each.role() in NAMED and not each.state().invisible and not name_of(each).strip()
        ]

        assert customer.windowTitle(), state
        assert nameless == [], state


def test_an_icon_that_means_something_says_it(window):
    meant = 0
    for page in visit_all(window):
        QApplication.processEvents()
        for icon in window.findChildren(IconLabel):
            if icon.isVisible() and icon._tone not in {Tone.WAIT, Tone.NONE}:
                spoken = name_of(QAccessible.queryAccessibleInterface(icon))
                assert spoken == window.ctx.tr_code(f"tone.{icon._tone.value}"), page
                meant += 1
    assert meant > 20


def test_no_control_is_found_on_a_page_that_is_not_open(window):
    for page in visit_all(window):
        QApplication.processEvents()
        objects = {each.object() for each in tree(window) if each.object() is not None}
        hidden = [screen for other, screen in window.built._screens.items() if other is not page]

        assert window.screen_of(page) in objects
        assert not objects & set(hidden), page


def test_the_camera_is_named_by_what_it_shows_and_the_progress_by_what_goes_on(window):
    open_settled(window, State.LIVENESS)
    screen = window.screen_of(Page.LIVENESS)
    (camera,) = [each for each in screen.findChildren(CameraView) if each.isVisible()]
    bars = [each for each in screen.findChildren(QProgressBar) if each.isVisible()]

    assert camera.accessibleName() == "Поверните голову влево"
    assert all(each.accessibleName() for each in bars)
    assert bars != []


# -- what it says by itself -----------------------------------------------------------------


@pytest.fixture
def said(window, monkeypatch):
    """What Qt is given to announce: its own function, recorded."""
    heard = []

    def record(event):
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", record)
    return heard


def test_a_page_that_opens_is_said_with_what_stands_on_it(window, said):
    open_settled(window, State.IDLE)
    said.clear()

    open_settled(window, State.RECORDED)

    assert said[0] == window.ctx.tr_code("step.decision")
    assert any("РАЗРЕШЕН" in each.upper() for each in said)


def test_a_prompt_is_said_once(window, said):
    open_settled(window, State.LIVENESS)
    said.clear()
    up = Prompt(PromptPhase.COMMAND, LivenessCommand.LOOK_UP, 1, 3, 0.2, 4000)

    for remaining in (4000, 3000, 2000):
        later = Prompt(PromptPhase.COMMAND, LivenessCommand.LOOK_UP, 1, 3, 0.3, remaining)
        window.show_session(session(State.LIVENESS, prompt=later if remaining < 4000 else up))

    assert len(said) == 1


@pytest.mark.parametrize(
    ("message", "politeness"),
    [("log_unavailable", "Assertive"), ("", "Polite")],
)
def test_what_went_wrong_interrupts_what_is_read_and_the_name_of_a_page_does_not(
    window, monkeypatch, message, politeness
):
    open_settled(window, State.CONSENT)
    heard = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", heard.append)

    window.show_session(session(State.CONSENT if message else State.REFERENCE, message=message))

    said = [each for each in heard if isinstance(each, QAccessibleAnnouncementEvent)]
    assert said[0].politeness().name == politeness


def test_a_notice_is_said(window, said):
    open_settled(window, State.CONSENT)
    said.clear()

    window.show_session(session(State.CONSENT, message="log_unavailable"))

    assert said == [window.ctx.tr_code("log_unavailable")]


@pytest.mark.parametrize(
    ("route", "message", "changed", "politeness"),
    [
        (Route.CHANGES, "changes.proposed", {}, "Polite"),
        (Route.CHANGES, "operator_refused", {}, "Assertive"),
        (Route.SHIFT, "operator_refused", {"shift": ShiftView(running=True)}, "Assertive"),
        (
            Route.STATISTICS,
            "",
            {"statistics": StatisticsView(0, 1, saved="statistics.saved")},
            "Polite",
        ),
    ],
)
def test_what_came_of_an_act_is_said_once_and_only_trouble_interrupts(
    window, monkeypatch, route, message, changed, politeness
):
    """However often the station says the same again."""
    allowed = ("manage_operators", "close_shift", "read_log", "export_log")
    shown = station(message=message, allowed=allowed, **changed)
    window.show_station(station(allowed=allowed))
    window.navigate(route)
    assert window.page.value == route.value
    heard = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", heard.append)

    for _ in range(3):
        window.show_station(shown)

    said = [each for each in heard if isinstance(each, QAccessibleAnnouncementEvent)]
    assert [each.politeness().name for each in said] == [politeness]


def test_a_mistake_in_a_field_is_said_with_the_fields_name(window, said):
    window.show_station(station())
    window.navigate(Route.FORM)
    field = window.screen_of(Page.OPERATION).client.iin
    said.clear()

    field.mark(bad=True, code="log_unavailable")
    field.mark(bad=True, code="log_unavailable")

    assert said == [f"{field.caption.text()}: {field.message.text()}"]


def test_behind_the_lock_only_the_lock_speaks(window, said):
    open_settled(window, State.LIVENESS)
    said.clear()
    window.lock()
    locked = list(said)

    window.show_session(session(State.RECORDED))
    window.lock_page.secret.edit.setText("wrong")
    window.press("F9")
    window.show_station(station(message="operator_refused", refused_sign_ins=1))

    assert locked == [window.lock_page.text.text()]
    assert said == [*locked, window.lock_page.message.text()]


def test_every_refusal_at_the_lock_is_said_the_same_one_too(window, said):
    open_settled(window, State.CONSENT)
    window.lock()
    said.clear()

    for count in (1, 2):
        window.lock_page.secret.edit.setText("wrong")
        window.press("F9")
        window.show_station(station(message="operator_refused", refused_sign_ins=count))

    assert said == [window.lock_page.message.text()] * 2


def test_a_key_that_does_nothing_here_says_so_each_time(window, said):
    open_settled(window, State.CONSENT)
    said.clear()

    for _ in range(2):
        window.press("F8")

    assert said == [window.ctx.tr_code("hint.in_session")] * 2


def test_the_page_is_said_again_when_the_desk_comes_back(window, said):
    open_settled(window, State.CONSENT)
    window.lock()
    said.clear()

    unlock(window)

    assert said == [window.screen_of(Page.CONSENT).title.text()]


def test_a_label_with_words_says_them(window):
    open_settled(window, State.CONSENT)

    labels = [each for each in window.findChildren(CodeLabel) if each.isVisible() and each.text()]

    assert labels
    for label in labels:
        assert name_of(QAccessible.queryAccessibleInterface(label)), label.text()
