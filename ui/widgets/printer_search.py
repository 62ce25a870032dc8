"""The system's printers, looked for in a process of its own.

Qt asks the print service inside one call, and PySide holds the interpreter for as long: a service
of a network that does not answer would stop every thread of this program, not the caller's alone.
"""

import contextlib
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from crypto.carrier.driver_process import MAX_MESSAGE, ask_driver
from crypto.carrier.errors import CarrierError
from crypto.strict_json import JsonRefused, strict_decoded

__all__ = ["FoundPrinters", "PrinterSearch", "open_printer", "serve_printers"]

_DEADLINE_S: Final = 15.0
_MOST: Final = 1000


class FoundPrinters(msgspec.Struct, frozen=True):
    """Names of printers, the one that is used first.

    silent  the print service did not answer in time
    """

    names: tuple[str, ...] = ()
    silent: bool = False


class PrinterSearch(QObject):
    """Belongs to the GUI thread; `found` is told there. One search at a time, the newest counts."""

    found = Signal(object)
    _came = Signal(int, object)

    def __init__(self, parent: QObject, deadline_s: float = _DEADLINE_S) -> None:
        super().__init__(parent)
        self._deadline_s = deadline_s
        self._number = 0
        self._stop = threading.Event()
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Look anew; what an older search finds is told to nobody."""
        self.cancel()
        self._stop = stop = threading.Event()
        number = self._number

        def look() -> None:
            answer = _find(self._deadline_s, stop.is_set)
            # The page may be gone, with the window, before the printers are there.
            with contextlib.suppress(RuntimeError):
                self._came.emit(number, answer)

        threading.Thread(target=look, name="printers", daemon=True).start()

    def cancel(self) -> None:
        """Look no longer."""
        self._stop.set()
        self._number += 1

    @Slot(int, object)
    def _take(self, number: int, answer: FoundPrinters) -> None:
        if number == self._number:
            self.found.emit(answer)


def open_printer(name: str) -> QPrinter | None:
    """Return the printer of a name that was found; None where it is gone by now."""
    chosen = QPrinterInfo.printerInfo(name)
    return None if chosen.isNull() else QPrinter(chosen, QPrinter.PrinterMode.HighResolution)


def _find(deadline_s: float, cancelled: Callable[[], bool]) -> FoundPrinters:
    try:
        untrusted = ask_driver(serve_printers, b"", timeout_s=deadline_s, cancelled=cancelled)
        return strict_decoded(untrusted, FoundPrinters)
    except (CarrierError, JsonRefused, OSError):
        return FoundPrinters(silent=True)


def serve_printers(pipe: Connection) -> None:
    """Answer a question with the printers, in the process of its own."""
    pipe.recv_bytes(MAX_MESSAGE)
    application = QCoreApplication.instance() or QCoreApplication([])
    usual = QPrinterInfo.defaultPrinterName()
    names = QPrinterInfo.availablePrinterNames()[:_MOST]
    first = [usual] if usual in names else []
    found = FoundPrinters((*first, *(each for each in names if each != usual)))
    pipe.send_bytes(msgspec.json.encode(found))
    del application
