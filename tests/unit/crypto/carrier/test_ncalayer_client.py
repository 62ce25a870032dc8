"""The NCALayer client against a real WSS server on loopback, friendly and hostile."""

import base64
import contextlib
import json
import socket
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7
from websockets.sync.server import serve as serve_websocket

from crypto.asn1 import oids
from crypto.carrier import ncalayer
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierBusy,
    CarrierCancelled,
    CarrierError,
    CarrierExpired,
    CarrierForeign,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    CarrierUntrusted,
    RequestRefused,
)
from crypto.carrier.ncalayer import NcaLayerCarrier
from crypto.cms.signed_data import SignedData
from tests.support.station.sandbox import (
    DOCUMENT,
    ncalayer_settings,
    obtained,
    person,
    raw_server,
    request_of,
)
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.pki import issuance
from workstation.sandbox.pki.private_keys import write_private_key
from workstation.sandbox.services.ncalayer import (
    NcaLayerBehaviour,
    NcaLayerMode,
    ReplyForm,
    _pem,
    _tls,
)


def behave(sandbox, mode=NcaLayerMode.SIGN, form=ReplyForm.ARRAY, key=None):
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode, form, key)


def signer_of(cms):
    (certificate,) = pkcs7.load_der_pkcs7_certificates(cms)
    return certificate


@pytest.mark.parametrize("form", list(ReplyForm))
def test_the_customers_own_key_signs_the_document_in_every_reply_form(sandbox, form):
    behave(sandbox, form=form)
    cms = obtained(sandbox, request_of())
    assert DOCUMENT in cms
    assert signer_of(cms) == sandbox.pki.customers[CustomerKey.GOOD].certificate


def test_a_ncalayer_without_basics_is_asked_in_the_older_way(sandbox):
    behave(sandbox, form=ReplyForm.COMMON_UTILS, key=CustomerKey.RSA)
    cms = obtained(sandbox, request_of(CustomerKey.RSA))
    assert DOCUMENT in cms
    assert signer_of(cms) == sandbox.pki.customers[CustomerKey.RSA].certificate


@pytest.mark.parametrize("form", list(ReplyForm))
def test_a_time_stamp_comes_in_every_generation_when_it_is_asked_for(sandbox, form):
    behave(sandbox, form=form)
    stamped = oids.SIGNATURE_TIME_STAMP
    for wanted in (True, False):
        request = replace(request_of(), timestamp=wanted)
        (signer,) = SignedData.parse(obtained(sandbox, request)).signers
        assert [a.oid for a in signer.unsigned] == ([stamped] if wanted else [])


class Heard:
    """A WebSocket that keeps what it is asked and gives one answer for each."""

    def __init__(self, sandbox, *replies):
        self.asked = []
        self._replies = list(replies)
        self._server = serve_websocket(
            self._serve, "127.0.0.1", 0, ssl=_tls(sandbox.pki), ping_interval=None
        )
        self.url = f"wss://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def _serve(self, connection):
        connection.send('{"result":{"version":"1.4"}}')
        for text in connection:
            request = json.loads(text)
            self.asked.append(request)
            reply = self._replies.pop(0)
            connection.send(json.dumps({**reply, "uuid": reply.get("uuid", request["uuid"])}))

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()


NO_MODULE = {"success": False, "errorCode": "MODULE_NOT_FOUND"}
SIGNED = {"code": "200", "responseObject": base64.b64encode(b"\x30\x03\x02\x01\x05").decode()}


@pytest.mark.parametrize(
    ("plugged", "allowed", "chosen"),
    [
        ([], (), "PKCS12"),
        (None, (), "PKCS12"),
        (["AKKaztokenStore"], (), "AKKaztokenStore"),
        (["AKKZIDCardStore", "AKKaztokenStore"], ("AKKaztokenStore",), "AKKaztokenStore"),
        (["AKKaztokenStore"], ("PKCS12",), "PKCS12"),
        (["<script>", 5], (), "PKCS12"),
    ],
)
def test_the_older_module_is_given_a_plugged_in_token_before_a_file(
    sandbox, plugged, allowed, chosen
):
    named = {"code": "200", "responseObject": plugged}
    with Heard(sandbox, NO_MODULE, named, SIGNED) as heard:
        cms = obtained(sandbox, request_of(), url=heard.url, storages=allowed)
    assert cms == b"\x30\x03\x02\x01\x05"
    _, tokens, signing = heard.asked
    assert (tokens["method"], tokens["args"]) == ("getActiveTokens", [])
    assert signing["method"] == "createCAdESFromBase64"
    document = base64.b64encode(DOCUMENT).decode()
    assert signing["args"] == [chosen, "SIGNATURE", document, True]
    assert len({each["uuid"] for each in heard.asked}) == 3


