import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.station.settings import changed, demo_tables, production_tables, toml_of
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.faults import shape_faults
from workstation.settings.rules import rule_faults
from workstation.settings.settings import (
    SETTINGS_NAME,
    DeviceCameraTable,
    Profile,
    Settings,
    SimulatedCameraTable,
    load_settings,
    read_settings,
)
from workstation.settings.template import initial_text, settings_toml

RECIPIENT = '{ name = "r", x25519 = "' + "ab" * 32 + '" }'


def refusal(untrusted):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(untrusted)
    return refused.value.detail


def test_a_demo_and_a_production_file_are_read():
    demo, production = (
        read_settings(toml_of(demo_tables())),
        read_settings(toml_of(production_tables())),
    )
    assert demo.profile is Profile.DEMO
    assert isinstance(demo.camera, SimulatedCameraTable)
    assert isinstance(production.camera, DeviceCameraTable)


def test_settings_written_are_settings_read():
    for tables in (demo_tables(), production_tables()):
        settings = msgspec.convert(tables, Settings)
        assert read_settings(settings_toml(settings).encode()) == settings


def test_the_digest_of_the_file_and_its_folder_are_kept(tmp_path):
    content = toml_of(demo_tables())
    (tmp_path / SETTINGS_NAME).write_bytes(content)
    loaded = load_settings(tmp_path)
    assert loaded.sha256 == hashlib.sha256(content).hexdigest()
    assert loaded.path(loaded.values.log.path) == tmp_path / "log/log.sqlite"


def test_a_folder_without_settings_is_not_initialised(tmp_path):
    with pytest.raises(NotInitialised):
        load_settings(tmp_path)


def test_a_wrong_type_is_named_by_its_path():
    content = toml_of(production_tables()).replace(b"index = 0", b'index = "0"')
    assert refusal(content) == "$.camera.index: '0' is not a whole number from 0 to 63"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"[camera]", "$.camera"),
        (b"[trust]", "$.trust"),
        (b"[policy]", "$.policy"),
        (b"[registries]", "$.registries"),
    ],
)
def test_an_unknown_key_is_named_by_its_path(line, path):
    detail = refusal(toml_of(demo_tables()).replace(line, line + b"\nsurprise = 1"))
    assert detail == f"{path}.surprise: there is no setting of this name"


def test_an_unknown_table_is_refused():
    assert "surprise" in refusal(toml_of(demo_tables()) + b"[surprise]\n")


@pytest.mark.parametrize("place", sorted(_place for _place in demo_tables()))
def test_every_table_is_required(place):
    tables = demo_tables()
    whole = toml_of(tables).decode()
    if isinstance(tables[place], dict):
        blocks = whole.split("\n\n")
        partial = "\n\n".join(block for block in blocks if not block.startswith(f"[{place}]"))
    else:
        partial = "\n".join(
            line for line in whole.splitlines() if not line.startswith(f"{place} =")
        )
    assert place in refusal(partial.encode())


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("trust", "environment"),
        ("trust", "anchors"),
        ("revocation", "ocsp_url"),
        ("revocation", "crl_urls"),
        ("revocation", "timeout_s"),
        ("registries", "timeout_s"),
        ("carrier", "tls_anchors"),
        ("policy", "sha256"),
        ("permit", "audience"),
    ],
)
def test_trust_revocation_and_time_have_no_default(table, key):
    lines = toml_of(demo_tables()).decode().splitlines()
    start = lines.index(f"[{table}]")
    index = next(i for i in range(start, len(lines)) if lines[i].startswith(f"{key} ="))
    detail = refusal("\n".join(lines[:index] + lines[index + 1 :]).encode())
    assert key in detail
    assert f"$.{table}" in detail


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("camera", {"kind": "simulated", "scenario": "genuine"}, "$.camera.kind"),
        ("camera", {"kind": "recording", "path": "clip.mp4"}, "$.camera.kind"),
        ("trust.environment", "test", "$.trust.environment"),
        ("revocation.ocsp_url", "http://127.0.0.1:8801/ocsp", "$.revocation.ocsp_url"),
        ("revocation.crl_urls", ["http://[::1]:8801/a.crl"], "$.revocation.crl_urls[0]"),
        ("registries.antifraud_url", "https://localhost/a", "$.registries.antifraud_url"),
        ("registries.antifraud_url", "https://[::ffff:127.0.0.1]/", "$.registries.antifraud_url"),
        ("registries.phone_owner_url", "https://0.0.0.0/a", "$.registries.phone_owner_url"),
        ("registries.person_url", "https://127.0.0.1/a", "$.registries.person_url"),
        ("registries.attempts_url", "https://127.0.0.1/a", "$.registries.attempts_url"),
        ("log.released", "log/heads", "$.log.released"),
        ("log.released", "log/../log/heads", "$.log.released"),
        ("log.released", "./log//deeper/heads", "$.log.released"),
        ("log.path", "log.sqlite", "$.log.released"),
    ],
)
def test_production_refuses_what_a_simulator_could_use(place, value, named):
    assert refusal(toml_of(changed(production_tables(), place, value))).startswith(named)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("registries.antifraud_url", "http://gw.example.kz/a"),
        ("registries.antifraud_url", "https://user:pw@gw.example.kz/a"),
        ("registries.antifraud_url", "https://gw.example.kz/a?key=1"),
        ("registries.antifraud_url", "https://gw.example.kz/a#x"),
        ("registries.antifraud_url", "https://127.1/a"),
        ("registries.antifraud_url", "https://2130706433/a"),
        ("registries.antifraud_url", "https://0x7f000001/a"),
        ("registries.antifraud_url", "https://0177.0.0.1/a"),
        ("registries.antifraud_url", "https://0x7f.0.0.1/a"),
        ("registries.antifraud_url", "https://127.0.0.1./a"),
        ("registries.antifraud_url", "https://gw.bank.0x7f/a"),
        ("registries.antifraud_url", "https://localhost./a"),
        ("registries.antifraud_url", "https:///nohost"),
        ("registries.antifraud_url", "https://[bad/"),
        ("registries.antifraud_url", "https://host:99999/"),
        ("registries.antifraud_url", "ftp://gw.example.kz/"),
        ("registries.person_url", "http://gw.example.kz/a"),
        ("registries.attempts_url", "http://gw.example.kz/a"),
        ("revocation.ocsp_url", "file:///etc/passwd"),
        ("carrier.ncalayer_url", "wss://ncalayer.example.kz:13579"),
        ("carrier.ncalayer_url", "ws://127.0.0.1:13579"),
    ],
)
@pytest.mark.parametrize("tables", [demo_tables, production_tables])
def test_an_address_that_is_not_plain_is_refused_in_both_profiles(tables, place, value):
    assert refusal(toml_of(changed(tables(), place, value))).startswith(f"$.{place}")


