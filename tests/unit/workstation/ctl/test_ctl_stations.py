"""Head office makes the list of stations; `permit verify` holds permits to it."""

import os

import pytest

from crypto.log.format.note import NoteSigner
from tests.support.station.command_line import ORIGIN, CommandLine
from tests.support.station.permits import OPERATION, PermitLog, facts
from workstation.documents.permit import issue, key_id
from workstation.records.keys import FileKeyStore

MIDNIGHT = "2026-11-23T00:00:00Z"
ISSUED = "2026-11-22T20:30:20Z"


@pytest.fixture
def station(tmp_path, monkeypatch):
    ctl = CommandLine(tmp_path, monkeypatch)
    assert ctl.init().exit_code == 0
    return ctl


class HeadOffice:
    """Makes lists about one station, and shows its permits to core banking."""

    def __init__(self, station, folder):
        self.station = station
        self.folder = folder
        keys = FileKeyStore(station.data / "keys")
        self.permit_key = keys.load("permit")
        self.log = PermitLog(NoteSigner(ORIGIN, keys.load("log")))
        self.trusted = str(station.data / "enrolment" / "trusted.vkeys")
        self.log_vkey = (station.data / "enrolment" / "log.vkey").read_text().strip()

    def make(
        self, number, *, state="enrolled", origin=ORIGIN, kid="", until="2026-11-23T00:00:00Z"
    ):
        table, made = self.folder / "stations.toml", self.folder / f"{os.urandom(4).hex()}.jws"
        kid = kid or key_id(self.permit_key.public_key())
        vkey = self.log_vkey if origin == ORIGIN else ""
        table.write_text(
            f"number = {number}\nvalid_until = {until}\n[[stations]]\n"
            f'origin = "{origin}"\nstate = "{state}"\npermit_keys = ["{kid}"]\n'
            f"log_keys = [{f'{vkey!r}' if vkey else ''}]\n"
        )
        usb = str(self.station.enrolment_keys)
        asked = ["stations", "make", str(table), str(made), "--enrolment-keys", usb]
        result = self.station.run(*asked, "--moment", "2026-11-22T20:00:00Z", data=False)
        assert result.exit_code == 0, result.output
        return made

    def verify(self, made, *more, **members):
        path = self.folder / "permit.jws"
        permit = self.log.permit(facts(jti=os.urandom(16).hex(), **members))
        path.write_text(issue(permit, self.permit_key))
        pem = str(self.station.data / "enrolment" / "permit.pem")
        asked = ["permit", "verify", str(path), "--audience", "core-banking", "--moment", ISSUED]
        listed = ["--stations", str(made), "--stations-key", self.trusted, "--key", pem]
        return self.station.run(*asked, *listed, *more, data=False)


@pytest.fixture
def head_office(station, tmp_path):
    return HeadOffice(station, tmp_path)


def test_an_enrolled_station_is_taken_and_the_list_vouches_for_its_head(head_office):
    result = head_office.verify(head_office.make(1), "--require-log")
    assert (result.exit_code, "head: verified" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"state": "suspended"}, "suspended"),
        ({"state": "replaced"}, "replaced"),
        ({"origin": "bank.kz/log/a-08/g1"}, "unknown_station"),
        ({"kid": "A" * 43}, "station_key"),
        ({"until": "2026-11-22T20:30:20Z"}, "stations_stale"),
    ],
)
def test_any_other_station_is_refused_by_its_own_code(head_office, members, why):
    result = head_office.verify(head_office.make(1, **members))
    assert result.exit_code == 1
    assert f"permit_refused: {why}." in result.stderr


def test_an_older_list_than_one_seen_redeems_nothing(head_office, tmp_path):
    first, second = head_office.make(1), head_office.make(2)
    redeem = [
        "--redeem", str(tmp_path / "used.sqlite"), "--operation-sha256", OPERATION.sha256()
    ]  # fmt: skip
    assert head_office.verify(second, *redeem).exit_code == 0
    assert "stations_rolled_back" in head_office.verify(first, *redeem).stderr
    assert head_office.verify(second, *redeem).exit_code == 0


def test_a_list_is_shown_and_one_of_another_key_is_not(head_office, station, tmp_path):
    made = head_office.make(3)
    asked = ["stations", "verify", str(made), "--stations-key"]
    shown = station.json(*asked, head_office.trusted, data=False)
    assert (shown["number"], shown["origin"], shown["state"]) == (3, ORIGIN, "enrolled")
    log_key = str(station.data / "enrolment" / "log.vkey")
    pem = str(station.data / "enrolment" / "permit.pem")
    for stranger in (log_key, pem):
        assert "permit_refused: stations" in station.run(*asked, stranger, data=False).stderr


def test_a_table_that_is_wrong_makes_no_list(head_office, station, tmp_path):
    table, made = tmp_path / "stations.toml", tmp_path / "list.jws"
    usb = str(station.enrolment_keys)
    for text in ("number = 1", "number = 1\nvalid_until = 2026-11-23T00:00:00\nstations = []"):
        table.write_text(text)
        asked = ["stations", "make", str(table), str(made), "--enrolment-keys", usb]
        assert station.run(*asked, data=False).exit_code == 1
    assert not made.exists()
    lone = station.run("permit", "verify", "x", "--stations", "y", "--audience", "a")
    assert "belong together" in lone.stderr
