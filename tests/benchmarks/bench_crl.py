"""The published GOST list of 422,065 entries: taken by a child process, then looked up.

    python -m tests.benchmarks.bench_crl [--plain]

The parent stands for the desktop: while the child works, a thread of it wakes every 10 ms and
notes how late. The peer is `cryptography` on an RSA twin with the same entries, loaded and asked
in the same run. `--plain` also takes the list with Streebog in plain Python (more than a minute).
"""

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from crypto.crl_store import import_process
from crypto.crl_store.import_process import ImportProcess
from crypto.crl_store.importer import CrlImporter
from crypto.crl_store.store import CrlStore, StoredCrl
from crypto.gost.acceleration import find_acceleration
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import CA_EXTENSIONS, ca_name, issue
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.gost_world import gost_world
from tests.support.pki.large_crl import (
    PUBLISHED_ENTRIES,
    LargeCrl,
    gost_signature,
    library_signature,
)

LOOKUPS = 1000
PEER_LOOKUPS = 5
DELTA_ENTRIES = 620
TICK_S = 0.01
PLAIN = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "import crypto.gost.acceleration as a; import crypto.algorithms.registry as b; "
    "b.find_acceleration = lambda: a.REFERENCE; "
    "from crypto.crl_store.import_child import main; main()"
)


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Lateness:
    """How late a thread of this process wakes, in milliseconds."""

    late: list[float] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch while the block runs."""
        ended = threading.Event()

        def tick() -> None:
            due = time.perf_counter() + TICK_S
            while not ended.wait(max(0.0, due - time.perf_counter())):
                self.late.append((time.perf_counter() - due) * 1000)
                due = time.perf_counter() + TICK_S

        thread = threading.Thread(target=tick)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def __str__(self) -> str:
        ordered = sorted(self.late) or [0.0]
        return f"p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms, worst {ordered[-1]:.1f} ms"


def resident(process: int, name: str) -> float:
    """Return a figure of /proc in MB; 0 where there is none."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((each for each in status.splitlines() if each.startswith(name)), f"{name} 0")
    return int(line.split()[1]) / 1024


def idle_interpreter() -> float:
    """Return what an interpreter that does nothing occupies, in MB."""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", "import sys; print(1, flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as idle:
        assert idle.stdout is not None
        idle.stdout.readline()
        return resident(idle.pid, "VmHWM")


@dataclass
class Taken:
    """One import by a child: seconds by stage, its peak in MB, lateness of the parent meanwhile."""

    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak: float = 0.0
    lateness: Lateness = field(default_factory=Lateness)


def take(path: Path, store: CrlStore, issuer: Certificate) -> tuple[StoredCrl, Taken]:
    """Import a list through a child."""
    found, running, segment = Taken(), ImportProcess(), store.new_segment_path()
    if segment is None:
        raise SystemExit("a store in a folder is needed")
    started = last = time.perf_counter()

    def report(stage: str, _done: int, _whole: int) -> None:
        nonlocal last
        now = time.perf_counter()
        found.stages[stage] = found.stages.get(stage, 0.0) + now - last
        last = now
        if running._child is not None:
            found.peak = max(found.peak, resident(running._child.pid, "VmHWM"))

    with found.lateness.watched():
        digest = running.run(path, segment, (issuer,), CONTEXT, report)
        stored = store.adopt(segment, digest)
    found.seconds = time.perf_counter() - started
    return stored, found


def tell(title: str, found: Taken, idle: float) -> None:
    """Print one import."""
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found.stages.items())
    say(f"{title:38s} {found.seconds:8.1f} s  ({stages})")
    say(f"  child above an idle interpreter      {found.peak - idle:8.0f} MB of {idle:.0f} MB idle")
    say(f"  a thread of the parent was late      {found.lateness}")


