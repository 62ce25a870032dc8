"""Operations of the shipped policy, made without a form."""

from functools import cache

from resources import path
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.operation import CriticalOperation
from workstation.rules.policy import Policy
from workstation.rules.policy_file import read_policy

__all__ = ["KINDS", "definition", "loan", "operation", "shipped_policy", "tenge", "typed"]

KINDS = ("change_trusted_phone", "app_registration", "loan_issue")
"""The three that every test may count on."""


@cache
def shipped_policy() -> Policy:
    """Return the policy that the program comes with."""
    return read_policy(path("policies", "kz-2026-07-12.toml").read_bytes())


def definition(kind: str) -> OperationDefinition:
    """Return what the shipped policy says of an operation."""
    return shipped_policy().operation(kind).definition


def operation(kind: str, **parameters: str) -> CriticalOperation:
    """Return an operation with these parameters, as they are."""
    return CriticalOperation(kind, tuple(parameters.items()))


def loan(amount_kzt: int) -> CriticalOperation:
    """Return a loan of so many whole tenge for a year."""
    amount = f"{amount_kzt} KZT"
    return operation("loan_issue", new_phone="+77011234567", amount=amount, term_months="12")


def tenge(of: CriticalOperation) -> int:
    """Return how many tenge an operation is about, 0 for none."""
    return definition(of.kind).tenge(of) or 0


def typed(**values: str) -> tuple[tuple[str, str], ...]:
    """Return what was typed into the parameters of a form."""
    return tuple(values.items())
