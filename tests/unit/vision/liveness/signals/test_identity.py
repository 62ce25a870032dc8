from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.support.vision.observations import RECOMMENDED, person, seen
from vision.liveness.posture import Deviation
from vision.liveness.signals.identity import (
    IDENTITY_CHANGED,
    IDENTITY_UNPROVEN,
    IdentityWatch,
    is_comparable,
)
from vision.results import LivenessCommand, Status

LEFT, UP = LivenessCommand.TURN_LEFT, LivenessCommand.LOOK_UP
TURNED = Deviation(0.40, 0.0, 0.0, 0.15)
STEPS = 3


def at_distance(distance, number=2):
    """Return somebody at this cosine distance from person 1, each number in another direction."""
    own = np.array(person(1)) / np.linalg.norm(person(1))
    other = np.array(person(number))
    other -= (other @ own) * own
    other /= np.linalg.norm(other)
    cosine = 1 - distance
    return tuple(float(v) for v in cosine * own + np.sqrt(1 - cosine**2) * other)


def frontal(*templates):
    watch = IdentityWatch(RECOMMENDED)
    for template in templates:
        watch.add_frontal(template)
    return watch


def own():
    return frontal(person(1), person(1))


def hold(watch, step, templates, *, start=0, every_ms=100, comparable=True):
    """Feed one unbroken hold with a template in every frame."""
    for number, template in enumerate(templates):
        at_ms = start + number * every_ms
        watch.follow(at_ms, step, seen(at_ms, template=template), comparable=comparable, held=True)


def described(*distances):
    """Return a watch whose command 0 was described at these distances."""
    watch = own()
    hold(watch, 0, [at_distance(each) for each in distances])
    return watch


def every_command(distance):
    watch = own()
    for step in range(STEPS):
        hold(watch, step, [at_distance(distance)] * 3, start=step * 10_000)
    return watch


# -- pauses ---------------------------------------------------------------------------------------


def test_one_person_throughout_passes():
    result = frontal(*[person(1)] * 5).result(complete=True)
    assert (result.name, result.status, result.value_ppm) == ("identity", Status.PASSED, 0)


def test_another_person_seen_twice_in_a_pause_is_a_change():
    watch = frontal(*[person(1)] * 3, person(2), person(2))
    assert watch.trouble == IDENTITY_CHANGED
    result = watch.result(complete=True)
    assert (result.status, result.reason) == (Status.FAILED, IDENTITY_CHANGED)
    assert result.value_ppm > RECOMMENDED.identity_ppm


def test_one_odd_template_raises_doubt_that_the_next_dispels():
    watch = frontal(person(1), person(1))
    assert not watch.add_frontal(person(2))
    assert watch.doubtful
    assert watch.trouble == ""
    assert watch.result(complete=True).status is Status.INDETERMINATE
    assert watch.add_frontal(person(1))
    assert not watch.doubtful
    assert watch.result(complete=True).status is Status.PASSED


def test_an_odd_template_never_joins_the_mean():
    watch = frontal(person(1), person(2), person(1), person(2), person(1), person(2), person(1))
    hold(watch, 0, [person(2)] * 3)
    assert watch.trouble == IDENTITY_CHANGED
    assert watch.farthest_command > 0.6


def test_the_second_template_is_held_to_the_first():
    watch = IdentityWatch(RECOMMENDED)
    assert watch.add_frontal(person(1))
    assert not watch.add_frontal(person(2))
    assert not watch.add_frontal(person(2))
    assert watch.trouble == IDENTITY_CHANGED


def test_somebody_halfway_does_not_carry_the_anchor_along():
    step = [at_distance(each) for each in (0.0, 0.0, 0.4, 0.4, 0.4)]
    watch = frontal(*step)
    assert not watch.add_frontal(at_distance(0.8))


def test_an_attempt_cut_short_proves_no_identity():
    assert own().result(complete=False).status is Status.INDETERMINATE


# -- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", [0.0, 0.3, 0.51])
def test_the_customer_at_every_command_passes(distance):
    watch = every_command(distance)
    result = watch.command_result(STEPS)
    assert (result.name, result.status, result.reason) == ("command_identity", Status.PASSED, "")
    assert result.value_ppm == pytest.approx(distance * 1e6, abs=2)
    assert result.threshold_ppm == RECOMMENDED.identity_ppm
    assert watch.trouble == ""


def test_another_person_at_one_command_is_an_attack():
    watch = every_command(0.2)
    hold(watch, 1, [at_distance(0.61)] * 3, start=40_000)
    result = watch.command_result(STEPS)
    assert (result.status, result.reason) == (Status.FAILED, IDENTITY_CHANGED)
    assert watch.trouble == IDENTITY_CHANGED


def test_between_the_two_bounds_nothing_is_proven():
    watch = described(0.56, 0.56, 0.56)
    result = watch.command_result(1)
    assert (result.status, result.reason) == (Status.INDETERMINATE, IDENTITY_UNPROVEN)
    assert watch.trouble == IDENTITY_UNPROVEN


