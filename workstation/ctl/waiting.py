"""A word every few seconds while something long is at work."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["TELL_EVERY_S", "waiting"]

TELL_EVERY_S: Final = 5.0


@contextmanager
def waiting(doing: Callable[[], str], say: Callable[[str], None]) -> Iterator[None]:
    """Say every five seconds what the body is at and for how long, from a thread of its own."""
    ended = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        while not ended.wait(TELL_EVERY_S):
            say(f"  {time.monotonic() - began:.0f} s: at {doing()}")

    thread = threading.Thread(target=tell, name="waiting")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
