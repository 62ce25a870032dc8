"""Two stations of a branch witness one another; neither takes back what the other has seen.

Over real sockets, through `bootstrap`: a backup put back with its released heads, the same with
more entries than the witness saw, and a witness that was killed in between.
"""

import shutil
from contextlib import ExitStack

import pytest

from crypto.log.audit.audit import Expectations, audit
from crypto.log.audit.reader import LogReader
from crypto.log.export.places import create_folder
from crypto.log.export.verify import verify_export
from crypto.log.export.write import write_export
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import open_checkpoint
from crypto.log.format.note import NoteVerifier
from crypto.net.connection import ANY_MACHINE
from tests.support.pki.certificates import NOW
from tests.support.station.branch import Branch
from tests.support.station.passphrases import PASSPHRASE
from tests.support.station.witnesses import WitnessSite
from workstation import bootstrap
from workstation.records.audit.session_rules import SessionRules
from workstation.settings.settings import LoadedSettings
from workstation.station.station import Station
from workstation.witness.server import WitnessServer


class Screen:
    """A listener that keeps the newest status."""

    def session_changed(self, _snapshot):
        """Take no note."""

    def station_changed(self, status):
        self.status = status

    def preview(self, _image):
        """Take no note."""


class Seat:
    """One PC of the branch: a station, and a witness of the other's log."""

    def __init__(self, folder, monkeypatch, name, first):
        folder.mkdir()
        self.branch = Branch(folder, monkeypatch).made()
        self.witness = WitnessSite(
            self.branch.folder / "witness",
            f"bank.kz/witness/{name}",
            first,
            time_s=int(NOW.timestamp()),
        )

    def watch(self, other):
        """Know the other's log by its first key."""
        vkey = (other.branch.data / "enrolment" / "log.vkey").read_text().strip()
        assert self.witness.state.add(NoteVerifier.parse(vkey))

    def name_witness(self, other, port):
        """Say in the settings who cosigns, and have head office sign it."""
        peer = f'{{ vkey = "{other.witness.key.verifier.vkey}", url = "http://other:{port}" }}'
        self.branch.set("\n[keys]\n", f"\n[witness]\npeers = [{peer}]\n\n[keys]\n")

    def work(self, note=""):
        """Open the station, write something, let it ask, close it; return what it shows."""
        services = self.branch.opened()
        try:
            if note:
                services.journal.log.append("note.x", {"note": note})
            screen = Screen()
            station = Station(services, screen)
            task = station.tick()
            station.finish(task, task.run())
            self.keys = services.log_key, services.log_trusted
            return screen.status, [entry.kind for entry in services.journal.log.entries()]
        finally:
            bootstrap.close(services)


@pytest.fixture
def seats(tmp_path, monkeypatch):
    """Two PCs whose witnesses listen; what is called `other` is this machine."""
    monkeypatch.setattr(LoadedSettings, "dialling", property(lambda _self: ANY_MACHINE))
    pair = tuple(
        Seat(tmp_path / name, monkeypatch, name, first)
        for name, first in (("ws07", 0x40), ("ws08", 0x41))
    )
    pair[1].branch.resolved["other"] = "127.0.0.1"
    with ExitStack() as running:
        for seat, other in (pair, pair[::-1]):
            other.watch(seat)
            server = running.enter_context(WitnessServer(other.witness.service, "127.0.0.1", 0))
            seat.name_witness(other, server.address[1])
        yield pair


def back_up(seat, tmp_path):
    """Copy the whole station as an administrator can, released heads included."""
    return shutil.copytree(seat.branch.data, tmp_path / "backup")


def put_back(seat, backup):
    shutil.rmtree(seat.branch.data)
    shutil.copytree(backup, seat.branch.data)


def test_two_stations_witness_one_another(seats):
    for seat in seats:
        shown, kinds = seat.work("first")
        assert (shown.anchor_message, kinds[-1]) == ("", "anchor.cosig")
        assert shown.anchored_size == len(kinds) - 1
    shown, kinds = seats[0].work("second")
    assert shown.anchored_size == len(kinds) - 1


