"""A supervisor's comparison: blind, complete before it is sent, and forgotten afterwards."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import EYES, MATCHED, jpeg, session, station
from tests.support.desktop.window_pages import agree, open_state
from ui.navigation import Page
from ui.widgets.photo import align_eyes
from vision.results import MatchVerdict
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.states import State
from workstation.station.commands import AnswerComparison
from workstation.station.snapshot import ComparisonView

WORDS = "Форма ушей и бровей одна и та же"


@pytest.fixture
def page(window):
    open_state(window, State.COMPARISON)
    return window.screen_of(Page.COMPARISON)


def fill(page, answer=ComparisonAnswer.SAME, words=WORDS, row=1):
    page.answers[answer].click()
    page.reason.setCurrentIndex(row)
    page.form.reason.edit.setText(words)
    page.form.supervisor.edit.setText("S-0031")
    page.form.secret.edit.setText("secret")


def labels(window):
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


def test_an_answer_names_who_why_and_in_which_words(window, posted, page):
    fill(page)

    window.press("F9")

    assert posted == [
        AnswerComparison(
            "S-0031",
            ComparisonAnswer.SAME,
            ComparisonReason.FEATURES_AGREE,
            WORDS,
            "secret",
        )
    ]
    assert page.form.secret.text() == ""


def test_two_people_are_answered_after_a_question(window, posted, page):
    fill(page, ComparisonAnswer.DIFFERENT)
    page.reason.setCurrentIndex(page.reason.findData(ComparisonReason.FEATURES_DIFFER.value))

    window.press("F9")
    assert posted == []
    agree(window)

    (command,) = posted
    assert command.answer is ComparisonAnswer.DIFFERENT
    assert command.reason is ComparisonReason.FEATURES_DIFFER


@pytest.mark.parametrize("missing", ["answer", "reason", "words", "supervisor", "secret"])
def test_nothing_is_answered_while_a_part_is_missing(window, posted, page, missing):
    fill(page)
    if missing == "answer":
        page.leave()
        page.form.reason.edit.setText(WORDS)
        page.form.supervisor.edit.setText("S-0031")
        page.form.secret.edit.setText("secret")
    if missing == "reason":
        page.reason.setCurrentIndex(0)
    if missing == "words":
        page.form.reason.edit.setText("да 12345678901234567890")
    if missing in {"supervisor", "secret"}:
        getattr(page.form, missing).edit.clear()

    window.press("F9")

    assert posted == []


def test_the_letters_that_count_are_counted(page):
    page.form.reason.edit.setText("уши 123, брови")

    assert page.form.reason.note.text() == "Букв: 8 из 15"


def test_a_reason_that_contradicts_the_answer_is_not_offered(page):
    def offered():
        return {page.reason.itemData(row) for row in range(1, page.reason.count())}

    page.answers[ComparisonAnswer.SAME].click()
    same = offered()
    page.answers[ComparisonAnswer.DIFFERENT].click()

    assert ComparisonReason.FEATURES_DIFFER.value not in same
    assert ComparisonReason.FEATURES_AGREE.value not in offered()


def test_the_page_is_blind_to_what_the_machine_measured(window, page):
    # Not even a snapshot that would tell it brings the number to the page.
    told = replace(MATCHED, verdict=MatchVerdict.UNDECIDED, distance_ppm=587_000)
    window.show_session(session(State.COMPARISON, match=told))

    shown = " ".join(labels(window))

    assert "0,59" not in shown
    assert "0,55" not in shown
    assert "Не определено" not in shown


def test_the_distance_stands_on_the_next_page(window, page):
    told = replace(MATCHED, verdict=MatchVerdict.UNDECIDED, distance_ppm=587_000)

    window.show_session(session(State.SIGNATURE, match=told))

    assert "После сравнения: расстояние 0,59 при пороге 0,55" in labels(window)


def test_a_comparison_that_the_machine_decided_is_not_told_there(window):
    open_state(window, State.SIGNATURE)

    assert not any(text.startswith("После сравнения") for text in labels(window))


def test_faces_answer_and_officer_are_forgotten_when_the_page_is_left(window, page):
    fill(page)

    window.show_session(session(State.SIGNATURE))

    assert page.answer is None
    assert page.form.reason.text() == page.form.supervisor.text() == page.form.secret.text() == ""
    assert page.pair.reference._jpeg == b""


def test_both_photos_are_of_one_size(window, page):
    view = ComparisonView(jpeg(), jpeg(), (EYES, ((0.4, 0.5), (0.5, 0.45))))
    window.show_session(session(State.COMPARISON, comparison=view))

    assert page.pair.reference.picture.size() == page.pair.other.picture.size()


def test_photos_without_known_eyes_are_shown_whole_at_one_height(window, page):
    window.show_session(session(State.COMPARISON, comparison=ComparisonView(jpeg(), jpeg())))

    assert page.pair.reference.picture.height() == page.pair.other.picture.height()


def dotted(left, right):
    """A grey picture of 200 x 100 with a red and a blue dot for eyes."""
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    painter = QPainter(image)
    for (x, y), colour in ((left, "#ff0000"), (right, "#0000ff")):
        painter.fillRect(x - 3, y - 3, 7, 7, QColor(colour))
    painter.end()
    return image


@pytest.mark.parametrize(
    ("left", "right"), [((60, 50), (100, 50)), ((60, 70), (90, 30)), ((40, 20), (160, 60))]
)
def test_eyes_come_to_one_place_however_the_head_was_held(left, right):
    eyes = tuple((x / 200, y / 100) for x, y in (left, right))

    aligned = align_eyes(dotted(left, right), eyes, QSize(240, 300))

    red, blue = aligned.pixelColor(90, 120), aligned.pixelColor(150, 120)
    assert red.red() - red.blue() > 150
    assert blue.blue() - blue.red() > 150


def test_the_lock_forgets_nothing_but_shows_nothing(window, page):
    fill(page)
    window.show_station(station())

    window.lock()

    assert not page.isVisible()
