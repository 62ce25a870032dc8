"""A loopback NCALayer: speaks the real protocol and really signs, with a fictional customer's key.

Signing follows the filters of the request, as NCALayer does: no key that fits means an empty
list, which the customer can only close. The other modes are what the workstation must withstand.
"""

import contextlib
import ssl
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.create import attribute
from crypto.cms.timestamp import TimestampRequest, read_response
from workstation.sandbox.people import CustomerKey, person_with_iin
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.hierarchies import SandboxPki
from workstation.sandbox.pki.private_keys import write_private_key
from workstation.sandbox.pki.timestamps import TsaMode, time_stamp
from workstation.sandbox.services import ncalayer_wire as wire
from workstation.sandbox.services.ncalayer_wire import ReplyForm, SigningRequest

__all__ = ["NcaLayerBehaviour", "NcaLayerMode", "ReplyForm", "SandboxNcaLayer"]

_MAX_REQUEST = 4 << 20
_OVERSIZE = 16 << 20
_TRY_LATER = 1013
_EARLIER = b"SANDBOX: an earlier document"


class NcaLayerMode(StrEnum):
    """What the customer, or a program in NCALayer's place, does.

    STALE signs the document of the request before; WRONG_CERTIFICATE signs with another
    person's key; TAMPER alters the content after signing; BUSY serves another window.
    """

    SIGN = "sign"
    CANCEL = "cancel"
    ERROR = "error"
    TAMPER = "tamper"
    STALE = "stale"
    WRONG_CERTIFICATE = "wrong_certificate"
    SILENT = "silent"
    FOREIGN = "foreign"
    GARBAGE = "garbage"
    OVERSIZE = "oversize"
    HANG_UP = "hang_up"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class NcaLayerBehaviour:
    """Replaced as a whole, so that threads see one state.

    key     sign with this key whatever the request's filters say, as a false NCALayer would;
            None follows the filters, and with the oldest form, which has none, the good key
    tokens  key stores plugged in, as getActiveTokens names them
    """

    mode: NcaLayerMode = NcaLayerMode.SIGN
    form: ReplyForm = ReplyForm.ARRAY
    key: CustomerKey | Credential | None = None
    tokens: tuple[str, ...] = ()


