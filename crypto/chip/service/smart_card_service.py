"""The operating system's smart-card service: the calls of PC/SC that a reading needs.

By pyscard (the extra `chip`) where it is installed: it has wheels for Windows and macOS. For Linux
it has none, and the set-up compiles nothing, so there the system's library is called directly.
"""

from typing import Any, Final, Protocol

__all__ = [
    "COLD",
    "EXCLUSIVE",
    "PROTOCOLS",
    "Pyscard",
    "SmartCardService",
]

EXCLUSIVE: Final = 1
"""No other program may speak to the card meanwhile (SCARD_SHARE_EXCLUSIVE)."""

PROTOCOLS: Final = 1 | 2
"""T=0 or T=1; a contactless card appears as the latter."""

COLD: Final = 2
"""Cut the card's power at the end, and with it the session (SCARD_UNPOWER_CARD)."""

_USER: Final = 0
_CODE: Final = 0xFFFFFFFF


class SmartCardService(Protocol):
    """One program's use of the service; every call returns PC/SC's code first, 0 for success.

    The calls block in the service or its drivers, and release the interpreter lock meanwhile.
    """

    name: str

    def establish(self) -> tuple[int, Any]:
        """Return a context."""
        ...

    def list_readers(self, context: Any) -> tuple[int, list[str]]:
        """Return the names of the connected readers."""
        ...

    def wait_change(self, context: Any, reader: str, state: int, wait_ms: int) -> tuple[int, int]:
        """Wait until a reader's state is another than this; return it."""
        ...

    def connect(self, context: Any, reader: str) -> tuple[int, Any, int]:
        """Power the card up for this program alone; return the card and its protocol."""
        ...

    def transmit(self, card: Any, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        """Exchange one APDU."""
        ...

    def disconnect(self, card: Any) -> int:
        """Cut the card's power."""
        ...

    def release(self, context: Any) -> int:
        """Give the context back."""
        ...


class Pyscard:
    """The service by pyscard's functions, which follow PC/SC's own."""

    def __init__(self, scard: Any) -> None:
        self.name = "pyscard"
        self._scard = scard

    def establish(self) -> tuple[int, Any]:
        """Return a context."""
        code, context = self._scard.SCardEstablishContext(_USER)
        return code & _CODE, context

    def list_readers(self, context: Any) -> tuple[int, list[str]]:
        """Return the names of the connected readers."""
        code, names = self._scard.SCardListReaders(context, [])
        return code & _CODE, list(names)

    def wait_change(self, context: Any, reader: str, state: int, wait_ms: int) -> tuple[int, int]:
        """Wait until a reader's state is another than this; return it."""
        code, states = self._scard.SCardGetStatusChange(context, wait_ms, [(reader, state)])
        return code & _CODE, states[0][1] if states else state

    def connect(self, context: Any, reader: str) -> tuple[int, Any, int]:
        """Power the card up for this program alone; return the card and its protocol."""
        code, card, protocol = self._scard.SCardConnect(context, reader, EXCLUSIVE, PROTOCOLS)
        return code & _CODE, card, protocol

    def transmit(self, card: Any, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        """Exchange one APDU."""
        code, octets = self._scard.SCardTransmit(card, protocol, list(apdu))
        return code & _CODE, bytes(octets)

    def disconnect(self, card: Any) -> int:
        """Cut the card's power."""
        return int(self._scard.SCardDisconnect(card, COLD)) & _CODE

    def release(self, context: Any) -> int:
        """Give the context back."""
        return int(self._scard.SCardReleaseContext(context)) & _CODE
