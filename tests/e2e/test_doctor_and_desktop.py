"""What the desktop refuses of a station, `doctor` calls bad and names; nothing else is bad."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.errors import CryptoError
from crypto.vault.keys import SealedKeyStore
from crypto.vault.protectors import PassphraseProtector
from tests.support.pki import certificates as pki
from tests.support.station.branch import GATEWAY, Branch, authorities
from tests.support.station.log import ToldClock
from tests.support.station.passphrases import give_passphrase
from tests.support.vision.captures import device_camera
from vision.camera.device_names import SystemName
from vision.errors import CameraUnavailable
from workstation import bootstrap
from workstation.errors import WorkstationError


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def refused(branch):
    """Open the station with every part that its settings name; say why it cannot be, or nothing."""
    clock = ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))
    given = bootstrap.Overrides(clock=clock, now=lambda: pki.NOW)
    try:
        bootstrap.close(bootstrap.build(branch.data, given, give_passphrase))
    except (WorkstationError, CryptoError) as error:
        return error.detail or error.code
    return ""


def by_hand(old, new):
    return lambda branch: branch.set(old, new)


def digits(pattern):
    """Put zeroes where 64 digits stood."""

    def change(branch):
        text = branch.settings.read_text("utf-8")
        spoilt, count = re.subn(pattern, r"\g<1>" + "0" * 64, text, count=1)
        assert count == 1
        branch.settings.write_text(spoilt, "utf-8")

    return change


def file(name, octets):
    return lambda branch: (branch.data / name).write_bytes(octets)


def gone(name):
    def remove(branch):
        path = branch.data / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return remove


def in_the_way(name):
    def put(branch):
        shutil.rmtree(branch.data / name, ignore_errors=True)
        (branch.data / name).write_bytes(b"a file where a folder belongs")

    return put


def foreign_key(branch):
    (branch.data / "keys" / "log.sealed").unlink()
    SealedKeyStore(branch.data / "keys", PassphraseProtector(give_passphrase)).create("log")


def heads_of_another_log(branch):
    heads = branch.data / "released" / "heads"
    origin, size, root, signature = heads.read_text().splitlines()[-1].split("|")
    heads.write_text(f"{origin}|{int(size) + 7}|{root}|{signature}\n")


def linked_heads(branch):
    (branch.data / "elsewhere").symlink_to(branch.data / "log", target_is_directory=True)
    branch.set('"released/heads"', '"elsewhere/heads"')


def absolute_heads(branch):
    branch.set('"released/heads"', f'"{(branch.data / "log" / "heads").as_posix()}"')


def linked_file(branch):
    (branch.data / "released" / "heads").unlink()
    (branch.data / "released" / "heads").symlink_to(branch.data / "log" / "heads")


def of_another_bank(branch):
    policy = branch.data / "policy.toml"
    policy.write_bytes(policy.read_bytes().replace(b"kz-2026-07-12", b"other-2026-07"))


TWO = pki.world().root.certificate.public_bytes(Encoding.PEM) * 2
LIST = pki.make_crl(pki.world().root)
AUTHORITY = f"""[authority]
shape = "push"
url = "{GATEWAY}/authority"
tls_anchors = ["../gateway.pem"]
timeout_s = 20
"""
PRIVATE = b"-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"

FAULTS = {
    # Settings that cannot be read, or break a rule.
    "language": (by_hand('language = "ru"', 'language = "fr"'), "$.language"),
    "camera": (by_hand("index = 0", 'index = "0"'), "$.camera.index"),
    "unknown": (by_hand("[permit]", "[permit]\nskip = true"), "$.permit.skip"),
    "ocsp": (by_hand("http://ocsp.pki.gov.kz/", "http://localhost/"), "$.revocation.ocsp_url"),
    "plain": (by_hand(f"{GATEWAY}/owner", "http://gw.bank.kz"), "$.registries.phone_owner_url"),
    "test": (by_hand('"prod"', '"test"'), "$.trust.environment"),
    "timeout": (
        by_hand("[registries]", "[registries]\nsurprise = 1"),
        "$.registries.surprise",
    ),
    "nested heads": (by_hand('"released/heads"', '"log/a/heads"'), "$.log.released"),
    "spelt heads": (by_hand('"released/heads"', '"log/../log/heads"'), "$.log.released"),
    "absolute heads": (absolute_heads, "$.log.released"),
    # A set-up that was broken off, and settings of another version.
    "half-finished": (gone("workstation.toml"), "not_initialised"),
    "settings newer": (by_hand("[permit]", "[colours]\nink = 1\n[permit]"), "$.colours"),
    "settings older": (by_hand("timeout_s = 10\n\n# Time", "\n\n# Time"), "$.revocation.timeout_s"),
    "settings cut": (by_hand("[registries]", "[registries"), "not TOML"),
    # Settings that can be read and name what cannot be used.
    "policy of another bank": (of_another_bank, "$.policy.sha256"),
    "policy gone": (gone("policy.toml"), "policy.toml"),
    "policy changed": (file("policy.toml", b"id = 1"), "$.policy.sha256"),
    "anchor gone": (by_hand('[\n  { path = "trust', '[\n  { path = "gone'), "$.trust.anchors[0]"),
    "anchor pin": (digits(r'(\[\n  \{.*sha256 = ")[0-9a-f]{64}'), "$.trust.anchors[0]"),
    "tls gone": (gone("../gateway.pem"), "$.registries.tls_anchors[0]"),
    "tls two": (file("../gateway.pem", TWO), "$.registries.tls_anchors[0]"),
    "tls key": (file("../gateway.pem", PRIVATE), "$.registries.tls_anchors[0]"),
    "tls list": (file("../gateway.pem", LIST), "not a certificate but crl"),
    "tls empty": (file("../gateway.pem", b""), "$.registries.tls_anchors[0]"),
    "tls huge": (file("../gateway.pem", b"0" * 70_000), "$.registries.tls_anchors[0]"),
    "tls folder": (by_hand("../gateway.pem", "trust"), "$.registries.tls_anchors[0]"),
    "tls cut": (file("../gateway.pem", pki.world().root.der[:-1]), "$.registries.tls_anchors[0]"),
    "tls none": (by_hand('tls_anchors = ["../gateway.pem"]', "tls_anchors = []"), "$.registries"),
    "ncalayer port": (by_hand("127.0.0.1:13579", "127.0.0.1"), "$.carrier"),
    "ncalayer name": (by_hand("127.0.0.1:13579", "localhost:13579"), "$.carrier"),
    "token": (
        by_hand(
            "# token = {",
            'token = { module = "/m.so", label = "", serial = "", gost_2015_mechanism = 0, '
            "gost_2004_mechanism = 0, signing_timeout_s = 9 } # {",
        ),
        "$.carrier.token",
    ),
    "egov": (
        by_hand(
            "# egov_qr = {",
            'egov_qr = { url = "https://sign.example.kz", tls_anchors = [], opening_timeout_s = 9,'
            " signing_timeout_s = 9, retries = 1 } # {",
        ),
        "$.carrier.egov_qr",
    ),
    "authority unvouched": (by_hand("[log]\n", f"{AUTHORITY}[log]\n"), "$.authority: neither"),
    "authority key": (
        by_hand("[log]\n", f"{AUTHORITY}client = {{ certificate = 'a', key = 'b' }}\n[log]\n"),
        "$.authority.client.key",
    ),
    "authority register": (
        file("authority.sqlite", b"no database at all" * 100),
        "authority.sqlite",
    ),
    "person keys": (
        by_hand("[registries]", "[registries]\nperson_jws_keys = [{ kid = 'k' }]"),
        "$.registries.person_jws_keys[0].path",
    ),
    "recipient": (digits(r'(x25519 = ")[0-9a-f]{64}'), "$.vault.recipients[0].x25519"),
    "permits": (in_the_way("permits"), "$.permit.folder"),
    "vault": (in_the_way("vault"), "$.vault.path"),
    "outbox": (in_the_way("outbox"), "outbox"),
    "share gone": (by_hand('"released/heads"', '"share/heads"'), "$.log.released"),
    "heads a folder": (by_hand('"released/heads"', '"released"'), "$.log.released"),
    "keys": (gone("keys"), "log"),
    "foreign key": (foreign_key, "$.keys.path"),
    "log gone": (gone("log/log.sqlite"), "log"),
    "log moved": (by_hand('"log/log.sqlite"', '"log/other.sqlite"'), "log"),
    "heads ahead": (heads_of_another_log, "released"),
    "heads torn": (file("released/heads", b"nonsense\n"), "released_unreadable"),
    "origin": (by_hand("bank.kz/log/almaty1-ws07/g1", "bank.kz/log/other/g1"), "$.station.origin"),
    "cosigners": (gone("enrolment/trusted.vkeys"), "trusted.vkeys"),
    "operators": (gone("operators.sqlite"), "operators.sqlite"),
    "cool-down": (file("cool-down.sqlite", b"no database at all" * 100), "cool-down.sqlite"),
    "lists": (file("revocation.sqlite", b"no database at all" * 100), "evidence_unusable"),
}
if sys.platform != "win32":
    FAULTS["linked heads"] = (linked_heads, "$.log.released")
    FAULTS["linked file"] = (linked_file, "$.log.released")


def test_a_station_without_a_fault_is_opened_and_called_good(branch):
    assert (branch.bad(), refused(branch), branch.bad()) == ([], "", [])


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_desktop_refuses_the_doctor_names(branch, fault):
    spoil, named = FAULTS[fault]
    spoil(branch)
    bad = branch.bad()
    why = refused(branch)
    assert why, bad
    assert any(named in each for each in bad), (named, bad, why)


def test_every_fault_of_the_settings_is_told_at_once(branch):
    places = ["$.language", "$.camera.index", "$.registries.phone_owner_url", "$.permit.audience"]
    for old, new in (
        ('language = "ru"', 'language = "fr"'),
        ("index = 0", "index = 99"),
        (f"{GATEWAY}/owner", "https://127.1/"),
        ('audience = "core-banking"', 'audience = ""'),
    ):
        branch.set(old, new)
    bad = branch.bad()
    assert [any(place in each for each in bad) for place in places] == [True] * 4
    assert len(bad) == 4
    assert not any("regex" in each or "Expected" in each for each in bad)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("armour", [b"", b"\r\n"])
def test_a_certificate_is_read_in_either_form_by_both(branch, encoding, armour):
    octets = pki.world().root.certificate.public_bytes(encoding) + armour
    (branch.data / "../gateway.pem").write_bytes(octets)
    anchor = next((branch.data / "trust").glob("*.cer"))
    der = anchor.read_bytes()
    (found,) = [each for each in vars(authorities()).values() if each.der == der]
    anchor.write_bytes(found.certificate.public_bytes(encoding) + armour)
    branch.sign()
    assert (branch.bad(), refused(branch)) == ([], "")
    assert branch.line.run("trust", "list").stdout.count("unusable") == 0


@pytest.mark.parametrize(
    ("host", "address"),
    [("ocsp.pki.gov.kz", "127.0.0.1"), ("crl.root.gov.kz", "::1"), ("gateway.bank.example", "::")],
)
def test_a_name_that_leads_to_this_machine_is_named(branch, host, address):
    branch.resolved[host] = address
    (seen,) = branch.bad()
    assert f"{host} leads to this machine" in seen
    assert "$." in seen


def test_a_name_that_nobody_knows_now_is_a_warning(branch, monkeypatch):
    def nobody(*_given, **_more):
        raise OSError("no such host")

    monkeypatch.setattr("socket.getaddrinfo", nobody)
    signs, code = branch.doctor()
    told = [each for each in signs if each["what"] == "address"]
    assert code == 0
    assert {each["state"] for each in told} == {"warning"}
    assert len(told) == 4


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("http://ocsp.pki.gov.kz/", "http://ip6-localhost/"),
        ("http://ocsp.pki.gov.kz/", "http://[::ffff:127.0.0.1]/"),
        ("http://ocsp.pki.gov.kz/", "http://0177.0.0.1/"),
        ("http://ocsp.pki.gov.kz/", "http://0x7f.0.0.1/"),
        ("http://ocsp.pki.gov.kz/", "http://2130706433/"),
        ("http://ocsp.pki.gov.kz/", "http://localhost./"),
        ("http://ocsp.pki.gov.kz/", "http://gw.localhost/"),
    ],
)
def test_a_spelling_of_this_machine_is_refused_without_asking_anybody(branch, place, url):
    branch.set(place, url)
    assert any("$.revocation.ocsp_url" in each for each in branch.bad())
    assert "$.revocation.ocsp_url" in refused(branch)


def test_the_stations_own_parts_refuse_a_name_that_leads_here(branch):
    for host in ("gateway.bank.example", "crl.pki.gov.kz", "crl.root.gov.kz"):
        branch.resolved[host] = "127.0.0.1"
    given = bootstrap.Overrides(now=lambda: pki.NOW, clock=ToldClock(wall_ms=0))
    services = bootstrap.build(branch.data, given, give_passphrase)
    try:
        asked = next(each for each in services.policy.questions if each.check == "loan_refusal")
        answer = services.registries.ask(asked, {"iin": pki.IIN})
        health = services.revocation.update(pki.NOW)
    finally:
        bootstrap.close(services)
    assert answer.reason == "loan_refusal.no_answer"
    assert len(health) == 6
    assert {each.detail for each in health} == {"ThisMachineRefused"}


def test_a_data_folder_named_by_a_relative_path_is_the_same_station(branch, monkeypatch):
    monkeypatch.chdir(branch.data.parent)
    branch.line.data = Path(os.path.relpath(branch.data))
    assert branch.bad() == []


@pytest.mark.parametrize(
    ("called", "trouble"),
    [
        (SystemName("OBS Virtual Camera", "virtual"), "camera_virtual_device"),
        (SystemName("USB Camera", "1d6b:0102 1-4"), "camera_unknown_device"),
        (SystemName("HD Webcam", "046d:0825 1-2"), ""),
    ],
)
def test_a_camera_that_production_does_not_open_is_bad_to_the_doctor(
    branch, monkeypatch, called, trouble
):
    branch.set("allowed = []", 'allowed = ["046d:0825"]')
    monkeypatch.setattr("workstation.preflight.system_name", lambda _index: called)
    seen = branch.line.run("doctor", "--moment", pki.NOW.isoformat())
    clock = ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))
    given = bootstrap.Overrides(
        clock=clock, now=lambda: pki.NOW, open_camera=device_camera(called=called)
    )
    services = bootstrap.build(branch.data, given, give_passphrase)
    try:
        refused_as = ""
        services.open_camera().close()
    except CameraUnavailable as unavailable:
        refused_as = unavailable.detail
    finally:
        bootstrap.close(services)

    assert refused_as == trouble
    assert (seen.exit_code, trouble in seen.stdout) == (4 if trouble else 0, True)
    assert called.hardware_id in seen.stdout
