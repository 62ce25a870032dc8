"""Settings as text: the commented file a new station starts with, and exact TOML."""

import json
from collections.abc import Mapping

import msgspec

import resources
from crypto.report.policy import Environment
from workstation.settings.policy import PolicyTable
from workstation.settings.settings import Profile, Settings

__all__ = ["initial_text", "settings_toml", "toml_value"]

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
