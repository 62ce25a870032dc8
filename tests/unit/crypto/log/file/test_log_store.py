"""What the store promises to its owner."""

import sqlite3
import threading
from contextlib import closing

import pytest

from crypto.errors import (
    EntryMalformed,
    EntryMissing,
    KeyRefused,
    LogExists,
    LogLocked,
    LogMissing,
    LogRolledBack,
    LogTampered,
    LogUnwritable,
)
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import LogFault
from crypto.log.file.lock import FileLock
from crypto.log.file.rows import Rows
from crypto.log.file.store import LogStore
from crypto.log.format.merkle import verify_consistency, verify_inclusion
from crypto.log.format.note import NoteSigner
from crypto.log.format.proof import verify_receipt
from tests.support.station.log import (
    LogSite,
    flip,
    private_key,
    vandalise,
)


@pytest.fixture(name="site")
def log_site(tmp_path):
    return LogSite(tmp_path)


def test_an_append_is_under_the_signed_head_it_returns(site):
    with site.create() as store:
        done = store.append("heartbeat", {"cosigned": 0}, actor="")
        head = done.checkpoint
        path = store.inclusion_proof(1).path
        assert (done.entry.seq, head.size, store.size) == (1, 2, 2)
        assert verify_inclusion(done.entry.leaf, 1, 2, path, head.root)
        assert store.checkpoint() == head
        assert store.entry(1) == done.entry


def test_an_append_is_on_the_disk_and_in_the_released_head_when_it_returns(site):
    with site.create() as store:
        done = store.append("x", {"a": 1})
        with LogReader(site.path, site.log_key.vkey) as reader:
            assert reader.entry(1) == done.entry
        mark = site.released().last()
        assert (mark.size, mark.root) == (2, done.checkpoint.root)


def test_reopening_continues_the_tree_and_records_the_boot(site):
    with site.create() as store:
        old = store.checkpoint()
    site.clock.run = "second00"
    with site.open() as store:
        boot = store.entry(1)
        assert boot.kind == "boot"
        assert {name: value for name, value in boot.data.items() if name != "keys"} == {
            "os_boot": 1763803499000,
            "released": 1,
            "size": 1,
            "software": "",
        }
        proof = store.consistency_proof(1, 2)
        assert verify_consistency(1, 2, proof, old.root, store.checkpoint().root)
        assert store.checkpoint(1) == old


def test_the_released_head_may_be_behind(site):
    site.fill(4)
    site.release(2)
    with site.open() as store:
        assert store.entry(4).data["released"] == 2
        assert [mark.size for mark in site.released().marks()] == [2, 4, 5, 6]


def test_a_log_that_is_not_new_has_released_heads(site):
    site.fill(4)
    heads = site.released_path.read_bytes()
    for lost in (site.released_path.unlink, lambda: site.released_path.write_bytes(heads[:90])):
        lost()
        with pytest.raises(LogTampered) as refusal:
            site.open()
        assert refusal.value.reason == LogFault.RELEASED_MISSING
    site.released_path.write_bytes(heads)
    site.open().close()


def test_a_log_whose_creation_was_killed_before_its_head_left_it_opens(site):
    site.create().close()
    site.released_path.unlink()
    site.open().close()
    assert [mark.size for mark in site.released().marks()] == [1, 2]


def test_every_size_keeps_its_signed_head_and_every_pair_its_proof(site):
    with site.create() as store:
        heads = [store.checkpoint()]
        heads += [store.append("x", {"n": n}).checkpoint for n in range(300)]
        assert [store.checkpoint(n + 1) for n in range(301)] == heads
        for old, new in ((1, 301), (7, 256), (256, 257), (255, 301), (301, 301)):
            proof = store.consistency_proof(old, new)
            assert verify_consistency(old, new, proof, heads[old - 1].root, heads[new - 1].root)
        for seq in (0, 1, 255, 256, 300):
            receipt = store.receipt(seq)
            body = store.entry(seq).body
            assert verify_receipt(receipt, body, site.log_key.verifier)[0] == seq
        assert [e.seq for e in store.entries(250, 260)] == list(range(250, 260))
        assert len(list(store.entries())) == 301


def test_what_is_not_there_is_missing(site):
    with site.create() as store:
        for ask in (
            lambda: store.entry(1),
            lambda: store.entry(-1),
            lambda: store.checkpoint(0),
            lambda: store.checkpoint(2),
            lambda: store.inclusion_proof(1),
            lambda: store.consistency_proof(0, 1),
            lambda: store.consistency_proof(1, 2),
            lambda: store.consistency_proof(1, 0),
        ):
            with pytest.raises(EntryMissing):
                ask()
        assert list(store.entries(5)) == []


def test_create_never_overwrites(site):
    site.create().close()
    before = site.path.read_bytes()
    with pytest.raises(LogExists):
        site.create()
    assert site.path.read_bytes() == before


def test_create_refuses_a_leftover_write_ahead_log(site):
    site.path.with_name("log.db-wal").write_bytes(b"left behind")
    with pytest.raises(LogExists):
        site.create()


def test_create_clears_what_a_crashed_creation_left(site):
    site.path.with_name("log.db.creating").write_bytes(b"half")
    site.create().close()
    assert sorted(p.name for p in site.path.parent.iterdir()) == ["log.db", "log.db.lock"]


def test_create_refuses_while_a_released_head_remembers_a_log(site):
    site.fill(3)
    site.path.unlink()
    with pytest.raises(LogRolledBack):
        site.create()


