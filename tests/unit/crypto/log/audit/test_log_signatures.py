"""Signatures verified beside the walk: the verdict is the same, and no process has to be there."""

import shutil
import sqlite3
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

import pytest

from crypto.log.audit import signatures
from crypto.log.audit.audit import audit
from crypto.log.audit.signatures import SignatureQueue
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.format.entry import parse_entry
from crypto.log.format.note import Note, SignatureLine
from tests.support.station.log import LogSite, session_signer, vandalise
from tests.support.station.log_audit import SIZE, expectations, found, resign

TEXT = b"text\n"
KEY = session_signer()
GOOD = KEY.sign(TEXT)


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


def add(queue, count, *bad):
    for seq in range(count):
        queue.add(seq, KEY.verifier, TEXT, bytes(64) if seq in bad else GOOD)


class Pool:
    """Processes that do their work at once, when asked for it, or never."""

    def __init__(self, *, late=False, broken=False, gone=False):
        self.late, self.broken, self.gone = late, broken, gone
        self.given = 0

    def submit(self, work, batch):
        if self.gone:
            raise BrokenProcessPool
        self.given += 1
        future = Late(work, batch) if self.late else Future()
        if self.broken:
            future.set_exception(BrokenProcessPool())
        elif not self.late:
            future.set_result(work(batch))
        return future

    def shutdown(self, *, cancel_futures):
        assert cancel_futures


class Late(Future):
    def __init__(self, work, batch):
        super().__init__()
        self.work = lambda: work(batch)

    def result(self):
        return self.work()


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(signatures, "_BATCH", 4)


@pytest.mark.parametrize("how", ["at_once", "late", "broken", "gone"])
@pytest.mark.parametrize("bad", [(), (0,), (17,), (29,), (25, 9)])
def test_the_first_bad_signature_is_found_whoever_verifies(small, how, bad):
    pool = Pool(**({} if how == "at_once" else {how: True}))
    with SignatureQueue(0) as queue:
        queue._pool, queue._room = pool, 2
        add(queue, 30, *bad)

        assert queue.find_bad() == (min(bad) if bad else None)
        assert pool.given <= 7


def test_a_bad_signature_ends_the_walk_when_it_is_known(small):
    with SignatureQueue(0) as queue:
        assert queue.add(0, KEY.verifier, TEXT, bytes(64))
        assert [queue.add(seq, KEY.verifier, TEXT, GOOD) for seq in (1, 2, 3)] == [
            True,
            True,
            False,
        ]


def test_interrupts_are_left_to_whoever_began_the_audit(monkeypatch):
    told = []
    monkeypatch.setattr(signatures.signal, "signal", lambda *given: told.append(given))
    signatures._ignore_interrupts()

    assert told == [(signatures.signal.SIGINT, signatures.signal.SIG_IGN)]


def forge_signatures(site, *seqs):
    """Replace signatures of a session by others of the right form, all hashes made to fit."""
    for seq in seqs:
        with closing(sqlite3.connect(site.path)) as connection:
            (body,) = connection.execute("SELECT body FROM entry WHERE seq = ?", (seq,)).fetchone()
        note = parse_entry(body).note
        lines = tuple(SignatureLine(each.name, each.key_id, bytes(64)) for each in note.lines)
        forged = Note(note.text, lines).encode()
        vandalise(site.path, ("UPDATE entry SET body = ? WHERE seq = ?", (forged, seq)))
    resign(site, site.log_key, SIZE)


@pytest.mark.parametrize("workers", [0, 1])
def test_another_process_changes_no_verdict(site, workers):
    good = audit(site.path, expectations(site), Tier.ATTRIBUTION, workers=workers)
    assert (good.status, good.size) == (AuditStatus.PASSED, SIZE)

    # The last one: no entry after it names it, so the signature alone shows it.
    forge_signatures(site, SIZE - 1)
    bad = audit(site.path, expectations(site), Tier.ATTRIBUTION, workers=workers)
    assert (found(bad), bad.size) == ((LogFault.ENTRY_SIGNATURE, SIZE - 1), SIZE - 1)


def test_a_bad_signature_comes_before_a_later_fault(site):
    forge_signatures(site, 0)
    vandalise(site.path, "DELETE FROM tile")

    report = audit(site.path, expectations(site), Tier.ATTRIBUTION, workers=1)

    assert (found(report), report.size) == ((LogFault.ENTRY_SIGNATURE, 0), 0)
