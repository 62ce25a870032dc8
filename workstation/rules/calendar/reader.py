"""Reads a folder of signed policies: strict, whole, and refused when one file of it is wrong.

<id>.toml            the policy, octet for octet as it was signed
<id>.sig             its statement as a signed note, a line for every Ed25519 key
<id>.<signer>.p7s    CMS over the same text by a key in a token

Files of other endings, and folders, are not looked at.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from crypto.log.format.note import Note
from workstation.errors import PolicyRefused
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.calendar.signatures import read_note, require_signed
from workstation.rules.calendar.signers import PolicySigner, station_signers
from workstation.rules.calendar.statement import encode_statement, parse_statement, state_policy
from workstation.rules.policy import Policy
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.toml_file import read_limited
from workstation.settings.trust import RevocationSettings

__all__ = [
    "CERTIFIED",
    "MAX_VERSIONS",
    "NOTE",
    "POLICY",
    "PolicyFiles",
    "list_policies",
    "read_calendar",
    "read_statement",
    "read_version",
    "station_calendar",
]

MAX_VERSIONS: Final = 50
_MAX_ENTRIES: Final = 1000
_MAX_SIGNATURE: Final = 65_536
POLICY: Final = ".toml"
NOTE: Final = ".sig"
CERTIFIED: Final = ".p7s"


@dataclass(slots=True)
class PolicyFiles:
    """The files about one id."""

    policy: Path | None = None
    note: Path | None = None
    certified: dict[str, Path] = field(default_factory=dict)


def station_calendar(loaded: RevocationSettings, moment: datetime) -> PolicyCalendar:
    """Return the station's policies: those of the folder, or the one that the settings pin.

    moment  aware; now

    Raises PolicyRefused, SettingsRefused.
    """
    table = loaded.values.policy
    if table.pinned is not None:
        path, digest = table.pinned
        untrusted = read_limited(loaded.path(path), MAX_POLICY_BYTES, PolicyRefused)
        if hashlib.sha256(untrusted).hexdigest() != digest:
            raise PolicyRefused(f"$.policy.sha256: {path} is not the pinned file")
        return PolicyCalendar((PolicyVersion(read_policy(untrusted)),))
    return read_calendar(loaded.path(table.place), station_signers(loaded), moment)


def read_calendar(
    folder: Path, signers: Sequence[PolicySigner], moment: datetime
) -> PolicyCalendar:
    """Return the calendar of a folder; PolicyRefused names the file and says what is wrong."""
    versions = [
        read_version(name, files, signers, moment) for name, files in list_policies(folder).items()
    ]
    return PolicyCalendar.arrange(versions)


def list_policies(folder: Path) -> dict[str, PolicyFiles]:
    """Return the files of a folder by the id that they are called by; PolicyRefused."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(each.name for each in entries if each.is_file())
    except (OSError, ValueError) as error:
        raise PolicyRefused(f"{folder.name}: {type(error).__name__}") from None
    if len(names) > _MAX_ENTRIES:
        raise PolicyRefused(f"{folder.name}: more than {_MAX_ENTRIES} files")
    found: dict[str, PolicyFiles] = {}
    for name in names:
        path = folder / name
        if path.suffix == POLICY:
            found.setdefault(path.stem, PolicyFiles()).policy = path
        elif path.suffix == NOTE:
            found.setdefault(path.stem, PolicyFiles()).note = path
        elif path.suffix == CERTIFIED:
            policy, _, signer = path.stem.rpartition(".")
            found.setdefault(policy, PolicyFiles()).certified[signer] = path
    if len(found) > MAX_VERSIONS:
        raise PolicyRefused(f"{folder.name}: more than {MAX_VERSIONS} policies")
    return found


def read_statement(path: Path, policy: Policy) -> Note | None:
    """Return the note beside a policy's file; None when there is none, or it is about another file.

    Its signatures are not verified. PolicyRefused for what is no note.
    """
    note = path.with_suffix(NOTE)
    if not note.exists():
        return None
    found = read_note(read_limited(note, _MAX_SIGNATURE, PolicyRefused))
    stated = parse_statement(found.text)
    return found if (stated.id, stated.sha256) == (policy.id, policy.sha256) else None


def read_version(
    name: str, files: PolicyFiles, signers: Sequence[PolicySigner], moment: datetime
) -> PolicyVersion:
    """Return one policy of a folder, its signatures verified; PolicyRefused names the file."""
    if files.policy is None:
        path = files.note or next(iter(files.certified.values()))
        raise PolicyRefused(f"{path.name}: signs {name}{POLICY}, which is not there")
    untrusted = read_limited(files.policy, MAX_POLICY_BYTES, PolicyRefused)
    try:
        return _read_signed(name, read_policy(untrusted), files, signers, moment)
    except PolicyRefused as refused:
        raise PolicyRefused(f"{files.policy.name}: {refused.detail}") from None


def _read_signed(
    name: str,
    policy: Policy,
    files: PolicyFiles,
    signers: Sequence[PolicySigner],
    moment: datetime,
) -> PolicyVersion:
    """Return the policy with the days that its signers state, and their names."""
    if policy.id != name:
        raise PolicyRefused(f"its id is {policy.id}: a file is called by its id")
    if files.note is None and not files.certified:
        raise PolicyRefused("it is not signed")
    note = None
    text = encode_statement(state_policy(policy))
    last_day = policy.valid_to
    if files.note is not None:
        note = read_note(read_limited(files.note, _MAX_SIGNATURE, PolicyRefused))
        text = note.text
        last_day = parse_statement(text).last_day
        if encode_statement(state_policy(policy, last_day)) != text:
            raise PolicyRefused("its signatures are about other octets, another id or other days")
    names = require_signed(text, note, _read_certified(files.certified), signers, moment)
    return PolicyVersion(replace(policy, valid_to=last_day), names)


def _read_certified(paths: Mapping[str, Path]) -> dict[str, bytes]:
    return {name: read_limited(path, _MAX_SIGNATURE, PolicyRefused) for name, path in paths.items()}
