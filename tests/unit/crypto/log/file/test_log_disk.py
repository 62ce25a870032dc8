"""Clocks that step, disks that fill, guards against ourselves."""

import os
from itertools import pairwise

import pytest

from crypto.errors import (
    LogOutdated,
    LogTampered,
    LogUnwritable,
)
from crypto.log.audit.reader import LogReader
from crypto.log.file import schema
from crypto.log.file.faults import AuditStatus
from crypto.log.file.released import ReleasedHead
from tests.support.station.log import (
    LogSite,
    ToldClock,
    vandalise,
)
from tests.support.station.log_audit import verdict


@pytest.fixture(name="site")
def log_site(tmp_path):
    return LogSite(tmp_path)


def test_clocks_that_agree_need_no_step(site):
    with site.create() as store:
        site.clock.tick(3_600_000)
        site.clock.wall += 2_700
        store.append("x", {})
        assert store.size == 2


@pytest.mark.parametrize("jump", [-86_400_000, 2_001, -2_001])
def test_a_wall_clock_that_jumps_is_recorded_before_the_entry(site, jump):
    with site.create() as store:
        site.clock.tick(0)
        site.clock.wall += jump
        store.append("x", {})
        step = store.entry(1)
        expected = 1763803500000
        assert step.kind == "clock.step"
        assert step.data == {"from": expected, "to": expected + jump, "why": "step"}
        assert store.entry(2).kind == "x"


def test_a_clock_going_back_across_boots_is_recorded(site):
    site.fill(3)
    site.clock = ToldClock(wall_ms=1763803500000 - 86_400_000, boot="second00")
    with site.open() as store:
        assert [e.kind for e in store.entries(3)] == ["clock.step", "boot", "session.close"]
        assert store.entry(3).data["why"] == "back_across_boots"


def test_a_clock_going_forward_across_boots_is_normal(site):
    site.fill(3)
    site.clock = ToldClock(wall_ms=1763803500000 + 86_400_000, boot="second00")
    with site.open() as store:
        assert [e.kind for e in store.entries(3)] == ["boot", "session.close"]


def fill_up(store, acknowledged):
    for number in range(100):
        done = store.append("x", {"n": number, "pad": "x" * 3000})
        acknowledged.append(done.checkpoint)


def test_a_full_disk_records_nothing_and_makes_no_fork(site):
    with site.create() as store:
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count={pages + 2}")
        acknowledged = []
        with pytest.raises(LogUnwritable) as full:
            fill_up(store, acknowledged)
        with pytest.raises(LogUnwritable):
            store.append("x", {"pad": "x" * 3000})
        assert full.value.detail == "SQLITE_FULL"
        store._db.execute("PRAGMA max_page_count=100000")
        acknowledged += [store.append("x", {"n": n}).checkpoint for n in range(50)]
        assert [store.checkpoint(head.size) for head in acknowledged] == acknowledged
        sizes = [head.size for head in acknowledged]
        assert sizes == list(range(2, len(sizes) + 2))
        for old, new in pairwise(sizes):
            store.consistency_proof(old, new)


def test_a_read_only_file_records_nothing(site):
    with site.create() as store:
        store._db.execute("PRAGMA query_only=1")
        with pytest.raises(LogUnwritable):
            store.append("x", {})
        store._db.execute("PRAGMA query_only=0")
        assert store.append("x", {}).entry.seq == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root ignores file modes")
def test_a_write_protected_file_does_not_open(site):
    site.fill(3)
    site.path.chmod(0o400)
    with pytest.raises(LogUnwritable):
        site.open()


def test_a_released_head_that_cannot_be_written_stops_the_caller(site):
    with site.create() as store:
        store._released = ReleasedHead(site.released_path.parent)
        with pytest.raises(LogUnwritable):
            store.append("x", {})


def test_another_writer_behind_the_lock_is_noticed(site):
    with site.create() as store:
        vandalise(
            site.path,
            "INSERT INTO entry SELECT 1, body, leaf, root, sig FROM entry WHERE seq = 0",
        )
        with pytest.raises(LogTampered):
            store.append("x", {})
        with pytest.raises(LogTampered):
            store.append("x", {})


def test_the_guards_refuse_our_own_mistakes(site):
    with site.create() as store:
        for statement in (
            "UPDATE entry SET body = x'00'",
            "DELETE FROM entry",
            "DELETE FROM tile",
            "INSERT OR REPLACE INTO entry SELECT * FROM entry",
        ):
            if "tile" in statement:
                store._db.execute("INSERT INTO tile VALUES (1, x'00')")
            with pytest.raises(Exception, match="append only"):
                store._db.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM keyrec",
        "UPDATE keyrec SET to_seq = NULL",
        "UPDATE keyrec SET to_seq = 9 WHERE role = 'session'",
        "UPDATE keyrec SET role = 'log', to_seq = 9 WHERE to_seq IS NULL",
        "UPDATE keyrec SET vkey = 'x', to_seq = 9 WHERE to_seq IS NULL",
        "UPDATE keyrec SET from_seq = 9, to_seq = 9 WHERE to_seq IS NULL",
        "UPDATE keyrec SET id = 99, to_seq = 9 WHERE to_seq IS NULL",
        "INSERT OR REPLACE INTO keyrec SELECT * FROM keyrec",
    ],
)
def test_a_key_record_ends_once_and_never_changes(site, change):
    with site.create() as store:
        site.open_session(store)
        store.append("session.close", {"ses": site.session_key.vkey})
        with pytest.raises(Exception, match="append only"):
            store._db.execute(change)


def test_a_key_has_one_record(site):
    with site.create() as store, pytest.raises(Exception, match="UNIQUE"):
        store._db.execute("INSERT INTO keyrec SELECT 99, vkey, role, from_seq, to_seq FROM keyrec")


def test_a_log_of_the_first_edition_is_read_and_audited_and_not_written(site, monkeypatch):
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 1)
    site.fill(4)
    monkeypatch.undo()
    before = site.path.read_bytes()
    with pytest.raises(LogOutdated):
        site.open()
    with LogReader(site.path, site.log_key.vkey) as reader:
        assert len(reader.page(0, 9)) == 4
    assert verdict(site, minimum_size=4).status is AuditStatus.PASSED
    assert site.path.read_bytes() == before


def test_the_pragmas_hold(site):
    with site.create() as store:
        read = {
            name: store._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "trusted_schema")
        }
        assert read == {
            "journal_mode": "wal",
            "synchronous": 2,
            "secure_delete": 1,
            "trusted_schema": 0,
        }
