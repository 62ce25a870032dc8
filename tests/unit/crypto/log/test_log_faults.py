"""Every way to falsify a stored log is refused, with the first bad entry named."""

import shutil
import sqlite3

import pytest

from crypto.errors import CryptoError, LogRolledBack, LogTampered, LogUnwritable
from crypto.log.audit import Expectations, audit
from crypto.log.checkpoint import Checkpoint
from crypto.log.entry import Header, seal_entry
from crypto.log.merkle import Frontier, leaf_hash
from crypto.log.note import Note, NoteSigner, SignatureLine, parse_note
from crypto.log.reader import LogReader
from crypto.log.released import ReleasedMark
from crypto.log.verdict import AuditStatus, Fault, Tier
from tests.support.log import (
    LogSite,
    ToldClock,
    flip,
    private_key,
    vandalise,
    witness,
)

SIZE = 300


@pytest.fixture(name="master", scope="module")
def master_log(tmp_path_factory):
    """One good log of 300 entries, copied by each test."""
    folder = tmp_path_factory.mktemp("master")
    LogSite(folder).fill(SIZE)
    return folder


@pytest.fixture(name="site")
def copied_site(master, tmp_path):
    shutil.copytree(master, tmp_path / "site")
    return LogSite(tmp_path / "site")


def expectations(site, **changes):
    known = {
        "log_key": site.log_key.verifier,
        "trusted": (site.supervisor.verifier,),
        "minimum_size": SIZE,
    }
    return Expectations(**(known | changes))


def verdict(site, tier=Tier.ATTRIBUTION, **changes):
    return audit(site.path, expectations(site, **changes), tier)


def found(report):
    return report.fault, report.index


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
    assert found(verdict(site, tier)) == (Fault.LEAF, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_leaf_is_named(site, seq):
    vandalise(site.path, flip("leaf", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.LEAF, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_root_is_named(site, seq):
    vandalise(site.path, flip("root", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.SEMANTIC)) == (Fault.ROOT, seq)


@pytest.mark.parametrize("seq", [0, 17, SIZE - 1])
def test_a_changed_log_signature_is_named(site, seq):
    vandalise(site.path, flip("sig", "entry", f"seq = {seq}"))
    assert found(verdict(site, Tier.EVERY_HEAD)) == (Fault.TREE_SIGNATURE, seq)


def test_a_changed_head_is_named_even_at_the_first_tier(site):
    vandalise(site.path, flip("sig", "entry", f"seq = {SIZE - 1}"))
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.TREE_SIGNATURE, SIZE - 1)


def test_a_changed_body_with_its_leaf_made_to_fit_is_named_by_its_root(site):
    vandalise(site.path, flip("body", "entry", "seq = 17"))
    body = sqlite3.connect(site.path).execute("SELECT body FROM entry WHERE seq = 17").fetchone()[0]
    vandalise(site.path, ("UPDATE entry SET leaf = ? WHERE seq = 17", (leaf_hash(body),)))
    # The completed tile above it does not fit either and is met first in tier 1.
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.TILE, 255)
    assert found(verdict(site, Tier.SEMANTIC)) == (Fault.ROOT, 17)


@pytest.mark.parametrize("change", [flip("h", "tile", "1"), "DELETE FROM tile"])
def test_a_changed_or_lost_tile_is_found(site, change):
    vandalise(site.path, change)
    assert verdict(site, Tier.INTEGRITY).fault is Fault.TILE


def test_a_foreign_tile_is_found(site):
    vandalise(site.path, "INSERT INTO tile VALUES (7, zeroblob(32))")
    assert verdict(site, Tier.INTEGRITY).fault is Fault.TILE


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
    assert verdict(site).fault is Fault.KEY_RECORD
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason in (Fault.KEY_RECORD, Fault.SEQUENCE)


def test_an_ended_session_made_usable_again_is_refused(site):
    site.open().close()
    vandalise(site.path, "UPDATE keyrec SET to_seq = NULL WHERE role = 'session'")
    assert verdict(site).fault is Fault.KEY_RECORD


def test_a_lost_entry_is_named(site):
    vandalise(site.path, "DELETE FROM entry WHERE seq = 17")
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.SEQUENCE, 17)


