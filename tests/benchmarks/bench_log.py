"""Ratios of the signed log on this machine: append against bare commits and signatures, audit.

Run from the repository's root: python -m tests.benchmarks.bench_log [folder on the disk to test]
Subjects are interleaved in rounds, so a busy machine slows all alike; only ratios mean anything.
"""

import hashlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crypto.log.audit.audit import Expectations, audit
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import AuditStatus, Tier
from crypto.log.format.merkle import leaf_hash, node_hash
from tests.support.station.log import LogSite
from tests.support.station.long_log import die, fill_runs

ROUNDS = 12
STARTS = 7
PER_ROUND = 50
SIGNED = 6_000
"""Entries of the log whose every signature is verified, alone and beside another process."""

BODY = bytes(590)
RESULT = {
    "case": "9b2d7c1e5f",
    "match_ppm": 871204,
    "outcome": "accept",
    "pl": {
        "alg": "A256GCM",
        "cm": "cqMgddjht0+gydtMtUDrfNLi6KMUAq6ER/938toIeYk=",
        "ct": "EEkcq4O0xFOnRoBONTCc4NgwKXMKjWDM/AxGYWeJ2As=",
        "n": 13,
        "pid": "00112233445566778899aabbccddeeff",
    },
    "threshold_ppm": 700000,
}


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


@dataclass
class Subject:
    """One thing measured: seconds of wall and of CPU per call, one value per round."""

    call: Callable[[], object]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Measure one round."""
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(PER_ROUND):
            self.call()
        self.wall.append((time.perf_counter() - wall) / PER_ROUND)
        self.cpu.append((time.process_time() - cpu) / PER_ROUND)

    def medians(self) -> tuple[float, float]:
        """Return wall and CPU seconds per call."""
        return statistics.median(self.wall), statistics.median(self.cpu)


@contextmanager
def raw_commits(path: Path) -> Iterator[Callable[[], object]]:
    """Yield a single-row durable commit into a bare table, WAL and synchronous=FULL."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (seq INTEGER PRIMARY KEY, body BLOB) STRICT")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO row (body) VALUES (?)", (BODY,))
        connection.execute("COMMIT")

    yield commit
    connection.close()


def measure_appends(folder: Path) -> LogSite:
    """Print append against raw commits and against Ed25519 signatures; return the filled log."""
    site = LogSite(folder)
    key = site.session_key
    with site.create() as store, raw_commits(folder / "raw.db") as commit:
        site.open_session(store)

        def append() -> None:
            site.clock.tick(1)
            store.append("verify.result", RESULT, actor="T-004217", signers=[key])

        subjects = {
            "raw": Subject(commit),
            "sign": Subject(lambda: key.sign(BODY)),
            "append": Subject(append),
        }
        for _ in range(ROUNDS):
            for subject in subjects.values():
                subject.run()
    raw, sign, done = (subjects[name].medians() for name in ("raw", "sign", "append"))
    net = done[1] - raw[1]
    say(f"raw commit          wall {raw[0] * 1e6:8.0f} us   cpu {raw[1] * 1e6:7.0f} us")
    say(f"log append          wall {done[0] * 1e6:8.0f} us   cpu {done[1] * 1e6:7.0f} us")
    say(f"Ed25519 sign                           cpu {sign[1] * 1e6:7.1f} us")
    say(f"append rate / raw commit rate          {raw[0] / done[0]:.2f}")
    say(f"append cpu / sign cpu                  {done[1] / sign[1]:.2f}")
    say(f"(append - raw commit) cpu / sign cpu   {net / sign[1]:.2f}")
    return site


def measure_audit(site: LogSite) -> None:
    """Print the audit's CPU per entry against its unavoidable hashes and signature checks."""
    expected = Expectations(site.log_key.verifier, (site.supervisor.verifier,))
    text, signature = BODY, site.session_key.sign(BODY)
    started = time.process_time()
    for _ in range(1000):
        node_hash(leaf_hash(BODY)[:32], BODY[:32])
    hashes = (time.process_time() - started) / 1000
    started = time.process_time()
    for _ in range(300):
        site.session_key.verifier.verifies(text, signature)
    verify = (time.process_time() - started) / 300
    say(f"leaf + interior hash                   cpu {hashes * 1e6:7.1f} us")
    say(f"Ed25519 verify                         cpu {verify * 1e6:7.1f} us")
    for tier in Tier:
        started = time.process_time()
        report = audit(site.path, expected, tier)
        per_entry = (time.process_time() - started) / report.size
        if report.status is not AuditStatus.PASSED:
            raise SystemExit(f"the audited log is bad: {report.fault}")
        floor = hashes + verify * max(0, tier - Tier.SEMANTIC)
        say(
            f"audit tier {tier:d} of {report.size} entries       cpu {per_entry * 1e6:7.1f} us"
            f"   / unavoidable {per_entry / floor:.2f}"
        )


