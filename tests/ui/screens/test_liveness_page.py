"""The teller's side of an attempt: tasks done, now and to come; what a break costs: nothing."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from tests.support.desktop.snapshots import session, station
from ui.navigation import Page
from vision.results import (
    CommandOutcome,
    CommandResult,
    LivenessCommand,
    Prompt,
    PromptPhase,
    QualityFinding,
    Status,
)
from workstation.documents.texts import Texts
from workstation.session.states import State
from workstation.station.commands import StartLiveness

RU = Texts("ru")
ORDER = (LivenessCommand.LOOK_UP, LivenessCommand.TURN_LEFT, LivenessCommand.OPEN_MOUTH)
NOW = Prompt(PromptPhase.COMMAND, ORDER[1], 2, 3, 0.4, 6_000)


def result(place, outcome=CommandOutcome.MET):
    return CommandResult(ORDER[place], outcome, 1_000, 3_100, 0, 1, "")


@pytest.fixture
def page(window):
    window.show_station(station())
    window.show_session(session(State.LIVENESS, prompt=None, commands=(), attempt_running=False))
    return window.screen_of(Page.LIVENESS)


def show(window, **changed):
    window.show_session(session(State.LIVENESS, **changed))


def rows(page):
    tasks = page.tasks_card.tasks
    return [
        (name.text(), note.text() if note.isVisible() else "")
        for icon, name, note in tasks
        if icon.isVisible()
    ]


def marks(page):
    return [icon._name for icon, _, _ in page.tasks_card.tasks if icon.isVisible()]


def test_a_running_attempt_tells_what_is_done_what_is_now_and_only_how_much_is_to_come(
    window, page
):
    show(window, prompt=NOW, commands=(result(0),))

    assert rows(page) == [
        (RU.tr("command.look_up"), RU.tr("command_outcome.met", seconds="2,1")),
        (RU.tr("command.turn_left"), RU.tr("prompt.remaining", seconds=6)),
        (RU.tr("liveness.task_coming", number=3), ""),
    ]
    assert page.tasks_card.count.text() == "2 из 3"
    assert RU.tr("command.open_mouth") not in str(rows(page))


def test_a_task_that_was_never_reached_is_not_crossed_out_like_one_that_failed(window, page):
    ended = (result(0), result(1, CommandOutcome.TIMED_OUT), result(2, CommandOutcome.NOT_REACHED))

    show(
        window,
        prompt=None,
        commands=ended,
        attempt_running=False,
        attempt_reason="liveness.timed_out",
    )

    assert marks(page) == ["check", "x", "circle"]
    assert rows(page)[2][1] == RU.tr("command_outcome.not_reached")
    assert page.tasks_card.count.text() == RU.tr("liveness.tasks_met", now=1, steps=3)


def test_the_list_of_the_attempt_before_goes_when_the_next_one_begins(window, page):
    failed = (result(0, CommandOutcome.WRONG_ACTION), result(1, CommandOutcome.NOT_REACHED))
    show(window, prompt=None, commands=failed, attempt_running=False)
    assert "x" in marks(page)

    first = Prompt(PromptPhase.POSITION, None, 1, 3, 0.0, 9_000)
    show(window, prompt=first, commands=())

    assert marks(page) == ["circle-play", "circle", "circle"]
    assert rows(page)[0] == (RU.tr("prompt.position"), RU.tr("prompt.remaining", seconds=9))


def test_an_attempt_that_broke_off_is_said_not_to_count_until_the_next_one_runs(window, page):
    show(window, breaks_max=5)
    broken = {"attempt_running": False, "attempt_reason": "liveness.interrupted", "breaks": 1}
    show(window, **broken, breaks_max=5, prompt=None)

    assert page.banner.words.text() == RU.tr("liveness.broken")
    assert page.aside.text() == RU.tr("liveness.attempt", attempt=1, most=3)

    show(window, breaks=1, breaks_max=5)
    assert page.banner.words.text() == RU.tr("liveness.running")
    failed = {"attempt_running": False, "attempt_reason": "liveness.timed_out", "breaks": 1}
    show(window, **failed, breaks_max=5, prompt=None)
    assert page.banner.words.text() == RU.tr("liveness.timed_out")


def test_after_too_many_breaks_no_attempt_is_begun_and_it_is_said_what_to_do(window, posted, page):
    spent = {"attempt_running": False, "attempt_reason": "liveness.interrupted", "breaks": 5}
    show(window, **spent, breaks_max=5, prompt=None)

    for key in ("F6", "F9"):
        window.press(key)

    assert not [each for each in posted if isinstance(each, StartLiveness)]
    assert page.banner.words.text() == RU.tr("liveness.breaks_spent", breaks=5)


@pytest.mark.parametrize("key", ["F6", "F9"])
def test_forward_begins_the_next_attempt(window, posted, page, key):
    failed = {"attempt_running": False, "attempt_reason": "liveness.timed_out"}
    show(window, **failed, prompt=None)

    window.press(key)

    assert [type(each) for each in posted] == [StartLiveness]


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_five_tasks_fit_a_small_screen(window, qtbot, page, language):
    window.resize(1280, 720)
    window.show_station(station(language=language, simulated=True))
    prompt = replace(NOW, steps=5)
    show(window, prompt=prompt, commands=(result(0),), simulated=True)

    assert window.minimumSizeHint().height() <= 680
    assert len(rows(page)) == 5


def test_no_condition_asks_for_the_opposite_of_the_task(window, page):
    turned = QualityFinding("not_frontal", Status.FAILED, 2, 1)
    dark = QualityFinding("too_dark", Status.FAILED, 1, 2)

    def advice():
        return {each.text() for each in page.conditions.findChildren(QLabel) if each.text()}

    show(window, prompt=NOW, commands=(result(0),), conditions=(turned, dark))
    assert RU.tr("quality.too_dark.advice") in advice()
    assert RU.tr("quality.not_frontal") not in advice()

    straight = replace(NOW, phase=PromptPhase.NEUTRAL)
    show(window, prompt=straight, commands=(result(0),), conditions=(turned, dark))
    assert RU.tr("quality.not_frontal.advice") in advice()
