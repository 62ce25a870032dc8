"""The kinds of entries that belong together: what a reader of the log asks for by one word."""

from collections.abc import Mapping
from typing import Final

__all__ = ["ENTRY_GROUPS"]

_RESULT: Final = "verify.result"

ENTRY_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": (),
    "cases": (
        "verify.begin",
        "verify.step",
        "case.parked",
        "verify.hold",
        "verify.permit",
        _RESULT,
        "review",
    ),
    "decisions": (_RESULT,),
    "supervisor": (
        "review",
        "review.drawn",
        "review.look",
        "cool_down.lift",
        "security.acknowledged",
        "shift.close",
        "log.export",
    ),
    "sign_ins": (
        "session.open",
        "session.close",
        "sign_in.failed",
        "sign_in.locked",
        "sign_in.unlocked",
        "sign_in.counts_lost",
    ),
    "alarms": ("security.alarm", "security.acknowledged", "clock.step"),
}
"""Kinds of each group; `all` asks for none."""
