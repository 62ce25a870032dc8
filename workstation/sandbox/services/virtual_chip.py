"""A travel document's chip that answers APDUs in this process, and the reader it lies on."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from crypto.chip.access_keys import AccessKey
from crypto.chip.errors import CardMissing, ReaderBusy, ReaderMissing
from crypto.chip.transport import Transport

__all__ = ["CardFault", "ChipContents", "VirtualChip", "VirtualReader"]


class CardFault(StrEnum):
    """How reader or card fail; the last group begins after a number of answered commands."""

    NONE = "none"
    READER_MISSING = "reader_missing"
    READER_BUSY = "reader_busy"
    NO_CARD = "no_card"
    OTHER_CARD = "other_card"
    ACCESS_REFUSED = "access_refused"
    LARGE_PORTRAIT = "large_portrait"
    COPIED = "copied"
    REMOVED = "removed"
    HANGING = "hanging"
    WRONG_MAC = "wrong_mac"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True, repr=False)
class ChipContents:
    """What was personalised into a chip.

    key              the printed lines that open it
    security_object  EF.SOD, tag 77
    data_groups      by number, each with its tag; what stands here is listed in `com`
    com              EF.COM, tag 60
    active_key       signs challenges; DG15 has its public half
    chip_key         agrees keys; DG14 has its public half
    pace             whether the chip offers PACE beside basic access control
    """

    key: AccessKey
    security_object: bytes
    data_groups: Mapping[int, bytes]
    com: bytes
    active_key: RSAPrivateKey | EllipticCurvePrivateKey | None = None
    chip_key: EllipticCurvePrivateKey | None = None
    pace: bool = False


class VirtualChip:
    """One power-up of a chip; a Transport.

    fault  set at any time; `after` commands are answered rightly before it
    """

    def __init__(
        self,
        contents: ChipContents,
        *,
        fault: CardFault = CardFault.NONE,
        after: int = 0,
        rng: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.fault = fault
        self.after = after
        self._contents = contents
        self._rng = rng

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command APDU."""
        raise NotImplementedError


@dataclass(slots=True)
class VirtualReader:
    """A ChipReader on which a virtual document lies, or nothing.

    contents  of the chip on the reader; may be exchanged at any time
    fault     of reader or card, set at any time
    after     commands that are answered rightly before a fault of the card
    """

    contents: ChipContents | None = None
    fault: CardFault = CardFault.NONE
    after: int = 0
    rng: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    @contextmanager
    def connect(self, *, wait_s: float, cancelled: Callable[[], bool]) -> Iterator[Transport]:  # noqa: ARG002 - nobody waits here
        """Power the chip up; see ChipReader."""
        match self.fault:
            case CardFault.READER_MISSING:
                raise ReaderMissing("no_reader")
            case CardFault.READER_BUSY:
                raise ReaderBusy
            case CardFault.NO_CARD:
                raise CardMissing
            case _:
                if self.contents is None:
                    raise CardMissing
        yield VirtualChip(self.contents, fault=self.fault, after=self.after, rng=self.rng)
