"""All signals into one verdict: an attack outweighs doubt, and what is missing has not passed."""

from collections.abc import Sequence

from vision.liveness.signals.continuity import IDENTITY_CHANGED
from vision.liveness.signals.parallax import FLAT
from vision.liveness.signals.stream import FROZEN, LOOPED
from vision.results import PadVerdict, SignalResult, Status

__all__ = ["ATTACK_REASONS", "BONA_FIDE", "INCOMPLETE", "REQUIRED_SIGNALS", "fuse"]

BONA_FIDE = "liveness.bona_fide"
INCOMPLETE = "liveness.incomplete"

ATTACK_REASONS = (IDENTITY_CHANGED, FROZEN, LOOPED, FLAT)
"""Findings no honest customer causes, strongest first. A missed blink or command is not one."""

REQUIRED_SIGNALS = (
    "capture",
    "commands",
    "identity",
    "blink",
    "parallax",
    "planar",
    "loop",
    "freeze",
)
"""All of them must have passed; in the order in which they name the reason of an UNDECIDED."""


def fuse(signals: Sequence[SignalResult]) -> tuple[PadVerdict, str]:
    """Return the verdict (ISO/IEC 30107-3) and its one stable reason."""
    failures = {signal.reason for signal in signals if signal.status is Status.FAILED}
    for reason in ATTACK_REASONS:
        if reason in failures:
            return PadVerdict.ATTACK, reason
    by_name = {signal.name: signal for signal in signals}
    if len(by_name) != len(signals) or set(by_name) != set(REQUIRED_SIGNALS):
        return PadVerdict.UNDECIDED, INCOMPLETE
    for name in REQUIRED_SIGNALS:
        signal = by_name[name]
        if signal.status is not Status.PASSED:
            return PadVerdict.UNDECIDED, signal.reason or INCOMPLETE
    return PadVerdict.BONA_FIDE, BONA_FIDE
