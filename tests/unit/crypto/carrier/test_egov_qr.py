"""The eGov Mobile client against a real service on loopback, friendly and hostile."""

import base64
import contextlib
import json
import socket
import threading

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7

from crypto.carrier import egov_qr
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.egov_qr import EgovPhase, EgovQrCarrier
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierError,
    CarrierExpired,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    RequestRefused,
)
from tests.support.station.sandbox import DOCUMENT, egov_settings, raw_server, request_of
from workstation.sandbox.loopback import HttpAnswer, LoopbackServer
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.services.egov import EgovBehaviour, EgovMode
from workstation.sandbox.services.ncalayer import _tls


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(egov_qr, "_PAUSE_S", 0.0)


def obtained(url, *, told=None, cancelled=lambda: False, **changes):
    carrier = EgovQrCarrier(egov_settings(url, **changes), told or (lambda _progress: None))
    return carrier.obtain(request_of(), cancelled=cancelled)


class Service:
    """Answers by script; every place may be replaced by bytes, a status, or a whole answer."""

    def __init__(self):
        self.asked = []
        self.places = {}
        self.server = LoopbackServer(self.answer, "hostile-egov")

    @property
    def url(self):
        return self.server.url

    def registration(self, **changes):
        base = f"{self.url}/api/egovQr"
        return {
            "qrCode": "AAAA",
            "dataURL": f"{base}/data/1",
            "signURL": f"{base}/sign/1",
            "eGovMobileLaunchLink": f"https://m.egov.kz/mobileSign/?link={base}/egov/1?mgovSign",
            **changes,
        }

    def answer(self, question):
        self.asked.append(question)
        place = question.path.removeprefix("/api/egovQr").strip("/").split("/")[0] or "register"
        default = {
            "register": self.registration(),
            "data": {},
            "sign": signed(b"\x30\x03signature"),
        }.get(place, {})
        said = self.places.get(place, default)
        if callable(said):
            said = said()
        if said is None or isinstance(said, HttpAnswer):
            return said
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return HttpAnswer(200, "application/json", body)


def signed(der, **changes):
    data = base64.b64encode(der).decode()
    entry = {"id": 1, "document": {"file": {"mime": "", "data": data}}}
    return {"documentsToSign": [entry], **changes}


@pytest.fixture
def service():
    made = Service()
    made.server.start()
    yield made
    made.server.close()


def test_the_phones_owner_signs_the_document_with_its_content_inside(sandbox):
    cms = obtained(sandbox.egov.url)

    assert DOCUMENT in cms
    (certificate,) = pkcs7.load_der_pkcs7_certificates(cms)
    assert certificate == sandbox.pki.customers[CustomerKey.GOOD].certificate


def test_the_code_appears_first_and_the_phone_that_scans_it_gets_the_document(sandbox):
    sandbox.egov.behaviour = EgovBehaviour(scans_itself=False)
    phases = []

    def told(progress):
        phases.append(progress.phase)
        if progress.phase is EgovPhase.READY:
            assert progress.scanned.startswith(f"mobileSign:{sandbox.egov.url}/")
            assert "mgovSign" not in progress.scanned
            assert sandbox.egov.scan(progress.scanned)

    assert DOCUMENT in obtained(sandbox.egov.url, told=told)
    assert phases == [EgovPhase.READY, EgovPhase.TAKEN]


def test_the_document_is_asked_for_with_its_content_and_in_three_languages(service):
    obtained(service.url)

    registered, handed, fetched = service.asked
    assert json.loads(registered.body) == {"description": "Өтініш"}
    body = json.loads(handed.body)
    (entry,) = body["documentsToSign"]
    assert body["signMethod"] == "CMS_WITH_DATA"
    assert base64.b64decode(entry["document"]["file"]["data"]) == DOCUMENT
    assert (entry["nameKz"], entry["nameRu"], entry["nameEn"]) == (
        "Өтініш",
        "Заявление",
        "Statement",
    )
    assert (fetched.method, fetched.body) == ("GET", b"")
    assert all(b"920314400005" not in question.body for question in service.asked)


