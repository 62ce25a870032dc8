"""Files are whole or not there."""

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.files.durable import (
    create_anywhere,
    create_durably,
    remove_drafts,
    rename_durably,
    sync_file,
    write_durably,
)
from tests.support.system.exposure import is_private
from tests.support.system.platforms import by_mode, make_link


@given(content=st.binary(max_size=10_000))
def test_what_was_written_is_what_is_read(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("durable") / "file"
    write_durably(path, content)

    assert path.read_bytes() == content


@by_mode
def test_only_the_owner_reads_the_file(tmp_path):
    write_durably(tmp_path / "file", b"secret")

    assert is_private(tmp_path / "file")


def test_a_file_that_is_there_is_replaced_as_a_whole(tmp_path):
    (tmp_path / "file").write_bytes(b"a longer text that was there before")
    write_durably(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_is_missing_is_an_error_and_nothing_is_made(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_durably(tmp_path / "nowhere" / "file", b"x")

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_by_a_folder_leaves_no_draft(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        write_durably(tmp_path / "file", b"x")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fails_while_syncing_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")

    def failing(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="Input/output"):
        write_durably(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def short_writes(monkeypatch):
    """Let every `os.write` take three octets at most, as a disk that fills up or a signal does."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, octets: write(descriptor, octets[:3]))


@pytest.mark.usefixtures("short_writes")
@pytest.mark.parametrize("writing", [write_durably, create_durably])
def test_what_a_short_write_left_over_is_written_too(tmp_path, writing):
    writing(tmp_path / "file", b"ten octets")

    assert (tmp_path / "file").read_bytes() == b"ten octets"


def test_a_disk_that_fills_up_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"old")
    write, answers = os.write, [3]

    def filling_up(descriptor, octets):
        if not answers:
            raise OSError(28, "No space left on device")
        return write(descriptor, octets[: answers.pop()])

    monkeypatch.setattr(os, "write", filling_up)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "file", b"new and longer")

    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_new_file_is_never_written_over_another(tmp_path):
    create_durably(tmp_path / "file", b"first")
    with pytest.raises(FileExistsError):
        create_durably(tmp_path / "file", b"second")

    assert (tmp_path / "file").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert is_private(tmp_path / "file")


@by_mode
@pytest.mark.parametrize(
    ("writing", "naming"), [(write_durably, "replace"), (create_durably, "link")]
)
def test_the_octets_reach_the_disk_before_the_name_and_the_name_before_the_return(
    tmp_path, monkeypatch, writing, naming
):
    done = watched_calls(monkeypatch)
    writing(tmp_path / "file", b"content")

    assert done == ["write", "fsync file", naming, "fsync folder"]


@by_mode
def test_a_name_given_to_a_file_of_another_library_reaches_the_disk(tmp_path, monkeypatch):
    (tmp_path / "draft").write_bytes(b"content")
    done = watched_calls(monkeypatch)
    sync_file(tmp_path / "draft")
    rename_durably(tmp_path / "draft", tmp_path / "file")

    assert done == ["fsync file", "fsync folder", "rename", "fsync folder"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def watched_calls(monkeypatch):
    """Return the calls to come that matter for durability, in their order."""
    done, write, fsync, link = [], os.write, os.fsync, os.link
    replace, rename = Path.replace, Path.rename

    def syncing(descriptor):
        done.append(f"fsync {'folder' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file'}")
        fsync(descriptor)

    def named(name, call):
        return lambda *given: (done.append(name), call(*given))[1]

    monkeypatch.setattr(os, "write", named("write", write))
    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "link", named("link", link))
    monkeypatch.setattr(Path, "replace", named("replace", replace))
    monkeypatch.setattr(Path, "rename", named("rename", rename))
    return done


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_what_a_killed_write_leaves_is_removed_and_nothing_else(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    write_durably(folder / "a.jws", b"whole")
    kept = [".a.jws", ".a.jws.0123", f".{'0' * 16}", f"a.jws.{'0' * 16}", f".a.jws.{'G' * 16}"]
    for name in kept:
        (folder / name).touch()
    (folder / f".linked.{'0' * 16}").symlink_to(elsewhere)
    (folder / f".folder.{'0' * 16}").mkdir()
    before = {path.name for path in folder.iterdir()}
    # A kill: nobody removes the draft.
    monkeypatch.setattr("crypto.files.durable.remove_file", lambda _path: None)
    monkeypatch.setattr("crypto.files.durable.replace_file", _killed)
    for name in ("a.jws", "b.jws", "receipt 1.pdf"):
        with pytest.raises(OSError, match="killed"):
            write_durably(folder / name, b"half")
    monkeypatch.undo()

    assert len(list(folder.iterdir())) == len(before) + 3
    assert remove_drafts(folder, "b.jws") == 1
    assert remove_drafts(folder, "c*") == 0
    assert remove_drafts(folder) == 2
    assert {path.name for path in folder.iterdir()} == before
    assert elsewhere.read_bytes() == b"kept"


def _killed(*_paths):
    raise OSError("killed")


@pytest.mark.parametrize("taken", ["file", "link", "dangling"])
def test_a_file_of_people_takes_no_name_that_is_taken(tmp_path, taken):
    path, other = tmp_path / "file", tmp_path / "other"
    if taken != "dangling":
        other.write_bytes(b"log")
    if taken == "file":
        path.write_bytes(b"log")
    else:
        make_link(path, other)

    with pytest.raises(FileExistsError):
        create_anywhere(path, b"new")

    assert [each.read_bytes() for each in tmp_path.iterdir() if each.exists()].count(b"new") == 0


def test_a_broken_off_file_of_people_is_not_there(tmp_path, monkeypatch):
    def fail(_descriptor):
        raise OSError(28, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        create_anywhere(tmp_path / "file", b"new")

    assert list(tmp_path.iterdir()) == []
