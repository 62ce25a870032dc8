"""What a validation is asked: one signature file, and what it must be."""

from dataclasses import dataclass, field
from datetime import datetime

from crypto.report.proof_of_existence import ProofsOfExistence

__all__ = ["ValidationRequest"]


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """One signature file, and what it must be.

    cms      as it was offered: PEM, base64, DER or BER
    content  beside the signature: required when it is detached, compared when it is attached
    iin      twelve digits the certificate must state; None asks no such question
    fresh    made for us just now, by exactly one signer: nothing in its past excuses anything
    moment   aware; every validity and freshness is checked at it
    proofs   of existence, from outside the file: of the file itself by its SHA-256, and of
             evidence. The caller has verified whoever states them; a fresh signature has none
    """

    cms: bytes = field(repr=False)
    content: bytes | None = field(repr=False)
    iin: str | None = field(repr=False)
    fresh: bool
    moment: datetime
    proofs: ProofsOfExistence = field(default_factory=ProofsOfExistence, repr=False)