def test_lost_entries_with_the_rest_moved_down_are_named(site):
    vandalise(
        site.path,
        "DELETE FROM entry WHERE seq = 17",
        "UPDATE entry SET seq = -seq WHERE seq > 17",
        "UPDATE entry SET seq = -seq - 1 WHERE seq < 0",
        "DELETE FROM tile",
    )
    assert found(verdict(site, minimum_size=1)) == (Fault.ROOT, 17)
    assert verdict(site, Tier.INTEGRITY, minimum_size=1).fault is Fault.TILE


def swap(site, one, other):
    vandalise(
        site.path,
        f"UPDATE entry SET seq = -1 WHERE seq = {one}",
        f"UPDATE entry SET seq = {one} WHERE seq = {other}",
        f"UPDATE entry SET seq = {other} WHERE seq = -1",
    )


def test_exchanged_entries_are_named(site):
    swap(site, 280, 281)
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.ROOT, 280)
    assert found(verdict(site, Tier.SEMANTIC)) == (Fault.ROOT, 280)


def test_a_repeated_entry_at_the_end_is_named(site):
    vandalise(
        site.path,
        f"INSERT INTO entry SELECT {SIZE}, body, leaf, root, sig FROM entry WHERE seq = 17",
    )
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.ROOT, SIZE)


def test_an_entry_put_before_the_first_or_after_a_gap_is_named(site):
    insert = "INSERT INTO entry SELECT {}, body, leaf, root, sig FROM entry WHERE seq = 17"
    vandalise(site.path, insert.format(-5))
    assert found(verdict(site)) == (Fault.SEQUENCE, 0)
    vandalise(site.path, "DELETE FROM entry WHERE seq = -5", insert.format(2**62))
    assert found(verdict(site)) == (Fault.SEQUENCE, SIZE)
    with pytest.raises(LogTampered):
        site.open()
    with pytest.raises(LogTampered):
        LogReader(site.path, site.log_key.vkey)


def cut(site, size):
    vandalise(site.path, f"DELETE FROM entry WHERE seq >= {size}", "DELETE FROM tile")


def test_a_cut_tail_is_caught_by_what_was_known_outside(site):
    last = site.released().last()
    cut(site, 200)
    assert verdict(site, minimum_size=1).status is AuditStatus.PASSED
    assert found(verdict(site)) == (Fault.TOO_SHORT, 200)
    assert found(verdict(site, released=(last,))) == (Fault.ROLLED_BACK, 200)
    with pytest.raises(LogRolledBack):
        site.open()


def test_an_emptied_log_is_no_new_log(site):
    vandalise(site.path, "DELETE FROM entry", "DELETE FROM tile", "DELETE FROM keyrec")
    assert verdict(site).fault is Fault.EMPTY
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
    assert verdict(site, released=(site.released().last(),)).fault is Fault.ROLLED_BACK


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
    assert found(verdict(site, released=(mark,))) == (Fault.FORKED, SIZE + 2)


def resign(site, key, size):
    """Rewrite every stored head with a key, as its owner could."""
    connection = sqlite3.connect(site.path)
    frontier, changes = Frontier(), []
    rows = connection.execute("SELECT seq, body FROM entry ORDER BY seq").fetchall()
    connection.close()
    for seq, body in rows[:size]:
        frontier, _ = frontier.push(leaf_hash(body))
        head = Checkpoint(key.name, frontier.size, frontier.root())
        row = (leaf_hash(body), head.root, key.sign(head.body()), seq)
        changes.append(("UPDATE entry SET leaf = ?, root = ?, sig = ? WHERE seq = ?", row))
    vandalise(site.path, *changes)


def test_history_signed_again_with_another_key_is_refused(site):
    later = NoteSigner(site.log_key.name, private_key(0x33))
    resign(site, later, SIZE)
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.TREE_SIGNATURE, 0)
    vandalise(site.path, ("UPDATE keyrec SET vkey = ? WHERE role = 'log'", (later.vkey,)))
    assert verdict(site, Tier.INTEGRITY).fault is Fault.KEY_RECORD


