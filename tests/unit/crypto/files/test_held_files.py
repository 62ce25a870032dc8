"""A file that somebody looks at for a moment is replaced a moment later, on Windows too."""

import threading
import time

import pytest

from crypto.files import held_files
from crypto.files.durable import write_durably
from crypto.files.held_files import remove_file, rename_file, replace_file
from tests.support.system.platforms import on_windows

ACCESS_DENIED, SHARING_VIOLATION, PRIVILEGE = 5, 32, 1314


class Denied(PermissionError):
    """What Windows raises, with its own code."""

    def __init__(self, code):
        super().__init__(13, "Access denied")
        self.winerror = code


class Held:
    """Refuses the first times, as a file that a scanner has open."""

    def __init__(self, times, code=SHARING_VIOLATION):
        self.left, self.code, self.asked = times, code, 0

    def __call__(self):
        self.asked += 1
        if self.asked <= self.left:
            raise Denied(self.code)


@pytest.fixture
def pauses(monkeypatch):
    taken = []
    monkeypatch.setattr(held_files.time, "sleep", taken.append)
    return taken


@pytest.mark.parametrize("code", [ACCESS_DENIED, SHARING_VIOLATION])
def test_a_file_that_is_held_for_moments_is_tried_again(pauses, tmp_path, code):
    held = Held(3, code)
    held_files._patiently(held, tmp_path / "file")
    assert (held.asked, len(pauses)) == (4, 3)


def test_a_file_that_stays_held_is_an_error_after_about_a_second(pauses, tmp_path):
    held = Held(100)
    with pytest.raises(PermissionError):
        held_files._patiently(held, tmp_path / "file")
    assert 1 < sum(pauses) < 2


def test_what_is_refused_for_another_reason_is_told_at_once(pauses, tmp_path):
    for refused in (Held(100, PRIVILEGE), Held(100, None)):
        with pytest.raises(PermissionError):
            held_files._patiently(refused, tmp_path / "file")
        assert refused.asked == 1
    assert pauses == []


def test_a_folder_in_the_way_is_called_one(pauses, tmp_path):
    with pytest.raises(IsADirectoryError):
        held_files._patiently(Held(100), tmp_path)
    assert pauses == []


def test_files_are_replaced_renamed_and_removed(tmp_path):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    first.write_bytes(b"1")
    second.write_bytes(b"2")
    replace_file(first, second)
    rename_file(second, third)
    assert (third.read_bytes(), [*tmp_path.iterdir()]) == (b"1", [third])
    remove_file(third)
    remove_file(third)
    assert [*tmp_path.iterdir()] == []


@on_windows
def test_a_file_that_another_program_reads_is_replaced_once_it_lets_go(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    opened = path.open("rb")
    letting_go = threading.Timer(0.3, opened.close)
    letting_go.start()
    started = time.perf_counter()
    write_durably(path, b"new")
    letting_go.join()
    assert path.read_bytes() == b"new"
    assert time.perf_counter() - started > 0.2
    assert [*tmp_path.iterdir()] == [path]


@on_windows
def test_a_file_that_is_never_let_go_keeps_what_it_holds(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with path.open("rb") as opened, pytest.raises(PermissionError):
        write_durably(path, b"new")
    assert opened.closed
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]
