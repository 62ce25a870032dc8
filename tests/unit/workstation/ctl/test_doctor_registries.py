"""The doctor compares the registries that the policy asks with those that the settings name."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.station.operations import shipped_policy
from tests.support.station.settings import demo_tables, toml_of
from workstation.ctl import doctor_registries
from workstation.errors import SettingsRefused
from workstation.settings.settings import LoadedSettings, read_settings

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def asking(tmp_path, monkeypatch):
    """Look at the registries of a station whose policy asks one of this name."""

    def look(registry, **questions):
        first, *others = shipped_policy().questions
        policy = replace(shipped_policy(), questions=(replace(first, registry=registry), *others))
        monkeypatch.setattr(doctor_registries, "policy_in_force", lambda _loaded, _now: policy)
        tables = demo_tables()
        tables["registries"] |= {"tls_anchors": [], "questions": questions}
        loaded = LoadedSettings(tmp_path, "ab" * 32, read_settings(toml_of(tables)))
        return doctor_registries.look_at_registries(loaded, NOW)

    return look


def test_a_registry_that_the_policy_asks_has_an_address(asking):
    assert asking("phone_owner").startswith("3 gateways")
    assert asking("powers", powers={"url": "http://127.0.0.1:8802/powers"}).startswith("4 gateways")


def test_a_registry_without_an_address_is_told_with_its_place(asking):
    with pytest.raises(SettingsRefused) as refused:
        asking("powers")
    assert refused.value.detail == (
        "$.registries.questions.powers: the policy asks it about phone_owner"
    )


def test_a_policy_that_wants_a_register_of_persons_finds_one(tmp_path):
    tables = demo_tables()
    tables["registries"] |= {"tls_anchors": []}
    loaded = LoadedSettings(tmp_path, "ab" * 32, read_settings(toml_of(tables)))
    policy = shipped_policy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor_registries, "policy_in_force", lambda _loaded, _now: policy)
        with pytest.raises(SettingsRefused, match="person_url"):
            doctor_registries.look_at_persons(loaded, NOW)
        tables["registries"]["person_url"] = "http://127.0.0.1:8803"
        named = LoadedSettings(tmp_path, "ab" * 32, read_settings(toml_of(tables)))
        assert doctor_registries.look_at_persons(named, NOW) == "asked for the customer's data"
