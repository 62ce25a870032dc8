"""The chip of the customer's document: read, then held against the state's signature.

Reading takes seconds and may wait for a card, so it is a job for another thread. What the chip
says counts only after passive authentication (ICAO Doc 9303 part 11, 5.1), whatever the reader and
the cable between made of it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from crypto.chip.access_keys import AccessKey
from crypto.chip.errors import ReaderMissing
from crypto.chip.read import ChipProgress, read_chip
from crypto.lds.files import ChipFiles
from crypto.lds.passive_authentication import authenticate
from crypto.report.chip import ChipReport
from workstation.verification.services import Services

__all__ = ["ChipCapture", "ChipReading"]

_WAIT_S = 30.0
"""For a card to be put on the reader."""


@dataclass(frozen=True, slots=True)
class ChipReading:
    """What was read from a chip, and what passive authentication found of it."""

    files: ChipFiles
    report: ChipReport


class ChipCapture:
    """Reads one chip at a time; the reading's thread only ever sets `percent`.

    percent  of the octets to be read
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = threading.Event()
        self.percent = 0

    def request(self, key: AccessKey) -> Callable[[], ChipReading]:
        """Return the job that reads, which raises ChipError; the one before it is stopped."""
        self.stop()
        self._stopped = stopped = threading.Event()
        self.percent = 0
        return partial(self._read, key, stopped)

    def stop(self) -> None:
        """Wait for no chip any more."""
        self._stopped.set()

    def _read(self, key: AccessKey, stopped: threading.Event) -> ChipReading:
        services, chips = self._services, self._services.chips
        if chips is None:
            raise ReaderMissing("no_reader")

        def show(progress: ChipProgress) -> None:
            if not stopped.is_set():
                self.percent = progress.percent

        with chips.reader.connect(wait_s=_WAIT_S, cancelled=stopped.is_set) as transport:
            files = read_chip(transport, key, progress=show, cancelled=stopped.is_set)
        return ChipReading(files, authenticate(files, chips.csca, services.now()))
