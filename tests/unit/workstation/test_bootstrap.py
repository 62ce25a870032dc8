"""The composition root: opens what was initialised, refuses the rest, closes what it opened."""

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.chip.pcsc import PcscReader
from crypto.errors import CryptoError, KeyRefused, LogLocked
from crypto.log.format.note import NoteSigner
from crypto.path.trust import TrustRefused
from crypto.report.policy import CarrierRule, IdentificationRule
from tests.support.pki import certificates as pki
from tests.support.station.charters import sign_folder
from tests.support.station.listeners import Waiting
from tests.support.station.log import ToldClock
from tests.support.station.scripted import (
    ScriptedAnalysis,
    ScriptedCamera,
    ScriptedCarrier,
    ScriptedRegistries,
    failing,
)
from tests.support.vision.captures import AdjustableCapture, Capture, device_camera
from vision.camera.device_names import SystemName
from workstation.bootstrap import Overrides, build, close
from workstation.errors import CharterRefused, NotInitialised, PolicyRefused, SettingsRefused
from workstation.preflight import FACES_NAME
from workstation.records.keys import read_enrolled_log_key
from workstation.records.policy_in_force import record_policy_in_force
from workstation.rules.calendar.calendar import PolicyVersion
from workstation.rules.calendar.signing import sign_policy
from workstation.rules.local_time import local_day
from workstation.rules.policy_file import read_policy
from workstation.sandbox.demo_folder import prepare_demo_folder
from workstation.sandbox.pki.travel_documents import issue_csca
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.world import SandboxEndpoints
from workstation.settings.settings import SETTINGS_NAME
from workstation.station.audit_trail import verify_log
from workstation.station.runtime import Runtime

OVERRIDES = Overrides(
    open_camera=ScriptedCamera,
    analysis=ScriptedAnalysis(),
    carrier=ScriptedCarrier(failing(RuntimeError())),
    registries=ScriptedRegistries(),
)


def endpoints(folder: Path) -> SandboxEndpoints:
    """Name services that nobody runs, and the certificates of the test PKI."""
    world = pki.world()
    for name, holder in (("root", world.root), ("nca", world.authority)):
        (folder / f"{name}.cer").write_bytes(holder.der)
    pem = world.root.certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "tls.pem").write_bytes(pem)
    csca = issue_csca()
    (folder / "csca.cer").write_bytes(csca.der)
    signer = AnswerSigner.open(folder)
    (folder / "answers.pem").write_bytes(signer.pem)
    http = "http://127.0.0.1:9"
    return SandboxEndpoints(
        egov_url="http://127.0.0.1:2",
        ncalayer_url="wss://127.0.0.1:9",
        ocsp_url=f"{http}/ocsp",
        crl_urls=(f"{http}/root.crl", f"{http}/nca.crl"),
        tsa_url=f"{http}/tsp",
        registries_url=http,
        persons_url=http,
        face_authority_url=http,
        identification_url=http,
        root_certificates=(folder / "root.cer",),
        nca_certificates=(folder / "nca.cer",),
        tsa_certificates=(folder / "root.cer",),
        tls_anchor=folder / "root.cer",
        answer_key=folder / "answers.pem",
        answer_key_sha256=signer.public.sha256,
        root_fingerprints=(world.root.parsed.sha256,),
        csca_certificate=folder / "csca.cer",
        csca_fingerprint=csca.parsed.sha256,
    )


@pytest.fixture
def folder(tmp_path):
    station = tmp_path / "station"
    prepare_demo_folder(station, endpoints(tmp_path))
    return station


def settings_of(folder, old, new):
    path = folder / SETTINGS_NAME
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def changed(folder, old, new):
    """Change the settings and have head office sign it."""
    settings_of(folder, old, new)
    sign_folder(folder)


def opens(folder):
    """Open and close once more: nothing was left locked."""
    close(build(folder, OVERRIDES))


