"""Where a reference photo may come from, and what the policy asks of each source.

The live face is compared with it, so whoever vouches for the photo vouches for the person.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "LOCAL_AUTHORITY",
    "READ_HERE",
    "WITHOUT_ISSUER",
    "ReferenceGrade",
    "ReferenceSource",
    "SourceRule",
    "UndecidedRule",
]

LOCAL_AUTHORITY = "local"
"""Named as the authority where the comparison was made on this station alone."""


class ReferenceGrade(StrEnum):
    """How sure it is that a photo shows the person whose name goes with it.

    ISSUER_SIGNED    the state's signature over the photo was verified here
    REGISTERED       a register, the bank or the authority says so
    UNAUTHENTICATED  nobody but the people at the desk says so
    """

    ISSUER_SIGNED = "issuer_signed"
    REGISTERED = "registered"
    UNAUTHENTICATED = "unauthenticated"


class ReferenceSource(StrEnum):
    """Who vouches for a reference photo, the strongest first.

    authority        ЦОИД compared, with its own etalon
    chip             signed by the state in the document's chip (ICAO 9303, DG2)
    registry         the state's register, through the bank's bus
    edocument        the state's digital document
    bank             the bank's customer record, from an earlier verification
    document_camera  a document photographed here, unauthenticated
    file             a file that a teller chose
    """

    AUTHORITY = "authority"
    CHIP = "chip"
    REGISTRY = "registry"
    EDOCUMENT = "edocument"
    BANK = "bank"
    DOCUMENT_CAMERA = "document_camera"
    FILE = "file"

    @property
    def grade(self) -> ReferenceGrade:
        """Return how sure a photo from there is."""
        if self is ReferenceSource.CHIP:
            return ReferenceGrade.ISSUER_SIGNED
        return (
            ReferenceGrade.UNAUTHENTICATED if self in WITHOUT_ISSUER else ReferenceGrade.REGISTERED
        )


WITHOUT_ISSUER = frozenset({ReferenceSource.DOCUMENT_CAMERA, ReferenceSource.FILE})
"""Sources that only the people at the desk vouch for: never without a second person."""

READ_HERE = frozenset({ReferenceSource.CHIP, ReferenceSource.DOCUMENT_CAMERA})
"""Sources that are a document in the customer's hand: never without what the document states."""


@dataclass(frozen=True, slots=True)
class SourceRule:
    """A source that an operation allows.

    greatest_age_days  of the photo; 0: any, also an unknown one
    """

    source: ReferenceSource
    greatest_age_days: int


class UndecidedRule(StrEnum):
    """What becomes of a comparison between its two thresholds.

    review     a supervisor compares both photos
    authority  the authority's verdict stands for it
    refuse     nothing: the operation is not carried out
    """

    REVIEW = "review"
    AUTHORITY = "authority"
    REFUSE = "refuse"
