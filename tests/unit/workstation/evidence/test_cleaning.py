"""Drafts are known by the names that the station writes, and by their age where others write."""

import os
import sys

import pytest

from workstation.evidence.cleaning import DraftPlace, find_drafts

RANDOM = "0123456789abcdef"


def make(folder, *names):
    for each in names:
        (folder / each).write_bytes(b"half")


def found(folder, age_s=0, now_s=1_000_000.0):
    return {each.name for each in find_drafts([DraftPlace(folder, r"[0-9]+\.pdf", age_s)], now_s)}


def test_only_a_draft_of_a_name_that_the_station_writes_is_found(tmp_path):
    draft = f".12.pdf.{RANDOM}"
    make(tmp_path, draft, "12.pdf", f"12.pdf.{RANDOM}", f".x.pdf.{RANDOM}", ".12.pdf")
    make(tmp_path, f".12.pdf.{RANDOM}0", f".12.pdf.{RANDOM.upper()}", f".12.jws.{RANDOM}")
    assert found(tmp_path) == {draft}


def test_a_young_draft_in_a_shared_folder_is_left_to_whoever_writes_it(tmp_path):
    old, young = f".1.pdf.{RANDOM}", f".2.pdf.{RANDOM}"
    make(tmp_path, old, young)
    os.utime(tmp_path / old, (999_000, 999_000))
    os.utime(tmp_path / young, (999_900, 999_900))
    assert found(tmp_path, age_s=600) == {old}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_found_as_itself_and_a_folder_never(tmp_path):
    (tmp_path / f".1.pdf.{RANDOM}").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f".2.pdf.{RANDOM}").mkdir()
    assert found(tmp_path) == {f".1.pdf.{RANDOM}"}


def test_a_folder_that_is_not_there_has_no_drafts(tmp_path):
    assert found(tmp_path / "absent") == set()
