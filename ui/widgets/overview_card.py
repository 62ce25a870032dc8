"""What waits for an administrator or an auditor now, one line each, and nothing else."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from ui.widgets.pill import TONE_ICON, IconLabel
from ui.widgets.readiness import Line, crl_line, keys_line, log_line, policy_line
from workstation.administration.view import AdministrationView
from workstation.station.snapshot import StationStatus

__all__ = ["OverviewCard", "find_needs"]

_MOST = 10
_ICON = 20


def find_needs(status: StationStatus) -> Iterator[Line]:
    """Yield tone, code and values of everything that waits for whoever is signed in."""
    if "manage_operators" in status.allowed and status.administration is not None:
        yield from _find_changes(status.administration)
        yield from _find_kept(status.administration)
    if status.alarms:
        yield Tone.BAD, "overview.alarms", {"count": len(status.alarms)}
    for line in (policy_line(status), crl_line(status), keys_line(status), log_line(status)):
        if line[0] in {Tone.WARN, Tone.BAD}:
            yield line


def _find_changes(seen: AdministrationView) -> Iterator[Line]:
    if seen.restart:
        yield Tone.BAD, "overview.restart", {}
    if seen.fault:
        yield Tone.BAD, "overview.fault", {}
    if seen.proposal is not None:
        yield Tone.WARN, "overview.proposal", {"by": seen.proposal.by}
    elif seen.waiting:
        yield Tone.WARN, "overview.waiting", {"count": len(seen.waiting)}


def _find_kept(seen: AdministrationView) -> Iterator[Line]:
    due = sum(each.due for each in seen.retention)
    if due:
        yield Tone.WARN, "overview.due", {"count": due}
    if any(each.trouble for each in seen.keys):
        yield Tone.BAD, "overview.keys", {}


class OverviewCard(Card):
    """The lines; where nothing waits, one that says so."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "overview.title")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(1, 1)
        self.lines: list[tuple[IconLabel, CodeLabel]] = []
        for row in range(_MOST):
            icon, words = IconLabel(ctx, "circle", _ICON), CodeLabel(ctx, "", wrap=True)
            grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
            self.lines.append((icon, words))
        self.body.addLayout(grid)
        self.body.addStretch(1)

    def show_station(self, status: StationStatus) -> None:
        """Show what waits."""
        found = list(find_needs(status))[:_MOST] or [(Tone.OK, "overview.nothing", {})]
        for row, (icon, words) in enumerate(self.lines):
            shown = row < len(found)
            icon.setVisible(shown)
            words.setVisible(shown)
            if shown:
                tone, code, values = found[row]
                icon.set_icon(TONE_ICON[tone], tone)
                words.set_code(code, **values)
