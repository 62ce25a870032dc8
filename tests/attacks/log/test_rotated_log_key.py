"""A thief of today's log key rewrites nothing of the days before: their keys are destroyed."""

import shutil
import sqlite3
from types import SimpleNamespace

import pytest

from crypto.errors import KeyRefused
from crypto.log.file.clock import SystemClock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.entry import parse_entry
from crypto.vault.keys import FileKeyStore
from tests.support.station.command_line import ORIGIN, CommandLine
from tests.support.station.log import vandalise
from tests.support.station.log_audit import resign
from workstation.records.log_keys import find_log_key


@pytest.fixture
def station(tmp_path, monkeypatch):
    """A station of three days, each under its own key; `first` is a copy of the first day."""
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    write(made, "day-1")
    shutil.copytree(made.data, tmp_path / "first")
    for day in (2, 3):
        assert made.run("key", "rotate", "log").exit_code == 0
        write(made, f"day-{day}")
    return made


def log_path(station):
    return station.data / "log" / "log.sqlite"


def stolen_key(station):
    store = FileKeyStore(station.data / "keys")
    assert store.names() == ("cool-down", "log-3", "permit")
    return find_log_key(store, ORIGIN, station.data, log_path(station))


def write(station, story):
    key = find_log_key(FileKeyStore(station.data / "keys"), ORIGIN, station.data, log_path(station))
    heads = ReleasedHead(station.data / "released" / "heads")
    with LogStore.open(log_path(station), log_key=key, clock=SystemClock(), released=heads) as log:
        log.append("faces.replaced", {"file": story}, actor="log")


def entries(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT body FROM entry ORDER BY seq").fetchall()
    connection.close()
    return [bytes(body) for (body,) in rows]


def story_of(path, story):
    parsed = map(parse_entry, entries(path))
    (seq,) = [each.seq for each in parsed if each.data.get("file") == story]
    return seq


def verify(station, tier):
    """Verify as an auditor does who was given the first key and knows of no head."""
    public = station.data / "enrolment"
    verdict = station.json(
        *("log", "verify", "--log", str(log_path(station)), "--tier", tier),
        *("--key", str(public / "log.vkey"), "--trusted", str(public / "trusted.vkeys")),
        data=False,
    )
    return verdict["verdict"], verdict["reason"]


def test_the_three_days_verify_from_the_first_key(station):
    for tier in ("integrity", "rules", "every_head"):
        assert verify(station, tier)[0] == "passed"


@pytest.mark.parametrize("day", [1, 2])
@pytest.mark.parametrize("tier", ["integrity", "rules", "every_head"])
def test_an_entry_of_a_day_before_cannot_be_changed_with_the_key_of_today(station, day, tier):
    path, key = log_path(station), stolen_key(station)
    size, seq = len(entries(path)), story_of(path, f"day-{day}")
    text = entries(path)[seq].split(b"\n\n")[0].replace(b"day-", b"lie-") + b"\n"
    forged = text + b"\n" + key.sign_line(text).encode()
    vandalise(path, ("UPDATE entry SET body = ? WHERE seq = ?", (forged, seq)))
    resign(SimpleNamespace(path=path), key, size)

    # Every tier follows the rotations; the deeper ones see first whose signature stands there.
    reason = "key_record" if tier == "integrity" else "unknown_signer"
    assert verify(station, tier) == ("failed", reason)


def test_the_file_of_a_day_before_does_not_go_on_under_the_key_of_today(station, tmp_path):
    first, key = tmp_path / "first" / "log" / "log.sqlite", stolen_key(station)
    with pytest.raises(KeyRefused):
        LogStore.open(
            first,
            log_key=key,
            clock=SystemClock(),
            released=ReleasedHead(tmp_path / "first" / "released" / "heads"),
        )


def test_the_station_does_not_go_on_with_a_history_under_a_key_of_before(station, tmp_path):
    """Whoever kept a copy of the first day, key and all, has a history that no station goes on."""
    for name in ("log/log.sqlite", "released/heads"):
        shutil.copy(tmp_path / "first" / name, station.data / name)
    refused = station.run("key", "rotate", "log")
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (3, "key_refused")
