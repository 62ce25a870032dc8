"""What a station that cannot be built is shown as: nothing but why, place by place."""

from workstation.errors import CharterRefused
from workstation.station.snapshot import StationStatus

__all__ = ["describe_refusal"]


def describe_refusal(refused: Exception, profile: str, language: str) -> StationStatus:
    """Return the status of a station that was not built: `$.camera.index: …` names the place."""
    detail = str(getattr(refused, "detail", ""))
    before, _, after = detail.partition(": ")
    place = before if before.startswith("$.") else ""
    if isinstance(refused, CharterRefused):
        # `file_replaced: trust/root.cer`: the rest is said by `charter status`.
        place = after or before
    found = (str(each) for each in getattr(refused, "faults", (detail,)))
    return StationStatus(
        profile,
        "",
        message=str(getattr(refused, "code", "internal")),
        message_field=place,
        faults=tuple(each for each in found if each.startswith(("$.", "not TOML"))),
        language=language,
    )
