"""A session is signed by one of several methods; each ends in one validation and the record."""

import base64
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from crypto.carrier.errors import (
    CarrierBusy,
    CarrierError,
    CarrierExpired,
    CarrierKeyMissing,
    CarrierNotInstalled,
    CarrierPinRefused,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    WrongFileKind,
)
from crypto.cms.signature_file import FileKind
from resources import LANGUAGES
from tests.support.desktop.qr_codes import text_of
from tests.support.pki import certificates as pki
from tests.support.station.listeners import PROMPTLY_S, Waiting
from tests.support.station.sandbox import egov_settings
from tests.support.station.scripted import (
    ScriptedAnalysis,
    ScriptedCamera,
    ScriptedCarrier,
    failing,
)
from tests.support.station.stations import SECRET, TELLER, Desk, a_site, form, signed
from workstation.devices.carriers import Carriers
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.texts import Texts
from workstation.errors import CarrierNotOffered
from workstation.sandbox.services.egov import EgovBehaviour, EgovMode, SandboxEgov
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.runtime import Runtime
from workstation.verification.signing import message_of


@contextmanager
def phone_service(clock_of):
    def sign(_key, document):
        return pki.world().cms(document, signing_time=clock_of())

    service = SandboxEgov(sign)
    service.start()
    try:
        yield service
    finally:
        service.close()


@pytest.fixture
def counter(tmp_path):
    """A desk where everything is offered, and the phone service behind it."""
    with a_site(tmp_path) as site, phone_service(site.services.now) as service:
        carriers = Carriers(
            ncalayer=site.carrier,
            egov_qr=egov_settings(service.url),
            token=ScriptedCarrier(failing(CarrierPinRefused("keyboard"))),
        )
        site.services = replace(site.services, carriers=carriers)
        desk = Desk(site)
        desk.service = service
        yield desk


def at_signature(desk):
    desk.to(State.SIGNATURE)
    return desk


def brought(desk, content, name="signed.cms"):
    path = desk.site.folder / name
    path.write_bytes(content)
    return desk.do(c.Sign(SigningMethod.FILE, path))


def test_the_screens_are_told_what_is_offered(counter):
    assert at_signature(counter).now.methods == tuple(SigningMethod)


def test_a_session_signed_on_the_customers_phone_is_approved_and_the_record_says_how(counter):
    at_signature(counter).do(c.Sign(SigningMethod.EGOV_QR))

    assert counter.now.state is State.RECORDED
    assert counter.now.decision.outcome == "approved"
    (entry,) = [e for e in counter.site.entries("verify.step") if e.data["step"] == "signature"]
    assert entry.data["way"] == "egov_qr"


@pytest.mark.parametrize("detached", [False, True])
def test_a_session_signed_elsewhere_is_approved(counter, detached):
    at_signature(counter)
    text = counter.site.folder / "statement.txt"
    counter.do(c.SaveStatement(text))

    signature = pki.world().cms(
        text.read_bytes(), signing_time=counter.site.services.now(), detached=detached
    )
    brought(counter, base64.encodebytes(signature))

    assert counter.now.decision.outcome == "approved"
    assert "statement_saved" in counter.site.steps()
    assert text.read_text(encoding="utf-8") == counter.told.sessions[-2].statement


def test_a_file_signed_for_another_session_is_not_this_customers_consent(counter):
    at_signature(counter)
    other = pki.world().cms(b"another statement", signing_time=counter.site.services.now())

    brought(counter, other)

    assert counter.now.decision.outcome == "rejected"
    assert counter.now.decision.reason == "signature.content_mismatch"


def test_a_tampered_answer_of_the_phone_service_approves_nothing(counter):
    counter.service.behaviour = EgovBehaviour(EgovMode.TAMPER)

    at_signature(counter).do(c.Sign(SigningMethod.EGOV_QR))

    assert counter.now.decision.outcome == "rejected"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes.fromhex("3080020103"), "wrong_file_kind.key_store"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n", "wrong_file_kind.key_store"),
        (b"%PDF-1.7\n", "wrong_file_kind.pdf"),
        (b"", "wrong_file_kind.empty"),
        (b"the statement itself, not signed", "wrong_file_kind.text"),
        (bytes(64), "wrong_file_kind.unknown"),
    ],
)
def test_a_wrong_file_is_named_and_the_customer_may_try_again(counter, content, message):
    at_signature(counter)
    before = len(counter.site.entries())

    brought(counter, content, "customer.p12")

    assert (counter.now.state, counter.now.message) == (State.SIGNATURE, message)
    (entry,) = counter.site.entries()[before:]
    assert entry.data["reason"] == "wrong_file_kind"
    assert entry.data["way"] == "file"
    counter.do(c.Sign(SigningMethod.NCALAYER))
    assert counter.now.decision.outcome == "approved"


def test_nothing_of_a_key_store_stays_on_the_workstation(counter):
    secret = bytes.fromhex("3080020103") + b"the customer's key"
    at_signature(counter)

    brought(counter, secret, "customer.p12")
    counter.do(c.Abort("teller_aborted"))

    kept = [
        path
        for path in counter.site.folder.rglob("*")
        if path.is_file() and path.name != "customer.p12" and b"customer's key" in path.read_bytes()
    ]
    assert kept == []


def test_a_token_that_wants_its_pin_from_the_bank_is_explained(counter):
    at_signature(counter).do(c.Sign(SigningMethod.TOKEN))

    assert (counter.now.state, counter.now.message) == (State.SIGNATURE, "carrier_pin_refused")


