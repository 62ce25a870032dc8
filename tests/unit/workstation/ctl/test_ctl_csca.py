"""`trust import --csca` on a real station folder: nothing is trusted without its fingerprint."""

import json
import tomllib

import pytest

from tests.support.lds.master_lists import make_master_list
from tests.support.station.command_line import CommandLine
from workstation.sandbox.pki.travel_documents import issue_csca


@pytest.fixture
def station(tmp_path, monkeypatch):
    made = CommandLine(tmp_path, monkeypatch)
    assert made.init().exit_code == 0
    return made


@pytest.fixture(scope="module")
def csca():
    return issue_csca()


@pytest.fixture
def files(tmp_path, csca):
    utopia = issue_csca("UT")
    (tmp_path / "kz.cer").write_bytes(csca.der)
    (tmp_path / "states.ml").write_bytes(make_master_list((csca, utopia)))
    return tmp_path


def trusted(station):
    return tomllib.loads((station.data / "workstation.toml").read_text("utf-8"))["trust"]


@pytest.mark.parametrize("name", ["kz.cer", "states.ml"])
def test_an_authority_is_imported_by_its_typed_fingerprint(station, files, csca, name):
    pin = csca.parsed.sha256
    done = station.json("trust", "import", "--csca", str(files / name), "--fingerprint", pin)

    assert done["added"] == [pin]
    (anchor,) = trusted(station)["csca_anchors"]
    assert anchor["sha256"] == pin
    assert (station.data / anchor["path"]).read_bytes() == csca.der
    assert trusted(station)["anchors"] == []
    row = json.loads(station.run("--json", "log", "show").stdout.splitlines()[-1])
    entry = station.json("log", "show", "--seq", str(row["seq"]))
    assert (entry["kind"], entry["data"]["csca_anchors"]) == ("trust.import", [pin])


def test_without_a_fingerprint_authorities_are_shown_and_nothing_is_written(station, files, csca):
    before = (station.data / "workstation.toml").read_bytes()
    shown = station.run("--json", "trust", "import", "--csca", str(files / "states.ml"))
    found = json.loads(shown.stdout)

    assert shown.exit_code == 1
    assert [each["sha256"] for each in found["unconfirmed"]] == [csca.parsed.sha256]
    assert found["master_lists"][0]["certificates"] == 2
    assert (station.data / "workstation.toml").read_bytes() == before


def test_only_the_countries_asked_for_are_offered(station, files):
    shown = station.run(
        "--json", "trust", "import", "--csca", "--country", "UTO", str(files / "states.ml")
    )
    (offered,) = json.loads(shown.stdout)["unconfirmed"]
    assert offered["country"] == "UT"


def test_a_fingerprint_of_another_country_admits_nothing(station, files, csca):
    pin = ("--fingerprint", csca.parsed.sha256)
    result = station.run(
        "trust", "import", "--csca", "--country", "DEU", str(files / "kz.cer"), *pin
    )
    assert result.exit_code == 3
    assert "fingerprint_matches_no_file" in result.stderr


def test_a_production_station_refuses_the_sandboxes_authority(tmp_path, monkeypatch, files, csca):
    made = CommandLine(tmp_path, monkeypatch)
    made.init(profile="production")
    pin = ("--fingerprint", csca.parsed.sha256)
    result = made.run("trust", "import", "--csca", str(files / "kz.cer"), *pin)
    assert result.exit_code == 3
    assert "test_anchor_in_production" in result.stderr


def test_a_country_that_no_document_states_is_a_usage_error(station, files):
    result = station.run("trust", "import", "--csca", "--country", "KZ", str(files / "kz.cer"))
    assert result.exit_code == 3
    assert "usage" in result.stderr


def test_a_list_whose_signature_is_wrong_is_refused(station, files, csca):
    octets = (files / "states.ml").read_bytes()
    (files / "states.ml").write_bytes(octets[:-1] + bytes((octets[-1] ^ 1,)))
    result = station.run("trust", "import", "--csca", str(files / "states.ml"))
    assert result.exit_code == 3
    assert "master_list_refused: signature_value" in result.stderr


def test_importing_again_changes_nothing(station, files, csca):
    arguments = "--csca", str(files / "kz.cer"), "--fingerprint", csca.parsed.sha256
    station.run("trust", "import", *arguments)
    before = (station.data / "workstation.toml").read_bytes()
    again = station.json("trust", "import", *arguments)
    assert (again["added"], again["already_trusted"]) == ([], 1)
    assert (station.data / "workstation.toml").read_bytes() == before