def test_a_folder_that_was_never_initialised_is_refused_and_stays_empty(tmp_path):
    with pytest.raises(NotInitialised):
        build(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_first_start_of_a_day_has_a_log_key_of_its_own_and_the_first_one_verifies(folder):
    first = read_enrolled_log_key(folder)
    clock = ToldClock(wall_ms=time.time_ns() // 1_000_000)
    for day in range(2, 4):
        clock.tick(86_400_000)
        clock.run = f"day-{day}"
        for _ in range(2):
            services = build(folder, replace(OVERRIDES, clock=clock))
            try:
                assert services.log_key == first
                assert len(services.journal.log.log_keys) == day
                assert verify_log(services).ok
            finally:
                close(services)
        names = [path.name for path in (folder / "keys").iterdir()]
        assert sorted(names) == ["cool-down.key", f"log-{day}.key", "permit.key"]


def test_an_enrolled_key_that_is_not_the_logs_first_one_is_refused(folder):
    other = NoteSigner(read_enrolled_log_key(folder).name, Ed25519PrivateKey.generate())
    (folder / "enrolment" / "log.vkey").write_text(f"{other.vkey}\n")

    with pytest.raises(KeyRefused, match=r"enrolment/log\.vkey"):
        build(folder, OVERRIDES)


def test_an_initialised_station_opens_again_and_again(folder):
    opens(folder)
    opens(folder)


def test_a_second_station_on_the_same_folder_is_refused(folder):
    services = build(folder, OVERRIDES)
    with pytest.raises(LogLocked):
        build(folder, OVERRIDES)
    close(services)

    opens(folder)


def test_a_setting_that_nobody_knows_is_refused_by_its_name(folder):
    settings_of(folder, 'profile = "demo"', 'profile = "demo"\nskip_liveness = true')

    with pytest.raises(SettingsRefused, match="skip_liveness"):
        build(folder, OVERRIDES)


def test_a_policy_that_was_changed_after_it_was_signed_is_refused(folder):
    path = folder / "policies" / "kz-2026-07-12.toml"
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(PolicyRefused, match=r"kz-2026-07-12\.toml: its signatures are about other"):
        build(folder, OVERRIDES)


def test_the_log_says_at_every_start_which_policy_binds_and_who_signed_it(folder):
    for _ in range(2):
        close(build(folder, OVERRIDES))
    services = build(folder, OVERRIDES)
    log = services.journal.log
    found = [each.data for each in log.entries(0, log.size) if each.kind == "policy.in_force"]
    close(services)
    assert len(found) == 3
    assert {(each["id"], *each["signers"]) for each in found} == {
        ("kz-2026-07-12", "risk", "compliance")
    }


def test_a_version_of_before_is_not_gone_back_to(folder):
    services = build(folder, OVERRIDES)
    policy, day = services.policy, local_day(services.now())
    later = replace(policy, id="kz-later", valid_from=day)
    record_policy_in_force(services.journal.log, PolicyVersion(later), day)
    close(services)

    with pytest.raises(PolicyRefused, match=r"kz-later, in force from .*, was here before it"):
        build(folder, OVERRIDES)


@pytest.mark.parametrize("missing", ["root.cer", "nca.cer"])
def test_a_file_that_the_settings_name_and_that_is_gone_is_told_by_name(folder, missing):
    path = folder.parent / missing
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(SettingsRefused, match=missing):
        build(folder, OVERRIDES)
    path.write_bytes(kept)

    opens(folder)


def test_an_anchor_that_is_not_the_pinned_one_is_refused(folder):
    (folder.parent / "root.cer").write_bytes(pki.world().authority.der)

    with pytest.raises(CharterRefused, match=r"file_replaced: .*root\.cer"):
        build(folder, OVERRIDES)
    sign_folder(folder)
    with pytest.raises(TrustRefused):
        build(folder, OVERRIDES)


def test_a_small_database_that_is_damaged_is_refused_and_everything_is_closed(folder):
    opens(folder)
    damaged = folder / "cool-down.sqlite"
    damaged.write_bytes(b"no database at all" * 100)
    with pytest.raises(SettingsRefused):
        build(folder, OVERRIDES)
    damaged.unlink()

    opens(folder)


def test_faces_that_are_no_faces_are_replaced_and_the_log_says_so(folder):
    close(build(folder, OVERRIDES))
    (folder / FACES_NAME).write_bytes(b"no database at all" * 100)
    services = build(folder, OVERRIDES)
    kinds = [entry.kind for entry in services.journal.log.entries()]
    close(services)

    assert kinds.count("faces.replaced") == 1


def test_a_vault_that_cannot_be_opened_is_refused_and_everything_is_closed(folder):
    opens(folder)
    (folder / "vault" / "payload_keys.db").write_bytes(b"no database at all" * 100)

    with pytest.raises(CryptoError):
        build(folder, OVERRIDES)
    (folder / "vault" / "payload_keys.db").unlink()
    opens(folder)


def test_overrides_take_the_place_of_what_the_settings_name(folder):
    services = build(folder, OVERRIDES)

    assert services.analysis is OVERRIDES.analysis
    assert services.carriers.ncalayer is OVERRIDES.carrier
    assert services.registries is OVERRIDES.registries
    assert services.facts.profile == "demo"
    assert services.simulated
    close(services)
    with pytest.raises(sqlite3.ProgrammingError):
        services.cool_down.refusals_since("1", 0)


@pytest.mark.parametrize(("configured", "shown"), [("ACS ACR1252", "ACS ACR1252"), ("", "PC/SC")])
def test_the_card_reader_of_the_settings_reads_documents(folder, configured, shown):
    services = build(folder, OVERRIDES)
    assert services.chips is None
    close(services)
    settings = folder / "workstation.toml"
    settings.write_bytes(settings.read_bytes() + f'\n[chip]\nreader = "{configured}"\n'.encode())
    sign_folder(folder)

    services = build(folder, OVERRIDES)
    assert (services.chips.name, services.chips.reader) == (shown, PcscReader(configured))
    close(services)


def test_what_the_policy_demands_of_a_signature_is_what_the_station_asks(folder):
    path = folder / "policies" / "kz-2026-07-12.toml"
    path.write_bytes(path.read_bytes().replace(b'carrier = "any"', b'carrier = "hardware"'))
    for name in ("risk", "compliance"):
        key = (folder.parent / "head-office" / f"policy-{name}.key").read_bytes()
        signer = NoteSigner(name, Ed25519PrivateKey.from_private_bytes(key))
        sign_policy(path, read_policy(path.read_bytes()), signer)
    services = build(folder, OVERRIDES)
    close(services)
    assert services.validator.constraints.policy.carrier is CarrierRule.HARDWARE
    assert services.validator.constraints.policy.identification is IdentificationRule.ANY
    assert dict(services.validator.constraints.policy.last_moments).keys() == {"gost2004"}


DEVICE = """kind = "device"
index = 0
name = ""
allowed = ["046d:0825"]
width = 640
height = 480
frames_per_second = 30
"""


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        (SystemName("OBS Virtual Camera", "virtual"), "camera_virtual_device"),
        (SystemName("USB Camera", "1d6b:0102 1-4"), "camera_unknown_device"),
        (SystemName("HD Webcam", "046d:0825 1-2"), ""),
    ],
)
def test_a_camera_that_is_not_allowed_is_named_on_the_station(folder, called, shown):
    changed(folder, 'kind = "simulated"\nscenario = "genuine"\n', DEVICE)
    services = build(folder, replace(OVERRIDES, open_camera=device_camera(called=called)))
    told = Waiting()
    with Runtime(services, told):
        status = told.until(
            lambda news: bool(getattr(news, "camera", "") or getattr(news, "camera_message", ""))
        )
    close(services)

    assert status.camera_message == shown
    assert status.camera == ("" if shown else "HD Webcam · 640×480")


def test_a_black_camera_is_named_on_the_station_through_every_thread(folder):
    changed(folder, 'kind = "simulated"\nscenario = "genuine"\n', DEVICE)
    services = build(folder, replace(OVERRIDES, open_camera=device_camera(Capture(level=0))))
    told = Waiting()
    with Runtime(services, told):
        status = told.until(lambda news: bool(getattr(news, "camera_message", "")))
    close(services)

    assert (status.camera_message, status.camera) == ("camera_black", "HD Webcam · 640×480")


def test_a_driver_that_lies_about_its_exposure_is_refused_through_every_thread(folder):
    changed(folder, 'kind = "simulated"\nscenario = "genuine"\n', DEVICE)
    capture = AdjustableCapture(obeys=())
    services = build(folder, replace(OVERRIDES, open_camera=device_camera(capture)))
    told = Waiting()
    with Runtime(services, told):
        status = told.until(lambda news: bool(getattr(news, "camera_message", "")))
    close(services)

    assert (status.camera_message, status.camera) == ("camera_unresponsive", "")
    assert capture.released
