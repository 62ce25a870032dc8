"""Rules: which versions there are, what a brought one changes, and bringing one."""

from datetime import date
from pathlib import Path

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.office_screen import OfficeScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.figure_table import FigureTable
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.reading_list import ReadingList
from ui.wording import count_text, day_text
from workstation.administration.view import AdministrationView, ReplayView, RuleLine
from workstation.administration.words import say_rule
from workstation.station.administration_commands import ImportPolicy, ReplayDraft, StopReplay
from workstation.station.snapshot import StationStatus

__all__ = ["RulesScreen"]

_ASKED = FileQuestion("rules.choose", "rules.kind", "*.toml")
_EFFECTS = ("looser", "stricter", "other", "text")
_DIGEST = 16


class RulesScreen(OfficeScreen):
    """The calendar in a table; below it what is looser, stricter, other, in words."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.rules", Route.RULES)
        self.table = FigureTable(
            ctx,
            "rules.calendar",
            [f"rules.column.{name}" for name in ("id", "since", "until", "signers", "state")],
            words=5,
        )
        calendar, self.brought = Card(ctx, "rules.calendar"), Card(ctx, "rules.draft")
        calendar.body.addWidget(self.table)
        self.which = CodeLabel(ctx, "rules.no_draft", "strong", wrap=True)
        self.changes = ReadingList(ctx, "rules.draft")
        self.place = PlainLabel("second", wrap=True)
        for label in (self.place, self.which, self.changes):
            self.brought.body.addWidget(label)
        self.hint = Card(ctx, "rules.import")
        self.hint.body.addWidget(CodeLabel(ctx, "rules.hint", "second", wrap=True))
        self.past = Card(ctx, "rules.past")
        self.judged = CodeLabel(ctx, "rules.past_text", "second", wrap=True)
        self.counts = PlainLabel(wrap=True)
        for label in (self.judged, self.counts):
            self.past.body.addWidget(label)
        self.lay_out((calendar, self.brought), (self.hint, self.past), calendar)

    def show_station(self, status: StationStatus) -> None:
        """Show the versions; where a file was refused, the place in it."""
        refused = status.message.startswith("policy") and status.message_field
        self.place.setText(status.message_field if refused else "")
        self.place.setVisible(bool(refused))
        super().show_station(status)

    def show_view(self, view: AdministrationView) -> None:
        """Show the calendar and what was brought."""
        tr = self.ctx.tr_code
        self.table.show_rows(
            [
                (
                    each.id,
                    _day(each.since),
                    _day(each.until),
                    ", ".join(each.signers) or tr("rules.pinned"),
                    tr("rules.in_force") if each.in_force else "",
                )
                for each in view.policies
            ]
        )
        draft = view.draft
        if draft is None:
            self.which.set_code("rules.no_draft")
        else:
            days = {"since": _day(draft.since), "until": _day(draft.until)}
            signers = ", ".join(draft.signers)
            self.which.set_code(
                "rules.follows" if signers else "rules.waits",
                id=draft.id,
                sha256=draft.sha256[:_DIGEST],
                **(days | ({"signers": signers} if signers else {})),
            )
        changes = () if draft is None else draft.changes
        self.changes.tell(changes, lambda: self._say(changes))
        self.changes.setVisible(draft is not None)
        self._show_past(view.replay)

    def _show_past(self, replay: ReplayView | None) -> None:
        """Show what the rules that wait would have made of past sessions."""
        tr = self.ctx.tr_code
        if replay is None:
            self.judged.set_code("rules.past_text")
        elif replay.running:
            done, size = count_text(replay.done), count_text(replay.size)
            self.judged.set_code("rules.past_runs", done=done, size=size)
        else:
            code = "rules.past_whole" if replay.complete else "rules.past_part"
            self.judged.set_code(code, records=count_text(replay.records))
        counts = () if replay is None else replay.counts
        self.counts.setText("\n".join(f"{tr(f'replay.{name}')}: {n}" for name, n in counts if n))
        self.counts.setVisible(self.counts.text() != "")

    def _say(self, changes: tuple[RuleLine, ...]) -> list[str]:
        tr = self.ctx.tr_code
        lines: list[str] = []
        for effect in _EFFECTS:
            found = [each for each in changes if each.effect == effect]
            if found:
                lines.append(tr(f"policy_effect.{effect}", count=len(found)))
                lines += [f"• {say_rule(each, self.ctx.texts)}" for each in found]
        return lines or [tr("policy_effect.none")]

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, the changes that wait, and bringing a version."""
        changes = Action("section.changes", "F6", self._open_changes)
        replay = self.view.replay
        if replay is not None and replay.running:
            judge = Action("button.stop_replay", "F7", self._stop)
        else:
            judge = Action("button.replay", "F7", self._judge, enabled=self.view.draft is not None)
        bring = Action("button.import_policy", "F9", self._ask, ButtonRole.PRIMARY)
        return (*super().footer_actions(), judge, changes, bring)

    def _open_changes(self) -> None:
        self.navigate.emit(Route.CHANGES.value)

    def _judge(self) -> None:
        self.ctx.post(ReplayDraft())

    def _stop(self) -> None:
        self.ctx.post(StopReplay())

    def _ask(self) -> None:
        choose_file(self.ctx, self, _ASKED, self.bring)

    def bring(self, path: str) -> None:
        """Have a file of rules read and staged."""
        self.ctx.post(ImportPolicy(Path(path)))


def _day(iso: str) -> str:
    return day_text(date.fromisoformat(iso)) if iso else "—"
