"""Truncation, rollback, forks and re-signed history are refused."""

import shutil
import sqlite3
from dataclasses import replace

import pytest

from crypto.errors import LogRolledBack, LogTampered
from crypto.log.audit.reader import LogReader
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedMark
from crypto.log.format.entry import Header, seal_entry
from crypto.log.format.merkle import Frontier, leaf_hash
from crypto.log.format.note import Note, NoteSigner, SignatureLine, parse_note
from tests.support.station.log import (
    LogSite,
    private_key,
    vandalise,
)
from tests.support.station.log_audit import SIZE, cut, found, resign, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


def test_a_cut_tail_is_caught_by_what_was_known_outside(site):
    last = site.released().last()
    cut(site, 200)
    assert verdict(site, minimum_size=1).status is AuditStatus.PASSED
    assert found(verdict(site)) == (LogFault.TOO_SHORT, 200)
    assert found(verdict(site, released=(last,))) == (LogFault.ROLLED_BACK, 200)
    with pytest.raises(LogRolledBack):
        site.open()


def test_an_emptied_log_is_no_new_log(site):
    vandalise(site.path, "DELETE FROM entry", "DELETE FROM tile", "DELETE FROM keyrec")
    assert verdict(site).fault is LogFault.EMPTY
    with pytest.raises(LogRolledBack):
        site.open()
    with pytest.raises(LogTampered):
        LogReader(site.path, site.log_key.vkey)
    site.released_path.unlink()
    with pytest.raises(LogTampered):
        site.open()


def test_a_restored_old_copy_is_refused(site, tmp_path):
    shutil.copy(site.path, tmp_path / "backup")
    site.open().close()
    shutil.copy(tmp_path / "backup", site.path)
    with pytest.raises(LogRolledBack):
        site.open()
    assert verdict(site, released=(site.released().last(),)).fault is LogFault.ROLLED_BACK


def test_a_fork_is_refused_and_named(site, tmp_path):
    other = LogSite(tmp_path / "site")
    other.path = tmp_path / "fork.db"
    other.released_path = tmp_path / "fork-released"
    shutil.copy(site.path, other.path)
    shutil.copy(site.released_path, other.released_path)
    other.clock.tick(5)
    with other.open() as fork:
        fork.append("x", {"a": 1})
    with site.open() as real:
        real.append("x", {"a": 2})
        mark = site.released().last()
    assert mark.size == SIZE + 3
    shutil.copy(other.path, site.path)
    with pytest.raises(LogRolledBack):
        site.open()
    assert found(verdict(site, released=(mark,))) == (LogFault.FORKED, SIZE + 2)


def test_history_signed_again_with_another_key_is_refused(site):
    later = NoteSigner(site.log_key.name, private_key(0x33))
    resign(site, later, SIZE)
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.TREE_SIGNATURE, 0)
    vandalise(site.path, ("UPDATE keyrec SET vkey = ? WHERE role = 'log'", (later.vkey,)))
    assert verdict(site, Tier.INTEGRITY).fault is LogFault.KEY_RECORD


def test_history_before_a_rotation_signed_again_with_the_later_key_is_refused(site):
    later = NoteSigner(site.log_key.name, private_key(0x33))
    with site.open() as store:
        store.rotate(later)
        store.append("x", {})
    assert verdict(site, Tier.EVERY_HEAD).status is AuditStatus.PASSED
    resign(site, later, 10_000)
    assert verdict(site, Tier.INTEGRITY).fault is LogFault.KEY_RECORD
    assert verdict(site, Tier.EVERY_HEAD).fault is LogFault.KEY_RECORD


def test_a_forged_rotation_is_refused(site):
    vandalise(
        site.path,
        "UPDATE keyrec SET to_seq = 5 WHERE role = 'log'",
        "INSERT INTO keyrec (vkey, role, from_seq, to_seq)"
        f" SELECT '{NoteSigner(site.log_key.name, private_key(0x33)).vkey}', 'log', 5, NULL",
    )
    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.KEY_RECORD, 5)
    with pytest.raises(LogTampered):
        site.open()


def test_one_body_rewritten_with_all_heads_signed_again_by_the_stolen_log_key(site):
    # The window the design states: only what left the machine earlier shows it.
    mark = site.released().last()
    entry = next(iter_entries(site, 17))
    text = entry.replace(b'"case":15', b'"case":99')
    vandalise(site.path, ("UPDATE entry SET body = ? WHERE seq = 17", (text,)), "DELETE FROM tile")
    resign(site, site.log_key, SIZE)
    assert verdict(site, Tier.INTEGRITY).fault is LogFault.TILE
    rebuild_tiles(site)
    assert found(verdict(site, Tier.SEMANTIC)) == (LogFault.REPLACED, 17)
    assert found(verdict(site, Tier.ATTRIBUTION)) == (LogFault.ENTRY_SIGNATURE, 17)
    assert found(verdict(site, Tier.INTEGRITY, released=(mark,))) == (LogFault.FORKED, 17)
    with pytest.raises(LogRolledBack):
        site.open()


def iter_entries(site, start):
    connection = sqlite3.connect(site.path)
    rows = connection.execute("SELECT body FROM entry WHERE seq >= ?", (start,)).fetchall()
    connection.close()
    return (row[0] for row in rows)


def rebuild_tiles(site):
    frontier, changes = Frontier(), ["DELETE FROM tile"]
    for body in iter_entries(site, 0):
        frontier, tiles = frontier.push(leaf_hash(body))
        changes += [
            ("INSERT INTO tile VALUES (?, ?)", (t.level << 48 | t.index, t.root)) for t in tiles
        ]
    vandalise(site.path, *changes)


