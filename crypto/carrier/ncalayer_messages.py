"""The texts NCALayer and a client exchange: greeting, requests and replies of two generations.

Protocol as its public clients show it (sigex-kz/ncalayer-js-client): the module
kz.gov.pki.knca.basics with named arguments, and before it kz.gov.pki.knca.commonUtils with
positional ones and replies of its own shape. A NCALayer without the first answers
MODULE_NOT_FOUND.
"""

import base64
import re
from typing import Any

import msgspec

from crypto.carrier.armour import read_armoured
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierForeign,
    CarrierProtocol,
    CarrierRefused,
    stable_word,
)
from crypto.strict_json import JsonRefused, strict_json

__all__ = [
    "FILE_STORAGE",
    "HEARTBEAT",
    "MODULE_NOT_FOUND",
    "STORAGES",
    "read_greeting",
    "read_signature",
    "read_tokens",
    "write_old_sign_request",
    "write_sign_request",
    "write_tokens_request",
]

HEARTBEAT = "--heartbeat--"
MODULE_NOT_FOUND = "MODULE_NOT_FOUND"
FILE_STORAGE = "PKCS12"
"""The key store that is a file of the customer's, opened in NCALayer's own dialog."""

STORAGES = frozenset(
    {
        "PKCS12",
        "JKS",
        "AKKaztokenStore",
        "AKKZIDCardStore",
        "AKEToken72KStore",
        "AKEToken5110Store",
        "AKJaCartaStore",
        "AKAKEYStore",
    }
)
"""Names of the key stores NCALayer can open."""

_VERSION = re.compile(r"[vV]?\.? ?[0-9].{0,63}")
"""A number first, and whatever a release appends to it: 1.4, v2.0, 1.4.0-beta, 2.1 (build 7)."""
_OLD_SUCCESS = "200"
_OLD_CANCEL = "action.canceled"
_COMMON_UTILS = "kz.gov.pki.knca.commonUtils"
_MAX_TOKENS = 16


def _decode_object(untrusted: str) -> dict[str, Any] | None:
    try:
        decoded = strict_json(untrusted)
    except JsonRefused:
        return None
    return decoded if isinstance(decoded, dict) else None


def read_greeting(untrusted: str) -> str:
    """Return the version NCALayer greets with; any other greeting is CarrierForeign."""
    greeting = _decode_object(untrusted)
    result = greeting.get("result") if greeting is not None else None
    version = result.get("version") if isinstance(result, dict) else None
    if not isinstance(version, str):
        raise CarrierForeign("greeting")
    if _VERSION.fullmatch(version) is None or not version.isprintable():
        raise CarrierForeign(version)
    return stable_word(version)


def write_sign_request(
    request: SignatureRequest,
    *,
    storages: tuple[str, ...],
    any_chain: bool,
    uuid: str,
) -> str:
    """Return the text that asks the basics module for one attached CMS over the document.

    A time-stamp that is wanted makes it a CAdES-T signature, which needs NCALayer to reach the НУЦ.

    storages   names of STORAGES the customer may choose from; none given = all
    any_chain  offer keys of any issuer: keys of the test hierarchy are hidden otherwise
    uuid       name of the request; newer versions repeat it in their reply
    """
    signing: dict[str, Any] = {"decode": True, "encapsulate": True, "digested": False}
    if request.timestamp:
        signing["tsaProfile"] = {}
    signer: dict[str, Any] = {
        "extKeyUsageOids": list(request.extended_key_usages),
        "iin": request.iin,
    }
    if any_chain:
        signer["chain"] = []
    message = {
        "module": "kz.gov.pki.knca.basics",
        "method": "sign",
        "args": {
            "allowedStorages": list(storages) or None,
            "format": "cms",
            "data": base64.b64encode(request.document).decode("ascii"),
            "signingParams": signing,
            "signerParams": signer,
            "locale": request.language,
        },
        "uuid": uuid,
    }
    return msgspec.json.encode(message).decode()


