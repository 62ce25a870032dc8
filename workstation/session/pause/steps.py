"""Steps of the log by which a supervisor acts on a case that waits."""

from typing import Final

__all__ = ["LOOKED_AT"]

LOOKED_AT: Final = frozenset(
    {"override.granted", "override.refused", "second_look", "second_look.refused"}
)
"""They leave the case waiting, until the step `parked` says what it waits for next."""