@pytest.mark.parametrize(
    ("distances", "reason"),
    [
        ((0.1, 0.9, 0.2), ""),
        ((0.9, 0.9, 0.1), IDENTITY_CHANGED),
        ((0.1, 0.55, 0.9), IDENTITY_UNPROVEN),
    ],
)
def test_the_median_of_three_frames_decides(distances, reason):
    assert described(*distances).trouble == reason


def test_the_farthest_command_stands_in_the_result():
    watch = own()
    for step, distance in enumerate((0.1, 0.45, 0.2)):
        hold(watch, step, [at_distance(distance)] * 3, start=step * 10_000)
    assert watch.command_result(STEPS).value_ppm == pytest.approx(450_000, abs=2)


def test_a_command_that_was_never_described_proves_nothing():
    watch = own()
    hold(watch, 0, [person(1)] * 3)
    assert watch.command_result(1).status is Status.PASSED
    assert watch.command_result(2).status is Status.INDETERMINATE
    assert own().command_result(0).status is Status.INDETERMINATE


def test_two_frames_are_no_verdict():
    watch = described(0.9, 0.9)
    assert not watch.is_described(0)
    assert watch.trouble == ""
    assert watch.command_result(1).status is Status.INDETERMINATE


def test_a_broken_hold_forgets_its_frames():
    watch = own()
    hold(watch, 0, [person(1)] * 2)
    watch.follow(250, 0, seen(250), comparable=False, held=False)
    hold(watch, 0, [person(1)], start=300)
    assert not watch.is_described(0)
    hold(watch, 0, [person(1)] * 2, start=400)
    assert watch.is_described(0)


def test_frames_closer_than_the_spacing_count_once():
    watch = own()
    hold(watch, 0, [person(1)] * 5, every_ms=33)
    assert not watch.is_described(0)
    hold(watch, 0, [person(1)] * 3, start=165, every_ms=33)
    assert watch.is_described(0)


def test_a_frame_that_does_not_obey_itself_is_not_described():
    """The customer shown in every third frame keeps the smoothed posture and is not described."""
    watch = own()
    for number in range(12):
        at_ms = 33 * number
        helper = number % 3 != 2
        watch.follow(
            at_ms,
            0,
            seen(at_ms, template=person(2) if helper else person(1)),
            comparable=helper,
            held=True,
        )
    assert watch.is_described(0)
    assert watch.trouble == IDENTITY_CHANGED


def test_templates_are_wanted_every_spacing_until_there_are_three():
    watch = own()
    asked = []
    for at_ms in range(0, 700, 33):
        template = person(1) if watch.wanted else None
        if template is not None:
            asked.append(at_ms)
        watch.follow(at_ms, 0, seen(at_ms, template=template), comparable=True, held=True)
    assert len(asked) == RECOMMENDED.identity_frames
    assert all(b - a >= RECOMMENDED.identity_spacing_ms for a, b in pairwise(asked))
    assert asked[-1] - asked[0] <= 3 * RECOMMENDED.identity_spacing_ms


def test_nothing_is_wanted_before_the_posture_obeys():
    watch = own()
    watch.follow(0, 0, seen(0), comparable=False, held=True)
    assert not watch.wanted
    watch.follow(33, 0, seen(33), comparable=True, held=False)
    assert not watch.wanted


# -- which frames ---------------------------------------------------------------------------------


def comparable(now, *, command=LEFT, **changes):
    return is_comparable(replace(seen(0), score=0.9, **changes), now, command, RECOMMENDED)


def test_a_frame_that_obeys_can_be_described():
    assert comparable(TURNED)
    assert comparable(Deviation(0.0, -0.20, 0.0, 0.0), command=UP)


@pytest.mark.parametrize(
    "now",
    [
        Deviation(0.29, 0.0, 0.0, 0.15),  # below its threshold
        Deviation(-0.40, 0.0, 0.0, -0.15),  # the other way
        Deviation(0.40, 0.0, 0.0, 0.05),  # the relief of a picture
        Deviation(0.76, 0.0, 0.0, 0.30),  # farther than a descriptor bears
    ],
)
def test_a_turn_must_be_real_and_not_too_far(now):
    assert not comparable(now)


def test_a_nod_with_a_profile_is_not_described():
    assert not comparable(Deviation(0.80, -0.20, 0.0, 0.0), command=UP)


def test_a_face_the_detector_doubts_is_not_described():
    assert not is_comparable(replace(seen(0), score=0.59), TURNED, LEFT, RECOMMENDED)


# -- blinks ---------------------------------------------------------------------------------------


def test_closed_lids_are_the_customers_when_every_frame_is():
    watch = own()
    assert watch.is_customer([at_distance(0.3)])
    assert watch.is_customer([at_distance(0.3), at_distance(0.51)])
    assert not watch.is_customer([at_distance(0.3), at_distance(0.53)])


def test_a_blink_that_was_not_described_is_nobodys():
    assert not own().is_customer([])
    assert not IdentityWatch(RECOMMENDED).is_customer([person(1)])
