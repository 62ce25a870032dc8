"""The terms of an entry, by which it is found: codes, numbers of people and cases, typed words."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.log.format.key_record import Kind
from workstation.records.alarms import ALARM
from workstation.rules.checks import CheckStatus

__all__ = ["CODE", "Term", "TermField", "fold", "list_terms", "list_words", "read_outcome"]

Term = tuple["TermField", str]
"""A field and the value that it has in an entry."""

_OUTCOMES: Final = ("outcome", "act", "step")
"""Members that say what an entry is about, the first that is there."""

_PEOPLE: Final = ("account", "id", "operator", "by", "reviewer", "supervisor")
_CASES: Final = "cases"
_OF_NUMBER: Final = (Kind.PAYLOAD_ERASE, Kind.HOLD_SET, Kind.HOLD_LIFTED)
"""Kinds that name their case by its number."""

CODE: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
"""What a code of this program looks like."""

_HEX: Final = re.compile(r"[0-9a-f]{8,}")
_WORD: Final = re.compile(r"[^\W_]+")
_MOST: Final = 200
"""Octets of a code; digests and keys are no words."""

_PLAIN: Final = frozenset({"words", "comment", "order", "note", "reason", "detail"})
"""Members in which a person has typed words."""


class TermField(StrEnum):
    """Where a term of an entry stands."""

    KIND = "kind"
    ACTOR = "actor"
    OPERATION = "operation"
    OUTCOME = "outcome"
    CASE = "case"
    CODE = "code"
    TEXT = "text"


def fold(text: str) -> str:
    """Return a text as it is compared: lower case, and no difference between ё and е."""
    return text.casefold().replace("ё", "е")


def list_words(text: str) -> list[str]:
    """Return the words of a text, folded: letters and digits, as FTS5's unicode61 cuts them."""
    return _WORD.findall(fold(text))


def list_terms(kind: str, actor: str, data: Mapping[str, JsonValue]) -> frozenset[Term]:
    """Return the terms of an entry; every entry has exactly one kind and one outcome.

    An outcome or an operation that an entry has none of is the empty one.
    """
    return frozenset(_find_terms(kind, actor, data))


def read_outcome(data: Mapping[str, JsonValue]) -> str:
    """Return what an entry is found by, and listed with, as its outcome; empty for none."""
    return next((str(data[name]) for name in _OUTCOMES if data.get(name)), "")


def _find_terms(kind: str, actor: str, data: Mapping[str, JsonValue]) -> Iterator[Term]:
    yield TermField.KIND, kind
    yield TermField.OUTCOME, read_outcome(data)
    yield TermField.OPERATION, str(data.get("operation", ""))
    yield TermField.ACTOR, actor
    if kind == ALARM:
        yield TermField.CODE, f"alarm.{data.get('code')}"
    cases = data.get(_CASES)
    for case in (data.get("case"), *(cases if isinstance(cases, list) else ())):
        if isinstance(case, str) and case:
            yield TermField.CASE, case
    if kind in _OF_NUMBER:
        yield TermField.CASE, f"#{data.get('number')}"
    yield from _walk(data)


def _walk(data: Mapping[str, JsonValue]) -> Iterator[Term]:
    for name, value in data.items():
        match value:
            case str():
                yield from _read(name, value)
            case dict():
                yield from _walk(value)
            case list():
                for each in value:
                    # What has passed is in every approved case: nobody looks for it.
                    if isinstance(each, dict) and each.get("status") != CheckStatus.PASSED.value:
                        yield from _walk(each)
            case _:
                pass


def _read(name: str, value: str) -> Iterator[Term]:
    if name in _PEOPLE and value:
        yield TermField.ACTOR, value
    elif CODE.fullmatch(value) and len(value) <= _MOST and not _HEX.fullmatch(value):
        yield TermField.CODE, value
    elif name in _PLAIN and value:
        yield TermField.TEXT, value
