"""PEM, base64 and DER brought to binary.

Carriers disagree about armour: NCALayer's basics module returns PEM labelled CMS, its older
modules bare base64, files come as either or as DER. The label of PEM is not believed.
"""

from crypto.carrier.errors import CarrierProtocol
from crypto.cms.signature_file import SignatureFileMalformed, remove_armour, remove_padding

__all__ = ["read_armoured"]


def read_armoured(untrusted: bytes) -> bytes:
    """Return the binary object inside PEM of any label or base64, or the binary as it is.

    A line's end or zeros behind the object are taken off with the armour.

    Raises CarrierProtocol(`armour`) when text is neither, or holds more than one PEM object.
    """
    if not untrusted.isascii() or (untrusted.startswith(b"0") and 0 in untrusted[:64]):
        return remove_padding(untrusted)[0]
    try:
        return remove_padding(remove_armour(untrusted))[0]
    except SignatureFileMalformed:
        raise CarrierProtocol("armour") from None
