import random
from math import dist

import numpy as np
import pytest

from vision.errors import VisionSettingsRefused
from vision.matching.calibration import cohort_centroids, error_counts, threshold_at


def test_errors_are_counted_on_both_sides_of_the_threshold():
    counts = error_counts([0.1, 0.4, 0.41], [0.39, 0.4, 0.9, 1.0], 400_000)
    assert (counts.false_matches, counts.impostors) == (2, 4)
    assert (counts.false_non_matches, counts.genuine) == (1, 3)


def test_the_threshold_keeps_the_promised_rate():
    rng = random.Random(1)
    impostor = [rng.gauss(0.7, 0.1) for _ in range(20_000)]
    threshold = threshold_at(impostor, 1_000)
    assert error_counts([], impostor, threshold).false_matches == 20
    assert error_counts([], impostor, threshold + 5_000).false_matches > 20


def test_a_rate_that_the_data_cannot_show_is_refused():
    with pytest.raises(VisionSettingsRefused):
        threshold_at([0.5] * 1_000, 1_000)


def test_centroids_lie_in_the_groups_and_are_nobody():
    rng = np.random.default_rng(2)
    groups = [rng.normal(centre, 0.02, size=(60, 128)) for centre in (-0.1, 0.0, 0.1)]
    templates = [tuple(map(float, row)) for group in groups for row in group]
    centroids = cohort_centroids(templates, 6, random.Random(3))
    assert len(centroids) == 6
    assert set(centroids).isdisjoint(templates)
    means = {round(float(np.mean(centroid)), 1) for centroid in centroids}
    assert means <= {-0.1, 0.0, 0.1}
    nearest = [min(dist(template, centroid) for centroid in centroids) for template in templates]
    assert max(nearest) < 1.0


def test_too_few_templates_are_refused():
    with pytest.raises(VisionSettingsRefused):
        cohort_centroids([(0.0,) * 128] * 7, 2, random.Random(1))
