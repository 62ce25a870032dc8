import hashlib
import random
from collections import Counter
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
from tests.support.vision.onnx_files import network_row
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.liveness.plan import USUAL_PLAN, plan_attempt
from vision.liveness.signals import perspective, planar
from vision.results import (
    Accommodation,
    CommandOutcome,
    LivenessChallenge,
    LivenessCommand,
    ModelReference,
    PadVerdict,
    PromptPhase,
    Status,
)

MODELS = (ModelReference("landmarks", "model.dat", "ab" * 32),)
LEFT, RIGHT, UP, DOWN, MOUTH = USUAL_PLAN.commands
CHALLENGE = LivenessChallenge("0" * 32, (LEFT, MOUTH, DOWN), (500, 700, 900))


def check_of(challenge=CHALLENGE, settings=RECOMMENDED, plan=USUAL_PLAN):
    return LivenessCheck(
        challenge, settings, QUALITY, plan=plan, attempt=1, simulated=True, models=MODELS
    )


def outcome(act, challenge=CHALLENGE, plan=USUAL_PLAN):
    check = check_of(challenge, plan=plan)
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
    by_name = {each.name: each for each in result.signals}
    assert all(by_name[name].status is Status.PASSED for name in USUAL_PLAN.required)
    assert all(by_name[name].reason == "" for name in USUAL_PLAN.required)
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


def test_while_it_runs_the_commands_that_have_ended_are_told_and_no_other():
    check, told = check_of(), []
    act = customer()

    def watched(at_ms, checked):
        told.append(tuple(each.command for each in checked.ended_commands))
        return act(at_ms, checked)

    perform(check, watched)

    assert list(dict.fromkeys(told))[:3] == [(), (LEFT,), (LEFT, MOUTH)]
    assert check.ended_commands == check.result().commands


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


def test_a_print_that_is_waved_is_flat(monkeypatch):
    """The mesh believes in a turn of a tilted print; its pixels stay those of a plane."""
    monkeypatch.setattr(planar, "distance_from_plane", lambda *_: 0.001)

    def waved(at_ms, check):
        asked = check.prompt.phase is PromptPhase.COMMAND
        return replace(held(at_ms, check), turn=0.2 if asked else 0.0)

    held = customer(lambda _: Pose(), flat=True, blinks=False)
    _, result = outcome(waved)
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
    assert check.probe == (person(1),) * 2


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


def test_templates_are_asked_for_sparingly():
    """Six in the pauses, three a command, and the lowest lids of every blink."""
    check = check_of()
    living = customer()
    asked = Counter()

    def act(at_ms, check):
        asked[check.prompt.phase] += check.wants_template
        return living(at_ms, check)

    perform(check, act)
    blinks = check.result().duration_ms // 2_500 + 1
    assert asked[PromptPhase.COMMAND] <= 3 * 3 + 4 * blinks
    assert sum(asked.values()) <= 6 + 3 * 3 + 4 * blinks


@pytest.mark.parametrize("step", range(3))
def test_a_helper_at_any_one_command_is_an_attack(step):
    """The customer's picture looks straight, somebody else obeys: the helper attack."""

    def who(check):
        helping = check.prompt.phase is PromptPhase.COMMAND and check.prompt.step == step + 1
        return 2 if helping else 1

    check, result = outcome(customer(who=who))
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.identity_changed")
    by_name = {each.name: each for each in result.signals}
    assert by_name["command_identity"].status is Status.FAILED
    assert by_name["identity"].reason != "liveness.identity_changed"
    assert set(check.probe) == {person(1)}


@pytest.mark.parametrize("every", [2, 3])
def test_showing_the_customer_in_between_does_not_hide_the_helper(every):
    """The posture is a median of five frames; the described frame must obey by itself."""
    living = customer()
    number = [0]

    def act(at_ms, check):
        observation = living(at_ms, check)
        if check.prompt.phase is not PromptPhase.COMMAND:
            return observation
        number[0] += 1
        template = observation.template and person(2)
        if number[0] % every == 0:
            return seen(at_ms, template=template and person(1))
        return replace(observation, template=template)

    _, result = outcome(act)
    assert result.verdict is not PadVerdict.BONA_FIDE


def test_a_helper_who_blinks_lends_no_blink():
    living = customer(blinks=False)

    def act(at_ms, check):
        if at_ms % 2_500 < 130:
            template = person(2) if check.wants_template else None
            shut = seen(at_ms, Pose(eyes=0.3), template=template)
            return shut if check.prompt.phase is PromptPhase.NEUTRAL else living(at_ms, check)
        return living(at_ms, check)

    _, result = outcome(act)
    assert result.verdict is not PadVerdict.BONA_FIDE


def test_a_command_stays_open_until_three_frames_are_described():
    living = customer()
    given = Counter()

    def act(at_ms, check):
        observation = living(at_ms, check)
        step = check.prompt.step
        if check.prompt.phase is PromptPhase.COMMAND and observation.template is not None:
            given[step] += 1
            if given[step] <= 4:  # the detector doubts the first four
                return replace(observation, score=0.3)
        return observation

    _, result = outcome(act)
    assert result.verdict is PadVerdict.BONA_FIDE
    assert all(each.ended_ms - each.shown_ms > 1_000 for each in result.commands)


