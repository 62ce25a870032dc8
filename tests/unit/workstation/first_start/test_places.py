"""`settings set` writes what belongs at a place, and refuses all else by naming the place."""

import tomllib

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.command_line import CommandLine
from workstation.first_start.places import open_places, read_place, set_places

DIGITS = "5f" * 32


@pytest.fixture
def ctl(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    assert line.init(profile="production").exit_code == 0
    return line


def stated(ctl):
    return tomllib.loads((ctl.data / "workstation.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (("camera.index", "2"), 2),
        (("station.customer_screen", "true"), True),
        (("station.customer_display", "2"), "2"),
        (("permit.audience", "core-banking"), "core-banking"),
        (("camera.allowed", "046d:0825"), ["046d:0825"]),
        (("revocation.crl_urls", "http://a.kz/1.crl", "http://a.kz/2.crl"), None),
        (("vault.recipients", f"retention={DIGITS}"), [{"name": "retention", "x25519": DIGITS}]),
        (("timestamps.url", "http://tsp.pki.gov.kz/"), "http://tsp.pki.gov.kz/"),
    ],
)
def test_a_value_is_written_in_the_form_that_its_place_takes(ctl, words, value):
    before = stated(ctl)
    result = ctl.run("settings", "set", *words)
    assert result.exit_code == 0, result.output
    table, _, name = words[0].partition(".")
    wanted = list(words[1:]) if value is None else value
    assert stated(ctl) == before | {table: before.get(table, {}) | {name: wanted}}


@pytest.mark.parametrize(
    "words",
    [
        ("camera.index", "99"),
        ("camera.index", "one"),
        ("camera.indexes", "1"),
        ("nowhere.at_all", "1"),
        ("registries.antifraud_url", "http://gateway.bank.kz"),
        ("registries.antifraud_url", "https://127.0.0.1/"),
        ("vault.recipients", "retention=00"),
        ("vault.recipients", DIGITS),
        ("carrier.tls_anchors", "nobody.cer"),
        ("profile", "demo"),
        ("station.origin", "bank.kz/log/other/g1"),
        ("trust.anchors", "root.cer"),
        ("keys.kind", "file"),
    ],
)
def test_what_does_not_belong_there_is_refused_and_nothing_changes(ctl, words):
    before = (ctl.data / "workstation.toml").read_bytes()
    result = ctl.run("settings", "set", *words)
    assert result.exit_code == 3, result.output
    assert f"$.{words[0].rpartition('.')[0]}".removesuffix(".") in result.stderr
    assert (ctl.data / "workstation.toml").read_bytes() == before


def test_a_certificate_is_copied_into_the_station_and_named_there(ctl, tmp_path):
    (tmp_path / "gateway ca.pem").write_bytes(pki.world().root.der)
    result = ctl.run("settings", "set", "registries.tls_anchors", str(tmp_path / "gateway ca.pem"))
    assert result.exit_code == 0, result.output
    (copy,) = stated(ctl)["registries"]["tls_anchors"]
    assert copy.startswith("trust/gateway ca-")
    assert (ctl.data / copy).read_bytes() == pki.world().root.der
    again = set_places(ctl.data, {"carrier.tls_anchors": [copy]})
    assert again[0].value == [copy]


def test_the_open_places_shrink_with_each_that_is_set(ctl):
    assert any(each.startswith("$.permit.audience") for each in open_places(ctl.data))
    assert ctl.run("settings", "open").exit_code == 1
    set_places(ctl.data, {"permit.audience": ["core-banking"], "camera.index": ["1"]})
    assert not any(each.startswith("$.permit") for each in open_places(ctl.data))
    assert read_place(ctl.data, "camera.index") == 1
    assert read_place(ctl.data, "camera.nothing") is None
