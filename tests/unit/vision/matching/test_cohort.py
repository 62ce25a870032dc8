import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import ModelError, ModelTampered
from vision.matching.cohort import encode_cohort, load_cohort
from vision.matching.comparison import compare
from vision.matching.settings import MatchSettings
from vision.results import MatchVerdict

SETTINGS = MatchSettings(match_ppm=400_000, review_ppm=500_000, frames=1)


def centroids(count=64, *, centre=0.0, spread=0.05, seed=1):
    rows = np.random.default_rng(seed).normal(centre, spread, size=(count, 128))
    return [tuple(float(v) for v in row) for row in rows]


def file(**changes):
    values = {
        "nearest": 8,
        "thresholds_ppm": (-80_000, 0),
        "calibrated": "2026-11-01",
        "persons": 500,
    }
    return encode_cohort(centroids(), **{**values, **changes})


def load(data):
    return load_cohort(data, hashlib.sha256(data).hexdigest(), "cohort.json")


def test_a_file_comes_back_as_it_was_written():
    cohort = load(file())
    assert (cohort.nearest, cohort.match_ppm, cohort.review_ppm) == (8, -80_000, 0)
    assert len(cohort.centroids) == 64
    assert max(abs(a - b) for a, b in zip(cohort.centroids[0], centroids()[0], strict=True)) < 1e-6


def test_other_bytes_than_the_pinned_ones_are_tampering():
    with pytest.raises(ModelTampered):
        load_cohort(file() + b" ", hashlib.sha256(file()).hexdigest(), "cohort.json")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "face-cohort/2"},
        {"nearest": 0},
        {"nearest": 65},
        {"match_ppm": 10, "review_ppm": 0},
        {"centroids": [[0] * 128] * 3},
        {"centroids": [[0] * 127] * 64},
        {"centroids": [[9_000_000] * 128] * 64},
        {"extra": 1},
        {"nearest": "8"},
    ],
)
def test_a_malformed_file_is_refused(change):
    with pytest.raises(ModelError):
        load(json.dumps({**json.loads(file()), **change}).encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_a_cohort_or_a_model_error(data):
    with pytest.raises(ModelError):
        load(data)


def test_the_result_uses_and_names_the_cohort():
    cohort = load(file())
    template = centroids(1, seed=9)[0]
    result = compare(
        (template,),
        template,
        SETTINGS,
        probe_sha256="",
        reference_sha256="",
        models=(),
        cohort=cohort,
    )
    assert result.verdict is MatchVerdict.MATCH
    assert result.distance_ppm < 0
    assert result.match_threshold_ppm == -80_000
    assert result.models == (cohort.reference,)


def test_a_distance_among_look_alikes_counts_for_less_than_among_strangers():
    crowd = load(file())
    first, second = centroids(2, spread=0.02, seed=5)
    far = load(
        encode_cohort(
            centroids(centre=0.2), nearest=8, thresholds_ppm=(-80_000, 0), calibrated="", persons=1
        )
    )
    assert crowd.normalised(first, second) > far.normalised(first, second)
