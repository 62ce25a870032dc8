"""Files that are no log get a verdict and no crash; what an audit tells besides."""

import shutil
import sqlite3

import pytest

from crypto.errors import CryptoError, LogError, LogUnwritable
from crypto.log.audit.audit import audit
from crypto.log.audit.reader import LogReader
from crypto.log.file import schema
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.note import NoteSigner
from tests.support.station.log import (
    LogSite,
    ToldClock,
    private_key,
    vandalise,
    witness,
)
from tests.support.station.log_audit import SIZE, expectations, found, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


def make_missing(path):
    path.unlink()


def make_empty(path):
    path.write_bytes(b"")


def make_text(path):
    path.write_bytes(b"not a database " * 500)


def make_foreign(path):
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entry (seq, body)")
    connection.close()


def make_versioned(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=3")
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
        (make_missing, LogFault.MISSING),
        (make_empty, LogFault.NOT_A_LOG),
        (make_text, LogFault.NOT_A_LOG),
        (make_foreign, LogFault.NOT_A_LOG),
        (make_versioned, LogFault.NOT_A_LOG),
        (make_view, LogFault.NOT_A_LOG),
        (make_torn, LogFault.UNREADABLE),
        (make_garbled, LogFault.UNREADABLE),
        (make_wrong_types, LogFault.ROW),
        (make_huge, LogFault.UNREADABLE),
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
    assert verdict(site).fault is LogFault.MISSING


def test_a_reader_that_sqlite_refuses_keeps_no_file_open(site, monkeypatch):
    """Otherwise Windows would not let go of it; the guard of every test looks."""
    connected = []

    def refusing(path, mode, busy_ms):
        connected.append(connect(path, mode, busy_ms))
        connected[-1].conn.set_authorizer(lambda *_: sqlite3.SQLITE_DENY)
        return connected[-1]

    connect = schema._connect
    monkeypatch.setattr(schema, "_connect", refusing)
    for ask in (lambda: LogReader(site.path, site.log_key.vkey), site.open):
        with pytest.raises(LogError):
            ask()
    assert len(connected) == 2
    for db in connected:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            db.conn.execute("SELECT 1")


def test_a_log_locked_by_a_foreign_program_is_indeterminate(site):
    holder = sqlite3.connect(site.path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        report = audit(site.path, expectations(site), Tier.INTEGRITY, busy_ms=0)
        assert (report.status, report.fault) == (AuditStatus.INDETERMINATE, LogFault.BUSY)
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
    mark = ReleasedMark(head.checkpoint.origin, head.size, head.root, head.lines[0].signature)
    assert verdict(site, released=(mark,)).status is AuditStatus.PASSED


def test_without_the_cosigners_key_nobody_vouches_for_the_genesis(site):
    assert found(verdict(site, trusted=())) == (LogFault.UNKNOWN_SIGNER, 0)
