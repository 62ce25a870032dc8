"""The texts NCALayer and a client exchange: greeting, request, both generations of replies.

Protocol as its public clients show it (sigex-kz/ncalayer-js-client, module
kz.gov.pki.knca.basics; the older kz.gov.pki.knca.commonUtils answers in its own shape).
"""

import base64
import re
from typing import Any

import msgspec

from crypto.carrier.armour import unarmoured
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierForeign,
    CarrierProtocol,
    CarrierRefused,
)

__all__ = ["HEARTBEAT", "STORAGES", "greeted_version", "sign_request", "signature_in"]

HEARTBEAT = "--heartbeat--"
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

_VERSION = re.compile(r"\d{1,4}(\.\d{1,6}){0,3}")
_OLD_SUCCESS = "200"
_OLD_CANCEL = "action.canceled"


def _object(untrusted: str) -> dict[str, Any] | None:
    try:
        decoded = msgspec.json.decode(untrusted)
    # msgspec raises RecursionError on deep nesting.
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    return decoded if isinstance(decoded, dict) else None


def greeted_version(untrusted: str) -> str:
    """Return the version NCALayer greets with; any other greeting is CarrierForeign."""
    greeting = _object(untrusted)
    result = greeting.get("result") if greeting is not None else None
    version = result.get("version") if isinstance(result, dict) else None
    if not isinstance(version, str):
        raise CarrierForeign("greeting")
    if _VERSION.fullmatch(version) is None:
        raise CarrierForeign(version)
    return version


def sign_request(
    request: SignatureRequest, *, storages: tuple[str, ...], timestamp: bool, any_chain: bool
) -> str:
    """Return the text that asks the basics module for one attached CMS over the document.

    storages   names of STORAGES the customer may choose from; none given = all
    timestamp  ask for a CAdES-T signature, which needs NCALayer to reach the НУЦ
    any_chain  offer keys of any issuer: keys of the test hierarchy are hidden otherwise
    """
    signing: dict[str, Any] = {"decode": True, "encapsulate": True, "digested": False}
    if timestamp:
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
    }
    return msgspec.json.encode(message).decode()


def signature_in(untrusted: str) -> bytes:
    """Return the untrusted CMS a reply holds, as binary.

    Raises CarrierCancelled(`customer`), CarrierRefused with the reply's own code, or
    CarrierProtocol for anything that is no reply to `sign_request`.
    """
    reply = _object(untrusted)
    if reply is None:
        raise CarrierProtocol("not_json")
    if "status" in reply:
        return _basics(reply)
    if reply.get("success") is False:
        raise CarrierRefused(_word(reply.get("errorCode")))
    if isinstance(reply.get("code"), str):
        return _common_utils(reply)
    raise CarrierProtocol("reply")


def _basics(reply: dict[str, Any]) -> bytes:
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


def _common_utils(reply: dict[str, Any]) -> bytes:
    code, message = reply["code"], reply.get("message")
    if code == _OLD_SUCCESS:
        return _binary(reply.get("responseObject"))
    if message == _OLD_CANCEL:
        raise CarrierCancelled("customer")
    raise CarrierRefused(code)


def _binary(untrusted: object) -> bytes:
    if not isinstance(untrusted, str) or not untrusted.isascii():
        raise CarrierProtocol("signature")
    return unarmoured(untrusted.encode("ascii"))


def _word(untrusted: object) -> str:
    # The free text beside a code is not kept: it may quote names and paths.
    return untrusted if isinstance(untrusted, str) else "unnamed"
