import random

import numpy as np
import pytest

from tests.support.vision.observations import RECOMMENDED, noise
from vision.liveness.signals.stream import FROZEN, LOOPED, StreamWatch
from vision.results import Status


def watched(thumbnail_at, *, length_ms=10_000, step=33):
    watch = StreamWatch(RECOMMENDED)
    for at_ms in range(0, length_ms, step):
        watch.observe(at_ms, thumbnail_at(at_ms))
    return watch


def wandering(period_ms=None, *, level=1.5, seed=7):
    """Return a scene whose brightness pattern drifts, with sensor noise; periodic if asked."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(60, 180, size=4800)
    drifts = rng.normal(size=(8, 4800))
    speeds = rng.uniform(0.3, 2.0, size=8)

    def at(at_ms):
        phase = (at_ms % period_ms if period_ms else at_ms) / 1_000
        scene = base + sum(
            8 * np.sin(speed * phase + index) * drift
            for index, (speed, drift) in enumerate(zip(speeds, drifts, strict=True))
        )
        shown = scene + np.random.default_rng(at_ms + seed).normal(0, level, 4800)
        return np.clip(shown, 0, 255).astype(np.uint8).tobytes()

    return at


def test_a_camera_is_neither_frozen_nor_looped():
    watch = watched(wandering())
    assert watch.loop().status is Status.PASSED
    assert watch.freeze().status is Status.PASSED


@pytest.mark.parametrize("period_ms", [1_500, 3_000, 4_500])
def test_a_repeated_recording_is_looped_through_noise(period_ms):
    result = watched(wandering(period_ms)).loop()
    assert (result.status, result.reason) == (Status.FAILED, LOOPED)


def test_dropped_frames_do_not_hide_a_loop():
    rng = random.Random(3)
    source = wandering(3_000)
    watch = StreamWatch(RECOMMENDED)
    for at_ms in range(0, 10_000, 33):
        if rng.random() < 0.6:
            watch.observe(at_ms, source(at_ms))
    assert watch.loop().reason == LOOPED


def test_moving_once_and_sitting_still_is_no_loop():
    def moved_once(at_ms):
        rng = np.random.default_rng(at_ms)
        scene = np.linspace(60, 180, 4800) if at_ms < 5_000 else np.linspace(180, 60, 4800)
        return np.clip(scene + rng.normal(0, 2, 4800), 0, 255).astype(np.uint8).tobytes()

    assert watched(moved_once).loop().status is Status.PASSED


@pytest.mark.parametrize("at_ms", [500, 4_000, 6_500, 9_900])
@pytest.mark.parametrize("seed", range(3))
def test_images_without_noise_are_a_loop_whatever_rounding_leaves_of_them(at_ms, seed):
    before, after = noise(seed), noise(seed + 10)
    result = watched(lambda now: before if now < at_ms else after).loop()
    assert (result.status, result.reason) == (Status.FAILED, LOOPED)
    assert result.value_ppm < 2_000


def test_one_image_for_ever_is_frozen():
    result = watched(lambda _: noise(1)).freeze()
    assert (result.status, result.reason, result.value_ppm) == (Status.FAILED, FROZEN, 1_000_000)


def test_a_stream_that_freezes_in_the_middle_is_frozen():
    source = wandering()
    result = watched(lambda at: source(min(at, 4_000))).freeze()
    assert result.reason == FROZEN


def test_a_feed_shown_at_ten_frames_a_second_by_a_thirty_frame_device_is_near_identical():
    source = wandering()
    assert watched(lambda at: source(at - at % 132)).freeze().reason == FROZEN


def test_too_short_a_stream_says_nothing():
    watch = watched(wandering(), length_ms=1_500)
    assert watch.loop().status is Status.INDETERMINATE
    assert watch.freeze().status is Status.INDETERMINATE
    assert StreamWatch(RECOMMENDED).loop().status is Status.INDETERMINATE


def test_a_thumbnail_of_a_wrong_size_counts_as_a_still_image():
    assert watched(lambda _: b"short").freeze().reason == FROZEN


def test_a_closed_shutter_is_no_attack():
    result = watched(lambda _: bytes(4800))
    assert result.freeze().status is Status.INDETERMINATE
    assert result.loop().status is Status.INDETERMINATE
