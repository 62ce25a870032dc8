import hashlib
import random
from dataclasses import replace

import pytest

from tests.support.vision.observations import (
    FRAME_MS,
    QUALITY,
    RECOMMENDED,
    Pose,
    customer,
    frame_of,
    noise,
    obedient,
    perform,
    performing,
    person,
    seen,
)
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.results import (
    CommandOutcome,
    LivenessChallenge,
    LivenessCommand,
    ModelReference,
    PadVerdict,
    PromptPhase,
    Status,
)

MODELS = (ModelReference("landmarks", "model.dat", "ab" * 32),)
LEFT, RIGHT, UP, DOWN, MOUTH = LivenessCommand
CHALLENGE = LivenessChallenge("0" * 32, (LEFT, MOUTH, DOWN), (500, 700, 900))


def check_of(challenge=CHALLENGE, settings=RECOMMENDED):
    return LivenessCheck(challenge, settings, QUALITY, attempt=1, simulated=True, models=MODELS)


def outcome(act, challenge=CHALLENGE):
    check = check_of(challenge)
    perform(check, act)
    assert check.finished
    return check, check.result()


@pytest.mark.parametrize("seed", range(6))
def test_whoever_obeys_and_blinks_is_bona_fide(seed):
    challenge = issue_challenge(settings=RECOMMENDED, rng=random.Random(seed))
    check, result = outcome(customer(), challenge)
    assert (result.verdict, result.reason) == (PadVerdict.BONA_FIDE, "liveness.bona_fide")
    assert [each.command for each in result.commands] == list(challenge.commands)
    assert all(each.outcome is CommandOutcome.MET for each in result.commands)
    assert all(each.peak_ppm >= each.threshold_ppm for each in result.commands)
    assert all(each.status is Status.PASSED and each.reason == "" for each in result.signals)
    assert len(check.probe) >= 5


def test_every_command_and_the_neutral_moment_leave_an_image_with_its_digest():
    check, result = outcome(customer())
    labels = [each.label for each in check.evidence]
    assert labels[0] == "neutral"
    assert {"turn_left", "open_mouth", "look_down"} <= set(labels)
    assert labels.count("neutral") + labels.count("frontal") == len(check.probe)
    assert len(labels) == len(check.probe) + 3
    by_label = {each.label: each for each in check.evidence}
    for each in result.commands:
        kept = by_label[each.command.value]
        assert each.frame_sha256 == kept.sha256 == hashlib.sha256(kept.jpeg).hexdigest()
        assert kept.jpeg.startswith(b"\xff\xd8\xff")
        assert each.shown_ms * 1_000_000 <= kept.captured_ns <= each.ended_ms * 1_000_000


def test_what_was_asked_and_who_judged_is_in_the_result():
    _, result = outcome(customer())
    assert result.challenge == CHALLENGE
    assert (result.attempt, result.simulated, result.models) == (1, True, MODELS)
    assert result.frames > 100
    assert result.duration_ms > 5_000


@pytest.mark.parametrize("step_ms", [40, 50, 66])
def test_a_slower_machine_judges_the_same_customer_the_same(step_ms):
    check = check_of()
    perform(check, customer(), step_ms=step_ms)
    assert check.result().reason == "liveness.bona_fide"


def test_without_a_blink_obedience_is_not_enough():
    _, result = outcome(customer(blinks=False))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.no_blink")
    assert all(each.outcome is CommandOutcome.MET for each in result.commands)


def test_a_print_that_is_waved_is_flat():
    def waving(prompt):
        return Pose(yaw=38) if prompt.phase is PromptPhase.COMMAND else Pose()

    _, result = outcome(customer(waving, flat=True, blinks=False))
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.flat")


def test_a_print_held_still_times_out():
    _, result = outcome(customer(lambda _: Pose(), flat=True, blinks=False))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.timed_out")


def test_the_wrong_direction_fails_the_attempt():
    def mirrored(prompt):
        return performing(RIGHT) if prompt.command is LEFT else obedient(prompt)

    _, result = outcome(customer(mirrored))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.wrong_action")
    assert result.commands[0].outcome is CommandOutcome.WRONG_ACTION
    assert result.commands[1].outcome is CommandOutcome.NOT_REACHED
    assert result.commands[1].frame_sha256 == ""


