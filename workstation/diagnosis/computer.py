"""The program and the computer it runs on: versions, disk, log, memory, what its parts counted."""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation import __version__
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    conclude,
)
from workstation.settings.settings import LoadedSettings

__all__ = ["PartCounters", "computer_probes", "resident_octets"]

_GIB: Final = 1024**3
_MIB: Final = 1024**2
_LEAST_GIB: Final = 1.0
_PACKAGES: Final = ("PySide6-Essentials", "opencv-python", "cryptography", "dlib-bin", "numpy")


@dataclass(slots=True)
class PartCounters:
    """What the parts of a running station have counted; each member has one writer.

    restarts       how often the process of the face models was started anew
    count_dropped  asks the capture thread's mailbox how many frames nobody took
    """

    restarts: int = 0
    count_dropped: Callable[[], int] = lambda: 0


def computer_probes(loaded: LoadedSettings, counters: PartCounters) -> tuple[Probe, ...]:
    """Return the probes of this computer and of the program."""
    log = loaded.path(loaded.values.log.path)
    looks: tuple[tuple[ProbeKind, Callable[[], ProbeResult]], ...] = (
        (ProbeKind.PROGRAM, _program),
        (ProbeKind.PARTS, lambda: _parts(counters)),
        (ProbeKind.DISK, lambda: _disk(log.parent)),
        (ProbeKind.LOG, lambda: _log(log)),
        (ProbeKind.MEMORY, _memory),
    )
    return tuple(Probe(kind, "", _look(look)) for kind, look in looks)


def _look(look: Callable[[], ProbeResult]) -> Callable[[Callable[[], bool]], ProbeResult]:
    return lambda _stopped: look()


def _program() -> ProbeResult:
    told = [f"workstation {__version__}", f"Python {platform.python_version()}", sys.platform]
    for name in _PACKAGES:
        try:
            told.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            # A frozen program carries no metadata of some; `doctor` says which are missing.
            continue
    version = (ProbeFact.VERSION, ", ".join(told))
    return conclude(ProbeKind.PROGRAM, "", ProbeFinding.THERE, version)


def _parts(counters: PartCounters) -> ProbeResult:
    facts = (
        (ProbeFact.DROPPED, str(counters.count_dropped())),
        (ProbeFact.RESTARTS, str(counters.restarts)),
    )
    return conclude(ProbeKind.PARTS, "", ProbeFinding.THERE, *facts)


def _disk(folder: Path) -> ProbeResult:
    try:
        free = shutil.disk_usage(folder).free / _GIB
    except OSError as error:
        code = (ProbeFact.CODE, type(error).__name__)
        return conclude(ProbeKind.DISK, "", ProbeFinding.NOT_THERE, code)
    finding = ProbeFinding.THERE if free >= _LEAST_GIB else ProbeFinding.LOW
    return conclude(ProbeKind.DISK, "", finding, (ProbeFact.FREE, f"{free:.1f}"))


def _log(path: Path) -> ProbeResult:
    try:
        size = path.stat().st_size
    except OSError as error:
        code = (ProbeFact.CODE, type(error).__name__)
        return conclude(ProbeKind.LOG, "", ProbeFinding.NOT_THERE, code)
    return conclude(ProbeKind.LOG, "", ProbeFinding.THERE, (ProbeFact.MEGABYTES, _mebibytes(size)))


def _memory() -> ProbeResult:
    resident = resident_octets()
    if not resident:
        return conclude(ProbeKind.MEMORY, "", ProbeFinding.FAILED)
    used = (ProbeFact.MEGABYTES, _mebibytes(resident))
    return conclude(ProbeKind.MEMORY, "", ProbeFinding.THERE, used)


def _mebibytes(octets: int) -> str:
    return f"{octets / _MIB:.1f}"


if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import ctypes
    from ctypes import wintypes

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of psapi.h."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            ("peak", ctypes.c_size_t),
            ("working_set", ctypes.c_size_t),
            ("others", ctypes.c_size_t * 6),
        )

    def resident_octets() -> int:
        """Return the memory that this process holds; 0 where the system does not tell."""
        counters = _Counters(size=ctypes.sizeof(_Counters))
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        asked = kernel.K32GetProcessMemoryInfo
        asked.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Counters), wintypes.DWORD)
        process = kernel.GetCurrentProcess()
        told = asked(process, ctypes.byref(counters), counters.size)
        return int(counters.working_set) if told else 0

else:

    def resident_octets() -> int:
        """Return the memory that this process holds; 0 where the system does not tell."""
        try:
            lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        except OSError:
            return 0
        told = (line.split() for line in lines if line.startswith("VmRSS:"))
        return next((int(each[1]) * 1024 for each in told), 0)
