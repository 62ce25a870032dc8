"""What the eGov Mobile signing service and a client say to each other, in the shape of SIGEX.

Shape as its public client shows it (sigex-kz/sigex-qr-signing-client): a signing is registered,
the documents are handed over once the customer's phone asks for them, the signatures are fetched.
An error is an object with `message`, whatever the HTTP status.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from crypto.carrier.armour import read_armoured
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierExpired,
    CarrierProtocol,
    CarrierRefused,
)
from crypto.strict_json import JsonRefused, strict_decoded

__all__ = [
    "DocumentTitles",
    "Registration",
    "read_launch_link",
    "read_next_address",
    "read_registration",
    "read_signature",
    "write_documents",
    "write_registration",
]

_Kind = TypeVar("_Kind", bound=msgspec.Struct)
_DOCUMENT_ID = 1
_CANCELLED = "CANCELED"
_STATE_IS_OVER = "invalid qr signing state"
_SCHEME = "mobileSign:"
_WEB_MARKER = "mgovSign"
_LAUNCHERS = frozenset({"m.egov.kz", "mgovsign.page.link"})
"""Hosts of the links that open eGov Mobile; the service's own host counts as well."""


@dataclass(frozen=True, slots=True)
class DocumentTitles:
    """What the phone calls the document, and the line above it, in the three languages."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What the service answered to a registration; no address of it has been admitted yet."""

    untrusted_data_url: str
    untrusted_sign_url: str
    untrusted_launch_link: str


class _RegistrationReply(msgspec.Struct, rename="camel"):
    message: str = ""
    data_url: str = msgspec.field(default="", name="dataURL")
    sign_url: str = msgspec.field(default="", name="signURL")
    launch_link: str = msgspec.field(default="", name="eGovMobileLaunchLink")


class _DocumentsReply(msgspec.Struct):
    message: str = ""
    sign_url: str = msgspec.field(default="", name="signURL")


class _File(msgspec.Struct):
    data: str


class _Document(msgspec.Struct):
    file: _File


class _Entry(msgspec.Struct):
    document: _Document
    id: int = _DOCUMENT_ID


class _SignatureReply(msgspec.Struct, rename="camel"):
    message: str = ""
    status: str = ""
    documents_to_sign: list[_Entry] = []


def write_registration(titles: DocumentTitles, language: str) -> bytes:
    """Return the body that opens a signing; the phone shows the description to the customer."""
    description = {"kk": titles.kk, "ru": titles.ru, "en": titles.en}[language]
    return msgspec.json.encode({"description": description})


def read_registration(untrusted: bytes) -> Registration:
    """Return the addresses of a signing; CarrierRefused, CarrierProtocol."""
    answer = _decode(untrusted, _RegistrationReply)
    _require_no_error(answer.message)
    if not (answer.data_url and answer.sign_url and answer.launch_link):
        raise CarrierProtocol("reply")
    return Registration(answer.data_url, answer.sign_url, answer.launch_link)


def write_documents(request: SignatureRequest, titles: DocumentTitles) -> bytes:
    """Return the body that hands one document over, to be signed with its content inside."""
    return msgspec.json.encode(
        {
            "signMethod": "CMS_WITH_DATA",
            "documentsToSign": [
                {
                    "id": _DOCUMENT_ID,
                    "nameRu": titles.ru,
                    "nameKz": titles.kk,
                    "nameEn": titles.en,
                    "meta": [],
                    "document": {
                        "file": {
                            "mime": "",
                            "data": base64.b64encode(request.document).decode("ascii"),
                        }
                    },
                }
            ],
        }
    )


def read_next_address(untrusted: bytes, sign_url: str) -> str:
    """Return where the signature is to be fetched: the answer to the documents may move it."""
    answer = _decode(untrusted, _DocumentsReply)
    _require_no_error(answer.message)
    return answer.sign_url or sign_url


def read_signature(untrusted: bytes) -> bytes:
    """Return the untrusted CMS the customer's phone made, as binary.

    Raises CarrierCancelled(`customer`), CarrierExpired, CarrierRefused or CarrierProtocol.
    """
    answer = _decode(untrusted, _SignatureReply)
    if answer.status.upper() == _CANCELLED:
        raise CarrierCancelled("customer")
    _require_no_error(answer.message)
    # One document was sent: another number of signatures answers something else.
    if len(answer.documents_to_sign) != 1 or answer.documents_to_sign[0].id != _DOCUMENT_ID:
        raise CarrierProtocol("signatures")
    data = answer.documents_to_sign[0].document.file.data
    if not data.isascii() or not data.strip():
        raise CarrierProtocol("signature")
    if "-----BEGIN" in data:
        return read_armoured(data.encode("ascii"))
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CarrierProtocol("signature") from None


def read_launch_link(untrusted_launch_link: str, *, service_host: str) -> tuple[str, str]:
    """Return what the QR code holds, `mobileSign:<address>`, and the address inside it.

    The launch link is an address of eGov Mobile's launcher with the service's own address as its
    `link`; the code holds that address without the marker meant for the web. The caller has to
    admit the address. CarrierProtocol(`foreign_url`) for a launcher that is none.
    """
    link = untrusted_launch_link
    _require_printable(link)
    if link.startswith(_SCHEME):
        inner = link.removeprefix(_SCHEME)
    else:
        inner = _find_link(link, _LAUNCHERS | {service_host}).removeprefix(_SCHEME)
    # Percent-decoding may have brought in what the link itself did not hold.
    _require_printable(inner)
    address = _remove_marker(inner)
    return _SCHEME + address, address


def _require_printable(address: str) -> None:
    if not address.isascii() or any(letter <= " " or letter == "\x7f" for letter in address):
        raise CarrierProtocol("foreign_url")


def _find_link(link: str, launchers: frozenset[str]) -> str:
    try:
        parts = urlsplit(link)
        fields = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=16)
        plain = parts.port is None and "@" not in parts.netloc
    except ValueError:
        raise CarrierProtocol("foreign_url") from None
    inner = [value for name, value in fields if name == "link"]
    secure = parts.scheme == "https" and plain and (parts.hostname or "") in launchers
    if not secure or len(inner) != 1:
        raise CarrierProtocol("foreign_url")
    return inner[0]


def _remove_marker(address: str) -> str:
    try:
        parts = urlsplit(address)
        fields = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise CarrierProtocol("foreign_url") from None
    if (_WEB_MARKER, "") not in fields:
        return address
    kept = [field for field in fields if field != (_WEB_MARKER, "")]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _decode(untrusted: bytes, kind: type[_Kind]) -> _Kind:
    try:
        return strict_decoded(untrusted, kind)
    except JsonRefused:
        raise CarrierProtocol("not_json") from None


def _require_no_error(message: str) -> None:
    if _STATE_IS_OVER in message.lower():
        raise CarrierExpired("service")
    if message:
        # The service's words are not kept: they may quote names and documents.
        raise CarrierRefused("service")
