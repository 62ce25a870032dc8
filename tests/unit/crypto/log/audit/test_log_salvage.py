"""What can still be read of a damaged log, by the log's own signed heads."""

import pytest

from crypto.errors import LogUnwritable
from crypto.log.audit.salvage import Salvaged, salvage
from crypto.log.file.faults import LogFault
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from tests.support.station.log import (
    ORIGIN,
    ToldClock,
    log_signer,
    private_key,
    supervisor_signer,
    vandalise,
)

SECOND = NoteSigner(ORIGIN, private_key(0xC0))


FIRST = log_signer()


@pytest.fixture
def path(tmp_path):
    """A log whose key was rotated at entry 3."""
    with LogStore.create(
        tmp_path / "log.sqlite",
        origin=ORIGIN,
        log_key=FIRST,
        genesis={"rules": 2},
        cosigners=[supervisor_signer()],
        clock=ToldClock(),
        released=ReleasedHead(tmp_path / "heads"),
    ) as log:
        for number in range(2):
            log.append("x", {"n": number})
        log.rotate(SECOND)
        for number in range(4):
            log.append("x", {"n": number})
    return tmp_path / "log.sqlite"


def read(path):
    return salvage(path, FIRST.verifier)


def test_a_whole_log_is_there_to_its_end(path):
    found = read(path)
    assert (found.fault, found.head.size) == (None, 8)
    assert found.head.is_signed(ORIGIN, [SECOND.verifier])
    assert [key.public for key in found.keys] == [
        FIRST.verifier.public,
        SECOND.verifier.public,
    ]


@pytest.mark.parametrize("bad", [1, 2, 3, 4, 7])
def test_of_a_damaged_log_the_entries_before_the_first_bad_one_are(path, bad):
    vandalise(path, ("UPDATE entry SET body = ? WHERE seq = ?", (b"{}", bad)))
    found = read(path)
    assert (found.fault, found.head.size) == (LogFault.LEAF, bad)


def test_a_head_that_nobody_signed_is_none(path):
    vandalise(path, ("UPDATE entry SET sig = ? WHERE seq > 4", (bytes(64),)))
    assert read(path).head.size == 5


def test_of_another_logs_key_there_is_no_head(path):
    found = salvage(path, NoteSigner(ORIGIN, private_key(0xD0)).verifier)
    assert found.head is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM keyrec WHERE role = 'log' AND from_seq > 0",
        "UPDATE keyrec SET from_seq = 2 WHERE role = 'log' AND from_seq > 0",
        "UPDATE keyrec SET from_seq = 99 WHERE role = 'log' AND from_seq > 0",
    ],
)
def test_where_a_rotation_is_not_found_the_first_keys_heads_are_left(path, statement):
    vandalise(path, statement)
    found = read(path)
    assert found.keys == (FIRST.verifier,)
    assert found.head.size == 4


def test_a_file_that_cannot_be_read_any_more_gives_nothing(path, monkeypatch):
    def refuse(*_given):
        raise LogUnwritable("sqlite")

    monkeypatch.setattr("crypto.log.audit.salvage.connect_reader", refuse)
    assert read(path) == Salvaged(None, (FIRST.verifier,), LogFault.UNREADABLE)


@pytest.mark.parametrize(("octets", "fault"), [(b"", LogFault.NOT_A_LOG), (b"no log" * 999, None)])
def test_of_what_is_no_log_nothing_is(path, octets, fault):
    for each in path.parent.glob("log.sqlite-*"):
        each.unlink()
    path.write_bytes(octets)
    found = read(path)
    assert found.head is None
    assert found.fault is not None
    assert fault in {None, found.fault}


def test_a_log_that_is_gone_is_missing(path):
    path.unlink()
    found = read(path)
    assert (found.head, found.fault) == (None, LogFault.MISSING)
