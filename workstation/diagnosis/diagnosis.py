"""Every probe of one station, by area: the same ones for pages, `workstation-ctl`, first start."""

from collections.abc import Callable
from datetime import UTC, datetime

from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.cameras import camera_probes
from workstation.diagnosis.carriers import carrier_probes
from workstation.diagnosis.computer import PartCounters, computer_probes
from workstation.diagnosis.probe import Probe
from workstation.diagnosis.registries import Inquiry, registry_probes
from workstation.diagnosis.services import service_probes
from workstation.diagnosis.trust import trust_probes
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings
from workstation.trust.revocation import Revocation

__all__ = ["Diagnosis"]

_MILLI = 1000


class Diagnosis:
    """Builds probes; nothing is spoken to before one is run.

    lists    the revocation and the policy in force, asked anew by each probe
    running  the station itself runs, and holds the camera of its settings
    now      aware UTC
    """

    def __init__(
        self,
        loaded: LoadedSettings,
        lists: Callable[[], tuple[Revocation, Policy]],
        *,
        running: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.loaded = loaded
        self.counters = PartCounters()
        self._lists = lists
        self._running = running
        self._now = now

    def find_probes(
        self, area: ProbeArea, names: tuple[str, ...] = (), inquiry: Inquiry | None = None
    ) -> tuple[Probe, ...]:
        """Return the probes of an area, or those of these names; SettingsRefused, TrustRefused.

        inquiry  whom registries are asked about; None: nobody, they are only reached
        """
        found = [
            each for each in self._build(area, inquiry or Inquiry()) if each.kind in KINDS[area]
        ]
        return tuple(each for each in found if not names or each.name in names)

    def _build(self, area: ProbeArea, inquiry: Inquiry) -> tuple[Probe, ...]:
        match area:
            case ProbeArea.DEVICES:
                cameras = camera_probes(self.loaded, running=self._running)
                return (*cameras, *carrier_probes(self.loaded, self._clock_ms))
            case ProbeArea.TRUST:
                return trust_probes(self.loaded, self._lists, self._now)
            case ProbeArea.SERVICES:
                questions = self._lists()[1].questions
                return (
                    *registry_probes(self.loaded, questions, self._clock_ms, inquiry),
                    *service_probes(self.loaded, self._lists, self._now),
                )
            case ProbeArea.DIAGNOSTICS:
                return computer_probes(self.loaded, self.counters)

    def _clock_ms(self) -> int:
        return round(self._now().timestamp() * _MILLI)
