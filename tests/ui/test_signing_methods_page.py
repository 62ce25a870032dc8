"""The signature's page: a method chosen, a code shown, a file brought; nothing decided."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from crypto.carrier.egov_qr import EgovPhase, EgovProgress
from tests.support.desktop.qr_codes import text_in
from tests.support.desktop.snapshots import session, signature_view, station
from tests.support.desktop.window_pages import open_state
from tests.support.system.event_loop import settle
from ui.navigation import Page
from ui.shell.customer_window import CustomerWindow
from workstation.devices.phone import PhoneProgress
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.session.states import State
from workstation.station.commands import (
    SaveStatement,
    Sign,
    StopSigning,
)

SCANNED = "mobileSign:https://sign.example.kz/api/egovQr/egov/5f1c0f3ad2c94a7e5f1c0f3ad2c94a7e"
EVERY = tuple(SigningMethod)


def phone_view(phase=EgovPhase.READY):
    progress = PhoneProgress()
    progress.update(EgovProgress(EgovPhase(phase), SCANNED))
    return progress.view


def opened(window, **changed):
    open_state(window, State.SIGNATURE, **{"methods": EVERY, **changed})
    return window.screen_of(Page.SIGNATURE)


def button_of(screen, method):
    return screen.methods._group.button(EVERY.index(method))


@pytest.mark.parametrize(
    ("method", "command"),
    [
        (SigningMethod.NCALAYER, Sign(SigningMethod.NCALAYER)),
        (SigningMethod.EGOV_QR, Sign(SigningMethod.EGOV_QR)),
        (SigningMethod.TOKEN, Sign(SigningMethod.TOKEN)),
    ],
)
def test_the_chosen_method_is_what_f5_asks_for(window, posted, method, command):
    screen = opened(window)
    button_of(screen, method).click()

    window.press("F5")

    assert posted == [command]


def test_choosing_a_way_posts_nothing(window, posted):
    screen = opened(window)
    for method in EVERY:
        button_of(screen, method).click()
        assert screen.methods.chosen is method

    assert posted == []


def test_only_what_the_settings_offer_can_be_chosen(window, posted):
    screen = opened(window, methods=(SigningMethod.NCALAYER,))

    screen.methods.choose(SigningMethod.TOKEN)
    window.press("Ctrl+O")
    window.press("F5")

    assert posted == [Sign(SigningMethod.NCALAYER)]
    assert [button.accessibleName() for button in screen.methods._group.buttons()] == ["NCALayer"]


def test_the_ways_are_reached_and_chosen_by_keyboard(window, qtbot, posted):
    screen = opened(window)
    settle(qtbot)
    reached = set()
    for _ in range(20):
        focused = window.focusWidget() or window
        if focused in screen.methods._group.buttons():
            reached.add(focused)
            break
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert len(reached) == 1

    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)

    assert screen.methods.chosen is SigningMethod.EGOV_QR
    window.press("F5")
    assert posted == [Sign(SigningMethod.EGOV_QR)]


@pytest.mark.parametrize(
    "method", [SigningMethod.NCALAYER, SigningMethod.EGOV_QR, SigningMethod.TOKEN]
)
def test_every_wait_for_the_customer_can_be_stopped_and_no_other_begun(window, posted, method):
    screen = opened(window, busy=method.value)
    assert not any(button.isEnabled() for button in screen.methods._group.buttons())

    for key in ("F5", "Ctrl+O", "Ctrl+S", "F6"):
        window.press(key)

    assert posted == [StopSigning()]


def test_the_next_customer_starts_with_the_first_way_again(window):
    screen = opened(window)
    button_of(screen, SigningMethod.TOKEN).click()

    open_state(window, State.IDLE)
    opened(window)

    assert screen.methods.chosen is SigningMethod.NCALAYER


def test_the_code_is_shown_to_the_teller_and_reads_as_what_the_phone_must_scan(window, qtbot):
    screen = opened(window, busy="egov_qr", phone=phone_view())
    settle(qtbot)

    assert screen.methods.code.isVisible()
    assert screen.methods.code.accessibleName() != ""
    assert text_in(screen.methods.code.grab().toImage()) == SCANNED


def test_the_code_goes_away_once_the_phone_has_the_text(window, qtbot):
    screen = opened(window, busy="egov_qr", phone=phone_view())
    opened(window, busy="egov_qr", phone=phone_view(EgovPhase.TAKEN))

    assert not screen.methods.code.isVisible()
    assert screen.methods.caption.text() == window.ctx.tr_code("egov.taken")
    opened(window)
    assert not screen.methods.caption.isVisible()


def test_a_report_is_never_hidden_by_the_code(window):
    screen = opened(window, phone=phone_view())
    assert not screen.panel.isVisible()
    opened(window, phone=phone_view(), signature=signature_view())
    assert screen.panel.isVisible()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_customers_window_shows_the_code_and_what_to_do(ctx, qtbot, language):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.resize(1280, 800)
    customer.show()
    customer.show_session(session(State.SIGNATURE, language=language, phone=phone_view()))
    settle(qtbot)

    assert text_in(customer.code.grab().toImage()) == SCANNED
    first = customer.prompt.text()
    customer.show_session(
        session(State.SIGNATURE, language=language, phone=phone_view(EgovPhase.TAKEN))
    )
    assert not customer.code.isVisible()
    assert customer.prompt.text() != first


def test_a_locked_station_shows_no_code_to_anybody(ctx, qtbot):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.show()
    customer.hide_content(hidden=True)
    customer.show_session(session(State.SIGNATURE, phone=phone_view()))

    assert not customer.code.isVisible()
    assert customer.code._modules == ()


@pytest.mark.parametrize(("locked_by", "left"), [("idleness", True), ("the teller", False)])
def test_only_idleness_leaves_the_code_that_the_phone_is_still_to_scan(window, locked_by, left):
    window.show_station(station())
    opened(window, phone=phone_view())
    window.customer.toggle()
    if locked_by == "idleness":
        window.idle.timer.timeout.emit()
    else:
        window.lock()

    assert window.lock_page.isVisible()
    assert bool(window.customer.window.code._modules) is left


def dragged(*paths, text=""):
    data = QMimeData()
    if text:
        data.setText(text)
    else:
        data.setUrls([QUrl(path) if "://" in path else QUrl.fromLocalFile(path) for path in paths])
    return data


def entered(screen, data):
    event = QDragEnterEvent(
        screen.rect().center(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(screen, event)
    return event.isAccepted()


def dropped(screen, data):
    event = QDropEvent(
        QPointF(screen.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(screen, event)


def test_a_file_dropped_on_the_page_is_posted_whichever_way_is_chosen(window, posted, tmp_path):
    screen = opened(window)
    data = dragged(str(tmp_path / "Өтініш №1.cms"))

    assert entered(screen, data)
    assert screen.methods.drop.property("over") is True
    dropped(screen, data)

    assert posted == [Sign(SigningMethod.FILE, tmp_path / "Өтініш №1.cms")]
    assert screen.methods.chosen is SigningMethod.FILE
    assert screen.methods.drop.property("over") is False


def test_a_drag_that_leaves_changes_only_the_frame(window, posted, tmp_path):
    screen = opened(window)
    entered(screen, dragged(str(tmp_path / "a.cms")))

    QApplication.sendEvent(screen, QDragLeaveEvent())

    assert screen.methods.drop.property("over") is False
    assert posted == []


@pytest.mark.parametrize(
    "data",
    [
        dragged("/a.cms", "/b.cms"),
        dragged("https://example.kz/a.cms"),
        dragged(text="-----BEGIN CMS-----"),
        dragged(),
    ],
)
def test_only_one_file_of_this_machine_is_taken(window, posted, data):
    screen = opened(window)

    assert not entered(screen, data)
    dropped(screen, data)

    assert posted == []


@pytest.mark.parametrize(
    "changed", [{"busy": "ncalayer"}, {"statement": ""}, {"methods": (SigningMethod.NCALAYER,)}]
)
def test_a_file_is_not_taken_before_its_time_or_where_it_is_not_offered(window, posted, changed):
    screen = opened(window, **changed)

    assert not entered(screen, dragged("/a.cms"))
    dropped(screen, dragged("/a.cms"))

    assert posted == []


def test_the_statement_is_saved_where_the_teller_says(window, posted, tmp_path):
    screen = opened(window)
    button_of(screen, SigningMethod.FILE).click()

    screen.save_chosen("")
    screen.save_chosen(str(tmp_path / "text.txt"))

    assert posted == [SaveStatement(Path(tmp_path / "text.txt"))]
    window.press("Ctrl+S")
    window.press("Ctrl+O")
    assert len(posted) == 1


@pytest.mark.parametrize("message", ["wrong_file_kind.key_store", "wrong_file_kind.certificate"])
def test_what_was_brought_is_explained_in_a_banner(window, message):
    screen = opened(window, message=message)

    assert screen.banner.isVisible()
    assert screen.banner.words.text() == window.ctx.tr_code(message)


def test_an_empty_code_draws_nothing(ctx, qtbot):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.show_session(session(State.SIGNATURE, phone=PhoneView(taken=False, modules=())))

    assert not customer.code.isVisible()
