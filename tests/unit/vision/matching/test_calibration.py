import random

import pytest

from vision.errors import VisionSettingsRefused
from vision.matching.calibration import error_counts, threshold_at


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
