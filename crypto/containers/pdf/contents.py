"""The value of a signature dictionary: a message in a field of fixed size (ISO 32000-2 12.8.3)."""

from crypto.asn1.der import DerError
from crypto.cms.signature_file import remove_padding

__all__ = ["read_contents"]


def read_contents(contents: bytes) -> bytes:
    """Return the message without the zero octets that fill the field; DerError."""
    message, padding = remove_padding(bytes(contents))
    if padding not in {"", "zero_padding"}:
        raise DerError("trailing")
    return message
