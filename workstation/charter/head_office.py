"""Head office's own key: it alone may put a charter in force, from a disk that it brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from crypto.log.file.clock import Clock
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner, NoteVerifier
from crypto.vault.keys import FileKeyStore
from workstation.accounts.staging import StagedAccounts
from workstation.charter.change import Enacted, compose_next, enact
from workstation.charter.contents import OPERATORS_NAME, describe_accounts, describe_station
from workstation.charter.difference import Difference
from workstation.charter.document import Charter
from workstation.charter.in_force import CharterInForce, compare_station, find_charter
from workstation.charter.signatures import sign_charter
from workstation.errors import CharterRefused
from workstation.records.keys import read_trusted_cosigners
from workstation.settings.settings import LoadedSettings

__all__ = [
    "HEAD_OFFICE_KEY",
    "Agree",
    "Unsigned",
    "compose_unsigned",
    "enact_as_head_office",
    "load_head_office",
]

HEAD_OFFICE_KEY: Final = "enrolment"
"""Name of the key in the folder that `init --enrolment-keys` was given."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What a folder holds that head office has not signed: the charter of it, and the changes."""

    charter: Charter
    changes: tuple[Difference, ...]

    def is_same(self, other: "Unsigned | None") -> bool:
        """Whether both would sign the same: all but the moment in which they were composed."""
        if other is None:
            return False
        return self.charter == replace(other.charter, made_ms=self.charter.made_ms)


Agree = Callable[[Unsigned], None]
"""Asks who signs, about what would be signed; raises when it is not agreed to."""


def load_head_office(keys: Path, trusted: Sequence[NoteVerifier]) -> NoteSigner:
    """Return the key of this folder under the name by which it began the log.

    Raises CharterRefused(`head_office`) for another key than one of those, KeyMissing.
    """
    private = FileKeyStore(keys).load(HEAD_OFFICE_KEY)
    public = private.public_key().public_bytes_raw()
    for each in trusted:
        if each.public == public:
            return NoteSigner(each.name, private)
    raise CharterRefused("head_office: this key did not begin the station's log")


def compose_unsigned(in_force: CharterInForce, loaded: LoadedSettings, now_ms: int) -> Unsigned:
    """Return all that the folder holds and this charter does not say: files, settings, accounts.

    Raises CharterRefused, SettingsRefused.
    """
    found = describe_station(loaded)
    accounts = describe_accounts(StagedAccounts(loaded.folder / OPERATORS_NAME).accounts())
    return Unsigned(
        compose_next(in_force, found, accounts, now_ms),
        compare_station(in_force, loaded, found, accounts),
    )


def enact_as_head_office(
    loaded: LoadedSettings,
    log: LogStore,
    keys: Path,
    clock: Clock,
    agree: Agree | None = None,
) -> Enacted | None:
    """Put in force what the folder holds now, and what is staged, by head office's key alone.

    agree  told what would be signed, before it is; what it raises ends the call, nothing is signed

    None when the station already is what its charter says. Raises as `enact`.
    """
    in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
    office = load_head_office(keys, in_force.head_office)
    now_ms = clock.wall_ms()
    unsigned = compose_unsigned(in_force, loaded, now_ms)
    if not unsigned.changes:
        return None
    # What is changed while somebody reads is refused by `enact`.
    if agree is not None:
        agree(unsigned)
    return enact(loaded, log, sign_charter(unsigned.charter, office), (office,), now_ms)
