"""A generation keeps its origin and profile; what is restored is what the charter pins."""

import pytest

from tests.support.station.branch import Branch
from workstation.charter.change import compose_next
from workstation.charter.contents import describe_accounts, describe_station
from workstation.charter.in_force import CharterInForce, compare_station, restore_sources
from workstation.ctl.charter import read_charter_in_force
from workstation.errors import CharterRefused
from workstation.settings.settings import load_settings


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def with_profile(in_force, profile):
    return CharterInForce(in_force.signed, in_force.signers, in_force.head_office, profile)


def test_a_demo_never_becomes_a_production_station(branch):
    loaded = load_settings(branch.data)
    demo = with_profile(read_charter_in_force(loaded), "demo")
    found = describe_station(loaded)
    with pytest.raises(CharterRefused, match="profile_changed: demo is for good"):
        compose_next(demo, found, demo.charter.accounts, 0)
    differences = compare_station(demo, loaded, found, demo.charter.accounts)
    assert [str(each) for each in differences] == ["profile_changed: profile"]


def test_copies_that_are_not_what_the_charter_pins_are_not_restored(branch):
    branch.signs = False
    loaded = load_settings(branch.data)
    in_force = read_charter_in_force(loaded)
    before = branch.settings.read_bytes()
    branch.set("index = 0", "index = 1")
    assert restore_sources(in_force, loaded) == ("workstation.toml", "policy.toml")
    assert branch.settings.read_bytes() == before
    copy = branch.data / "charter" / "000002.settings.toml"
    copy.write_bytes(copy.read_bytes() + b"\n")
    with pytest.raises(CharterRefused, match="copies"):
        restore_sources(in_force, loaded)


def test_without_the_copies_a_changed_file_is_named_without_its_places(branch):
    branch.signs = False
    branch.set("index = 0", "index = 1")
    for each in (branch.data / "charter").glob("*.toml"):
        each.unlink()
    loaded = load_settings(branch.data)
    in_force = read_charter_in_force(loaded)
    differences = compare_station(
        in_force, loaded, describe_station(loaded), in_force.charter.accounts
    )
    assert [str(each) for each in differences] == ["settings_changed: workstation.toml"]


def test_accounts_are_described_in_the_charters_order(branch):
    in_force = read_charter_in_force(load_settings(branch.data))
    assert list(describe_accounts(())) == []
    ids = [each.id for each in in_force.charter.accounts]
    assert ids == sorted(ids, key=str.casefold)
