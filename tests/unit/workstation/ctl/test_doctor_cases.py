"""`doctor` tells how many cases wait and which of their files nobody can take up."""

from types import SimpleNamespace

import pytest

from tests.support.station.stations import Desk, a_site
from workstation.ctl.doctor_cases import check_cases
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME
from workstation.session.states import State


@pytest.fixture(name="waiting")
def two_cases_wait(tmp_path):
    """The few settings that are read, and the folder of a station where two cases wait."""
    with a_site(tmp_path) as site:
        (tmp_path / ENROLMENT_FOLDER).mkdir()
        vkey = site.log_site.log_key.vkey
        (tmp_path / ENROLMENT_FOLDER / LOG_VKEY_NAME).write_text(f"{vkey}\n")
        desk = Desk(site)
        for _ in range(2):
            desk.to(State.PARKED)
        log = SimpleNamespace(path=site.services.log_path)
        values = SimpleNamespace(log=log)
        yield SimpleNamespace(folder=tmp_path, values=values, path=lambda each: each)


def seen(loaded):
    ((name, state, told),) = check_cases(loaded)
    assert name == "parked cases"
    return state, told


def files(loaded):
    return sorted((loaded.folder / "cases").glob("*.case"))


def test_cases_that_can_be_taken_up_are_counted(waiting):
    assert seen(waiting) == ("good", "2 wait")


def test_a_changed_file_is_named_and_its_case_has_none(waiting):
    path = files(waiting)[0]
    path.write_bytes(path.read_bytes()[:-1])

    lost = "1 without a file, the next start closes them"
    assert seen(waiting) == ("warning", f"2 wait; 1 unreadable: {path.name}; {lost}")


def test_a_deleted_file_and_a_foreign_one_are_told(waiting):
    path = files(waiting)[0]
    path.rename(path.with_name("ab" * 16 + path.name[32:]))

    lost = "1 without a file, the next start closes them"
    assert seen(waiting) == ("warning", f"2 wait; {lost}; 1 files that the log does not name")


def test_a_folder_that_is_gone_or_none_is_told(waiting):
    folder = waiting.folder / "cases"
    folder.rename(waiting.folder / "away")
    assert seen(waiting)[0] == "warning"
    folder.write_bytes(b"")

    assert seen(waiting) == ("warning", "2 wait; cases/ cannot be read")
