"""A signature file as people bring it: PEM of any label, base64 or DER, or the wrong file.

People offer a certificate, a key store or a PDF instead of a signature; the error says which,
so that the screen can tell them what to bring.
"""

import base64
import binascii
import re

from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList
from crypto.pki.der import INTEGER, OID, SEQUENCE, DerError, Node
from crypto.pki.der_values import oid

__all__ = [
    "SignatureFileMalformed",
    "WrongFileKind",
    "armour_removed",
    "decode_signature_file",
]

_MAX_OCTETS = 24 * 1024 * 1024
_PEM_LABEL = re.compile(rb"[A-Z0-9 #.]{1,64}")
_PEM_BEGIN, _PEM_END, _PEM_DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_BINARY_KINDS = (
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "archive"),
    (b"\xfe\xed\xfe\xed", "java_key_store"),
    (b"<", "xml"),
)
_PFX_VERSION = b"\x02\x01\x03"


class SignatureFileMalformed(CryptoError):
    """The bytes are no encoding of anything a signature comes in."""

    code = "signature_file_malformed"


class WrongFileKind(CryptoError):
    """The file is something else; `detail` says what: certificate, pkcs12, pdf, crl, ..."""

    code = "wrong_file_kind"


def decode_signature_file(untrusted: bytes) -> bytes:
    """Return the DER of the ContentInfo in a file; WrongFileKind or SignatureFileMalformed.

    Only the outermost shape is looked at; a BER signature is refused later, by the strict reader.
    """
    if len(untrusted) > _MAX_OCTETS:
        raise SignatureFileMalformed("too_large")
    if not untrusted.strip():
        raise WrongFileKind("empty")
    stripped = untrusted.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    for mark, kind in _BINARY_KINDS:
        if stripped.startswith(mark):
            raise WrongFileKind(kind)
    der = untrusted if _looks_binary(untrusted) else armour_removed(stripped)
    kind = _kind(der)
    if kind != "signature":
        raise WrongFileKind(kind)
    return der


def _looks_binary(untrusted: bytes) -> bool:
    # Every object begins with SEQUENCE, whose octet is also the digit 0 of base64 text; base64
    # of a SEQUENCE begins with M, so text never begins with 0.
    return untrusted[0] == SEQUENCE


def armour_removed(text: bytes) -> bytes:
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


def _kind(der: bytes) -> str:
    try:
        first = next(Node(der, 0, _body(der), len(der)).children(), None)
    except DerError:
        # Key stores are BER of indefinite length, which the strict reader does not follow.
        return "pkcs12" if _PFX_VERSION in der[:8] else _unreadable()
    if first is None:
        return _unreadable()
    if first.tag == OID:
        return "signature" if oid(first) == oids.SIGNED_DATA else "other_cms"
    if first.tag == INTEGER:
        return "pkcs12" if first.raw == _PFX_VERSION else "private_key"
    return _certificate_or_list(der)


def _body(der: bytes) -> int:
    if len(der) < 2 or der[0] != SEQUENCE:  # noqa: PLR2004 - identifier and length octets
        _unreadable()
    return 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)


def _certificate_or_list(der: bytes) -> str:
    for kind, parse in (("certificate", Certificate.parse), ("crl", CertificateList.parse)):
        try:
            parse(der)
        except CryptoError:
            continue
        return kind
    return _unreadable()


def _unreadable() -> str:
    raise SignatureFileMalformed("unknown_object")
