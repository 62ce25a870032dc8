"""`doctor`: alarms that no supervisor has acknowledged."""

from collections.abc import Iterator
from datetime import UTC, datetime

from crypto.errors import CryptoError
from workstation.errors import WorkstationError
from workstation.records.alarms import read_open_alarms
from workstation.records.keys import read_enrolled_log_key
from workstation.settings.settings import LoadedSettings

__all__ = ["check_alarms"]

_NAME = "alarms"


def check_alarms(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Name every open alarm: name, state, what was seen.

    A warning, never bad: whoever reaches the network could close a branch with it.
    """
    try:
        vkey = read_enrolled_log_key(loaded.folder).vkey
        found = read_open_alarms(loaded.folder, loaded.path(loaded.values.log.path), vkey)
    except (CryptoError, WorkstationError, OSError):
        # Told under the name of what cannot be read.
        return
    for each in found:
        last = datetime.fromtimestamp(each.last_ms / 1000, UTC).isoformat(timespec="seconds")
        seen = f"{each.code} from {each.source}: {each.count} times, last {last}"
        todo = "tell security, a supervisor acknowledges it (home page)"
        yield _NAME, "warning", f"{seen}, entry {each.entry}; {todo}"
    if not found:
        yield _NAME, "good", "none open"
