"""Bands decide every condition as the very numbers would."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.station.sessions import policy
from workstation.rules.conditions import CaseFacts, Condition, Fact
from workstation.session.bands import (
    AGE_CUTS,
    AMOUNT_CUTS,
    UNIT,
    AgeBand,
    AmountBand,
    cut_ages,
    find_age_cuts,
    find_amount_cuts,
)

MCI_KZT = 4_325


@pytest.mark.parametrize(
    ("age", "band"),
    [(17, (16, 17)), (18, (18, 20)), (21, (21, 55)), (55, (21, 55)), (56, (56, 120))],
)
def test_an_age_lies_between_the_bounds_of_the_law(age, band):
    found = AgeBand.containing(age, AGE_CUTS)

    assert (found.low, found.high) == band


@pytest.mark.parametrize(
    ("amount_kzt", "band"),
    [
        (0, (0, 0)),
        (1, (0, 75)),
        (150 * MCI_KZT, (150, 150)),
        (150 * MCI_KZT + 1, (150, 255)),
        (1_000 * MCI_KZT + 1, (1_000, None)),
    ],
)
def test_an_amount_lies_between_two_numbers_of_indices_or_is_one(amount_kzt, band):
    found = AmountBand.containing(amount_kzt, MCI_KZT, AMOUNT_CUTS)

    assert (found.low, found.high) == band


def test_the_policy_in_force_is_cut_at_its_own_bounds():
    assert find_age_cuts(policy()) >= {18, 121, 21, 56}
    assert find_amount_cuts(policy()) >= {150, 255, 1_000}


@pytest.mark.parametrize(
    ("demand", "cuts"),
    [({"above": 55}, {56}), ({"at_least": 21}, {21}), ({"outside": (21, 55)}, {21, 56})],
)
def test_every_demand_on_an_age_cuts_where_its_answer_changes(demand, cuts):
    operation = policy().operation("loan_issue")
    named = replace(operation.required[0], when=(Condition(Fact.AGE, **demand),))
    assert cut_ages(replace(operation, required=(named,), waits=(), confirmations=())) == cuts


_BOUNDS = st.one_of(
    st.builds(lambda bound: {"above": bound}, st.integers(1, 2_000)),
    st.builds(lambda bound: {"at_least": bound}, st.integers(1, 2_000)),
    st.builds(
        lambda pair: {"outside": (min(pair), max(pair))},
        st.tuples(st.integers(1, 2_000), st.integers(1, 2_000)),
    ),
)


@given(demand=_BOUNDS, amount_kzt=st.integers(0, 10_000_000), cuts=st.sets(st.integers(1, 2_000)))
def test_the_amounts_of_a_band_meet_a_condition_in_every_way_that_the_amount_itself_may(
    demand, amount_kzt, cuts
):
    condition = Condition(Fact.AMOUNT_MCI, **demand)
    held = condition.holds(CaseFacts(None, amount_kzt, MCI_KZT))
    stated = {each for bound in demand.values() for each in _numbers(bound)}
    amounts = AmountBand.containing(amount_kzt, MCI_KZT, cuts).amounts(stated)
    answers = {condition.holds(CaseFacts(None, amount, UNIT)) for amount in amounts}

    assert held in answers
    assert len(answers) == 1 or not stated <= cuts


@given(age=st.integers(0, 130), cuts=st.sets(st.integers(1, 130)), bound=st.integers(1, 130))
def test_the_ages_of_a_band_lie_on_both_sides_of_a_bound_only_where_the_band_does(age, cuts, bound):
    ages = AgeBand.containing(age, cuts).ages({bound})
    answers = {each >= bound for each in ages}

    assert (age >= bound) in answers
    assert len(answers) == 1 or bound not in cuts


def _numbers(bound):
    return bound if isinstance(bound, tuple) else (bound,)
