import hashlib
from math import sqrt

import numpy as np
import pytest

from vision.errors import VisionSettingsRefused
from vision.frame import Frame
from vision.liveness.evidence import encode
from vision.matching.comparison import NOT_COMPARED_PPM, SecondOpinion, compare, evidence_digest
from vision.matching.settings import MatchSettings
from vision.results import MatchVerdict, ModelReference

SETTINGS = MatchSettings(match_ppm=400_000, review_ppm=500_000, frames=3)
MODELS = (ModelReference("match", "model.onnx", "ab" * 32),)
AGREEING = SecondOpinion(distance_ppm=100_000, review_ppm=120_000)
REFERENCE = (1.0, *(0.0,) * 127)


def at_distance(distance):
    """Return a template whose cosine with REFERENCE is 1 - distance."""
    cosine = 1 - distance
    return (cosine, sqrt(max(0.0, 1 - cosine**2)), *(0.0,) * 126)


def judged(*probe, reference=REFERENCE, settings=SETTINGS, second=AGREEING):
    return compare(
        probe,
        reference,
        settings,
        probe_sha256="11" * 32,
        reference_sha256="22" * 32,
        models=MODELS,
        second=second,
    )


@pytest.mark.parametrize(
    ("distance", "verdict", "reason"),
    [
        (0.0, MatchVerdict.MATCH, "match.match"),
        (0.4, MatchVerdict.MATCH, "match.match"),
        (0.400001, MatchVerdict.UNDECIDED, "match.undecided"),
        (0.5, MatchVerdict.UNDECIDED, "match.undecided"),
        (0.500001, MatchVerdict.NON_MATCH, "match.non_match"),
        (2.0, MatchVerdict.NON_MATCH, "match.non_match"),
    ],
)
def test_three_zones_with_inclusive_lower_bounds(distance, verdict, reason):
    result = judged(*[at_distance(distance)] * 3)
    assert (result.verdict, result.reason) == (verdict, reason)
    assert result.distance_ppm == pytest.approx(distance * 1_000_000, abs=0.5)


def test_the_normalised_mean_of_the_templates_is_compared_not_the_best():
    apart = (0.0, 0.0, 1.0, *(0.0,) * 125)
    result = judged(REFERENCE, REFERENCE, apart)
    assert result.distance_ppm == round((1 - 2 / sqrt(5)) * 1_000_000)
    assert result.frames == 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_frames_are_undecided_however_near(count):
    result = judged(*[REFERENCE] * count)
    assert (result.verdict, result.reason) == (MatchVerdict.UNDECIDED, "match.too_few_frames")
    assert result.distance_ppm == NOT_COMPARED_PPM


@pytest.mark.parametrize("distance_ppm", [120_001, NOT_COMPARED_PPM])
def test_a_second_opinion_beyond_its_bound_sends_a_match_to_an_officer(distance_ppm):
    result = judged(*[REFERENCE] * 3, second=SecondOpinion(distance_ppm, 120_000))
    assert (result.verdict, result.reason) == (MatchVerdict.UNDECIDED, "match.second_opinion")
    assert result.distance_ppm == 0
    assert (result.second_distance_ppm, result.second_threshold_ppm) == (distance_ppm, 120_000)


@pytest.mark.parametrize("distance", [0.45, 0.6])
@pytest.mark.parametrize("second_ppm", [0, 120_000, NOT_COMPARED_PPM])
def test_a_second_opinion_never_raises_a_verdict(distance, second_ppm):
    alone = judged(*[at_distance(distance)] * 3)
    both = judged(*[at_distance(distance)] * 3, second=SecondOpinion(second_ppm, 120_000))
    assert both.verdict is alone.verdict is not MatchVerdict.MATCH
    assert both.reason == alone.reason


@pytest.mark.parametrize(
    "bad",
    [
        (),
        REFERENCE[:127],
        (0.0,) * 128,
        (2.0, *REFERENCE[1:]),
        (float("nan"),) * 128,
        (float("inf"),) * 128,
    ],
)
def test_what_is_no_template_of_length_one_is_undecided(bad):
    assert judged(REFERENCE, REFERENCE, bad).reason == "match.bad_template"
    assert judged(REFERENCE, REFERENCE, REFERENCE, reference=bad).reason == "match.bad_template"


def test_everything_needed_to_repeat_the_judgement_is_in_the_result():
    result = judged(*[at_distance(0.45)] * 3)
    assert (result.match_threshold_ppm, result.review_threshold_ppm) == (400_000, 500_000)
    assert (result.probe_sha256, result.reference_sha256) == ("11" * 32, "22" * 32)
    assert result.models == MODELS
    assert result.authority == "local"


def test_a_face_has_no_distance_from_itself():
    assert judged(*[REFERENCE] * 3).distance_ppm == 0


@pytest.mark.parametrize(
    "numbers",
    [(0, 500_000, 3), (400_000, 300_000, 3), (400_000, 500_000, 0)],
)
def test_what_is_no_pair_of_thresholds_is_refused(numbers):
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
