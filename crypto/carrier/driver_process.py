"""A foreign driver in a process of its own: one question, one answer, killed when it hangs.

A PKCS#11 module is native code of a vendor: it may crash, hang in a dialog, or leave threads
behind. None of that may reach the workstation, and what comes back is bytes, never objects.
"""

import contextlib
import multiprocessing
import sys
import time
import types
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from crypto.carrier.errors import CarrierCancelled, CarrierExpired, CarrierProtocol

__all__ = ["MAX_MESSAGE", "ask_driver"]

MAX_MESSAGE = 4 << 20
"""Octets of a question or an answer, at most."""

_POLL_S = 0.1
_LEAVE_S = 1.0
_STOP_S = 5.0


def ask_driver(
    entry: Callable[[Connection], None],
    question: bytes,
    *,
    timeout_s: float,
    cancelled: Callable[[], bool],
) -> bytes:
    """Start `entry` in a fresh process, hand it the question and return its untrusted answer.

    entry  an importable function; it takes one message from the pipe and puts one back

    Raises CarrierCancelled(`teller`), CarrierExpired(`timeout`), CarrierProtocol(`driver`).
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=entry, args=(theirs,), name="carrier-driver", daemon=True)
    deadline = time.monotonic() + timeout_s
    with contextlib.closing(ours):
        with contextlib.closing(theirs), _without_main():
            process.start()
        try:
            ours.send_bytes(question)
            while not ours.poll(_POLL_S):
                if cancelled():
                    raise CarrierCancelled("teller")
                if time.monotonic() >= deadline:
                    raise CarrierExpired("timeout")
            answer = ours.recv_bytes(MAX_MESSAGE)
        except (EOFError, OSError):
            # Also what a message over the limit raises: the connection is unusable after it.
            raise CarrierProtocol("driver") from None
        else:
            # A module that is let go in peace leaves its token in peace.
            process.join(_LEAVE_S)
            return answer
        finally:
            process.kill()
            process.join(_STOP_S)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program's main module: a spawned child runs it first, and ours opens a window."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
