"""`[carrier]`: what is configured is offered, what is not named is not, the rest is refused."""

import pytest

from crypto.carrier.egov_qr import EgovQrCarrier
from crypto.carrier.file import SignedFileCarrier
from crypto.carrier.token import TokenCarrier
from tests.support.pki import certificates as pki
from tests.support.station.scripted import ScriptedCarrier, failing
from tests.support.station.settings import changed, demo_tables, production_tables, toml_of
from workstation.devices.carriers import carriers_of
from workstation.devices.signing_methods import SigningMethod
from workstation.errors import CarrierNotOffered, SettingsRefused
from workstation.settings.settings import LoadedSettings, read_settings
from workstation.settings.template import settings_toml

EGOV = {
    "url": "https://sign.example.kz",
    "tls_anchors": ["egov.cer"],
    "opening_timeout_s": 10,
    "signing_timeout_s": 180,
    "retries": 25,
}
TOKEN = {
    "module": "/opt/vendor/pkcs11.so",
    "label": "token",
    "serial": "",
    "gost_2015_mechanism": 0x8E000014,
    "gost_2004_mechanism": 0,
    "signing_timeout_s": 120,
}
NCALAYER = ScriptedCarrier(failing(RuntimeError()))


def tables(**carrier):
    made = demo_tables()
    made["carrier"] |= carrier
    return made


def built(folder, made):
    (folder / "egov.cer").write_bytes(pki.world().root.der)
    loaded = LoadedSettings(folder, "", read_settings(toml_of(made)))
    return carriers_of(loaded, ncalayer=NCALAYER, now=lambda: pki.NOW)


def refusal(made):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(toml_of(made))
    return refused.value.detail


def test_ncalayer_and_a_file_are_offered_by_a_file_that_names_nothing_else(tmp_path):
    assert built(tmp_path, tables()).offered == (SigningMethod.NCALAYER, SigningMethod.FILE)


def test_everything_that_is_configured_is_offered_and_built(tmp_path):
    carriers = built(tmp_path, tables(egov_qr=EGOV, token=TOKEN))

    assert carriers.offered == tuple(SigningMethod)
    for method, kind in (
        (SigningMethod.NCALAYER, ScriptedCarrier),
        (SigningMethod.EGOV_QR, EgovQrCarrier),
        (SigningMethod.TOKEN, TokenCarrier),
        (SigningMethod.FILE, SignedFileCarrier),
    ):
        carrier = carriers.carrier(method, tmp_path, lambda _progress: None)
        assert isinstance(carrier, kind)
        assert method in carriers.offered


def test_the_station_supplies_no_pin_to_a_token(tmp_path):
    carriers = built(tmp_path, tables(token=TOKEN))
    carrier = carriers.carrier(SigningMethod.TOKEN, None, lambda _progress: None)

    assert carrier._test_pin is None


def test_files_may_be_switched_off(tmp_path):
    carriers = built(tmp_path, tables(file=False))

    assert carriers.offered == (SigningMethod.NCALAYER,)
    with pytest.raises(CarrierNotOffered):
        carriers.carrier(SigningMethod.FILE, tmp_path, lambda _progress: None)


def test_a_file_is_asked_for_with_its_path(tmp_path):
    with pytest.raises(CarrierNotOffered):
        built(tmp_path, tables()).carrier(SigningMethod.FILE, None, lambda _progress: None)


def test_the_phone_is_told_what_it_signs_in_three_languages(tmp_path):
    titles = built(tmp_path, tables(egov_qr=EGOV)).egov_qr.titles

    assert len({titles.kk, titles.ru, titles.en}) == 3


def test_settings_with_every_carrier_are_written_and_read_back_equal():
    settings = read_settings(toml_of(tables(egov_qr=EGOV, token=TOKEN, file=False)))

    assert read_settings(settings_toml(settings).encode()) == settings


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("carrier.egov_qr.url", "http://sign.example.kz", "$.carrier.egov_qr.url"),
        ("carrier.egov_qr.url", "https://u@sign.example.kz", "$.carrier.egov_qr.url"),
        ("carrier.egov_qr.url", "https://sign.example.kz/?a=1", "$.carrier.egov_qr.url"),
    ],
)
@pytest.mark.parametrize("profile", [demo_tables, production_tables])
def test_a_statement_leaves_the_workstation_only_under_tls(profile, place, value, named):
    made = profile()
    made["carrier"]["egov_qr"] = dict(EGOV)

    assert refusal(changed(made, place, value)).startswith(named)


def test_production_refuses_a_signing_service_on_this_machine():
    made = production_tables()
    made["carrier"]["egov_qr"] = {**EGOV, "url": "https://127.0.0.1:8443"}

    assert refusal(made).startswith("$.carrier.egov_qr.url")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('egov = { url = "https://a.kz" }', "egov"),
        ('egov_qr = { url = "https://a.example.kz" }', "$.carrier.egov_qr"),
        ('token = { module = "/m.so", pin = "1234" }', "$.carrier.token"),
        ("file = 1", "$.carrier.file"),
    ],
)
def test_a_carrier_nobody_knows_or_a_pin_in_the_file_is_refused_by_its_path(line, named):
    whole = toml_of(demo_tables()).decode().replace("file = true\n", "")
    text = whole.replace("[carrier]\n", f"[carrier]\n{line}\n")

    with pytest.raises(SettingsRefused) as refused:
        read_settings(text.encode())
    assert named in refused.value.detail


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"egov_qr": {**EGOV, "tls_anchors": []}}, "tls_anchors"),
        ({"token": {**TOKEN, "label": ""}}, "label"),
    ],
)
def test_what_the_carrier_itself_refuses_stops_the_station(tmp_path, change, field):
    with pytest.raises(SettingsRefused) as refused:
        built(tmp_path, tables(**change))
    (table,) = change
    assert refused.value.detail.startswith(f"$.carrier.{table}: {field}: ")
