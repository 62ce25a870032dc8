"""Run parts of the test suite side by side and say every ten seconds how far each is.

    python .ci/suite.py NAME=pytest-arguments ...     test-output/NAME.txt has all that pytest said

Two parts more than there are processors run at a time, in the order given. Exit code 1 when one
failed; its failures are then printed. WORKSTATION_COVERAGE measures what every part executes, the
argument --cov what one does.
"""

import codecs
import contextlib
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
from collections.abc import Iterator
from pathlib import Path
from typing import Final

OUTPUT: Final = Path("test-output")
TELL_EVERY_S: Final = 10
ROOM: Final = 2_000_000_000
"""Bytes the tests may leave in the temporary folder: pytest keeps the last three runs."""
IN_MEMORY: Final = Path("/dev") / "shm"


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Part:
    """One pytest with its output in a file."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self._path = OUTPUT / f"{name}.txt"
        environment = dict(os.environ)
        if environment.get("WORKSTATION_COVERAGE") and "--cov" not in arguments:
            arguments = [*arguments, "--cov"]
        if "--cov" in arguments:
            environment["COVERAGE_FILE"] = f".coverage.{name}"
            arguments = [*arguments, "--cov-report="]
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

    def summarise(self) -> bool:
        """Print how it ended; everything from the failures on when it failed. True when green."""
        text = self.text
        if self.process.returncode:
            at = re.search(r"^=+ (FAILURES|ERRORS|short test summary)", text, re.MULTILINE)
            say(text[at.start() :] if at else text[-8_000:])
        last = text.strip().splitlines()[-1:] or ["nothing was said"]
        say(f"test: {self.name}: {last[0]} (all of it: {self._path})")
        return self.process.returncode == 0


@contextlib.contextmanager
def temporary_folder() -> Iterator[None]:
    """Keep temporary files in memory where there is plenty, in the tree where there is no room.

    Databases and logs are flushed to the disk at every entry, which is most of what their tests
    take; these tests kill processes, never the computer.
    """
    system = tempfile.gettempdir()
    free = shutil.disk_usage(system).free
    if _memory_suffices():
        folder = tempfile.mkdtemp(prefix="workstation-tests-", dir=IN_MEMORY)
    elif free < ROOM:
        folder = tempfile.mkdtemp(prefix="tmp-", dir=OUTPUT.absolute())
        say(f"test: {system} has {free / 1e6:.0f} MB free; temporary files go to {folder}")
    else:
        yield
        return
    os.environ["TMPDIR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _memory_suffices() -> bool:
    if sys.platform != "linux" or not os.access(IN_MEMORY, os.W_OK):
        return False
    # Containers often give it 64 MB and execute nothing from it, which the set-up's tests need.
    place = os.statvfs(IN_MEMORY)
    unused = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    executes = not place.f_flag & os.ST_NOEXEC
    return executes and place.f_bavail * place.f_frsize >= ROOM and unused >= 3 * ROOM


def set_locale() -> None:
    """Run in C.UTF-8 where the locale is none of UTF-8: Qt warns of it, and a warning fails."""
    encoding = locale.getencoding()
    if sys.platform != "win32" and codecs.lookup(encoding).name != "utf-8":
        os.environ["LC_ALL"] = "C.UTF-8"
        say(f"test: the locale's encoding is {encoding}; the tests run in C.UTF-8")


def run(parts: list[tuple[str, list[str]]]) -> list[Part]:
    """Run the parts; return them ended, or what has ended when there is an interruption."""
    began = told = time.monotonic()
    waiting, running, ended = list(parts), list[Part](), list[Part]()
    at_once = (os.cpu_count() or 1) + 2
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                name, arguments = waiting.pop(0)
                say(f"test: {name}: pytest {shlex.join(arguments)}")
                running.append(Part(name, arguments))
            time.sleep(0.2)
            ended += [part for part in running if part.process.poll() is not None]
            running = [part for part in running if part not in ended]
            if time.monotonic() - told >= TELL_EVERY_S:
                told = time.monotonic()
                states = "; ".join(part.state() for part in [*ended, *running])
                say(f"test: {told - began:.0f} s: {states}")
    finally:
        for part in running:
            part.process.terminate()
            part.process.wait()
    return ended


def main() -> int:
    """Run the parts that are named on the command line."""
    # A kill ends the parts too, by the `finally` of `run`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A shell starts what is in its background deaf to Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    OUTPUT.mkdir(exist_ok=True)
    set_locale()
    began = time.monotonic()
    named = [argument.partition("=") for argument in sys.argv[1:]]
    try:
        with temporary_folder():
            ended = run([(name, shlex.split(arguments)) for name, _, arguments in named])
    except KeyboardInterrupt:
        say("test: interrupted")
        return 130
    green = [part.summarise() for part in ended]
    say(f"test: {time.monotonic() - began:.0f} s")
    return 0 if all(green) else 1


if __name__ == "__main__":
    sys.exit(main())
