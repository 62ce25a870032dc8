"""What a driver process may do; spawned by tests, so each is an importable function."""

import os
import signal
import sys
import threading
from multiprocessing.connection import Connection

from crypto.carrier.token_signing import serve


def echo(pipe: Connection) -> None:
    """Answer with the question."""
    pipe.send_bytes(pipe.recv_bytes())


def crash(pipe: Connection) -> None:
    """Die as a driver with a wild pointer does."""
    pipe.recv_bytes()
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(pipe: Connection) -> None:
    """Take the question and never answer."""
    pipe.recv_bytes()
    threading.Event().wait()


def flood(pipe: Connection) -> None:
    """Answer with more than anybody asked for."""
    pipe.recv_bytes()
    pipe.send_bytes(bytes(8 << 20))


def serve_without_pkcs11(pipe: Connection) -> None:
    """Serve on a machine where python-pkcs11 is not installed."""
    sys.modules["pkcs11"] = None  # type: ignore[assignment] # how imports are made to fail
    serve(pipe)
