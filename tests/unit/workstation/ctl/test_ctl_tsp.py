"""`tsp check` and `doctor`: can a signature be stamped here now, and if not, what is to be done."""

import json
import re
from contextlib import contextmanager

import pytest

from tests.support.pki.certificates import NOW, make_crl, world
from tests.support.pki.time_stamping import respond
from tests.unit.workstation.ctl.test_ctl_crl import Station as CrlStation
from workstation.documents.texts import Texts
from workstation.sandbox.loopback import HttpAnswer, LoopbackServer

W = world()


@contextmanager
def station_with(folder, answer=respond, *, listed=True, status=200):
    """A station whose service answers so, with the lists about it unless it has none."""

    def reply(question):
        return HttpAnswer(status, "application/timestamp-reply", answer(question.body))

    server = LoopbackServer(reply, "test-tsa")
    server.start()
    try:
        station = CrlStation(folder / "station")
        table = f'\n[timestamps]\nurl = "{server.url}/tsp/"\ndigest = "sha256"\ntimeout_s = 3\n'
        path = station.folder / "workstation.toml"
        issuer = f'timestamp_issuers = ["{W.authority.parsed.sha256}"]'
        text = re.sub(
            r"^timestamp_issuers = .*$", issuer, path.read_text("utf-8"), flags=re.MULTILINE
        )
        path.write_text(text + table, "utf-8")
        if listed:
            for name, octets in (("root", W.root_crl().raw), ("ca", make_crl(W.authority))):
                (folder / f"{name}.crl").write_bytes(octets)
                assert station.run("crl", "import", folder / f"{name}.crl").exit_code == 0
        yield station
    finally:
        server.close()


def row_of(station):
    rows, _ = station.rows("doctor")
    (row,) = [each for each in rows if each["what"] == "time-stamps"]
    return row


def test_a_service_that_stamps_here_is_good_and_its_clock_is_told(tmp_path):
    with station_with(tmp_path) as station:
        result = station.run("tsp", "check")
        row = row_of(station)
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["status"], shown["ahead_s"], shown["authority"]) == ("good", 0, "TSA TEST")
    assert shown["time"] == NOW.isoformat()
    assert row["state"] == "good"
    assert "clock +0 s" in row["seen"]


@pytest.mark.parametrize(
    ("options", "status", "seen"),
    [
        ({"status": 503}, "unreachable", "http_503"),
        ({"listed": False}, "status_unknown", "status_unknown"),
        ({"answer": lambda query: respond(query, imprint=b"x" * 32)}, "imprint_differs", "imprint"),
        ({"answer": lambda _: b"<html>"}, "unreadable", "unreadable"),
    ],
)
def test_a_service_that_does_not_is_named_by_its_fault_with_what_to_do(
    tmp_path, options, status, seen
):
    with station_with(tmp_path, **options) as station:
        result = station.run("tsp", "check")
        row = row_of(station)
        spoken = station.read("kk", "tsp", "check")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["status"] == status
    assert (row["state"], seen in row["seen"]) == ("warning", True)
    assert f"{status} {status}" not in row["seen"]
    words = re.sub(r"\s+", " ", spoken.stdout)
    assert Texts("kk").tr(f"timestamp_fault.{status}")[:20] in words


def test_a_station_without_a_service_is_told_so(tmp_path):
    station = CrlStation(tmp_path / "station")
    assert station.run("tsp", "check").exit_code != 0
    row = row_of(station)
    assert (row["state"], "$.timestamps" in row["seen"]) == ("warning", True)
