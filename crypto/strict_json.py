"""Foreign JSON, read in one way only: what two readers could understand differently is refused.

The parsers in use keep the last of two members of one name, so that another party's may have seen
the first. Everything that comes from a network, a file or another process is read here.
"""

import json
import math
from typing import Final, NoReturn, TypeVar

import msgspec

__all__ = ["JsonRefused", "strict_decoded", "strict_json"]

_Shape = TypeVar("_Shape")
_DEPTH: Final = 32


class JsonRefused(ValueError):
    """Not JSON, or JSON that is ambiguous; the text of the error says which."""


def strict_json(
    untrusted: bytes | str, *, depth: int = _DEPTH, integers_only: bool = False
) -> object:
    """Return the value these octets (UTF-8) or this text spell; JsonRefused.

    Refused: a member named twice in any object, objects and arrays nested deeper than `depth`,
    lone surrogates, NaN and infinities, and any number but an integer where `integers_only`.
    The caller bounds the size.
    """
    try:
        text = untrusted.decode("utf-8") if isinstance(untrusted, bytes) else untrusted
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_float=_no_number if integers_only else _finite,
            parse_constant=_no_number,
        )
        text.encode("utf-8")
        _require_plain(value, depth)
    except JsonRefused:
        raise
    except (ValueError, RecursionError):
        raise JsonRefused("not JSON") from None
    return value


def strict_decoded(untrusted: bytes | str, shape: type[_Shape], *, depth: int = _DEPTH) -> _Shape:
    """Return the value as `shape`, with nothing converted that is not of its type; JsonRefused."""
    try:
        return msgspec.convert(strict_json(untrusted, depth=depth), shape, strict=True)
    except msgspec.ValidationError as trouble:
        raise JsonRefused(str(trouble)) from None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonRefused("duplicate member")
    return members


def _finite(untrusted: str) -> float:
    number = float(untrusted)
    if not math.isfinite(number):
        raise JsonRefused("number")
    return number


def _no_number(_untrusted: str) -> NoReturn:
    raise JsonRefused("number")


def _require_plain(value: object, depth: int) -> None:
    """Refuse what is too deep and strings that are no text; walks without recursion."""
    waiting = [(value, 0)]
    while waiting:
        found, level = waiting.pop()
        if isinstance(found, str):
            # `"\ud800"` is an escape that ASCII can spell and UTF-8 cannot.
            found.encode("utf-8")
        elif isinstance(found, dict | list):
            if level >= depth:
                raise JsonRefused("too deep")
            inside = (*found, *found.values()) if isinstance(found, dict) else found
            waiting.extend((each, level + 1) for each in inside)
