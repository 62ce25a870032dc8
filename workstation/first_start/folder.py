"""What a folder is to a set-up: new, begun, a station, or something that nobody may touch."""

from enum import StrEnum
from pathlib import Path

from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.errors import WorkstationError
from workstation.records.keys import (
    ENROLMENT_FOLDER,
    TRUSTED_NAME,
    read_enrolled_log_key,
    read_vkeys,
)
from workstation.settings.settings import SETTINGS_NAME
from workstation.settings.trust import read_trust

__all__ = ["FolderState", "read_first_charter", "read_folder_state"]


class FolderState(StrEnum):
    """What stands in a data folder.

    NEW      nothing: a station may be begun here
    BEGUN    a station whose charter nobody has signed but with its first entry: it is set up still
    STATION  a charter was signed after that, or it cannot be told: a set-up leaves it alone
    FOREIGN  something else, or what a broken-off beginning left: nothing is begun over it
    """

    NEW = "new"
    BEGUN = "begun"
    STATION = "station"
    FOREIGN = "foreign"


def read_folder_state(folder: Path) -> FolderState:
    """Return what the folder is; nothing is written, and what cannot be read is no set-up's."""
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return FolderState.NEW
        if not (folder / SETTINGS_NAME).is_file():
            return FolderState.FOREIGN
        first = read_first_charter(folder).charter.number == 1
    except (WorkstationError, CryptoError, OSError, ValueError):
        # A damaged log, settings of another version: the desktop and `doctor` say what is wrong.
        return FolderState.STATION
    return FolderState.BEGUN if first else FolderState.STATION


def read_first_charter(folder: Path) -> CharterInForce:
    """Return the charter in force of a station whose settings may be incomplete.

    Raises NotInitialised, SettingsRefused, CharterRefused, LogError.
    """
    stated = read_trust(folder)
    vkey = read_enrolled_log_key(folder).vkey
    with LogReader(folder / stated.log.path, vkey) as log:
        return find_charter(log, folder, read_vkeys(folder / ENROLMENT_FOLDER / TRUSTED_NAME))
