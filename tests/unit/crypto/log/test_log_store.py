"""What the store promises to its owner."""

import os
import threading
from itertools import pairwise

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
    NoteMalformed,
)
from crypto.log.lock import FileLock
from crypto.log.merkle import verify_consistency, verify_inclusion
from crypto.log.note import NoteSigner
from crypto.log.proof import verify_receipt
from crypto.log.reader import LogReader
from crypto.log.released import ReleasedHead
from crypto.log.store import LogStore
from tests.support.log import (
    LogSite,
    ToldClock,
    private_key,
    session_signer,
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
        assert boot.data == {"os_boot": 1763803499000, "released": 1, "size": 1, "software": ""}
        proof = store.consistency_proof(1, 2)
        assert verify_consistency(1, 2, proof, old.root, store.checkpoint().root)
        assert store.checkpoint(1) == old


def test_the_released_head_may_be_behind_or_lost(site):
    site.fill(4)
    site.released_path.unlink()
    with site.open() as store:
        assert store.entry(4).data["released"] is None


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


# Session keys


def test_a_session_key_signs_only_between_its_opening_and_its_closing(site):
    with site.create() as store:
        with pytest.raises(KeyRefused) as early:
            store.append("verify.result", {}, signers=[site.session_key])
        site.open_session(store)
        store.append("verify.result", {}, signers=[site.session_key])
        store.append("verify.result", {}, signers=[site.session_key, site.supervisor])
        closed = store.append(
            "session.close",
            {"reason": "shift", "ses": site.session_key.vkey},
            signers=[site.session_key],
        )
        assert closed.entry.data["n"] == 2
        with pytest.raises(KeyRefused) as late:
            store.append("verify.result", {}, signers=[site.session_key])
        with pytest.raises(KeyRefused) as again:
            site.open_session(store)
        codes = [error.value.detail for error in (early, late, again)]
        assert codes == ["unknown_signer", "retired_key", "key_invalid"]


def test_a_session_left_open_is_closed_as_died_with_its_count(site):
    site.fill(6)
    with site.open() as store:
        last = store.entry(store.size - 1)
        assert last.kind == "session.close"
        assert last.data == {"n": 4, "reason": "died", "ses": site.session_key.vkey}
        assert last.signers == (site.log_key.name,)


def test_session_close_states_the_true_count_and_is_signed_by_session_or_log(site):
    vkey = site.session_key.vkey
    with site.create() as store:
        site.open_session(store)
        for data, signers, code in (
            ({"n": 7, "ses": vkey}, [site.session_key], "session_count"),
            ({"ses": vkey}, [site.supervisor], "wrong_signer"),
            ({"ses": site.supervisor.vkey}, [], "key_invalid"),
            ({"ses": "nonsense"}, [], "key_invalid"),
            ({}, [], "key_invalid"),
        ):
            with pytest.raises(KeyRefused) as refusal:
                store.append("session.close", data, signers=signers)
            assert refusal.value.detail == code
        store.append("session.close", {"ses": vkey})


@pytest.mark.parametrize("data", [{}, {"ses": 1}, {"ses": "nonsense"}])
def test_a_session_opens_only_with_a_readable_key(site, data):
    with site.create() as store, pytest.raises(KeyRefused):
        store.append("session.open", data, signers=[site.log_key, site.supervisor])


def test_who_may_sign_what(site):
    stranger = NoteSigner("bank.example/sup/S-9999", private_key(9))
    with site.create() as store:
        site.open_session(store)
        for kind, signers, code in (
            ("review", [], "wrong_signer"),
            ("review", [site.log_key], "wrong_signer"),
            ("payload.erase", [site.session_key], "wrong_signer"),
            ("review", [stranger], "unknown_signer"),
            ("payload.erase", [site.log_key], "wrong_signer"),
            ("heartbeat", [site.session_key], "wrong_signer"),
            ("session.open", [site.supervisor], "wrong_signer"),
            ("x", [site.log_key, site.log_key], "wrong_signer"),
        ):
            with pytest.raises(KeyRefused) as refusal:
                store.append(kind, {"ses": stranger.vkey}, signers=signers)
            assert refusal.value.detail == code
        store.append("review", {}, signers=[site.supervisor])
        store.append("review", {}, signers=[site.session_key])


def test_an_enrolled_key_signs_from_then_on_and_after_a_restart(site):
    new = NoteSigner("bank.example/sup/S-0002", private_key(9))
    with site.create() as store:
        data = {"vkey": new.vkey}
        with pytest.raises(KeyRefused):
            store.append("key.enrol", data)
        store.append("key.enrol", data, signers=[site.log_key, site.supervisor])
        store.append("review", {}, signers=[new])
        with pytest.raises(KeyRefused):
            store.append("key.enrol", data, signers=[site.log_key, site.supervisor])
    with site.open() as store:
        store.append("review", {}, signers=[new])
        store.append("review", {}, signers=[site.supervisor])


def test_nothing_follows_the_logs_close(site):
    with site.create() as store:
        store.append("log.close", {"reason": "moved"}, signers=[site.log_key, site.supervisor])
        with pytest.raises(KeyRefused):
            store.append("x", {})
    with site.open() as store:
        assert store.size == 2
        with pytest.raises(KeyRefused):
            store.append("x", {})


def test_a_rotated_key_signs_new_heads_and_the_old_one_only_old_heads(site):
    new = NoteSigner(site.log_key.name, private_key(0x11))
    newer = NoteSigner(site.log_key.name, private_key(0x12))
    with site.create() as store:
        store.append("x", {})
        done = store.rotate(new)
        assert done.checkpoint.lines[0].key_id == site.log_key.verifier.key_id
        assert done.entry.signers == (site.log_key.name,) * 2
        after = store.append("x", {})
        assert after.checkpoint.lines[0].key_id == new.verifier.key_id
        with pytest.raises(KeyRefused):
            store.append("x", {}, signers=[site.log_key])
        with pytest.raises(KeyRefused):
            store.rotate(NoteSigner("bank.example/other", private_key(3)))
        store.rotate(newer)
        assert store.checkpoint(2).lines[0].key_id == site.log_key.verifier.key_id
        assert store.checkpoint(4).lines[0].key_id == new.verifier.key_id
    with pytest.raises(KeyRefused):
        site.open()
    first, site.log_key = site.log_key, newer
    with site.open() as store:
        assert store.checkpoint().lines[0].key_id == newer.verifier.key_id
    with LogReader(site.path, first.vkey) as reader:
        assert reader.size == 6
        assert reader.checkpoint().lines[0].key_id == newer.verifier.key_id


# Clock


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


# The disk


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


# Receipts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 1", "index 01"),
        ("index 1", "index"),
        ("index 1", "idx 1"),
        ("index 1\n", ""),
        ("\n\n", "\n"),
        ("\n\n", "\nAAAA\n\n"),
        ("\n\n", "\n" * 1 + "A" * 43 + "\n\n"),
        ("\n\n", "\n" + "\n".join(["A" * 43 + "="] * 64) + "\n\n"),
        ("bank", "b\ud800nk"),
        ("c2sp", "x" * (1 << 20)),
    ],
)
def test_an_irregular_receipt_is_malformed(site, old, new):
    with site.create() as store:
        body = store.append("x", {}).entry.body
        receipt = store.receipt(1)
    with pytest.raises(NoteMalformed):
        verify_receipt(receipt.replace(old, new, 1), body, site.log_key.verifier)


def test_a_receipt_is_for_one_entry_and_may_carry_extra_data(site):
    with site.create() as store:
        body = store.append("x", {}).entry.body
        receipt = store.receipt(1)
    key = site.log_key.verifier
    extra = receipt.replace("\nindex", "\nextra AAAA\nindex", 1)
    assert verify_receipt(extra, body, key)[0] == 1
    with pytest.raises(KeyRefused):
        verify_receipt(receipt, body + b" ", key)
    with pytest.raises(KeyRefused):
        verify_receipt(receipt.replace("index 1", "index 0"), body, key)
    with pytest.raises(KeyRefused):
        verify_receipt(receipt, body, session_signer().verifier)