def test_history_before_a_rotation_signed_again_with_the_later_key_is_refused(site):
    later = NoteSigner(site.log_key.name, private_key(0x33))
    with site.open() as store:
        store.rotate(later)
        store.append("x", {})
    assert verdict(site, Tier.EVERY_HEAD).status is AuditStatus.PASSED
    resign(site, later, 10_000)
    assert verdict(site, Tier.INTEGRITY).fault is Fault.KEY_RECORD
    assert verdict(site, Tier.EVERY_HEAD).fault is Fault.KEY_RECORD


def test_a_forged_rotation_is_refused(site):
    vandalise(
        site.path,
        "UPDATE keyrec SET to_seq = 5 WHERE role = 'log'",
        "INSERT INTO keyrec (vkey, role, from_seq, to_seq)"
        f" SELECT '{NoteSigner(site.log_key.name, private_key(0x33)).vkey}', 'log', 5, NULL",
    )
    assert found(verdict(site, Tier.INTEGRITY)) == (Fault.KEY_RECORD, 5)
    with pytest.raises(LogTampered):
        site.open()


def test_one_body_rewritten_with_all_heads_signed_again_by_the_stolen_log_key(site):
    # The window the design states: only what left the machine earlier shows it.
    mark = site.released().last()
    entry = next(iter_entries(site, 17))
    text = entry.replace(b'"case":15', b'"case":99')
    vandalise(site.path, ("UPDATE entry SET body = ? WHERE seq = 17", (text,)), "DELETE FROM tile")
    resign(site, site.log_key, SIZE)
    assert verdict(site, Tier.INTEGRITY).fault is Fault.TILE
    rebuild_tiles(site)
    assert found(verdict(site, Tier.SEMANTIC)) == (Fault.PREV, 18)
    assert found(verdict(site, Tier.ATTRIBUTION)) == (Fault.ENTRY_SIGNATURE, 17)
    assert verdict(site, Tier.INTEGRITY, released=(mark,)).fault is Fault.FORKED
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
        ([b"no note"], Fault.ENTRY_MALFORMED, 0),
        ([genesis(site, kind="x")], Fault.GENESIS, 0),
        ([genesis(site, data={"vkey": stranger.vkey})], Fault.GENESIS, 0),
        ([genesis(site, log="bank.example/log/other/g1")], Fault.ORIGIN, 0),
        ([genesis(site, signers=[site.log_key])], Fault.WRONG_SIGNER, 0),
        ([genesis(site, signers=[site.log_key, stranger])], Fault.UNKNOWN_SIGNER, 0),
        (second(site, prev=bytes(32)), Fault.PREV, 1),
        ([genesis(site), forged(site, 2, prev=leaf_hash(genesis(site)))], Fault.SEQUENCE, 1),
        (second(site, kind="log.genesis"), Fault.GENESIS, 1),
        (second(site, t_ms=1763803500000 - 5_000), Fault.CLOCK, 1),
        (second(site, t_ms=1, boot="c"), Fault.CLOCK, 1),
        (second(site, t_ms=1, kind="clock.step"), None, None),
        (second(site, signers=[stranger]), Fault.UNKNOWN_SIGNER, 1),
        (second(site, signers=[site.session_key]), Fault.UNKNOWN_SIGNER, 1),
        (second(site, kind="session.close", data={"ses": stranger.vkey}), Fault.KEY_INVALID, 1),
    ]
    for bodies, fault, index in cases:
        another_log(site, bodies)
        vandalise(site.path, "DELETE FROM keyrec")
        keys = [(site.log_key.vkey, "log"), (site.supervisor.vkey, "enrolled")]
        for vkey, role in keys:
            insert = "INSERT INTO keyrec (vkey, role, from_seq) VALUES (?, ?, 0)"
            vandalise(site.path, (insert, (vkey, role)))
        assert found(verdict(site, minimum_size=1)) == (fault, index)


