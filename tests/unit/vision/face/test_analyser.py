import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, engines, frame, on_canvas, photo
from vision.camera.recording import RecordedCamera
from vision.errors import ImageRefused
from vision.face.analyser import FaceAnalyser
from vision.face.geometry import mean_opening
from vision.matching.image import decode_image
from vision.templates import cosine_distance

SAMPLES = Path(
    os.environ.get("WORKSTATION_SAMPLES", Path(__file__).parents[5] / "shared" / "samples")
)


@pytest.fixture
def analyser():
    return FaceAnalyser(engines())


@pytest.fixture(scope="module")
def view():
    return on_canvas((photo(HOPPER)[40:520], 60, 0))


def distance(a, b):
    return cosine_distance(a.template, b.template)


def test_a_frontal_portrait_is_measured(analyser, view):
    seen = analyser.analyse(frame(view, 4), embed=False)

    assert (seen.sequence, seen.captured_ns, seen.faces) == (4, 4 * 33_333_333, 1)
    assert len(seen.landmarks) == 468
    assert seen.score > 0.5
    assert abs(seen.turn) < 0.2
    assert 0.3 < seen.nod < 0.8
    assert 150 < seen.jaw_width < 250
    assert 60 < seen.brightness < 200
    assert 0.3 < seen.contrast < 1
    assert seen.sharpness > 0.02
    assert seen.template is None
    assert seen.elapsed_ms > 0


@pytest.mark.parametrize("noise", [3, 6])
def test_a_sensors_noise_does_not_sharpen_a_blurred_face(analyser, view, noise):
    grain = np.random.default_rng(1).normal(0, noise, view.shape)
    blurred = cv2.GaussianBlur(view, (0, 0), 4.5)
    noisy = np.clip(blurred + grain, 0, 255).astype(np.uint8)
    sharp, smooth, grainy = (
        analyser.analyse(frame(each, number), embed=False).sharpness
        for number, each in enumerate((view, blurred, noisy))
    )
    assert grainy == pytest.approx(smooth, rel=0.1)
    assert grainy < 0.6 * sharp


def test_a_face_in_half_the_light_is_as_sharp(analyser, view):
    dim = (view * 0.5).astype(np.uint8)
    bright, dark = (
        analyser.analyse(frame(each, number), embed=False).sharpness
        for number, each in enumerate((view, dim))
    )
    assert dark == pytest.approx(bright, rel=0.05)


def test_the_mirrored_picture_turns_the_other_way(view):
    straight, mirrored = (
        FaceAnalyser(engines()).analyse(frame(picture), embed=False).turn
        for picture in (view, np.ascontiguousarray(view[:, ::-1]))
    )

    assert mirrored == pytest.approx(-straight, abs=0.06)


def test_the_thumbnail_is_the_whole_frame_in_luma(analyser, view):
    thumbnail = analyser.analyse(frame(view), embed=False).thumbnail
    expected = cv2.resize(
        cv2.cvtColor(view, cv2.COLOR_RGB2GRAY), (80, 60), interpolation=cv2.INTER_AREA
    )

    assert thumbnail == expected.tobytes()


def test_an_empty_room_is_no_face_and_has_a_brightness(analyser):
    seen = analyser.analyse(frame(on_canvas(level=90)), embed=True)

    assert (seen.faces, seen.box, seen.landmarks, seen.template) == (0, None, (), None)
    assert seen.brightness == pytest.approx(90, abs=1)
    assert len(seen.thumbnail) == 4800


def test_a_template_is_made_only_when_asked_and_recognises_the_person(analyser, view):
    live = analyser.analyse(frame(view), embed=True)
    same, other = analyser.describe(photo(HOPPER)), analyser.describe(photo(ASTRONAUT))

    assert len(live.template) == 128
    assert distance(live, same) < 0.2
    assert distance(live, other) > 0.7
    assert cosine_distance(live.template, live.template) == pytest.approx(0)


def test_a_read_only_frame_is_analysed_and_left_alone(analyser, view):
    pixels = view.copy()
    pixels.flags.writeable = False
    analyser.analyse(frame(pixels), embed=True)

    assert (pixels == view).all()


def test_a_sequence_that_starts_again_is_a_new_track(analyser, view):
    first = analyser.analyse(frame(view, 7), embed=False)
    analyser.analyse(frame(view, 8), embed=False)
    again = analyser.analyse(frame(view, 7), embed=False)

    assert (again.box, again.landmarks) == (first.box, first.landmarks)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        np.zeros((480, 640, 3), np.float32),
        np.zeros((0, 640, 3), np.uint8),
    ],
)
def test_pixels_of_another_shape_are_refused(analyser, pixels):
    with pytest.raises(ImageRefused):
        analyser.analyse(frame(pixels), embed=False)
    with pytest.raises(ImageRefused):
        analyser.describe(pixels)


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_a_reference_photo_is_described_at_any_usual_size(analyser, scale):
    picture = cv2.resize(photo(HOPPER), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    seen = analyser.describe(picture)

    assert seen.faces == 1
    assert seen.jaw_width == pytest.approx(198 * scale, rel=0.1)
    assert (seen.sequence, seen.captured_ns) == (0, 0)


def test_a_photo_cut_tightly_around_the_face_is_still_described(analyser):
    seen = analyser.describe(np.ascontiguousarray(photo(HOPPER)[150:345, 165:385]))

    assert seen.faces == 1
    assert distance(seen, analyser.describe(photo(HOPPER))) < 0.4


def test_two_people_in_a_reference_photo_are_counted(analyser):
    both = on_canvas(
        (photo(HOPPER)[:480], 0, 0), (photo(ASTRONAUT)[:250, 100:], 512, 40), width=924
    )

    assert analyser.describe(both).faces == 2


@pytest.mark.parametrize("name", ["lp_d0.mp4", "pr_left.mp4"])
def test_a_real_face_is_followed_through_a_real_clip(analyser, name):
    clip = SAMPLES / "media" / "video" / name
    if not clip.is_file():
        pytest.skip("samples are not at hand: set WORKSTATION_SAMPLES")
    camera = RecordedCamera(clip, paced=False)
    seen = [analyser.analyse(camera.read(), embed=False) for _ in range(20)]
    camera.close()

    assert sum(each.faces >= 1 for each in seen) >= 19
    assert all(0.02 < mean_opening(each.eye_opening) < 0.6 for each in seen if each.faces)


def test_a_photo_of_another_person_of_the_samples_is_far_away(analyser):
    folder = SAMPLES / "media" / "faces"
    if not folder.is_dir():
        pytest.skip("samples are not at hand: set WORKSTATION_SAMPLES")
    amy, howard = (
        analyser.describe(decode_image((folder / path).read_bytes()))
        for path in ("bbt_amy/amy1.png", "bbt_howard/howard1.png")
    )

    assert distance(amy, howard) > 0.5
