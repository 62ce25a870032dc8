"""The administrator's page of services: registries, authority, time-stamps, witnesses."""

from typing import Final

from crypto.x509.iin import Iin, IinRefused
from ui.screens.probes import ProbeScreen
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.rules.catalogue.fields import FieldType
from workstation.station.commands import RunProbes

__all__ = ["ServicesScreen"]

_DIGITS: Final = 12


class ServicesScreen(ProbeScreen):
    """What the station asks, reached; with an ИИН that was typed, asked as in a session."""

    AREA = ProbeArea.SERVICES
    GROUPS = (("services.card", KINDS[AREA]),)

    def lay_out_before(self) -> None:
        """Add the field for whom registries are asked about."""
        card = Card(self.ctx, "services.person")
        self.iin = Field(self.ctx, "services.iin", longest=_DIGITS, typing=Typing.DIGITS)
        self.iin.take_whole(FieldType.IIN, _DIGITS)
        card.body.addWidget(CodeLabel(self.ctx, "services.person_text", "second", wrap=True))
        card.body.addWidget(self.iin)
        self.body.addWidget(card)

    def try_all(self) -> None:
        """Have every service tried, about the person whose ИИН was typed, if one was."""
        self._run(())

    def try_one(self, name: str) -> None:
        """Have one service tried again."""
        self._run((name,))

    def _run(self, names: tuple[str, ...]) -> None:
        iin = self.iin.text()
        wrong = iin != "" and not _is_iin(iin)
        self.iin.mark(bad=wrong, code="iin.checksum" if wrong else "")
        if not wrong:
            self.ctx.post(RunProbes(self.AREA, names, iin))

    def leave(self) -> None:
        """Forget whom was asked about."""
        super().leave()
        self.iin.edit.clear()
        self.iin.mark(bad=False, code="")


def _is_iin(typed: str) -> bool:
    try:
        return Iin.parse(typed).checksum_ok
    except IinRefused:
        return False
