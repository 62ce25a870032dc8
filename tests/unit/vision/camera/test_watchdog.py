from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.camera.watchdog import (
    CameraTrouble,
    CameraWatchdog,
    WatchdogSettings,
    identity_trouble,
)
from vision.frame import CameraIdentity, CameraKind, Frame

SETTINGS = WatchdogSettings(
    frozen_frames=15,
    black_frames=20,
    black_mean=8,
    black_deviation=3,
    slow_ms=750,
    slow_frames=4,
    least_rate=10,
    silent_ms=1500,
)
MS = 1_000_000


def images(count: int, *, level: int = 120, same: bool = False):
    random = np.random.default_rng(1)
    still = random.integers(level, level + 3, (48, 64, 3), dtype=np.uint8)
    for _ in range(count):
        yield still if same else random.integers(level, level + 3, (48, 64, 3), dtype=np.uint8)


def watched(pictures, *, step_ms: int = 33):
    watchdog = CameraWatchdog(SETTINGS)
    return [
        watchdog.observe(Frame(n, n * step_ms * MS, picture)) for n, picture in enumerate(pictures)
    ]


def test_an_ordinary_stream_has_no_trouble():
    assert set(watched(images(60))) == {frozenset()}


def test_fifteen_identical_images_are_a_frozen_camera_and_a_new_one_ends_it():
    stream = [*images(3), *images(15, same=True), *images(1)]
    found = watched(stream)

    assert found[16] == frozenset()
    assert found[17] == {CameraTrouble.FROZEN}
    assert found[18] == frozenset()


def test_twenty_dark_images_are_a_closed_shutter_or_a_forbidden_camera():
    found = watched(images(20, level=0))

    assert CameraTrouble.BLACK not in found[18]
    assert CameraTrouble.BLACK in found[19]


def test_a_dark_image_with_something_in_it_is_not_black():
    lamp = [picture.copy() for picture in images(30, level=0)]
    for picture in lamp:
        picture[:16, :16] = 90

    assert all(CameraTrouble.BLACK not in troubles for troubles in watched(lamp))


def test_four_slow_gaps_in_a_row_are_a_slow_camera():
    found = watched(images(6), step_ms=750)

    assert CameraTrouble.SLOW not in found[3]
    assert CameraTrouble.SLOW in found[4]


@pytest.mark.parametrize(("step_ms", "slow"), [(100, False), (101, True)])
def test_fewer_than_ten_images_a_second_are_slow(step_ms, slow):
    assert (CameraTrouble.SLOW in watched(images(30), step_ms=step_ms)[-1]) is slow


def test_a_frame_older_than_the_one_before_is_noticed():
    watchdog = CameraWatchdog(SETTINGS)
    first, second = images(2)
    watchdog.observe(Frame(0, 50 * MS, first))

    assert watchdog.observe(Frame(1, 50 * MS, second)) == {CameraTrouble.TIME_REVERSED}


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_frozen_holds_exactly_while_the_last_fifteen_images_are_one(repeats):
    random = np.random.default_rng(3)
    picture = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    watchdog = CameraWatchdog(SETTINGS)
    run = 0
    for n, repeat in enumerate(repeats):
        if not repeat:
            picture = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        run = run + 1 if repeat or n == 0 else 1
        troubles = watchdog.observe(Frame(n, n * 33 * MS, picture))

        assert (CameraTrouble.FROZEN in troubles) is (run >= 15)


def device(hardware_id: str, kind: CameraKind = CameraKind.DEVICE) -> CameraIdentity:
    return CameraIdentity(kind, "camera", hardware_id, "V4L2 MJPG", 640, 480, 30)


def test_a_device_outside_the_list_is_unknown():
    allowed = {"046d:0825"}

    assert identity_trouble(device("046d:0825 1-2"), allowed) is None
    assert identity_trouble(device("1d6b:0102 1-2"), allowed) is CameraTrouble.UNKNOWN_DEVICE
    assert identity_trouble(device("index 0"), allowed) is CameraTrouble.UNKNOWN_DEVICE


def test_a_virtual_device_is_named_even_without_a_list():
    assert identity_trouble(device("virtual"), frozenset()) is CameraTrouble.VIRTUAL_DEVICE
    assert identity_trouble(device("046d:0825 1-2"), frozenset()) is None


def test_recordings_and_simulators_are_judged_by_their_kind():
    for kind in (CameraKind.RECORDING, CameraKind.SIMULATED):
        assert identity_trouble(device("virtual", kind), {"046d:0825"}) is None


def test_a_device_that_nobody_describes_is_unknown_with_or_without_a_list():
    assert identity_trouble(device("index 0"), frozenset()) is CameraTrouble.UNKNOWN_DEVICE


def test_a_device_may_be_allowed_with_its_port():
    allowed = {"046d:0825 1-2"}

    assert identity_trouble(device("046d:0825 1-2"), allowed) is None
    assert identity_trouble(device("046d:0825 1-3"), allowed) is CameraTrouble.UNKNOWN_DEVICE


@pytest.mark.parametrize(
    "name", ["OBS Virtual Camera", "ManyCam Video Source", "DroidCam", "Dummy video device (0x0)"]
)
def test_a_name_that_a_program_gave_is_that_of_a_virtual_device(name):
    named = replace(device("046d:0825 1-2"), name=name)

    assert identity_trouble(named, {"046d:0825"}) is CameraTrouble.VIRTUAL_DEVICE
