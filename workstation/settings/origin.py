"""The log's name in the settings, rewritten where a next generation begins: one line, no more."""

import re
import tomllib

from workstation.errors import SettingsRefused

__all__ = ["name_next_generation", "replace_origin"]

_GENERATION = re.compile(r"(?P<log>.+/g)(?P<number>[1-9][0-9]{0,5})", re.ASCII)
_LINE = re.compile(rb'(?m)^(?P<before>[ \t]*origin[ \t]*=[ \t]*)"(?P<origin>[^"\\\r\n]+)"')


def name_next_generation(origin: str) -> str:
    """Return the name of the log after this one; SettingsRefused where it ends in no `/g<n>`."""
    found = _GENERATION.fullmatch(origin)
    if found is None:
        raise SettingsRefused("$.station.origin: ends in no /g<number>")
    return f"{found['log']}{int(found['number']) + 1}"


def replace_origin(settings: bytes, before: str, after: str) -> bytes:
    """Return the settings with another origin and nothing else changed, octet for octet.

    SettingsRefused when the file states it in a form that cannot be replaced safely.
    """
    found = [each for each in _LINE.finditer(settings) if each["origin"] == before.encode()]
    if len(found) != 1:
        raise SettingsRefused("$.station.origin: written in a form that only you can change")
    start, end = found[0].span("origin")
    changed = settings[:start] + after.encode() + settings[end:]
    wanted = tomllib.loads(settings.decode())
    wanted["station"]["origin"] = after
    if tomllib.loads(changed.decode()) != wanted:
        raise SettingsRefused("$.station.origin: written in a form that only you can change")
    return changed
