"""All signals into one verdict: an attack outweighs doubt, and what is missing has not passed."""

from collections.abc import Sequence

from vision.liveness.signals.identity import IDENTITY_CHANGED
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.stream import FROZEN, LOOPED
from vision.results import PadVerdict, SignalResult, Status

__all__ = ["ATTACK_REASONS", "BONA_FIDE", "INCOMPLETE", "fuse"]

BONA_FIDE = "liveness.bona_fide"
INCOMPLETE = "liveness.incomplete"

ATTACK_REASONS = (IDENTITY_CHANGED, FROZEN, LOOPED, FLAT)
"""Findings no honest customer causes, strongest first. A missed blink or command is not one."""


def fuse(signals: Sequence[SignalResult], required: Sequence[str]) -> tuple[PadVerdict, str]:
    """Return the verdict (ISO/IEC 30107-3) and its one stable reason.

    All `required` signals must have passed, in the order in which they name the reason of an
    UNDECIDED. A signal that is not required only counts when it found an attack.
    """
    failures = {signal.reason for signal in signals if signal.status is Status.FAILED}
    for reason in ATTACK_REASONS:
        if reason in failures:
            return PadVerdict.ATTACK, reason
    by_name = {signal.name: signal for signal in signals}
    if len(by_name) != len(signals) or not required or not set(by_name).issuperset(required):
        return PadVerdict.UNDECIDED, INCOMPLETE
    for name in required:
        signal = by_name[name]
        if signal.status is not Status.PASSED:
            return PadVerdict.UNDECIDED, signal.reason or INCOMPLETE
    return PadVerdict.BONA_FIDE, BONA_FIDE