def test_without_a_permitted_key_store_nothing_is_signed(sandbox):
    named = {"code": "200", "responseObject": []}
    with Heard(sandbox, NO_MODULE, named) as heard, pytest.raises(CarrierRefused) as refused:
        obtained(sandbox, request_of(), url=heard.url, storages=("AKKaztokenStore",))
    assert refused.value.reply_code == "no_storage"


def test_a_program_with_neither_module_refuses(sandbox):
    with Heard(sandbox, NO_MODULE, NO_MODULE) as heard, pytest.raises(CarrierRefused) as refused:
        obtained(sandbox, request_of(), url=heard.url)
    assert refused.value.reply_code == "MODULE_NOT_FOUND"


def test_a_reply_to_another_request_is_not_taken(sandbox):
    stale = {"status": True, "body": {"result": "AAAA"}, "uuid": "another"}
    with Heard(sandbox, stale) as heard, pytest.raises(CarrierProtocol) as refused:
        obtained(sandbox, request_of(), url=heard.url)
    assert refused.value.detail == "uuid"


@pytest.mark.parametrize("form", list(ReplyForm))
def test_the_customers_cancellation_is_told_in_every_reply_form(sandbox, form):
    behave(sandbox, NcaLayerMode.CANCEL, form)
    with pytest.raises(CarrierCancelled) as cancelled:
        obtained(sandbox, request_of())
    assert cancelled.value.detail == "customer"


def test_without_the_test_hierarchy_no_sandbox_key_is_offered(sandbox):
    with pytest.raises(CarrierCancelled):
        obtained(sandbox, request_of(), test_hierarchy=False)


def test_a_key_without_the_asked_usage_is_not_offered(sandbox):
    with pytest.raises(CarrierCancelled):
        obtained(sandbox, request_of(CustomerKey.WRONG_USAGE))
    free = SignatureRequest(DOCUMENT, person(CustomerKey.WRONG_USAGE).iin, "ru", ())
    cms = obtained(sandbox, free)
    assert signer_of(cms) == sandbox.pki.customers[CustomerKey.WRONG_USAGE].certificate


def test_a_stranger_has_no_key(sandbox):
    stranger = SignatureRequest(DOCUMENT, "990101300421", "en", ())
    with pytest.raises(CarrierCancelled):
        obtained(sandbox, stranger)


def test_an_error_reply_keeps_its_code(sandbox):
    behave(sandbox, NcaLayerMode.ERROR)
    with pytest.raises(CarrierRefused) as refused:
        obtained(sandbox, request_of())
    assert refused.value.reply_code == "SIGNING_FAILURE"


def test_another_program_on_the_port_is_named(sandbox):
    behave(sandbox, NcaLayerMode.FOREIGN)
    with pytest.raises(CarrierForeign) as foreign:
        obtained(sandbox, request_of())
    assert foreign.value.who == "SANDBOX other program"


@pytest.mark.parametrize(
    ("mode", "detail"),
    [
        (NcaLayerMode.GARBAGE, "not_json"),
        (NcaLayerMode.OVERSIZE, "oversize"),
        (NcaLayerMode.HANG_UP, "closed_1000"),
    ],
)
def test_broken_replies_are_protocol_failures(sandbox, mode, detail):
    behave(sandbox, mode)
    with pytest.raises(CarrierProtocol) as broken:
        obtained(sandbox, request_of())
    assert broken.value.detail == detail


def closing(sandbox, code):
    """Serve NCALayer that closes the connection with this code when it is asked to sign."""

    def serve(connection):
        connection.send('{"result":{"version":"1.4"}}')
        connection.recv()
        if code is None:
            connection.socket.shutdown(socket.SHUT_RDWR)
        else:
            connection.close(code, "another window is open")

    return serve_websocket(serve, "127.0.0.1", 0, ssl=_tls(sandbox.pki), ping_interval=None)


@pytest.mark.parametrize(
    ("close_code", "code", "detail"),
    [
        (1000, "carrier_protocol", "closed_1000"),
        (1001, "carrier_unreachable", "going_away"),
        (1008, "carrier_refused", "closed_1008"),
        (1009, "carrier_protocol", "oversize"),
        (1011, "carrier_protocol", "closed_1011"),
        (1012, "carrier_unreachable", "going_away"),
        (1013, "carrier_busy", "closed_1013"),
        (4000, "carrier_protocol", "closed_4000"),
        (None, "carrier_protocol", "closed"),
    ],
)
def test_why_a_connection_was_closed_is_told_apart(sandbox, close_code, code, detail):
    with closing(sandbox, close_code) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"wss://127.0.0.1:{server.socket.getsockname()[1]}"
        with pytest.raises(CarrierError) as closed:
            obtained(sandbox, request_of(), url=url)
    thread.join()
    assert (closed.value.code, closed.value.detail) == (code, detail)


