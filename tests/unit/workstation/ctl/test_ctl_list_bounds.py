"""A policy that does not let a list live: `policy check`, `doctor` and the station say so."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from tests.support.pki.certificates import NOW, make_crl, world
from tests.unit.workstation.ctl.test_ctl_crl import Station as CrlStation
from workstation.ctl import program

W = world()


@pytest.fixture
def station(tmp_path):
    """A station that holds a list of its authority which lives for four days."""
    made = CrlStation(tmp_path / "station")
    octets = make_crl(W.authority, next_update=NOW + timedelta(days=4))
    (tmp_path / "ca.crl").write_bytes(octets)
    assert made.run("crl", "import", tmp_path / "ca.crl").exit_code == 0
    return made


def check(station, *, bound):
    path = station.folder.parent / "draft.toml"
    text = (station.folder / "policy.toml").read_text("utf-8")
    path.write_text(text.replace("crl_max_age_s = 97_200", f"crl_max_age_s = {bound}", 1), "utf-8")
    arguments = ["--data", str(station.folder), "policy", "check", str(path)]
    return CliRunner().invoke(program, arguments)


def test_a_policy_under_which_a_list_does_not_live_is_refused_in_words(station):
    refused = check(station, bound=97_200)
    accepted = check(station, bound=2_592_000)

    assert (refused.exit_code, accepted.exit_code) == (1, 0), refused.output
    assert "NCA TEST" in refused.output
    assert "crl_max_age_s" in refused.output
    assert "97 h" in refused.output
    assert "27 h" in refused.output


def test_the_doctor_says_it_too(station):
    rows, _ = station.rows("doctor")

    told = [each for each in rows if each["what"] == "revocation list" and "lives" in each["seen"]]
    assert [each["state"] for each in told] == ["bad"]
    assert "NCA TEST" in told[0]["seen"]