def test_a_store_and_a_reader_refuse_signed_nonsense(site):
    site.released_path.unlink()
    another_log(site, [b"no note"])
    for ask in (site.open, lambda: LogReader(site.path, site.log_key.vkey).entry(0)):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason == Fault.ENTRY_MALFORMED
    first = genesis(site)
    another_log(site, [first, first])
    for ask in (site.open, lambda: LogReader(site.path, site.log_key.vkey).page(0, 9)):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason in (Fault.SEQUENCE, Fault.KEY_RECORD)
    another_log(site, [first, b"no note"])
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == Fault.ENTRY_MALFORMED
    another_log(site, [genesis(site, data={"vkey": site.supervisor.vkey})])
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == Fault.KEY_RECORD


def test_the_same_signature_under_another_text_is_named(site):
    first = genesis(site)
    good = parse_note(forged(site, 1, prev=leaf_hash(first)))
    other = parse_note(forged(site, 1, prev=leaf_hash(first), data={"a": 1}))
    another_log(site, [first, Note(other.text, good.lines).encode()])
    assert found(verdict(site, minimum_size=1)) == (Fault.ENTRY_SIGNATURE, 1)


def test_a_signature_under_a_truncated_key_id_is_unknown(site):
    first = genesis(site)
    note = parse_note(forged(site, 1, prev=leaf_hash(first)))
    line = SignatureLine(note.lines[0].name, b"\0\0\0\0", note.lines[0].signature)
    another_log(site, [first, Note(note.text, (line,)).encode()])
    assert found(verdict(site, minimum_size=1)) == (Fault.UNKNOWN_SIGNER, 1)


# The start check of the store


@pytest.mark.parametrize("seq", [0, 1, 44, 255, SIZE - 1])
def test_the_store_refuses_changed_recent_bodies(site, seq):
    vandalise(site.path, flip("body", "entry", f"seq = {seq}"))
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.index == seq


def test_the_store_trusts_older_bodies_to_the_audit_but_never_shows_a_changed_one(site):
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
            assert (refusal.value.reason, refusal.value.index) == (Fault.LEAF, 20)
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
    site.released_path.unlink()
    vandalise(site.path, "UPDATE entry SET seq = 100000 WHERE seq = 20")
    with pytest.raises(LogTampered):
        site.open()


def test_a_changed_leaf_under_a_key_in_use_is_refused_at_start(site):
    vandalise(site.path, flip("leaf", "entry", "seq = 20"))
    with pytest.raises(LogTampered) as refusal:
        site.open()
    assert refusal.value.reason == Fault.ROOT


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
    for change in (lax, statement, tight):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA writable_schema=1")
        connection.execute(change)
        connection.close()


@pytest.mark.parametrize("change", ["role = x'ff'", "from_seq = 'x'", "to_seq = x'00'"])
def test_a_key_record_of_a_wrong_type_is_refused(site, change):
    unstrict(site.path, f"UPDATE keyrec SET {change} WHERE id = 2")
    assert verdict(site).fault is Fault.KEY_RECORD


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
    site.released_path.unlink()
    with pytest.raises(LogTampered):
        site.open()
    with pytest.raises(LogTampered), LogReader(site.path, site.log_key.vkey) as reader:
        reader.page(0, SIZE)


def test_the_store_refuses_a_false_signature_of_the_head(site):
    vandalise(site.path, flip("sig", "entry", f"seq = {SIZE - 1}"))
    for ask in (site.open, lambda: LogReader(site.path, site.log_key.vkey)):
        with pytest.raises(LogTampered) as refusal:
            ask()
        assert refusal.value.reason == Fault.TREE_SIGNATURE


def test_an_old_head_with_a_false_signature_is_not_given_out(site):
    vandalise(site.path, flip("sig", "entry", "seq = 20"))
    with site.open() as store, pytest.raises(LogTampered):
        store.checkpoint(21)


def test_a_reader_refuses_another_logs_key(site):
    other = NoteSigner(site.log_key.name, private_key(9))
    with pytest.raises(LogTampered):
        LogReader(site.path, other.vkey)


# Files that are no log


def make_missing(path):
    path.unlink()


def make_empty(path):
    path.write_bytes(b"")


def make_text(path):
    path.write_bytes(b"not a database " * 500)


def make_foreign(path):
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE entry (seq, body)")


