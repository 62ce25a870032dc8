"""A log of a million entries: index built, opened, searched; a check of it that is called off.

Run from the repository's root: python -m tests.benchmarks.desk.bench_log_index [entries]
The log is made first, which takes minutes. A search is worst of seven; memory is what the process
holds more than before it opened the log, with what the index took to build.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, Tier
from tests.support.station.busy_log import CASE, MINUTE_MS, describe_year
from tests.support.station.log import LogSite
from tests.support.station.long_log import START_MS, fill_runs
from workstation.log_index.index_builder import IndexBuilder
from workstation.log_index.index_file import index_path
from workstation.log_index.query import LogQuery
from workstation.log_index.search import LogSearch
from workstation.log_index.words import TermWords
from workstation.station.log_pages import LogPages

NAMES = {"S-0031": "Сейтқали Әсел", "T-0001": "Иванов Пётр"}
TIMES = 7
MONTH_MS = 30 * 24 * 60 * MINUTE_MS
QUERIES = {
    "outcome approved": LogQuery(outcome="approved"),
    "steps": LogQuery(kinds=("verify.step",)),
    "operator": LogQuery(operator="T-0001"),
    "operation": LogQuery(operation="issue_loan"),
    "a month": LogQuery(since_ms=START_MS + MONTH_MS, until_ms=START_MS + 2 * MONTH_MS),
    "a name": LogQuery(text="әсел"),
    "words of a code": LogQuery(text="отказ"),
    "typed words": LogQuery(text="нұрғалиева подтв"),
    "one letter": LogQuery(text="а"),
    "a number": LogQuery(text=str(CASE * 20_011)),
}


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def held_mb() -> float:
    """Return the memory that the process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def timed(call: Callable[[], object]) -> float:
    """Return how many milliseconds of wall time a call takes."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def measure(site: LogSite) -> None:
    """Build the index and ask it."""
    vkey, before = site.log_key.vkey, held_mb()
    builder = IndexBuilder(index_path(site.path), site.path, vkey)
    cpu = time.process_time()
    while builder.step():
        pass
    say(f"built in {time.process_time() - cpu:.1f} s of CPU")
    builder.close()
    say(f"index {index_path(site.path).stat().st_size / 1e6:.0f} MB")
    again = IndexBuilder(index_path(site.path), site.path, vkey)
    say(f"found whole at a start in {timed(again.step):.0f} ms, rebuilt {again.rebuilt} times")
    say(f"a chunk made anew and compared in {timed(again.doubt):.0f} ms")
    again.close()
    search = LogSearch(TermWords(lambda: NAMES), index_path(site.path))
    pages = LogPages(site.path, vkey, lambda: True, search=search)
    opened = timed(lambda: pages.rows(pages.size() - 200, 200))
    say(f"opened with the newest 200 rows in {opened:.0f} ms")
    for name, query in QUERIES.items():
        worst = max(timed(lambda query=query: pages.find(query)) for _ in range(TIMES))
        say(f"{name}: {pages.find(query).total} entries, worst {worst:.0f} ms")
    found = pages.find(LogQuery(outcome="approved")).seqs
    say(f"200 found rows shown in {timed(lambda: pages.rows_of(found[-200:])):.0f} ms")
    say(f"entry with its proof in {timed(lambda: pages.entry(400_000)):.0f} ms")
    say(f"{held_mb() - before:.0f} MB more")
    pages.close()


def call_off(site: LogSite) -> None:
    """Call a check off after a second."""
    ended, told = threading.Event(), []
    expected = Expectations(log_key=site.log_key.verifier, trusted=[site.supervisor.verifier])

    def check() -> None:
        report = audit(site.path, expected, Tier.INTEGRITY, cancelled=ended.is_set)
        told.append((report.status, time.perf_counter()))

    running = threading.Thread(target=check)
    running.start()
    running.join(1.0)
    begun = time.perf_counter()
    ended.set()
    running.join()
    (status, at) = told[0]
    assert status is AuditStatus.INDETERMINATE, status
    say(f"check called off in {(at - begun) * 1000:.0f} ms")


def main() -> None:
    """Make the log and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        site = LogSite(Path(folder))
        fill_runs(site, count, describe_year)
        measure(site)
        call_off(site)


if __name__ == "__main__":
    main()
