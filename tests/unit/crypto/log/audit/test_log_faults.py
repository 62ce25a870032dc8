"""Every way to change stored rows is refused, with the first bad entry named."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from crypto.errors import LogTampered
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.format.merkle import leaf_hash
from tests.support.station.log import (
    LogSite,
    flip,
    vandalise,
)
from tests.support.station.log_audit import SIZE, found, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


@pytest.mark.parametrize("tier", list(Tier))
def test_a_good_log_passes_every_tier(site, tier):
    report = verdict(site, tier)
    assert (report.status, report.fault, report.size) == (AuditStatus.PASSED, None, SIZE)
    with LogReader(site.path, site.log_key.vkey) as reader:
        assert report.root == reader.checkpoint().root


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("seq", [0, 17, 255, 256, SIZE - 1])
def test_a_changed_body_is_named_at_every_tier(site, seq, tier):
    vandalise(site.path, flip("body", "entry", f"seq = {seq}"))
    assert found(verdict(site, tier)) == (LogFault.LEAF, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_leaf_is_named(site, seq):
    vandalise(site.path, flip("leaf", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.LEAF, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_root_is_named(site, seq):
    vandalise(site.path, flip("root", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.SEMANTIC)) == (LogFault.ROOT, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_log_signature_is_named(site, seq):
    vandalise(site.path, flip("sig", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.EVERY_HEAD)) == (LogFault.TREE_SIGNATURE, seq)


def test_a_changed_head_is_named_even_at_the_first_tier(site):
    vandalise(site.path, flip("sig", "entry", f"seq = {SIZE - 1}"))
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.TREE_SIGNATURE, SIZE - 1)


def test_a_changed_body_with_its_leaf_made_to_fit_is_named_by_its_root(site):
    vandalise(site.path, flip("body", "entry", "seq = 17"))
    with closing(sqlite3.connect(site.path)) as connection:
        body = connection.execute("SELECT body FROM entry WHERE seq = 17").fetchone()[0]
    vandalise(site.path, ("UPDATE entry SET leaf = ? WHERE seq = 17", (leaf_hash(body),)))
    # The completed tile above it does not fit either and is met first in tier 1.
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.TILE, 17)
    assert found(verdict(site, Tier.SEMANTIC)) == (LogFault.ROOT, 17)


@pytest.mark.parametrize("change", [flip("h", "tile", "1"), "DELETE FROM tile"])
def test_a_changed_or_lost_tile_is_found(site, change):
    vandalise(site.path, change)
    assert verdict(site, Tier.INTEGRITY).fault is LogFault.TILE


def test_a_foreign_tile_is_found(site):
    vandalise(site.path, "INSERT INTO tile VALUES (7, zeroblob(32))")
    assert verdict(site, Tier.INTEGRITY).fault is LogFault.TILE


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE keyrec SET vkey = 'x' WHERE id = 2",
        "UPDATE keyrec SET role = 'x' WHERE id = 2",
        "UPDATE keyrec SET role = 'enrolled' WHERE role = 'session'",
        "UPDATE keyrec SET from_seq = 5 WHERE id = 2",
        "UPDATE keyrec SET from_seq = 5000 WHERE id = 2",
        "UPDATE keyrec SET from_seq = -1 WHERE id = 3",
        "UPDATE keyrec SET role = 'log' WHERE id = 2",
        "UPDATE keyrec SET to_seq = 5 WHERE role = 'log'",
        "DELETE FROM keyrec WHERE role = 'log'",
    ],
)
def test_a_changed_key_record_is_refused_by_auditor_and_store(site, change):
    vandalise(site.path, change)
    assert verdict(site).fault is LogFault.KEY_RECORD
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason in (LogFault.KEY_RECORD, LogFault.SEQUENCE)


def test_an_ended_session_made_usable_again_is_refused(site):
    site.open().close()
    vandalise(site.path, "UPDATE keyrec SET to_seq = NULL WHERE role = 'session'")
    assert verdict(site).fault is LogFault.KEY_RECORD


def test_a_lost_entry_is_named(site):
    vandalise(site.path, "DELETE FROM entry WHERE seq = 17")
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.SEQUENCE, 17)


def test_lost_entries_with_the_rest_moved_down_are_named(site):
    vandalise(
        site.path,
        "DELETE FROM entry WHERE seq = 17",
        "UPDATE entry SET seq = -seq WHERE seq > 17",
        "UPDATE entry SET seq = -seq - 1 WHERE seq < 0",
        "DELETE FROM tile",
    )
    assert found(verdict(site, minimum_size=1)) == (LogFault.ROOT, 17)
    assert verdict(site, Tier.INTEGRITY, minimum_size=1).fault is LogFault.TILE


def swap(site, one, other):
    vandalise(
        site.path,
        f"UPDATE entry SET seq = -1 WHERE seq = {one}",
        f"UPDATE entry SET seq = {one} WHERE seq = {other}",
        f"UPDATE entry SET seq = {other} WHERE seq = -1",
    )


def test_exchanged_entries_are_named(site):
    swap(site, 280, 281)
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.ROOT, 280)
    assert found(verdict(site, Tier.SEMANTIC)) == (LogFault.ROOT, 280)


def test_a_repeated_entry_at_the_end_is_named(site):
    vandalise(
        site.path,
        f"INSERT INTO entry SELECT {SIZE}, body, leaf, root, sig FROM entry WHERE seq = 17",
    )
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.ROOT, SIZE)


def test_an_entry_put_before_the_first_or_after_a_gap_is_named(site):
    insert = "INSERT INTO entry SELECT {}, body, leaf, root, sig FROM entry WHERE seq = 17"
    vandalise(site.path, insert.format(-5))
    assert found(verdict(site)) == (LogFault.SEQUENCE, 0)
    vandalise(site.path, "DELETE FROM entry WHERE seq = -5", insert.format(2**63 - 1))
    for tier in Tier:
        assert found(verdict(site, tier)) == (LogFault.SEQUENCE, SIZE)
    with pytest.raises(LogTampered):
        site.open()
    with pytest.raises(LogTampered):
        LogReader(site.path, site.log_key.vkey)


def drop_guards(path):
    connection = sqlite3.connect(path, isolation_level=None)
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.close()


def test_a_changed_body_is_named_even_where_the_guards_were_removed_first(site):
    vandalise(site.path, flip("body", "entry", "seq = 17"))
    drop_guards(site.path)

    assert found(verdict(site)) == (LogFault.LEAF, 17)


def test_removed_guards_alone_are_a_fault(site):
    drop_guards(site.path)

    assert found(verdict(site)) == (LogFault.GUARDS_REMOVED, None)
    with pytest.raises(LogTampered):
        LogReader(site.path, site.log_key.vkey)


def test_a_trigger_that_hides_behind_a_tables_name_is_seen(site):
    connection = sqlite3.connect(site.path, isolation_level=None)
    connection.execute("CREATE TRIGGER tile BEFORE INSERT ON entry BEGIN SELECT 1; END")
    connection.close()

    assert found(verdict(site)) == (LogFault.NOT_A_LOG, None)
