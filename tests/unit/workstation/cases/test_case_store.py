"""The folder of sealed cases: what was changed, moved or put back opens nothing."""

import hashlib
import sys

import pytest

from workstation.cases.case_sealer import CaseSealer
from workstation.cases.case_store import CaseStore, measure_case
from workstation.errors import CaseRefused

CASE, OTHER = "ab" * 16, "cd" * 16
ORIGIN = "bank.example/log/b0421-w07/g1"
PLAIN = b'{"v":1,"name":"somebody"}'


def store_at(folder, *, secret=bytes(32), origin=ORIGIN, station="w07"):
    return CaseStore(folder / "cases", CaseSealer(secret, origin), station)


def the_file(folder):
    (path,) = (folder / "cases").glob("*.case")
    return path


def test_what_is_kept_opens_by_its_digest_and_says_nothing_in_the_clear(tmp_path):
    store = store_at(tmp_path)
    sha256 = store.keep(PLAIN, CASE, 7)
    kept = store.find(CASE, sha256)

    assert (kept.case, kept.begin, kept.mark) == (CASE, 7, sha256[:16])
    assert store.open(kept, sha256) == PLAIN
    assert hashlib.sha256(kept.path.read_bytes()).hexdigest() == sha256
    assert b"somebody" not in kept.path.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_nobody_else_may_read_a_case(tmp_path):
    store_at(tmp_path).keep(PLAIN, CASE, 7)

    assert (tmp_path / "cases").stat().st_mode & 0o777 == 0o700
    assert the_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_case_kept_twice_is_two_files_and_only_the_named_one_is_found(tmp_path):
    store = store_at(tmp_path)
    first, second = store.keep(PLAIN, CASE, 7), store.keep(PLAIN, CASE, 7)

    assert first != second
    assert store.find(CASE, second).mark == second[:16]
    assert store.find(OTHER, second) is None


@pytest.mark.parametrize("at", [0, 8, 20, -1])
def test_one_changed_octet_opens_nothing(tmp_path, at):
    store = store_at(tmp_path)
    sha256 = store.keep(PLAIN, CASE, 7)
    path = the_file(tmp_path)
    octets = bytearray(path.read_bytes())
    octets[at] ^= 1
    path.write_bytes(octets)
    kept = store.find(CASE, sha256)

    with pytest.raises(CaseRefused, match="unreadable"):
        store.open(kept, sha256)
    with pytest.raises(CaseRefused, match="unreadable"):
        store.open(kept, hashlib.sha256(octets).hexdigest())


@pytest.mark.parametrize("octets", [b"", b"case/v1\n", b"case/v1\n" + bytes(27), b"other" * 20])
def test_a_file_that_is_no_case_opens_nothing(tmp_path, octets):
    store = store_at(tmp_path)
    store.keep(PLAIN, CASE, 7)
    path = the_file(tmp_path)
    path.write_bytes(octets)
    (kept,) = store.list()

    with pytest.raises(CaseRefused, match="unreadable"):
        store.open(kept, measure_case(kept))


@pytest.mark.parametrize(
    "moved", [f"{OTHER}-7-{{}}.case", f"{CASE}-8-{{}}.case", f"{CASE}-07-{{}}.case"]
)
def test_a_case_under_another_name_opens_nothing(tmp_path, moved):
    store = store_at(tmp_path)
    sha256 = store.keep(PLAIN, CASE, 7)
    path = the_file(tmp_path)
    path.rename(path.with_name(moved.format(sha256[:16])))

    for kept in store.list():
        with pytest.raises(CaseRefused, match="unreadable"):
            store.open(kept, sha256)


@pytest.mark.parametrize("other", [{"secret": b"\1" * 32}, {"origin": ORIGIN[:-1] + "2"}])
def test_another_stations_case_opens_nothing(tmp_path, other):
    sha256 = store_at(tmp_path).keep(PLAIN, CASE, 7)
    store = store_at(tmp_path, **other)
    (kept,) = store.list()

    with pytest.raises(CaseRefused, match="unreadable"):
        store.open(kept, sha256)


def test_two_seats_do_not_take_the_same_case(tmp_path):
    one, two = store_at(tmp_path), store_at(tmp_path, station="w08")
    one.claim(CASE)
    one.claim(CASE)
    with pytest.raises(CaseRefused, match="claimed"):
        two.claim(CASE)
    two.release(CASE)
    with pytest.raises(CaseRefused, match="claimed"):
        two.claim(CASE)
    one.release(CASE)

    two.claim(CASE)


def test_a_full_folder_is_said_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("workstation.cases.case_store._MOST_CASES", 2)
    store = store_at(tmp_path)
    store.keep(PLAIN, CASE, 7)
    store.keep(PLAIN, OTHER, 8)

    with pytest.raises(CaseRefused, match="full"):
        store.keep(PLAIN, CASE, 9)
    assert len(store.list()) == 2


def test_a_folder_that_is_gone_is_said(tmp_path):
    store = store_at(tmp_path)
    (tmp_path / "cases").rmdir()

    with pytest.raises(CaseRefused, match="unreadable"):
        store.list()
    with pytest.raises(CaseRefused, match="unwritable"):
        store.claim(CASE)


def test_a_draft_of_a_write_that_broke_off_goes_at_the_next_start(tmp_path):
    store_at(tmp_path)
    draft = tmp_path / "cases" / f".{CASE}-7-{'0' * 16}.case.{'0' * 16}"
    draft.write_bytes(b"half")
    store_at(tmp_path)

    assert not draft.exists()


def test_a_link_in_the_folder_is_no_case(tmp_path):
    store = store_at(tmp_path)
    sha256 = store.keep(PLAIN, CASE, 7)
    path = the_file(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    try:
        path.symlink_to(elsewhere)
    except OSError:
        pytest.skip("no links here")

    assert store.find(CASE, sha256) is None
