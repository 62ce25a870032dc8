"""The tables of a policy's checks and questions as they are written."""

from typing import Annotated, Literal

import msgspec

from workstation.rules.catalogue.table_fields import Name, WordsTable
from workstation.rules.questions.definition import AnsweredBy, AskedOf
from workstation.settings.fields import Table

__all__ = [
    "AnswerTable",
    "AttestationTable",
    "CheckTable",
    "FactTable",
    "QuestionTable",
    "YesNoTable",
]

_Path = Annotated[str, msgspec.Meta(pattern=r"^/[A-Za-z0-9][A-Za-z0-9/_-]{0,99}\Z")]


class CheckTable(Table, frozen=True):
    """A check that the policy defines, with the words of every reason by which it may end."""

    id: Name
    by: AnsweredBy
    label: WordsTable
    look: WordsTable
    reasons: Annotated[dict[Name, WordsTable], msgspec.Meta(min_length=1, max_length=50)]


class AnswerTable(Table, frozen=True):
    """What one word of a registry means."""

    status: Literal["passed", "failed"]
    reason: Name


class FactTable(Table, frozen=True):
    """A whole number beside the word."""

    name: Name
    most: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class QuestionTable(Table, frozen=True):
    """A question to a registry: what it is about, and what each word of the answer means."""

    check: Name
    registry: Name
    path: _Path
    member: Name
    asks: Annotated[dict[Name, Name], msgspec.Meta(min_length=1, max_length=20)]
    answers: Annotated[dict[Name, AnswerTable], msgspec.Meta(min_length=2, max_length=50)]
    facts: Annotated[list[FactTable], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    optional: Annotated[list[Name], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )


class YesNoTable(Table, frozen=True):
    """A question that the teller answers, or the customer in the own window."""

    id: Name
    text: WordsTable
    yes: WordsTable
    no: WordsTable
    good: Literal["yes", "no"]
    asked_of: AskedOf = AskedOf.TELLER


class AttestationTable(Table, frozen=True):
    """What the teller is asked about one check."""

    check: Name
    questions: Annotated[list[YesNoTable], msgspec.Meta(min_length=1, max_length=10)]
