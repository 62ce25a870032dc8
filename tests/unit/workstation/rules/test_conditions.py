from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.rules.conditions import CaseFacts, Channel, Condition, Fact
from workstation.rules.reference import ReferenceSource

MCI_KZT = 4_325
KNOWN = CaseFacts(
    age=36,
    amount_kzt=648_750,
    mci_kzt=MCI_KZT,
    resident=True,
    first_loan=False,
    married=True,
    reference_source=ReferenceSource.REGISTRY,
)


@pytest.mark.parametrize(
    ("condition", "amount_kzt", "holds"),
    [
        (Condition(Fact.AMOUNT_MCI, above=150), 648_750, False),
        (Condition(Fact.AMOUNT_MCI, above=150), 648_751, True),
        (Condition(Fact.AMOUNT_MCI, at_least=1_000), 4_324_999, False),
        (Condition(Fact.AMOUNT_MCI, at_least=1_000), 4_325_000, True),
        (Condition(Fact.AMOUNT_MCI, outside=(150, 255)), 648_749, True),
        (Condition(Fact.AMOUNT_MCI, outside=(150, 255)), 648_750, False),
        (Condition(Fact.AMOUNT_MCI, outside=(150, 255)), 1_102_875, False),
        (Condition(Fact.AMOUNT_MCI, outside=(150, 255)), 1_102_876, True),
        (Condition(Fact.AMOUNT_MCI, above=0), 0, False),
    ],
)
def test_an_amount_is_measured_in_monthly_indices_to_the_tenge(condition, amount_kzt, holds):
    assert condition.holds(replace(KNOWN, amount_kzt=amount_kzt)) is holds


@pytest.mark.parametrize(
    ("age", "holds"), [(0, True), (20, True), (21, False), (55, False), (56, True)]
)
def test_an_age_outside_two_bounds_is_below_the_first_or_above_the_second(age, holds):
    assert Condition(Fact.AGE, outside=(21, 55)).holds(replace(KNOWN, age=age)) is holds


@pytest.mark.parametrize("fact", [Fact.RESIDENT, Fact.FIRST_LOAN, Fact.MARRIED])
@pytest.mark.parametrize("demanded", [True, False])
def test_a_yes_or_no_is_met_by_itself_and_by_what_is_not_known(fact, demanded):
    condition = Condition(fact, equals=demanded)

    assert condition.holds(replace(KNOWN, **{fact.value: demanded}))
    assert not condition.holds(replace(KNOWN, **{fact.value: not demanded}))
    assert condition.holds(replace(KNOWN, **{fact.value: None}))


@pytest.mark.parametrize("source", ReferenceSource)
def test_a_source_is_one_of_those_that_are_named(source):
    condition = Condition(Fact.REFERENCE_SOURCE, one_of=("file", "document_camera"))

    assert condition.holds(replace(KNOWN, reference_source=source)) is (
        source in {ReferenceSource.FILE, ReferenceSource.DOCUMENT_CAMERA}
    )


@pytest.mark.parametrize(
    ("condition", "unknown"),
    [
        (Condition(Fact.AMOUNT_MCI, above=150), {"mci_kzt": None}),
        (Condition(Fact.AGE, above=20), {"age": None}),
        (Condition(Fact.REFERENCE_SOURCE, one_of=("file",)), {"reference_source": None}),
    ],
)
def test_what_is_not_known_meets_every_condition_on_it(condition, unknown):
    assert condition.holds(replace(KNOWN, **unknown))


def test_no_amount_is_no_loan_even_where_the_index_is_not_known():
    nothing = replace(KNOWN, amount_kzt=0, mci_kzt=None)

    assert not Condition(Fact.AMOUNT_MCI, above=150).holds(nothing)


def test_the_customer_of_this_station_came_in_person():
    assert Condition(Fact.CHANNEL, one_of=(Channel.BRANCH.value,)).holds(KNOWN)
    assert not Condition(Fact.CHANNEL, one_of=("phone",)).holds(KNOWN)


@pytest.mark.parametrize("fact", [Fact.AGE, Fact.AMOUNT_MCI, Fact.MARRIED])
def test_a_condition_that_demands_nothing_is_met(fact):
    assert Condition(fact).holds(KNOWN)


@given(st.integers(0, 10**9), st.integers(1, 10_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_outside_two_bounds_is_above_the_upper_or_not_at_least_the_lower(amount, mci, one, two):
    low, high = sorted((one, two))
    facts = replace(KNOWN, amount_kzt=amount, mci_kzt=mci)

    above = Condition(Fact.AMOUNT_MCI, above=high).holds(facts)
    least = Condition(Fact.AMOUNT_MCI, at_least=low).holds(facts)
    assert Condition(Fact.AMOUNT_MCI, outside=(low, high)).holds(facts) is (above or not least)
