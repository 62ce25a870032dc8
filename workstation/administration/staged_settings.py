"""Settings that wait for the charter beside the ones in force, which go on until then.

A policy that is imported is pinned by the settings. They are written apart, so a station that is
closed before anybody countersigned starts as before. Put in place once the log says that they are
in force; what a power cut left to do there, the next start does.
"""

from pathlib import Path
from typing import Final

from crypto.errors import LogError
from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from workstation.charter.archive import CHARTER_FOLDER
from workstation.charter.contents import read_stated_settings
from workstation.charter.document import Charter
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.errors import CharterRefused, WorkstationError
from workstation.records.keys import read_enrolled_log_key, read_trusted_cosigners
from workstation.settings.settings import SETTINGS_NAME, LoadedSettings, load_settings

__all__ = ["StagedSettings", "load_candidate", "settle_settings"]

_FILE: Final = f"{CHARTER_FOLDER}/staged.settings.toml"


class StagedSettings:
    """The file of one station."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _FILE

    def stage(self, text: bytes) -> None:
        """Keep the settings that are to follow, in place of earlier ones."""
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._path, text)

    def read_next(self) -> bytes:
        """Return the settings to which a further change is made: those that wait, else the file's.

        SettingsRefused for what are no settings, CharterRefused for what is being changed now.
        """
        return read_stated_settings(self.load() or load_settings(self._folder))

    def load(self) -> LoadedSettings | None:
        """Return what waits; None for nothing. SettingsRefused for what are no settings."""
        if not self._path.is_file():
            return None
        return load_settings(self._folder, _FILE)

    def withdraw(self) -> None:
        """Forget what waits, whatever it is, and every brought policy that nothing pins."""
        pinned = load_settings(self._folder).values.policy.pinned
        self._path.unlink(missing_ok=True)
        for each in self._folder.glob(f"policy-{'[0-9a-f]' * 16}.toml"):
            if pinned is None or each.name != pinned[0]:
                each.unlink()

    def put_in_place(self, in_force: Charter) -> bool:
        """Make them the station's settings where the charter in force names them; whether so."""
        waiting = self.load()
        if waiting is None or waiting.sha256 != in_force.settings_sha256:
            return False
        write_durably(self._folder / SETTINGS_NAME, read_stated_settings(waiting))
        self._path.unlink()
        return True


def load_candidate(loaded: LoadedSettings, in_force: CharterInForce) -> LoadedSettings:
    """Return the settings that the next charter would pin: those that wait, else the file's.

    Raises CharterRefused where both differ from the charter: somebody edited the file meanwhile,
    and what was staged over the one of before would undo that unseen.
    """
    present = load_settings(loaded.folder)
    waiting = StagedSettings(loaded.folder).load()
    if waiting is None:
        return present
    if present.sha256 != in_force.charter.settings_sha256:
        raise CharterRefused(f"settings_changed: {SETTINGS_NAME} was edited; withdraw one of both")
    return waiting


def settle_settings(folder: Path) -> bool:
    """Finish what a power cut left of a change in force; return whether there was anything."""
    staged = StagedSettings(folder)
    if not (folder / _FILE).is_file():
        return False
    try:
        loaded = load_settings(folder)
        with LogReader(
            loaded.path(loaded.values.log.path), read_enrolled_log_key(folder).vkey
        ) as log:
            in_force = find_charter(log, folder, read_trusted_cosigners(loaded))
            return staged.put_in_place(in_force.charter)
    except (WorkstationError, LogError):
        # What is wrong with the station its start says.
        return False
