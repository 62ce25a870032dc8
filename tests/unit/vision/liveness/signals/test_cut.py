from dataclasses import replace

import numpy as np
import pytest

from tests.support.vision.observations import RECOMMENDED, seen
from vision.liveness.signals.cut import SCENE_CHANGED, CutWatch
from vision.results import Status

STEP = 33
SIZE = (640, 480)
BOX = (260, 160, 380, 320)


def room(number, *, gain=1.0, shift=0):
    """Return a patterned wall; each number is another one."""
    rng = np.random.default_rng(number)
    coarse = rng.uniform(40, 190, (6, 8))
    wall = np.kron(coarse, np.ones((10, 10)))
    return np.roll(wall * gain, shift, axis=1)


def noisy(picture, seed):
    noise = np.random.default_rng(seed).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8).tobytes()


def blend(one, other, share):
    return one * (1 - share) + other * share


def watch(shows, *, neutral=lambda _: room(1), length_ms=2_000, lit=False, box=BOX):
    """Watch a neutral second, then `shows(at_ms)`."""
    cut = CutWatch(RECOMMENDED)
    for at_ms in range(0, 1_100, STEP):
        cut.observe(at_ms, place(neutral(at_ms), at_ms, box), SIZE)
    cut.begin()
    for at_ms in range(0, length_ms, STEP):
        later = 1_122 + at_ms
        cut.observe(later, place(shows(at_ms), later, box), SIZE, lit=lit)
    return cut.result()


def place(picture, at_ms, box):
    return replace(seen(at_ms, thumbnail=noisy(picture, at_ms)), box=box)


def test_a_still_room_passes():
    result = watch(lambda _: room(1))
    assert (result.name, result.status, result.reason) == ("cut", Status.PASSED, "")
    assert 0 < result.value_ppm < RECOMMENDED.cut_background_ppm


def test_another_room_in_one_frame_is_noticed_and_never_more_than_indeterminate():
    result = watch(lambda at: room(2) if at > 700 else room(1))
    assert (result.status, result.reason) == (Status.INDETERMINATE, SCENE_CHANGED)


def test_another_room_for_one_frame_is_noticed():
    assert watch(lambda at: room(2) if at // STEP == 20 else room(1)).reason == SCENE_CHANGED


@pytest.mark.parametrize("frames", [3, 8, 30])
def test_a_fade_into_another_room_is_noticed_however_slow(frames):
    def fade(at):
        return blend(room(1), room(2), min(1.0, max(0.0, (at / STEP - 10) / frames)))

    assert watch(fade).reason == SCENE_CHANGED


def test_all_the_light_changing_in_one_frame_is_noticed():
    assert watch(lambda at: room(1, gain=1.3) if at > 700 else room(1)).reason == SCENE_CHANGED


def test_a_slow_exposure_is_no_cut():
    assert watch(lambda at: room(1, gain=1 - at / 8_000)).status is Status.PASSED


def test_the_customers_screen_may_change_the_light():
    shown = watch(lambda at: room(1, gain=1.3) if at > 700 else room(1), lit=True)
    assert shown.status is Status.PASSED


def test_a_moving_camera_is_not_judged():
    def moving(at):
        return room(1, shift=at // STEP)

    result = watch(lambda _: room(2), neutral=moving)
    assert (result.status, result.value_ppm) == (Status.PASSED, 0)


def test_nothing_is_judged_without_background():
    whole = (0, 0, 640, 480)
    assert watch(lambda _: room(2), box=whole).status is Status.PASSED


def test_a_bare_wall_has_no_pattern_to_compare_but_still_jumps():
    bare = np.full((60, 80), 120.0)
    assert watch(lambda _: bare, neutral=lambda _: bare).status is Status.PASSED
    assert watch(lambda _: bare + 40, neutral=lambda _: bare).reason == SCENE_CHANGED


def test_a_head_that_moves_before_a_still_room_is_no_cut():
    cut = CutWatch(RECOMMENDED)
    for at_ms in range(0, 3_000, STEP):
        picture = room(1)
        left = 32 + int(5 * np.sin(at_ms / 300))
        picture[18:, left - 5 : left + 20] = 200 + 20 * np.sin(at_ms / 200)
        box = (8 * left, 160, 8 * left + 120, 320)
        cut.observe(at_ms, place(picture, at_ms, box), SIZE)
        if at_ms == 33 * STEP:
            cut.begin()
    assert cut.result().status is Status.PASSED


def test_a_lost_face_is_no_cut():
    def shows(at_ms):
        return room(1)

    cut = CutWatch(RECOMMENDED)
    for at_ms in range(0, 1_100, STEP):
        cut.observe(at_ms, place(shows(at_ms), at_ms, BOX), SIZE)
    cut.begin()
    cut.observe(1_200, seen(1_200, faces=0), SIZE)
    cut.observe(1_233, place(room(1), 1_233, BOX), SIZE)
    assert cut.result().status is Status.PASSED
