from dataclasses import replace

import pytest

from tests.support.vision.observations import RECOMMENDED
from vision.liveness.course import TIMED_OUT, WRONG_ACTION, Course
from vision.liveness.plan import USUAL_PLAN
from vision.liveness.posture import Deviation
from vision.results import CommandOutcome, LivenessChallenge, LivenessCommand, PromptPhase

STEP = 33
REACTION_MS = 300
STILL = Deviation(0.0, 0.0, 0.0, 0.0)
LEFT, UP, MOUTH = (
    LivenessCommand.TURN_LEFT,
    LivenessCommand.LOOK_UP,
    LivenessCommand.OPEN_MOUTH,
)
CHALLENGE = LivenessChallenge("0" * 32, (LEFT, UP, MOUTH), (400, 600, 800))
DOING = {
    LEFT: Deviation(0.45, 0.0, 0.0, 0.20),
    LivenessCommand.TURN_RIGHT: Deviation(-0.45, 0.0, 0.0, -0.20),
    UP: Deviation(0.0, -0.20, 0.0, 0.0),
    LivenessCommand.LOOK_DOWN: Deviation(0.0, 0.20, 0.0, 0.0),
    MOUTH: Deviation(0.0, 0.0, 0.50, 0.0),
}


def obey(course, at_ms, doing=DOING):
    """Do what is asked, a human reaction after it is shown."""
    if course.step is None or at_ms - course.step.shown_ms < REACTION_MS:
        return STILL
    return doing[course.step.command]


def run(course, act, *, start=0, relief=True, settled=True, most_ms=60_000):
    at_ms = start
    while course.phase is not PromptPhase.FINISHED and at_ms < most_ms:
        course.advance(at_ms, act(course, at_ms), relief=relief, settled=settled)
        at_ms += STEP
    return at_ms


def outcomes(course):
    return [step.outcome for step in course.steps]


def test_obeying_meets_every_command_in_order():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, obey)
    assert outcomes(course) == [CommandOutcome.MET] * 3
    assert course.ending == ""
    times = [(step.shown_ms, step.ended_ms) for step in course.steps]
    assert times == sorted(times)
    assert all(ended - shown >= RECOMMENDED.hold_ms for shown, ended in times)


def test_a_command_is_not_shown_before_its_pause_is_over():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, obey)
    assert course.steps[0].shown_ms >= 400
    assert course.steps[1].shown_ms - course.steps[0].ended_ms >= 600
    assert course.steps[2].shown_ms - course.steps[1].ended_ms >= 800


@pytest.mark.parametrize("command", USUAL_PLAN.commands)
def test_a_movement_in_a_pause_is_wrong_once_the_customer_had_come_to_rest(command):
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, lambda _, at_ms: STILL if at_ms < 350 else DOING[command])
    assert course.ending == WRONG_ACTION
    assert outcomes(course) == [CommandOutcome.NOT_REACHED] * 3


def test_restlessness_in_a_pause_only_makes_it_longer():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    restless = Deviation(0.25, 0.0, 0.0, 0.0)
    run(course, lambda c, at_ms: restless if 300 <= at_ms < 900 else obey(c, at_ms))
    assert course.ending == ""
    assert course.steps[0].shown_ms >= 900 + 400


def test_obeying_faster_than_a_human_can_react_is_foreknowledge():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, lambda c, _: DOING[c.step.command] if c.step is not None else STILL)
    assert course.ending == WRONG_ACTION
    assert course.steps[0].outcome is CommandOutcome.WRONG_ACTION


def test_doing_nothing_times_out_and_leaves_the_rest_not_reached():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, lambda *_: STILL)
    assert course.ending == TIMED_OUT
    assert outcomes(course) == [
        CommandOutcome.TIMED_OUT,
        CommandOutcome.NOT_REACHED,
        CommandOutcome.NOT_REACHED,
    ]


@pytest.mark.parametrize(
    "done", [command for command in USUAL_PLAN.commands if command is not LEFT]
)
def test_another_action_than_the_requested_one_is_wrong(done):
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, lambda c, _: DOING[done] if c.step is not None else STILL)
    assert course.ending == WRONG_ACTION
    assert course.steps[0].outcome is CommandOutcome.WRONG_ACTION


def test_a_movement_shorter_than_the_hold_is_neither_obedience_nor_mistake():
    course = Course(CHALLENGE, RECOMMENDED, 0)

    def twitch(c, at_ms):
        return STILL if at_ms % 600 > 150 else obey(c, at_ms)

    run(course, twitch)
    assert course.steps[0].outcome is CommandOutcome.TIMED_OUT


def test_a_nod_that_comes_with_a_turn_is_forgiven():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    sloppy = {**DOING, LEFT: Deviation(0.45, 0.20, 0.0, 0.20)}
    run(course, lambda c, at_ms: obey(c, at_ms, sloppy))
    assert course.ending == ""


def test_a_turn_without_relief_is_not_met():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    run(course, obey, relief=False)
    assert course.steps[0].outcome is CommandOutcome.TIMED_OUT


def test_relief_is_not_asked_of_other_commands():
    challenge = replace(CHALLENGE, commands=(UP, MOUTH, LEFT))
    course = Course(challenge, RECOMMENDED, 0)
    run(course, obey, relief=False)
    assert outcomes(course)[:2] == [CommandOutcome.MET, CommandOutcome.MET]


def test_staying_turned_never_starts_the_next_command():
    course = Course(CHALLENGE, RECOMMENDED, 0)

    def stuck(c, at_ms):
        return DOING[LEFT] if c.index else obey(c, at_ms)

    run(course, stuck)
    assert course.ending == TIMED_OUT
    assert outcomes(course)[0] is CommandOutcome.MET
    assert outcomes(course)[1] is CommandOutcome.NOT_REACHED


def test_the_last_pause_runs_out_without_blame_when_only_a_blink_is_missing():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    at_ms = 0
    while course.phase is not PromptPhase.FINISHED:
        course.advance(at_ms, obey(course, at_ms), relief=True, settled=not course.is_last_pause)
        at_ms += STEP
    assert course.ending == ""
    waited = at_ms - course.steps[-1].ended_ms
    assert waited >= RECOMMENDED.blink_extra_ms


def test_a_lost_face_interrupts_the_hold():
    course = Course(CHALLENGE, RECOMMENDED, 0)

    def flickering(c, at_ms):
        if c.step is not None and at_ms // STEP % 4 == 0:
            return None
        return obey(c, at_ms)

    run(course, flickering)
    assert course.steps[0].outcome is CommandOutcome.TIMED_OUT


def test_the_prompt_counts_steps_from_one_and_time_down():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    first = course.prompt(0)
    assert (first.phase, first.command, first.step, first.steps) == (
        PromptPhase.NEUTRAL,
        None,
        1,
        3,
    )
    for at_ms in range(0, 1_000, STEP):
        if course.step is None:
            course.advance(at_ms, STILL, relief=True, settled=True)
    shown = course.steps[0].shown_ms
    assert course.prompt(shown).command is LEFT
    assert course.prompt(shown).remaining_ms == RECOMMENDED.command_deadline_ms
    assert course.prompt(shown + 1_000).remaining_ms == RECOMMENDED.command_deadline_ms - 1_000


def test_stopping_from_outside_keeps_the_reason():
    course = Course(CHALLENGE, RECOMMENDED, 0)
    course.stop(10, "liveness.face_lost")
    assert course.phase is PromptPhase.FINISHED
    assert course.ending == "liveness.face_lost"
    assert outcomes(course) == [CommandOutcome.NOT_REACHED] * 3
