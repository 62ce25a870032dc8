"""A card on a reader, and how commands reach it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

__all__ = ["ChipReader", "Transport"]


class Transport(Protocol):
    """A connection with one card."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command APDU and return the whole response APDU, status word included.

        Raises CardRemoved, ReaderMissing. It may block for as long as a driver likes: who calls
        it bounds the time.
        """
        ...


class ChipReader(Protocol):
    """A reader in which a card lies, or may come to lie."""

    def connect(
        self, *, wait_s: float, cancelled: Callable[[], bool]
    ) -> AbstractContextManager[Transport]:
        """Wait for a card and return a connection that ends with the context.

        wait_s     for a card to be put on the reader
        cancelled  polled several times a second

        Raises ReaderMissing, ReaderBusy, CardMissing, ChipTimeout(`reader`), ChipReadCancelled.
        """
        ...
