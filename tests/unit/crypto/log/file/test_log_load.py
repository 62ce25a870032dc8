"""What the store refuses at its start and what neither it nor a reader shows."""

import shutil
import sqlite3

import pytest

from crypto.errors import LogRolledBack, LogTampered
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import LogFault
from crypto.log.format.note import NoteSigner
from tests.support.station.log import (
    LogSite,
    flip,
    private_key,
    vandalise,
)
from tests.support.station.log_audit import SIZE, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


@pytest.mark.parametrize("seq", [0, 1, 44, 255, SIZE - 1])
def test_the_store_refuses_changed_recent_bodies(site, seq):
    vandalise(site.path, flip("body", "entry", f"seq = {seq}"))
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.index == seq


def append_many(site, count=300):
    with site.open() as store:
        for number in range(count):
            store.append("x", {"n": number})


def test_the_store_trusts_older_bodies_to_the_audit_but_never_shows_a_changed_one(site):
    append_many(site)
    vandalise(site.path, flip("body", "entry", "seq = 20"))
    with site.open() as store, LogReader(site.path, site.log_key.vkey) as reader:
        for ask in (
            lambda: store.entry(20),
            lambda: list(store.entries()),
            lambda: store.inclusion_proof(20),
            lambda: reader.entry(20),
            lambda: reader.page(10, 20),
        ):
            with pytest.raises(LogTampered) as refusal:
                ask()
            assert (refusal.value.reason, refusal.value.index) == (LogFault.LEAF, 20)
        assert len(reader.page(0, 20)) == 20


def test_a_changed_leaf_deep_in_the_past_is_not_shown_or_proven(site):
    with site.open() as store:
        vandalise(site.path, flip("leaf", "entry", "seq = 20"))
        with pytest.raises(LogTampered):
            store.entry(20)
        with pytest.raises(LogTampered):
            store.receipt(21)
        with pytest.raises(LogTampered):
            store.consistency_proof(21, 200)


def test_a_hole_in_the_past_is_not_shown(site):
    vandalise(site.path, "UPDATE entry SET seq = 100000 WHERE seq = 20")
    with pytest.raises(LogTampered):
        site.open()


def test_a_changed_leaf_under_a_key_in_use_is_refused_at_start(site):
    vandalise(site.path, flip("leaf", "entry", "seq = 20"))
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == LogFault.LEAF


def test_entries_lost_while_the_log_is_open_stop_everything(site):
    with site.open() as store:
        vandalise(site.path, "DELETE FROM entry WHERE seq >= 256")
        with pytest.raises(LogTampered):
            list(store.entries(200))
        with pytest.raises(LogTampered):
            store.append("x", {})
        with pytest.raises(LogRolledBack):
            store.append("x", {})
    with site_emptied(site) as store, pytest.raises(LogTampered):
        store.append("x", {})


def site_emptied(site):
    for path in (site.path, site.released_path):
        path.unlink()
    store = site.create()
    vandalise(site.path, "DELETE FROM entry")
    return store


def unstrict(path, statement):
    """Store a value of a type our schema forbids, then put the schema back."""
    lax = "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'keyrec'"
    tight = "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'keyrec'"
    guard = "SELECT sql FROM sqlite_schema WHERE name = 'keyrec_ends_once'"
    connection = sqlite3.connect(path)
    sql = connection.execute(guard).fetchone()[0]
    connection.close()
    for change in (lax, "DROP TRIGGER keyrec_ends_once", statement, sql, tight):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA writable_schema=1")
        connection.execute(change)
        connection.close()


@pytest.mark.parametrize("change", ["role = x'ff'", "from_seq = 'x'", "to_seq = x'00'"])
def test_a_key_record_of_a_wrong_type_is_refused(site, change):
    unstrict(site.path, f"UPDATE keyrec SET {change} WHERE id = 2")
    assert verdict(site).fault is LogFault.KEY_RECORD


def test_a_hole_made_while_the_log_is_open_is_not_shown(site):
    with site.open() as store, LogReader(site.path, site.log_key.vkey) as reader:
        vandalise(site.path, "DELETE FROM entry WHERE seq IN (20, 290)")
        for ask in (
            lambda: store.entry(20),
            lambda: reader.entry(20),
            lambda: reader.page(280, 20),
            lambda: store.checkpoint(21),
            lambda: list(store.entries(19, 22)),
        ):
            with pytest.raises(LogTampered):
                ask()


@pytest.mark.parametrize(
    "change",
    [
        flip("root", "entry", f"seq = {SIZE - 1}"),
        flip("leaf", "entry", "seq = 290"),
        flip("h", "tile", "1"),
        "DELETE FROM tile",
        "DELETE FROM entry WHERE seq = 290",
        "UPDATE entry SET root = x'00' WHERE seq = 299",
    ],
)
def test_the_store_and_the_reader_refuse_a_changed_head(site, change):
    vandalise(site.path, change)
    with pytest.raises(LogTampered):
        site.open()
    with pytest.raises(LogTampered), LogReader(site.path, site.log_key.vkey) as reader:
        reader.page(0, SIZE)


def test_the_store_refuses_a_false_signature_of_the_head(site):
    vandalise(site.path, flip("sig", "entry", f"seq = {SIZE - 1}"))
    for ask in (site.open, lambda: LogReader(site.path, site.log_key.vkey)):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason == LogFault.TREE_SIGNATURE


def test_an_old_head_with_a_false_signature_is_not_given_out(site):
    vandalise(site.path, flip("sig", "entry", "seq = 20"))
    with site.open() as store, pytest.raises(LogTampered):
        store.checkpoint(21)


def test_a_reader_refuses_another_logs_key(site):
    other = NoteSigner(site.log_key.name, private_key(9))
    with pytest.raises(LogTampered):
        LogReader(site.path, other.vkey)
