"""What a killed session leaves, judged as the next start and an auditor would.

For tests/e2e/test_kills.py and tests/windows/test_kills.py, which kill by different means.
"""

import base64
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from crypto.log.format.entry import LogEntry
from crypto.log.format.note import NoteVerifier
from tests.support.station.scripted import photo
from workstation.bootstrap import build, close
from workstation.documents.permit import Acceptance, verify
from workstation.documents.permit_claims import PermitClaims
from workstation.records.keys import ENROLMENT_FOLDER, PERMIT_KEY_NAME
from workstation.sandbox.demo_folder import prepare_demo_folder
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.scenario import person
from workstation.sandbox.world import Sandbox
from workstation.session.states import State
from workstation.station.audit_trail import verify_log
from workstation.station.log_view import LogVerification
from workstation.verification.parking.waiting import open_waiting
from workstation.verification.services import Services

ASIDE = {
    State.EXCEPTION: "exception",
    State.ALTERNATIVE: "alternative",
    State.COMPARISON: "comparison",
    State.AUTHORITY: "authority",
}
"""States that a session only passes when it is told to go through them."""

WRITES = (
    "writing:verify.begin#1",
    "writing:match#1",
    "payload:create#1",
    "writing:verify.result#1",
    "wrote:verify.result#1",
    "writing:verify.permit#1",
    "wrote:verify.permit#1",
    "permit:create#1",
    "permit:rename#1",
    "receipt:create#1",
    "writing:session.close#3",
)
"""Between these a kill may leave one file without the other, were the order wrong."""


@dataclass
class Killed:
    """What a killed process had said."""

    points: list[str] = field(default_factory=list)
    acknowledged: list[tuple[int, int, bytes]] = field(default_factory=list)
    permits: list[Path] = field(default_factory=list)
    by_kill: bool = False
    stopped: str = ""
    seen: int = 0

    def take(self, line: str) -> dict[str, object]:
        """Take in one line of the process and return it."""
        said: dict[str, object] = json.loads(line)
        if "point" in said:
            self.points.append(str(said["point"]))
        if "ack" in said:
            root = base64.b64decode(str(said["root"]))
            self.acknowledged.append((int(str(said["ack"])), int(str(said["size"])), root))
        if "permit" in said:
            self.permits.append(Path(str(said["permit"])))
        self.stopped = str(said.get("stopped", self.stopped))
        self.seen = int(str(said.get("seen", self.seen)))
        return said


@contextlib.contextmanager
def prepared_station(base: Path) -> Iterator[Path]:
    """Yield a data folder whose sandbox answers here, outside the process that is killed."""
    with Sandbox(base / "sandbox", profile="demo", clock=lambda: datetime.now(UTC)) as sandbox:
        folder = base / "station"
        prepare_demo_folder(folder, sandbox.endpoints())
        (folder / "reference.png").write_bytes(photo())
        # The portrait is a photograph, and the analysis of the victim reads scripted ones.
        iin = person(CustomerKey.GOOD).iin
        record = sandbox.persons.record(iin)
        assert record is not None
        sandbox.persons.put(iin, replace(record, faces=()))
        services = build(folder)
        try:
            services.revocation.update(services.now())
        finally:
            close(services)
        yield folder


@dataclass(frozen=True)
class Aftermath:
    """What the next start finds."""

    verification: LogVerification
    entries: tuple[LogEntry, ...]
    roots: dict[int, bytes]
    permits: tuple[Path, ...]
    permit_key: Ed25519PublicKey
    log_key: NoteVerifier
    now: datetime
    waiting: frozenset[str]


def reopened(folder: Path, killed: Killed) -> Aftermath:
    """Start the workstation again after the kill."""
    services: Services = build(folder)
    try:
        log = services.journal.log
        public = load_pem_public_key((folder / ENROLMENT_FOLDER / PERMIT_KEY_NAME).read_bytes())
        assert isinstance(public, Ed25519PublicKey)
        return Aftermath(
            verify_log(services),
            tuple(log.entries()),
            {size: log.checkpoint(size).root for _, size, _ in killed.acknowledged},
            tuple(sorted(services.core_banking.glob("*.jws"))),
            public,
            services.log_key,
            services.now(),
            frozenset(
                open_waiting(services.cases, each).case
                for each in services.journal.waiting.values()
            ),
        )
    finally:
        close(services)


def results_of(found: Aftermath, case: object) -> list[LogEntry]:
    return [e for e in found.entries if e.kind == "verify.result" and e.data["case"] == case]


def assert_nothing_lost(folder: Path, killed: Killed) -> Aftermath:
    """The invariants of every kill; returns what was found for those of a single one."""
    found = reopened(folder, killed)
    assert found.verification.ok, found.verification.reason
    for index, size, root in killed.acknowledged:
        assert index < len(found.entries)
        assert found.roots[size] == root, f"acknowledged entry {index} is another one now"
    for begun in (e for e in found.entries if e.kind == "verify.begin"):
        results = results_of(found, begun.data["case"])
        if begun.data["case"] in found.waiting:
            assert results == []
            continue
        assert len(results) == 1, f"{len(results)} results of the session begun at {begun.seq}"
        assert results[0].seq > begun.seq
        reason = results[0].data["reason"]
        assert reason in {"interrupted", "decision.approved"}
        assert (reason == "interrupted") is (results[0].data["outcome"] == "indeterminate")
    for path in found.permits:
        assert_earned(found, path)
    for place in ("permits", "outbox"):
        assert list((folder / place).glob(".*")) == [], "a draft was left"
    assert set(killed.permits) <= set(found.permits)
    return found


def verified_claims(found: Aftermath, permit: Path) -> PermitClaims:
    """Return what a permit claims, verified as core banking does but for the operation."""
    return verify(
        permit.read_text(),
        found.permit_key,
        audience="core-banking",
        operation_sha256=None,
        moment=found.now,
        accept=Acceptance.DEMO_TOO,
        log_keys=(found.log_key,),
    )


def assert_earned(found: Aftermath, permit: Path) -> None:
    """A permit that core banking can take has its entry, and that one an approval before it."""
    claims = verified_claims(found, permit)
    (issued,) = (
        e for e in found.entries if e.kind == "verify.permit" and e.data["jti"] == claims.jti
    )
    approval = found.entries[claims.log_index]
    assert approval.kind == "verify.result"
    assert approval.data["outcome"] == "approved"
    assert approval.data["case"] == issued.data["case"] == claims.session
    assert approval.seq < issued.seq
    assert permit.stem == claims.jti


def assert_ended_in(found: Aftermath, state: State) -> None:
    """The session that was killed in a state has one end: interrupted, unless it was recorded."""
    if state is State.IDLE:
        assert not any(e.kind == "verify.begin" for e in found.entries)
        return
    newest = [e for e in found.entries if e.kind == "verify.result"][-1]
    recorded = state is State.RECORDED
    assert newest.data["reason"] == ("decision.approved" if recorded else "interrupted")


def assert_written_up_to(found: Aftermath, point: str) -> None:
    """Permit and approval are there exactly when the kill came after them."""
    renamed = WRITES.index(point) > WRITES.index("permit:rename#1")
    assert len(found.permits) == int(renamed)
    approved = [e for e in found.entries if e.data.get("outcome") == "approved"]
    recorded = WRITES.index(point) > WRITES.index("writing:verify.result#1")
    assert len(approved) == int(recorded)
