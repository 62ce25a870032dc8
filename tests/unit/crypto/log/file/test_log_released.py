"""The memory outside the log, the clock, and the file's settings."""

import os
import time
from contextlib import closing

import pytest
from sqlite_utils import Database

from crypto.errors import LogTampered, LogUnwritable, NoteMalformed
from crypto.log.file import schema
from crypto.log.file.clock import SystemClock, has_stepped
from crypto.log.file.released import MAX_LINE, ReleasedHead, ReleasedMark, read_marks
from crypto.log.format.checkpoint import Checkpoint
from tests.support.station.log import log_signer, session_signer

MARKS = [ReleasedMark("b/log/w07/g1", n, bytes([n]) * 32, bytes([n]) * 64) for n in range(1, 40)]


@pytest.fixture(name="path")
def released_path(tmp_path):
    return tmp_path / "released"


def test_nothing_released_is_remembered_as_nothing(path):
    assert ReleasedHead(path).last() is None
    path.write_bytes(b"")
    assert ReleasedHead(path).last() is None


def test_the_newest_mark_is_remembered_across_restarts(path):
    for mark in MARKS:
        head = ReleasedHead(path)
        head.append(mark)
        assert head.last() == mark
        head.sync()
        head.close()
        head.close()
    assert ReleasedHead(path).last() == MARKS[-1]
    assert len(path.read_text().splitlines()) == len(MARKS)


def test_the_longest_mark_fits_an_operating_systems_keyring():
    assert len(ReleasedMark("o" * 200, 2**48 - 1, bytes(32), bytes(64)).line().encode()) <= MAX_LINE


@pytest.mark.parametrize("torn", [b"4", b"4|AAAA", MARKS[3].line().encode()])
def test_a_torn_last_line_makes_the_memory_older_not_wrong(path, torn):
    head = ReleasedHead(path)
    head.append(MARKS[0])
    head.close()
    path.write_bytes(path.read_bytes() + torn)
    assert ReleasedHead(path).last() == MARKS[0]
    head.append(MARKS[1])
    head.close()
    assert ReleasedHead(path).last() == MARKS[1]


@pytest.mark.parametrize("content", [b"nonsense\n", b"\n", b"\xff\n", b"x" * 5000])
def test_bytes_without_a_readable_last_mark_are_not_nothing(path, content):
    path.write_bytes(content)
    with pytest.raises(LogTampered) as refusal:
        ReleasedHead(path).last()
    assert refusal.value.reason == "released_unreadable"


@pytest.mark.parametrize(
    "line",
    [
        "1|2",
        "1|AAAA|AAAA",
        MARKS[0].line().replace("|1|", "|01|"),
        MARKS[0].line().replace("b/log", "b log"),
        MARKS[0].line()[12:],
        "",
        "1|!|!",
    ],
)
def test_an_irregular_mark_is_malformed(line):
    with pytest.raises(NoteMalformed):
        ReleasedMark.parse(line)


def write(path, *lines):
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def refused(ask):
    with pytest.raises(LogTampered) as refusal:
        ask()
    return refusal.value.reason, refusal.value.line


LINES = [mark.line().encode() for mark in MARKS]


def test_a_line_that_was_torn_is_forgiven_where_the_next_repeats_it(path):
    for torn in (b"", LINES[1][:1], LINES[1][:200], LINES[1][:50] + bytes(9), bytes(70)):
        write(path, LINES[0], torn, LINES[1], LINES[2])
        assert ReleasedHead(path).marks() == tuple(MARKS[:3])
    path.write_bytes(LINES[0][:100])
    assert ReleasedHead(path).marks() == ()


@pytest.mark.parametrize("bad", [b"nonsense", LINES[7][:90], b"\xff", LINES[1] + b"x"])
def test_a_damaged_line_is_named(path, bad):
    write(path, LINES[0], bad, LINES[1])
    assert refused(ReleasedHead(path).marks) == ("released_unreadable", 2)


def test_heads_that_do_not_grow_are_named(path):
    fork = ReleasedMark(MARKS[2].origin, 3, bytes(32), bytes(64)).line().encode()
    for again in (fork, LINES[1]):
        write(path, LINES[0], LINES[2], again)
        assert refused(ReleasedHead(path).marks) == ("released_order", 3)


def test_a_line_of_before_names_no_log(path):
    write(path, LINES[0].split(b"|", 1)[1])
    (mark,) = ReleasedHead(path).marks()
    assert (mark.origin, mark.size, mark.root) == ("", 1, MARKS[0].root)
    assert mark.names("any")
    assert not MARKS[0].names("any")


def signed(size, key=None, origin=None):
    head = Checkpoint(origin or log_signer().name, size, bytes([size]) * 32)
    signature = (key or log_signer()).sign(head.body())
    return ReleasedMark(head.origin, size, head.root, signature)


def test_every_head_that_is_read_was_signed_by_a_key_of_its_log(path):
    key = log_signer()
    marks = [signed(size) for size in (3, 5, 9)]
    write(path, LINES[0], *(mark.line().encode() for mark in marks))
    assert read_marks(path, key.name, (session_signer().verifier, key.verifier)) == tuple(marks)
    forged = signed(11, session_signer())
    write(path, *(mark.line().encode() for mark in (*marks, forged)))
    ask = lambda: read_marks(path, key.name, (key.verifier,))  # noqa: E731
    assert refused(ask) == ("released_signature", 4)


def test_heads_of_another_log_are_no_heads_of_this_one(path):
    key = log_signer()
    write(path, signed(3, origin="bank/log/other/g1").line().encode())
    assert refused(lambda: read_marks(path, key.name, (key.verifier,)))[0] == "other_origin"
    path.unlink()
    assert read_marks(path, key.name, (key.verifier,)) == ()


