"""A loopback eGov Mobile signing service in SIGEX's shape, and the phone that scans its code.

The service holds a request until the phone has come, as the real one does. The phone's owner signs
with the customer's own key, given as a function: which algorithm that is, is not this module's
business.
"""

import base64
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.sandbox.loopback import HttpAnswer, HttpQuestion, LoopbackServer
from workstation.sandbox.people import CustomerKey

__all__ = ["EgovBehaviour", "EgovMode", "SandboxEgov"]

_JSON = "application/json; charset=utf-8"
_ENTRY = "/api/egovQr"
_HOLD_S = 2.0
_MAX_SIGNINGS = 256
_PATH = re.compile(rf"{_ENTRY}/(data|sign|egov)/([0-9a-f]{{32}})")
_LAUNCHER = "https://m.egov.kz/mobileSign/?link="
_OVER = {"message": "SANDBOX: invalid QR signing state"}
# Not a picture on purpose: a client that showed a foreign picture would show this.
_FOREIGN_PICTURE = base64.b64encode(b"SANDBOX: not to be shown").decode("ascii")


class EgovMode(StrEnum):
    """What the phone's owner does; TAMPER alters the content after signing."""

    SIGN = "sign"
    CANCEL = "cancel"
    TAMPER = "tamper"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class EgovBehaviour:
    """Replaced as a whole, so that threads see one state.

    key           whose phone it is
    scans_itself  the phone scans every code at once; otherwise `scan` does it
    """

    mode: EgovMode = EgovMode.SIGN
    key: CustomerKey = CustomerKey.GOOD
    scans_itself: bool = True


@dataclass(slots=True)
class _Signing:
    scanned: threading.Event = field(default_factory=threading.Event)
    signature: bytes = b""


class _OfferedFile(msgspec.Struct):
    data: str


class _OfferedDocument(msgspec.Struct):
    file: _OfferedFile


class _OfferedEntry(msgspec.Struct, rename="camel"):
    id: int
    name_ru: str
    name_kz: str
    name_en: str
    document: _OfferedDocument


class _Documents(msgspec.Struct, rename="camel"):
    sign_method: str
    documents_to_sign: list[_OfferedEntry]


class _Description(msgspec.Struct):
    description: str


class SandboxEgov:
    """HTTP server on a free port of 127.0.0.1; `behaviour` may be assigned at any time.

    sign  makes a CMS with its content inside, with that customer's key
    """

    def __init__(self, sign: Callable[[CustomerKey, bytes], bytes]) -> None:
        self.behaviour = EgovBehaviour()
        self._sign = sign
        self._lock = threading.Lock()
        self._signings: dict[str, _Signing] = {}
        self._server = LoopbackServer(self._answer, "sandbox-egov")

    @property
    def url(self) -> str:
        """Base address; only between start and close."""
        return self._server.url

    def start(self) -> None:
        """Listen and answer in threads of its own."""
        self._server.start()

    def close(self) -> None:
        """End every waiting request, stop and join every thread; may be called again."""
        with self._lock:
            waiting = tuple(self._signings.values())
            self._signings.clear()
        for signing in waiting:
            signing.scanned.set()
        self._server.close()

    def scan(self, code: str) -> bool:
        """Scan a QR code with the phone; False when its text is none of an open signing."""
        prefix = f"mobileSign:{self.url}"
        found = _PATH.fullmatch(code.removeprefix(prefix)) if code.startswith(prefix) else None
        signing = None if found is None or found[1] != "egov" else self._find_signing(found[2])
        if signing is None:
            return False
        signing.scanned.set()
        return True

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        if (question.method, question.path) == ("POST", _ENTRY):
            return self._register(question.body)
        found = _PATH.fullmatch(question.path)
        signing = None if found is None else self._find_signing(found[2])
        if found is None or signing is None:
            return HttpAnswer(404, _JSON, b"{}")
        match (question.method, found[1]):
            case ("POST", "data"):
                return self._take_documents(found[2], signing, question.body)
            case ("GET", "sign"):
                return self._answer_signed(signing)
            case _:
                return HttpAnswer(405, _JSON, b"{}")

    def _register(self, body: bytes) -> HttpAnswer:
        try:
            strict_decoded(body, _Description)
        except JsonRefused:
            return _json({"message": "SANDBOX: no description"})
        name = secrets.token_hex(16)
        signing = _Signing()
        if self.behaviour.scans_itself:
            signing.scanned.set()
        with self._lock:
            if len(self._signings) >= _MAX_SIGNINGS:
                self._signings.clear()
            self._signings[name] = signing
        base = f"{self.url}{_ENTRY}"
        return _json(
            {
                "qrCode": _FOREIGN_PICTURE,
                "dataURL": f"{base}/data/{name}",
                "signURL": f"{base}/sign/{name}",
                "eGovMobileLaunchLink": f"{_LAUNCHER}{base}/egov/{name}?mgovSign",
                "eGovBusinessLaunchLink": f"{_LAUNCHER}{base}/egov/{name}?mgovSign",
            }
        )

    def _take_documents(self, name: str, signing: _Signing, body: bytes) -> HttpAnswer:
        if self.behaviour.mode is EgovMode.EXPIRE:
            return _json(_OVER)
        try:
            asked = strict_decoded(body, _Documents)
            (entry,) = asked.documents_to_sign
            document = base64.b64decode(entry.document.file.data, validate=True)
        except ValueError:
            return _json({"message": "SANDBOX: bad documents"})
        if asked.sign_method != "CMS_WITH_DATA" or not document:
            return _json({"message": "SANDBOX: bad documents"})
        if not signing.scanned.wait(_HOLD_S):
            return HttpAnswer(504, _JSON, b"{}")
        if self._find_signing(name) is None:
            return _json(_OVER)
        cms = self._sign(self.behaviour.key, document)
        if self.behaviour.mode is EgovMode.TAMPER:
            cms = cms.replace(document, bytes([document[0] ^ 1]) + document[1:], 1)
        signing.signature = cms
        return _json({})

    def _answer_signed(self, signing: _Signing) -> HttpAnswer:
        if self.behaviour.mode is EgovMode.CANCEL:
            return _json({"status": "CANCELED"})
        if not signing.signature:
            return _json(_OVER)
        data = base64.b64encode(signing.signature).decode("ascii")
        entry = {"id": 1, "document": {"file": {"mime": "", "data": data}}}
        return _json({"signMethod": "CMS_WITH_DATA", "documentsToSign": [entry]})

    def _find_signing(self, name: str) -> _Signing | None:
        with self._lock:
            return self._signings.get(name)


def _json(content: object) -> HttpAnswer:
    return HttpAnswer(200, _JSON, msgspec.json.encode(content))
