"""The administrator's page of trust: certificates, revocation lists, and fetching them now."""

from ui.screens.probes import ProbeScreen
from ui.widgets.buttons import Action
from workstation.diagnosis.areas import ProbeArea
from workstation.diagnosis.probe import ProbeKind
from workstation.station.commands import UpdateLists

__all__ = ["TrustScreen"]


class TrustScreen(ProbeScreen):
    """Certificates with their ends, lists with their ages, addresses with what came of them."""

    AREA = ProbeArea.TRUST
    GROUPS = (("trust.anchors", (ProbeKind.ANCHOR,)), ("trust.lists", (ProbeKind.LIST,)))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, fetching the lists, and looking again."""
        back, again = super().footer_actions()
        update = Action("button.update_lists", "F6", self._update, enabled=again.enabled)
        return back, update, again

    def _update(self) -> None:
        self.ctx.post(UpdateLists())
