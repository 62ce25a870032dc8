import threading
from importlib.machinery import ModuleSpec
from random import Random

import numpy as np
import pytest

from vision.camera import simulated
from vision.camera.control import challenge_device
from vision.camera.delivery import DeliveryWatch
from vision.camera.simulated import (
    SimulatedCamera,
    SimulatedPerson,
    SimulatedVariant,
    reference_photo,
)
from vision.camera.simulation import photographs
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraLost, CameraUnavailable
from vision.frame import Camera, CameraKind, ObeysCommands
from vision.results import LivenessCommand, Status


@pytest.fixture(autouse=True, scope="module")
def _photographs_are_installed():
    try:
        reference_photo(SimulatedPerson.ASTRONAUT)
    except CameraUnavailable as error:
        pytest.skip(str(error))


def opened(variant=SimulatedVariant.GENUINE, seed=7, **more):
    return SimulatedCamera(variant=variant, seed=seed, paced=False, **more)


def test_identity_says_simulated_and_which_variant():
    camera: Camera = opened(SimulatedVariant.SWAP)
    identity = camera.identity
    assert identity.kind is CameraKind.SIMULATED
    assert (identity.name, identity.hardware_id) == ("Simulated customer", "swap")
    assert (identity.width, identity.height, identity.frames_per_second) == (640, 480, 30)
    assert isinstance(camera, ObeysCommands)


def test_frames_are_numbered_one_thirtieth_of_a_second_apart_and_read_only():
    camera = opened()
    frames = [camera.read() for _ in range(31)]
    assert [frame.sequence for frame in frames] == list(range(31))
    assert frames[30].captured_ns - frames[0].captured_ns == 1_000_000_000
    assert frames[0].pixels.shape == (480, 640, 3)
    assert frames[0].pixels.dtype == np.uint8
    assert not frames[0].pixels.flags.writeable


@pytest.mark.parametrize("variant", SimulatedVariant, ids=str)
def test_the_same_seed_and_commands_give_the_same_pixels(variant):
    def filmed(seed):
        camera = opened(variant, seed)
        images = []
        for number in range(16 if variant is SimulatedVariant.GENUINE else 5):
            camera.show(LivenessCommand.TURN_LEFT if number else None)
            images.append(camera.read().pixels)
        return np.stack(images[::4])

    assert np.array_equal(filmed(1), filmed(1))
    assert not np.array_equal(filmed(1), filmed(2))


def test_another_size_is_delivered_as_announced():
    camera = opened(width=320, height=240)
    assert camera.read().pixels.shape == (240, 320, 3)
    assert camera.identity.width == 320


def test_a_closed_camera_is_lost_and_closing_twice_is_harmless():
    camera = opened()
    camera.read()
    camera.close()
    camera.close()
    with pytest.raises(CameraLost):
        camera.read()


def test_the_lost_variant_stops_after_three_seconds():
    camera = opened(SimulatedVariant.LOST)
    for _ in range(simulated.LOST_AFTER):
        camera.read()
    with pytest.raises(CameraLost):
        camera.read()


def test_a_frozen_camera_repeats_one_image_with_new_times():
    camera = opened(SimulatedVariant.FROZEN)
    first, second = camera.read(), camera.read()
    assert np.array_equal(first.pixels, second.pixels)
    assert second.captured_ns > first.captured_ns


def test_a_live_camera_never_repeats_an_image():
    camera = opened(SimulatedVariant.NO_FACE)
    assert not np.array_equal(camera.read().pixels, camera.read().pixels)


def test_the_dark_is_dark():
    bright, dark = opened().read(), opened(SimulatedVariant.TOO_DARK).read()
    assert dark.pixels.mean() < 0.2 * bright.pixels.mean()


def test_the_second_person_appears_after_the_first_command():
    camera = opened(SimulatedVariant.SWAP)
    before = camera.read().pixels.astype(int)
    camera.show(LivenessCommand.OPEN_MOUTH)
    during = camera.read().pixels.astype(int)
    camera.show(None)
    after = camera.read().pixels.astype(int)
    assert np.abs(during - before).mean() < 10
    assert np.abs(after - before).mean() > 40


