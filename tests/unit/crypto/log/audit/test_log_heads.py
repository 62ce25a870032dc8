"""Heads that left the log show a rewritten one, and a head that nobody signed accuses nobody."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import hash_rows
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.entry import parse_entry, seal_entry
from crypto.log.format.merkle import Frontier, leaf_hash
from tests.support.station.log import LogSite, flip, vandalise, witness
from tests.support.station.log_audit import SIZE, found, resign, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


def bodies(site):
    with closing(sqlite3.connect(site.path)) as connection:
        rows = connection.execute("SELECT body FROM entry ORDER BY seq").fetchall()
    return [body for (body,) in rows]


def write(site, entries):
    """Put other entries in place, with tiles and heads that fit, signed by the stolen log key."""
    frontier, changes = Frontier(), ["DELETE FROM tile"]
    for seq, body in enumerate(entries):
        frontier, tiles = frontier.push(leaf_hash(body))
        changes.append(("UPDATE entry SET body = ? WHERE seq = ?", (body, seq)))
        changes += [
            ("INSERT INTO tile VALUES (?, ?)", (t.level << 48 | t.index, t.root)) for t in tiles
        ]
    vandalise(site.path, *changes)
    resign(site, site.log_key, len(entries))


def forge(site, body, prev, key, data=None):
    entry = parse_entry(body)
    header = replace(entry.header, prev=prev)
    return seal_entry(header, entry.kind, data or entry.data, actor="", signers=[key]).body


def rewrite(site, first):
    """Rewrite everything from an entry on, as whoever holds all keys could."""
    entries = bodies(site)
    for seq in range(first, len(entries)):
        data = {"case": 9999} if seq == first else None
        entries[seq] = forge(
            site, entries[seq], leaf_hash(entries[seq - 1]), site.session_key, data
        )
    write(site, entries)


def heads(site, *sizes):
    frontier, made = Frontier(), []
    for size, body in enumerate(bodies(site), 1):
        frontier, _ = frontier.push(leaf_hash(body))
        if size in sizes:
            head = Checkpoint(site.log_key.name, size, frontier.root())
            signature = site.log_key.sign(head.body())
            made.append(ReleasedMark(head.origin, size, head.root, signature))
    return tuple(made)


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize(("first", "named"), [(20, (20, 29)), (29, (20, 29)), (280, (256, 299))])
def test_a_log_rewritten_with_every_key_is_named_between_the_heads(site, first, named, tier):
    known = heads(site, 20, 30, 256, SIZE)
    rewrite(site, first)

    assert verdict(site, tier).status is AuditStatus.PASSED
    report = verdict(site, tier, released=known)

    assert found(report) == (LogFault.FORKED, named[1])
    assert report.since == named[0]
    assert report.heads == tuple(mark.size for mark in known if mark.size <= first)


@pytest.mark.parametrize("tier", [Tier.INTEGRITY, Tier.ATTRIBUTION])
def test_one_entry_replaced_with_the_stolen_log_key_is_named_itself(site, tier):
    known = heads(site, 10, 30)
    entries = bodies(site)
    entries[20] = forge(site, entries[20], leaf_hash(entries[19]), site.log_key, {"case": 9999})
    write(site, entries)

    report = verdict(site, tier, released=known)

    expected = LogFault.FORKED if tier is Tier.INTEGRITY else LogFault.REPLACED
    assert (found(report), report.since) == ((expected, 20), 20)
    assert found(verdict(site)) == (LogFault.REPLACED, 20)


def test_the_last_entry_that_names_another_before_it_is_named_itself(site):
    entries = bodies(site)
    entries[-1] = forge(site, entries[-1], bytes(32), site.session_key)
    write(site, entries)

    assert found(verdict(site)) == (LogFault.PREV, SIZE - 1)


def test_an_entry_put_in_with_a_wrong_predecessor_is_named_itself(site):
    entries = bodies(site)
    entries[20] = forge(site, entries[20], bytes(32), site.session_key)
    write(site, entries)

    assert found(verdict(site)) == (LogFault.PREV, 20)


def test_a_malformed_entry_after_a_tile_accuses_no_other(site):
    entries = bodies(site)
    entries[20], entries[21] = b"no entry", b"none"
    write(site, entries)
    vandalise(site.path, flip("h", "tile", "id > 0"))

    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.TILE, 21)


@pytest.mark.parametrize("size", [100, SIZE, SIZE + 1])
def test_a_head_that_no_key_of_the_log_signed_is_named_and_no_fork(site, size):
    (real,) = heads(site, 100)

    for forged in (
        ReleasedMark(real.origin, size, bytes(32), bytes(64)),
        replace(real, signature=bytes(64)),
    ):
        report = verdict(site, released=(forged,))
        assert found(report) == (LogFault.RELEASED_SIGNATURE, None)


def test_heads_of_another_log_are_passed_over(site):
    other = ReleasedMark("bank.example/log/b0421-w08/g1", 50, bytes(32), bytes(64))

    report = verdict(site, released=(other, *heads(site, 100)))

    assert (report.status, report.heads) == (AuditStatus.PASSED, (100,))


def test_a_log_that_has_grown_has_to_be_remembered_where_the_auditor_says_so(site):
    assert found(verdict(site, remembered=True)) == (LogFault.RELEASED_MISSING, None)
    assert verdict(site, remembered=True, released=heads(site, 7)).status is AuditStatus.PASSED


def test_a_fork_is_named_even_where_the_chain_of_keys_does_not_hold(site):
    known = heads(site, 256)
    rewrite(site, 20)
    vandalise(site.path, "DELETE FROM keyrec WHERE role = 'log'")

    assert found(verdict(site, Tier.INTEGRITY, released=known)) == (LogFault.FORKED, 255)


@pytest.mark.parametrize("column", ["root", "sig"])
def test_a_column_of_another_length_is_named_in_a_tile(site, column):
    vandalise(site.path, f"UPDATE entry SET {column} = zeroblob(31) WHERE seq = 17")

    assert found(verdict(site, Tier.INTEGRITY)) == (LogFault.ROW, 17)


def test_raw_rows_of_another_type_do_not_fit():
    good = (0, b"body", leaf_hash(b"body"), bytes(32), bytes(64))

    assert hash_rows([good], 0) == [leaf_hash(b"body")]
    for column in range(1, 5):
        bad = [*good]
        bad[column] = "text"
        assert hash_rows([bad], 0) is None
    assert hash_rows([good], 1) is None


def test_an_older_anchor_after_a_newer_one_changes_nothing(site):
    with site.open() as store:
        for size, time_s in ((200, 7), (100, 8)):
            line = witness().cosign(store.checkpoint(size).checkpoint, time_s=time_s)
            lines = [line.encode().decode().rstrip("\n")]
            store.append("anchor.cosig", {"size": size, "lines": lines})

    report = verdict(site, witnesses=(witness().verifier,))

    assert (report.anchored_size, report.anchored_at_s) == (200, 7)
