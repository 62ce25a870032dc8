"""The administrator's page of trust."""

from ui.screens.probes import ProbeScreen
from workstation.diagnosis.areas import KINDS, ProbeArea

__all__ = ["TrustScreen"]


class TrustScreen(ProbeScreen):
    """Every probe of the area."""

    AREA = ProbeArea.TRUST
    GROUPS = (("trust.card", KINDS[AREA]),)