def main() -> None:
    """Measure and print."""
    authority = gost_world().authority
    issuer = authority.parsed
    made = LargeCrl(issuer.subject.raw, PUBLISHED_ENTRIES)
    der = made.encode(gost_signature(authority))
    idle = idle_interpreter()
    quiet = Lateness()
    with quiet.watched():
        time.sleep(1)
    hashes = find_acceleration().hashes
    say(f"{PUBLISHED_ENTRIES} entries, {len(der) / 1e6:.1f} MB; hashes: {hashes}")
    say(f"quiet parent                           {quiet}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "full.crl"
        path.write_bytes(der)
        del der
        if "--plain" in sys.argv:
            entry, import_process._ENTRY = import_process._ENTRY, PLAIN  # type: ignore[misc]
            plain = CrlStore(Path(folder) / "plain.sqlite")
            tell("taken by a child, plain Python", take(path, plain, issuer)[1], idle)
            plain.close()
            import_process._ENTRY = entry  # type: ignore[misc]
        store = CrlStore(Path(folder) / "store.sqlite")
        stored, found = take(path, store, issuer)
        tell("taken by a child", found, idle)
        lookup = looked_up(stored, issuer, made)
        amended(Path(folder), store, issuer)
        store.close()
    peer(made, lookup)


def looked_up(stored: StoredCrl, issuer: Certificate, made: LargeCrl) -> float:
    """Look serial numbers up, half of them listed; return the median in milliseconds."""
    chance = random.Random(7)
    listed = chance.sample(made.serials(), LOOKUPS // 2)
    asked = [*listed, *(chance.getrandbits(158) for _ in listed)]
    chance.shuffle(asked)
    stored.find(asked[0], issuer.subject)
    times, hits = [], 0
    for serial in asked:
        started = time.perf_counter()
        hits += stored.find(serial, issuer.subject) is not None
        times.append((time.perf_counter() - started) * 1000)
    if hits != len(listed):
        raise SystemExit(f"{hits} of {len(listed)} were found")
    times.sort()
    median, high = times[len(times) // 2], times[-10]
    say(f"look-up                                {median:8.4f} ms, p99 {high:.4f} ms")
    return median


def amended(folder: Path, store: CrlStore, issuer: Certificate) -> None:
    """Take a delta of 32 KB in this process; in force means that it answers."""
    authority = gost_world().authority
    serial = 424_242
    path = folder / "delta.crl"
    made = LargeCrl(issuer.subject.raw, DELTA_ENTRIES, 11, 10, ((serial, 1),), seed=2)
    path.write_bytes(made.encode(gost_signature(authority)))
    started = time.perf_counter()
    stored = CrlImporter(store).import_file(path, (issuer,), CONTEXT)
    answer = stored.find(serial, issuer.subject)
    seconds = time.perf_counter() - started
    if answer is None or len(store.current()) != 2:
        raise SystemExit("the delta does not answer")
    size = path.stat().st_size / 1000
    say(f"a delta of {size:.0f} KB in force after      {seconds * 1000:8.0f} ms")


def peer(made: LargeCrl, lookup: float) -> None:
    """Look serial numbers up with `cryptography` in an RSA twin."""
    holder = issue(ca_name("NCA TWIN"), "rsa-twin", None, CA_EXTENSIONS, serial=1)
    twin = LargeCrl(holder.parsed.subject.raw, made.count).encode(library_signature(holder))
    started = time.perf_counter()
    loaded = x509.load_der_x509_crl(twin)
    opened = (time.perf_counter() - started) * 1000
    times = []
    for serial in random.Random(7).sample(made.serials(), PEER_LOOKUPS):
        started = time.perf_counter()
        if loaded.get_revoked_certificate_by_serial_number(serial) is None:
            raise SystemExit("the peer did not find a listed number")
        times.append((time.perf_counter() - started) * 1000)
    linear = statistics.median(times)
    say(f"cryptography, RSA twin: loaded in      {opened:8.1f} ms, a look-up {linear:.1f} ms")
    say(f"its look-up / ours                     {linear / lookup:8.0f}")


if __name__ == "__main__":
    main()
