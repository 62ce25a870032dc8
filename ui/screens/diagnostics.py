"""The administrator's page of diagnostics."""

from ui.screens.probes import ProbeScreen
from workstation.diagnosis.areas import KINDS, ProbeArea

__all__ = ["DiagnosticsScreen"]


class DiagnosticsScreen(ProbeScreen):
    """Every probe of the area."""

    AREA = ProbeArea.DIAGNOSTICS
    GROUPS = (("diagnostics.card", KINDS[AREA]),)
