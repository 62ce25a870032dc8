import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.support.vision.observations import RECOMMENDED, seen
from vision.frame import Frame
from vision.liveness.signals.screen_light import (
    CODE_COLOURS,
    NO_LIGHT,
    NO_SCREEN,
    ScreenLightWatch,
    draw_light_code,
    face_chroma,
)
from vision.results import Status

STEP = 33
BOX = (30, 20, 50, 45)
SIZE = (60, 80)


def code(seed=1):
    return draw_light_code(RECOMMENDED.light_symbols, random.Random(seed))


def frame(at_ms, face, wall=(120, 118, 110), *, grain):
    pixels = np.full((*SIZE, 3), wall, dtype=float)
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = face
    pixels += grain[at_ms // STEP % len(grain)]
    return Frame(at_ms, at_ms * 1_000_000, np.clip(pixels, 0, 255).astype(np.uint8))


def attempt(shown, *, strength=0.08, late_ms=150, whole=False, drift=0.0, replayed=None):
    """Let a face be lit by what the screen shows, `late_ms` after it."""
    watch = ScreenLightWatch(shown, RECOMMENDED)
    watch.start(1_000)
    grain = np.random.default_rng(5).normal(0, 4, (7, *SIZE, 3))
    skin, wall = np.array([170.0, 130.0, 110.0]), np.array([120.0, 118.0, 110.0])
    for at_ms in range(1_000, 8_000, STEP):
        source = watch if replayed is None else replayed
        colour = np.array(source.colour(at_ms - late_ms) or (255, 255, 255)) / 255
        light = 1 + strength * (colour - 1) + drift * (at_ms - 1_000) / 5_000 * np.array([1, 0, -1])
        lit_wall = wall * (light if whole else 1)
        picture = frame(at_ms, skin * light, lit_wall, grain=grain)
        watch.observe(at_ms, replace(seen(at_ms), box=BOX), picture)
    return watch.result()


@pytest.mark.parametrize("late_ms", [0, 150, 400])
@pytest.mark.parametrize("seed", range(3))
def test_a_face_that_takes_on_the_colours_passes(seed, late_ms):
    result = attempt(code(seed), late_ms=late_ms)
    assert (result.name, result.status, result.reason) == ("screen_light", Status.PASSED, "")


def test_a_face_that_does_not_is_undecided_never_failed():
    result = attempt(code(), strength=0.0)
    assert (result.status, result.reason) == (Status.INDETERMINATE, NO_LIGHT)


@pytest.mark.parametrize("seed", range(2, 7))
def test_the_light_of_another_attempt_is_not_this_ones(seed):
    other = ScreenLightWatch(code(seed), RECOMMENDED)
    other.start(1_000)
    assert attempt(code(1), replayed=other).status is Status.INDETERMINATE


def test_a_tint_over_the_whole_picture_is_not_light_on_a_face():
    assert attempt(code(), whole=True).status is Status.INDETERMINATE


def test_slow_white_balance_does_not_matter():
    assert attempt(code(), drift=0.15).status is Status.PASSED


def test_without_a_screen_nothing_is_shown_and_nothing_proven():
    watch = ScreenLightWatch((), RECOMMENDED)
    watch.start(0)
    assert watch.colour(0) is None
    assert watch.is_over(0)
    assert watch.lasts_ms == 0
    assert (watch.result().status, watch.result().reason) == (Status.INDETERMINATE, NO_SCREEN)


def test_a_code_that_was_never_started_proves_nothing():
    watch = ScreenLightWatch(code(), RECOMMENDED)
    assert watch.colour(0) is None
    assert not watch.is_over(10_000)
    assert watch.result().status is Status.INDETERMINATE


def test_a_code_never_repeats_a_colour_and_is_drawn_at_random():
    codes = {draw_light_code(10, random.Random(seed)) for seed in range(200)}
    assert len(codes) > 180
    for each in codes:
        assert set(each) <= set(CODE_COLOURS)
        assert all(one != other for one, other in pairwise(each))


def test_colours_change_at_most_twice_a_second():
    watch = ScreenLightWatch(code(), RECOMMENDED)
    watch.start(0)
    shown = [watch.colour(at) for at in range(6_000)]
    changes = [at for at in range(1, 6_000) if shown[at] != shown[at - 1]]
    assert all(b - a >= 500 for a, b in pairwise(changes))


def test_no_code_colour_is_dark_or_a_saturated_red():
    for red, green, blue in CODE_COLOURS:
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 100
        assert red < 0.8 * (red + green + blue)


def test_the_colour_of_a_face_outside_the_picture_is_unknown():
    picture = frame(0, (1, 2, 3), grain=np.zeros((1, *SIZE, 3)))
    assert face_chroma(picture, (500, 500, 600, 600)) is None


def test_without_background_the_face_alone_is_looked_at():
    picture = frame(0, (170, 130, 110), grain=np.zeros((1, *SIZE, 3)))
    chroma = face_chroma(picture, (0, 0, 80, 60))
    assert chroma is not None
    assert chroma.sum() == pytest.approx(0, abs=1e-9)
