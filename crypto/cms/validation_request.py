"""What a validation is asked: one signature file, and what it must be."""

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["ValidationRequest"]


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """One signature file, and what it must be.

    cms      as it was offered: PEM, base64, DER or BER
    content  beside the signature: required when it is detached, compared when it is attached
    iin      twelve digits the certificate must state; None asks no such question
    fresh    made for us just now, by exactly one signer: nothing in its past excuses anything
    moment   aware; every validity and freshness is checked at it
    """

    cms: bytes = field(repr=False)
    content: bytes | None = field(repr=False)
    iin: str | None = field(repr=False)
    fresh: bool
    moment: datetime
