"""What the loopback NCALayer reads and writes: both generations of requests and replies."""

import base64
from dataclasses import dataclass
from enum import StrEnum

import msgspec

__all__ = [
    "BAD_PARAMETERS",
    "FOREIGN_GREETING",
    "GREETING",
    "HEARTBEAT",
    "NO_MODULE",
    "NcaLayerRequest",
    "ReplyForm",
    "SigningRequest",
    "UnreadableRequest",
    "answer_cancelled",
    "answer_failed",
    "answer_signed",
    "answer_tokens",
    "read_signing_request",
]

HEARTBEAT = "--heartbeat--"
GREETING = '{"result":{"version":"1.4"}}'
FOREIGN_GREETING = '{"result":{"version":"SANDBOX other program"}}'
NO_MODULE = '{"success":false,"errorCode":"MODULE_NOT_FOUND"}'
BAD_PARAMETERS = '{"status":false,"code":"INVALID_SIGNING_PARAMS","message":"SANDBOX"}'
_BASICS, _COMMON_UTILS = "kz.gov.pki.knca.basics", "kz.gov.pki.knca.commonUtils"
_TOKENS = "getActiveTokens"
_OLD_METHODS = {"createCAdESFromBase64": False, "createCMSSignatureFromBase64": True}
"""Method to whether it adds a timestamp."""

_PEM_LINE = 76


class UnreadableRequest(ValueError):
    """The request is for nothing that is offered here; it is answered with an error."""


class ReplyForm(StrEnum):
    """Generation of the program: arrays (1.4), strings (before), only commonUtils (the oldest)."""

    ARRAY = "array"
    STRING = "string"
    COMMON_UTILS = "common_utils"


class _SignerParams(msgspec.Struct, rename="camel"):
    ext_key_usage_oids: list[str] = []
    iin: str = ""
    chain: list[str] | None = None


class _SigningParams(msgspec.Struct, rename="camel"):
    decode: bool
    encapsulate: bool
    digested: bool
    tsa_profile: dict[str, str] | None = None


class _Args(msgspec.Struct, rename="camel"):
    format: str
    data: str | list[str]
    signing_params: _SigningParams
    signer_params: _SignerParams


class NcaLayerRequest(msgspec.Struct):
    """Any request; `args` differ by module."""

    module: str
    method: str
    args: msgspec.Raw = msgspec.Raw(b"{}")
    uuid: str | None = None

    @property
    def old(self) -> bool:
        """Whether it is of the older generation."""
        return self.module == _COMMON_UTILS

    @property
    def asks_for_tokens(self) -> bool:
        """Whether it only asks which tokens are plugged in."""
        return self.old and self.method == _TOKENS

    def is_offered(self, form: ReplyForm) -> bool:
        """Whether a program of this generation has the module and the method."""
        if self.old:
            return self.asks_for_tokens or self.method in _OLD_METHODS
        return (self.module, self.method) == (_BASICS, "sign") and (
            form is not ReplyForm.COMMON_UTILS
        )


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What to sign, and with whose key.

    usages, iin  filters; the older generation has none
    any_chain    keys of any issuer are offered
    """

    document: bytes
    usages: tuple[str, ...]
    iin: str
    any_chain: bool
    timestamp: bool


def read_signing_request(request: NcaLayerRequest, plugged: tuple[str, ...]) -> SigningRequest:
    """Read the arguments; UnreadableRequest unless they are for one attached CMS.

    plugged  tokens the older generation may be asked to use, besides a file
    """
    try:
        return _read_common_utils(request, plugged) if request.old else _read_basics(request)
    except (msgspec.MsgspecError, ValueError):
        raise UnreadableRequest from None


def _read_basics(request: NcaLayerRequest) -> SigningRequest:
    args = msgspec.json.decode(request.args, type=_Args)
    data = args.data[0] if isinstance(args.data, list) and len(args.data) == 1 else args.data
    signing, signer = args.signing_params, args.signer_params
    if not isinstance(data, str) or args.format != "cms":
        raise UnreadableRequest
    if not signing.decode or not signing.encapsulate or signing.digested:
        raise UnreadableRequest
    return SigningRequest(
        _decode_document(data),
        tuple(signer.ext_key_usage_oids),
        signer.iin,
        any_chain=signer.chain == [],
        timestamp=signing.tsa_profile is not None,
    )


def _read_common_utils(request: NcaLayerRequest, plugged: tuple[str, ...]) -> SigningRequest:
    storage, purpose, data, attach = msgspec.json.decode(
        request.args, type=tuple[str, str, str, bool]
    )
    if storage not in {"PKCS12", *plugged} or purpose != "SIGNATURE" or not attach:
        raise UnreadableRequest
    timestamp = _OLD_METHODS[request.method]
    return SigningRequest(_decode_document(data), (), "", any_chain=True, timestamp=timestamp)


def _decode_document(data: str) -> bytes:
    document = base64.b64decode(data, validate=True)
    if not document:
        raise UnreadableRequest
    return document


def answer_tokens(request: NcaLayerRequest, plugged: tuple[str, ...]) -> str:
    """Answer which tokens are plugged in."""
    return _reply(request, {"code": "200", "message": "", "responseObject": list(plugged)})


def answer_cancelled(request: NcaLayerRequest) -> str:
    """Answer that the customer closed the dialog."""
    if request.old:
        return _reply(request, {"code": "500", "message": "action.canceled"})
    return _reply(request, {"status": True, "body": {}})


def answer_failed(request: NcaLayerRequest) -> str:
    """Answer that signing failed."""
    if request.old:
        return _reply(request, {"code": "500", "message": "SANDBOX"})
    return _reply(
        request,
        {"status": False, "code": "SIGNING_FAILURE", "message": "SANDBOX", "details": "SANDBOX"},
    )


def answer_signed(request: NcaLayerRequest, cms: bytes, form: ReplyForm) -> str:
    """Answer with a signature: base64 of the older generation, PEM of the newer."""
    text = base64.b64encode(cms).decode("ascii")
    if request.old:
        return _reply(request, {"code": "200", "message": "", "responseObject": text})
    lines = [text[at : at + _PEM_LINE] for at in range(0, len(text), _PEM_LINE)]
    pem = "\n".join(["-----BEGIN CMS-----", *lines, "-----END CMS-----", ""])
    if form is ReplyForm.STRING:
        # This generation does not repeat the request's name.
        return msgspec.json.encode({"status": True, "body": {"result": pem}}).decode()
    return _reply(request, {"status": True, "body": {"result": [pem]}})


def _reply(request: NcaLayerRequest, members: dict[str, object]) -> str:
    named = {} if request.uuid is None else {"uuid": request.uuid}
    return msgspec.json.encode({**members, **named}).decode()
