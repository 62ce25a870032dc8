"""Faces are compared at one scale, enlarged by a key, and closed by the lock."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from resources import LANGUAGES
from tests.support.desktop.snapshots import EYES, MATCHED, jpeg, session, station
from tests.support.desktop.window_pages import open_settled
from ui.navigation import Page
from ui.widgets.faces_dialog import FacesDialog
from workstation.session.states import State

FACES = {"reference_jpeg": jpeg(), "probe_jpeg": jpeg(), "eyes": (EYES, EYES), "match": MATCHED}
PAGES = {State.MATCHING: "view", State.AUTHORITY: "match", State.RECORDED: "match"}


def opened(window, state, **changed):
    open_settled(window, state, **{**FACES, **changed})
    return getattr(window.screen_of(window.page), PAGES[state])


def dialogs(window):
    return [each for each in window.findChildren(FacesDialog) if each.isVisible()]


@pytest.mark.parametrize("state", PAGES)
def test_both_faces_have_one_height_and_their_eyes_at_one_place(window, state):
    view = opened(window, state)

    left, right = view.pair.reference.picture, view.pair.other.picture

    assert left.size() == right.size()
    assert left.pixmap().toImage() == right.pixmap().toImage()


def test_a_face_far_from_the_camera_is_shown_as_large_as_a_near_one(window):
    far = ((0.45, 0.4), (0.55, 0.4))
    view = opened(window, State.MATCHING, eyes=(EYES, far))

    left, right = view.pair.reference.picture, view.pair.other.picture

    assert left.size() == right.size()
    assert left.pixmap().toImage() != right.pixmap().toImage()


@pytest.mark.parametrize("state", PAGES)
def test_f3_enlarges_and_esc_closes_what_it_opened_and_nothing_else(window, posted, state):
    view = opened(window, state)
    before = view.pair.reference.picture.width()

    window.press("F3")
    (dialog,) = dialogs(window)

    assert dialog.pair.reference.picture.width() > before
    assert dialog.width() <= window.width()
    assert dialog.height() <= window.height()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert dialogs(window) == []
    assert posted == []


def test_the_lock_closes_the_faces(window):
    opened(window, State.RECORDED)
    window.press("F3")
    assert dialogs(window)

    window.lock()

    assert dialogs(window) == []


def test_nothing_is_enlarged_behind_the_lock(window):
    view = opened(window, State.RECORDED)
    window.lock()

    view.larger.enlarge()
    window.press("F3")

    assert dialogs(window) == []


def test_without_a_second_face_there_is_nothing_to_enlarge(window):
    view = opened(window, State.MATCHING, probe_jpeg=b"")

    window.press("F3")

    assert not view.larger.isEnabled()
    assert dialogs(window) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_comes_first_and_both_ticks_are_explained(window, language):
    view = opened(window, State.MATCHING, match=MATCHED)
    window.show_station(station(language=language))

    QApplication.processEvents()
    heights = [each.mapTo(view, each.rect().topLeft()).y() for each in (view.pill, view.numbers)]
    assert heights == sorted(heights)
    assert heights[1] < view.ticks.y()
    sign = "." if language == "en" else ","
    assert f"0{sign}55" in view.ticks.text()
    assert f"0{sign}62" in view.ticks.text()


def test_a_page_that_is_left_keeps_no_face(window):
    opened(window, State.MATCHING)
    view = window.screen_of(Page.MATCHING).view

    window.show_session(session(State.IDLE))

    assert not view.larger.action().enabled


def test_who_compares_blind_enlarges_both_faces_and_sees_no_number(window):
    open_settled(window, State.COMPARISON)

    window.press("F3")
    (dialog,) = dialogs(window)

    words = [each.text() for each in dialog.findChildren(QLabel)]
    assert not any(sign.isdigit() for text in words for sign in text)
    window.lock()
    assert dialogs(window) == []
