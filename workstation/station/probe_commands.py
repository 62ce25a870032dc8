"""What an administrator's pages ask of the station: probes, and which cameras may be used."""

from dataclasses import dataclass, field

from workstation.diagnosis.areas import ProbeArea

__all__ = ["RunProbes"]


@dataclass(frozen=True, slots=True)
class RunProbes:
    """Try what surrounds the station; what came of it is `StationStatus.probes`.

    names          of single probes (`ProbeResult.name`); none: all of the area
    untrusted_iin  whom registries are asked about; empty: nobody, they are only reached
    """

    area: ProbeArea
    names: tuple[str, ...] = ()
    untrusted_iin: str = field(default="", repr=False)
