"""A parked case as the home page lists it."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["ParkedCase", "WaitsFor"]


class WaitsFor(StrEnum):
    """What a parked case waits for."""

    CUSTOMER = "customer"
    REGISTRY = "registry"
    AUTHORITY = "authority"
    CAMERA = "camera"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """One case that waits.

    number     log index of its first entry: the number people use
    parked_ms  wall clock when it was parked
    until_ms   wall clock after which it is closed
    by         personnel number of who parked it
    question   what a supervisor who looked at it wants to know first, empty for nothing
    """

    case: str
    number: int
    kind: str
    client_name: str = field(repr=False)
    iin_masked: str
    parked_ms: int
    until_ms: int
    waits_for: WaitsFor
    by: str
    question: str = ""
