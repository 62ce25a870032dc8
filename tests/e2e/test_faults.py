"""A disk that is full or fails in the middle of a session: nothing acknowledged is lost.

A slice of what tests/benchmarks/measure_faults.py counts: each of the three volumes once full and
once with errors, at a call that lies before, in or after the permit.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.station.kills import assert_nothing_lost, prepared_station
from tests.support.station.victims import Victims
from tests.support.system.faults import CALLS, Fault, FaultKind, build_faults

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a preloaded library of Linux")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with prepared_station(tmp_path_factory.mktemp("faults")) as folder:
        yield folder


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    folder = tmp_path_factory.mktemp("victims")
    library = build_faults(folder)
    if library is None:
        pytest.skip("there is no C compiler: disks that fail are not tried")
    server = Victims(folder / "stderr", library)
    yield server
    server.close()


@pytest.mark.parametrize("kind", [FaultKind.FULL, FaultKind.SYNC_ERROR])
@pytest.mark.parametrize("volume", CALLS)
def test_a_disk_that_fails_in_a_session_loses_nothing_and_the_station_starts_again(
    victims: Victims, prepared: Path, tmp_path: Path, volume: str, kind: FaultKind
) -> None:
    folder = Path(shutil.copytree(prepared, tmp_path / "station"))
    after = Random(f"{volume} {kind}").randrange(CALLS[volume][kind])

    failed = victims.play(folder, Fault(volume, kind, after))

    assert failed.seen > after, "the disk did not fail"
    assert_nothing_lost(folder, failed)
    # With room again the next session is played to its end.
    whole = victims.kill(folder, "nowhere", hold=False)
    assert len(assert_nothing_lost(folder, whole).permits) == len(failed.permits) + 1