def test_a_program_that_serves_another_window_is_busy(sandbox):
    behave(sandbox, NcaLayerMode.BUSY)
    with pytest.raises(CarrierBusy):
        obtained(sandbox, request_of())


def test_the_reply_limit_is_the_configured_one(sandbox):
    cms = obtained(sandbox, request_of())
    with pytest.raises(CarrierProtocol):
        obtained(sandbox, request_of(), max_reply_bytes=len(cms))


def test_a_customer_slower_than_the_limit_has_run_out_of_time(sandbox):
    behave(sandbox, NcaLayerMode.SILENT)
    with pytest.raises(CarrierExpired) as late:
        obtained(sandbox, request_of(), signing_timeout_s=1)
    assert late.value.detail == "timeout"


def test_the_teller_can_call_the_wait_off(sandbox):
    behave(sandbox, NcaLayerMode.SILENT)
    carrier = NcaLayerCarrier(ncalayer_settings(sandbox, signing_timeout_s=60))
    polls = []

    def cancelled():
        polls.append(1)
        return len(polls) > 4

    with pytest.raises(CarrierCancelled) as off:
        carrier.obtain(request_of(), cancelled=cancelled)
    assert off.value.detail == "teller"


def test_a_request_cancelled_beforehand_opens_no_connection(sandbox):
    carrier = NcaLayerCarrier(ncalayer_settings(sandbox, url="wss://127.0.0.1:1"))
    with pytest.raises(CarrierCancelled):
        carrier.obtain(request_of(), cancelled=lambda: True)


