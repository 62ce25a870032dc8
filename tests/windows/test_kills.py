"""TerminateProcess at every step: no acknowledged entry is lost, every session has one end.

What tests/e2e/test_kills.py says of SIGKILL, for Windows: a process of its own for every session,
since nothing can be forked, and the next one is started while this one is judged.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from crypto.files.access_list import make_private
from tests.support.station.kills import (
    ASIDE,
    WRITES,
    Killed,
    assert_ended_in,
    assert_nothing_lost,
    assert_written_up_to,
    prepared_station,
)
from workstation.session.states import State

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="TerminateProcess is Windows'"),
    pytest.mark.timeout(900),  # every session starts a process, and Wine takes its time
]

ROOT = Path(__file__).resolve().parents[2]
_RANDOM_KILLS = 10
_LONGEST_S = 0.02
"""A write takes about this long under Wine."""


class Victims:
    """Keeps one process ahead, gives it its order and kills it where it is told to."""

    def __init__(self) -> None:
        self._next = self._started()

    def kill(
        self, folder: Path, point: str, *, hold: bool, after_s: float = 0.0, through: str = ""
    ) -> Killed:
        """Order a session and kill it at a point: held there, or so long after it came by."""
        victim, self._next = self._next, self._started()
        stdin, stdout = victim.stdin, victim.stdout
        assert stdin is not None
        assert stdout is not None
        order = {"folder": str(folder), "hold": point if hold else "", "through": through}
        killed, terminated = Killed(), False
        with victim:
            stdin.write(json.dumps(order) + "\n")
            stdin.flush()
            for line in stdout:
                if not line.endswith("}\n"):
                    break  # cut off by the kill
                if killed.take(line).get("point") == point and not terminated:
                    time.sleep(after_s)
                    victim.kill()
                    terminated = True
        assert terminated or victim.returncode == 0, "the session itself failed"
        killed.by_kill = victim.returncode == 1  # what subprocess gives TerminateProcess
        return killed

    def close(self) -> None:
        self._next.kill()
        self._next.communicate()

    @staticmethod
    def _started() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "e2e" / "killed_session.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    server = Victims()
    yield server
    server.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with prepared_station(tmp_path_factory.mktemp("kills")) as folder:
        yield folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of its own, so that every test begins with a short log."""
    copy = Path(shutil.copytree(prepared, tmp_path / "station"))
    # A copy does not take the access lists along, and keys that others may read are refused.
    for path in (copy, *copy.rglob("*")):
        make_private(path, folder=path.is_dir())
    return copy


# A parked case is at no desk: tests/e2e/test_kills.py kills with cases waiting.
@pytest.mark.parametrize("state", [each for each in State if each is not State.PARKED])
def test_terminated_in_any_state_the_session_ends_once_and_nothing_is_lost(
    victims: Victims, folder: Path, state: State
) -> None:
    point = f"state:{state.value}#1"
    killed = victims.kill(folder, point, hold=True, through=ASIDE.get(state, ""))

    assert killed.by_kill
    assert killed.points[-1] == point
    assert_ended_in(assert_nothing_lost(folder, killed), state)


@pytest.mark.parametrize("point", WRITES)
def test_terminated_between_two_writes_no_permit_lacks_its_entries(
    victims: Victims, folder: Path, point: str
) -> None:
    killed = victims.kill(folder, point, hold=True)

    assert killed.by_kill
    assert killed.points[-1] == point
    assert_written_up_to(assert_nothing_lost(folder, killed), point)


@pytest.mark.parametrize("seed", range(_RANDOM_KILLS))
def test_terminated_at_a_random_moment_nothing_is_lost(
    victims: Victims, folder: Path, seed: int
) -> None:
    rng = Random(seed)
    point = rng.choice(WRITES)
    killed = victims.kill(folder, point, hold=False, after_s=rng.uniform(0, _LONGEST_S))

    # A kill after the last entry may come too late for the process, never for the log.
    assert killed.by_kill or point == WRITES[-1]
    assert_nothing_lost(folder, killed)


def test_left_in_peace_the_session_is_approved(victims: Victims, folder: Path) -> None:
    whole = victims.kill(folder, "nowhere", hold=False, through="parked")

    assert not whole.by_kill
    assert len(assert_nothing_lost(folder, whole).permits) == 1


def test_a_start_that_is_terminated_too_leaves_the_session_for_the_next_one(
    victims: Victims, folder: Path
) -> None:
    # The start's own entry, the died session's, the interrupted result: each asks for the time.
    for reading in (1, 2, 3):
        session = victims.kill(folder, "state:signature#1", hold=True)
        assert victims.kill(folder, f"starting#{reading}", hold=True).by_kill
        assert_nothing_lost(folder, session)
