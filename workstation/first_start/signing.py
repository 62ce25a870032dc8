"""What the keys of a station are opened for: a look, its staff, and head office's signature.

Head office reads what a station is to be, and signs it: until then nothing is in force.
"""

from pathlib import Path

from crypto.log.file.clock import Clock
from crypto.vault.keys import KeyStore
from crypto.vault.protectors import KeyUnlock
from workstation.accounts.staff import Staff
from workstation.charter.change import Enacted
from workstation.charter.contents import OPERATORS_NAME
from workstation.charter.head_office import Agree, Unsigned, compose_unsigned, enact_as_head_office
from workstation.first_start.folder import read_first_charter
from workstation.records.keys import load_accounts_secret, open_key_store, open_stated_store
from workstation.records.station_log import load_log_key, open_log
from workstation.settings.settings import LoadedSettings, load_settings
from workstation.settings.trust import read_trust

__all__ = ["open_keys", "open_staff", "read_unsigned", "sign_station"]


def open_keys(folder: Path, unlock: KeyUnlock) -> None:
    """Open the station's keys once, to see that the pass phrase is right; VaultError."""
    stated = read_trust(folder)
    store = open_stated_store(folder, stated.keys, unlock)
    for name in store.names():
        store.load(name)


def open_staff(loaded: LoadedSettings, store: KeyStore) -> Staff:
    """Open what a station knows of its staff, under its own key and face model; VaultError."""
    # Imported here: it leads to numpy, which other commands need not load.
    from workstation.preflight import load_station_models

    model = load_station_models(loaded).match.sha256
    return Staff(loaded.folder / OPERATORS_NAME, load_accounts_secret(store), model)


def read_unsigned(folder: Path, now_ms: int) -> Unsigned:
    """Return everything that is not signed yet: settings, files, recipients and accounts.

    Raises SettingsRefused while places are open, CharterRefused, LogError.
    """
    loaded = load_settings(folder)
    return compose_unsigned(read_first_charter(folder), loaded, now_ms)


def sign_station(
    folder: Path, keys: Path, unlock: KeyUnlock, clock: Clock, agree: Agree | None = None
) -> Enacted | None:
    """Put what the folder holds in force by head office's key; None when it is signed already.

    keys   folder of head office's key, as the station was begun with it
    agree  as of `enact_as_head_office`
    Raises CharterRefused(`head_office`) for another key, SettingsRefused, LogError, VaultError.
    """
    loaded = load_settings(folder)
    log_key = load_log_key(loaded, open_key_store(loaded, unlock))
    with open_log(loaded, log_key, clock) as log:
        return enact_as_head_office(loaded, log, keys, clock, agree)
