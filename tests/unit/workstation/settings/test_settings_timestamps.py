"""`[timestamps]`: whom customers' signatures are stamped by; nothing is asked without the table."""

import pytest

from crypto.asn1 import oids
from tests.support.station.settings import changed, demo_tables, production_tables, toml_of
from workstation.errors import SettingsRefused
from workstation.settings.settings import LoadedSettings, read_settings
from workstation.settings.template import settings_toml, toml_value
from workstation.trust.timestamps import build_timestamping

TABLE = {"url": "http://tsp.example.kz/", "digest": "sha256", "timeout_s": 10}


def tables(made=None, **members):
    return changed(made or demo_tables(), "timestamps", TABLE | members)


def built(made):
    return build_timestamping(LoadedSettings(None, "", read_settings(toml_of(made))))


def test_a_station_that_names_no_service_asks_none():
    assert built(demo_tables()) is None


@pytest.mark.parametrize(
    ("digest", "identifier"),
    [
        ("sha256", oids.SHA256),
        ("sha512", oids.SHA512),
        ("streebog256", "1.2.398.3.10.1.3.2"),
        ("streebog512", "1.2.398.3.10.1.3.3"),
    ],
)
def test_the_digest_chooses_who_signs(digest, identifier):
    found = built(tables(digest=digest, policy="1.2.398.3.3.2.6.4", by_carrier=False))
    assert (found.service.digest_oid, found.service.policy_oid) == (identifier, "1.2.398.3.3.2.6.4")
    assert found.by_carrier is False
    assert (str(found.service.url), found.service.timeout_s) == (TABLE["url"], 10)


def test_what_is_written_is_read_back():
    settings = read_settings(toml_of(tables()))
    assert read_settings(settings_toml(settings).encode()) == settings


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"digest": "sha1"}, "$.timestamps.digest"),
        ({"policy": "nca"}, "$.timestamps.policy"),
        ({"timeout_s": 0}, "$.timestamps.timeout_s"),
        ({"url": "ftp://tsp.example.kz/"}, "$.timestamps.url"),
        ({"url": "http://user@tsp.example.kz/"}, "$.timestamps.url"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(members, place):
    lines = [f"{name} = {toml_value(value)}" for name, value in (TABLE | members).items()]
    text = toml_of(demo_tables()).decode() + "\n[timestamps]\n" + "\n".join(lines) + "\n"
    with pytest.raises(SettingsRefused) as refused:
        read_settings(text.encode())
    assert refused.value.detail.startswith(place)


def test_no_production_station_stamps_by_a_service_on_this_machine():
    with pytest.raises(SettingsRefused) as refused:
        read_settings(toml_of(tables(production_tables(), url="http://127.0.0.1:8080/tsp/")))
    assert "$.timestamps.url" in refused.value.detail
    assert built(tables(production_tables())).service.dialling.this_machine is False
