"""Places of the settings set one by one: what is typed is tried in each form the place may take."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.files.durable import write_durably
from crypto.jws import JwsKey, JwsKeyRefused
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.settings import MAX_SETTINGS, SETTINGS_NAME, find_faults
from workstation.settings.template import load_tables, replace_value
from workstation.settings.toml_file import read_limited
from workstation.trust.change import TRUST_FOLDER

__all__ = ["PlaceChange", "open_places", "read_place", "set_places"]

_CERTIFICATES: Final = "tls_anchors"
_KEYS: Final = "jws_keys"
_MAX_KEY: Final = 65_536
_RECIPIENTS: Final = "vault.recipients"
_ELSEWHERE: Final = {
    "profile": "init",
    "station.origin": "init",
    "log.path": "init",
    "keys.kind": "key seal",
    "keys.path": "init",
    "trust.environment": "init",
    "trust.anchors": "trust import",
    "trust.intermediates": "trust import",
    "trust.timestamp_anchors": "trust import --timestamp",
    "trust.timestamp_intermediates": "trust import --timestamp",
    "trust.csca_anchors": "trust import --csca",
    "trust.csca_links": "trust import --csca",
    "trust.signer_issuers": "trust import --issues",
    "trust.timestamp_issuers": "trust import --issues",
}
"""Places that are never typed in by themselves, and the command that sets them."""


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """One place as it is now. `files`: certificates that were copied into the station's folder."""

    place: str
    value: object
    files: tuple[str, ...] = ()


def set_places(folder: Path, changes: Mapping[str, Sequence[str]]) -> tuple[PlaceChange, ...]:
    """Write what was typed for each place, all of them or none, and return what stands there now.

    changes  place (`camera.index`) and the texts typed for it; of a list each is one. Certificate
             files of TLS are copied to the others in `trust/`; so are keys that sign answers,
             KID=FILE; a recipient is NAME=DIGITS

    NotInitialised without settings; SettingsRefused names the place and what belongs there.
    """
    text = _read_text(folder)
    made: list[PlaceChange] = []
    files: dict[str, bytes] = {}
    for place, typed in changes.items():
        if place in _ELSEWHERE:
            raise SettingsRefused(f"$.{place}: set by `workstation-ctl {_ELSEWHERE[place]}`")
        forms, copied = _read_forms(folder, place, typed)
        files |= copied
        text, value = _replace(text, place, forms)
        made.append(PlaceChange(place, value, tuple(copied)))
    if files:
        (folder / TRUST_FOLDER).mkdir(mode=0o700, exist_ok=True)
    for where, der in files.items():
        write_durably(folder / where, der)
    write_durably(folder / SETTINGS_NAME, text.encode())
    return tuple(made)


def read_place(folder: Path, place: str) -> object:
    """Return what stands at a place of the settings, None where nothing does; as `set_places`."""
    found: object = load_tables(_read_text(folder))
    for part in place.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def open_places(folder: Path) -> tuple[str, ...]:
    """Return what still keeps the settings from being whole, each `$.place: …`; NotInitialised."""
    tables = load_tables(_read_text(folder))
    return ("$: not TOML",) if tables is None else find_faults(tables)


def _replace(text: str, place: str, forms: Sequence[object]) -> tuple[str, object]:
    """Return the text with the first form of the value that the place takes."""
    before = frozenset(find_faults(load_tables(text) or {}))
    refused: list[str] = []
    for value in forms:
        after = replace_value(text, place, value)
        faults = find_faults(load_tables(after) or {})
        own = [
            each
            for each in faults
            if _is_at(each, place) or (_is_above(each, place) and each not in before)
        ]
        if not own:
            return after, value
        refused = refused or [each for each in own if each not in before] or own
    raise SettingsRefused(refused[0] if refused else f"$.{place}: nothing was given")


def _read_forms(
    folder: Path, place: str, typed: Sequence[str]
) -> tuple[list[object], dict[str, bytes]]:
    """Return what the typed texts may stand for, and the files that are copied for it."""
    name = place.rpartition(".")[2]
    if name == _CERTIFICATES:
        copied = dict(_copy_certificates(folder, place, typed))
        return [list(copied)], copied
    if name.endswith(_KEYS):
        found = [_copy_key(place, index, each) for index, each in enumerate(typed)]
        return [[table for table, _ in found]], {str(t["path"]): octets for t, octets in found}
    return list(_forms(place, typed)), {}


def _forms(place: str, typed: Sequence[str]) -> Iterator[object]:
    """Iterate over what the typed texts may stand for: a text, a number, yes or no, a list."""
    if place == _RECIPIENTS:
        pairs = (each.rpartition("=") for each in typed)
        yield [{"name": name, "x25519": digits.lower()} for name, _, digits in pairs]
        return
    if len(typed) == 1:
        (only,) = typed
        yield only
        if only.isascii() and only.isdigit():
            yield int(only)
        if only in {"true", "false"}:
            yield only == "true"
    yield list(typed)


def _is_at(fault: str, place: str) -> bool:
    """Whether a fault is about this place, something inside it, or the whole file."""
    at = fault.partition(":")[0]
    return at == f"$.{place}" or at.startswith((f"$.{place}.", f"$.{place}["))


def _is_above(fault: str, place: str) -> bool:
    """Whether a fault is about a table that a place is in."""
    return f"$.{place}".startswith(f"{fault.partition(':')[0]}.")


def _copy_certificates(
    folder: Path, place: str, files: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Iterate over certificates under the names that they get in the station's folder."""
    for index, each in enumerate(files):
        # A file that is in the folder already is named as the settings name it.
        inside = folder / each
        path = inside if inside.is_file() else Path(each).absolute()
        der = certificate_octets(path.parent, f"$.{place}[{index}]", path.name)
        yield _name_copy(path, hashlib.sha256(der).hexdigest(), ".cer"), der


def _copy_key(place: str, index: int, typed: str) -> tuple[dict[str, str], bytes]:
    """Return the table of a key, KID=FILE, that names its copy, and the copy's octets."""
    kid, _, file = typed.partition("=")
    path = Path(file).absolute()
    try:
        octets = read_limited(path, _MAX_KEY, SettingsRefused)
        digest = JwsKey.read(kid, octets).sha256
    except (SettingsRefused, JwsKeyRefused) as refused:
        raise SettingsRefused(f"$.{place}[{index}]: {refused}") from None
    return {"kid": kid, "path": _name_copy(path, digest, ".pem"), "sha256": digest}, octets


def _name_copy(path: Path, digest: str, ends: str) -> str:
    return f"{TRUST_FOLDER}/{path.stem.removesuffix(f'-{digest[:8]}')}-{digest[:8]}{ends}"


def _read_text(folder: Path) -> str:
    path = folder / SETTINGS_NAME
    if not path.is_file():
        raise NotInitialised(str(folder))
    try:
        return read_limited(path, MAX_SETTINGS, SettingsRefused).decode()
    except UnicodeDecodeError:
        raise SettingsRefused("not TOML") from None
