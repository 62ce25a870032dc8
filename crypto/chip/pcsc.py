"""Card readers of the operating system (PC/SC), used by one program at a time."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from crypto.chip.errors import (
    CardMissing,
    CardRemoved,
    ChipError,
    ChipReadCancelled,
    ReaderBusy,
    ReaderMissing,
)
from crypto.chip.service.pcsc_lite import PcscLite
from crypto.chip.service.smart_card_service import Pyscard, SmartCardService
from crypto.chip.timed_calls import TimedCalls
from crypto.chip.transport import Transport

__all__ = ["PcscReader", "choose_reader", "list_readers", "load_service"]

_SLICE_MS: Final = 200
"""How long one wait for a card lasts: within it a cancellation is heard."""

_DRIVER_S: Final = 10.0
"""What service and driver may take beyond the wait for a card, to power one up."""

_PRESENT: Final = 0x0020
_STATUS: Final = 2

_SUCCESS: Final = 0
_TIMEOUT: Final = 0x8010000A
_BUSY: Final = 0x8010000B
_NO_READERS: Final = 0x8010002E
_NO_SERVICE: Final = frozenset({0x8010001D, 0x8010001E})
"""The service does not run, or was stopped."""

_NO_READER: Final = frozenset({0x80100009, 0x80100017})
"""The reader is unknown, or was unplugged."""

_NO_CARD: Final = frozenset({0x8010000C, 0x80100066, 0x80100067, 0x80100069, 0x8010000F})
"""No card, one that does not answer (yet), has no power, was taken away, or has no protocol."""


def load_service() -> SmartCardService:
    """Load pyscard, on Linux without it the system's library; ReaderMissing(`not_installed`)."""
    try:
        from smartcard import scard
    except ImportError:
        if sys.platform == "linux":
            return PcscLite.load()
        raise ReaderMissing("not_installed") from None
    return Pyscard(scard)


def list_readers(service: SmartCardService | None = None) -> tuple[str, ...]:
    """Return the names of the connected readers.

    ReaderMissing(`not_installed`, `no_service`), ChipTimeout(`reader`) when the service hangs.
    """
    loaded = service or load_service()
    calls = TimedCalls(lambda: False)
    try:
        return calls.call(lambda: _list(loaded), time.monotonic() + _DRIVER_S, "reader")
    finally:
        calls.close()


def _list(service: SmartCardService) -> tuple[str, ...]:
    context = _establish(service)
    try:
        code, names = service.list_readers(context)
    finally:
        service.release(context)
    if code in _NO_SERVICE:
        raise ReaderMissing("no_service")
    return tuple(names) if code == _SUCCESS else ()


def choose_reader(name: str, names: Sequence[str]) -> str:
    """Return the connected reader that is meant.

    name  as the service tells it, or how that begins; empty: the only one

    ReaderMissing(`no_reader`, `reader`, `several`).
    """
    if not names:
        raise ReaderMissing("no_reader")
    fitting = [each for each in names if each == name] or [
        each for each in names if each.startswith(name)
    ]
    if len(fitting) != 1:
        raise ReaderMissing("several" if fitting else "reader")
    return fitting[0]


@dataclass(frozen=True, slots=True)
class PcscReader:
    """A ChipReader by its name.

    name     as the service tells it, or how that begins; empty: the only one that is connected
    service  loaded when it is needed first
    """

    name: str = ""
    service: SmartCardService | None = None

    @contextmanager
    def connect(self, *, wait_s: float, cancelled: Callable[[], bool]) -> Iterator[Transport]:
        """Wait for a card and hold it alone; see ChipReader."""
        service = self.service or load_service()
        calls = TimedCalls(cancelled)
        opening = _Opening(service, self.name, time.monotonic() + wait_s, cancelled)
        try:
            until = time.monotonic() + wait_s + _DRIVER_S
            yield calls.call(opening.open, until, "reader")
        finally:
            opening.abandoned = True
            # A driver that hangs keeps this call too: nobody waits for it.
            calls.close(opening.close)


@dataclass(slots=True)
class _Opening:
    """One connection with a card, from the service's context to the end of its power."""

    service: SmartCardService
    name: str
    until: float
    cancelled: Callable[[], bool]
    abandoned: bool = False
    context: Any = None
    card: Any = None

    def open(self) -> Transport:
        """Find the reader, wait for a card, power it up."""
        self.context = _establish(self.service)
        reader = self._find_reader()
        state = 0
        failure: ChipError = CardMissing()
        while not self.abandoned:
            if self.cancelled():
                raise ChipReadCancelled
            if state & _PRESENT:
                try:
                    return self._power_up(reader)
                except (CardMissing, ReaderBusy) as refused:
                    # A card that is being put down answers at the second or third attempt, and a
                    # program that greets every new card lets go of it soon.
                    failure = refused
            if time.monotonic() >= self.until:
                raise failure
            code, state = self.service.wait_change(self.context, reader, state, _SLICE_MS)
            self._refuse(code)
        raise failure

    def close(self) -> None:
        """Cut the power and leave."""
        with suppress(Exception):
            if self.card is not None:
                self.service.disconnect(self.card)
            if self.context is not None:
                self.service.release(self.context)

    def _find_reader(self) -> str:
        code, names = self.service.list_readers(self.context)
        self._refuse(code)
        return choose_reader(self.name, names)

    def _power_up(self, reader: str) -> Transport:
        code, card, protocol = self.service.connect(self.context, reader)
        if code == _BUSY:
            raise ReaderBusy
        if code in _NO_CARD:
            raise CardMissing
        self._refuse(code)
        self.card = card
        return _PcscTransport(self.service, card, protocol)

    def _refuse(self, code: int) -> None:
        """Raise what a code of the service means; nothing for success and for a wait in vain."""
        if code in _NO_SERVICE:
            raise ReaderMissing("no_service")
        if code in _NO_READER:
            raise ReaderMissing("reader" if self.name else "no_reader")
        if code == _NO_READERS:
            raise ReaderMissing("no_reader")
        if code not in {_SUCCESS, _TIMEOUT}:
            raise CardMissing(f"{code:08x}")


@dataclass(frozen=True, slots=True)
class _PcscTransport:
    """A powered card; a Transport."""

    service: SmartCardService
    card: Any
    protocol: int

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU.

        Whatever fails here once has failed: the card lost its power, and its session with it.
        """
        code, response = self.service.transmit(self.card, self.protocol, apdu)
        if code in _NO_SERVICE:
            raise ReaderMissing("no_service")
        # A driver may call an exchange that got no answer a success: one has two octets at least.
        if code != _SUCCESS or len(response) < _STATUS:
            raise CardRemoved(f"{code:08x}")
        return response


def _establish(service: SmartCardService) -> Any:
    code, context = service.establish()
    if code != _SUCCESS:
        raise ReaderMissing("no_service")
    return context
