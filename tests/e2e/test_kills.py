"""SIGKILL at every step: no acknowledged entry is lost and no approval is left without an entry.

The victim is a process that plays whole sessions (killed_session.py); what it leaves is opened by
this one as the next start of the workstation would, and looked at as an auditor would.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from crypto.log.entry import LogEntry
from tests.support.scripted import photo
from workstation.audit_trail import verify_log
from workstation.bootstrap import build, close
from workstation.keys import ENROLMENT_FOLDER, PERMIT_KEY_NAME
from workstation.parts import Parts
from workstation.permit import verify
from workstation.sandbox.demo_folder import prepare_demo_folder
from workstation.sandbox.world import Sandbox
from workstation.snapshot import LogVerification
from workstation.states import State

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and fork are POSIX")

_HELD_KILLS = 3
_LOOSE_KILLS = 1
_RANDOM_KILLS = 12
_LONGEST_S = 0.006
"""An entry takes about this long: a kill within it falls before, into or after a commit."""

_WRITES = (
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
    "writing:session.close#2",
)


@dataclass
class Killed:
    """What a killed process had said."""

    points: list[str] = field(default_factory=list)
    acknowledged: list[tuple[int, int, bytes]] = field(default_factory=list)
    permits: list[Path] = field(default_factory=list)
    by_kill: bool = False


class Victims:
    """Starts one process per order and kills it where it is told to."""

    def __init__(self, errors: Path) -> None:
        self.errors = errors
        with errors.open("wb") as stderr:
            self._server = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("killed_session.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def kill(
        self,
        folder: Path,
        point: str,
        *,
        hold: bool,
        after_s: float = 0.0,
        parks: bool = False,
    ) -> Killed:
        """Order a session and kill it at a point: held there, or so long after it came by."""
        stdin, stdout = self._server.stdin, self._server.stdout
        assert stdin is not None
        assert stdout is not None
        order = {"folder": str(folder), "hold": point if hold else "", "parks": parks}
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        killed, pid, here = Killed(), 0, False
        for line in stdout:
            said = json.loads(line)
            pid = said.get("pid", pid)
            if "point" in said:
                killed.points.append(said["point"])
            if "ack" in said:
                root = base64.b64decode(said["root"])
                killed.acknowledged.append((said["ack"], said["size"], root))
            if "permit" in said:
                killed.permits.append(Path(said["permit"]))
            if "ended" in said:
                killed.by_kill = said["ended"] == signal.SIGKILL
                return killed
            here = here or said.get("point") == point
            if here and pid:
                here = False
                time.sleep(after_s)
                os.kill(pid, signal.SIGKILL)
        raise AssertionError(self.errors.read_text())

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(timeout=30)
        self._server.stdout.close()


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    server = Victims(tmp_path_factory.mktemp("victims") / "stderr")
    yield server
    server.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose sandbox answers here, outside the process that is killed."""
    base = tmp_path_factory.mktemp("kills")
    with Sandbox(base / "sandbox", profile="demo", clock=lambda: datetime.now(UTC)) as sandbox:
        folder = base / "station"
        prepare_demo_folder(folder, sandbox.endpoints())
        (folder / "reference.png").write_bytes(photo())
        parts = build(folder)
        try:
            parts.revocation.update(parts.now())
        finally:
            close(parts)
        yield folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of its own, so that every test begins with a short log."""
    return Path(shutil.copytree(prepared, tmp_path / "station"))


@dataclass(frozen=True)
class Aftermath:
    """What the next start finds."""

    verification: LogVerification
    entries: tuple[LogEntry, ...]
    roots: dict[int, bytes]
    permits: tuple[Path, ...]
    permit_key: Ed25519PublicKey
    now: datetime


def reopened(folder: Path, killed: Killed) -> Aftermath:
    """Start the workstation again after the kill."""
    parts: Parts = build(folder)
    try:
        log = parts.journal.log
        public = load_pem_public_key((folder / ENROLMENT_FOLDER / PERMIT_KEY_NAME).read_bytes())
        assert isinstance(public, Ed25519PublicKey)
        return Aftermath(
            verify_log(parts),
            tuple(log.entries()),
            {size: log.checkpoint(size).root for _, size, _ in killed.acknowledged},
            tuple(sorted(parts.core_banking.glob("*.jws"))),
            public,
            parts.now(),
        )
    finally:
        close(parts)


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
        assert len(results) == 1, f"{len(results)} results of the session begun at {begun.seq}"
        assert results[0].seq > begun.seq
        reason = results[0].data["reason"]
        assert reason in {"interrupted", "decision.approved"}
        assert (reason == "interrupted") is (results[0].data["outcome"] == "indeterminate")
    for path in found.permits:
        assert_earned(found, path)
    assert set(killed.permits) <= set(found.permits)
    return found


def assert_earned(found: Aftermath, permit: Path) -> None:
    """A permit that core banking can take has its entry, and that one an approval before it."""
    claims = verify(
        permit.read_text(),
        found.permit_key,
        audience="core-banking",
        operation_sha256=None,
        moment=found.now,
    )
    (issued,) = (
        e for e in found.entries if e.kind == "verify.permit" and e.data["jti"] == claims.jti
    )
    approval = found.entries[claims.log_index]
    assert approval.kind == "verify.result"
    assert approval.data["outcome"] == "approved"
    assert approval.data["case"] == issued.data["case"] == claims.session
    assert approval.seq < issued.seq
    assert permit.stem == claims.jti


@pytest.mark.parametrize("state", list(State))
def test_killed_in_any_state_the_session_ends_once_and_nothing_is_lost(
    victims: Victims, folder: Path, state: State
) -> None:
    point, parks = f"state:{state.value}#1", state is State.PARKED
    for _ in range(_HELD_KILLS):
        killed = victims.kill(folder, point, hold=True, parks=parks)

        assert killed.by_kill, victims.errors.read_text()
        assert killed.points[-1] == point
        found = assert_nothing_lost(folder, killed)
        if state is State.IDLE:
            assert not any(e.kind == "verify.begin" for e in found.entries)
        else:
            newest = [e for e in found.entries if e.kind == "verify.result"][-1]
            recorded = state is State.RECORDED
            assert newest.data["reason"] == ("decision.approved" if recorded else "interrupted")
    rng = Random(state.value)
    for _ in range(_LOOSE_KILLS):
        after_s = rng.uniform(0, _LONGEST_S)
        killed = victims.kill(folder, point, hold=False, after_s=after_s, parks=parks)

        assert point in killed.points
        assert_nothing_lost(folder, killed)


@pytest.mark.parametrize("point", _WRITES)
def test_killed_between_two_writes_no_permit_lacks_its_entries(
    victims: Victims, folder: Path, point: str
) -> None:
    killed = victims.kill(folder, point, hold=True)

    assert killed.by_kill, victims.errors.read_text()
    assert killed.points[-1] == point
    found = assert_nothing_lost(folder, killed)
    renamed = _WRITES.index(point) > _WRITES.index("permit:rename#1")
    assert len(found.permits) == int(renamed)
    approved = [e for e in found.entries if e.data.get("outcome") == "approved"]
    recorded = _WRITES.index(point) > _WRITES.index("writing:verify.result#1")
    assert len(approved) == int(recorded)


def test_killed_at_random_moments_nothing_is_lost(victims: Victims, folder: Path) -> None:
    whole = victims.kill(folder, "nowhere", hold=False, parks=True)
    assert_nothing_lost(folder, whole)
    writes = [point for point in whole.points if point.startswith("writing:")]
    rng = Random(7)
    kills = 0
    for point in rng.choices(writes, k=_RANDOM_KILLS):
        after_s = rng.uniform(0, _LONGEST_S)
        killed = victims.kill(folder, point, hold=False, after_s=after_s, parks=True)

        assert_nothing_lost(folder, killed)
        kills += killed.by_kill

    # A kill after the last entry may come too late for the process, never for the log.
    assert kills >= _RANDOM_KILLS - 3


def test_a_start_that_is_killed_too_leaves_the_session_for_the_next_one(
    victims: Victims, folder: Path
) -> None:
    kills = 0
    for reading in range(1, 20):
        session = victims.kill(folder, "state:signature#1", hold=True)
        start = victims.kill(folder, f"starting#{reading}", hold=True)

        if not start.by_kill:
            break
        kills += 1
        assert_nothing_lost(folder, session)

    # The start's own entry, the died session's, the interrupted result: each asks for the time.
    assert kills >= 3
