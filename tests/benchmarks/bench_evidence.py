"""What keeping a signature's evidence costs, next to the validation itself.

    python -m tests.benchmarks.bench_evidence

The same signature (P-256, chain of three, OCSP answer, the root's list) judged plainly; judged
while everything is recorded and packed; and judged again from its pack, cold. Interleaved in
rounds, so that ratios of one run mean something and absolute times do not. Then one session packed
for a court out of a log of some thousand entries, and verified by the pack's own verifier.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from crypto.cms.evidence_pack import EvidencePack, gather_pack
from crypto.cms.validation_request import ValidationRequest
from crypto.revocation.recording import RecordingSources
from crypto.revocation.sources import RevocationSources
from crypto.signatures.revalidation import revalidate
from resources.court.verify_pack import Verified
from tests.support.court.packs import build, play_session
from tests.support.pki.certificates import CONTENT, IIN, NOW, world
from tests.support.station.stations import a_site

ROUNDS = 60
COURT_ROUNDS, ENTRIES = 10, 3_000


class Bench:
    """One validator, warm, and one pack of its judgement."""

    def __init__(self) -> None:
        self.world = world()
        self.cms = self.world.cms()
        self.validator = self.world.validator()
        self.pack, self.held = self.recorded()
        self.text = json.dumps(self.pack.to_json()).encode()

    def plain(self) -> None:
        """Judge and keep nothing."""
        self.validator.validate(self.cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)

    def recorded(self) -> tuple[EvidencePack, dict[str, bytes]]:
        """Judge, record and pack."""
        recordings: list[RecordingSources] = []

        def wrap(sources: RevocationSources) -> RevocationSources:
            recordings.append(RecordingSources(sources, lambda _sha256: None))
            return recordings[-1]

        validator = self.validator.wrap_sources(wrap)
        report = validator.validate(
            self.cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW
        )
        request = ValidationRequest(self.cms, CONTENT, IIN, fresh=True, moment=NOW)
        constraints, recording = validator.constraints, recordings[-1]
        pack, held = gather_pack(request, constraints, recording, report.to_json(), "bench")
        lists = {each: recordings[-1].octets(each) or b"" for each in pack.crl_digests()}
        return pack, held | lists

    def repeated(self) -> None:
        """Read the pack and judge again."""
        assert revalidate(EvidencePack.read(self.text), self.held.get).same


def main() -> None:
    """Measure in interleaved rounds and print CPU medians and ratios."""
    bench = Bench()
    subjects: dict[str, Callable[[], object]] = {
        "judged": bench.plain,
        "judged and packed": bench.recorded,
        "judged again, cold": bench.repeated,
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, call in subjects.items():
            started = time.process_time()
            call()
            times[name].append((time.process_time() - started) * 1000)
    plain = statistics.median(times["judged"])
    for name, found in times.items():
        spent = statistics.median(found)
        sys.stdout.write(f"{name:20} cpu {spent:6.2f} ms, x{spent / plain:4.1f}\n")
    size = len(bench.text) + sum(map(len, bench.held.values()))
    sys.stdout.write(f"pack of this case: {size} octets, {len(bench.held)} blobs\n")
    measure_court_pack()


def measure_court_pack() -> None:
    """Pack and verify one session; the goal is to build it within a second."""
    with TemporaryDirectory() as folder, a_site(Path(folder)) as site:
        case = play_session(site)
        for number in range(ENTRIES):
            site.services.journal.log.append("heartbeat", {"n": number}, actor="")
        key = site.services.log_key
        pack = build(site, case)
        subjects: dict[str, Callable[[], object]] = {
            "court pack built": lambda: build(site, case),
            "court pack verified": lambda: Verified(pack.octets, key.vkey),
        }
        for name, call in subjects.items():
            started, spent = time.perf_counter(), time.process_time()
            for _ in range(COURT_ROUNDS):
                call()
            wall = (time.perf_counter() - started) / COURT_ROUNDS * 1000
            cpu = (time.process_time() - spent) / COURT_ROUNDS * 1000
            sys.stdout.write(f"{name:20} cpu {cpu:6.1f} ms, wall {wall:6.1f} ms of 1000\n")
        sys.stdout.write(f"{pack.parts} parts, {len(pack.octets)} octets, log of {ENTRIES} more\n")


if __name__ == "__main__":
    main()
