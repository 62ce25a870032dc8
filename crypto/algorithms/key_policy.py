"""Which keys are good enough: least sizes, and until when a family of algorithms may be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Self

__all__ = ["KeyPolicy"]

_DEFAULT_MINIMUM_BITS: Mapping[str, int] = MappingProxyType({"gost2015": 512})
"""НУЦ РК issues ГОСТ 34.10-2015 with 512 bits only: a shorter key is nobody's."""


def _never() -> Mapping[str, datetime]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """Bounds per key family ("rsa", "ec", "gost2015", "gost2004").

    minimum_bits  least key size; a family that is not named keeps its own floor, if it has one
    last_moment   aware; from then on a signature of the family proves nothing any more
    moment        aware; the time of judgement. A retired family is refused while it is unknown.
    """

    minimum_bits: Mapping[str, int]
    last_moment: Mapping[str, datetime] = field(default_factory=_never)
    moment: datetime | None = None

    def at(self, moment: datetime) -> Self:
        """Return the same bounds at this time of judgement."""
        return replace(self, moment=moment)

    def refusal(self, family: str, bits: int) -> str:
        """Return what is wrong with a key of so many bits: `family:bits` or `family:until:date`."""
        floor = self.minimum_bits.get(family, _DEFAULT_MINIMUM_BITS.get(family, 0))
        if bits < floor:
            return f"{family}:{bits}"
        last = self.last_moment.get(family)
        if last is not None and (self.moment is None or self.moment > last):
            return f"{family}:until:{last.astimezone(UTC):%Y-%m-%d}"
        return ""