def test_a_full_file_is_left_with_the_newest_heads_of_each_log(path):
    other = [ReleasedMark("b/log/w07/g0", n, bytes(32), bytes(64)) for n in range(1, 100)]
    head = ReleasedHead(path)
    for mark in other:
        head.append(mark)
    for size in range(1, 1000):
        head.append(ReleasedMark("b/log/w07/g1", size, bytes(32), bytes(64)))
    head.close()
    sizes = [mark.size for mark in ReleasedHead(path).marks() if mark.names("b/log/w07/g1")]
    assert sizes == list(range(sizes[0], 1000))
    assert 64 <= len(sizes) <= 320
    assert [m.size for m in ReleasedHead(path).marks() if m.names("b/log/w07/g0")][-1] == 99


def test_a_copy_remembers_the_largest_head(path):
    head = ReleasedHead(path)
    for mark in (MARKS[1], MARKS[0], MARKS[1], MARKS[2]):
        head.remember(mark)
    assert head.marks() == (MARKS[1], MARKS[2])


def test_where_no_file_may_be_replaced_it_grows(path, monkeypatch):
    def refusing(*_):
        raise OSError(30, "read-only")

    monkeypatch.setattr("crypto.log.file.released.write_durably", refusing)
    head = ReleasedHead(path)
    for size in range(1, 400):
        head.append(ReleasedMark("o", size, bytes(32), bytes(64)))
    assert len(head.marks()) == 399


def test_where_nothing_may_be_cut_off_a_torn_line_is_ended_and_repeated(path, monkeypatch):
    def append_only(*_):
        raise OSError(1, "append only")

    write_to, full = os.write, [len(LINES[1]) // 2, None, None]

    def filling_up(descriptor, octets):
        size = full.pop(0) if full else len(octets)
        if size is None:
            raise OSError(28, "No space left on device")
        return write_to(descriptor, octets[:size])

    monkeypatch.setattr(os, "ftruncate", append_only)
    head = ReleasedHead(path)
    head.append(MARKS[0])
    monkeypatch.setattr(os, "write", filling_up)
    for _ in range(2):
        with pytest.raises(LogUnwritable):
            head.append(MARKS[1])
    head.append(MARKS[2])
    assert ReleasedHead(path).marks() == tuple(MARKS[:3])
    assert len(path.read_bytes().splitlines()) == 4


def test_a_place_that_cannot_be_read_or_written_is_said_so(tmp_path):
    with pytest.raises(LogUnwritable):
        ReleasedHead(tmp_path).last()
    with pytest.raises(LogUnwritable):
        ReleasedHead(tmp_path / "absent" / "released").append(MARKS[0])


def test_a_mark_that_does_not_reach_the_disk_is_said_so(path):
    head = ReleasedHead(path)
    head.append(MARKS[0])
    os.close(head._descriptor)
    with pytest.raises(LogUnwritable):
        head.sync()


def test_a_mark_that_did_not_fit_the_disk_is_ended_before_the_next(path, monkeypatch):
    head = ReleasedHead(path)
    head.append(MARKS[0])
    write, full = os.write, [20, None]

    def filling_up(descriptor, octets):
        size = full.pop(0) if full else len(octets)
        if size is None:
            raise OSError(28, "No space left on device")
        return write(descriptor, octets[:size])

    monkeypatch.setattr(os, "write", filling_up)
    with pytest.raises(LogUnwritable):
        head.append(MARKS[1])
    assert head.last() == MARKS[0]
    head.append(MARKS[2])
    head.close()
    assert ReleasedHead(path).marks() == tuple(MARKS[:3])


def test_the_system_clock_runs_forward_in_milliseconds():
    clock = SystemClock()
    first = (clock.wall_ms(), clock.mono_ms())
    assert abs(first[0] - time.time() * 1000) < 60_000
    assert clock.mono_ms() >= first[1] > 0
    assert len(clock.boot) == 8
    assert clock.boot == clock.boot != SystemClock().boot


def test_the_system_clock_works_where_there_is_no_boot_time_clock(monkeypatch):
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    assert SystemClock().mono_ms() > 0


@pytest.mark.parametrize(
    ("before", "now", "stepped"),
    [
        (None, ("a", 0, 0), False),
        (("a", 1000, 1000), ("a", 3000, 1000), False),
        (("a", 1000, 1000), ("a", 3001, 1000), True),
        (("a", 5000, 1000), ("a", 2999, 1000), True),
        (("a", 0, 0), ("a", 100_002_000 + 20_000, 100_000_000), False),
        (("a", 0, 0), ("a", 100_002_000 + 20_001, 100_000_000), True),
        (("a", 5000, 9000), ("a", 5000, 1000), True),
        (("a", 5000, 9000), ("b", 5000, 0), False),
        (("a", 5000, 9000), ("b", 4999, 0), True),
    ],
)
def test_clocks_may_differ_by_two_seconds_and_two_hundred_ppm_within_a_boot(before, now, stepped):
    assert has_stepped(before, now) is stepped


def test_a_setting_sqlite_does_not_take_stops_the_writer(tmp_path, monkeypatch):
    memory = Database(memory=True, execute_plugins=False)
    with closing(memory), pytest.raises(LogUnwritable, match="journal_mode"):
        schema._set_pragmas(memory)
    path = tmp_path / "db"
    path.touch()
    monkeypatch.setattr(schema, "_PRAGMAS", (("cache_size", 10), ("page_size", 5)))
    with pytest.raises(LogUnwritable, match="page_size"):
        schema.connect_writer(path)


def test_a_file_that_is_not_there_is_not_created_by_connecting(tmp_path):
    for connect in (schema.connect_writer, lambda path: schema.connect_reader(path, 0)):
        with pytest.raises(LogUnwritable):
            connect(tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []
