"""A start re-derives keys from entries and heads from the tree: it believes no record alone."""

import sqlite3
import sys

import pytest

from crypto.errors import KeyRefused, LogLocked, LogRolledBack, LogTampered, LogUnwritable
from crypto.log.audit.reader import LogReader
from crypto.log.file import key_check, load
from crypto.log.file.faults import AuditStatus, LogFault
from crypto.log.file.lock import FileLock
from crypto.log.file.released import ReleasedMark
from crypto.log.file.store import LogStore
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.key_record import RULES
from crypto.log.format.merkle import leaf_hash
from crypto.log.format.note import NoteSigner
from tests.support.station.log import LogSite, flip, private_key, vandalise
from tests.support.station.log_audit import verdict

ADMIN = NoteSigner("bank.example/op/adm-01", private_key(0x72))


@pytest.fixture(name="site")
def log_site(tmp_path):
    return LogSite(tmp_path)


def session(number):
    return NoteSigner(f"bank.example/ses/{number}", private_key(0x80 + number))


def work(store, site, number, *, closed=True):
    """One sign-in with two entries; left open as by a killed process, or closed."""
    key = session(number)
    vouching = [site.log_key, site.supervisor]
    store.append("session.open", {"ses": key.vkey}, signers=vouching)
    for case in range(2):
        store.append("verify.result", {"case": case, "type": "boot"}, signers=[key])
    if closed:
        store.append("session.close", {"ses": key.vkey, "reason": "shift"}, signers=[key])


def grow(site, runs, *, closed=True, first=10):
    """Let the station run several times."""
    for number in range(first, first + runs):
        with site.open() as store:
            work(store, site, number, closed=closed)


def rows(site, query, *values):
    connection = sqlite3.connect(site.path)
    found = connection.execute(query, values).fetchall()
    connection.close()
    return found


def refused(site):
    """Return why the start refuses; nothing was written."""
    before = rows(site, "SELECT count(*) FROM entry")
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert rows(site, "SELECT count(*) FROM entry") == before
    return refusal.value.reason


def passes(site):
    report = verdict(site, minimum_size=1)
    assert (report.status, report.fault) == (AuditStatus.PASSED, None)


@pytest.mark.parametrize("number", [1, 10, 11, 12, 13])
def test_a_closed_session_that_its_record_calls_open_is_refused_and_not_closed_again(site, number):
    with site.create() as store:
        work(store, site, 1)
    grow(site, 4)
    (changed,) = rows(site, "SELECT id FROM keyrec WHERE vkey = ?", session(number).vkey)
    vandalise(site.path, f"UPDATE keyrec SET to_seq = NULL WHERE id = {changed[0]}")

    assert refused(site) == LogFault.KEY_RECORD


@pytest.mark.parametrize("number", [1, 10, 11])
def test_a_record_moved_behind_the_start_does_not_make_its_session_open(site, number):
    with site.create() as store:
        work(store, site, 1)
    grow(site, 2)
    last = rows(site, "SELECT max(seq) FROM entry")[0][0]
    change = "UPDATE keyrec SET to_seq = NULL, from_seq = ? WHERE vkey = ?"
    vandalise(site.path, (change, (last, session(number).vkey)))

    assert refused(site) == LogFault.KEY_RECORD


def test_a_session_that_died_is_refused_when_its_record_is_gone_or_closed(site):
    with site.create() as store:
        work(store, site, 1)
    grow(site, 1, closed=False)
    vkey = session(10).vkey
    for change, back in (
        ("UPDATE keyrec SET to_seq = from_seq + 2 WHERE vkey = ?", "to_seq = NULL"),
        ("UPDATE keyrec SET vkey = vkey || 'x' WHERE vkey = ?", None),
        ("UPDATE keyrec SET role = 'log' WHERE vkey = ?", "role = 'session'"),
    ):
        vandalise(site.path, (change, (vkey,)))
        assert refused(site) == LogFault.KEY_RECORD
        undo = f"UPDATE keyrec SET {back} WHERE vkey = ?"
        undo = "UPDATE keyrec SET vkey = rtrim(vkey, 'x') WHERE vkey > ?" if back is None else undo
        vandalise(site.path, (undo, ("" if back is None else vkey,)))
    grow(site, 1, first=11)
    vandalise(site.path, ("DELETE FROM keyrec WHERE vkey = ?", (session(11).vkey,)))
    assert refused(site) == LogFault.KEY_RECORD


def test_sessions_that_died_are_closed_with_their_counts_also_when_the_start_is_killed(
    site, monkeypatch
):
    with site.create() as store:
        work(store, site, 1)
        work(store, site, 2, closed=False)
        work(store, site, 3, closed=False)

    def killed(*_, **__):
        raise KeyboardInterrupt

    append = LogStore.append
    for _ in range(2):
        monkeypatch.setattr(LogStore, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            site.open()
        monkeypatch.setattr(LogStore, "append", append)
    with site.open() as store:
        closings = [e.data for e in store.entries() if e.data.get("reason") == "died"]
        assert closings == [
            {"n": 2, "reason": "died", "ses": session(number).vkey} for number in (2, 3)
        ]
    passes(site)
    site.open().close()


@pytest.mark.parametrize("rules", [1, RULES])
def test_a_revoked_credential_that_its_record_calls_usable_is_refused(site, rules):
    site.genesis["rules"] = rules
    ordered = {"cosigners": [site.supervisor]}
    with site.create() as store:
        enrolment = {"vkey": ADMIN.vkey, "id": "ADM-01", "role": "admin"}
        store.append("key.enrol", enrolment, **ordered)
    with site.open() as store:
        store.append("x", {}, signers=[ADMIN])
    if rules == 1:
        return
    with site.open() as store:
        store.append("key.revoke", {"vkey": ADMIN.vkey, "why": "left"}, **ordered)
    for _ in range(3):
        vandalise(site.path, ("UPDATE keyrec SET to_seq = NULL WHERE vkey = ?", (ADMIN.vkey,)))
        assert refused(site) == LogFault.KEY_RECORD
        ended = "SELECT seq FROM entry WHERE CAST(body AS TEXT) LIKE '%key.revoke%'"
        back = f"UPDATE keyrec SET to_seq = ({ended}) WHERE vkey = ?"
        vandalise(site.path, (back, (ADMIN.vkey,)))
        site.open().close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE keyrec SET role = 'operator' WHERE role = 'enrolled'",
        "UPDATE keyrec SET role = 'session' WHERE role = 'enrolled'",
        "UPDATE keyrec SET from_seq = 1 WHERE role = 'enrolled'",
        "UPDATE keyrec SET from_seq = 10000 WHERE role = 'enrolled'",
        "UPDATE keyrec SET from_seq = -1 WHERE role = 'enrolled'",
        "DELETE FROM keyrec WHERE role = 'enrolled'",
        "DELETE FROM keyrec WHERE role = 'log'",
    ],
)
@pytest.mark.parametrize("runs", [0, 2])
def test_the_first_keys_are_those_that_signed_the_genesis_entry(site, change, runs):
    site.create().close()
    grow(site, runs)
    vandalise(site.path, change)

    assert refused(site) == LogFault.KEY_RECORD


def test_a_start_of_before_names_no_keys_and_a_path_proves_them(site, monkeypatch):
    site.create().close()
    monkeypatch.setattr("crypto.log.file.store.KEYS_MEMBER", "none_of_ours")
    grow(site, 2)
    monkeypatch.undo()
    grow(site, 1, first=12)
    passes(site)
    monkeypatch.setattr(key_check, "KEYS_MEMBER", "none_of_ours")
    site.open().close()
    vandalise(site.path, "UPDATE keyrec SET from_seq = 2 WHERE role = 'enrolled'")
    assert refused(site) == LogFault.KEY_RECORD


