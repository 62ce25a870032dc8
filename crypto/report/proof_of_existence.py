"""What is proven to have existed at which time, and by whose word (EN 319 102-1 5.6.2.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Self

__all__ = ["ProofOfExistence", "ProofSource", "ProofsOfExistence"]


class ProofSource(StrEnum):
    """Who says that something existed.

    TIME_STAMP          a verified time-stamp over the signature value
    ARCHIVE_TIME_STAMP  a verified archive time-stamp over the signature and what came with it
    LOG                 our signed log: the caller has verified the entry that names the octets
    PACK                an evidence pack, of itself: it dates the material it holds, so that it can
                        be judged as of then, but never a signature
    """

    TIME_STAMP = "time_stamp"
    ARCHIVE_TIME_STAMP = "archive_time_stamp"
    LOG = "log"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class ProofOfExistence:
    """An aware moment at which something existed already, and whose word it is."""

    moment: datetime
    source: ProofSource


def _none() -> Mapping[str, tuple[ProofOfExistence, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ProofsOfExistence:
    """Proofs by the SHA-256 (hex) of the octets they are about."""

    known: Mapping[str, tuple[ProofOfExistence, ...]] = field(default_factory=_none)

    def extend(self, digests: Iterable[str], *proofs: ProofOfExistence) -> Self:
        """Return these proofs and some more, the same about each of `digests`."""
        added = {each: (*self.known.get(each, ()), *proofs) for each in digests}
        return type(self)(MappingProxyType({**self.known, **added}))

    def select(self, digest: str) -> tuple[ProofOfExistence, ...]:
        """Return every proof about these octets."""
        return self.known.get(digest, ())

    def find(self, digest: str) -> datetime | None:
        """Return the earliest moment at which these octets are proven to have existed."""
        return min((each.moment for each in self.select(digest)), default=None)

    def select_signing(self, digest: str) -> tuple[datetime, ...]:
        """Return every moment that may date a signature: what no pack states alone."""
        return tuple(e.moment for e in self.select(digest) if e.source is not ProofSource.PACK)

    def find_signing(self, digest: str) -> datetime | None:
        """Return the earliest moment that may date a signature."""
        return min(self.select_signing(digest), default=None)
