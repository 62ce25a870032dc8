"""The supervisor's page: both faces, a reason that says something, and what nobody overrides."""

import pytest
from PySide6.QtWidgets import QApplication

from resources import LANGUAGES
from tests.support.desktop.snapshots import EYES, checks, jpeg, session
from tests.support.desktop.window_pages import agree, fill_review, open_settled
from tests.ui.test_screenshots import colours, grab, show
from tests.ui.test_signing_pictures import cut_texts
from ui.navigation import Page
from ui.widgets.faces_dialog import FacesDialog
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId
from workstation.session.confirmation import HandOverReason, HandOverRequest
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.station.commands import AgreeReview, Override, RefuseReview

FACES = {"reference_jpeg": jpeg(), "probe_jpeg": jpeg(), "eyes": (EYES, EYES)}
ASKED = HandOverRequest(
    "T-1042",
    HandOverReason.DOUBT_ABOUT_PERSON,
    "Говорит, что номер забыл, и всё время смотрит вбок",
)
HANDED_OVER = {**FACES, "review": (), "checks": checks(), "handed_over": ASKED}


def opened(window, **changed):
    open_settled(window, State.REVIEW, **{**FACES, **changed})
    return window.screen_of(Page.REVIEW)


@pytest.mark.parametrize("reason", [".", "да", "1234567890123456", "документ видел"])
def test_a_reason_that_says_nothing_allows_and_refuses_nothing(window, posted, reason):
    opened(window)
    fill_review(window).form.reason.edit.setText(reason)

    for key in ("F9", "F4"):
        window.press(key)

    assert posted == []


def test_a_reason_in_words_allows_the_chosen_check(window, posted):
    opened(window)
    fill_review(window)

    window.press("F9")

    assert posted == [
        Override(
            "S-7",
            CheckId.OLD_NUMBER_CALLED,
            OverrideReason.CALLED_OLD_NUMBER,
            "Клиент показал договор",
            "secret",
        )
    ]


def test_both_faces_are_there_whatever_the_check_is(window):
    screen = opened(window, review=(CheckId.NAME,))

    assert screen.pair.isVisible()
    assert screen.pair.reference.picture.size() == screen.pair.other.picture.size()
    window.press("F3")
    (dialog,) = [each for each in window.findChildren(FacesDialog) if each.isVisible()]
    window.lock()
    assert not dialog.isVisible()


def test_hard_checks_are_named_as_what_nobody_overrides(window):
    screen = opened(window)
    words, texts = screen.hard.text(), Texts("ru")

    for check in (CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE):
        assert texts.tr(f"check.{check}") in words
    assert texts.tr(f"check.{CheckId.OLD_NUMBER_CALLED}") not in words
    offered = {screen.check.itemData(at) for at in range(screen.check.count())}
    assert offered == {CheckId.OLD_NUMBER_CALLED}


def test_a_case_that_was_handed_over_says_who_and_why_in_their_words(window):
    screen = opened(window, **HANDED_OVER)

    words = screen.look.text()

    assert not screen.check.isVisible()
    assert "T-1042" in words
    assert Texts("ru").tr("hand_over.doubt_about_person") in words
    assert ASKED.words in words
    window.ctx.use_language("kk")
    assert Texts("kk").tr("hand_over.doubt_about_person") in screen.look.text()


def test_the_second_look_is_the_supervisors_own_word(window, posted):
    opened(window, **HANDED_OVER)
    fill_review(window)

    window.press("F9")

    assert posted == [AgreeReview("S-7", "Клиент показал договор", "secret")]


def test_the_second_look_may_refuse(window, posted):
    opened(window, **HANDED_OVER)
    fill_review(window)

    window.press("F4")
    agree(window)

    assert posted == [RefuseReview("S-7", "Клиент показал договор", "secret")]


def test_the_page_that_is_left_keeps_nothing(window):
    screen = opened(window, **HANDED_OVER)
    fill_review(window)

    window.show_session(session(State.IDLE))

    assert screen.look.text() == screen.hard.text() == screen.form.secret.text() == ""
    assert screen.form.reason.text() == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["override", "handed_over"])
def test_the_page_fits_a_small_screen(window, qapp, qtbot, language, case):
    window.resize(1280, 720)
    changed = HANDED_OVER if case == "handed_over" else FACES
    show(window, qapp, qtbot, "review", language=language, **changed)
    QApplication.processEvents()

    picture = grab(window, f"review_{case}_{language}_720")

    screen = window.screen_of(Page.REVIEW)
    assert len(colours(picture)) > 5
    assert (window.width(), window.height()) == (1280, 720)
    assert cut_texts(screen) == []
    assert screen.minimumSizeHint().height() <= 680 - 64 - 72 - 26
