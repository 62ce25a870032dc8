import itertools
import random
from math import comb

import msgspec
import pytest

from vision.errors import VisionSettingsRefused
from vision.matching.calibration import equal_error_rate
from vision.matching.error_card import ScoredPair, build_card, propose_thresholds, read_card
from vision.matching.exact_bounds import exact_bounds
from vision.results import ModelReference

MODEL = ModelReference("match", "model.onnx", "ab" * 32)


def pair(distance, *, same, **labels):
    return ScoredPair(distance, same, labels)


def card(pairs, thresholds=(550_000, 680_000)):
    return build_card(
        pairs, thresholds, day="2026-11-29", source="pairs.csv", model=MODEL, left_out=1
    )


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [
        # Clopper and Pearson's own kind of table; 0 of n is 1 - 0.025 ** (1 / n).
        (0, 10, 0.0, 0.308498),
        (0, 2_607, 0.0, 0.001414),
        (1, 10, 0.002529, 0.445016),
        (5, 10, 0.187086, 0.812914),
        (10, 10, 0.691503, 1.0),
    ],
)
def test_bounds_are_exact(errors, trials, low, high):
    assert exact_bounds(errors, trials) == pytest.approx((low, high), abs=2e-6)


@pytest.mark.parametrize(("errors", "trials"), [(1, 5), (3, 50), (34, 713), (690, 713)])
def test_beyond_a_bound_so_few_or_so_many_errors_have_one_chance_in_forty(errors, trials):
    def chance(rate, counts):
        return sum(comb(trials, n) * rate**n * (1 - rate) ** (trials - n) for n in counts)

    low, high = exact_bounds(errors, trials)
    assert chance(high, range(errors + 1)) == pytest.approx(0.025, rel=1e-6)
    assert chance(low, range(errors, trials + 1)) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize(("errors", "trials"), [(0, 7), (3, 50), (49, 50), (700, 100_000)])
def test_bounds_hold_the_rate_that_was_seen_and_mirror_one_another(errors, trials):
    low, high = exact_bounds(errors, trials)
    assert low <= errors / trials <= high
    assert exact_bounds(trials - errors, trials) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_without_trials_nothing_is_known():
    assert exact_bounds(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="more errors"):
        exact_bounds(2, 1)


def test_a_card_counts_the_errors_of_all_and_of_every_label():
    found = card(
        [
            pair(0.2, same=True, sex="f", group="a"),
            pair(0.6, same=True, sex="m", group="a"),
            pair(0.7, same=True, sex="m", group="b"),
            pair(0.54, same=False, sex="f", group="a"),
            pair(0.9, same=False, sex="m", group="b"),
        ]
    )
    groups = {(each.label, each.value): each for each in found.groups}

    assert list(groups) == [
        ("", ""),
        ("group", "a"),
        ("group", "b"),
        ("sex", "f"),
        ("sex", "m"),
    ]
    everybody = groups["", ""]
    assert (everybody.genuine, everybody.impostors) == (3, 2)
    assert (everybody.match.false_matches, everybody.match.false_non_matches) == (1, 2)
    assert (everybody.review.false_matches, everybody.review.false_non_matches) == (1, 1)
    assert groups["sex", "m"].match.false_non_matches == 2
    assert groups["sex", "m"].match.false_match_ppm == (0, 975_000)
    assert found.left_out == 1


def test_the_curve_runs_from_no_false_match_to_no_false_non_match():
    rng = random.Random(4)
    pairs = [pair(rng.gauss(0.35, 0.08), same=True) for _ in range(300)]
    pairs += [pair(rng.gauss(0.85, 0.08), same=False) for _ in range(3_000)]
    det = card(pairs).det

    assert [point[0] for point in det] == list(range(300_000, 910_000, 10_000))
    assert all(a[1] <= b[1] and a[2] >= b[2] for a, b in itertools.pairwise(det))
    match, review = propose_thresholds(pairs, 1_000)
    everybody = card(pairs, (match, review)).groups[0]
    assert (everybody.match.false_matches, everybody.review.false_matches) == (3, 30)


def test_a_group_of_one_kind_has_no_equal_error_rate():
    assert card([pair(0.2, same=True)]).groups[0].equal_error_ppm is None
    with pytest.raises(VisionSettingsRefused):
        equal_error_rate([0.1], [])


def test_kinds_that_lie_apart_have_no_equal_error_and_mixed_ones_half():
    assert equal_error_rate([0.1, 0.2], [0.8, 0.9]) == 0.0
    assert equal_error_rate([0.1, 0.9], [0.1, 0.9]) == 0.5


def test_too_few_pairs_propose_nothing():
    with pytest.raises(VisionSettingsRefused):
        propose_thresholds([pair(0.9, same=False)] * 100, 1_000)


def test_a_card_is_read_back_and_anything_else_is_refused():
    found = card([pair(0.2, same=True), pair(0.9, same=False)])
    written = msgspec.json.encode(found)

    assert read_card(written) == found
    for broken in (b"", b"{}", written[:-1], written.replace(b"card/1", b"card/2")):
        with pytest.raises(VisionSettingsRefused):
            read_card(broken)