def test_an_entry_that_ends_a_key_nobody_knows_is_refused(site, monkeypatch):
    with site.create() as store:
        monkeypatch.setattr("crypto.log.file.signers.SignerKeys.check_signers", lambda *_: None)
        monkeypatch.setattr("crypto.log.file.signers.SignerKeys.apply", lambda *_: ())
        store.append("session.close", {"ses": session(5).vkey, "n": 0})
    monkeypatch.undo()

    assert refused(site) == LogFault.KEY_RECORD


def test_a_key_ended_in_an_earlier_run_signs_nothing_and_does_not_return(site):
    site.create().close()
    grow(site, 2)
    with site.open() as store:
        with pytest.raises(KeyRefused, match="retired_key"):
            store.append("x", {}, signers=[session(10)])
        with pytest.raises(KeyRefused, match="unknown_signer"):
            store.append("x", {}, signers=[session(5)])
        with pytest.raises(KeyRefused, match="key_invalid"):
            work(store, site, 10)
    passes(site)


# The log key in force


def test_a_rotation_that_nothing_follows_is_believed_because_the_new_key_signed_it(site):
    new = NoteSigner(site.log_key.name, private_key(0x11))
    with site.create() as store:
        store.append("x", {})
        store.rotate(new)
    first, site.log_key = site.log_key, new
    site.open().close()
    with LogReader(site.path, first.vkey) as reader:
        assert reader.key_in_force() == new.verifier


def test_a_strangers_log_that_rotates_to_our_key_is_refused(site):
    ours, stranger = site.log_key, NoteSigner(site.log_key.name, private_key(0x55))
    site.log_key = stranger
    forged = NoteSigner(ours.name, private_key(0x56))
    forged.verifier = ours.verifier
    with site.create() as store:
        store.append("x", {})
        store.rotate(forged)
    site.log_key = ours

    assert refused(site) == LogFault.ENTRY_SIGNATURE


def test_heads_under_keys_of_before_are_given_out_with_those_keys(site):
    keys = [site.log_key, *(NoteSigner(site.log_key.name, private_key(n)) for n in (17, 18))]
    with site.create() as store:
        store.append("x", {})
    for key in keys[1:]:
        with site.open() as store:
            store.append("x", {})
            store.rotate(key)
        site.log_key = key
    with site.open() as store:
        signed = {store.checkpoint(size).lines[0].key_id for size in range(1, store.size + 1)}
        assert signed == {key.verifier.key_id for key in keys}
        assert store.inclusion_proof(1, 2).path
        assert store.consistency_proof(2, store.size)
    vandalise(site.path, "UPDATE keyrec SET to_seq = to_seq - 1 WHERE from_seq = 0")
    with site.open() as store, pytest.raises(LogTampered):
        store.checkpoint(2)


# Released heads


def remember(site, *marks):
    site.released_path.write_text("".join(f"{mark.line()}\n" for mark in marks), newline="\n")


def head(site, size, root=None, key=None):
    found = root or rows(site, "SELECT root FROM entry WHERE seq = ?", size - 1)[0][0]
    checkpoint = Checkpoint(site.log_key.name, size, found)
    signature = (key or site.log_key).sign(checkpoint.body())
    return ReleasedMark(site.log_key.name, size, found, signature)


def test_every_released_head_is_compared_not_the_last_alone(site, monkeypatch):
    site.create().close()
    with site.open() as store:
        for number in range(900):
            store.append("x", {"n": number})
    for size in (3, 300, 600, 890):
        remember(site, head(site, size, bytes(32)), head(site, 900))
        with pytest.raises(LogRolledBack, match=f"another root at {size}"):
            site.open()
        remember(site, head(site, size, bytes(32), site.supervisor), head(site, 900))
        assert refused(site) == LogFault.RELEASED_SIGNATURE
    remember(site, *(head(site, size) for size in (3, 300, 600, 890, 900)))
    site.open().close()
    # One of long before the newest is the audit's to compare.
    monkeypatch.setattr(load, "OLDER_MARKS", 2)
    remember(site, head(site, 3, bytes(32)), *(head(site, size) for size in (300, 301, 900)))
    site.open().close()