def test_a_recording_that_runs_through_all_movements_does_not_pass():
    for seed in range(10):
        challenge = issue_challenge(settings=RECOMMENDED, rng=random.Random(seed))
        turns = [0]

        def recorded(_prompt, turns=turns):
            turns[0] += 1
            second = turns[0] * FRAME_MS // 1_000
            wanted = (LEFT, RIGHT, MOUTH, UP, DOWN)[(second - 4) // 2 % 5]
            return Pose() if second < 4 or second % 2 else performing(wanted)

        _, result = outcome(customer(recorded), challenge)
        assert result.verdict is not PadVerdict.BONA_FIDE


def test_another_person_after_the_first_command_is_an_attack():
    def who(check):
        return 1 if check.prompt.step < 2 else 2

    check, result = outcome(customer(who=who))
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.identity_changed")
    assert len(check.probe) == 4


def test_a_frozen_stream_is_an_attack():
    def act(at_ms, check):
        template = person(1) if check.wants_template else None
        return seen(at_ms, template=template, thumbnail=noise(1))

    _, result = outcome(act)
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.frozen")


def test_a_looped_stream_is_an_attack():
    living = customer(lambda _: Pose())

    def act(at_ms, check):
        return replace(living(at_ms, check), thumbnail=noise(at_ms % (90 * FRAME_MS)))

    _, result = outcome(act)
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.looped")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"faces": 0}, "liveness.no_face"),
        ({"faces": 2}, "liveness.second_face"),
        ({"brightness": 20.0}, "liveness.too_dark"),
        ({"faces": 0, "brightness": 8.0}, "liveness.too_dark"),
    ],
)
def test_conditions_that_never_become_good_name_the_obstacle(changes, reason):
    check, result = outcome(lambda at_ms, _: seen(at_ms, **changes))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, reason)
    assert all(each.outcome is CommandOutcome.NOT_REACHED for each in result.commands)
    assert result.duration_ms > RECOMMENDED.position_deadline_ms
    assert check.evidence == ()


@pytest.mark.parametrize(("faces", "reason"), [(0, "face_lost"), (2, "second_face")])
def test_losing_the_face_or_gaining_one_ends_the_attempt(faces, reason):
    living = customer()

    def act(at_ms, check):
        return seen(at_ms, faces=faces) if at_ms > 4_000 else living(at_ms, check)

    _, result = outcome(act)
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, f"liveness.{reason}")


def test_turning_so_far_that_the_face_is_lost_for_a_second_is_forgiven():
    living = customer()
    lost = []

    def act(at_ms, check):
        observation = living(at_ms, check)
        turning = check.prompt.command is LEFT and check.prompt.progress > 0.6
        if (turning or lost) and len(lost) < 30:
            lost.append(at_ms)
            return seen(at_ms, faces=0)
        return observation

    _, result = outcome(act)
    assert len(lost) == 30
    assert result.verdict is PadVerdict.BONA_FIDE


def test_a_silent_camera_interrupts():
    check = check_of()
    for at_ms in (0, 33, 66, 5_000):
        observation = seen(at_ms)
        check.observe(observation, frame_of(observation))
    assert check.finished
    assert check.result().reason == "liveness.interrupted"


def test_interrupting_is_undecided_and_final():
    check = check_of()
    living = customer()
    perform(check, living, most_ms=3_000)
    check.interrupt("liveness.interrupted")
    frames = check.result().frames
    perform(check, living)
    assert check.finished
    assert check.result().reason == "liveness.interrupted"
    assert check.result().frames == frames


def test_a_result_asked_for_too_early_is_no_pass():
    check = check_of()
    perform(check, customer(), most_ms=2_000)
    assert check.result().verdict is PadVerdict.UNDECIDED


def test_an_observation_of_another_frame_is_refused():
    with pytest.raises(ValueError, match="another frame"):
        check_of().observe(seen(0), frame_of(seen(33)))


def test_the_right_number_at_the_wrong_time_is_another_frame():
    observation = seen(0)
    with pytest.raises(ValueError, match="another frame"):
        check_of().observe(observation, replace(frame_of(observation), captured_ns=1))


def test_time_that_does_not_move_forward_is_ignored():
    check = check_of()
    for _ in range(200):
        observation = seen(0)
        check.observe(observation, frame_of(observation))
    assert check.result().frames == 1


def test_prompts_lead_from_position_over_commands_to_the_end():
    check = check_of()
    shown = []

    living = customer()

    def act(at_ms, check):
        prompt = check.prompt
        assert 0.0 <= prompt.progress <= 1.0
        assert prompt.remaining_ms >= 0
        if not shown or shown[-1] != (prompt.phase, prompt.command):
            shown.append((prompt.phase, prompt.command))
        return living(at_ms, check)

    perform(check, act)
    between = (PromptPhase.NEUTRAL, None)
    assert shown == [
        (PromptPhase.POSITION, None),
        between,
        (PromptPhase.COMMAND, LEFT),
        between,
        (PromptPhase.COMMAND, MOUTH),
        between,
        (PromptPhase.COMMAND, DOWN),
        between,
    ]
    assert check.prompt.phase is PromptPhase.FINISHED


def test_templates_are_only_asked_for_in_front_of_the_camera():
    check = check_of()
    living = customer()

    def act(at_ms, check):
        if check.wants_template:
            assert check.prompt.phase is PromptPhase.NEUTRAL
        return living(at_ms, check)

    perform(check, act)


def test_a_template_that_comes_too_late_is_not_compared():
    living = customer()

    def act(at_ms, check):
        observation = living(at_ms, check)
        late = check.prompt.phase is PromptPhase.COMMAND and check.prompt.progress < 0.3
        return replace(observation, template=person(2)) if late else observation

    check, result = outcome(act)
    assert result.verdict is PadVerdict.BONA_FIDE
    assert set(check.probe) == {person(1)}


def test_a_service_that_never_describes_a_face_passes_nobody():
    living = customer()
    _, result = outcome(lambda at, check: replace(living(at, check), template=None))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.timed_out")
