"""Canonical JSON (RFC 8785), for octets that are hashed or signed: one value, one spelling.

What is taken is the part of RFC 8785 where the standard library's encoder gives its octets: no
floats (3.2.2.3 spells them as ECMAScript does), integers that every reader holds exactly
(RFC 7493 2.2), and member names in ASCII, whose order by code point is that by UTF-16 unit (3.2.3).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["MAX_INTEGER", "JsonNotCanonical", "JsonValue", "canonical_json"]

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""JSON without floats: scores are parts per million, times milliseconds."""

MAX_INTEGER: Final = 2**53 - 1

_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)


class JsonNotCanonical(ValueError):
    """A value that has no canonical spelling here; the text of the error says why."""


def canonical_json(value: JsonValue) -> bytes:
    """Return the one spelling of a value in UTF-8; JsonNotCanonical."""
    try:
        return _ENCODER.encode(_plain(value)).encode()
    except UnicodeEncodeError:
        raise JsonNotCanonical("lone surrogate") from None
    except RecursionError:
        raise JsonNotCanonical("too deep") from None


def _plain(value: object) -> object:
    """Return the value in the types that the encoder knows."""
    match value:
        case str() | None | bool():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise JsonNotCanonical("integer out of range")
            return value
        case dict() | Mapping():
            _require_names(value)
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            raise JsonNotCanonical(f"{type(value).__name__} is not allowed")


def _require_names(members: Mapping[str, object]) -> None:
    try:
        plain = "".join(members).isascii()
    except TypeError:
        plain = False
    if not plain:
        raise JsonNotCanonical("member name")
