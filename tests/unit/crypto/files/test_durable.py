"""Files are whole or not there."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.files.durable import write_durably
from tests.support.system.exposure import is_private
from tests.support.system.platforms import by_mode


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
