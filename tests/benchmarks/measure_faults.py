"""Counts what kills, full disks and failing disks cost: 200, 50 and 50 whole sessions by default.

    python -m tests.benchmarks.measure_faults [--kills N] [--full N] [--errors N] [--seed N]

Run by hand, takes a quarter of an hour on one core. The kills fall between the permit's entry and
the end of a session, at random points with random delays of up to 6 ms. Disks fail
at a random call below the log's, the heads' or the vault's folder (tests/support/system/faults.c,
preloaded): full from then on, the first write cut in half, or with errors of write or fsync. After
each the station is started and judged as tests/e2e does, every permit is shown to one register of
core banking, and drafts that were left are counted before and after that start. Prints one line per
kind; ends with 1 when an invariant did not hold.
"""

import argparse
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from crypto.errors import CryptoError
from tests.support.station.kills import (
    Aftermath,
    Killed,
    assert_nothing_lost,
    prepared_station,
    verified_claims,
)
from tests.support.station.victims import Victims
from tests.support.system.faults import CALLS, Fault, FaultKind, build_faults
from workstation.accounts.permit_register import PermitRegister
from workstation.errors import PermitRefused, WorkstationError

FROM = "writing:verify.permit#1"
LONGEST_S = 0.006
EACH = 10
"""Sessions on one folder: the log grows, and its permits are shown to one register."""


@dataclass
class Counts:
    """What became of the sessions of one kind."""

    tried: int = 0
    hit: int = 0
    acknowledged: int = 0
    permits: int = 0
    at_permit: int = 0
    drafts: int = 0
    drafts_after: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Return the counts in one line."""
        return (
            f"{name}: tried {self.tried}, hit {self.hit}, entry of a permit at stake "
            f"{self.at_permit}, acknowledged entries {self.acknowledged}, permits {self.permits}, "
            f"refused by the register {dict(self.refused)}, drafts left {self.drafts}, after the "
            f"next start {self.drafts_after}, broken {len(self.broken)}"
        )


class Bench:
    """A station's folder, used for a few sessions, and core banking's register of its permits."""

    def __init__(self, prepared: Path, base: Path) -> None:
        self._prepared = prepared
        self._base = base
        self._used = EACH
        self.folder = base
        self._register = PermitRegister(base / "none.sqlite")
        self._shown: set[Path] = set()

    def renew(self) -> Path:
        """Return the folder for the next session; a fresh one after EACH."""
        if self._used >= EACH:
            self._used = 0
            self.folder = Path(tempfile.mkdtemp(dir=self._base))
            shutil.rmtree(self.folder)
            shutil.copytree(self._prepared, self.folder)
            self._register = PermitRegister(self.folder / "register.sqlite")
            self._shown = set()
        self._used += 1
        return self.folder

    def judge(self, killed: Killed, counts: Counts) -> None:
        """Start the station again and hold it to the invariants."""
        counts.drafts += count_drafts(self.folder)
        found = assert_nothing_lost(self.folder, killed)
        counts.drafts_after += count_drafts(self.folder)
        counts.acknowledged += len(killed.acknowledged)
        fresh = [path for path in found.permits if path not in self._shown]
        counts.permits += len(fresh)
        for path in sorted(fresh, key=lambda each: verified_claims(found, each).log_index):
            self._show(found, path, counts)
        self._shown.update(fresh)

    def _show(self, found: Aftermath, path: Path, counts: Counts) -> None:
        try:
            self._register.redeem(verified_claims(found, path), found.now)
        except PermitRefused as refused:
            counts.refused[refused.detail] += 1


def count_drafts(folder: Path) -> int:
    """Return how many hidden files a broken-off write has left."""
    places = (folder / name for name in ("permits", "outbox", "vault", "released", "."))
    return sum(len(list(place.glob(".*.*"))) for place in places if place.is_dir())


def kill(victims: Victims, bench: Bench, points: list[str], rng: Random, counts: Counts) -> None:
    """Kill one session between its result and its end."""
    point, after_s = rng.choice(points), rng.uniform(0, LONGEST_S)
    killed = victims.kill(bench.renew(), point, hold=False, after_s=after_s)
    counts.hit += killed.by_kill
    counts.at_permit += "writing:verify.permit#1" in killed.points
    bench.judge(killed, counts)


def fail(
    victims: Victims, bench: Bench, kinds: list[FaultKind], rng: Random, counts: Counts
) -> None:
    """Play one session on a disk that fails."""
    volume, kind = list(CALLS)[counts.tried % len(CALLS)], rng.choice(kinds)
    after = rng.randrange(CALLS[volume][kind])
    failed = victims.play(bench.renew(), Fault(volume, kind, after))
    counts.hit += failed.seen > after
    counts.at_permit += "writing:verify.permit#1" in failed.points
    bench.judge(failed, counts)


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser()
    for name, default in (("kills", 200), ("full", 50), ("errors", 50), ("seed", 12)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    rng, broken = Random(asked.seed), 0
    with tempfile.TemporaryDirectory() as place, prepared_station(Path(place)) as prepared:
        library = build_faults(Path(place))
        victims = Victims(Path(place) / "stderr", library)
        trial = Path(shutil.copytree(prepared, Path(place) / "trial"))
        points = victims.kill(trial, "nowhere", hold=False).points
        late = points[points.index(FROM) :]
        errors = [FaultKind.WRITE_ERROR, FaultKind.SYNC_ERROR]
        runs = (
            ("kills", asked.kills, lambda b, n: kill(victims, b, late, rng, n)),
            ("full disks", asked.full, lambda b, n: fail(victims, b, [FaultKind.FULL], rng, n)),
            ("disk errors", asked.errors, lambda b, n: fail(victims, b, errors, rng, n)),
        )
        for name, times, run in runs:
            counts, bench = Counts(), Bench(prepared, Path(place))
            for _ in range(times if library or name == "kills" else 0):
                try:
                    run(bench, counts)
                except (AssertionError, WorkstationError, CryptoError) as error:
                    counts.broken.append(f"{type(error).__name__}: {error}")
                    traceback.print_exc()
                    bench = Bench(prepared, Path(place))
                counts.tried += 1
            sys.stdout.write(f"{counts.line(name)}\n")
            sys.stdout.flush()
            broken += len(counts.broken)
        victims.close()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
