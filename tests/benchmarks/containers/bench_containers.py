"""What one judgement of a large PDF costs, next to hashing its octets once.

    python -m tests.benchmarks.containers.bench_containers

A document of 20 MB (twenty streams of a megabyte, as scans are) with one signature; with validation
material added after it, which is when revisions are compared; and signed with ГОСТ. The floor is
SHA-256, or Streebog, over the same octets by what the engine uses itself. Memory is what is traced
above the file.
"""

import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.gost.kinds import GostKind, facts
from crypto.report.report import Indication
from tests.support.containers.pdf_documents import Document, stream, write
from tests.support.pki.certificates import NOW, World, world
from tests.support.pki.gost_world import gost_world

_ROUNDS = 5
_MEBIBYTES = 20
_MOST_SECONDS, _MOST_MB = 1.0, 100.0


def _make(made_by: World, *, store: bool = False) -> bytes:
    document = Document()
    document.objects |= {10 + i: stream(os.urandom(1 << 20)) for i in range(_MEBIBYTES)}
    document.octets = write(document.objects)
    document.sign(lambda content: made_by.cms(content, detached=True))
    if store:
        number = document.next_number()
        document.catalog = b"/DSS << /Certs [%d 0 R] >>" % number
        added = {number: stream(made_by.authority.der), **document.form_objects()}
        document.update(added)
    return document.octets


def _measure(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _run(made_by: World, octets: bytes, digest_oid: str) -> tuple[float, float, float]:
    """Return median seconds, the median ratio to the floor, and megabytes at the peak."""
    validator = made_by.validator()
    digest = default_registry().require_digest(digest_oid)

    def judge() -> None:
        report = validator.validate_document(octets, content=None, moment=NOW)
        assert report.indication is Indication.TOTAL_PASSED

    rounds = [(_measure(judge), _measure(lambda: digest.hash(octets))) for _ in range(_ROUNDS)]
    tracemalloc.start()
    judge()
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    seconds = statistics.median(ours for ours, _ in rounds)
    return seconds, statistics.median(ours / floor for ours, floor in rounds), memory


def main() -> int:
    """Print seconds of CPU, the ratio to the floor and memory; 1 when a bound is passed."""
    rsa, gost = world("rsa-person"), gost_world()
    streebog = facts(GostKind.GOST3410_2015_512).digest_oid
    over = False
    for name, made_by, octets, digest_oid in (
        ("RSA", rsa, _make(rsa), oids.SHA256),
        ("RSA, store added", rsa, _make(rsa, store=True), oids.SHA256),
        ("GOST", gost, _make(gost), streebog),
    ):
        seconds, ratio, memory = _run(made_by, octets, digest_oid)
        over |= seconds > _MOST_SECONDS or memory > _MOST_MB
        sys.stdout.write(
            f"{name:18} {seconds:6.2f} s CPU  {ratio:5.1f} x digest  {memory:6.1f} MB above\n"
        )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
