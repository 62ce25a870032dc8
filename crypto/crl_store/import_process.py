"""A large CRL verified and indexed in a process of its own, so that the desktop stays responsive.

The published CRL of 422,000 entries takes plain Python a minute to hash. The child reads one line
of JSON from standard input, reports progress on standard output, one JSON object a line, and ends
with one line that holds the result or the error. It writes a segment; the parent makes it the
current one. A child whose parent is gone ends at its next message.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Final

import crypto
from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable
from crypto.crl_store.import_child import FROZEN_ARGUMENT
from crypto.crl_store.segment import Progress
from crypto.errors import CryptoError
from crypto.path.context import VerificationContext
from crypto.strict_json import strict_json
from crypto.x509.certificate import Certificate

__all__ = ["CrlImportFailed", "ImportLimits", "ImportProcess"]

_LINE: Final = 65_536
_ENTRY: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from crypto.crl_store.import_child import main; main()"
)
_CREATION_FLAGS: Final = int(getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)) | int(
    getattr(subprocess, "CREATE_NO_WINDOW", 0)
)
_WAIT_S: Final = 5
_WITH_CONSOLE: Final = "workstation-ctl.exe"
"""The program of a frozen folder that Windows gives standard streams."""


class CrlImportFailed(CryptoError):
    """The child process ended without a result: cancelled, out of time or memory, or a crash."""

    code = "list_import_failed"


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Seconds the child may take, and octets of memory it may ask for."""

    seconds: int = 1800
    address_space: int = 1 << 30


class ImportProcess:
    """One import; `cancel` may be called from any thread, before, during and after `run`."""

    def __init__(self, limits: ImportLimits | None = None) -> None:
        self._limits = limits or ImportLimits()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = ""

    def cancel(self) -> None:
        """End the child; `run` raises CrlImportFailed(`cancelled`)."""
        self._stop("cancelled")

    def run(
        self,
        path: Path,
        segment: Path,
        issuers: Sequence[Certificate],
        context: VerificationContext,
        report: Progress,
    ) -> str:
        """Verify the CRL in the file and write its segment; return the segment's SHA-256.

        issuers  one of them must have signed the CRL
        report   called in this thread
        Raises what verifying in this process would (CrlRefused, CrlStoreUnusable), or
        CrlImportFailed. After an error there is no segment.
        """
        job = _job(path, segment, issuers, context, self._limits)
        deadline = threading.Timer(self._limits.seconds, self._stop, ("out_of_time",))
        try:
            with self._start() as child:
                deadline.start()
                try:
                    return self._communicate(child, job, report)
                finally:
                    deadline.cancel()
                    child.kill()
        except BaseException:
            segment.unlink(missing_ok=True)
            raise

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopped:
                raise CrlImportFailed(self._stopped)
            try:
                self._child = subprocess.Popen(
                    _command(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    creationflags=_CREATION_FLAGS,
                )
            except OSError as error:
                raise CrlImportFailed(type(error).__name__) from error
            return self._child

    def _stop(self, why: str) -> None:
        with self._lock:
            self._stopped = self._stopped or why
            if self._child is not None:
                self._child.kill()

    def _communicate(self, child: "subprocess.Popen[bytes]", job: bytes, report: Progress) -> str:
        try:
            _write(child.stdin, job)
            for message in _read_messages(child.stdout):
                if "stage" in message:
                    report(str(message["stage"]), int(message["done"]), int(message["whole"]))
                elif "error" in message:
                    raise _make_error(str(message["error"]), str(message["detail"]))
                elif "segment_sha256" in message:
                    return str(message["segment_sha256"])
        except (OSError, ValueError, TypeError, KeyError) as broken:
            raise CrlImportFailed(self._stopped or type(broken).__name__) from broken
        child.wait(_WAIT_S)
        raise CrlImportFailed(self._stopped or f"exit_{child.returncode}")


def _command() -> list[str]:
    """Return how the child is started: a frozen program has no interpreter, it is its own child."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable)
        if sys.platform == "win32":
            # The desktop is built without a console, and so without standard input and output.
            program = program.with_name(_WITH_CONSOLE)
        return [str(program), FROZEN_ARGUMENT]
    root = str(Path(crypto.__file__).parents[1])
    return [sys.executable, "-I", "-X", "utf8", "-c", _ENTRY, root]


def _job(
    path: Path,
    segment: Path,
    issuers: Sequence[Certificate],
    context: VerificationContext,
    limits: ImportLimits,
) -> bytes:
    members = {
        "list": os.fspath(path.absolute()),
        "segment": os.fspath(segment.absolute()),
        "issuers": [base64.b64encode(each.raw).decode("ascii") for each in issuers],
        "moment": context.moment.isoformat(),
        "clock_tolerance_s": context.clock_tolerance / timedelta(seconds=1),
        "minimum_bits": dict(context.keys.minimum_bits),
        "last_moment": {
            family: last.isoformat() for family, last in context.keys.last_moment.items()
        },
        "address_space": limits.address_space,
    }
    return json.dumps(members).encode("utf-8") + b"\n"


def _write(pipe: IO[bytes] | None, line: bytes) -> None:
    if pipe is None:
        raise ValueError
    pipe.write(line)
    pipe.close()


def _read_messages(pipe: IO[bytes] | None) -> Iterator[Mapping[str, Any]]:
    """Iterate over the child's messages; ValueError or TypeError at a line that is no object."""
    if pipe is None:
        raise ValueError
    while line := pipe.readline(_LINE):
        message = strict_json(line)
        if not isinstance(message, Mapping):
            raise TypeError
        yield message


def _make_error(code: str, detail: str) -> CryptoError:
    for kind in (CrlRefused, CrlStoreUnusable):
        if code == kind.code:
            return kind(detail)
    return CrlImportFailed(detail)
