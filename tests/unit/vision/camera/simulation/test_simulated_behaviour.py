from itertools import pairwise
from random import Random

import pytest

from vision.camera.simulation.behaviour import (
    LOOP_FRAMES,
    PERFORMED,
    REHEARSED,
    REHEARSED_PERIOD_S,
    Handheld,
    Loop,
    Obedient,
    Rehearsed,
    Waved,
)
from vision.liveness.challenge import possible_orders
from vision.liveness.plan import USUAL_PLAN
from vision.results import LivenessCommand

FRAME_S = 1 / 30
SEEDS = range(12)


def played(behaviour, seconds, shown=lambda _: None):
    """Return (time, pose) of every frame."""
    times = [number * FRAME_S for number in range(round(seconds * 30))]
    return [(at_s, behaviour.pose(at_s, shown(at_s))) for at_s in times]


def closures(poses):
    """Return the start times of the blinks and their lengths in frames."""
    starts, lengths = [], []
    closed = False
    for at_s, pose in poses:
        if pose.lids > 0 and not closed:
            starts.append(at_s)
            lengths.append(0)
        closed = pose.lids > 0
        if closed:
            lengths[-1] += 1
    return starts, lengths


@pytest.mark.parametrize("command", LivenessCommand)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_reacts_like_a_human_holds_and_returns(command, seed):
    shown = lambda at_s: command if 1 <= at_s < 3 else None  # noqa: E731
    obeying = played(Obedient(Random(seed)), 5, shown)
    idle = played(Obedient(Random(seed)), 1.25, lambda _: None)
    goal = PERFORMED[command]
    # Before the reaction time is over the command has no effect at all.
    early = [pose for at_s, pose in obeying if at_s < 1.25]
    assert [pose.yaw for pose in early] == [pose.yaw for _, pose in idle[: len(early)]]
    for at_s, pose in obeying:
        performs = 2.1 <= at_s < 3.2
        if performs or at_s > 4.1:
            expected = goal if performs else type(goal)()
            assert pose.yaw == pytest.approx(expected.yaw, abs=2.5)
            assert pose.pitch == pytest.approx(expected.pitch, abs=2.5)
            assert pose.mouth == pytest.approx(expected.mouth)
            assert pose.near == pytest.approx(expected.near)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_blinks_every_two_to_three_seconds(seed):
    starts, lengths = closures(played(Obedient(Random(seed)), 40))
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert 0.8 <= starts[0] <= 2.1
    assert all(1.9 <= gap <= 3.1 for gap in gaps)
    assert set(lengths[:-1]) <= {8, 9}


def test_who_does_not_blink_never_does():
    assert closures(played(Obedient(Random(1), blinks=False), 40)) == ([], [])


def test_nobody_sits_still_and_nobody_moves_much():
    poses = [pose for _, pose in played(Obedient(Random(3)), 20)]
    assert len({(pose.x, pose.y) for pose in poses}) == len(poses)
    assert max(abs(pose.x) for pose in poses) < 8
    assert max(abs(pose.yaw) for pose in poses) < 3


@pytest.mark.parametrize("make", [Rehearsed, Loop])
def test_recordings_ignore_what_is_shown(make):
    told = played(make(Random(5)), 20, lambda _: LivenessCommand.OPEN_MOUTH)
    assert told == played(make(Random(5)), 20)


def test_a_replay_performs_everything_in_one_fixed_order():
    orders = set()
    for seed in SEEDS:
        order = []
        for _, pose in played(Rehearsed(Random(seed)), len(REHEARSED) * REHEARSED_PERIOD_S):
            acts = {
                LivenessCommand.TURN_LEFT: pose.yaw > 20,
                LivenessCommand.TURN_RIGHT: pose.yaw < -20,
                LivenessCommand.LOOK_UP: pose.pitch < -10,
                LivenessCommand.LOOK_DOWN: pose.pitch > 10,
                LivenessCommand.OPEN_MOUTH: pose.mouth > 0.6,
            }
            order += [act for act, seen in acts.items() if seen and order[-1:] != [act]]
        orders.add(tuple(order))
    assert orders == {REHEARSED}
    assert set(REHEARSED) == set(USUAL_PLAN.commands)


@pytest.mark.parametrize("commands", [3, 4])
def test_no_part_of_the_replay_is_an_order_that_may_be_asked_for(commands):
    endless = REHEARSED + REHEARSED
    parts = {endless[start : start + commands] for start in range(len(REHEARSED))}
    assert parts.isdisjoint(possible_orders(commands))


def test_a_loop_repeats_itself_exactly_with_one_blink_each_time():
    poses = played(Loop(Random(2)), 4 * LOOP_FRAMES / 30)
    period = [pose for _, pose in poses[:LOOP_FRAMES]]
    assert [pose for _, pose in poses] == period * 4
    assert len(closures(poses)[0]) == 4


@pytest.mark.parametrize("command", LivenessCommand)
def test_a_sheet_is_tilted_but_has_no_eyes_and_no_mouth_to_move(command):
    poses = [pose for _, pose in played(Waved(Random(4)), 6, lambda _: command)]
    assert max(pose.yaw for pose in poses) > 30
    assert min(pose.yaw for pose in poses) < -30
    assert all(pose.lids == 0 and pose.mouth == 0 for pose in poses)


@pytest.mark.parametrize("command", USUAL_PLAN.commands)
def test_a_bent_sheet_is_swung_to_the_sides_only(command):
    waved = Waved(Random(4), bent=True)
    poses = [pose for _, pose in played(waved, 6, lambda _: command)]
    assert min(pose.yaw for pose in poses) < -30 < 30 < max(pose.yaw for pose in poses)
    assert max(abs(pose.pitch) for pose in poses) < 3


@pytest.mark.parametrize("command", LivenessCommand)
def test_a_print_held_still_drifts_and_nothing_in_it_moves(command):
    poses = [pose for _, pose in played(Handheld(Random(4)), 6, lambda _: command)]
    assert len({(pose.x, pose.y) for pose in poses}) == len(poses)
    assert all(pose.lids == pose.mouth == pose.near == 0 for pose in poses)
    assert max(abs(pose.yaw) for pose in poses) < 6
