"""Operations of the shipped policy, made without a form."""

from functools import cache

from resources import path
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.checks import CheckName
from workstation.rules.operation import CriticalOperation
from workstation.rules.policy import Policy
from workstation.rules.policy_file import read_policy

__all__ = [
    "KINDS",
    "SHIPPED_TEXT",
    "definition",
    "good_answers",
    "loan",
    "operation",
    "sample",
    "sample_values",
    "shipped_policy",
    "tenge",
    "typed",
]

KINDS = ("change_trusted_phone", "app_registration", "loan_issue")
"""The three that every test may count on."""


SHIPPED_TEXT = path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")


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


def sample_values(of: OperationDefinition) -> dict[str, str]:
    """Return a value that every field of an operation takes, as it might be typed."""
    return {each.name: _sample(each) for each in of.fields}


def sample(kind: str) -> CriticalOperation:
    """Return an operation of the shipped policy with every field filled."""
    return definition(kind).parse(sample_values(definition(kind)))


def _sample(field: FieldDefinition) -> str:
    if field.type is FieldType.PHONE:
        return "+77017654321" if field.name == "old_phone" else "+77011234567"
    if field.type is FieldType.MONEY:
        return f"{max(field.least, 500_000)} {field.currencies[0]}"
    if field.type is FieldType.CHOICE:
        return field.choices[0].id
    if field.type is FieldType.TEXT:
        return ("Pixel 9" + "x" * field.least)[: field.most]
    return {
        FieldType.COUNT: str(max(field.least, 12)),
        FieldType.IBAN: "KZ86125KZT5004100100",
        FieldType.IIN: "880722300007",
        FieldType.BIN: "990140000117",
        FieldType.DATE: "2027-03-01",
        FieldType.DOCUMENT: "AF1234567",
    }[field.type]


def good_answers(check: CheckName = "") -> tuple[tuple[str, bool], ...]:
    """Return what speaks for the customer, of every question or of those about one check."""
    about = [each for each in shipped_policy().attestations if check in {"", each.check}]
    return tuple((each.id, each.good) for one in about for each in one.questions)


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
