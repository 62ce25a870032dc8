"""What `doctor` sees of card readers: those of the machine, and the one that the settings name."""

from collections.abc import Iterator

import msgspec

from crypto.chip.errors import ReaderMissing
from crypto.chip.pcsc import choose_reader, list_readers
from workstation.ctl.failures import advise_on_reader
from workstation.settings.settings import LoadedSettings

__all__ = ["check_configured_reader", "check_readers"]


def check_readers() -> Iterator[tuple[str, str, str]]:
    """Yield name, state and what was seen of the machine's readers; nothing without the extra."""
    try:
        names = list_readers()
    except ReaderMissing as missing:
        if missing.detail != "not_installed":
            seen = f"{missing.detail}; {advise_on_reader(missing)}"
            yield "card readers", "warning", seen
        return
    yield "card readers", "good", ", ".join(names) or "none is connected"


def check_configured_reader(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Yield the same of the station's reader; other references are at hand where it is missing."""
    configured = loaded.values.chip
    if configured is msgspec.UNSET:
        return
    try:
        found = choose_reader(configured.reader, list_readers())
    except ReaderMissing as missing:
        seen = f"{missing.code} {missing.detail}; {advise_on_reader(missing)}"
        yield "chip reader", "warning", seen
        return
    yield "chip reader", "good", found
