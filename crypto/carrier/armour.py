"""PEM, base64 and DER brought to binary, and the kind of object told by its first bytes.

Carriers disagree about armour: NCALayer's basics module returns PEM labelled CMS, its older
modules bare base64, files come as either or as DER. The label of PEM is not believed.
"""

from cryptography import x509

from crypto.carrier.errors import CarrierProtocol, FileKind
from crypto.cms.carriage import SignatureFileMalformed, armour_removed

__all__ = ["kind_of", "unarmoured"]

_MARKS = (
    (b"%PDF-", FileKind.PDF),
    (b"PK\x03\x04", FileKind.ARCHIVE),
    (b"\xfe\xed\xfe\xed", FileKind.KEY_STORE),
    (b"\xce\xce\xce\xce", FileKind.KEY_STORE),
)
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_PFX_VERSION_3 = bytes.fromhex("020103")
_KEY_VERSIONS = (bytes.fromhex("020100"), bytes.fromhex("020101"))
_SEQUENCE = b"\x30"
_LONG_FORM = 0x80


def unarmoured(untrusted: bytes) -> bytes:
    """Return the binary object inside PEM of any label or base64; binary is returned as it is.

    Raises CarrierProtocol(`armour`) when text is neither, or holds more than one PEM object.
    """
    if not untrusted.isascii() or (untrusted.startswith(b"0") and 0 in untrusted[:64]):
        return untrusted
    try:
        return armour_removed(untrusted)
    except SignatureFileMalformed:
        raise CarrierProtocol("armour") from None


def kind_of(untrusted: bytes) -> FileKind:
    """Tell what a file is by its content; armour is looked through, names are not asked."""
    if not untrusted.strip():
        return FileKind.EMPTY
    for mark, kind in _MARKS:
        if untrusted.startswith(mark):
            return kind
    if untrusted.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return FileKind.XML
    if b"PRIVATE KEY-----" in untrusted[:4096]:
        return FileKind.PRIVATE_KEY
    try:
        binary = unarmoured(untrusted)
    except CarrierProtocol:
        return FileKind.UNKNOWN
    return _kind_of_object(binary)


def _kind_of_object(binary: bytes) -> FileKind:
    if not binary.startswith(_SEQUENCE) or binary == _SEQUENCE:
        return FileKind.UNKNOWN
    # The length is skipped, not checked: PKCS#12 files of НУЦ have the indefinite one.
    first = binary[1]
    inner = binary[2:] if first <= _LONG_FORM else binary[2 + first - _LONG_FORM :]
    if inner.startswith(_SIGNED_DATA):
        return FileKind.SIGNED_CMS
    if inner.startswith(_PFX_VERSION_3):
        return FileKind.KEY_STORE
    if inner.startswith(_KEY_VERSIONS):
        return FileKind.PRIVATE_KEY
    try:
        x509.load_der_x509_certificate(binary)
    except ValueError:
        return FileKind.UNKNOWN
    return FileKind.CERTIFICATE