def test_the_cosignature_anchors_the_log_for_whoever_knows_the_witness(seats, tmp_path):
    ours, theirs = seats
    shown, _ = ours.work("first")
    log_key, trusted = ours.keys
    known = Expectations(
        log_key, trusted, witnesses=(theirs.witness.key.verifier,), rules=SessionRules
    )
    path = ours.branch.data / "log" / "log.sqlite"
    report = audit(path, known, Tier.RULES)
    with LogReader(path, log_key.vkey) as reader, create_folder(tmp_path / "out") as write:
        write_export(reader, write, trusted=trusted)
    exported = verify_export(tmp_path / "out", known)

    for each in (report, exported):
        assert (each.status, each.anchored_size) == (AuditStatus.PASSED, shown.anchored_size)
        assert each.anchored_by == (theirs.witness.key.verifier.name,)


def test_a_backup_that_is_put_back_is_said_by_the_witness(seats, tmp_path):
    ours, theirs = seats
    ours.work("first")
    backup = back_up(ours, tmp_path)
    for number in range(4):
        ours.work(f"to be forgotten {number}")
    put_back(ours, backup)

    shown, kinds = ours.work()

    assert shown.anchor_message == "witness_rolled_back"
    assert kinds[-1] == "witness.alarm"
    # What it holds is whole by itself: only the witness tells.
    verified = ours.branch.line.run("log", "verify")
    assert verified.exit_code == 0, verified.output
    head = tmp_path / "head"
    head.write_bytes(theirs.witness.state.find(ours.keys[0].name).note)
    assert ours.branch.line.run("log", "verify", "--head", str(head)).exit_code == 2
    origin = ours.keys[0].name
    assert [status for _, status, _ in theirs.witness.state.evidence(origin)] == [409]


def test_a_history_that_was_written_anew_is_named_as_a_fork(seats, tmp_path):
    ours, theirs = seats
    ours.work("first")
    backup = back_up(ours, tmp_path)
    ours.work("rejected")
    known = theirs.witness.state.find(ours.keys[0].name)
    put_back(ours, backup)
    services = ours.branch.opened()
    for number in range(9):
        services.journal.log.append("note.x", {"note": f"approved {number}"})
    bootstrap.close(services)

    shown, kinds = ours.work()

    assert (shown.anchor_message, kinds[-1]) == ("witness_forked", "witness.alarm")
    log_key, trusted = ours.keys
    head = open_checkpoint(known.note, known.key)
    report = audit(
        ours.branch.data / "log" / "log.sqlite",
        Expectations(log_key, trusted, released=(mark_of(head),)),
        Tier.ATTRIBUTION,
    )
    assert (report.fault, report.index) == (LogFault.FORKED, known.size - 1)


def mark_of(head):
    return ReleasedMark(head.checkpoint.origin, head.size, head.root, head.lines[0].signature)


def test_a_witness_that_is_away_stops_nobody_and_is_said(seats):
    ours, theirs = seats
    theirs.witness.path.rename(theirs.witness.path.with_suffix(".away"))

    shown, kinds = ours.work("first")

    assert shown.anchor_message == "witness_silent"
    assert kinds[-1] == "note.x"


def test_a_station_is_cosigned_from_the_command_line_too(seats, tmp_path):
    ours, theirs = seats
    before = ["--passphrase-stdin", "--json", "witness", "ask"]
    asked = ours.branch.line.run(*before, stdin=f"{PASSPHRASE}\n")

    assert asked.exit_code == 0, asked.output
    assert '"outcome": "cosigned"' in asked.stdout
    backup = back_up(ours, tmp_path)
    ours.work("to be forgotten")
    put_back(ours, backup)
    accused = ours.branch.line.run(*before, stdin=f"{PASSPHRASE}\n")
    assert accused.exit_code == 2, accused.output
    theirs.witness.path.unlink()
    silent = ours.branch.line.run(*before, stdin=f"{PASSPHRASE}\n")
    assert silent.exit_code == 1