def test_open_never_creates_and_says_what_was_expected(site):
    with pytest.raises(LogMissing) as none:
        site.open()
    site.fill(3)
    site.path.unlink()
    with pytest.raises(LogMissing) as deleted:
        site.open()
    assert none.value.detail == ""
    assert deleted.value.detail == "3 entries were released"
    assert not site.path.exists()


def test_create_needs_a_cosigner_and_the_origins_key(site):
    with pytest.raises(KeyRefused):
        site.create(cosigners=[])
    with pytest.raises(KeyRefused):
        site.create(cosigners=[site.log_key])
    with pytest.raises(KeyRefused):
        LogStore.create(
            site.path,
            origin="another",
            log_key=site.log_key,
            genesis={},
            cosigners=[site.supervisor],
            clock=site.clock,
            released=site.released(),
        )
    assert not site.path.exists()


def test_a_folder_that_cannot_be_written_is_unwritable(site):
    site.path = site.path.parent / "absent" / "log.db"
    with pytest.raises(LogUnwritable):
        site.create()


def test_a_draft_that_cannot_be_made_is_unwritable(site):
    site.path.with_name("log.db.creating").mkdir()
    with pytest.raises(LogUnwritable):
        site.create()


def test_a_second_opener_is_locked_out_until_the_first_closes(site):
    with site.create():
        with pytest.raises(LogLocked):
            site.open()
        with pytest.raises(LogLocked):
            site.create()
    site.open().close()


def test_a_lock_is_released_once_and_again(tmp_path):
    lock = FileLock(tmp_path / "lock")
    lock.release()
    lock.release()
    FileLock(tmp_path / "lock").release()


def test_another_key_does_not_open_the_log(site):
    site.fill(3)
    site.log_key = NoteSigner(site.log_key.name, private_key(5))
    with pytest.raises(KeyRefused):
        site.open()
    site.log_key = LogSite(site.path.parent).log_key
    site.open().close()


def test_a_closed_store_writes_and_reads_nothing(site):
    store = site.create()
    store.close()
    store.close()
    with pytest.raises(LogUnwritable):
        store.append("x", {})
    with pytest.raises(LogUnwritable):
        store.entry(0)


def test_a_store_may_be_made_in_one_thread_and_used_in_another(site):
    store = site.create()
    sizes = []

    def work():
        sizes.append(store.append("x", {}).checkpoint.size)
        store.close()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert sizes == [2]


@pytest.mark.parametrize("kind", ["log.genesis", "boot", "clock.step", "key.rotate"])
def test_the_logs_own_kinds_are_reserved(site, kind):
    with site.create() as store, pytest.raises(EntryMalformed):
        store.append(kind, {})


def test_a_refused_entry_leaves_the_log_as_it_was(site):
    with site.create() as store:
        with pytest.raises(EntryMalformed):
            store.append("x", {"a": 0.5})
        with pytest.raises(EntryMalformed):
            store.append("NOT A KIND", {})
        assert store.append("x", {"a": 1}).entry.seq == 1


def test_a_start_that_cannot_record_its_boot_lets_the_log_go(site):
    site.fill(3)
    site.clock.run = "e\u0301"
    with pytest.raises(EntryMalformed):
        site.open()
    site.clock.run = "good"
    site.open().close()


def test_a_view_finds_entries_by_their_octets_as_far_as_it_reaches(site):
    with site.create() as store:
        store.append("x", {"case": "one"})
        store.append("x", {"case": "two"})
        with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
            assert list(view.find(b'"case":"one"')) == [1]
            assert list(view.find(b'"type":"x"', 2)) == [2]
            assert list(view.find(b'"type":"x"', 0, 2)) == [1]
            assert [each.role for each in view.key_records()] == ["log", "enrolled"]
            view.size = 2
            assert list(view.find(b'"type":"x"')) == [1]


def test_bodies_are_those_of_the_entries_and_as_proven(site):
    site.fill(5)
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        assert list(view.bodies(1, 9)) == [each.body for each in view.entries(1, 9)]
    vandalise(site.path, flip("body", "entry", "seq = 3"))
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        bodies = view.bodies(0, 5)
        assert len([next(bodies) for _ in range(3)]) == 3
        with pytest.raises(LogTampered) as tampered:
            next(bodies)
    assert (tampered.value.reason, tampered.value.index) == (LogFault.LEAF, 3)


def test_a_body_that_is_not_there_is_no_end_of_the_log(site):
    site.fill(5)
    vandalise(site.path, "DELETE FROM entry WHERE seq = 3")
    with (
        LogReader(site.path, site.log_key.vkey) as reader,
        reader.snapshot() as view,
        pytest.raises(LogTampered),
    ):
        list(view.bodies(0, 5))


def test_bodies_that_end_before_the_log_does_are_named(site):
    site.fill(5)
    with LogReader(site.path, site.log_key.vkey) as reader, reader.snapshot() as view:
        there, view.size = view.size, view.size + 4
        with pytest.raises(LogTampered) as tampered:
            list(view.bodies(there, view.size))
    assert (tampered.value.reason, tampered.value.index) == (LogFault.SEQUENCE, there)


def test_a_body_that_is_no_octets_is_named():
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE entry (seq INTEGER, body)")
        db.execute("INSERT INTO entry VALUES (3, 'text')")
        with pytest.raises(LogTampered) as tampered:
            list(Rows(db).bodies(0, 9))
    assert (tampered.value.reason, tampered.value.index) == (LogFault.ROW, 3)
