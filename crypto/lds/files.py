"""What was read from a travel document's chip, octet for octet; nothing here is verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

__all__ = ["ChipAccess", "ChipAuthenticity", "ChipFiles"]

ChipAccess = Literal["none", "bac", "pace"]
"""The protocol by which the chip was opened: basic access control or PACE."""


class ChipAuthenticity(StrEnum):
    """How the chip proved to be the one that the state issued (ICAO Doc 9303-11 clause 6).

    NONE                 not at all: genuine data, the chip may be a copy
    ACTIVE               by a signature under the key of DG15
    CHIP_AUTHENTICATION  by a key agreement under the key of DG14

    The proof is as good as the data group that holds the key, which the security object signs.
    """

    NONE = "none"
    ACTIVE = "active"
    CHIP_AUTHENTICATION = "chip_authentication"


@dataclass(frozen=True, slots=True)
class ChipFiles:
    """The files of one chip, each with its outer tag.

    com              EF.COM; None where the chip has none
    security_object  EF.SOD
    data_groups      by their numbers: 1, 2, 14, 15
    access           `none` as well of files that came another way
    """

    com: bytes | None = field(repr=False)
    security_object: bytes = field(repr=False)
    data_groups: Mapping[int, bytes] = field(repr=False)
    access: ChipAccess = "none"
    authenticity: ChipAuthenticity = ChipAuthenticity.NONE
