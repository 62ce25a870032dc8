"""A file that is offered as a signature: what it is, by its content, and the object inside it.

People offer a certificate, a key store or a PDF instead of a signature, in PEM of any label, in
base64, in DER or in BER; the error says which, so that the screen can tell them what to bring. The
kind decides what the screen says and which reader opens the file; nothing is believed because of
it. Names of files and labels of PEM decide nothing, but for private keys, which are recognised by
their label before anything else is done with them.
"""

import base64
import binascii
import re
from collections.abc import Collection
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.ber import definite, find_end
from crypto.asn1.der import (
    BIT_STRING,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTC_TIME,
    DerError,
    Limits,
    Node,
    context,
)
from crypto.errors import CryptoError

__all__ = [
    "BagContents",
    "FileKind",
    "SignatureFileMalformed",
    "WrongFileKind",
    "count_bag",
    "identify",
    "identify_object",
    "open_signature_file",
    "remove_armour",
    "remove_padding",
]

_MAX_OCTETS = 68 * 1024 * 1024
_PEM_LABEL = re.compile(rb"[A-Z0-9 #.]{1,64}")
_PEM_BEGIN, _PEM_END, _PEM_DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_BASE64_FIRST = re.compile(rb"[A-Za-z0-9+/=\s]*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_TEXT_HEAD = 4096
_LIMITS = Limits(octets=64 * 1024 * 1024, depth=40, elements=20_000)
_WHOLE = Limits(octets=68 * 1024 * 1024, depth=40, elements=100_000)
_LINE_END, _ZERO = b"\r\n", b"\x00"
_PADDING = _LINE_END + _ZERO
# Two levels are looked at; what lies below the second is not read, however large.
_SKELETON = ((SEQUENCE, SEQUENCE), (SEQUENCE, context(0), SEQUENCE))
_SEEN = 8
_HEAD = 64
_SIGNED_DATA = w.oid(oids.SIGNED_DATA)
_PFX_VERSION = w.integer(3)
_CMS_ARCS = ("1.2.840.113549.1.7.", "1.2.840.113549.1.9.16.1.")
_LONG_FORM = 0x80
_MARKED = 4096
_KEY_LABEL = b"PRIVATE KEY-----"
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XMLDSIG = b"http://www.w3.org/2000/09/xmldsig#"
_ASIC = b"mimetypeapplication/vnd.etsi.asic"
# EN 319 162-1 4.3.3: the file that states the type may be left out.
_ASIC_SIGNATURE = re.compile(
    rb"META-INF/[^/\x00-\x1f]{0,64}signature[^/\x00-\x1f]{0,64}\.(?:p7s|xml)"
)


class FileKind(StrEnum):
    """What a file turned out to be."""

    SIGNED_CMS = "signed_cms"
    TIMESTAMP_TOKEN = "timestamp_token"  # noqa: S105 - RFC 3161's word
    TIMESTAMP_RESPONSE = "timestamp_response"
    CERTIFICATE_BAG = "certificate_bag"
    OTHER_CMS = "other_cms"
    CERTIFICATE = "certificate"
    CERTIFICATE_REQUEST = "certificate_request"
    CRL = "crl"
    OCSP_RESPONSE = "ocsp_response"
    PKCS12 = "pkcs12"
    JAVA_KEY_STORE = "java_key_store"
    PRIVATE_KEY = "private_key"
    PDF = "pdf"
    XML_SIGNATURE = "xml_signature"
    XML = "xml"
    ASIC = "asic"
    ARCHIVE = "archive"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class WrongFileKind(CryptoError):
    """The file is something else than was asked for; `kind` says what, so people can be told."""

    code = "wrong_file_kind"

    def __init__(self, kind: FileKind) -> None:
        self.kind = kind
        super().__init__(kind.value)


class SignatureFileMalformed(CryptoError):
    """The bytes are no encoding of anything a signature comes in."""

    code = "signature_file_malformed"


_MARKS = (
    (b"%PDF", FileKind.PDF),
    (b"PK\x03\x04", FileKind.ARCHIVE),
    (b"PK\x05\x06", FileKind.ARCHIVE),
    (b"\xfe\xed\xfe\xed", FileKind.JAVA_KEY_STORE),
    (b"\xce\xce\xce\xce", FileKind.JAVA_KEY_STORE),
    (b"<", FileKind.XML),
)


def open_signature_file(
    untrusted: bytes, accepted: Collection[FileKind] = (FileKind.SIGNED_CMS,)
) -> tuple[FileKind, bytes]:
    """Return the kind of a file and the object in it; WrongFileKind, SignatureFileMalformed.

    accepted  kinds that may come back

    Only the outermost shape is looked at: whether it is DER, BER or damaged is found out later.
    """
    marked = _identify_mark(untrusted)
    if marked not in accepted and len(untrusted) > _MAX_OCTETS:
        raise SignatureFileMalformed("too_large")
    kind, octets = (marked, untrusted) if marked else _identify_unmarked(untrusted)
    if kind is FileKind.UNKNOWN:
        raise SignatureFileMalformed("unknown_object")
    if kind not in accepted:
        raise WrongFileKind(kind)
    return kind, octets


def identify(untrusted: bytes) -> tuple[FileKind, bytes]:
    """Return what a file is and the object out of its armour; never raises.

    The octets come back as they were when there is no armour, or none that can be taken off.
    """
    marked = _identify_mark(untrusted)
    return (marked, untrusted) if marked else _identify_unmarked(untrusted)


def _identify_unmarked(untrusted: bytes) -> tuple[FileKind, bytes]:
    # Every object begins with SEQUENCE, whose octet is also the digit 0 of base64 text; base64
    # of a SEQUENCE begins with M, so text never begins with 0.
    if untrusted[0] == SEQUENCE:
        return _identify_padded(untrusted)
    text = untrusted.removeprefix(b"\xef\xbb\xbf")
    try:
        octets = remove_armour(text)
    except SignatureFileMalformed:
        return _identify_text(untrusted), untrusted
    return _identify_padded(octets)


def _identify_padded(binary: bytes) -> tuple[FileKind, bytes]:
    """Take padding off everything but signatures, whose report names it."""
    object_alone, _ = remove_padding(binary)
    kind = identify_object(object_alone)
    return kind, binary if kind is FileKind.SIGNED_CMS else object_alone


def remove_padding(binary: bytes) -> tuple[bytes, str]:
    """Return the object without what files and fields append, and a code of it; never raises.

    line_end      nothing but CR and LF, of editors and mail programs
    zero_padding  nothing but zeros, of fields and media of fixed size

    Whatever else follows an object stays, and is refused by who reads it.
    """
    if not binary or binary[-1] not in _PADDING:
        return binary, ""
    try:
        end = find_end(binary, _WHOLE)
    except DerError:
        return binary, ""
    rest = binary[end:]
    for octets, code in ((_LINE_END, "line_end"), (_ZERO, "zero_padding")):
        if rest and not rest.strip(octets):
            return binary[:end], code
    return binary, ""


def _identify_text(untrusted: bytes) -> FileKind:
    """Tell prose from what is damaged armour or no text at all."""
    head = untrusted[:_TEXT_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    if head.lstrip().startswith(_PEM_BEGIN) or _BASE64_FIRST.fullmatch(head):
        return FileKind.UNKNOWN
    # The cut may fall inside a character.
    text = head.decode("utf-8", errors="ignore")
    whole = len(text.encode()) >= len(head) - 3
    return FileKind.TEXT if whole and not _CONTROL.search(text) else FileKind.UNKNOWN


def remove_armour(text: bytes) -> bytes:
    """Return the binary object of one PEM object of any label, or of bare base64.

    SignatureFileMalformed (`text`, `base64`) for anything else. Joined from its words: a pattern
    over foreign whitespace would take quadratic time.
    """
    body = b"".join(_pem_body(text.strip()).split())
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise SignatureFileMalformed("base64") from None


def _pem_body(text: bytes) -> bytes:
    """Return what stands between the two lines of a single PEM object, or the text as it is."""
    if not text.startswith(_PEM_BEGIN):
        return text
    label, found, rest = text.removeprefix(_PEM_BEGIN).partition(_PEM_DASHES)
    end = _PEM_END + label + _PEM_DASHES
    if not found or _PEM_LABEL.fullmatch(label) is None or not rest.endswith(end):
        raise SignatureFileMalformed("text")
    return rest.removesuffix(end)


def _identify_mark(untrusted: bytes) -> FileKind | None:
    """Return the kind of a file that has a mark at its beginning; None for all others."""
    head = untrusted[:_MARKED]
    if not untrusted.strip():
        return FileKind.EMPTY
    if _KEY_LABEL in head:
        return FileKind.PRIVATE_KEY
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head.lstrip(b" \t\r\n\x00")
    kind = next((kind for mark, kind in _MARKS if head.startswith(mark)), None)
    if kind is FileKind.ARCHIVE and (_ASIC in head or _ASIC_SIGNATURE.search(untrusted)):
        return FileKind.ASIC
    if kind is FileKind.XML and _XMLDSIG in untrusted:
        return FileKind.XML_SIGNATURE
    return kind


def identify_object(binary: bytes) -> FileKind:
    """Return what a binary object is by its outermost shape, DER or BER, sound below or not."""
    if len(binary) < 2 or binary[0] != SEQUENCE:  # noqa: PLR2004 - identifier and length octets
        return FileKind.UNKNOWN
    first = binary[1]
    body = 2 + (first - _LONG_FORM if first > _LONG_FORM else 0)
    head = binary[body : body + _HEAD]
    # The first element alone decides: a damaged signature is still a signature.
    if head.startswith(_PFX_VERSION):
        return FileKind.PKCS12
    signed = head.startswith(_SIGNED_DATA)
    try:
        root = Node.at(found := definite(binary, _LIMITS, opaque=_SKELETON).der, 0, len(found))
        return _identify_signed_data(root) if signed else _identify_shape(root)
    except DerError:
        return FileKind.SIGNED_CMS if signed else FileKind.UNKNOWN


def _identify_signed_data(root: Node) -> FileKind:
    fields = _open_signed_data(root)
    stated = list(islice(fields[2].children(), 2)) if len(fields) > 2 else []  # noqa: PLR2004
    if stated and stated[0].raw == w.oid(oids.TST_INFO):
        return FileKind.TIMESTAMP_TOKEN
    # RFC 5652 5.1: without signers and content it disseminates certificates and lists.
    empty = fields[-1].tag == SET and not fields[-1].content
    return FileKind.CERTIFICATE_BAG if empty and len(stated) == 1 else FileKind.SIGNED_CMS


def _open_signed_data(root: Node) -> list[Node]:
    return list(islice(list(root.children())[1].only_child().children(), _SEEN))


class BagContents(NamedTuple):
    """How many certificates and revocation lists a file without a signature holds."""

    certificates: int
    lists: int


def count_bag(binary: bytes) -> BagContents:
    """Count what a CERTIFICATE_BAG holds, unread; DerError when it cannot be opened."""
    found = definite(binary, _LIMITS, opaque=_SKELETON).der
    by_tag = {node.tag: node for node in _open_signed_data(Node.at(found, 0, len(found)))}
    return BagContents(
        *(
            sum(1 for _ in by_tag[tag].children()) if tag in by_tag else 0
            for tag in (context(0), context(1))
        )
    )


def _identify_shape(root: Node) -> FileKind:
    outer = list(islice(root.children(), _SEEN))
    tags = tuple(node.tag for node in outer)
    if not tags:
        return FileKind.UNKNOWN
    if tags[0] == OID:
        return FileKind.OTHER_CMS if v.oid(outer[0]).startswith(_CMS_ARCS) else FileKind.UNKNOWN
    if tags[0] == ENUMERATED:
        return FileKind.OCSP_RESPONSE
    if tags[0] == INTEGER:
        keys = ((SEQUENCE, OCTET_STRING), (INTEGER, INTEGER), (OCTET_STRING,))
        is_key = any(tags[1 : 1 + len(key)] == key for key in keys)
        return FileKind.PRIVATE_KEY if is_key else FileKind.UNKNOWN
    if tags == (SEQUENCE, OCTET_STRING):  # EncryptedPrivateKeyInfo
        return FileKind.PRIVATE_KEY
    inner = tuple(node.tag for node in islice(outer[0].children(), _SEEN))
    if tags[:3] == (SEQUENCE, SEQUENCE, BIT_STRING):
        return _identify_signed(inner)
    answer = tags == (SEQUENCE,) or (
        tags == (SEQUENCE, SEQUENCE) and outer[1].content.startswith(_SIGNED_DATA)
    )
    return FileKind.TIMESTAMP_RESPONSE if answer and inner[:1] == (INTEGER,) else FileKind.UNKNOWN


def _identify_signed(tags: tuple[int, ...]) -> FileKind:
    """Tell apart what is signed as SEQUENCE { content, algorithm, signature }."""
    without_version = tags[1:] if tags[:1] == (INTEGER,) else tags
    if without_version[:2] == (SEQUENCE, SEQUENCE) and (
        without_version[2:3] in {(UTC_TIME,), (GENERALIZED_TIME,)}
    ):
        return FileKind.CRL
    if tags[:3] == (INTEGER, SEQUENCE, SEQUENCE) and tags[3:] in {(context(0),), ()}:
        return FileKind.CERTIFICATE_REQUEST
    body = tags[1:] if tags[:1] == (context(0),) else tags
    if body[:5] == (INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE):
        return FileKind.CERTIFICATE
    responder = body[:1] in {(context(1),), (context(2),)}
    if responder and body[1:2] == (GENERALIZED_TIME,):
        return FileKind.OCSP_RESPONSE  # BasicOCSPResponse without its envelope
    return FileKind.UNKNOWN