def test_two_tellers_requests_do_not_mix(sandbox):
    documents = [f"document {n}".encode() for n in range(4)]
    found = {}

    def sign(document):
        found[document] = obtained(sandbox, request_of(document=document))

    threads = [threading.Thread(target=sign, args=(d,)) for d in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(document in found[document] for document in documents)


def test_nothing_listening_is_unreachable(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CarrierUnreachable) as unreachable:
        obtained(sandbox, request_of(), url=f"wss://127.0.0.1:{port}")
    assert unreachable.value.detail == "not_listening"


def test_tls_of_another_authority_is_refused_and_the_program_named(sandbox):
    another = sandbox.pki.hierarchies[Family.RSA].root.der
    with pytest.raises(CarrierUntrusted) as refused:
        obtained(sandbox, request_of(), tls_anchors=(another,))
    assert refused.value.reason == "unknown_issuer"
    assert refused.value.who == "SANDBOX - not a certification authority 127.0.0.1"


@pytest.mark.parametrize(
    ("age", "name", "reason"),
    [(0, "KAZTOKEN", "unknown_issuer"), (30 * 365, "127.0.0.1", "expired")],
)
def test_whoever_shows_another_certificate_is_named_by_it(sandbox, tmp_path, age, name, reason):
    moment = datetime.now(UTC) - timedelta(days=age)
    root = issuance.issue_root("SANDBOX other root", Family.RSA, moment)
    shown = issuance.issue_tls_server(root, moment)
    if name == "KAZTOKEN":
        shown = issuance.issue_root(name, Family.RSA, moment)
    chain = tmp_path / "tls.pem"
    chain.write_text(_pem("CERTIFICATE", shown.der) + _pem("PRIVATE KEY", private(shown)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def serve(listener):
        for _ in range(2):
            with contextlib.suppress(OSError):
                connection, _address = listener.accept()
                context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"wss://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(CarrierUntrusted) as refused:
            obtained(sandbox, request_of(), url=url, tls_anchors=(root.der,))
        thread.join()
    assert (refused.value.reason, name in refused.value.who) == (reason, True)


def private(credential):
    return write_private_key(credential.key)


def test_the_servers_own_certificate_may_be_the_pin(sandbox):
    cms = obtained(sandbox, request_of(), tls_anchors=(sandbox.pki.tls.der,))
    assert DOCUMENT in cms


@pytest.mark.parametrize(
    "spoken",
    [b"HTTP/1.1 200 OK\r\nServer: printer\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 64],
)
def test_a_program_without_tls_is_foreign(sandbox, spoken):
    def serve(connection):
        connection.recv(4096)
        connection.sendall(spoken)

    with raw_server(serve) as port, pytest.raises(CarrierForeign) as foreign:
        obtained(sandbox, request_of(), url=f"wss://127.0.0.1:{port}")
    assert foreign.value.who == "no TLS"


def test_a_program_that_takes_the_connection_and_says_nothing_is_unreachable(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with pytest.raises(CarrierUnreachable) as unreachable:
            obtained(sandbox, request_of(), url=f"wss://127.0.0.1:{port}", opening_timeout_s=1)
    assert unreachable.value.detail == "timeout"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("url", {"url": "ws://127.0.0.1:13579"}),
        ("url", {"url": "wss://localhost:13579"}),
        ("url", {"url": "wss://192.0.2.7:13579"}),
        ("url", {"url": "wss://127.0.0.1"}),
        ("url", {"url": "wss://127.0.0.1:99999"}),
        ("url", {"url": "wss://127.0.0.1@192.0.2.7:13579"}),
        ("tls_anchors", {"tls_anchors": ()}),
        ("storages", {"storages": ("FLOPPY",)}),
        ("limits", {"signing_timeout_s": 0}),
    ],
)
def test_settings_that_could_send_a_document_elsewhere_are_refused(sandbox, field, changes):
    with pytest.raises(RequestRefused) as refused:
        ncalayer_settings(sandbox, **changes)
    assert refused.value.detail == field


def test_an_anchor_that_is_no_certificate_is_refused(sandbox):
    with pytest.raises(RequestRefused) as refused:
        NcaLayerCarrier(ncalayer_settings(sandbox, tls_anchors=(b"junk",)))
    assert refused.value.detail == "tls_anchors"


@pytest.mark.parametrize(
    ("spoken", "who"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: nginx/1.27\r\nContent-Length: 0\r\n\r\n", "nginx/1.27"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403"),
        (b"220 smtp.example.invalid ESMTP\r\n", "no HTTP"),
        (b"", "no HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "no WebSocket"),
    ],
)
def test_a_program_with_trusted_tls_that_is_no_websocket_is_foreign(sandbox, spoken, who):
    context = _tls(sandbox.pki)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(spoken)

    with raw_server(serve) as port, pytest.raises(CarrierForeign) as foreign:
        obtained(sandbox, request_of(), url=f"wss://127.0.0.1:{port}")
    assert foreign.value.who == who


def ncalayer_of(sandbox, *texts):
    """Serve one WebSocket whose server sends the texts in turn, then waits for the client."""

    def serve(connection):
        for text in texts:
            connection.send(text)
        for _ in connection:
            pass

    return serve_websocket(serve, "127.0.0.1", 0, ssl=_tls(sandbox.pki), ping_interval=None)


@pytest.mark.parametrize(
    ("texts", "code", "detail"),
    [
        ((), "carrier_protocol", "timeout"),
        ((b"\x00\x01",), "carrier_protocol", "binary"),
        (("--heartbeat--",) * 10_001, "carrier_protocol", "heartbeats"),
        (("welcome",), "carrier_foreign", "greeting"),
        (("--heartbeat--", '{"result":{"version":"1.4"}}', "{}"), "carrier_protocol", "reply"),
    ],
)
def test_a_websocket_that_is_not_quite_ncalayer(sandbox, texts, code, detail):
    with ncalayer_of(sandbox, *texts) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"wss://127.0.0.1:{server.socket.getsockname()[1]}"
        # Silence is waited for; ten thousand heartbeats take as long as the PC is slow.
        opening = 60 if texts else 2
        with pytest.raises(CarrierError) as broken:
            obtained(sandbox, request_of(), url=url, opening_timeout_s=opening, signing_timeout_s=1)
    thread.join()
    assert (broken.value.code, broken.value.detail) == (code, detail)


def test_tls_1_3_is_not_spoken_because_its_tickets_race_with_the_request(sandbox):
    modern = _tls(sandbox.pki)
    modern.minimum_version = ssl.TLSVersion.TLSv1_3

    def serve(connection):
        with contextlib.suppress(ssl.SSLError):
            modern.wrap_socket(connection, server_side=True).close()

    with raw_server(serve) as port, pytest.raises(CarrierUnreachable) as refused:
        obtained(sandbox, request_of(), url=f"wss://127.0.0.1:{port}")
    assert refused.value.detail == "tls_refused"


def test_heartbeats_are_sent_while_the_customer_thinks_and_their_echoes_ignored(
    sandbox, monkeypatch
):
    monkeypatch.setattr(ncalayer, "_HEARTBEAT_S", 0)
    assert DOCUMENT in obtained(sandbox, request_of())
    behave(sandbox, NcaLayerMode.SILENT)
    with pytest.raises((CarrierExpired, CarrierProtocol)) as late:
        obtained(sandbox, request_of(), signing_timeout_s=1)
    assert late.value.detail in {"timeout", "heartbeats"}
