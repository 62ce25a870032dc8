"""Another way than the commands as the screens may see it."""

from dataclasses import dataclass, field

from workstation.rules.alternatives import LivenessWay

__all__ = ["NO_ALTERNATIVE", "AlternativeView"]


@dataclass(frozen=True, slots=True)
class AlternativeView:
    """Another way than the commands that is answered outside.

    offered   ways that may be asked for now
    way       the one that was asked for, None while none was
    code      of the operation, for the centre's officer: groups of four hexadecimal digits
    photo_awaited  the next usable frame will be the photo
    jpeg      the photo that is compared, empty before it was taken
    failures  of this way so far, of `most`
    consent   text to which the customer agrees for the palm, empty where it is not offered
    """

    offered: tuple[LivenessWay, ...] = ()
    way: LivenessWay | None = None
    code: str = ""
    photo_awaited: bool = False
    jpeg: bytes = field(default=b"", repr=False)
    failures: int = 0
    most: int = 0
    consent: str = ""


NO_ALTERNATIVE = AlternativeView()
