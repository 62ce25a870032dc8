"""PEM, base64 and DER brought to binary.

Carriers disagree about armour: NCALayer's basics module returns PEM labelled CMS, its older
modules bare base64, files come as either or as DER. The label of PEM is not believed.
"""

from crypto.carrier.errors import CarrierProtocol
from crypto.cms.signature_file import SignatureFileMalformed, remove_armour

__all__ = ["read_armoured"]


def read_armoured(untrusted: bytes) -> bytes:
    """Return the binary object inside PEM of any label or base64; binary is returned as it is.

    Raises CarrierProtocol(`armour`) when text is neither, or holds more than one PEM object.
    """
    if not untrusted.isascii() or (untrusted.startswith(b"0") and 0 in untrusted[:64]):
        return untrusted
    try:
        return remove_armour(untrusted)
    except SignatureFileMalformed:
        raise CarrierProtocol("armour") from None
