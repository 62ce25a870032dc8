"""Read a travel document's chip from access to the last octet of the portrait."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from crypto.algorithms.standard_curves import STANDARD_CURVES
from crypto.chip.access_keys import AccessKey
from crypto.chip.channel import CardChannel, TimedTransport
from crypto.chip.elementary_files import (
    CARD_ACCESS,
    COMMON_DATA,
    DATA_GROUPS,
    SECURITY_OBJECT,
    ElementaryFile,
    read_file,
    select_application,
)
from crypto.chip.errors import ChipMalformed, ChipNotAuthentic
from crypto.chip.protocols.active_authentication import authenticate_actively
from crypto.chip.protocols.bac import open_by_bac
from crypto.chip.protocols.chip_authentication import authenticate_chip
from crypto.chip.protocols.pace import open_by_pace
from crypto.chip.protocols.security_infos import (
    PaceOffer,
    find_active_digest,
    find_chip_authentication,
    find_pace,
)
from crypto.chip.transport import Transport
from crypto.errors import CryptoError
from crypto.lds.data_groups import MalformedData, parse_com
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.lds.format.security_object import SecurityObject, read_sod

__all__ = ["ChipProgress", "ChipStep", "ReadLimits", "read_chip"]


class ChipStep(StrEnum):
    """What is being done with the chip."""

    ACCESS = "access"
    COMMON_DATA = "common_data"
    SECURITY_OBJECT = "security_object"
    AUTHENTICITY = "authenticity"
    PRINTED_LINES = "printed_lines"
    PORTRAIT = "portrait"


_DETAILS, _SECURITY_INFOS, _ACTIVE_KEY = 12, 14, 15
_SMALL: Final = frozenset({_DETAILS, _SECURITY_INFOS, _ACTIVE_KEY})
"""Read when listed: the date of issue, and the keys by which a chip proves itself."""

_KEYS: Final = frozenset({_SECURITY_INFOS, _ACTIVE_KEY})
_SHARES: Final[Mapping[ChipStep, tuple[int, int]]] = MappingProxyType(
    {
        ChipStep.ACCESS: (0, 0),
        ChipStep.COMMON_DATA: (5, 6),
        ChipStep.SECURITY_OBJECT: (6, 15),
        ChipStep.AUTHENTICITY: (15, 15),
        ChipStep.PRINTED_LINES: (15, 16),
        ChipStep.PORTRAIT: (16, 100),
    }
)
"""Percent at the beginning and end of each step: the portrait is nine tenths of the octets."""


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
    limits = limits or ReadLimits()
    timed = TimedTransport(
        transport,
        apdu_s=limits.apdu_s,
        total_s=limits.total_s,
        cancelled=cancelled,
        clock=clock,
    )
    try:
        return _Reading(CardChannel(timed), limits, progress, rng).read(key)
    finally:
        timed.close()


class _Reading:
    """One chip, from its first command to its last."""

    def __init__(
        self,
        channel: CardChannel,
        limits: ReadLimits,
        progress: Callable[[ChipProgress], None],
        rng: Callable[[int], bytes],
    ) -> None:
        self._channel = channel
        self._portrait = replace(DATA_GROUPS[2], most=limits.portrait)
        self._progress = progress
        self._rng = rng

    def read(self, key: AccessKey) -> ChipFiles:
        """Open, read what is small, have the chip prove itself, then read the rest."""
        self._tell(ChipStep.ACCESS, 0, 0)
        access = self._open(key)
        com = self._file(COMMON_DATA, ChipStep.COMMON_DATA)
        sod = self._demand(SECURITY_OBJECT, ChipStep.SECURITY_OBJECT)
        groups = self._read_small(com, sod)
        authenticity = self._authenticate(groups)
        # Under the keys of chip authentication from here on: its proof is that this is readable.
        groups[1] = self._demand(DATA_GROUPS[1], ChipStep.PRINTED_LINES)
        groups[2] = self._demand(self._portrait, ChipStep.PORTRAIT)
        return ChipFiles(com, sod, MappingProxyType(groups), access, authenticity)

    def _read_small(self, com: bytes | None, sod: bytes) -> dict[int, bytes]:
        """Read what stands beside the printed lines and the portrait, as listed by anybody.

        The state lists in the security object, and what it lists a chip has: one that keeps its
        key to itself is a copy, whose maker could not copy the other half of it.
        """
        signed = _list_signed(sod)
        groups: dict[int, bytes] = {}
        for number in sorted((signed | _list_present(com)) & _SMALL):
            octets = self._file(DATA_GROUPS[number], ChipStep.AUTHENTICITY)
            if octets is not None:
                groups[number] = octets
            elif number in signed & _KEYS:
                raise ChipNotAuthentic("withheld")
        return groups

    def _open(self, key: AccessKey) -> Literal["bac", "pace"]:
        channel = self._channel
        offer = self._find_pace()
        session = None if offer is None else open_by_pace(channel, key, offer, self._rng)
        channel.messaging = session
        select_application(channel)
        if session is not None:
            return "pace"
        channel.messaging = open_by_bac(channel, key, self._rng)
        return "bac"

    def _find_pace(self) -> PaceOffer | None:
        """Read EF.CardAccess in the clear; no such file, no PACE.

        A chip of basic access control, and a card of another kind, answer the selection as they
        like: whether it is a document is told by the application, which is selected next.
        """
        try:
            octets = read_file(self._channel, CARD_ACCESS)
        except ChipMalformed:
            return None
        return None if octets is None else find_pace(octets, frozenset(STANDARD_CURVES))

    def _authenticate(self, groups: Mapping[int, bytes]) -> ChipAuthenticity:
        """Have the chip prove itself by what it offers, the stronger first."""
        self._tell(ChipStep.AUTHENTICITY, 0, 0)
        infos = groups.get(_SECURITY_INFOS)
        offer = None if infos is None else find_chip_authentication(infos)
        session = authenticate_chip(self._channel, offer, self._rng) if offer else None
        if session is not None:
            self._channel.messaging = session
            self._prove_session()
            return ChipAuthenticity.CHIP_AUTHENTICATION
        if (key := groups.get(_ACTIVE_KEY)) is not None:
            digest = None if infos is None else find_active_digest(infos)
            if authenticate_actively(self._channel, key, digest, self._rng):
                return ChipAuthenticity.ACTIVE
        return ChipAuthenticity.NONE

    def _prove_session(self) -> None:
        """Have one answer under the agreed keys: a copy cannot give it."""
        try:
            self._demand(DATA_GROUPS[_SECURITY_INFOS], ChipStep.AUTHENTICITY)
        except ChipMalformed:
            raise ChipNotAuthentic("chip_authentication") from None

    def _demand(self, file: ElementaryFile, step: ChipStep) -> bytes:
        octets = self._file(file, step)
        if octets is None:
            raise ChipMalformed(f"{file.name}_missing")
        return octets

    def _file(self, file: ElementaryFile, step: ChipStep) -> bytes | None:
        return read_file(self._channel, file, lambda octets, total: self._tell(step, octets, total))

    def _tell(self, step: ChipStep, octets: int, total: int) -> None:
        begin, end = _SHARES[step]
        share = (end - begin) * octets // total if total else 0
        self._progress(ChipProgress(step, octets, total, begin + share))


def _list_signed(sod: bytes) -> frozenset[int]:
    """Return the data groups of the security object; none of one that will be refused anyhow."""
    try:
        return frozenset(SecurityObject.parse(read_sod(sod).content or b"").hashes)
    except CryptoError:
        return frozenset()


def _list_present(com: bytes | None) -> frozenset[int]:
    """Return the data groups of EF.COM, which is not signed: a hint."""
    try:
        return frozenset() if com is None else parse_com(com).data_groups
    except MalformedData:
        return frozenset()
