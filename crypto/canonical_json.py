"""Canonical JSON (RFC 8785), for octets that are hashed or signed: one value, one spelling.

What is taken is the part of RFC 8785 where an ordinary encoder gives its octets: no floats
(3.2.2.3 spells them as ECMAScript does), integers that every reader holds exactly (RFC 7493 2.2),
and member names in ASCII, whose order by code point is that by UTF-16 unit (3.2.3).
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

__all__ = ["MAX_INTEGER", "JsonNotCanonical", "JsonValue", "canonical_json", "encode_plain"]

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""JSON without floats: scores are parts per million, times milliseconds."""

MAX_INTEGER: Final = 2**53 - 1

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class JsonNotCanonical(ValueError):
    """A value that has no canonical spelling here; the text of the error says why."""


def canonical_json(value: JsonValue) -> bytes:
    """Return the one spelling of a value in UTF-8; JsonNotCanonical."""
    try:
        return encode_plain(_plain(value))
    except UnicodeEncodeError:
        raise JsonNotCanonical("lone surrogate") from None
    except RecursionError:
        raise JsonNotCanonical("too deep") from None


def encode_plain(value: object) -> bytes:
    """Encode what is known to be plain: names in ASCII, no floats, integers within MAX_INTEGER.

    UnicodeEncodeError for a lone surrogate.
    """
    return _ENCODER.encode(value)


def _plain(value: object) -> object:
    """Return the value in the types that the encoder knows."""
    # By exact type first: most values are a str or a dict, and a pattern asks each class in turn.
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    match value:
        case dict():
            return _plain_members(value)
        case str():
            return str.__str__(value)
        case int():
            if abs(value) > MAX_INTEGER:
                raise JsonNotCanonical("integer out of range")
            return int(value)
        case Mapping():
            return _plain_members(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            raise JsonNotCanonical(f"{kind.__name__} is not allowed")


def _plain_members(members: Mapping[str, object]) -> dict[str, object]:
    _require_names(members)
    return {name: each if type(each) is str else _plain(each) for name, each in members.items()}


def _require_names(members: Mapping[str, object]) -> None:
    try:
        plain = "".join(members).isascii()
    except TypeError:
        plain = False
    if not plain:
        raise JsonNotCanonical("member name")