@pytest.mark.parametrize("profile", Profile)
def test_the_template_is_refused_until_it_is_filled_in(profile):
    values = dict.fromkeys(("station", "bank", "branch"), 'Филиал "А"\\1')
    values |= {"origin": "bank.kz/ws/1", "keys": "sealed", "policy": "p.toml"}
    text = initial_text(profile, values | {"policy_sha256": "ab" * 32})
    assert "$.carrier.tls_anchors" in refusal(text.encode())
    filled = (
        text.replace("tls_anchors = []", 'tls_anchors = ["a.pem"]')
        .replace("anchors = []", 'anchors = [{ path = "r.cer", sha256 = "' + "ab" * 32 + '" }]')
        .replace("\nrecipients = []", "\nrecipients = [" + RECIPIENT + "]")
        .replace('_url = ""', '_url = "https://gw.example.kz/"')
        .replace('audience = ""', 'audience = "core"')
    )
    settings = read_settings(filled.encode())
    assert settings.profile is profile
    assert settings.station.branch == 'Филиал "А"\\1'


def test_a_file_too_large_is_refused():
    assert "larger" in refusal(b"#" * 70_000)


def test_nesting_without_end_is_refused():
    assert refusal(b"a = " + b"[" * 60_000)


@given(st.binary(max_size=300))
def test_any_bytes_are_settings_or_a_refusal(untrusted):
    assert refusal(untrusted)


@given(st.data())
def test_a_damaged_file_is_settings_or_a_refusal(data):
    content = bytearray(toml_of(demo_tables()))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    try:
        outcome = type(read_settings(bytes(content)))
    except SettingsRefused as refused:
        outcome = refused.code
    assert outcome in {Settings, "settings_refused"}


def every_fault(untrusted):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(untrusted)
    return refused.value.faults