def make_versioned(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=2")
    connection.close()


def make_view(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIEW extra AS SELECT 1")
    connection.close()


def make_torn(path):
    path.write_bytes(path.read_bytes()[:40960])


def make_garbled(path):
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)


def make_wrong_types(path):
    vandalise(path, "UPDATE entry SET leaf = x'00', sig = x'' WHERE seq = 3")


def make_huge(path):
    vandalise(path, "UPDATE entry SET body = zeroblob(3000000) WHERE seq = 3")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (make_missing, Fault.MISSING),
        (make_empty, Fault.NOT_A_LOG),
        (make_text, Fault.NOT_A_LOG),
        (make_foreign, Fault.NOT_A_LOG),
        (make_versioned, Fault.NOT_A_LOG),
        (make_view, Fault.NOT_A_LOG),
        (make_torn, Fault.UNREADABLE),
        (make_garbled, Fault.UNREADABLE),
        (make_wrong_types, Fault.ROW),
        (make_huge, Fault.UNREADABLE),
    ],
)
def test_a_file_that_is_no_log_gets_a_verdict_and_no_crash(site, spoil, fault):
    spoil(site.path)
    report = verdict(site)
    assert (report.status, report.fault) == (AuditStatus.FAILED, fault)
    with pytest.raises(CryptoError), LogReader(site.path, site.log_key.vkey) as reader:
        reader.page(0, SIZE)
    if spoil not in (make_wrong_types, make_huge):
        with pytest.raises(CryptoError):
            site.open()


def test_a_folder_in_place_of_the_file_is_missing(site):
    site.path.unlink()
    site.path.mkdir()
    assert verdict(site).fault is Fault.MISSING


def test_a_log_locked_by_a_foreign_program_is_indeterminate(site):
    holder = sqlite3.connect(site.path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        report = audit(site.path, expectations(site), Tier.INTEGRITY, busy_ms=0)
        assert report.status is AuditStatus.INDETERMINATE
        with pytest.raises(LogUnwritable):
            LogReader(site.path, site.log_key.vkey, busy_ms=0)
    finally:
        holder.close()


# What an audit tells beyond integrity


def test_an_audit_tells_sessions_steps_boots_heartbeats_and_anchors(tmp_path):
    site = LogSite(tmp_path)
    other = NoteSigner("bank.example/ses/other", private_key(0x71))
    with site.create() as store:
        site.open_session(store)
        store.append("heartbeat", {"cosigned": 0})
        head = store.checkpoint()
        text = witness().cosign(head.checkpoint, time_s=1763807100).encode().decode().rstrip("\n")
        stale = witness().cosign(Checkpoint("o", 2, bytes(32)), time_s=1).encode().decode()[:-1]
        lines = ["nonsense", 5, stale, text]
        for data in (
            {"size": 3, "lines": lines},
            {"size": 3},
            {"size": 99, "lines": [text]},
            {"size": "3", "lines": [text]},
            {"size": 2, "lines": []},
        ):
            store.append("anchor.cosig", data)
        store.append("payload.erase", {"pid": "x"}, signers=[site.supervisor])
    site.clock = ToldClock(wall_ms=1, boot="second00")
    with site.open() as store:
        data = {"ses": other.vkey}
        store.append("session.open", data, signers=[site.log_key, site.supervisor])
    report = verdict(site, minimum_size=1, witnesses=(witness().verifier,))
    assert report.status is AuditStatus.PASSED
    assert (report.anchored_size, report.anchored_at_s) == (3, 1763807100)
    assert report.anchored_by == (witness().verifier.name,)
    assert report.unanchored == report.size - 3
    assert (report.clock_steps, report.boots, report.erasures) == ((9,), (10,), (8,))
    assert (report.heartbeats, report.open_sessions) == (1, (other.vkey,))
    assert not report.closed


def test_a_released_head_inside_the_log_agrees(site):
    with LogReader(site.path, site.log_key.vkey) as reader:
        head = reader.checkpoint()
        assert reader.receipt(3).startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    mark = ReleasedMark(head.size, head.root, head.lines[0].signature)
    assert verdict(site, released=(mark,)).status is AuditStatus.PASSED


def test_without_the_cosigners_key_nobody_vouches_for_the_genesis(site):
    assert found(verdict(site, trusted=())) == (Fault.UNKNOWN_SIGNER, 0)