def test_the_customers_refusal_on_the_phone_is_told(sandbox):
    sandbox.egov.behaviour = EgovBehaviour(EgovMode.CANCEL)

    with pytest.raises(CarrierCancelled) as cancelled:
        obtained(sandbox.egov.url)
    assert cancelled.value.detail == "customer"


def test_a_signing_the_service_has_forgotten_is_expired(sandbox):
    sandbox.egov.behaviour = EgovBehaviour(EgovMode.EXPIRE)

    with pytest.raises(CarrierExpired) as expired:
        obtained(sandbox.egov.url)
    assert (expired.value.code, expired.value.detail) == ("carrier_expired", "service")


def test_a_customer_who_never_scans_ends_in_expiry(sandbox):
    sandbox.egov.behaviour = EgovBehaviour(scans_itself=False)

    with pytest.raises(CarrierExpired) as expired:
        obtained(sandbox.egov.url, signing_timeout_s=1)
    assert expired.value.detail == "timeout"


def test_the_teller_can_call_the_long_wait_off(sandbox):
    sandbox.egov.behaviour = EgovBehaviour(scans_itself=False)
    shown = threading.Event()

    with pytest.raises(CarrierCancelled) as off:
        obtained(
            sandbox.egov.url,
            told=lambda _progress: shown.set(),
            cancelled=shown.is_set,
            signing_timeout_s=60,
        )
    assert off.value.detail == "teller"


def test_a_request_cancelled_beforehand_opens_no_connection():
    with pytest.raises(CarrierCancelled):
        obtained("http://127.0.0.1:1", cancelled=lambda: True)


FOREIGN = (
    "http://198.51.100.7/api/egovQr/data/1",
    "http://127.0.0.1:1/api/egovQr/data/1",
    "https://{host}/data/1",
    "http://{host}@198.51.100.7/data/1",
    "http://198.51.100.7\\@{host}/data/1",
    "http://{host}/data/1#fragment",
    "http://{host}/da ta",
    "http://{host}/d\r\nHost: 198.51.100.7",
    "//198.51.100.7/data",
    "file:///etc/passwd",
    "http://{host}/" + "a" * 2100,
    "http://[::1",
)


@pytest.mark.parametrize("place", ["dataURL", "signURL"])
@pytest.mark.parametrize("address", FOREIGN)
def test_no_address_but_the_configured_services_is_spoken_to(service, place, address):
    foreign = address.replace("{host}", service.url.removeprefix("http://"))
    service.places["register"] = lambda: service.registration(**{place: foreign})

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url)
    assert refused.value.detail == "foreign_url"
    assert len(service.asked) == 1


def test_the_address_of_the_signature_cannot_be_moved_elsewhere_later(service):
    service.places["data"] = {"signURL": "http://198.51.100.7/sign/1"}

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url)
    assert refused.value.detail == "foreign_url"
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/mobileSign/?link={base}/egov/1",
        "http://m.egov.kz/mobileSign/?link={base}/egov/1",
        "https://m.egov.kz@evil.example/?link={base}/egov/1",
        "https://m.egov.kz:8443/mobileSign/?link={base}/egov/1",
        "https://m.egov.kz/mobileSign/",
        "https://m.egov.kz/mobileSign/?link={base}/egov/1&link={base}/egov/2",
        "https://m.egov.kz/mobileSign/?link=https://evil.example/egov/1",
        "mobileSign:https://evil.example/egov/1",
        "mobileSign:javascript:alert(1)",
        "https://m.egov.kz/?" + "a=1&" * 20 + "link={base}/egov/1",
        "mobileSign:{base}/" + "a" * 1100,
        "https://m.egov.kz/mobileSign/?link=" + "ә",
        "https://[m.egov.kz/?link={base}/egov/1",
    ],
)
def test_no_code_that_leads_elsewhere_is_ever_shown(service, link):
    base = f"{service.url}/api/egovQr"
    service.places["register"] = lambda: service.registration(
        eGovMobileLaunchLink=link.replace("{base}", base)
    )
    shown = []

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url, told=shown.append)
    assert refused.value.detail == "foreign_url"
    assert shown == []


