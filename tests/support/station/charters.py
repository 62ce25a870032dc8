"""Head office signs what a test has changed in a station's folder."""

from pathlib import Path

from crypto.log.file.clock import Clock, SystemClock
from tests.support.station.passphrases import give_passphrase
from workstation.charter.change import Enacted
from workstation.charter.head_office import enact_as_head_office
from workstation.records.keys import open_key_store
from workstation.records.station_log import load_log_key, open_log
from workstation.settings.settings import load_settings

__all__ = ["sign_folder"]


def sign_folder(
    folder: Path, keys: Path | None = None, clock: Clock | None = None
) -> Enacted | None:
    """Put in force what the folder holds now; None when nothing had changed.

    keys  of head office; None: where the demo has them
    """
    loaded = load_settings(folder)
    log_key = load_log_key(loaded, open_key_store(loaded, give_passphrase))
    told = clock or SystemClock()
    office = keys or folder.parent / "head-office" / folder.name
    with open_log(loaded, log_key, told) as log:
        return enact_as_head_office(loaded, log, office, told)
