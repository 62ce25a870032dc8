"""The administrator's page of services."""

from ui.screens.probes import ProbeScreen
from workstation.diagnosis.areas import KINDS, ProbeArea

__all__ = ["ServicesScreen"]


class ServicesScreen(ProbeScreen):
    """Every probe of the area."""

    AREA = ProbeArea.SERVICES
    GROUPS = (("services.card", KINDS[AREA]),)
