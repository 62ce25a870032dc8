"""A signature file as people bring it: PEM of any label, base64, DER or BER, or the wrong file.

People offer a certificate, a key store or a PDF instead of a signature; the error says which,
so that the screen can tell them what to bring.
"""

import base64
import binascii
import re

from crypto.asn1.der import SEQUENCE
from crypto.cms.kind import FileKind, WrongFileKind, kind_of_marks, kind_of_object
from crypto.errors import CryptoError

__all__ = [
    "SignatureFileMalformed",
    "WrongFileKind",
    "armour_removed",
    "decode_signature_file",
    "identify",
    "kind_of",
]

_MAX_OCTETS = 68 * 1024 * 1024
_PEM_LABEL = re.compile(rb"[A-Z0-9 #.]{1,64}")
_PEM_BEGIN, _PEM_END, _PEM_DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_BASE64_FIRST = re.compile(rb"[A-Za-z0-9+/=\s]*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_HEAD = 4096


class SignatureFileMalformed(CryptoError):
    """The bytes are no encoding of anything a signature comes in."""

    code = "signature_file_malformed"


def decode_signature_file(untrusted: bytes) -> bytes:
    """Return the ContentInfo in a file; WrongFileKind or SignatureFileMalformed.

    Only the outermost shape is looked at: whether it is DER, BER or damaged is found out later.
    """
    if len(untrusted) > _MAX_OCTETS:
        raise SignatureFileMalformed("too_large")
    kind, binary = identify(untrusted)
    if kind is FileKind.UNKNOWN:
        raise SignatureFileMalformed("unknown_object")
    if kind is not FileKind.SIGNED_CMS:
        raise WrongFileKind(kind)
    return binary


def kind_of(untrusted: bytes) -> FileKind:
    """Tell what a file is by its content, looking through armour; never raises."""
    return identify(untrusted)[0]


def identify(untrusted: bytes) -> tuple[FileKind, bytes]:
    """Tell what a file is and return the object out of its armour; never raises.

    The octets come back as they were when there is no armour, or none that can be taken off.
    """
    marked = kind_of_marks(untrusted)
    if marked is not None:
        return marked, untrusted
    if _looks_binary(untrusted):
        return kind_of_object(untrusted), untrusted
    text = untrusted.removeprefix(b"\xef\xbb\xbf")
    try:
        binary = armour_removed(text)
    except SignatureFileMalformed:
        return _kind_of_text(untrusted), untrusted
    return kind_of_object(binary), binary


def _looks_binary(untrusted: bytes) -> bool:
    # Every object begins with SEQUENCE, whose octet is also the digit 0 of base64 text; base64
    # of a SEQUENCE begins with M, so text never begins with 0.
    return untrusted[0] == SEQUENCE


def _kind_of_text(untrusted: bytes) -> FileKind:
    """Tell prose from what is damaged armour or no text at all."""
    head = untrusted[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    if head.lstrip().startswith(_PEM_BEGIN) or _BASE64_FIRST.fullmatch(head):
        return FileKind.UNKNOWN
    # The cut may fall inside a character.
    text = head.decode("utf-8", errors="ignore")
    whole = len(text.encode()) >= len(head) - 3
    return FileKind.TEXT if whole and not _CONTROL.search(text) else FileKind.UNKNOWN


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