def another_log(site, bodies):
    """Replace the content by other entries, every head signed with the real log key."""
    cut(site, 0)
    vandalise(
        site.path,
        *(
            (
                "INSERT INTO entry VALUES (?, ?, zeroblob(32), zeroblob(32), zeroblob(64))",
                (seq, body),
            )
            for seq, body in enumerate(bodies)
        ),
    )
    resign(site, site.log_key, len(bodies))


def forged(site, seq, *, prev=None, kind="x", data=None, signers=None, **header):
    fields = {"log": site.log_key.name, "t_ms": 1763803500000, "mono_ms": 1000, "boot": "b"}
    known = Header(seq=seq, prev=prev, **(fields | header))
    return seal_entry(known, kind, data or {}, actor="", signers=signers or [site.log_key]).body


def genesis(site, **changes):
    data = {"vkey": site.log_key.vkey}
    arguments = {"kind": "log.genesis", "signers": [site.log_key, site.supervisor], "data": data}
    return forged(site, 0, **(arguments | changes))


def second(site, **changes):
    first = genesis(site)
    return [first, forged(site, 1, **({"prev": leaf_hash(first)} | changes))]


def test_a_log_that_is_consistent_but_says_forbidden_things_is_refused_where_it_does(site):
    stranger = NoteSigner("bank.example/sup/S-9999", private_key(9))
    cases = [
        ([genesis(site)], None, None),
        (second(site), None, None),
        ([b"no note"], LogFault.ENTRY_MALFORMED, 0),
        ([genesis(site, kind="x")], LogFault.GENESIS, 0),
        ([genesis(site, data={"vkey": stranger.vkey})], LogFault.GENESIS, 0),
        ([genesis(site, log="bank.example/log/other/g1")], LogFault.ORIGIN, 0),
        ([genesis(site, signers=[site.log_key])], LogFault.WRONG_SIGNER, 0),
        ([genesis(site, signers=[site.log_key, stranger])], LogFault.UNKNOWN_SIGNER, 0),
        (second(site, prev=bytes(32)), LogFault.PREV, 1),
        ([genesis(site), forged(site, 2, prev=leaf_hash(genesis(site)))], LogFault.SEQUENCE, 1),
        (second(site, kind="log.genesis"), LogFault.GENESIS, 1),
        (second(site, t_ms=1763803500000 - 5_000), LogFault.CLOCK, 1),
        (second(site, t_ms=1, boot="c"), LogFault.CLOCK, 1),
        (second(site, t_ms=1, kind="clock.step"), None, None),
        (second(site, signers=[stranger]), LogFault.UNKNOWN_SIGNER, 1),
        (second(site, signers=[site.session_key]), LogFault.UNKNOWN_SIGNER, 1),
        (second(site, kind="session.close", data={"ses": stranger.vkey}), LogFault.KEY_INVALID, 1),
    ]
    for bodies, fault, index in cases:
        another_log(site, bodies)
        vandalise(site.path, "DELETE FROM keyrec")
        keys = [(site.log_key.vkey, "log"), (site.supervisor.vkey, "enrolled")]
        for vkey, role in keys:
            insert = "INSERT INTO keyrec (vkey, role, from_seq) VALUES (?, ?, 0)"
            vandalise(site.path, (insert, (vkey, role)))
        assert found(verdict(site, minimum_size=1)) == (fault, index)


def read(site, look):
    with LogReader(site.path, site.log_key.vkey) as reader:
        return look(reader)


def test_a_reader_refuses_a_log_without_the_released_head(site):
    last = site.released().last()
    read(site, lambda reader: reader.require_released(last))
    for released, said in (
        (replace(last, size=last.size + 1), "released, "),
        (replace(last, root=bytes(32)), "another root"),
        (ReleasedMark(last.origin, 0, last.root, last.signature), "another root"),
    ):
        with pytest.raises(LogRolledBack, match=said):
            read(site, lambda reader, released=released: reader.require_released(released))


def test_a_store_and_a_reader_refuse_signed_nonsense(site):
    another_log(site, [b"no note"])
    site.release()
    for ask in (site.open, lambda: read(site, lambda reader: reader.entry(0))):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason == LogFault.ENTRY_MALFORMED
    first = genesis(site)
    another_log(site, [first, first])
    site.release()
    for ask in (site.open, lambda: read(site, lambda reader: reader.page(0, 9))):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason in (LogFault.SEQUENCE, LogFault.KEY_RECORD)
    another_log(site, [first, b"no note"])
    site.release()
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == LogFault.ENTRY_MALFORMED
    another_log(site, [genesis(site, data={"vkey": site.supervisor.vkey})])
    site.release()
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == LogFault.KEY_RECORD


def test_the_same_signature_under_another_text_is_named(site):
    first = genesis(site)
    good = parse_note(forged(site, 1, prev=leaf_hash(first)))
    other = parse_note(forged(site, 1, prev=leaf_hash(first), data={"a": 1}))
    another_log(site, [first, Note(other.text, good.lines).encode()])
    assert found(verdict(site, minimum_size=1)) == (LogFault.ENTRY_SIGNATURE, 1)


def test_a_signature_under_a_truncated_key_id_is_unknown(site):
    first = genesis(site)
    note = parse_note(forged(site, 1, prev=leaf_hash(first)))
    line = SignatureLine(note.lines[0].name, b"\0\0\0\0", note.lines[0].signature)
    another_log(site, [first, Note(note.text, (line,)).encode()])
    assert found(verdict(site, minimum_size=1)) == (LogFault.UNKNOWN_SIGNER, 1)
