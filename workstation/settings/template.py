"""Settings as text: the commented file a new station starts with, exact TOML, one value changed."""

import json
import tomllib
from collections.abc import Mapping, Sequence

import msgspec

import resources
from crypto.report.policy import Environment
from workstation.errors import SettingsRefused
from workstation.settings.policy import PolicyTable
from workstation.settings.settings import Profile, Settings

__all__ = [
    "assignment",
    "initial_text",
    "load_tables",
    "replace_assignment",
    "replace_value",
    "settings_toml",
    "toml_value",
]

_DEMO_CAMERA = '[camera]\nkind = "simulated"\nscenario = "genuine"\n\n'


def initial_text(
    profile: Profile, values: Mapping[str, str], signed_policies: PolicyTable | None = None
) -> str:
    """Return the commented template with its `@name@` marks replaced by quoted values.

    It is refused by `read_settings` until the places that have no default are filled in.
    values  station, bank, branch, origin, keys, policy, policy_sha256
    signed_policies  folder and signers, in the place of one pinned policy
    """
    text = resources.path("settings", "initial.toml").read_text(encoding="utf-8")
    environment = Environment.PROD
    if profile is Profile.DEMO:
        environment = Environment.TEST
        before, rest = text.split("[camera]\n", 1)
        text = before + _DEMO_CAMERA + rest[rest.index("[carrier]\n") :]
    if signed_policies is not None:
        stated: dict[str, object] = msgspec.to_builtins(signed_policies)
        lines = "".join(f"{name} = {toml_value(each)}\n" for name, each in stated.items())
        text = text.split("[policy]\n", 1)[0] + "[policy]\n" + lines
    marks = {**values, "profile": profile.value, "environment": environment.value}
    for name, value in marks.items():
        text = text.replace(f"@{name}@", _quote(value))
    return text


def settings_toml(settings: Settings) -> str:
    """Return TOML that `read_settings` reads back as an equal value."""
    members: dict[str, object] = msgspec.to_builtins(settings)
    lines = [f"{name} = {toml_value(value)}" for name, value in members.items() if _is_plain(value)]
    for name, value in members.items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {toml_value(inner)}" for key, inner in value.items()]
    return "\n".join(lines) + "\n"


def _is_plain(value: object) -> bool:
    return not isinstance(value, dict)


def toml_value(value: object) -> str:
    """Return one value as inline TOML: str, int, list and dict of them; TypeError."""
    match value:
        case str():
            return _quote(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            return "[" + ", ".join(toml_value(each) for each in value) + "]"
        case dict():
            inner = ", ".join(f"{key} = {toml_value(each)}" for key, each in value.items())
            return "{ " + inner + " }"
        case _:
            raise TypeError(type(value).__name__)


def _quote(value: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which the settings' patterns exclude.
    return json.dumps(value, ensure_ascii=False)


def replace_value(text: str, place: str, value: object) -> str:
    """Return the settings with one value changed, or added at the end of its table.

    place  `camera.index`; the table is made where there is none
    SettingsRefused when the file writes it in a form that cannot be replaced safely.
    """
    table, _, name = place.rpartition(".")
    wanted = load_tables(text)
    if wanted is None:
        raise SettingsRefused("not TOML")
    at: dict[str, object] = wanted
    for part in table.split(".") if table else ():
        inner = at.setdefault(part, {})
        if not isinstance(inner, dict):
            raise SettingsRefused(f"$.{table}: is no table")
        at = inner
    at[name] = value
    lines = text.splitlines(keepends=True)
    stated = assignment(name, value if isinstance(value, list) else [value], one=value)
    changed = replace_assignment(lines, table, name, stated)
    if changed is None:
        last = lines[-1] if lines else "\n"
        ended = "" if last.endswith("\n") else "\n"
        changed = [*lines, f"{ended}\n[{table}]\n", stated]
    after = "".join(changed)
    if load_tables(after) != wanted:
        raise SettingsRefused(f"$.{place}: written in a form that only you can change")
    return after


def assignment(name: str, values: Sequence[object], *, one: object = None) -> str:
    """Return the lines of an assignment: a list takes a line for each value.

    one  a value that is no list, in the place of the values
    """
    if one is not None and not isinstance(one, list):
        return f"{name} = {toml_value(one)}\n"
    if not values:
        return f"{name} = []\n"
    inner = "".join(f"  {toml_value(each)},\n" for each in values)
    return f"{name} = [\n{inner}]\n"


def replace_assignment(
    lines: Sequence[str], table: str, name: str, stated: str, *, add: bool = True
) -> list[str] | None:
    """Replace one assignment of a table, however many lines its array takes.

    add  one that is absent is added at the end of the table
    None when the table is not there, or the assignment is not and none is added.
    """
    start = _find_table(lines, table)
    if start is None:
        return None
    end = start
    for first in range(start, len(lines)):
        written = lines[first].lstrip()
        if written.startswith("["):
            break
        if written.strip() and not written.startswith("#"):
            end = first + 1
        last = _find_end(lines, first) if written.split("=")[0].strip() == name else None
        if last is not None:
            kept = _keep_comment(lines[first], stated) if last == first + 1 else stated
            return [*lines[:first], kept, *lines[last:]]
    if not add:
        return None
    ended = "" if not end or lines[end - 1].endswith("\n") else "\n"
    return [*lines[:end], f"{ended}{stated}", *lines[end:]]


def _find_table(lines: Sequence[str], table: str) -> int | None:
    """Return the line after a table's header; None when there is no such table."""
    if not table:
        return 0
    headers = (line.split("#")[0].strip() for line in lines)
    return next((i + 1 for i, header in enumerate(headers) if header == f"[{table}]"), None)


def _find_end(lines: Sequence[str], first: int) -> int | None:
    """Return the line after the assignment that begins at `first`; None when it never ends."""
    ends = range(first + 1, len(lines) + 1)
    return next(
        (last for last in ends if load_tables("".join(lines[first:last])) is not None), None
    )


def _keep_comment(line: str, stated: str) -> str:
    """Return a new assignment of one line with the comment of the line it replaces."""
    for at, char in enumerate(line):
        if char == "#" and load_tables(line[:at]) == load_tables(line):
            return f"{stated.rstrip()}  {line[at:]}" if stated.count("\n") == 1 else stated
    return stated


def load_tables(text: str) -> dict[str, object] | None:
    """Return the tables of a text; None when it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
