"""SIGKILL at every step: no acknowledged entry is lost and no approval is left without an entry.

The victim is a process that plays whole sessions (killed_session.py); what it leaves is opened by
this one as the next start of the workstation would, and looked at as an auditor would.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.station.kills import (
    ASIDE,
    WRITES,
    assert_ended_in,
    assert_nothing_lost,
    assert_written_up_to,
    prepared_station,
    results_of,
)
from tests.support.station.victims import Victims
from workstation.session.states import State

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="by TerminateProcess in tests/windows"
)

_HELD_KILLS = 3
_LOOSE_KILLS = 1
_RANDOM_KILLS = 12
_CASE_KILLS = int(os.environ.get("WORKSTATION_CASE_KILLS", "6"))
"""200 of them take some minutes: the whole number is run before a release."""

_LONGEST_S = 0.006
"""An entry takes about this long: a kill within it falls before, into or after a commit."""


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    server = Victims(tmp_path_factory.mktemp("victims") / "stderr")
    yield server
    server.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with prepared_station(tmp_path_factory.mktemp("kills")) as folder:
        yield folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of its own, so that every test begins with a short log."""
    return Path(shutil.copytree(prepared, tmp_path / "station"))


# A parked case is at no desk: the kills with cases waiting have it.
@pytest.mark.parametrize("state", [each for each in State if each is not State.PARKED])
def test_killed_in_any_state_the_session_ends_once_and_nothing_is_lost(
    victims: Victims, folder: Path, state: State
) -> None:
    point, through = f"state:{state.value}#1", ASIDE.get(state, "")
    for _ in range(_HELD_KILLS):
        killed = victims.kill(folder, point, hold=True, through=through)

        assert killed.by_kill, victims.errors.read_text()
        assert killed.points[-1] == point
        assert_ended_in(assert_nothing_lost(folder, killed), state)
    rng = Random(state.value)
    for _ in range(_LOOSE_KILLS):
        after_s = rng.uniform(0, _LONGEST_S)
        killed = victims.kill(folder, point, hold=False, after_s=after_s, through=through)

        assert point in killed.points
        assert_nothing_lost(folder, killed)


@pytest.mark.parametrize("point", WRITES)
def test_killed_between_two_writes_no_permit_lacks_its_entries(
    victims: Victims, folder: Path, point: str
) -> None:
    killed = victims.kill(folder, point, hold=True)

    assert killed.by_kill, victims.errors.read_text()
    assert killed.points[-1] == point
    assert_written_up_to(assert_nothing_lost(folder, killed), point)


def test_killed_at_random_moments_nothing_is_lost(victims: Victims, folder: Path) -> None:
    whole = victims.kill(folder, "nowhere", hold=False, through="parked")
    assert_nothing_lost(folder, whole)
    writes = [point for point in whole.points if point.startswith("writing:")]
    rng = Random(7)
    kills = 0
    for point in rng.choices(writes, k=_RANDOM_KILLS):
        after_s = rng.uniform(0, _LONGEST_S)
        killed = victims.kill(folder, point, hold=False, after_s=after_s, through="parked")

        assert_nothing_lost(folder, killed)
        kills += killed.by_kill

    # A kill after the last entry may come too late for the process, never for the log.
    assert kills >= _RANDOM_KILLS - 3


def test_killed_with_cases_waiting_none_is_lost_and_none_approved(
    victims: Victims, folder: Path
) -> None:
    whole = victims.kill(folder, "nowhere", hold=False, through="cases")
    found = assert_nothing_lost(folder, whole)
    points = [each for each in whole.points if each.startswith(("writing:", "wrote:", "case:"))]
    assert any(each.startswith("case:create") for each in points), whole.points[-5:]
    rng, kills, waiting = Random(15), 0, found.waiting
    for point in rng.choices(points, k=_CASE_KILLS):
        after_s = rng.uniform(0, _LONGEST_S)
        killed = victims.kill(folder, point, hold=False, after_s=after_s, through="cases")
        found = assert_nothing_lost(folder, killed)

        for permit in found.permits:
            permit.unlink()  # looked at; it lives five minutes, and this may take longer
        kills += killed.by_kill
        left = {case for case in waiting if case not in found.waiting}
        for case in left:
            # Only whoever took it up ends it: the log says so before its result.
            (result,) = results_of(found, case)
            steps = [
                e.data["step"]
                for e in found.entries
                if e.data.get("case") == case and e.kind == "verify.step"
            ]
            assert "came_back" in steps, result.data
        waiting = found.waiting

    assert kills >= _CASE_KILLS * 3 // 4


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
