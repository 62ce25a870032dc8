"""The states of a verification session."""

from enum import StrEnum

__all__ = ["State"]


class State(StrEnum):
    """Where a session stands; screens are a function of it."""

    IDLE = "idle"
    PRECHECKS = "prechecks"
    CONSENT = "consent"
    REFERENCE = "reference"
    LIVENESS = "liveness"
    EXCEPTION = "exception"
    ALTERNATIVE = "alternative"
    MATCHING = "matching"
    COMPARISON = "comparison"
    AUTHORITY = "authority"
    SIGNATURE = "signature"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    PARKED = "parked"
    DECIDED = "decided"
    RECORDED = "recorded"
