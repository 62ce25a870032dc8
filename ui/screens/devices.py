"""The administrator's page of devices."""

from ui.screens.probes import ProbeScreen
from workstation.diagnosis.areas import KINDS, ProbeArea

__all__ = ["DevicesScreen"]


class DevicesScreen(ProbeScreen):
    """Every probe of the area."""

    AREA = ProbeArea.DEVICES
    GROUPS = (("devices.card", KINDS[AREA]),)
