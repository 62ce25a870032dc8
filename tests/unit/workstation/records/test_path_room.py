"""A data folder too deep for Windows' paths is refused before anybody works in it."""

import pytest

from tests.support.station.command_line import CommandLine
from workstation.bootstrap import build
from workstation.ctl.failures import ExitCode
from workstation.errors import FolderTooDeep
from workstation.records import path_room
from workstation.records.path_room import LONGEST_NAME, require_room


def deep(folder, length):
    return folder / ("x" * (length - len(str(folder)) - 1))


@pytest.fixture
def limited(monkeypatch):
    monkeypatch.setattr(path_room, "paths_are_limited", lambda: True)


def test_the_longest_name_still_fits_below_the_deepest_folder(tmp_path, limited):
    require_room(deep(tmp_path, 159))
    with pytest.raises(FolderTooDeep) as refused:
        require_room(deep(tmp_path, 160))

    assert refused.value.detail == "160 characters, at most 159"
    assert 159 + LONGEST_NAME < 260


def test_where_paths_may_be_long_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(path_room, "paths_are_limited", lambda: False)
    require_room(deep(tmp_path, 1000))


def test_no_station_begins_or_opens_there(tmp_path, monkeypatch, limited):
    ctl = CommandLine(tmp_path, monkeypatch)
    ctl.data = deep(tmp_path, 160)
    result = ctl.init()

    assert result.exit_code == ExitCode.INPUT
    assert "nearer to the root of its disk" in result.stderr
    assert not ctl.data.exists()
    with pytest.raises(FolderTooDeep):
        build(ctl.data)
