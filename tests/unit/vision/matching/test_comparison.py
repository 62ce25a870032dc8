import hashlib
from math import dist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import VisionSettingsRefused
from vision.frame import Frame
from vision.liveness.evidence import encode
from vision.matching.comparison import NOT_COMPARED_PPM, compare, evidence_digest
from vision.matching.settings import MatchSettings
from vision.results import MatchVerdict, ModelReference

SETTINGS = MatchSettings(match_ppm=400_000, review_ppm=500_000, frames=3)
ORIGIN = (0.0,) * 128
MODELS = (ModelReference("descriptor", "model.dat", "ab" * 32),)


def at_distance(distance):
    return (distance, *(0.0,) * 127)


def judged(*probe, reference=ORIGIN, settings=SETTINGS):
    return compare(
        probe,
        reference,
        settings,
        probe_sha256="11" * 32,
        reference_sha256="22" * 32,
        models=MODELS,
    )


@pytest.mark.parametrize(
    ("distance", "verdict", "reason"),
    [
        (0.0, MatchVerdict.MATCH, "match.match"),
        (0.4, MatchVerdict.MATCH, "match.match"),
        (0.400001, MatchVerdict.UNDECIDED, "match.undecided"),
        (0.5, MatchVerdict.UNDECIDED, "match.undecided"),
        (0.500001, MatchVerdict.NON_MATCH, "match.non_match"),
        (0.6, MatchVerdict.NON_MATCH, "match.non_match"),
    ],
)
def test_three_zones_with_inclusive_lower_bounds(distance, verdict, reason):
    result = judged(*[at_distance(distance)] * 3)
    assert (result.verdict, result.reason) == (verdict, reason)
    assert result.distance_ppm == round(distance * 1_000_000)


def test_the_mean_of_the_templates_is_compared_not_the_best():
    result = judged(at_distance(0.0), at_distance(0.0), at_distance(1.5))
    assert result.distance_ppm == 500_000
    assert result.frames == 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_frames_are_undecided_however_near(count):
    result = judged(*[ORIGIN] * count)
    assert (result.verdict, result.reason) == (MatchVerdict.UNDECIDED, "match.too_few_frames")
    assert result.distance_ppm == NOT_COMPARED_PPM


@pytest.mark.parametrize("bad", [(), (0.0,) * 127, (float("nan"),) * 128, (float("inf"),) * 128])
def test_what_is_no_template_is_undecided(bad):
    assert judged(ORIGIN, ORIGIN, bad).reason == "match.bad_template"
    assert judged(ORIGIN, ORIGIN, ORIGIN, reference=bad).reason == "match.bad_template"


def test_everything_needed_to_repeat_the_judgement_is_in_the_result():
    result = judged(*[at_distance(0.45)] * 3)
    assert (result.match_threshold_ppm, result.review_threshold_ppm) == (400_000, 500_000)
    assert (result.probe_sha256, result.reference_sha256) == ("11" * 32, "22" * 32)
    assert result.models == MODELS
    assert result.authority == "local"


@given(st.lists(st.floats(-0.2, 0.2), min_size=128, max_size=128))
def test_the_distance_is_symmetric_and_zero_to_itself(values):
    template = tuple(values)
    assert judged(template, template, template, reference=template).distance_ppm == 0
    there = judged(*[template] * 3)
    back = judged(*[ORIGIN] * 3, reference=template)
    assert there.distance_ppm == back.distance_ppm == round(dist(template, ORIGIN) * 1_000_000)


@pytest.mark.parametrize(
    "numbers",
    [(600_000, 700_000, 3), (0, 500_000, 3), (400_000, 300_000, 3), (400_000, 500_000, 0)],
)
def test_thresholds_that_accept_strangers_are_refused(numbers):
    with pytest.raises(VisionSettingsRefused):
        MatchSettings(*numbers)


def test_the_digest_binds_every_frame_and_their_order():
    frames = [
        encode(Frame(n, n, np.full((4, 4, 3), 40 * n, dtype=np.uint8)), "frontal") for n in (1, 2)
    ]
    expected = hashlib.sha256(
        b"".join(hashlib.sha256(frame.jpeg).digest() for frame in frames)
    ).hexdigest()
    assert evidence_digest(frames) == expected
    assert evidence_digest(reversed(frames)) != expected
