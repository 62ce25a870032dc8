"""What the administrator's pages of devices, trust, services and diagnostics share."""

from typing import ClassVar

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from ui.widgets.probe_list import ProbeList
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.probe import ProbeKind, ProbeResult
from workstation.station.commands import RunProbes
from workstation.station.snapshot import StationStatus

__all__ = ["ProbeScreen"]


class ProbeScreen(SectionScreen):
    """A card for each group of probes; everything is tried when the page opens, and by F9.

    AREA    what is tried
    GROUPS  a card each: code of its title, kinds of its rows
    """

    AREA: ClassVar[ProbeArea]
    GROUPS: ClassVar[tuple[tuple[str, tuple[ProbeKind, ...]], ...]]

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, f"section.{self.AREA.value}", Route(self.AREA.value))
        self._running = False
        self._asked = False
        self.cards: list[tuple[CodeLabel, ProbeList, tuple[ProbeKind, ...]]] = []
        self.lay_out_before()
        for title, kinds in self.GROUPS:
            self._add_card(title, kinds)
        self.lay_out_after()
        self.body.addStretch(1)

    def lay_out_before(self) -> None:
        """Add what stands above the probes."""

    def lay_out_after(self) -> None:
        """Add what stands below the probes."""

    def _add_card(self, title: str, kinds: tuple[ProbeKind, ...]) -> None:
        card, rows = Card(self.ctx, title), ProbeList(self.ctx, self.offer_more)
        waiting = CodeLabel(self.ctx, "probes.none", "second", wrap=True)
        card.body.addWidget(waiting)
        card.body.addWidget(rows)
        rows.again.connect(self.try_one)
        rows.chosen.connect(self.choose)
        self.body.addWidget(card)
        self.cards.append((waiting, rows, kinds))

    def show_station(self, status: StationStatus) -> None:
        """Show what is known; what was never tried is tried when the page opens."""
        self._running = running = bool(status.probing)
        for waiting, rows, kinds in self.cards:
            found = tuple(each for each in status.probes if each.kind in kinds)
            rows.show_probes(found, status.probing)
            waiting.set_code("probes.trying" if running else "probes.none")
            waiting.setVisible(found == ())
        super().show_station(status)
        if not self._asked and not running:
            self._asked = True
            known = {each.kind for each in status.probes}
            if known.isdisjoint(KINDS[self.AREA]):
                self.try_all()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, and trying everything again."""
        enabled = not self._running
        again = Action("button.try_all", "F9", self.try_all, ButtonRole.PRIMARY, enabled=enabled)
        return (*super().footer_actions(), again)

    def try_all(self) -> None:
        """Have everything of the page tried."""
        self.ctx.post(RunProbes(self.AREA))

    def try_one(self, name: str) -> None:
        """Have one probe tried again."""
        self.ctx.post(RunProbes(self.AREA, (name,)))

    def offer_more(self, _result: ProbeResult) -> str:
        """Return the code of a row's second button; empty for none."""
        return ""

    def choose(self, name: str) -> None:
        """Take a press of a row's second button."""

    def leave(self) -> None:
        """Look anew whether everything was tried when the page opens next."""
        self._asked = False
