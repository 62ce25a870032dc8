"""`service`: the lists kept fresh while no desktop is open, by an account of its own.

It needs no pass phrase and no key: settings, policy and trust are read, the store of lists and the
folder of alarms are written. Every pass fetches what is due (`Revocation.refresh`), so that desktop
and service never fetch a list twice, and an address that fails is asked later and later.
"""

import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import click

from crypto.crl_store.health import AddressHealth
from crypto.errors import CryptoError, LogLocked
from crypto.log.file.lock import FileLock
from workstation.ctl.console import Console, with_console
from workstation.ctl.crl import open_revocation_station
from workstation.ctl.failures import failure_of
from workstation.ctl.help_language import Misused
from workstation.ctl.windows_service import run_as_service
from workstation.errors import NotInitialised, ServiceRunning, WorkstationError

__all__ = ["ListService", "pause_s", "service"]

_LOCK_NAME: Final = ".lists-service"
_LONGEST_S: Final = 3600.0
_POLL_S: Final = 0.1
"""How soon a signal is heard: the main thread does nothing else than look for it."""

_SPREAD: Final = 0.2
"""Share of a pause by which stations of one bank, started together, drift apart."""


def pause_s(every_s: float, failures: int, draw: Callable[[float, float], float]) -> float:
    """Return the seconds until the next pass: doubled with every failed one, at most an hour."""
    usual = min(every_s * 2.0 ** min(failures, 16), max(every_s, _LONGEST_S))
    return usual * draw(1 - _SPREAD, 1 + _SPREAD)


class ListService:
    """The passes of one station; `stop` may be called from any thread."""

    def __init__(
        self, console: Console, every_s: float, now: Callable[[], datetime] | None = None
    ) -> None:
        self._console = console
        self._every_s = every_s
        self._now = now or (lambda: datetime.now(UTC))
        self._draw = random.SystemRandom().uniform
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None

    def run(self) -> None:
        """Make passes until `stop`; what a pass cannot do is said, and tried again later."""
        failures = 0
        while not self._stopped.is_set():
            failures = 0 if self.make_pass() else failures + 1
            self._stopped.wait(pause_s(self._every_s, failures, self._draw))

    def stop(self) -> None:
        """End the download or import that runs, and the passes."""
        self._stopped.set()
        with self._lock:
            if self._cancel is not None:
                self._cancel()

    def make_pass(self) -> bool:
        """Fetch what is due; False when nothing could be done or an address failed."""
        now = self._now()
        try:
            # Settings and policy are read at every pass: what was changed needs no new start.
            with (
                open_revocation_station(self._console, now, repaired=True) as station,
                self._cancellable(station.revocation.stop),
            ):
                visited = station.revocation.refresh(now)
        except (CryptoError, WorkstationError, OSError) as refused:
            if not self._stopped.is_set():
                self._say(now, failure_of(refused, self._console.language).code)
            return False
        self._tell(now, visited)
        return all(each.good for each in visited)

    @contextmanager
    def _cancellable(self, cancel: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            self._cancel = cancel
            if self._stopped.is_set():
                cancel()
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None

    def _tell(self, now: datetime, visited: tuple[AddressHealth, ...]) -> None:
        if self._console.as_json:
            self._console.rows("pass", [{"at": now.isoformat(), "code": "", **_counts(visited)}])
        elif visited:
            text = self._console.texts.tr("service.pass", **_counts(visited))
            self._console.lines([f"{now:%Y-%m-%d %H:%M} {text}"])
        sys.stdout.flush()

    def _say(self, now: datetime, code: str) -> None:
        if self._console.as_json:
            self._console.rows("pass", [{"at": now.isoformat(), "code": code, **_counts(())}])
        else:
            text = self._console.texts.tr("service.refused", code=code)
            self._console.lines([f"{now:%Y-%m-%d %H:%M} {text}"])
        sys.stdout.flush()


def _counts(visited: tuple[AddressHealth, ...]) -> dict[str, int]:
    good = sum(each.good for each in visited)
    return {"fetched": good, "failed": len(visited) - good}


@click.group()
def service() -> None:
    """Keep the lists fresh without a desktop open."""


@service.command("run")
@click.option(
    "--every",
    type=click.IntRange(min=10, max=86_400),
    default=300,
    show_default=True,
    help="Seconds between two looks for what is due.",
)
@click.option(
    "--windows-service", is_flag=True, help="Answer the service manager of Windows; it starts this."
)
@with_console
def run(console: Console, *, every: int, windows_service: bool) -> None:
    """Fetch lists when they are due, until it is stopped.

    One at a time for a station; a desktop may run beside it. No key and no pass phrase is needed.
    SIGTERM, Ctrl+C and the stop of a Windows service end it at once.
    """
    if windows_service and sys.platform != "win32":
        raise Misused("--windows-service is for Windows")
    with _only_one(console):
        work = ListService(console, every)
        if windows_service:
            run_as_service(work.run, work.stop)
        else:
            _run_until_signal(work)


@contextmanager
def _only_one(console: Console) -> Iterator[None]:
    folder = console.folder()
    if not folder.is_dir():
        raise NotInitialised(folder.name)
    try:
        lock = FileLock(folder / _LOCK_NAME)
    except LogLocked:
        raise ServiceRunning from None
    try:
        yield
    finally:
        lock.release()


def _run_until_signal(work: ListService) -> None:
    """Work in a thread, so that a signal never meets a lock that this thread holds."""
    asked: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: asked.append(number))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    thread = threading.Thread(target=work.run, name="lists")
    thread.start()
    try:
        while thread.is_alive() and not asked:
            thread.join(_POLL_S)
    finally:
        work.stop()
        thread.join()
        for number, handler in before.items():
            signal.signal(number, handler)
