"""A loopback NCALayer: speaks the real protocol and really signs, with a fictional customer's key.

Signing follows the filters of the request, as NCALayer does: no key that fits means an empty
list, which the customer can only close. The other modes are what the workstation must withstand.
"""

import base64
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
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from crypto.cms.create import sign_cms
from crypto.pki import oids
from workstation.sandbox.issuance import Credential
from workstation.sandbox.people import CustomerKey, person_with_iin
from workstation.sandbox.pki import SandboxPki

__all__ = ["NcaLayerBehaviour", "NcaLayerMode", "ReplyForm", "SandboxNcaLayer"]

_HEARTBEAT = "--heartbeat--"
_GREETING = '{"result":{"version":"1.4"}}'
_FOREIGN_GREETING = '{"result":{"version":"SANDBOX other program"}}'
_CANCELLED = '{"status":true,"body":{}}'
_OLD_CANCELLED = '{"code":"500","message":"action.canceled"}'
_NO_MODULE = '{"success":false,"errorCode":"MODULE_NOT_FOUND"}'
_BAD_PARAMETERS = '{"status":false,"code":"INVALID_SIGNING_PARAMS","message":"SANDBOX"}'
_FAILED = '{"status":false,"code":"SIGNING_FAILURE","message":"SANDBOX","details":"SANDBOX"}'
_MAX_REQUEST = 4 << 20
_OVERSIZE = 16 << 20
_EARLIER = b"SANDBOX: an earlier document"
_PEM_LINE = 76


class NcaLayerMode(StrEnum):
    """What the customer, or a program in NCALayer's place, does.

    STALE signs the document of the request before; WRONG_CERTIFICATE signs with another
    person's key; TAMPER alters the content after signing.
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


class ReplyForm(StrEnum):
    """Generation of the reply: array (1.4), string (before), commonUtils (the oldest)."""

    ARRAY = "array"
    STRING = "string"
    COMMON_UTILS = "common_utils"


@dataclass(frozen=True, slots=True)
class NcaLayerBehaviour:
    """Replaced as a whole, so that threads see one state.

    key  sign with this key whatever the request's filters say, as a false NCALayer would;
         None follows the filters
    """

    mode: NcaLayerMode = NcaLayerMode.SIGN
    form: ReplyForm = ReplyForm.ARRAY
    key: CustomerKey | None = None


class _SignerParams(msgspec.Struct, rename="camel"):
    ext_key_usage_oids: list[str] = []
    iin: str = ""
    chain: list[str] | None = None


class _SigningParams(msgspec.Struct):
    decode: bool
    encapsulate: bool
    digested: bool


class _Args(msgspec.Struct, rename="camel"):
    format: str
    data: str | list[str]
    signing_params: _SigningParams
    signer_params: _SignerParams


class _Request(msgspec.Struct):
    module: str
    method: str
    args: msgspec.Raw = msgspec.Raw(b"{}")


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
            connection.send(_FOREIGN_GREETING if foreign else _GREETING)
            for message in connection:
                if message == _HEARTBEAT:
                    connection.send(_HEARTBEAT)
                    continue
                if self.behaviour.mode is NcaLayerMode.HANG_UP:
                    return
                reply = self._reply(message if isinstance(message, str) else "")
                if reply is not None:
                    connection.send(reply)

    def _reply(self, message: str) -> str | None:
        try:
            request = msgspec.json.decode(message, type=_Request)
            if (request.module, request.method) != ("kz.gov.pki.knca.basics", "sign"):
                return _NO_MODULE
            args = msgspec.json.decode(request.args, type=_Args)
            document = _document(args)
        except (msgspec.MsgspecError, ValueError):
            return _BAD_PARAMETERS
        match self.behaviour.mode:
            case NcaLayerMode.SILENT:
                return None
            case NcaLayerMode.GARBAGE:
                return "SANDBOX: this is no JSON"
            case NcaLayerMode.OVERSIZE:
                return "A" * _OVERSIZE
            case NcaLayerMode.ERROR:
                return _FAILED
            case NcaLayerMode.CANCEL:
                return self._cancelled()
            case _:
                return self._signed(args, document)

    def _cancelled(self) -> str:
        old = self.behaviour.form is ReplyForm.COMMON_UTILS
        return _OLD_CANCELLED if old else _CANCELLED

    def _signed(self, args: _Args, document: bytes) -> str:
        behaviour = self.behaviour
        signer = self._signer(args.signer_params, behaviour)
        if signer is None:
            return self._cancelled()
        with self._lock:
            earlier, self._previous = self._previous, document
        content = earlier if behaviour.mode is NcaLayerMode.STALE else document
        cms = sign_cms(
            content,
            certificate=signer.der,
            sign=signer.sign,
            digest_oid=oids.SHA256,
            signature_oid=oids.SHA256_WITH_RSA,
            signing_time=self._clock(),
        )
        if behaviour.mode is NcaLayerMode.TAMPER:
            altered = bytes([content[0] ^ 1]) + content[1:]
            cms = cms.replace(content, altered, 1)
        return _in_form(cms, behaviour.form)

    def _signer(self, asked: _SignerParams, behaviour: NcaLayerBehaviour) -> Credential | None:
        customers = self._pki.customers
        if behaviour.key is not None:
            return customers[behaviour.key]
        if behaviour.mode is NcaLayerMode.WRONG_CERTIFICATE:
            other = person_with_iin(asked.iin)
            own_is_other = other is not None and other.key is CustomerKey.OTHER_PERSON
            return customers[CustomerKey.GOOD if own_is_other else CustomerKey.OTHER_PERSON]
        person = person_with_iin(asked.iin)
        # NCALayer hides keys of unknown issuers unless the filter by chain is switched off.
        if person is None or asked.chain != []:
            return None
        usages = customers[person.key].certificate.extensions.get_extension_for_class(
            x509.ExtendedKeyUsage
        )
        carried = {usage.dotted_string for usage in usages.value}
        return customers[person.key] if carried.issuperset(asked.ext_key_usage_oids) else None


def _document(args: _Args) -> bytes:
    data = args.data[0] if isinstance(args.data, list) and len(args.data) == 1 else args.data
    params = args.signing_params
    if not isinstance(data, str) or args.format != "cms":
        raise ValueError
    if not params.decode or not params.encapsulate or params.digested:
        raise ValueError
    document = base64.b64decode(data, validate=True)
    if not document:
        raise ValueError
    return document


def _in_form(cms: bytes, form: ReplyForm) -> str:
    text = base64.b64encode(cms).decode("ascii")
    if form is ReplyForm.COMMON_UTILS:
        return msgspec.json.encode({"code": "200", "responseObject": text}).decode()
    lines = [text[at : at + _PEM_LINE] for at in range(0, len(text), _PEM_LINE)]
    pem = "\n".join(["-----BEGIN CMS-----", *lines, "-----END CMS-----", ""])
    result = [pem] if form is ReplyForm.ARRAY else pem
    return msgspec.json.encode({"status": True, "body": {"result": result}}).decode()


def _tls(pki: SandboxPki) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # See crypto.carrier.ncalayer: tickets make clients read and write at the same time.
    context.num_tickets = 0
    # The ssl module reads a chain from a file only.
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "tls.pem"
        chain.touch(mode=0o600)
        key = pki.tls.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain.write_bytes(pki.tls.certificate.public_bytes(serialization.Encoding.PEM) + key)
        context.load_cert_chain(chain)
    return context
