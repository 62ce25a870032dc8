"""Figures of tellers over a long log: the first count, the count of what was kept, the end of one.

Usage: python -m tests.benchmarks.desk.bench_statistics [ENTRIES]   (1,000,000 unless told)
"""

import resource
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from crypto.log.audit.reader import LogReader
from tests.support.station.busy_log import STEPS, write_members
from tests.support.station.log import LogSite
from tests.support.station.long_log import START_MS, Filling, fill_runs
from workstation.records.shifts.reading import CountingStopped, count_shift
from workstation.shift.risk import find_risks
from workstation.shift.statistics import OpeningHours, count_tellers

CASE = 10
"""Entries of one case."""

DAY_MS = 86_400_000
_CHECKS = [
    {
        "check": f"check_{n}",
        "facts": {"asked_ms": n},
        "hard": "hard",
        "reason": f"check_{n}.ok",
        "rule": "B-01",
        "status": "passed",
    }
    for n in range(16)
]


def say(line):
    sys.stdout.write(f"{line}\n")


def fill_case(seq):
    """Fill with cases of six tellers, 550 a day, over half a year."""
    number, place = divmod(seq, CASE)
    begin, teller = number * CASE, f"T-{number % 6}"
    t_ms = START_MS + number * 157_000 + place * 9_000
    case = f"{number:032x}"
    if place == 0:
        data = {"case": case, "note": "x" * 420}
        return Filling("verify.begin", write_members(data), teller, t_ms)
    if place < CASE - 1:
        data = {"case": case, "note": "x" * 500, "step": STEPS[place - 1]}
        return Filling("verify.step", write_members(data), teller, t_ms)
    data = {
        "begin": begin,
        "case": case,
        "checks": _CHECKS,
        "duration_ms": 81_000,
        "operation": "change_trusted_phone",
        "outcome": "approved" if number % 9 else "rejected",
        "overrides": [{"by": "S-1"}] if number % 31 == 0 else [],
        "provenance": {"source": "registry"},
    }
    return Filling("verify.result", write_members(data), teller, t_ms)


def measure(view, log, entries):
    days = (0, 40_000)
    hours = OpeningHours.parse("08:00", "20:00")

    def count(cancelled=lambda: False):
        started = time.perf_counter()
        found = count_tellers(
            view, log, days, hours, key=bytes(32), cancelled=cancelled, progress=lambda *_: None
        )
        return time.perf_counter() - started, found

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = threading.Event()
    asked = [0.0]

    def end():
        time.sleep(2.0)
        asked[0] = time.perf_counter()
        ended.set()

    threading.Thread(target=end).start()
    try:
        count(ended.is_set)
    except CountingStopped:
        say(f"ended {(time.perf_counter() - asked[0]) * 1000:.0f} ms after it was asked")
    first, found = count()
    again, same = count()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert found == same
    say(
        f"first count of {entries} entries {first:.1f} s, again {again:.2f} s,"
        f" {grown / 1024:.0f} MB more"
    )
    say(f"sessions {sum(each.sessions for each in found)}, risks {len(find_risks(found))}")
    started = time.perf_counter()
    tally = count_shift(view, cancelled=lambda: False, progress=lambda *_: None)
    say(
        f"a shift where none was ever ended {time.perf_counter() - started:.1f} s,"
        f" size {tally.size}"
    )


def main():
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as folder:
        site = LogSite(Path(folder))
        fill_runs(site, entries, fill_case)
        with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
            measure(view, site.path, entries)
        size = sum(each.stat().st_size for each in Path(folder).rglob("*.tellers.sqlite"))
        say(f"kept beside the log {size / 1e6:.1f} MB of {site.path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
