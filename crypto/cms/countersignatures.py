"""Counter-signatures of a SignerInfo (RFC 5652 11.4), read out of its unsigned attributes.

A counter-signature signs the signature value of another. It is an unsigned attribute, so anybody
can add one: it is listed with an outcome of its own and changes nothing of what it stands at.
"""

from dataclasses import dataclass, replace
from typing import Self

from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData, SignerInfo, read_signer_info
from crypto.errors import CryptoError

__all__ = ["CountersignatureBudget", "Countersignatures"]

# Each is a validation of its own, paths and lists included, for octets that nobody signed.
_MAX_OF_ONE = 4
_MAX_OF_DOCUMENT = 8
_MAX_OCTETS = 256 * 1024


@dataclass(slots=True)
class CountersignatureBudget:
    """How many more counter-signatures of one document are validated."""

    left: int = _MAX_OF_DOCUMENT

    def spend(self, wanted: int) -> int:
        """Take as many as there are left for one signature, at most `wanted`; return how many."""
        taken = min(wanted, _MAX_OF_ONE, self.left)
        self.left -= taken
        return taken


@dataclass(frozen=True, slots=True)
class Countersignatures:
    """Those of one signature: what could be read, and how many values could not."""

    signers: tuple[SignerInfo, ...]
    unreadable: int

    @classmethod
    def read(cls, signer: SignerInfo) -> Self:
        """Read all of a signature; never raises: whoever added them, did it after the signer."""
        values = [
            value
            for attribute in signer.unsigned
            if attribute.oid == oids.COUNTER_SIGNATURE
            for value in attribute.values
        ]
        found: list[SignerInfo] = []
        for value in values:
            if len(value.raw) > _MAX_OCTETS:
                continue
            try:
                found.append(read_signer_info(value))
            except CryptoError:
                continue
        return cls(tuple(found), len(values) - len(found))

    @staticmethod
    def wrap(signed: SignedData, signer: SignerInfo, over: bytes) -> SignedData:
        """Return the message that a counter-signature is: its content is a signature value."""
        return replace(signed, content=over, content_type=oids.DATA, signers=(signer,))
