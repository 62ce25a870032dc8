"""The Dutch master list: its signature verifies, and Kazakhstan's authorities come out of it."""

import json
import random
from datetime import UTC, datetime

import pytest

from crypto.lds.issuers.master_list import MasterListRefused, read_master_list
from tests.support.station.command_line import CommandLine

NOW = datetime(2026, 11, 1, tzinfo=UTC)
KAZAKHSTAN = {
    "eecd1de2e3b8c7ef498db78255e0d0d4f05078717e07dac74bdeb14f809005f2",
    "08ecec352cf00970acc07cba5595044a88e51c11e4c34411336e691cbca37d0e",
    "c5bfda7ae76485bae60c8eac916502363ceeabbd6c708ac3b1c2020ab7394144",
}


@pytest.fixture
def dutch(document_samples):
    return document_samples / "nl.ml"


def test_all_411_certificates_are_counted_and_the_signature_leads_to_its_authority(dutch):
    found = read_master_list(dutch.read_bytes(), NOW)

    assert (found.size, len(found.unreadable)) == (411, 2)
    assert found.authority in found.certificates
    assert found.authority.subject.first("2.5.4.6") == "NL"
    assert {each.sha256 for each in found.certificates} > KAZAKHSTAN


def test_a_list_with_any_one_bit_changed_is_refused(dutch):
    octets, dice = dutch.read_bytes(), random.Random(9303)
    for _ in range(40):
        place = dice.randrange(len(octets) * 8)
        changed = bytearray(octets)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(MasterListRefused):
            read_master_list(bytes(changed), NOW)


def test_kazakhstans_authorities_are_shown_and_imported_once_their_fingerprints_are_typed(
    dutch, tmp_path, monkeypatch
):
    station = CommandLine(tmp_path, monkeypatch)
    assert station.init(profile="production").exit_code == 0
    shown = station.run("--json", "trust", "import", "--csca", str(dutch))
    listed = json.loads(shown.stdout)

    assert shown.exit_code == 1
    assert listed["added"] == []
    assert {each["sha256"] for each in listed["unconfirmed"]} == KAZAKHSTAN
    assert listed["master_lists"][0]["certificates"] == 411

    typed = [part for each in sorted(KAZAKHSTAN) for part in ("--fingerprint", each.upper())]
    done = station.json("trust", "import", "--csca", str(dutch), *typed)

    assert set(done["added"]) == KAZAKHSTAN
    rows = [json.loads(e) for e in station.run("--json", "trust", "list").stdout.splitlines()]
    assert {row["sha256"] for row in rows if row.get("role") == "csca"} == KAZAKHSTAN
    assert station.run("log", "verify").exit_code == 0
