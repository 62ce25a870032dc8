from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.liveness.fusion import ATTACK_REASONS, BONA_FIDE, INCOMPLETE
from vision.liveness.fusion import fuse as fuse_required
from vision.liveness.plan import USUAL_PLAN
from vision.results import PadVerdict, SignalResult, Status

REQUIRED_SIGNALS = USUAL_PLAN.required
PASSED = tuple(SignalResult(name, Status.PASSED, 0, 0, "") for name in REQUIRED_SIGNALS)


def fuse(signals):
    return fuse_required(signals, REQUIRED_SIGNALS)


def with_signal(name, status, reason):
    return tuple(
        replace(each, status=status, reason=reason) if each.name == name else each
        for each in PASSED
    )


def test_only_all_signals_passed_is_bona_fide():
    assert fuse(PASSED) == (PadVerdict.BONA_FIDE, BONA_FIDE)


@pytest.mark.parametrize("missing", REQUIRED_SIGNALS)
def test_a_missing_signal_has_not_passed(missing):
    rest = [each for each in PASSED if each.name != missing]
    assert fuse(rest) == (PadVerdict.UNDECIDED, INCOMPLETE)


def test_nothing_at_all_is_undecided():
    assert fuse(()) == (PadVerdict.UNDECIDED, INCOMPLETE)


def test_a_doubled_signal_is_undecided():
    assert fuse((*PASSED, PASSED[0])) == (PadVerdict.UNDECIDED, INCOMPLETE)


def test_nothing_required_passes_nobody():
    assert fuse_required(PASSED, ()) == (PadVerdict.UNDECIDED, INCOMPLETE)


@pytest.mark.parametrize("status", Status)
def test_a_signal_that_is_not_required_neither_helps_nor_hinders(status):
    advisory = SignalResult("screen_light", status, 0, 0, "liveness.no_light")
    assert fuse((*PASSED, advisory)) == (PadVerdict.BONA_FIDE, BONA_FIDE)
    assert fuse((*PASSED[1:], advisory)) == (PadVerdict.UNDECIDED, INCOMPLETE)


@pytest.mark.parametrize(
    ("name", "status"), list(product(REQUIRED_SIGNALS, [Status.FAILED, Status.INDETERMINATE]))
)
def test_any_signal_that_did_not_pass_prevents_bona_fide_and_names_the_reason(name, status):
    verdict, reason = fuse(with_signal(name, status, "liveness.some"))
    assert (verdict, reason) == (PadVerdict.UNDECIDED, "liveness.some")


@pytest.mark.parametrize("reason", ATTACK_REASONS)
def test_an_attack_outweighs_everything_undecided(reason):
    signals = (
        *with_signal("commands", Status.FAILED, "liveness.timed_out")[:-1],
        replace(PASSED[-1], status=Status.FAILED, reason=reason),
    )
    assert fuse(signals) == (PadVerdict.ATTACK, reason)


def test_an_attack_reason_that_is_only_suspected_is_no_attack():
    assert fuse(with_signal("parallax", Status.INDETERMINATE, "liveness.flat"))[0] is (
        PadVerdict.UNDECIDED
    )


@given(
    st.lists(
        st.builds(
            SignalResult,
            name=st.sampled_from(REQUIRED_SIGNALS),
            status=st.sampled_from(Status),
            value_ppm=st.integers(0, 10),
            threshold_ppm=st.integers(0, 10),
            reason=st.sampled_from(["", "liveness.flat", "liveness.no_blink"]),
        )
    )
)
def test_bona_fide_needs_every_signal_passed_whatever_comes(signals):
    verdict, reason = fuse(signals)
    complete = sorted(each.name for each in signals) == sorted(REQUIRED_SIGNALS)
    all_passed = all(each.status is Status.PASSED for each in signals)
    assert (verdict is PadVerdict.BONA_FIDE) == (complete and all_passed)
    assert reason.startswith("liveness.")