@pytest.mark.parametrize("variant", [SimulatedVariant.HELPER, SimulatedVariant.HELPER_STILL])
def test_a_helper_is_there_for_the_commands_only(variant):
    camera = opened(variant)
    before = camera.read().pixels.astype(int)
    camera.show(LivenessCommand.OPEN_MOUTH)
    during = camera.read().pixels.astype(int)
    camera.show(None)
    after = camera.read().pixels.astype(int)
    assert np.abs(during - before).mean() > 40
    assert np.abs(after - before).mean() < 10


def test_a_cut_shows_another_room_at_the_commands():
    camera = opened(SimulatedVariant.CUT)
    corner = (slice(0, 100), slice(0, 40))
    before = camera.read().pixels[corner].astype(int)
    camera.show(LivenessCommand.OPEN_MOUTH)
    during = camera.read().pixels[corner].astype(int)
    assert np.abs(during - before).mean() > 12


def test_a_paced_camera_keeps_real_time_and_drops_what_a_late_reader_missed(monkeypatch):
    now, slept = [0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += round(seconds * 1e9)

    monkeypatch.setattr(simulated.time, "monotonic_ns", lambda: now[0])
    monkeypatch.setattr(simulated.time, "sleep", sleep)
    camera = SimulatedCamera(variant=SimulatedVariant.NO_FACE, seed=1, paced=True)
    assert [camera.read().sequence for _ in range(3)] == [0, 1, 2]
    assert sum(slept) == pytest.approx(2 / 30)
    now[0] = 1_000_000_000
    late = camera.read()
    assert (late.sequence, late.captured_ns) == (30, 1_000_000_000)
    assert camera.read().sequence == 31


def test_commands_may_come_from_another_thread():
    camera = opened()
    commands = [*LivenessCommand, None] * 20
    other = threading.Thread(target=lambda: [camera.show(command) for command in commands])
    other.start()
    frames = [camera.read() for _ in range(5)]
    other.join()
    assert [frame.sequence for frame in frames] == list(range(5))


def test_without_the_photographs_the_camera_is_unavailable(monkeypatch):
    monkeypatch.setattr(photographs, "find_spec", lambda _name: None)
    with pytest.raises(CameraUnavailable, match="demo photographs are not installed"):
        opened()


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG another picture"])
def test_a_photograph_other_than_the_measured_one_is_refused(monkeypatch, tmp_path, content):
    if content is not None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "astronaut.png").write_bytes(content)
    spec = ModuleSpec("skimage", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(photographs, "find_spec", lambda _name: spec)
    with pytest.raises(CameraUnavailable):
        reference_photo(SimulatedPerson.ASTRONAUT)


def watched(variant, frames=40):
    camera = opened(variant)
    watch = DeliveryWatch(CameraKind.SIMULATED)
    found = [report for _ in range(frames) if (report := watch.observe(camera.read()))]
    return found[-1].troubles


def test_what_is_wrong_with_the_images_is_found_by_the_watch():
    assert watched(SimulatedVariant.BLACK) == (CameraTrouble.BLACK,)
    assert watched(SimulatedVariant.LOW_RATE) == (CameraTrouble.SLOW,)
    assert watched(SimulatedVariant.GENUINE) == ()


def test_a_low_rate_is_stated_and_kept():
    camera = opened(SimulatedVariant.LOW_RATE)
    frames = [camera.read() for _ in range(9)]

    assert camera.identity.frames_per_second == 8
    assert frames[8].captured_ns - frames[0].captured_ns == 1_000_000_000


def test_a_simulated_customer_says_that_nothing_can_be_set_and_a_virtual_device_lies():
    honest = challenge_device(opened(), Random(1))
    lying = challenge_device(opened(SimulatedVariant.VIRTUAL_DEVICE), Random(1))

    assert (honest.status, honest.reason) == (Status.INDETERMINATE, "not_offered")
    assert (lying.status, lying.reason) == (Status.FAILED, CameraTrouble.UNRESPONSIVE)
