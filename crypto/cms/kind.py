"""What a file is, told by its content: people bring certificates and key stores as signatures.

The answer decides what the screen says and which reader opens the file; nothing is believed
because of it. Names of files and labels of PEM are not asked, but for private keys, which are
recognised by their label before anything else is done with them.
"""

from enum import StrEnum
from itertools import islice

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.ber import definite
from crypto.asn1.der import (
    BIT_STRING,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    UTC_TIME,
    DerError,
    Limits,
    Node,
    context,
)
from crypto.errors import CryptoError

__all__ = ["FileKind", "WrongFileKind", "kind_of_marks", "kind_of_object"]

_LIMITS = Limits(octets=64 * 1024 * 1024, depth=40, elements=20_000)
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


class FileKind(StrEnum):
    """What a file turned out to be."""

    SIGNED_CMS = "signed_cms"
    TIMESTAMP_TOKEN = "timestamp_token"  # noqa: S105 - RFC 3161's word
    TIMESTAMP_RESPONSE = "timestamp_response"
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


_MARKS = (
    (b"%PDF", FileKind.PDF),
    (b"PK\x03\x04", FileKind.ARCHIVE),
    (b"PK\x05\x06", FileKind.ARCHIVE),
    (b"\xfe\xed\xfe\xed", FileKind.JAVA_KEY_STORE),
    (b"\xce\xce\xce\xce", FileKind.JAVA_KEY_STORE),
    (b"<", FileKind.XML),
)


def kind_of_marks(untrusted: bytes) -> FileKind | None:
    """Tell the kinds that have a mark at their beginning; None for all others."""
    head = untrusted[:_MARKED]
    if not untrusted.strip():
        return FileKind.EMPTY
    if _KEY_LABEL in head:
        return FileKind.PRIVATE_KEY
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head.lstrip(b" \t\r\n\x00")
    kind = next((kind for mark, kind in _MARKS if head.startswith(mark)), None)
    if kind is FileKind.ARCHIVE and _ASIC in head:
        return FileKind.ASIC
    if kind is FileKind.XML and _XMLDSIG in untrusted:
        return FileKind.XML_SIGNATURE
    return kind


def kind_of_object(binary: bytes) -> FileKind:
    """Tell what a binary object is by its outermost shape, DER or BER, sound below or not."""
    if len(binary) < 2 or binary[0] != SEQUENCE:  # noqa: PLR2004 - identifier and length octets
        return FileKind.UNKNOWN
    first = binary[1]
    body = 2 + (first - _LONG_FORM if first > _LONG_FORM else 0)
    head = binary[body : body + _HEAD]
    # Told by their first element alone: a damaged signature is still a signature.
    if head.startswith(_PFX_VERSION):
        return FileKind.PKCS12
    signed = head.startswith(_SIGNED_DATA)
    try:
        root = Node.at(found := definite(binary, _LIMITS, opaque=_SKELETON).der, 0, len(found))
        return _stamped(root) if signed else _told_by_shape(root)
    except DerError:
        return FileKind.SIGNED_CMS if signed else FileKind.UNKNOWN


def _stamped(root: Node) -> FileKind:
    fields = list(islice(list(root.children())[1].only_child().children(), 3))
    stated = next(fields[2].children(), None) if len(fields) > 2 else None  # noqa: PLR2004
    token = stated is not None and stated.raw == w.oid(oids.TST_INFO)
    return FileKind.TIMESTAMP_TOKEN if token else FileKind.SIGNED_CMS


def _told_by_shape(root: Node) -> FileKind:
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
        return _signed_object(inner)
    answer = tags == (SEQUENCE,) or (
        tags == (SEQUENCE, SEQUENCE) and outer[1].content.startswith(_SIGNED_DATA)
    )
    return FileKind.TIMESTAMP_RESPONSE if answer and inner[:1] == (INTEGER,) else FileKind.UNKNOWN


def _signed_object(tags: tuple[int, ...]) -> FileKind:
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