def write_tokens_request(*, uuid: str) -> str:
    """Return the text that asks the older module which tokens are plugged in."""
    return _write_old_request("getActiveTokens", [], uuid)


def write_old_sign_request(request: SignatureRequest, *, storage: str, uuid: str) -> str:
    """Return the text that asks the older module for one attached CMS over the document.

    It filters neither by person nor by usage beyond "a signing key": whose key it was, the
    validation says. One of its methods always adds a time-stamp, the other never does.

    storage  one of STORAGES
    """
    method = "createCMSSignatureFromBase64" if request.timestamp else "createCAdESFromBase64"
    document = base64.b64encode(request.document).decode("ascii")
    return _write_old_request(method, [storage, "SIGNATURE", document, True], uuid)


def _write_old_request(method: str, args: list[str | bool], uuid: str) -> str:
    message = {"module": _COMMON_UTILS, "method": method, "args": args, "uuid": uuid}
    return msgspec.json.encode(message).decode()


def read_tokens(untrusted: str, *, uuid: str = "") -> tuple[str, ...]:
    """Return the key stores named in a reply to `write_tokens_request`, () for none.

    A program that cannot say, as without the middleware of tokens, has none; CarrierRefused
    when it has no such module at all.
    """
    reply = _read_reply(untrusted, uuid)
    if reply.get("success") is False:
        raise CarrierRefused(_word(reply.get("errorCode")))
    found = reply.get("responseObject") if reply.get("code") == _OLD_SUCCESS else None
    named = found if isinstance(found, list) else []
    return tuple(each for each in named[:_MAX_TOKENS] if isinstance(each, str) and each in STORAGES)


def read_signature(untrusted: str, *, uuid: str = "") -> bytes:
    """Return the untrusted CMS a reply holds, as binary.

    Raises CarrierCancelled(`customer`), CarrierRefused with the reply's own code, or
    CarrierProtocol for anything that is no reply to a request for a signature, or is one to a
    request of another uuid.
    """
    reply = _read_reply(untrusted, uuid)
    if "status" in reply:
        return _read_basics(reply)
    if reply.get("success") is False:
        raise CarrierRefused(_word(reply.get("errorCode")))
    if isinstance(reply.get("code"), str):
        return _read_common_utils(reply)
    raise CarrierProtocol("reply")


def _read_reply(untrusted: str, uuid: str) -> dict[str, Any]:
    reply = _decode_object(untrusted)
    if reply is None:
        raise CarrierProtocol("not_json")
    # Older versions do not repeat it; one that repeats another answers somebody else's request.
    if uuid and reply.get("uuid", uuid) not in (uuid, None):
        raise CarrierProtocol("uuid")
    return reply


def _read_basics(reply: dict[str, Any]) -> bytes:
    status, body = reply["status"], reply.get("body")
    if status is False:
        # A tuple: what a stranger sent need not be hashable.
        if _OLD_CANCEL in (reply.get("code"), reply.get("message")):
            raise CarrierCancelled("customer")
        raise CarrierRefused(_word(reply.get("code")))
    if status is not True or not isinstance(body, dict):
        raise CarrierProtocol("reply")
    if not body:
        raise CarrierCancelled("customer")
    result = body.get("result")
    if isinstance(result, list):
        # One document was sent: another number of signatures answers something else.
        if len(result) != 1:
            raise CarrierProtocol("signatures")
        result = result[0]
    return _binary(result)


def _read_common_utils(reply: dict[str, Any]) -> bytes:
    code, message = reply["code"], reply.get("message")
    if code == _OLD_SUCCESS:
        return _binary(reply.get("responseObject"))
    if message == _OLD_CANCEL:
        raise CarrierCancelled("customer")
    raise CarrierRefused(code)


def _binary(untrusted: object) -> bytes:
    if not isinstance(untrusted, str) or not untrusted.isascii():
        raise CarrierProtocol("signature")
    return read_armoured(untrusted.encode("ascii"))


def _word(untrusted: object) -> str:
    # The free text beside a code is not kept: it may quote names and paths.
    return untrusted if isinstance(untrusted, str) else "unnamed"
