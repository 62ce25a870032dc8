"""Every probe of one station, by area: the same ones for pages, `workstation-ctl`, first start."""

from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.probe import Probe
from workstation.settings.settings import LoadedSettings

__all__ = ["Diagnosis"]


class Diagnosis:
    """Builds probes; nothing is spoken to before one is run."""

    def __init__(self, loaded: LoadedSettings) -> None:
        self._loaded = loaded

    def find_probes(
        self, area: ProbeArea, names: tuple[str, ...] = (), untrusted_iin: str = ""
    ) -> tuple[Probe, ...]:
        """Return the probes of an area, or those of these names.

        untrusted_iin  whom registries are asked about; empty: nobody, they are only reached
        """
        found = self._registries(untrusted_iin)
        wanted = (each for each in found if each.kind in KINDS[area])
        return tuple(each for each in wanted if not names or each.name in names)

    def _registries(self, _untrusted_iin: str) -> tuple[Probe, ...]:
        return ()
