"""How fast the desktop opens, how late its thread gets, how many frames it analyses.

    python -m tests.benchmarks.bench_desktop

Every run is a fresh process of the demo desktop, without a screen unless QT_QPA_PLATFORM says
otherwise. Start: this process's clock from spawn to the report of the first complete paint.
Attempt: one liveness attempt of the simulated customer at 640x480 and 30 fps, rendered inside the
desktop's own capture thread, which a real camera would not cost. Lateness is that of a heartbeat of
5 ms in the GUI thread, over the moments at which it was due: a stall of 100 ms counts twenty times.
Switches: from the call until the page or its other language is painted, by the clock and by the
processor time of the GUI thread, which tells on a machine that others use. Busy: the same beside a
process that never sleeps for each of two cores.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STARTS = 7
ATTEMPTS = 2
BEAT_NS = 5_000_000
LONGEST_S = 150.0
ROUNDS = 4
CORES = 2


def say(line: str) -> None:
    """Write one line of the result at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def probe(what: str, folder: Path) -> tuple[float, dict[str, Any]]:
    """Run the desktop once; return seconds from spawn to its report, and the report."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    command = [sys.executable, "-m", "tests.benchmarks.desktop_probe", what, str(folder)]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        if process.stdout is None:
            raise SystemExit("no pipe to the desktop")
        try:
            line = process.stdout.readline()
            seconds = time.monotonic() - started
            process.wait(LONGEST_S)
        except BaseException:
            process.kill()
            raise
    if not line:
        raise SystemExit(f"the desktop ended without a report: {process.returncode}")
    return seconds, json.loads(line)


def due_moments(late_ns: list[int]) -> list[float]:
    """Return the lateness in ms at every moment a beat was due, those inside a stall included."""
    moments = [
        late / 1e6 for whole in late_ns for late in range(whole, -1, -BEAT_NS) if late or not whole
    ]
    return sorted(moments)


def measure_starts(parent: Path) -> None:
    """Print the time to the first paint."""
    probe("first-paint", parent)  # byte code and file cache
    runs = [probe("first-paint", parent) for _ in range(STARTS)]
    times = [seconds for seconds, _ in runs]
    own = statistics.median(told["processor_s"] for _, told in runs)
    say(
        f"first paint          {statistics.median(times):8.2f} s median of {STARTS},"
        f" {min(times):.2f} to {max(times):.2f}; of the processor {own:.2f} s"
    )


def measure_attempt(folder: Path) -> None:
    """Print one attempt's rates, lateness and memory."""
    _, told = probe("attempt", folder)
    late = due_moments(told["late_ns"])
    seconds = told["seconds"]
    over = sum(value > 100_000_000 for value in told["late_ns"])
    say(
        f"attempt              {seconds:8.1f} s, {told['commands']} commands, then"
        f" {told['state']} {told['reason']}".rstrip()
    )
    say(f"analysed             {told['analysed'] / seconds:8.1f} fps")
    say(f"captured             {told['captured'] / seconds:8.1f} fps")
    say(
        f"heartbeat late       p50 {late[len(late) // 2]:.1f} ms, "
        f"p99 {late[len(late) * 99 // 100]:.1f} ms, max {late[-1]:.1f} ms, "
        f"{over} stalls over 100 ms, {len(told['late_ns'])} beats"
    )
    children = " ".join(f"{kib / 1024:.0f}" for kib in told["child_kib"])
    say(f"resident             desktop {told['gui_kib'] / 1024:.0f} MiB, children {children} MiB")


def measure_sign_in(parent: Path) -> None:
    """Print how long a sign-in takes, and until it is said that it is being checked."""
    _, told = probe("sign-in", parent)
    say(
        f"sign-in              {told['said_ms']:8.0f} ms until it is said,"
        f" {told['home_ms']:.0f} ms to the home page, {told['ready_ms']:.0f} ms until it is ready"
    )


def measure_switches(parent: Path) -> None:
    """Print the switches of page and language, all pages and the slowest."""
    _, told = probe("switches", parent)
    for name, label in (("opened", "page, first time"), ("again", "page"), ("spoken", "language")):
        times = told[name]
        wall = sorted(each[0] for each in times.values())
        own = sorted((each[1], page) for page, each in times.items())
        slowest = ", ".join(f"{page} {ms:.0f}" for ms, page in own[:-4:-1])
        say(
            f"{label:<20} {statistics.median(wall):8.1f} ms median, {wall[-1]:.0f} longest;"
            f" of the processor {statistics.median(each[0] for each in own):.1f},"
            f" slowest {slowest}"
        )


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep two cores busy with processes that never sleep."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(CORES)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def measure_busy(parent: Path) -> None:
    """Print what two busy cores make of the first paint and of the lateness, alternately."""
    starts: dict[bool, list[float]] = {False: [], True: []}
    late: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for busy in (False, True):
            if busy:
                with busy_cores():
                    starts[busy].append(probe("first-paint", parent)[0])
                    beats = probe("live", parent)[1]["late_ns"]
            else:
                starts[busy].append(probe("first-paint", parent)[0])
                beats = probe("live", parent)[1]["late_ns"]
            moments = due_moments(beats)
            late[busy].append(moments[len(moments) * 99 // 100])
    for label, found, unit in (("first paint", starts, "s"), ("late p99", late, "ms")):
        quiet, busy_value = (statistics.median(found[busy]) for busy in (False, True))
        say(
            f"{label + ', busy':<20} {busy_value:8.2f} {unit} for {quiet:.2f}:"
            f" {busy_value / max(quiet, 1e-9):.1f} times"
        )


def main() -> None:
    """Measure start and attempts; the load average stands beside them."""
    with tempfile.TemporaryDirectory() as folder:
        say(f"load average         {os.getloadavg()[0]:8.2f} before")
        measure_starts(Path(folder))
        measure_sign_in(Path(folder))
        measure_switches(Path(folder))
        measure_busy(Path(folder))
        for _ in range(ATTEMPTS):
            measure_attempt(Path(folder))
        say(f"load average         {os.getloadavg()[0]:8.2f} after")


if __name__ == "__main__":
    main()