def test_every_fault_is_told_at_once_in_the_order_of_the_file_and_in_words():
    text = toml_of(production_tables()).decode()
    for old, new in (
        ("index = 0", "index = 99"),
        ('name = "retention"', 'nmae = "retention"'),
        ('audience = "core-banking"', 'audience = ""'),
        ("https://gw.example.kz/phone", "https://localhost/phone"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    here = "this machine in the production profile; there stands https://localhost"
    assert every_fault(text.encode()) == (
        "$.camera.index: 99 is not a whole number from 0 to 63",
        "$.vault.recipients[0].nmae: there is no setting of this name; is name meant?",
        "$.vault.recipients[0].name: missing; a text of one line, at most 100 characters",
        "$.permit.audience: empty; the name under which core banking redeems permits",
        f"$.registries.phone_owner_url: {here}",
    )


def test_no_place_of_the_settings_is_described_by_a_pattern():
    for fault in every_fault(b""):
        assert "missing; " in fault
        assert not any(word in fault for word in ("regex", "`str`", "Expected"))


def test_faults_are_bounded_and_quickly_found():
    hostile = "\n".join(f"key{index} = 1" for index in range(5000))
    assert len(every_fault(hostile.encode())) == 50


@given(st.data())
def test_what_has_no_fault_is_read_and_what_has_one_is_not(data):
    tables = data.draw(st.sampled_from([demo_tables(), production_tables()]))
    places = [
        (name, each) for name, table in tables.items() if isinstance(table, dict) for each in table
    ]
    table, name = data.draw(st.sampled_from(places))
    tables[table][name] = data.draw(
        st.integers(-2, 700) | st.text(max_size=9) | st.lists(st.text(max_size=3)) | st.booleans()
    )
    faults = (*shape_faults(Settings, tables), *rule_faults(tables))
    try:
        msgspec.convert(tables, Settings, strict=True)
        convertible = True
    except msgspec.ValidationError:
        convertible = False
    assert bool(tuple(shape_faults(Settings, tables))) is not convertible
    assert all(each.startswith("$.") for each in faults)


def test_the_person_registry_may_be_left_out_and_its_keys_not_stand_alone():
    tables = demo_tables()
    assert read_settings(toml_of(tables)).registries.person_url is msgspec.UNSET
    key = {"kid": "gateway", "path": "trust/gateway.pem", "sha256": "ab" * 32}
    tables["registries"]["person_jws_keys"] = [key]
    assert refusal(toml_of(tables)) == "$.registries.person_jws_keys: without person_url"
    tables["registries"]["person_url"] = "https://gw.example.kz/person"
    read = read_settings(toml_of(tables)).registries
    assert msgspec.to_builtins(read.person_jws_keys) == [key]


@pytest.mark.parametrize("name", ["", "ACS ACR1252 Dual Reader [PICC] 00 00", "Считыватель 1"])
def test_a_card_reader_is_named_or_the_only_one(name):
    content = toml_of(production_tables() | {"chip": {"reader": name}})
    read = read_settings(content)
    assert read.chip.reader == name
    assert settings_toml(read).encode() == content


@pytest.mark.parametrize("name", ["a\nb", "x" * 129, 1])
def test_what_is_no_name_of_a_reader_is_refused(name):
    tables = production_tables() | {"chip": {"reader": name}}
    assert any(each.startswith("$.chip.reader") for each in shape_faults(Settings, tables))


KEY = {"kid": "idec", "path": "trust/idec.pem", "sha256": "ab" * 32}
CLIENT = {"certificate": "trust/ws-07.pem", "key": "keys/ws-07.pem"}
PUSH = {
    "shape": "push",
    "url": "https://gw.example.kz/authority",
    "tls_anchors": ["trust/gateway.pem"],
    "timeout_s": 20,
}
SESSION = PUSH | {"shape": "session", "session_s": 180}


@pytest.mark.parametrize("shape", [PUSH, SESSION])
@pytest.mark.parametrize("voucher", [{"jws_keys": [KEY]}, {"client": CLIENT}])
def test_an_authority_is_written_and_read_back_in_both_shapes(shape, voucher):
    table = shape | voucher
    content = toml_of(production_tables() | {"authority": table})
    read = read_settings(content)
    assert msgspec.to_builtins(read.authority) == {"jws_keys": [], **table}
    assert settings_toml(read).encode() == content


def test_in_production_somebody_has_to_vouch_for_the_authoritys_results():
    named = "$.authority: neither jws_keys nor client"
    assert refusal(toml_of(production_tables() | {"authority": PUSH})).startswith(named)
    assert read_settings(toml_of(demo_tables() | {"authority": PUSH}))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"shape": "pull"}, "$.authority.shape: 'pull' is none of push, session"),
        ({"shape": "session"}, "$.authority.session_s: missing"),
        ({"session_s": 60}, "$.authority.session_s: there is no setting of this name"),
        ({"url": "http://gw.example.kz/a"}, "$.authority.url: plain http leaves this machine"),
        ({"url": "https://127.0.0.1/a"}, "$.authority.url: this machine in the production"),
        ({"timeout_s": 61}, "$.authority.timeout_s: 61 is not"),
        ({"jws_keys": [KEY | {"kid": ""}]}, "$.authority.jws_keys[0].kid: empty"),
        ({"jws_keys": [KEY | {"sha256": "AB" * 32}]}, "$.authority.jws_keys[0].sha256"),
        ({"client": {"certificate": "a.pem"}}, "$.authority.client.key: missing"),
    ],
)
def test_an_authority_that_cannot_be_used_is_named_by_its_place(changes, named):
    tables = production_tables() | {"authority": PUSH | {"jws_keys": [KEY]} | changes}
    faults = (*shape_faults(Settings, tables), *rule_faults(tables))
    assert any(each.startswith(named) for each in faults), faults


def test_a_certificate_that_nobody_would_see_is_refused():
    table = PUSH | {"url": "http://127.0.0.1:9/a", "client": CLIENT}
    assert refusal(toml_of(demo_tables() | {"authority": table})).startswith("$.authority.client")
