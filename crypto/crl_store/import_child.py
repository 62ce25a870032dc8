"""The child process of `import_process`: reads its job, verifies the CRL, writes the segment."""

import base64
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from crypto.algorithms.algorithm import DigestAlgorithm, Hasher
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.crl_store.errors import CrlStoreUnusable, translate_errors
from crypto.crl_store.memory_limit import limit_memory
from crypto.crl_store.segment import Progress, file_digest, key_digest, write_segment
from crypto.crl_store.verify import verify_crl
from crypto.errors import CryptoError
from crypto.path.context import VerificationContext
from crypto.strict_json import strict_decoded
from crypto.x509.certificate import Certificate

__all__ = ["FROZEN_ARGUMENT", "main", "run_job", "serve_frozen"]

FROZEN_ARGUMENT: Final = "--import-list"
"""By which a frozen program, which runs no other program text, is told to be this child."""

_JOB_OCTETS: Final = 16 << 20
_CRL_OCTETS: Final = 64 << 20
_CHUNK: Final = 65_536
_NICENESS: Final = 10


class _ProgressHasher:
    """A hasher that reports how far it is; it takes its input in pieces, so memory is bounded."""

    def __init__(self, inner: Hasher, report: Progress) -> None:
        self._inner = inner
        self._report = report

    def update(self, data: bytes, /) -> None:
        whole = len(data)
        view = memoryview(data)
        for at in range(0, whole, _CHUNK):
            self._inner.update(bytes(view[at : at + _CHUNK]))
            if whole > _CHUNK:
                self._report("verify", min(at + _CHUNK, whole), whole)

    def digest(self) -> bytes:
        return self._inner.digest()


def serve_frozen(arguments: Sequence[str]) -> bool:
    """Be the child where a frozen program was started as it; False where it was not.

    The programs of `make package` call it first of all: .ci/package/control.py, desktop.py.
    """
    if list(arguments[1:]) != [FROZEN_ARGUMENT]:
        return False
    main()
    return True


def main() -> None:
    """Do one job from standard input; the exit code is 0 once its outcome is on standard output."""
    _send(_run())


def _run() -> Mapping[str, object]:
    try:
        job = strict_decoded(sys.stdin.buffer.readline(_JOB_OCTETS), dict[str, Any])
        _limit_resources(int(job["address_space"]))
        return run_job(job, _report_progress)
    except CryptoError as refused:
        return {"error": refused.code, "detail": refused.detail}
    except MemoryError:
        return {"error": "list_import_failed", "detail": "out_of_memory"}


def _limit_resources(address_space: int) -> None:
    """Lower the priority below the desktop's and bound the memory, where the system can."""
    if sys.platform != "win32":  # on Windows the parent sets the priority at the start
        os.nice(_NICENESS)
    limit_memory(address_space)


def run_job(job: Mapping[str, Any], report: Progress) -> dict[str, object]:
    """Verify the CRL of a job and write its segment; CrlRefused, CrlStoreUnusable."""
    path = Path(job["list"])
    with translate_errors():
        if path.stat().st_size > _CRL_OCTETS:
            raise CrlStoreUnusable("too_large")
        untrusted = path.read_bytes()

    def report_progress(digest: DigestAlgorithm) -> DigestAlgorithm:
        return replace(digest, new=lambda: _ProgressHasher(digest.new(), report))

    moment = datetime.fromisoformat(job["moment"])
    context = VerificationContext(
        registry=default_registry().with_digests(report_progress),
        keys=KeyPolicy(
            job["minimum_bits"],
            {f: datetime.fromisoformat(last) for f, last in job["last_moment"].items()},
            moment,
        ),
        moment=moment,
        clock_tolerance=timedelta(seconds=job["clock_tolerance_s"]),
    )
    issuers = [Certificate.parse(base64.b64decode(each)) for each in job["issuers"]]
    parsed, issuer = verify_crl(untrusted, issuers, context)
    segment = Path(job["segment"])
    facts, _ = write_segment(segment, parsed, key_digest(issuer), report)
    return {
        "segment_sha256": file_digest(segment),
        "sha256": facts.sha256,
        "entries": facts.entries,
    }


def _report_progress(stage: str, done: int, whole: int) -> None:
    _send({"stage": stage, "done": done, "whole": whole})


def _send(message: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