@pytest.mark.parametrize("form", ["mobileSign:{inner}", "https://mgovsign.page.link/?link={inner}"])
def test_every_known_form_of_the_launch_link_gives_the_same_code(service, form):
    inner = f"{service.url}/api/egovQr/egov/1"
    service.places["register"] = lambda: service.registration(
        eGovMobileLaunchLink=form.replace("{inner}", inner)
    )
    shown = []
    obtained(service.url, told=shown.append)

    assert {progress.scanned for progress in shown} == {f"mobileSign:{inner}"}


@pytest.mark.parametrize("place", ["register", "data", "sign"])
def test_a_redirect_is_refused_wherever_it_comes(service, place):
    service.places[place] = HttpAnswer(
        302, "application/json", b"{}", location=f"{service.url}/api/egovQr"
    )

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url)
    assert refused.value.detail == "redirect"


@pytest.mark.parametrize("place", ["register", "data", "sign"])
def test_a_huge_answer_is_refused_wherever_it_comes(service, place):
    service.places[place] = b" " * 70_000

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url, max_reply_bytes=65_536)
    assert refused.value.detail == "oversize"


@pytest.mark.parametrize("place", ["register", "data", "sign"])
@pytest.mark.parametrize(
    "said", [b"<html>portal</html>", b"[]", b'{"documentsToSign":1', b"[" * 50_000, b"\xff\xfe"]
)
def test_what_is_no_json_object_is_a_protocol_failure(service, place, said):
    service.places[place] = said

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url)
    assert refused.value.detail == "not_json"


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"documentsToSign": []}, "signatures"),
        ({"documentsToSign": signed(b"a")["documentsToSign"] * 2}, "signatures"),
        ({"documentsToSign": [{"id": 2, "document": {"file": {"data": "AAAA"}}}]}, "signatures"),
        ({}, "signatures"),
        ({"documentsToSign": [{"id": 1, "document": {"file": {"data": ""}}}]}, "signature"),
        ({"documentsToSign": [{"id": 1, "document": {"file": {"data": "*"}}}]}, "signature"),
        ({"documentsToSign": [{"id": 1, "document": {"file": {"data": "ә"}}}]}, "signature"),
        ({"documentsToSign": [{"id": 1, "document": {}}]}, "not_json"),
    ],
)
def test_an_answer_with_another_number_of_signatures_or_no_bytes_is_refused(service, said, detail):
    service.places["sign"] = said

    with pytest.raises(CarrierProtocol) as refused:
        obtained(service.url)
    assert refused.value.detail == detail


def test_an_error_of_the_service_keeps_none_of_its_words(service):
    service.places["data"] = {"message": "ИИН 920314400005 не найден", "requestID": "1"}

    with pytest.raises(CarrierRefused) as refused:
        obtained(service.url)
    assert refused.value.reply_code == "service"


@pytest.mark.parametrize(("status", "failure"), [(403, CarrierRefused), (404, CarrierExpired)])
def test_a_status_of_refusal_is_final(service, status, failure):
    service.places["sign"] = HttpAnswer(status, "application/json", b"{}")

    with pytest.raises(failure):
        obtained(service.url)
    assert [question.path for question in service.asked].count("/api/egovQr/sign/1") == 1


