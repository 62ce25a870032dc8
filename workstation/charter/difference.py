"""What distinguishes a station, or a charter, from the charter before: codes with their places."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crypto.canonical_json import JsonValue, canonical_json
from workstation.charter.contents import Contents
from workstation.charter.document import Charter, CharterAccount
from workstation.rules.parties import person_key

__all__ = [
    "ChangeCode",
    "Difference",
    "compare_accounts",
    "compare_contents",
    "compare_tables",
    "difference_facts",
]

_LONGEST: Final = 160
_ROOM: Final = 5_000
"""Octets that changes may take in an entry of the log, which has 8 KiB."""


class ChangeCode(StrEnum):
    """What became another; the words are `charter_change.CODE` of the catalogues."""

    ORIGIN_CHANGED = "origin_changed"
    PROFILE_CHANGED = "profile_changed"
    SETTINGS_CHANGED = "settings_changed"
    SETTING_CHANGED = "setting_changed"
    POLICY_ADDED = "policy_added"
    POLICY_REMOVED = "policy_removed"
    POLICY_REPLACED = "policy_replaced"
    POLICY_VALUE_CHANGED = "policy_value_changed"
    FILE_ADDED = "file_added"
    FILE_REMOVED = "file_removed"
    FILE_REPLACED = "file_replaced"
    RECIPIENT_ADDED = "recipient_added"
    RECIPIENT_REMOVED = "recipient_removed"
    RECIPIENT_REPLACED = "recipient_replaced"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_REMOVED = "account_removed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_ROLE_CHANGED = "account_role_changed"
    ACCOUNT_KEY_REPLACED = "account_key_replaced"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is another now. `at`: name, path or id; never a person's data."""

    code: ChangeCode
    at: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.code.value}: {self.at}"


def compare_contents(before: Charter, after: Contents) -> Iterator[Difference]:
    """Iterate over what the station's settings and files say otherwise than the charter."""
    if before.origin != after.origin:
        yield Difference(ChangeCode.ORIGIN_CHANGED, "origin", before.origin, after.origin)
    if before.profile is not after.profile:
        yield Difference(
            ChangeCode.PROFILE_CHANGED, "profile", before.profile.value, after.profile.value
        )
    yield from _compare_named(
        "RECIPIENT",
        {each.name: each.x25519 for each in before.recipients},
        {each.name: each.x25519 for each in after.recipients},
    )
    yield from _compare_named(
        "FILE",
        {each.path: each.sha256 for each in before.files},
        {each.path: each.sha256 for each in after.files},
    )
    yield from _compare_named(
        "POLICY",
        {each.id: each.sha256 for each in before.policies},
        {each.id: each.sha256 for each in after.policies},
    )
    if before.settings_sha256 != after.settings_sha256:
        yield Difference(
            ChangeCode.SETTINGS_CHANGED,
            "workstation.toml",
            before.settings_sha256,
            after.settings_sha256,
        )


def compare_accounts(
    before: Sequence[CharterAccount], after: Sequence[CharterAccount]
) -> Iterator[Difference]:
    """Iterate over what the accounts are otherwise. Ids are compared by their very spelling."""
    old, new = ({each.id: each for each in some} for some in (before, after))
    for each in sorted({*old, *new}, key=person_key):
        was, now = old.get(each), new.get(each)
        if was is None and now is not None:
            yield Difference(ChangeCode.ACCOUNT_ADDED, each, after=now.role.value)
        elif now is None and was is not None:
            yield Difference(ChangeCode.ACCOUNT_REMOVED, each, before=was.role.value)
        elif was is not None and now is not None:
            yield from _compare_account(was, now)


def _compare_account(was: CharterAccount, now: CharterAccount) -> Iterator[Difference]:
    if was.role is not now.role:
        yield Difference(ChangeCode.ACCOUNT_ROLE_CHANGED, now.id, was.role.value, now.role.value)
    if was.vkey != now.vkey:
        yield Difference(ChangeCode.ACCOUNT_KEY_REPLACED, now.id, was.vkey, now.vkey)
    if was.disabled != now.disabled:
        code = ChangeCode.ACCOUNT_DISABLED if now.disabled else ChangeCode.ACCOUNT_ENABLED
        yield Difference(code, now.id)


def compare_tables(
    code: ChangeCode, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Difference]:
    """Iterate over the places of two TOML files whose values differ, under one code."""
    old, new = dict(_flatten("$", before)), dict(_flatten("$", after))
    for place in sorted({*old, *new}):
        if old.get(place) != new.get(place):
            yield Difference(code, place, old.get(place, ""), new.get(place, ""))


def difference_facts(differences: Sequence[Difference]) -> list[JsonValue]:
    """Return what the log's entry says of a change: codes, places and shortened values.

    Of more than the entry has room for, the last says how many there are: the charter itself is
    named by its digest.
    """
    facts: list[JsonValue] = []
    room = _ROOM
    for number, each in enumerate(differences):
        fact = _fact(each)
        room -= len(canonical_json(fact))
        if room < 0:
            facts.append({"what": "more", "at": str(len(differences) - number)})
            break
        facts.append(fact)
    return facts


def _fact(difference: Difference) -> dict[str, JsonValue]:
    return {
        "what": difference.code.value,
        "at": _shorten(difference.at),
        "before": _shorten(difference.before),
        "after": _shorten(difference.after),
    }


def _shorten(text: str) -> str:
    """Return a text as an entry may hold it: in form C, of one length at most."""
    return unicodedata.normalize("NFC", text[:_LONGEST])


def _compare_named(
    noun: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    """Compare digests by name; `noun` begins the three codes."""
    added, removed, replaced = (
        ChangeCode[f"{noun}_{verb}"] for verb in ("ADDED", "REMOVED", "REPLACED")
    )
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was is None:
            yield Difference(added, name, after=now or "")
        elif now is None:
            yield Difference(removed, name, before=was)
        elif was != now:
            yield Difference(replaced, name, was, now)


def _flatten(place: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _flatten(f"{place}.{name}", inner)
        case [dict(), *_]:
            for index, inner in enumerate(value):
                yield from _flatten(f"{place}[{index}]", inner)
        case _:
            yield place, str(value)