def measure_start(site: LogSite) -> tuple[float, float]:
    """Return median CPU ms of the start check and of opening, a died session closed each time."""
    checks, opens = [], []
    for number in range(STARTS):
        die(site, number)
        started = time.process_time()
        store = site.open()
        opens.append(time.process_time() - started)
        started = time.process_time()
        store._writer._state = None  # as after an append that failed
        store._state()
        checks.append(time.process_time() - started)
        store.close()
    return statistics.median(checks) * 1e3, statistics.median(opens) * 1e3


def measure_starts(parent: str | None) -> None:
    """Print the start of a log of a million entries against that of one of a thousand."""
    found = []
    for count in (1_000, 1_000_000):
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            site = LogSite(Path(folder))
            fill_runs(site, count)
            check, opened = measure_start(site)
            measure_first_tier(site)
            measure_reading(site)
        found.append((check, opened))
        say(f"{count:9d} entries   start check {check:6.1f} ms   open {opened:6.1f} ms CPU")
    ratios = [after / before for before, after in zip(*found, strict=True)]
    say(f"a million / a thousand: start check {ratios[0]:.2f}, open {ratios[1]:.2f}")


def cpu_of(call: Callable[[], object]) -> float:
    """Return the CPU seconds of a call in this process."""
    started = time.process_time()
    call()
    return time.process_time() - started


def read_and_hash(path: Path) -> float:
    """Return the CPU seconds of reading every row and hashing leaves and nodes, and no more."""

    def walk() -> None:
        connection = sqlite3.connect(path)
        peaks: list[bytes] = []
        rows = connection.execute("SELECT seq, body, leaf, root, sig FROM entry ORDER BY seq")
        for number, row in enumerate(rows):
            carry, bits = hashlib.sha256(b"\x00" + row[1]).digest(), number
            while bits & 1:
                carry = hashlib.sha256(b"\x01" + peaks.pop() + carry).digest()
                bits >>= 1
            peaks.append(carry)
        connection.close()

    return cpu_of(walk)


def measure_first_tier(site: LogSite) -> None:
    """Print the first tier's CPU against reading every row and hashing it, interleaved."""
    expected = Expectations(site.log_key.verifier, (site.supervisor.verifier,))
    ratios = []
    for _ in range(3):
        bare = read_and_hash(site.path)
        ratios.append(cpu_of(lambda: audit(site.path, expected, Tier.INTEGRITY)) / bare)
    say(
        f"audit tier 1 / reading and hashing       {statistics.median(ratios):.2f}   (at most 1.25)"
    )


def measure_attribution(parent: str | None) -> None:
    """Print what the walking process saves where another one verifies signatures."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        site = LogSite(Path(folder))
        site.fill(SIGNED)
        expected = Expectations(site.log_key.verifier, (site.supervisor.verifier,))
        alone = cpu_of(lambda: audit(site.path, expected, Tier.ATTRIBUTION))
        beside = cpu_of(lambda: audit(site.path, expected, Tier.ATTRIBUTION, workers=1))
    # With two free cores the process that walks is the longer one, so this is the gain.
    say(f"audit tier 3: cpu alone / cpu beside one {alone / beside:.2f}   (at least 1.8)")


def measure_reading(site: LogSite) -> None:
    """Print what a page and a proof cost, each shown or made under the verified head."""
    with LogReader(site.path, site.log_key.vkey) as reader:
        size = reader.size
        starts = [size * each // 23 for each in range(20)]
        pages = [cpu_of(lambda start=start: reader.page(start, 50)) for start in starts]
        proofs = [cpu_of(lambda start=start: reader.receipt(start)) for start in starts]
    for name, found, most in (("page of 50", pages, 5), ("receipt", proofs, 3)):
        cpu = statistics.median(found) * 1e3
        say(f"verified {name:<12} of {size} entries  cpu {cpu:5.1f} ms   (at most {most})")


def main() -> None:
    """Measure in the folder given, or in a temporary one."""
    parent = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        measure_audit(measure_appends(Path(folder)))
    measure_attribution(parent)
    measure_starts(parent)


if __name__ == "__main__":
    main()