@pytest.mark.parametrize("broken", [None, HttpAnswer(504, "text/html", b"gateway")])
def test_a_broken_long_poll_is_tried_again_a_bounded_number_of_times(service, broken):
    service.places["sign"] = broken

    with pytest.raises(CarrierUnreachable) as given_up:
        obtained(service.url, retries=3)
    assert given_up.value.detail == "retries"
    assert [question.path for question in service.asked].count("/api/egovQr/sign/1") == 4


def test_a_long_poll_that_broke_once_still_ends_in_the_signature(service):
    answers = iter([None, HttpAnswer(502, "text/html", b""), signed(b"\x30\x03cms")])
    service.places["sign"] = lambda: next(answers)

    assert obtained(service.url) == b"\x30\x03cms"


@pytest.mark.parametrize("spoken", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 64])
def test_a_program_that_is_no_service_is_unreachable(spoken):
    def serve(connection):
        connection.recv(4096)
        connection.sendall(spoken)

    with raw_server(serve) as port, pytest.raises(CarrierUnreachable):
        obtained(f"http://127.0.0.1:{port}", opening_timeout_s=1)


def test_an_answer_that_drips_is_cut_at_the_deadline():
    done = threading.Event()

    def serve(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        with contextlib.suppress(OSError):
            while not done.wait(0.2):
                connection.sendall(b" ")

    with raw_server(serve) as port:
        with pytest.raises(CarrierUnreachable) as late:
            obtained(f"http://127.0.0.1:{port}", opening_timeout_s=1)
        done.set()
    assert late.value.detail == "timeout"


def test_nothing_listening_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(CarrierUnreachable) as unreachable:
        obtained(f"http://127.0.0.1:{port}")
    assert unreachable.value.detail == "not_listening"


def tls_service(sandbox, spoken):
    context = _tls(sandbox.pki)

    def serve(connection):
        with (
            contextlib.suppress(OSError),
            context.wrap_socket(connection, server_side=True) as secured,
        ):
            secured.recv(4096)
            secured.sendall(spoken)

    return raw_server(serve)


def test_tls_of_the_pinned_authority_is_spoken_to_and_of_another_is_not(sandbox):
    said = b'{"message":"SANDBOX"}'
    spoken = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)
    with tls_service(sandbox, spoken) as port, pytest.raises(CarrierRefused):
        obtained(f"https://127.0.0.1:{port}", tls_anchors=(sandbox.pki.tls_root.der,))
    with tls_service(sandbox, spoken) as port, pytest.raises(CarrierUnreachable) as refused:
        obtained(
            f"https://127.0.0.1:{port}", tls_anchors=(sandbox.pki.hierarchies[Family.RSA].root.der,)
        )
    assert refused.value.detail == "tls_refused"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("url", {"url": "http://sigex.example"}),
        ("url", {"url": "ftp://127.0.0.1"}),
        ("url", {"url": "https://user@sigex.example"}),
        ("url", {"url": "https://sigex.example/?a=1"}),
        ("url", {"url": "https://"}),
        ("tls_anchors", {"url": "https://sigex.example"}),
        ("tls_anchors", {"url": "https://sigex.example", "tls_anchors": (b"junk",)}),
        ("limits", {"signing_timeout_s": 0}),
        ("limits", {"retries": -1}),
    ],
)
def test_settings_that_could_send_a_document_in_clear_or_elsewhere_are_refused(field, changes):
    with pytest.raises(RequestRefused) as refused:
        egov_settings(changes.pop("url", "http://127.0.0.1:1"), **changes)
    assert refused.value.detail == field


def test_every_failure_is_the_packages_own(service):
    for said in ({"dataURL": 1}, {"dataURL": "x"}, {"message": None}, 7, "text", None):
        service.places["register"] = lambda said=said: json.dumps(said).encode()

        with pytest.raises(CarrierError):
            obtained(service.url)


def test_a_document_that_may_not_be_asked_for_is_never_sent(service):
    with pytest.raises(RequestRefused):
        SignatureRequest(b"", "920314400005", "kk", ())
    assert service.asked == []
