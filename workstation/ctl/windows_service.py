"""A process that the service manager of Windows starts and stops, by ctypes.

learn.microsoft.com/windows/win32/services/service-programs: the main thread hands itself to the
dispatcher, which calls the service's own function in a thread of its own and its handler in the
main one. Nothing else of Windows is asked for, so that no package is needed.
"""

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Final

from workstation.errors import ServiceUnusable

__all__ = ["SERVICE_NAME", "run_as_service"]

SERVICE_NAME: Final = "VerificationWorkstationLists"
"""The MSI installs it under this name; a service of its own process may call itself anything."""

_OWN_PROCESS: Final = 0x10
_STOPPED, _STOP_PENDING, _RUNNING = 1, 3, 4
_ACCEPT_STOP_AND_SHUTDOWN: Final = 0x1 | 0x4
_STOP, _INTERROGATE, _SHUTDOWN = 1, 4, 5
_NO_ERROR, _NOT_IMPLEMENTED = 0, 120
_ENDED_BY_FAULT: Final = 1067
_PATIENCE_MS: Final = 15_000


class _Status(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_uint32),
        ("state", ctypes.c_uint32),
        ("accepted", ctypes.c_uint32),
        ("exit_code", ctypes.c_uint32),
        ("own_exit_code", ctypes.c_uint32),
        ("check_point", ctypes.c_uint32),
        ("wait_hint", ctypes.c_uint32),
    ]


if sys.platform == "win32":
    _MAIN = ctypes.WINFUNCTYPE(None, ctypes.c_uint32, ctypes.c_void_p)
    _HANDLER = ctypes.WINFUNCTYPE(
        ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p
    )

    class _Entry(ctypes.Structure):
        _fields_ = [("name", ctypes.c_wchar_p), ("main", _MAIN)]

    class _Dispatcher:
        """One service of this process."""

        def __init__(self, work: Callable[[], None], stop: Callable[[], None]) -> None:
            self._work, self._stop = work, stop
            self._api = ctypes.WinDLL("advapi32", use_last_error=True)
            self._api.RegisterServiceCtrlHandlerExW.restype = ctypes.c_void_p
            self._handle = 0
            self._failed: BaseException | None = None
            # Kept while the process lives: the manager holds their addresses.
            self._main, self._handler = _MAIN(self._serve), _HANDLER(self._control)

        def run(self) -> None:
            table = (_Entry * 2)(_Entry(SERVICE_NAME, self._main), _Entry(None, _MAIN()))
            if not self._api.StartServiceCtrlDispatcherW(table):
                raise ServiceUnusable(f"dispatcher {ctypes.get_last_error()}")
            if self._failed is not None:
                raise self._failed

        def _serve(self, _count: int, _arguments: int) -> None:
            self._handle = self._api.RegisterServiceCtrlHandlerExW(
                SERVICE_NAME, self._handler, None
            )
            self._report(_RUNNING)
            try:
                self._work()
            except BaseException as failed:  # noqa: BLE001 - no exception leaves a callback of C
                self._failed = failed
            self._report(_STOPPED, _NO_ERROR if self._failed is None else _ENDED_BY_FAULT)

        def _control(self, control: int, _kind: int, _data: int, _context: int) -> int:
            if control in {_STOP, _SHUTDOWN}:
                self._report(_STOP_PENDING)
                # Not here: the manager waits for the handler, and stopping takes locks.
                threading.Thread(target=self._stop, name="stop").start()
                return _NO_ERROR
            return _NO_ERROR if control == _INTERROGATE else _NOT_IMPLEMENTED

        def _report(self, state: int, code: int = _NO_ERROR) -> None:
            accepted = _ACCEPT_STOP_AND_SHUTDOWN if state == _RUNNING else 0
            pending = _PATIENCE_MS if state == _STOP_PENDING else 0
            status = _Status(_OWN_PROCESS, state, accepted, code, 0, 0, pending)
            self._api.SetServiceStatus(ctypes.c_void_p(self._handle), ctypes.byref(status))

    def run_as_service(work: Callable[[], None], stop: Callable[[], None]) -> None:
        """Run `work` as a Windows service; `stop`, from another thread, has to make it return.

        Raises ServiceUnusable where no service manager has started this process, and what `work`
        raised.
        """
        _Dispatcher(work, stop).run()

else:

    def run_as_service(work: Callable[[], None], stop: Callable[[], None]) -> None:
        """Refuse: there is no service manager of Windows here. Raises ServiceUnusable."""
        del work, stop
        raise ServiceUnusable("not Windows")
