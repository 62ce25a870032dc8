from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.camera.watchdog import CameraTrouble, CameraWatchdog, WatchdogSettings
from vision.errors import VisionSettingsRefused
from vision.frame import Frame

VALUES = {
    "frozen_frames": 15,
    "black_frames": 20,
    "black_mean": 8,
    "black_deviation": 3,
    "slow_ms": 750,
    "slow_frames": 4,
    "least_rate": 10,
    "silent_ms": 1500,
}
SETTINGS = WatchdogSettings(**VALUES)
MS = 1_000_000


def observed(pictures):
    watchdog = CameraWatchdog(SETTINGS)
    return [watchdog.observe(Frame(n, n * 33 * MS, each)) for n, each in enumerate(pictures)]


def test_the_very_same_black_image_is_a_closed_shutter_and_not_a_frozen_camera():
    found = observed([np.zeros((48, 64, 3), np.uint8)] * 25)

    assert set(found[:19]) == {frozenset()}
    assert set(found[19:]) == {frozenset({CameraTrouble.BLACK})}


def test_the_very_same_bright_image_is_a_frozen_camera_and_not_a_closed_shutter():
    found = observed([np.full((48, 64, 3), 200, np.uint8)] * 25)

    assert set(found[:14]) == {frozenset()}
    assert set(found[14:]) == {frozenset({CameraTrouble.FROZEN})}


def test_one_changed_byte_is_another_image():
    stream = [np.full((48, 64, 3), 200, np.uint8) for _ in range(20)]
    stream[10][1, 1, 1] = 201

    assert set(observed(stream)) == {frozenset()}


def test_four_reads_of_750_ms_in_a_row_are_slow():
    watchdog = CameraWatchdog(SETTINGS)
    waits = [750, 750, 750, 749, 750, 750, 750, 750]

    assert [watchdog.observe_read(ms) for ms in waits] == [None] * 7 + [CameraTrouble.SLOW]


def test_a_read_of_one_and_a_half_seconds_is_silence():
    watchdog = CameraWatchdog(SETTINGS)

    assert watchdog.observe_read(1499) is None
    assert watchdog.observe_read(1500) is CameraTrouble.SILENT


@given(st.lists(st.integers(0, 1499), max_size=40))
def test_slow_stands_exactly_while_the_last_four_reads_were_slow(waits):
    watchdog = CameraWatchdog(SETTINGS)
    for n, ms in enumerate(waits):
        last = waits[max(0, n - 3) : n + 1]
        slow = len(last) == 4 and min(last) >= 750

        assert (watchdog.observe_read(ms) is CameraTrouble.SLOW) is slow


@pytest.mark.parametrize("name", [field.name for field in fields(WatchdogSettings)])
@pytest.mark.parametrize("value", [0, -1])
def test_a_bound_that_checks_nothing_is_refused(name, value):
    with pytest.raises(VisionSettingsRefused) as refused:
        WatchdogSettings(**{**VALUES, name: value})

    assert refused.value.detail == name
