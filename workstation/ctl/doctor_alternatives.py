"""What `doctor` sees of the other ways in which liveness may be established here."""

from collections.abc import Iterator

from workstation.errors import WorkstationError
from workstation.registries.gateways import build_centres
from workstation.settings.settings import LoadedSettings

__all__ = ["check_other_ways"]

_NAME = "other ways"


def check_other_ways(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Iterate over name, state and what was seen: which centres are configured; none is asked."""
    try:
        centres = build_centres(loaded, lambda: 0, lambda _reference, _nonce: False)
    except WorkstationError as error:
        yield _NAME, "bad", f"{error.code} {error.detail}".strip()
        return
    named = ", ".join(centres)
    seen = f"{named}; results signed, not asked" if named else "none: no palm, no video"
    yield _NAME, "good", seen
