"""Says in words what became another: settings by their names, and every value whole.

Nothing is shortened here: two addresses that begin alike have to be told from each other by whoever
signs.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Final

from workstation.charter.difference import ChangeCode, Difference
from workstation.documents.texts import Texts
from workstation.rules.parties import Role

__all__ = ["difference_text", "name_rule_place", "name_setting", "say_difference", "say_value"]

_ROLES: Final = frozenset(Role)
_INDEX: Final = re.compile(r"\[\d+\]")
_WORDS: Final = {
    "": "setting_value.none",
    "[]": "setting_value.empty_list",
    "True": "setting_value.yes",
    "False": "setting_value.no",
}


def difference_text(difference: Difference, texts: Texts) -> str:
    """Say a difference in words."""
    code, at = difference.code.value, difference.at
    return say_difference(code, at, difference.before, difference.after, texts)


def say_difference(code: str, at: str, before: str, after: str, texts: Texts) -> str:
    """Say a difference in words; `code` of `ChangeCode`, the rest as of `Difference`."""
    named = _NAMES[code](at, texts) if code in _NAMES else at
    say = _say_role if code.startswith("account_") else say_value
    words = {"before": say(before, texts), "after": say(after, texts)}
    return texts.tr(f"charter_change.{code}", at=named, **words)


def name_setting(place: str, texts: Texts) -> str:
    """Return what a place of the settings is, and the place itself: `$.trust.anchors[0].path`."""
    path = _INDEX.sub("", place.removeprefix("$.")).split(".")
    groups = (".".join(path[:size]) for size in range(len(path) - 1, 0, -1))
    group = texts.find(f"setting_group.{each}" for each in groups)
    member = texts.find((f"setting.{'.'.join(path)}", f"setting.{path[-1]}"))
    words = ": ".join(texts.tr(code) for code in (group, member) if code)
    return texts.tr("setting_named", name=words, place=place) if words else place


def name_rule_place(place: str, texts: Texts) -> str:
    """Return what a place of the rules is, and the place: `limits.attempts_max`, `carrier`.

    A place that has no words, as an operation's own table, stays as it is.
    """
    path = _INDEX.sub("", place.removeprefix("$.")).split(".")
    places = (".".join(path), ".".join(path[:-1]), path[-1])
    code = texts.find(f"policy_place.{each}" for each in places)
    return texts.tr("setting_named", name=texts.tr(code), place=place) if code else place


def _say_role(value: str, texts: Texts) -> str:
    return texts.tr(f"role.{value}") if value in _ROLES else value


def say_value(value: str, texts: Texts) -> str:
    """Say a value of a setting or a rule: yes and no, and lists by their members, all of it."""
    return texts.tr(_WORDS[value]) if value in _WORDS else _say_list(value)


_NAMES: Final[Mapping[str, Callable[[str, Texts], str]]] = {
    ChangeCode.SETTING_CHANGED: name_setting,
    ChangeCode.POLICY_VALUE_CHANGED: name_rule_place,
}


def _say_list(value: str) -> str:
    """Return the members of a list as it is written in a difference; other values as they are."""
    if not value.startswith("["):
        return value
    try:
        members = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    return ", ".join(map(str, members))
