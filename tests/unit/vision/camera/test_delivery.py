"""What is told of the images of a camera that works."""

from itertools import accumulate

import numpy as np
import pytest

from vision.camera.delivery import DeliveryWatch
from vision.camera.watchdog import CameraTrouble
from vision.frame import CameraKind, Frame

MS = 1_000_000
DEVICE = CameraKind.DEVICE
DARK = np.zeros((48, 64, 3), np.uint8)


def noise(count, seed=1):
    random = np.random.default_rng(seed)
    return [random.integers(90, 160, (48, 64, 3), dtype=np.uint8) for _ in range(count)]


def reports(pictures, gaps_ms=None, kind=DEVICE):
    watch = DeliveryWatch(kind)
    times = accumulate(gaps_ms or [33] * len(pictures))
    frames = (Frame(n, at * MS, p) for n, (at, p) in enumerate(zip(times, pictures, strict=True)))
    return [report for frame in frames if (report := watch.observe(frame)) is not None]


def test_a_camera_that_delivers_evenly_is_reported_once_a_second_without_a_trouble():
    found = reports(noise(120))

    assert [report.troubles for report in found] == [()] * 4
    timing = found[-1].timing
    assert (timing.interval_us, timing.jitter_us, timing.repeats_ppm) == (33_000, 0, 0)


def test_a_black_image_is_reported_when_it_has_stood_for_twenty_frames_and_when_it_ends():
    found = reports([*noise(5), *[DARK] * 21, *noise(3)])

    assert [report.troubles for report in found] == [(CameraTrouble.BLACK,), ()]


def test_images_that_are_passed_on_twice_are_repeating():
    found = reports([picture for picture in noise(60) for _ in range(2)])

    assert found[-1].troubles == (CameraTrouble.REPEATING,)
    assert found[-1].timing.repeats_ppm == 500_000


def test_one_image_twice_now_and_then_is_no_trouble():
    pictures = noise(90)
    pictures[40] = pictures[39]

    assert reports(pictures)[-1].troubles == ()


@pytest.mark.parametrize(
    ("late_ms", "troubles"), [(20, ()), (70, (CameraTrouble.IRREGULAR,))], ids=["little", "much"]
)
def test_every_tenth_image_late_by_more_than_an_interval_is_irregular(late_ms, troubles):
    gaps = [33 + (late_ms if number % 10 == 9 else 0) for number in range(90)]

    assert reports(noise(90), gaps)[-1].troubles == troubles


def test_a_low_rate_is_slow():
    assert reports(noise(60), [125] * 60)[-1].troubles == (CameraTrouble.SLOW,)


def test_a_simulator_s_times_are_not_judged():
    found = reports([p for p in noise(45) for _ in range(2)], [33, 90] * 45, CameraKind.SIMULATED)

    assert {report.troubles for report in found} == {()}
    assert found[-1].timing is None


def test_a_still_image_is_left_to_those_who_judge_it():
    still = noise(1) * 60

    assert CameraTrouble.FROZEN not in {t for report in reports(still) for t in report.troubles}