def test_a_head_beyond_the_end_counts_when_the_log_has_signed_it(site):
    site.fill(5)
    remember(site, head(site, 9, bytes(32)))
    with pytest.raises(LogRolledBack, match="9 released, 5 found"):
        site.open()
    remember(site, head(site, 9, bytes(32), site.supervisor))
    assert refused(site) == LogFault.RELEASED_SIGNATURE


def test_an_old_root_put_back_over_a_rewritten_history_does_not_deceive(site):
    """Roots beside the rows are columns; the head is compared with what the leaves make."""
    site.fill(5)
    known = head(site, 4)
    site.path.unlink()
    site.released_path.unlink()
    site.clock.tick(3)
    site.fill(600)
    vandalise(site.path, ("UPDATE entry SET root = ? WHERE seq = 3", (known.root,)))
    remember(site, known)
    with pytest.raises(LogRolledBack):
        site.open()


# Rows


def test_a_row_before_the_first_is_refused(site):
    site.fill(5)
    vandalise(site.path, "INSERT INTO entry SELECT -5, body, leaf, root, sig FROM entry LIMIT 1")

    assert refused(site) == LogFault.SEQUENCE


@pytest.mark.parametrize(
    "change", ["DELETE FROM entry WHERE seq = 30", "UPDATE tile SET h = zeroblob(32)"]
)
def test_a_hole_or_a_false_tile_among_the_rows_read_is_refused(site, change):
    site.fill(300)
    vandalise(site.path, change)

    assert refused(site) in {LogFault.SEQUENCE, LogFault.TILE}


def test_a_body_of_another_type_is_refused(site):
    site.fill(5)
    lax = "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'entry'"
    tight = "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'entry'"
    guard = rows(site, "SELECT sql FROM sqlite_schema WHERE name = 'entry_no_update'")[0][0]
    change = "UPDATE entry SET body = 5 WHERE seq = 3"
    for statement in (lax, "DROP TRIGGER entry_no_update", change, guard, tight):
        connection = sqlite3.connect(site.path, isolation_level=None)
        connection.execute("PRAGMA writable_schema=1")
        connection.execute(statement)
        connection.close()

    assert refused(site) == LogFault.ROW


@pytest.fixture(name="long")
def long_log(site):
    """A log whose first tile is below the rows that a start reads."""
    site.create().close()
    with site.open() as store:
        for number in range(600):
            store.append("x", {"n": number})
    site.open().close()
    return site


def test_a_first_entry_changed_below_the_rows_read_is_refused(long):
    """It says under which rules the log is."""
    vandalise(long.path, flip("body", "entry", "seq = 0"))
    assert refused(long) == LogFault.LEAF
    body = rows(long, "SELECT body FROM entry WHERE seq = 0")[0][0]
    vandalise(long.path, ("UPDATE entry SET leaf = ? WHERE seq = 0", (leaf_hash(body),)))
    assert refused(long) == LogFault.ROOT


def test_where_the_tiles_do_not_make_the_root_the_first_bad_row_is_looked_for(long):
    vandalise(long.path, flip("h", "tile", "id % 256 = 0"), flip("body", "entry", "seq = 20"))
    with pytest.raises(LogTampered) as refusal:
        long.open()
    assert (refusal.value.reason, refusal.value.index) == (LogFault.ROOT, 20)


unlinks_open_files = pytest.mark.skipif(
    sys.platform == "win32", reason="an open file cannot be removed there"
)


@unlinks_open_files
def test_a_lock_whose_file_is_gone_is_not_held(tmp_path):
    lock = FileLock(tmp_path / "lock")
    assert lock.is_held()
    (tmp_path / "lock").unlink()
    assert not lock.is_held()
    lock.release()


@unlinks_open_files
def test_an_owner_whose_locks_file_was_removed_gives_way_to_the_second(site):
    """Two writers would each take the other's entries for tampering."""
    first = site.create()
    site.path.with_name("log.db.lock").unlink()
    with site.open() as second:
        with pytest.raises(LogLocked):
            first.append("x", {})
        with pytest.raises(LogUnwritable):
            first.append("x", {})
        second.append("x", {})
    passes(site)
