"""Head office's own key: it alone may put a charter in force, from a disk that it brings."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from crypto.log.file.clock import Clock
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner, NoteVerifier
from crypto.vault.keys import FileKeyStore
from workstation.accounts.staging import StagedAccounts
from workstation.charter.change import Enacted, compose_next, enact
from workstation.charter.contents import OPERATORS_NAME, describe_accounts, describe_station
from workstation.charter.difference import Difference
from workstation.charter.document import Charter
from workstation.charter.in_force import compare_station, find_charter
from workstation.charter.signatures import sign_charter
from workstation.errors import CharterRefused
from workstation.records.keys import read_trusted_cosigners
from workstation.settings.settings import LoadedSettings

__all__ = ["HEAD_OFFICE_KEY", "Agree", "enact_as_head_office", "load_head_office"]

HEAD_OFFICE_KEY: Final = "enrolment"
"""Name of the key in the folder that `init --enrolment-keys` was given."""

Agree = Callable[[Sequence[Difference]], None]
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


def enact_as_head_office(
    loaded: LoadedSettings,
    log: LogStore,
    keys: Path,
    clock: Clock,
    agree: Agree | None = None,
    read: Charter | None = None,
) -> Enacted | None:
    """Put in force what the folder holds now, and what is staged, by head office's key alone.

    agree  told what would be signed, before it is; what it raises ends the call, nothing is signed
    read   the charter that was composed of the folder and read before; None: it is composed now

    None when the station already is what its charter says. Raises as `enact`.
    """
    in_force = find_charter(log, loaded.folder, read_trusted_cosigners(loaded))
    office = load_head_office(keys, in_force.head_office)
    found = describe_station(loaded)
    accounts = describe_accounts(StagedAccounts(loaded.folder / OPERATORS_NAME).accounts())
    now_ms = clock.wall_ms()
    charter = read or compose_next(in_force, found, accounts, now_ms)
    changes = compare_station(in_force, loaded, found, accounts)
    if not changes:
        return None
    # What is changed while somebody reads is refused by `enact`.
    if agree is not None:
        agree(changes)
    return enact(loaded, log, sign_charter(charter, office), (office,), now_ms)
