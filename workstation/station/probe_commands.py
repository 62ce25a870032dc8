"""What an administrator's pages ask of the station: probes, and which cameras may be used."""

from dataclasses import dataclass, field

from workstation.diagnosis.areas import ProbeArea

__all__ = ["AllowCamera", "RunProbes", "UpdateLists"]


@dataclass(frozen=True, slots=True)
class RunProbes:
    """Try what surrounds the station; what came of it is `StationStatus.probes`.

    names          of single probes (`ProbeResult.name`); none: all of the area
    untrusted_iin  whom registries are asked about; empty: nobody, they are only reached
    """

    area: ProbeArea
    names: tuple[str, ...] = ()
    untrusted_iin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AllowCamera:
    """Stage whether a camera may be used; it counts once two have signed the charter.

    untrusted_hardware_id  as the system says it
    """

    untrusted_hardware_id: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class UpdateLists:
    """Fetch every revocation list now; what came of it is in `StationStatus.probes`."""
