from dataclasses import replace

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


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"faces": 2}, "several_faces"),
        ({"jaw_width": 109.0}, "face_too_small"),
        ({"turn": -0.21}, "not_frontal"),
        ({"turn": 0.21}, "not_frontal"),
        ({"brightness": 59.0}, "too_dark"),
        ({"brightness": 201.0}, "too_bright"),
        ({"sharpness": 24.0}, "blurred"),
        ({"score": 0.29}, "low_confidence"),
    ],
)
def test_each_defect_has_its_own_code_and_fails_the_report(change, code):
    report = assess(replace(seen(0), **change), QUALITY)

    assert failed(report) == {code}
    assert report.status is Status.FAILED


@pytest.mark.parametrize(
    "change",
    [
        {"jaw_width": 110.0},
        {"turn": 0.2},
        {"brightness": 60.0},
        {"brightness": 200.0},
        {"sharpness": 25.0},
        {"score": 0.3},
    ],
)
def test_a_measure_at_its_bound_passes(change):
    assert assess(replace(seen(0), **change), QUALITY).status is Status.PASSED


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

    assert finding.value_ppm > finding.threshold_ppm == 200_000