@pytest.mark.parametrize(
    "command",
    [
        c.Sign(SigningMethod.EGOV_QR),
        c.Sign(SigningMethod.TOKEN),
        c.Sign(SigningMethod.FILE, pki.__file__),
    ],
)
def test_what_the_settings_do_not_offer_is_refused_by_the_core(tmp_path, command):
    with a_site(tmp_path) as site:
        carriers = Carriers(ncalayer=site.carrier, file=False)
        site.services = replace(site.services, carriers=carriers)
        desk = at_signature(Desk(site))

        desk.do(command)

        assert (desk.now.state, desk.now.message) == (State.SIGNATURE, "carrier_not_offered")
        assert desk.now.methods == (SigningMethod.NCALAYER,)
        with pytest.raises(CarrierNotOffered):
            carriers.carrier(command.method, command.path, lambda _progress: None)


def test_a_statement_that_cannot_be_written_is_told(counter):
    at_signature(counter).do(c.SaveStatement(counter.site.folder / "absent" / "statement.txt"))

    assert counter.now.message == "statement_unwritable"
    assert counter.now.state is State.SIGNATURE


def test_a_statement_is_written_over_nothing_not_the_log_nor_what_a_link_leads_to(counter):
    log = counter.site.services.log_path
    link = counter.site.folder / "statement.txt"
    link.symlink_to(log)
    before = log.read_bytes()[:100]

    at_signature(counter).do(c.SaveStatement(log))
    first = counter.now.message
    counter.do(c.SaveStatement(link))

    assert (first, counter.now.message) == ("statement_unwritable",) * 2
    assert log.read_bytes()[:100] == before


def test_no_statement_is_saved_before_there_is_one(counter):
    counter.to(State.LIVENESS)
    path = counter.site.folder / "statement.txt"

    counter.do(c.SaveStatement(path))

    assert not path.exists()


FAILURES = (
    CarrierError(),
    CarrierBusy("closed_1013"),
    CarrierExpired("timeout"),
    CarrierKeyMissing("certificate"),
    CarrierNotInstalled("python-pkcs11"),
    CarrierPinRefused("keyboard"),
    CarrierProtocol("timeout"),
    CarrierUnreachable("module"),
    CarrierRefused("PinLocked"),
    *(WrongFileKind(kind) for kind in FileKind if kind is not FileKind.SIGNED_CMS),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_of_every_way_has_its_words(language):
    texts = Texts(language)
    codes = {message_of(failure, method) for failure in FAILURES for method in SigningMethod}
    # Reading a file refuses nothing and asks nobody.
    codes -= {"carrier_refused.file", "carrier_expired.file"}

    assert [code for code in sorted(codes) if not texts.has(code)] == []
    assert {"carrier_unreachable", "carrier_unreachable.token"} <= codes
    assert all(
        texts.has(f"way.{method}") and texts.has(f"way.{method}_hint") for method in SigningMethod
    )
    assert all(texts.has(f"busy.{method}") for method in SigningMethod)


@contextmanager
def running(folder):
    """A station with threads that stands at the signature, and the phone service."""
    consumed = threading.Event()
    with (
        a_site(
            folder,
            analysis=ScriptedAnalysis(consumed),
            open_camera=lambda: ScriptedCamera(consumed=consumed),
        ) as site,
        phone_service(site.services.now) as service,
    ):
        service.behaviour = EgovBehaviour(scans_itself=False)
        egov = egov_settings(service.url, signing_timeout_s=60)
        services = replace(site.services, carriers=Carriers(ncalayer=site.carrier, egov_qr=egov))
        told = Waiting()
        with Runtime(services, told) as runtime:
            runtime.post(c.ReportCustomerWindow(shown=True))
            runtime.post(c.SignIn(TELLER.id, SECRET))
            runtime.post(c.BeginOperation(form()))
            told.until_state(State.CONSENT)
            runtime.post(c.GiveConsent("ru"))
            runtime.post(c.UseReferenceFile(site.photo))
            told.until_state(State.LIVENESS)
            if not told.stations[-1].camera:
                told.until(lambda news: getattr(news, "camera", "") != "")
            runtime.post(c.StartLiveness())
            told.until_state(State.SIGNATURE)
            runtime.post(c.Sign(SigningMethod.EGOV_QR))
            yield runtime, told, service


def code_in(told):
    shown = told.until(lambda news: getattr(news, "phone", None) is not None)
    return text_of(shown.phone.modules)


def test_the_code_reaches_the_screens_while_the_carrier_waits_and_its_scan_ends_the_session(
    tmp_path,
):
    with running(tmp_path) as (runtime, told, service):
        assert service.scan(code_in(told))
        told.until_state(State.CONFIRMATION)
        runtime.post(c.Confirm())
        recorded = told.until_state(State.RECORDED)

    assert recorded.decision.outcome == "approved"
    assert recorded.phone is None


def test_a_code_that_was_called_off_is_taken_from_the_screens(tmp_path):
    with running(tmp_path) as (runtime, told, _):
        assert code_in(told).startswith("mobileSign:")
        runtime.post(c.StopSigning())
        stopped = told.until(lambda news: getattr(news, "message", "") == "carrier_cancelled")

        assert (stopped.state, stopped.phone, stopped.busy) == (State.SIGNATURE, None, "")


def test_a_phone_nobody_takes_out_does_not_hold_up_the_exit(tmp_path, caplog):
    with running(tmp_path) as (_, told, _):
        code_in(told)
        left = time.monotonic()

    assert time.monotonic() - left < PROMPTLY_S
    assert "thread did not end" not in caplog.text


def test_a_scripted_signature_is_still_the_one_asked_for(counter):
    at_signature(counter)
    counter.site.carrier.answer = lambda request, _: signed(request, counter.site.services.now())

    counter.do(c.Sign(SigningMethod.NCALAYER))

    assert counter.now.decision.outcome == "approved"
