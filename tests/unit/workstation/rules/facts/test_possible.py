"""A condition that no case can meet is refused with its place; one that some case meets is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.station.operations import definition
from workstation.errors import PolicyRefused
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.checks import CheckId
from workstation.rules.conditions import CaseFacts, Condition, Fact
from workstation.rules.facts.possible import PossibleFacts
from workstation.rules.reference import ReferenceSource

MCI = 4_325
SOURCES = (ReferenceSource.CHIP, ReferenceSource.REGISTRY)


def possible(kind="loan_issue", *, checks=(CheckId.PERSON,), **changes):
    found = definition(kind)
    fields = tuple(
        replace(each, **{name: value for name, value in changes.items() if hasattr(each, name)})
        if each.type in {FieldType.MONEY, FieldType.PHONE}
        else each
        for each in found.fields
    )
    return PossibleFacts.of_operation(replace(found, fields=fields), SOURCES, checks, (3_932, MCI))


def refusal(conditions, **changes):
    with pytest.raises(PolicyRefused) as refused:
        possible(**changes).require(tuple(conditions), "$.here")
    return refused.value.detail


@pytest.mark.parametrize(
    "conditions",
    [
        (Condition(Fact.AGE, above=130),),
        (Condition(Fact.AGE, outside=(0, 130)),),
        (Condition(Fact.AGE, above=60), Condition(Fact.AGE, outside=(10, 130))),
        (Condition(Fact.AMOUNT_MCI, above=900_000),),
        (Condition(Fact.AMOUNT_MCI, above=500), Condition(Fact.AMOUNT_MCI, outside=(0, 900_000))),
        (Condition(Fact.MARRIED, equals=True), Condition(Fact.MARRIED, equals=False)),
        (Condition(Fact.REFERENCE_SOURCE, one_of=("file",)),),
        (
            Condition(Fact.REFERENCE_SOURCE, one_of=("chip",)),
            Condition(Fact.REFERENCE_SOURCE, one_of=("registry",)),
        ),
        (Condition(Fact.CURRENCY, one_of=("USD",)),),
        (Condition(Fact.FOREIGN_NUMBER, equals=True),),
    ],
)
def test_what_can_never_be_true_is_refused(conditions):
    assert refusal(conditions) == f"$.here.{conditions[0].fact}: it can never be true"


@pytest.mark.parametrize(
    ("condition", "changes", "words"),
    [
        (Condition(Fact.AMOUNT_MCI, above=1), {"kind": "app_registration"}, "no field says it"),
        (
            Condition(Fact.CURRENCY, one_of=("KZT",)),
            {"kind": "app_registration"},
            "nobody says it in this operation",
        ),
        *(
            (Condition(fact, equals=True), {"checks": ()}, "nobody says it in this operation")
            for fact in (Fact.FIRST_LOAN, Fact.MARRIED, Fact.RESIDENT, Fact.OLD_NUMBER)
        ),
    ],
)
def test_a_fact_that_the_operation_cannot_have_is_refused(condition, changes, words):
    assert refusal((condition,), **changes) == f"$.here.{condition.fact}: {words}"


@pytest.mark.parametrize(
    ("condition", "changes"),
    [
        (Condition(Fact.AGE, above=129), {}),
        (Condition(Fact.AMOUNT_MCI, above=231_213), {}),
        (Condition(Fact.AMOUNT_MCI, above=900_000), {"currencies": ("KZT", "USD")}),
        (Condition(Fact.CURRENCY, one_of=("USD", "EUR")), {"currencies": ("KZT", "USD")}),
        (Condition(Fact.FOREIGN_NUMBER, equals=True), {"countries": ()}),
        (Condition(Fact.OLD_NUMBER, equals=False), {}),
        (Condition(Fact.CHANNEL, one_of=("branch",)), {}),
    ],
)
def test_what_some_case_meets_is_taken(condition, changes):
    possible(**changes).require((condition,), "$.here")


BOUNDS = st.integers(0, 140)
AGES = st.one_of(
    st.builds(lambda low: Condition(Fact.AGE, above=low), BOUNDS),
    st.builds(lambda low: Condition(Fact.AGE, at_least=low), BOUNDS),
    st.builds(
        lambda one, other: Condition(Fact.AGE, outside=tuple(sorted((one, other)))), BOUNDS, BOUNDS
    ),
)


@given(st.lists(AGES, min_size=1, max_size=4))
def test_conditions_on_age_are_refused_exactly_where_no_age_meets_them(conditions):
    met = any(all(each.holds(CaseFacts(age, 0, None)) for each in conditions) for age in range(131))
    try:
        possible().require(tuple(conditions), "$.here")
    except PolicyRefused:
        assert not met
    else:
        assert met
