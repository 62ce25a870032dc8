"""No copy of this process's memory on the disk: it holds private keys and, elsewhere, faces.

Linux: RLIMIT_CORE of 0 (setrlimit(2)) keeps the kernel from writing a core file. Where the kernel
hands cores to a program instead (core(5), "Piping core dumps"), a limit of 0 is not enough, so the
process is made undumpable as well (PR_SET_DUMPABLE, prctl(2)); another process of the same account
can then neither attach to it nor read its memory. An execve undoes that, so every process calls
this for itself.

Windows: error reporting adds no heap to its reports and is told to leave the program out
(WerSetFlags and WerAddExcludedApplication of werapi.h). That side has not been run.
"""

import contextlib
import sys

__all__ = ["forbid_core_dumps"]

if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import ctypes
    from ctypes import wintypes
    from pathlib import Path

    _NO_HEAP = 0x01
    _NO_FAULT_BOX = 0x0002

    def forbid_core_dumps() -> bool:
        """Keep the memory of this process out of error reports; False when Windows refuses."""
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.SetErrorMode(_NO_FAULT_BOX)
        try:
            wer = ctypes.WinDLL("wer")
        except OSError:
            return False
        wer.WerAddExcludedApplication.argtypes = (wintypes.LPCWSTR, wintypes.BOOL)
        excluded = wer.WerAddExcludedApplication(Path(sys.executable).name, False)
        return kernel32.WerSetFlags(_NO_HEAP) == 0 and excluded == 0

else:
    import ctypes
    import resource

    _PR_SET_DUMPABLE = 4

    def forbid_core_dumps() -> bool:
        """Have the kernel keep no image of this process; False when it refuses."""
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if sys.platform != "linux":
                return True
            return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return False
