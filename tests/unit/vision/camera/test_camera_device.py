"""What OpenCvCamera concludes from a capture's behaviour; no camera exists where this runs.

`Script` stands in for cv2.VideoCapture, OpenCV's type and not ours: a file cannot block, freeze
or tear an image.
"""

from collections import deque

import cv2
import numpy as np
import pytest

from vision.camera.delivery import DeliveryWatch
from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.device_names import SystemName
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraLost, CameraUnavailable

WARM_UP = 30
MS = 1_000_000
WEBCAM = SystemName("HD Webcam", "046d:0825 1-2")


class Clock:
    def __init__(self):
        self.now_ns = 5_000 * MS

    def perf_counter_ns(self):
        return self.now_ns

    def perf_counter(self):
        return self.now_ns / 1e9


class Script:
    """Plays (milliseconds it takes, image or None or an exception) after an ordinary warm-up."""

    def __init__(self, clock, steps, *, warm_up=None):
        self.clock = clock
        self.steps = deque([*(ordinary(WARM_UP) if warm_up is None else warm_up), *steps])
        self.released = 0

    def read(self):
        took_ms, image = self.steps.popleft() if self.steps else (0, None)
        self.clock.now_ns += took_ms * MS
        if isinstance(image, Exception):
            raise image
        return image is not None, image

    def get(self, prop):
        return float(cv2.VideoWriter.fourcc(*"MJPG")) if prop == cv2.CAP_PROP_FOURCC else 0.0

    def getBackendName(self):  # noqa: N802 (OpenCV's name)
        return "V4L2"

    def release(self):
        self.released += 1


def ordinary(count, *, took_ms=33):
    random = np.random.default_rng(count)
    return [(took_ms, random.integers(90, 160, (48, 64, 3), dtype=np.uint8)) for _ in range(count)]


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("vision.camera.device.time", clock)
    return clock


def request(**changes):
    values = {"index": 0, "name": "", "width": 640, "height": 480, "frames_per_second": 30}
    return DeviceRequest(**{**values, **changes})


def opened(script, **changes):
    return OpenCvCamera(
        request(**changes), opened=lambda _request: script, named=lambda _index: WEBCAM
    )


def until_lost(camera, most=100):
    frames = []
    for _ in range(most):
        try:
            frames.append(camera.read())
        except CameraLost as lost:
            return frames, lost.detail
    return frames, None


def test_size_rate_and_pixel_format_are_those_of_the_delivered_images(clock):
    identity = opened(Script(clock, [])).identity

    assert (identity.width, identity.height, identity.frames_per_second) == (64, 48, 30)
    assert identity.backend == "V4L2 MJPG"
    assert identity.hardware_id == "046d:0825 1-2"


def test_frames_are_contiguous_rgb_timed_when_they_arrive(clock):
    blue = np.zeros((48, 64, 3), np.uint8)
    blue[:, :, 0] = 200
    camera = opened(Script(clock, [(33, blue)]))
    before = clock.now_ns
    frame = camera.read()

    assert frame.captured_ns == before + 33 * MS
    assert frame.pixels[0, 0].tolist() == [0, 0, 200]
    assert frame.pixels.flags.c_contiguous
    assert not frame.pixels.flags.writeable


def test_a_frozen_image_is_a_lost_camera_before_the_fifteenth_is_handed_out(clock):
    still = ordinary(1)[0]
    frames, why = until_lost(opened(Script(clock, [still] * 20)))

    assert (len(frames), why) == (14, CameraTrouble.FROZEN)


def test_a_black_image_is_a_finding_and_no_loss(clock):
    dark = (33, np.zeros((48, 64, 3), np.uint8))
    camera = opened(Script(clock, [dark] * 40 + ordinary(1)))
    watch = DeliveryWatch(camera.identity.kind)
    reports = [watch.observe(camera.read()) for _ in range(40)]

    assert reports[-1] is None
    assert next(each for each in reversed(reports) if each).troubles == (CameraTrouble.BLACK,)
    assert watch.observe(camera.read()).troubles == ()


def test_the_fourth_slow_read_in_a_row_is_a_lost_camera(clock):
    frames, why = until_lost(opened(Script(clock, ordinary(10, took_ms=750))))

    assert (len(frames), why) == (3, CameraTrouble.SLOW)


def test_the_reader_s_own_slowness_is_no_loss(clock):
    camera = opened(Script(clock, ordinary(20)))
    sequences = []
    for _ in range(20):
        sequences.append(camera.read().sequence)
        clock.now_ns += 900 * MS

    assert sequences == list(range(20))


def test_a_read_that_blocks_is_silence_even_when_an_image_comes_at_last(clock):
    frames, why = until_lost(opened(Script(clock, ordinary(2) + ordinary(1, took_ms=1500))))

    assert (len(frames), why) == (2, CameraTrouble.SILENT)


def test_a_blocking_failure_is_not_tried_again(clock):
    script = Script(clock, [(2000, None), *ordinary(5)])
    with pytest.raises(CameraLost):
        opened(script).read()

    assert len(script.steps) == 5


def test_a_torn_image_is_passed_over(clock):
    camera = opened(Script(clock, [(1, None), (1, None), *ordinary(1)]))

    assert camera.read().sequence == 0


def test_three_failures_in_a_row_are_a_lost_camera(clock):
    with pytest.raises(CameraLost):
        opened(Script(clock, [(1, None)] * 3 + ordinary(5))).read()


def test_an_error_of_the_decoder_is_a_lost_camera(clock):
    with pytest.raises(CameraLost):
        opened(Script(clock, [(1, cv2.error("broken"))])).read()


def test_an_image_of_another_size_is_a_lost_camera(clock):
    with pytest.raises(CameraLost):
        opened(Script(clock, [(33, np.zeros((24, 32, 3), np.uint8))])).read()


def test_a_first_image_that_is_torn_does_not_refuse_the_device(clock):
    script = Script(clock, ordinary(1), warm_up=[(33, None), *ordinary(WARM_UP)])

    assert opened(script).read().sequence == 0


@pytest.mark.parametrize(
    "warm_up",
    [
        [(1, None)] * 40,
        [(1, cv2.error("broken"))],
        ordinary(WARM_UP, took_ms=2000),
        [(33, np.zeros((48, 64), np.uint8))] * WARM_UP,
        [(33, np.zeros((8, 5000, 3), np.uint8))] * WARM_UP,
    ],
    ids=["nothing", "error", "too slow", "grey", "too wide"],
)
def test_a_device_without_fit_images_is_unavailable_and_released(clock, warm_up):
    script = Script(clock, [], warm_up=warm_up)
    with pytest.raises(CameraUnavailable):
        opened(script)

    assert script.released == 1


@pytest.mark.parametrize(
    "index", ["rtsp://example.invalid/a", "/dev/video0", "0", -1, 64, True, 1.0, None]
)
def test_only_a_small_whole_number_is_an_index(index):
    def must_not_open(_request):
        raise AssertionError

    with pytest.raises(CameraUnavailable):
        OpenCvCamera(request(index=index), opened=must_not_open)


def test_a_device_that_changes_while_it_is_opened_is_refused_and_released(clock):
    script = Script(clock, [])
    names = iter([WEBCAM, SystemName("Other", "")])
    with pytest.raises(CameraUnavailable):
        OpenCvCamera(
            request(name="HD Webcam"),
            opened=lambda _request: script,
            named=lambda _index: next(names),
        )

    assert script.released == 1