# -- accessible sets ------------------------------------------------------------------------------

CLOSER = LivenessCommand.COME_CLOSER
NO_TURN, NO_BLINK = Accommodation.WITHOUT_TURNING, Accommodation.WITHOUT_BLINKING
NEAR_CHALLENGE = LivenessChallenge("0" * 32, (MOUTH, CLOSER, DOWN), (500, 700, 900))


def test_whoever_cannot_turn_comes_closer(monkeypatch):
    # These frames are plain; what pixels of a head show is held in signals/test_perspective.py.
    monkeypatch.setattr(perspective, "distance_from_plane", lambda *_: 0.02)
    _, result = outcome(customer(), NEAR_CHALLENGE, plan_attempt([NO_TURN]))
    assert (result.verdict, result.reason) == (PadVerdict.BONA_FIDE, "liveness.bona_fide")
    assert result.accommodations == (NO_TURN,)


def test_a_picture_that_comes_closer_shows_no_depth(monkeypatch):
    monkeypatch.setattr(perspective, "distance_from_plane", lambda *_: 0.001)
    _, result = outcome(customer(), NEAR_CHALLENGE, plan_attempt([NO_TURN]))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.no_depth")


def test_without_blinking_the_light_must_be_seen(monkeypatch):
    monkeypatch.setattr(perspective, "distance_from_plane", lambda *_: 0.02)
    challenge = LivenessChallenge("0" * 32, (LEFT, CLOSER, DOWN), (500, 700, 900))
    _, result = outcome(customer(blinks=False), challenge, plan_attempt([NO_BLINK]))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.no_screen")
    lit = replace(challenge, light=((255, 255, 96), (96, 255, 255)) * 5)
    shown = []

    def act(at_ms, check):
        shown.append(check.prompt.light)
        return living(at_ms, check)

    living = customer(blinks=False)
    _, result = outcome(act, lit, plan_attempt([NO_BLINK]))
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.no_light")
    assert set(lit.light) <= set(shown)


def test_more_time_waits_longer():
    _, usual = outcome(customer(lambda _: Pose()))
    _, eased = outcome(customer(lambda _: Pose()), plan=plan_attempt([Accommodation.MORE_TIME]))
    assert usual.reason == eased.reason == "liveness.timed_out"
    shown, longer = usual.commands[0], eased.commands[0]
    assert longer.ended_ms - longer.shown_ms > 1.9 * (shown.ended_ms - shown.shown_ms)


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


# -- the presentation-attack model of a station -------------------------------------------------

NETWORK = network_row(b"a network")


def judged_by_network(live, *, network=NETWORK, before=None):
    """Return the result of an honest attempt; `live` and `before` the neutral second are said."""
    check = LivenessCheck(
        CHALLENGE,
        RECOMMENDED,
        QUALITY,
        attempt=1,
        simulated=True,
        plan=plan_attempt(network=network),
        models=(*MODELS, network.reference),
    )
    act = customer()

    def looked_at(at_ms, check):
        begun = check.prompt.phase is not PromptPhase.POSITION
        says = live if begun or before is None else before
        return replace(act(at_ms, check), live=says if at_ms // FRAME_MS % 10 == 0 else None)

    perform(check, looked_at)
    return check.result()


def test_where_a_station_has_a_network_it_must_take_the_face_for_a_living_one():
    result = judged_by_network(0.9)
    assert result.verdict is PadVerdict.BONA_FIDE
    assert result.signals[-1].name == "presentation_attack"
    assert result.signals[-1].status is Status.PASSED


def test_a_face_that_the_network_takes_for_a_picture_is_undecided_and_no_attack():
    result = judged_by_network(0.1)
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.artefact")
    assert all(each.outcome is CommandOutcome.MET for each in result.commands)


def test_a_network_that_says_nothing_has_not_passed():
    result = judged_by_network(None)
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, "liveness.artefact_unjudged")


def test_the_last_pause_waits_for_the_answers_that_the_median_needs():
    few, many = (
        judged_by_network(0.9, network=network_row(b"a network", frames=frames))
        for frames in (1, 40)
    )
    assert few.verdict is many.verdict is PadVerdict.BONA_FIDE
    assert many.duration_ms > few.duration_ms


def test_who_waits_alive_before_the_neutral_second_gains_nothing():
    assert judged_by_network(0.1, before=1.0).reason == "liveness.artefact"


def test_without_a_network_its_signal_is_not_there():
    assert "presentation_attack" not in [each.name for each in outcome(customer())[1].signals]


@pytest.mark.parametrize(
    ("models", "network"),
    [
        ((NETWORK.reference,), None),
        (MODELS, NETWORK),
        ((network_row(b"another").reference,), NETWORK),
    ],
)
def test_a_network_without_its_bounds_is_no_attempt_at_all(models, network):
    with pytest.raises(ValueError, match="presentation-attack"):
        LivenessCheck(
            CHALLENGE,
            RECOMMENDED,
            QUALITY,
            attempt=1,
            simulated=True,
            plan=plan_attempt(network=network),
            models=models,
        )
