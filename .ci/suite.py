"""Run halves of the test suite side by side and say every ten seconds how far each is.

    python .ci/suite.py NAME=pytest-arguments ...     test-output/NAME.txt has all that pytest said

Exit code 1 when one half failed; its failures are then printed. WORKSTATION_COVERAGE measures.
"""

import codecs
import locale
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

OUTPUT: Final = Path("test-output")
TELL_EVERY_S: Final = 10
ROOM: Final = 2_000_000_000
"""Bytes the tests may leave in the temporary folder: pytest keeps the last three runs."""


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Half:
    """One pytest with its output in a file."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self._path = OUTPUT / f"{name}.txt"
        self._ended = 0.0
        environment = dict(os.environ)
        if environment.get("WORKSTATION_COVERAGE"):
            environment["COVERAGE_FILE"] = f".coverage.{name}"
            arguments = [*arguments, "--cov", "--cov-report="]
        # Qt is blocked where pytest-qt is: what lies below the desktop must work without it.
        if "no:pytest-qt" in arguments:
            environment["WORKSTATION_BLOCK_QT"] = "1"
        with self._path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "pytest", "-q", "--durations=8", *arguments],
                stdout=output, stderr=subprocess.STDOUT, env=environment,
            )  # fmt: skip

    @property
    def text(self) -> str:
        """What pytest has said so far."""
        return self._path.read_text(encoding="utf-8", errors="replace")

    def state(self) -> str:
        """Return how far it is: percent, and how many have failed."""
        lines = re.findall(r"^([.FEsxX]+)(?: *\[ *(\d+)%\])?$", self.text, re.MULTILINE)
        reached = [percent for _, percent in lines if percent]
        failed = sum(dots.count("F") + dots.count("E") for dots, _ in lines)
        if self.process.poll() is not None:
            return f"{self.name} finished" + (f", {failed} FAILED" if failed else "")
        at = f"{reached[-1]} %" if reached else "collecting" if not lines else "0 %"
        return f"{self.name} {at}" + (f", {failed} FAILED" if failed else "")

    def ended(self) -> bool:
        """Print how it ended; everything from the failures on when it failed. True when green."""
        text = self.text
        if self.process.returncode:
            at = re.search(r"^=+ (FAILURES|ERRORS|short test summary)", text, re.MULTILINE)
            say(text[at.start() :] if at else text[-8_000:])
        last = text.strip().splitlines()[-1:] or ["nothing was said"]
        say(f"test: {self.name}: {last[0]} (all of it: {self._path})")
        return self.process.returncode == 0


def give_room() -> None:
    """Keep temporary files in the tree where the system's temporary folder is too small."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        own = (OUTPUT / "tmp").absolute()
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True)
        os.environ["TMPDIR"] = os.fspath(own)
        say(f"test: {folder} has {free / 1e6:.0f} MB free; temporary files go to {own}")


def give_locale() -> None:
    """Run in C.UTF-8 where the locale is none of UTF-8: Qt warns of it, and a warning fails."""
    encoding = locale.getencoding()
    if sys.platform != "win32" and codecs.lookup(encoding).name != "utf-8":
        os.environ["LC_ALL"] = "C.UTF-8"
        say(f"test: the locale's encoding is {encoding}; the tests run in C.UTF-8")


def main() -> int:
    """Run the halves that are named on the command line."""
    # A kill ends the halves too, by the `finally` below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A shell starts what is in its background deaf to Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    OUTPUT.mkdir(exist_ok=True)
    give_room()
    give_locale()
    began = time.monotonic()
    halves = []
    try:
        for name, _, arguments in (each.partition("=") for each in sys.argv[1:]):
            say(f"test: {name}: pytest {arguments}")
            halves.append(Half(name, shlex.split(arguments)))
        told = began
        while any(half.process.poll() is None for half in halves):
            time.sleep(0.5)
            if time.monotonic() - told >= TELL_EVERY_S:
                told = time.monotonic()
                say(f"test: {told - began:.0f} s: " + "; ".join(half.state() for half in halves))
    except KeyboardInterrupt:
        say("test: interrupted")
        return 130
    finally:
        for half in halves:
            if half.process.poll() is None:
                half.process.terminate()
                half.process.wait()
    green = [half.ended() for half in halves]
    say(f"test: {time.monotonic() - began:.0f} s")
    return 0 if all(green) else 1


if __name__ == "__main__":
    sys.exit(main())