class SandboxNcaLayer:
    """WSS server on a free port of 127.0.0.1; `behaviour` may be assigned at any time."""

    def __init__(self, pki: SandboxPki, clock: Callable[[], datetime]) -> None:
        self.behaviour = NcaLayerBehaviour()
        self._pki = pki
        self._clock = clock
        self._lock = threading.Lock()
        self._previous = _EARLIER
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address for NcaLayerSettings; only between start and close."""
        if self._server is None:
            raise RuntimeError("not_started")
        return f"wss://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def start(self) -> None:
        """Listen and serve in threads of its own."""
        self._server = serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=_tls(self._pki),
            compression=None,
            ping_interval=None,
            close_timeout=1,
            open_timeout=5,
            max_size=_MAX_REQUEST,
            server_header="SANDBOX",
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="sandbox-ncalayer", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Close every connection and join every thread; may be called again."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()

    def _serve(self, connection: ServerConnection) -> None:
        foreign = self.behaviour.mode is NcaLayerMode.FOREIGN
        with contextlib.suppress(ConnectionClosed):
            connection.send(wire.FOREIGN_GREETING if foreign else wire.GREETING)
            for message in connection:
                if message == wire.HEARTBEAT:
                    connection.send(wire.HEARTBEAT)
                    continue
                if self.behaviour.mode is NcaLayerMode.HANG_UP:
                    return
                if self.behaviour.mode is NcaLayerMode.BUSY:
                    connection.close(_TRY_LATER)
                    return
                reply = self._reply(message if isinstance(message, str) else "")
                if reply is not None:
                    connection.send(reply)

    def _reply(self, message: str) -> str | None:
        behaviour = self.behaviour
        try:
            request = msgspec.json.decode(message, type=wire.NcaLayerRequest)
            if not request.is_offered(behaviour.form):
                return wire.NO_MODULE
            if request.asks_for_tokens:
                return wire.answer_tokens(request, behaviour.tokens)
            signing = wire.read_signing_request(request, behaviour.tokens)
        except (msgspec.MsgspecError, wire.UnreadableRequest):
            return wire.BAD_PARAMETERS
        return self._answer(request, signing, behaviour)

    def _answer(
        self, request: wire.NcaLayerRequest, signing: SigningRequest, behaviour: NcaLayerBehaviour
    ) -> str | None:
        match behaviour.mode:
            case NcaLayerMode.SILENT:
                return None
            case NcaLayerMode.GARBAGE:
                return "SANDBOX: this is no JSON"
            case NcaLayerMode.OVERSIZE:
                return "A" * _OVERSIZE
            case NcaLayerMode.ERROR:
                return wire.answer_failed(request)
            case NcaLayerMode.CANCEL:
                return wire.answer_cancelled(request)
            case _:
                return self._sign(request, signing, behaviour)

    def _sign(
        self, request: wire.NcaLayerRequest, signing: SigningRequest, behaviour: NcaLayerBehaviour
    ) -> str:
        signer = self._choose_signer(signing, behaviour)
        if signer is None:
            return wire.answer_cancelled(request)
        with self._lock:
            earlier, self._previous = self._previous, signing.document
        content = earlier if behaviour.mode is NcaLayerMode.STALE else signing.document
        unsigned = self._make_time_stamper(signer) if signing.timestamp else None
        cms = signer.sign_cms(content, self._clock(), unsigned)
        if behaviour.mode is NcaLayerMode.TAMPER:
            altered = bytes([content[0] ^ 1]) + content[1:]
            cms = cms.replace(content, altered, 1)
        return wire.answer_signed(request, cms, behaviour.form)

    def _make_time_stamper(self, signer: Credential) -> Callable[[bytes], list[bytes]]:
        """Return a maker of the attribute of CAdES-T: a time-stamp over the signature value."""
        digest = default_registry().require_digest(signer.key.digest_oid)

        def attributes(signature: bytes) -> list[bytes]:
            imprint = digest.hash(signature)
            query = TimestampRequest(digest.oids[0], imprint, None, certificate_wanted=True)
            hierarchies, now = self._pki.hierarchies, self._clock()
            answer = time_stamp(query.encode(), hierarchies, TsaMode.NORMAL, now)
            return [attribute(oids.SIGNATURE_TIME_STAMP, read_response(answer, query))]

        return attributes

    def _choose_signer(
        self, signing: SigningRequest, behaviour: NcaLayerBehaviour
    ) -> Credential | None:
        customers = self._pki.customers
        if isinstance(behaviour.key, Credential):
            return behaviour.key
        if behaviour.key is not None:
            return customers[behaviour.key]
        if behaviour.mode is NcaLayerMode.WRONG_CERTIFICATE:
            other = person_with_iin(signing.iin)
            own_is_other = other is not None and other.key is CustomerKey.OTHER_PERSON
            return customers[CustomerKey.GOOD if own_is_other else CustomerKey.OTHER_PERSON]
        if behaviour.form is ReplyForm.COMMON_UTILS:
            return customers[CustomerKey.GOOD]
        person = person_with_iin(signing.iin)
        # NCALayer hides keys of unknown issuers unless the filter by chain is switched off.
        if person is None or not signing.any_chain:
            return None
        carried = customers[person.key].parsed.extended_key_usage
        return customers[person.key] if set(carried).issuperset(signing.usages) else None


def _tls(pki: SandboxPki) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # See crypto.carrier.ncalayer: tickets make clients read and write at the same time.
    context.num_tickets = 0
    key = write_private_key(pki.tls.key)
    # The ssl module reads a chain from a file only.
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "tls.pem"
        chain.touch(mode=0o600)
        chain.write_text(_pem("CERTIFICATE", pki.tls.der) + _pem("PRIVATE KEY", key))
        context.load_cert_chain(chain)
    return context


def _pem(label: str, der: bytes) -> str:
    return ssl.DER_cert_to_PEM_cert(der).replace("CERTIFICATE", label)
