"""Whether a device shows what its driver says it has done; the captures are stand-ins."""

from random import Random

import cv2
import pytest

from tests.support.vision.captures import WEBCAM, AdjustableCapture, Capture, device_camera
from tests.support.vision.clips import write_clip
from vision.camera.control import Control, ControlResponse, challenge_device
from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.opencv_controls import OpenCvControls
from vision.camera.recording import RecordedCamera
from vision.camera.watchdog import CameraTrouble
from vision.results import Status

BOTH = (cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_BRIGHTNESS)
NOT_OFFERED = ControlResponse(Status.INDETERMINATE, "", 0, "not_offered")


def challenged(capture, seed=1):
    return challenge_device(device_camera(capture)(), Random(seed))


@pytest.mark.parametrize("seed", range(12))
def test_a_sensor_that_follows_its_exposure_passes_in_any_order(seed):
    found = challenged(AdjustableCapture(), seed)

    assert (found.status, found.control, found.reason) == (Status.PASSED, Control.EXPOSURE, "")
    assert 700_000 < found.change_ppm < 800_000


def test_the_settings_are_as_before_afterwards():
    capture = AdjustableCapture()
    before = dict(capture.settings)
    camera = device_camera(capture)()
    challenge_device(camera, Random(3))

    assert capture.settings == before
    assert abs(float(camera.read().pixels.mean()) - 120) < 2


@pytest.mark.parametrize("seed", range(12))
def test_a_driver_that_says_done_and_delivers_the_same_image_has_lied(seed):
    found = challenged(AdjustableCapture(obeys=()), seed)

    assert (found.status, found.reason) == (Status.FAILED, CameraTrouble.UNRESPONSIVE)


def test_one_setting_without_effect_is_a_model_s_fault_and_the_other_answers():
    found = challenged(AdjustableCapture(obeys=(cv2.CAP_PROP_BRIGHTNESS,)))

    assert (found.status, found.control) == (Status.PASSED, Control.BRIGHTNESS)


def test_a_driver_that_takes_no_setting_has_not_passed_and_has_not_lied():
    assert challenged(Capture()) == NOT_OFFERED


def test_a_clip_has_no_settings(tmp_path):
    camera = RecordedCamera(write_clip(tmp_path / "clip.avi", frames=9), paced=False)
    assert challenge_device(camera, Random(1)) == NOT_OFFERED
    assert camera.read().sequence == 0
    camera.close()


def test_a_device_whose_settings_are_left_alone_is_not_touched():
    capture = AdjustableCapture()
    request = DeviceRequest(0, "", 640, 480, 30, challenged=False)
    camera = OpenCvCamera(request, opened=lambda _request: capture, named=lambda _index: WEBCAM)

    assert challenge_device(camera, Random(1)) == NOT_OFFERED
    assert capture.requests == 0


@pytest.mark.parametrize("level", [20, 245], ids=["dark", "blinding"])
def test_a_scene_that_cannot_show_it_condemns_nobody(level):
    found = challenged(AdjustableCapture(level, obeys=()))

    assert (found.status, found.reason) == (Status.INDETERMINATE, "unfit_scene")


@pytest.mark.parametrize("seed", range(12))
def test_a_lamp_that_flickers_is_no_answer(seed):
    found = challenged(AdjustableCapture(obeys=(), lamp=30), seed)

    assert found.status is not Status.PASSED


class Windows(AdjustableCapture):
    """A capture of Media Foundation, in powers of two of a second; `known` is how it reads."""

    def __init__(self, known):
        super().__init__()
        self.known = known
        self.settings = {cv2.CAP_PROP_EXPOSURE: -5.0, cv2.CAP_PROP_AUTO_EXPOSURE: 1.0}

    def get(self, prop):
        unknown = prop == cv2.CAP_PROP_AUTO_EXPOSURE and not self.known
        return 0.0 if unknown else super().get(prop)

    def getBackendName(self):  # noqa: N802 (OpenCV's name)
        return "MSMF"

    def set(self, prop, value):
        if prop not in self.settings:
            return False
        self.settings[prop] = value
        return True


def test_exposure_in_powers_of_two_is_shortened_by_two_stops_and_given_back():
    capture = Windows(known=True)
    controls = OpenCvControls(capture)

    assert controls.offer(Control.EXPOSURE) == (-7.0, -5.0)
    assert controls.request(Control.EXPOSURE, -7.0)
    controls.restore()
    assert capture.settings == {cv2.CAP_PROP_EXPOSURE: -5.0, cv2.CAP_PROP_AUTO_EXPOSURE: 1.0}


def test_an_automatic_that_could_not_be_given_back_is_not_taken_away():
    capture = Windows(known=False)

    assert OpenCvControls(capture).offer(Control.EXPOSURE) is None
    assert capture.settings[cv2.CAP_PROP_AUTO_EXPOSURE] == 1.0
