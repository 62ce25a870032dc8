"""What one operation of a draft asks for and tells apart: all else of a record is left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.rules.checks import CheckId, CheckName
from workstation.rules.conditions import Fact
from workstation.rules.policy import OperationPolicy, Policy
from workstation.session.bands import cut_ages, cut_amounts, list_conditions
from workstation.session.judges.judgements import JUDGES

__all__ = ["OperationDemand", "find_demands"]


@dataclass(frozen=True, slots=True)
class OperationDemand:
    """Of one operation.

    answers        checks that are answered and not judged by the session
    facts          that its conditions look at
    ages, amounts  bounds of its bands
    photo_ages     greatest age of a photo by its source; 0: any
    """

    answers: frozenset[CheckName]
    facts: frozenset[Fact]
    ages: frozenset[int]
    amounts: frozenset[int]
    photo_ages: Mapping[str, int]


def find_demands(policy: Policy) -> dict[str, OperationDemand]:
    """Return what each operation asks for, by kind."""
    return {each.kind: _find_demand(policy, each) for each in policy.operations}


def _find_demand(policy: Policy, operation: OperationPolicy) -> OperationDemand:
    checks = frozenset(name for each in operation.required for name in each.answers)
    limits = {policy.minimum_age, policy.maximum_age + 1} if CheckId.AGE in checks else set[int]()
    return OperationDemand(
        answers=checks - JUDGES.keys(),
        facts=frozenset(each.fact for each in list_conditions(operation)),
        ages=cut_ages(operation) | limits,
        amounts=cut_amounts(operation),
        photo_ages={each.source.value: each.greatest_age_days for each in operation.sources},
    )
