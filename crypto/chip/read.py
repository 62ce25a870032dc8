"""Read a travel document's chip from access to the last octet of the portrait."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crypto.chip.access_keys import AccessKey
from crypto.chip.transport import Transport
from crypto.lds.files import ChipFiles

__all__ = ["ChipProgress", "ChipStep", "ReadLimits", "read_chip"]


class ChipStep(StrEnum):
    """What is being done with the chip."""

    ACCESS = "access"
    COMMON_DATA = "common_data"
    SECURITY_OBJECT = "security_object"
    AUTHENTICITY = "authenticity"
    PRINTED_LINES = "printed_lines"
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class ChipProgress:
    """How far the reading has come.

    octets, total  read of the file, and its whole length
    percent        of everything; never falls
    """

    step: ChipStep
    octets: int
    total: int
    percent: int


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on one reading.

    apdu_s    seconds for the answer to one command; a chip may need several for a signature
    total_s   seconds for everything
    portrait  octets of DG2
    """

    apdu_s: float = 5.0
    total_s: float = 60.0
    portrait: int = 1 << 20


def read_chip(
    transport: Transport,
    key: AccessKey,
    *,
    progress: Callable[[ChipProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    limits: ReadLimits | None = None,
    rng: Callable[[int], bytes] = secrets.token_bytes,
    clock: Callable[[], float] = time.monotonic,
) -> ChipFiles:
    """Open the chip with the printed lines and return its files, none of them verified.

    progress   called on this thread after every command
    cancelled  polled between commands and while one is waited for
    rng        nonces and ephemeral keys; another one is for tests only
    clock      seconds that never go back

    Raises a ChipError; nothing of what was read before it is returned.
    """
    raise NotImplementedError
