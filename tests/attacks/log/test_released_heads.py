"""The log put back, its heads deleted or damaged, its key records edited: the start refuses.

Each way was once open: released heads whose absence was silent (A6), a heads volume that filled up
and stopped the station for ever (A7), one UPDATE after which the station ruined its own log (A9).
"""

import os
import shutil

import pytest

from crypto.errors import LogUnwritable
from tests.support.station.branch import Branch, start
from tests.support.station.log import vandalise
from workstation import bootstrap


@pytest.fixture
def branch(tmp_path, monkeypatch):
    made = Branch(tmp_path, monkeypatch).made()
    bootstrap.close(made.opened())
    made.log, made.heads = made.data / "log" / "log.sqlite", made.data / "released" / "heads"
    return made


def seen(branch):
    return next(each for each in branch.doctor()[0] if each["what"] == "log")


def test_a_log_put_back_with_its_heads_deleted_emptied_or_torn_is_refused(branch, tmp_path):
    backup = shutil.copy(branch.log, tmp_path / "backup")
    whole = branch.heads.read_bytes()
    assert start(branch) == ""
    shutil.copy(backup, branch.log)
    assert start(branch).startswith("log_rolled_back")
    for left in (None, b"", whole[:100]):
        branch.heads.unlink(missing_ok=True)
        if left is not None:
            branch.heads.write_bytes(left)
        assert start(branch) == "log_tampered released_missing"
        assert "released_missing" in seen(branch)["seen"]


def test_an_old_line_put_behind_the_newest_does_not_make_it_forgotten(branch):
    first = branch.heads.read_bytes().partition(b"\n")[0]
    with branch.heads.open("ab") as heads:
        heads.write(first + b"\n")
    assert start(branch).startswith("log_tampered released_order")


def test_a_line_in_the_middle_that_is_damaged_is_named(branch):
    lines = branch.heads.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"|", b"!", 1)
    branch.heads.write_bytes(b"".join(lines))
    assert start(branch) == "log_tampered released_unreadable in line 2"


def test_a_heads_volume_that_filled_up_stops_nothing_once_there_is_room(branch, monkeypatch):
    """A short write and then none, as write(2) has it: part of a line is left."""
    write, room = os.write, [70]

    def filling_up(descriptor, octets):
        if b"|" not in bytes(octets[:250]):
            return write(descriptor, octets)
        taken = min(len(octets), room[0])
        room[0] -= taken
        if not taken:
            raise OSError(28, "No space left on device")
        return write(descriptor, octets[:taken])

    services = branch.opened()
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", filling_up)
        for torn in (True, False):
            with pytest.raises(LogUnwritable):
                services.journal.log.append("faces.replaced", {"file": "x"}, actor="log")
            # The second append cut off what the first had left, and then did not fit either.
            assert branch.heads.read_bytes().endswith(b"\n") is not torn
    bootstrap.close(services)
    assert start(branch) == ""
    assert branch.line.run("log", "verify").exit_code == 0


def test_one_update_of_a_key_record_is_refused_and_the_log_stays_as_it_was(branch):
    for change in (
        "UPDATE keyrec SET to_seq = 2 WHERE role = 'operator'",
        "UPDATE keyrec SET role = 'enrolled' WHERE role = 'operator'",
        "DELETE FROM keyrec WHERE role = 'operator'",
    ):
        before = branch.log.read_bytes()
        vandalise(branch.log, change)
        changed = branch.log.read_bytes()
        assert changed != before
        assert start(branch) == "log_tampered key_record" or "key_record at" in start(branch)
        assert branch.log.read_bytes() == changed
        branch.log.write_bytes(before)
    assert start(branch) == ""
