from dataclasses import replace

import numpy as np
import pytest

from tests.support.vision.observations import QUALITY, Pose, seen
from vision.face.quality import assess
from vision.results import Status


def failed(report):
    return {finding.code for finding in report.findings if finding.status is Status.FAILED}


def test_a_frontal_sharp_lit_face_passes_every_condition():
    report = assess(seen(0), QUALITY)

    assert report.status is Status.PASSED
    assert {finding.status for finding in report.findings} == {Status.PASSED}


def around(luma):
    """Return a thumbnail of one luma."""
    return bytes([luma]) * 4800


def tilted(degrees):
    turn = np.radians(degrees)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return tuple(map(tuple, (np.array(seen(0).landmarks) - (320, 240)) @ matrix + (320, 240)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"faces": 2}, "several_faces"),
        ({"jaw_width": 89.0}, "face_too_small"),
        ({"landmarks": tilted(31)}, "sideways"),
        ({"landmarks": tilted(-90)}, "sideways"),
        ({"box": (6, 120, 440, 360)}, "too_far_right"),
        ({"box": (200, 120, 634, 360)}, "too_far_left"),
        ({"box": (200, -20, 440, 360)}, "too_high"),
        ({"box": (200, 120, 440, 500)}, "too_low"),
        ({"turn": -0.41}, "not_frontal"),
        ({"turn": 0.41}, "not_frontal"),
        ({"brightness": 34.0, "thumbnail": around(30)}, "too_dark"),
        ({"brightness": 221.0}, "too_bright"),
        ({"contrast": 0.19}, "low_contrast"),
        ({"glare": 0.21}, "glare"),
        ({"relief": 0.03}, "occluded"),
        ({"sharpness": 0.0129}, "blurred"),
        ({"score": 0.69}, "low_confidence"),
    ],
)
def test_each_defect_has_its_own_code_and_fails_the_report(change, code):
    report = assess(replace(seen(0), **change), QUALITY)

    assert failed(report) == {code}
    assert report.status is Status.FAILED


@pytest.mark.parametrize(
    "change",
    [
        {"jaw_width": 90.0},
        {"landmarks": tilted(29)},
        {"turn": 0.4},
        {"box": (7, 120, 440, 360)},
        {"brightness": 35.0, "thumbnail": around(30)},
        {"brightness": 220.0},
        {"contrast": 0.2},
        {"glare": 0.2},
        {"relief": 0.04},
        {"eye_opening": (0.0, 0.0)},
        {"sharpness": 0.013},
        {"score": 0.7},
    ],
)
def test_a_measure_at_its_bound_passes(change):
    assert assess(replace(seen(0), **change), QUALITY).status is Status.PASSED


def test_closed_eyes_are_a_defect_where_no_blink_is_meant():
    still = replace(QUALITY, eye_opening_ppm=120_000)

    assert failed(assess(replace(seen(0), eye_opening=(0.1, 0.1)), still)) == {"eyes_closed"}
    assert assess(replace(seen(0), eye_opening=(0.12, 0.12)), still).status is Status.PASSED


@pytest.mark.parametrize(
    "change",
    [
        {"brightness": 30.0},
        {"contrast": 0.1},
        {"relief": 0.0},
        {"sharpness": 0.001},
        {"score": 0.6},
    ],
)
def test_light_from_behind_is_the_one_reason_for_what_it_brings(change):
    lit = {"brightness": 60.0, "thumbnail": around(200)} | change
    report = assess(replace(seen(0), **lit), QUALITY)

    assert failed(report) == {"back_light"}
    assert report.status is Status.FAILED
    assert sum(each.status is Status.INDETERMINATE for each in report.findings) == 1


def test_a_bright_wall_behind_a_face_that_is_fit_is_no_defect():
    bright = replace(seen(0), brightness=60.0, thumbnail=around(250))

    assert assess(bright, QUALITY).status is Status.PASSED


def test_without_a_face_only_its_absence_is_judged():
    report = assess(seen(0, faces=0), QUALITY)

    assert failed(report) == {"no_face"}
    assert len(report.findings) == 1


def test_a_dark_picture_without_a_face_says_why():
    assert failed(assess(seen(0, faces=0, brightness=20), QUALITY)) == {"no_face", "too_dark"}


def test_a_turned_face_is_reported_with_measure_and_bound_in_millionths():
    finding = next(
        finding
        for finding in assess(seen(0, Pose(yaw=25)), QUALITY).findings
        if finding.code == "not_frontal"
    )

    assert finding.value_ppm > finding.threshold_ppm == 400_000
