"""The officers' exception on the desktop: asked for in words, both photos at one height."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from tests.support.desktop.snapshots import CONDITIONS, VOUCHED, session, station
from tests.support.desktop.window_pages import agree, fill_review, open_settled
from tests.support.system.event_loop import settle
from ui.navigation import Page
from workstation.session.exception import ExceptionReason
from workstation.session.states import State
from workstation.station.commands import RequestException, StartLiveness
from workstation.station.snapshot import ExceptionView

OFFERED = {
    "attempt_running": False,
    "prompt": None,
    "attempt": 2,
    "attempt_reason": "liveness.no_blink",
    "exception": ExceptionView(offered=True),
}
LAST = {**OFFERED, "attempt": 3}


def picture(width, height):
    done, data = cv2.imencode(".jpg", np.full((height, width, 3), 128, np.uint8))
    assert done
    return data.tobytes()


def test_the_page_offers_it_in_words_only_while_the_core_does(window):
    open_settled(window, State.LIVENESS, attempt_running=False, prompt=None)
    screen = window.screen_of(Page.LIVENESS)
    assert not screen.exception_hint.isVisible()
    open_settled(window, State.LIVENESS, **OFFERED)
    assert "F7" in screen.exception_hint.text()
    assert screen.exception_hint.isVisible()
    first = screen.exception_hint.text()
    open_settled(window, State.LIVENESS, **LAST)

    assert screen.exception_hint.text() != first


def test_it_is_asked_for_by_keys_alone_and_after_a_question(window, qtbot, posted):
    open_settled(window, State.LIVENESS, **OFFERED)
    screen = window.screen_of(Page.LIVENESS)
    window.press("F7")
    window.press("F9")
    settle(qtbot)
    assert QApplication.focusWidget() is screen.exception.reason
    qtbot.keyClick(screen.exception.reason, Qt.Key.Key_Down)
    qtbot.keyClick(screen.exception.reason, Qt.Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "neither set of commands fits")
    assert posted == []
    window.press("F9")
    agree(window)

    assert posted == [RequestException(ExceptionReason.NO_SET_FITS, "neither set of commands fits")]


def test_another_attempt_stays_possible_until_it_is_asked_for(window, posted):
    open_settled(window, State.LIVENESS, **OFFERED)
    window.press("F7")
    window.press("F6")
    assert posted == []
    window.press("F7")
    window.press("F6")

    assert posted == [StartLiveness()]


@pytest.mark.parametrize("missing", ["reason", "words"])
def test_without_a_reason_or_words_nothing_is_asked(window, posted, missing):
    open_settled(window, State.LIVENESS, **OFFERED)
    card = window.screen_of(Page.LIVENESS).exception
    window.press("F7")
    if missing == "words":
        card.reason.setCurrentIndex(1)
    else:
        card.words.edit.setText("neither set of commands fits")
    window.press("F9")

    assert posted == []
    assert not any(each.key == "F9" and each.enabled for each in card_actions(window))


def card_actions(window):
    return window.screen_of(Page.LIVENESS).footer_actions()


def test_the_card_closes_when_an_attempt_runs_and_is_empty_for_the_next_customer(window):
    open_settled(window, State.LIVENESS, **OFFERED)
    screen = window.screen_of(Page.LIVENESS)
    window.press("F7")
    screen.exception.words.edit.setText("about this customer only")
    window.show_session(session(State.LIVENESS, attempt_running=True))
    assert not screen.exception.isVisible()
    assert screen.conditions_card.isVisible()
    window.show_session(session(State.LIVENESS, session="b" * 32, **OFFERED))

    assert screen.exception.words.text() == ""


@pytest.mark.parametrize("reference", [(300, 400), (413, 531), (500, 500)])
@pytest.mark.parametrize("photo", [(640, 480), (1280, 720), (480, 640)])
def test_both_photos_stand_at_one_height_without_being_cropped(window, reference, photo):
    open_settled(
        window,
        State.EXCEPTION,
        reference_jpeg=picture(*reference),
        exception=ExceptionView(jpeg=picture(*photo)),
    )
    pair = window.screen_of(Page.EXCEPTION).pair
    shown = [each.picture.pixmap() for each in (pair.reference, pair.other)]

    assert abs(shown[0].height() - shown[1].height()) <= 1
    assert shown[0].height() >= 150
    for pixmap, (width, height) in zip(shown, (reference, photo), strict=True):
        assert pixmap.width() / pixmap.height() == pytest.approx(width / height, rel=0.02)


def test_the_camera_is_shown_until_there_is_a_photo_and_while_another_is_taken(window):
    open_settled(
        window, State.EXCEPTION, exception=replace(VOUCHED, jpeg=b""), conditions=CONDITIONS
    )
    screen = window.screen_of(Page.EXCEPTION)
    assert (screen.left.currentWidget(), screen.form.isVisible()) == (screen.camera, False)
    open_settled(window, State.EXCEPTION)
    assert (screen.left.currentWidget(), screen.form.isVisible()) == (screen.pair, True)
    open_settled(window, State.EXCEPTION, exception=replace(VOUCHED, awaited=True))

    assert (screen.left.currentWidget(), screen.form.isVisible()) == (screen.camera, False)


def test_the_machines_comparison_is_not_shown_before_the_officers_have_answered(window):
    open_settled(window, State.EXCEPTION)
    screen = window.screen_of(Page.EXCEPTION)

    assert not hasattr(screen, "view")
    assert "1" in screen.aside.text()
    assert "2" in screen.aside.text()


def test_the_form_is_empty_for_the_next_officer(window):
    open_settled(window, State.EXCEPTION, exception=replace(VOUCHED, officers=()))
    screen = fill_review(window, Page.EXCEPTION)
    window.show_session(session(State.EXCEPTION, exception=replace(VOUCHED, officers=("S-7",))))

    assert [screen.form.reason.text(), screen.form.supervisor.text()] == ["", ""]


def test_a_refused_officer_need_not_write_the_reason_again(window):
    open_settled(window, State.EXCEPTION)
    screen = fill_review(window, Page.EXCEPTION)
    window.press("F9")
    window.show_session(session(State.EXCEPTION, message="operator_refused"))

    assert screen.form.reason.text() != ""
    assert screen.form.secret.text() == ""


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("changed", [OFFERED, LAST])
def test_the_offer_fits_a_small_screen(window, qtbot, language, changed):
    demo = station(profile="demo", simulated=True, language=language)
    open_settled(window, State.LIVENESS, demo, **changed)
    for _ in range(2):
        settle(qtbot)
        hint = window.minimumSizeHint()
        assert (hint.width() <= 1280, hint.height() <= 680) == (True, True), hint
        window.press("F7")


def test_a_screen_reader_names_every_field(window):
    open_settled(window, State.EXCEPTION)
    form = window.screen_of(Page.EXCEPTION).form
    for field in (form.reason, form.supervisor, form.secret):
        interface = QAccessible.queryAccessibleInterface(field.edit)

        assert interface.text(QAccessible.Text.Name) != ""
