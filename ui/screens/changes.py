"""Changes: what waits, what is proposed by whom, and the history of the charter."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.office_screen import OfficeScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.figure_table import FigureTable
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.reading_list import ReadingList
from ui.widgets.secret_field import SecretField
from ui.wording import date_time_text
from workstation.administration.view import AdministrationView, ChangeLine
from workstation.administration.words import say_change
from workstation.rules.parties import person_key
from workstation.station.administration_commands import (
    CountersignChanges,
    ProposeChanges,
    WithdrawChanges,
)

__all__ = ["ChangesScreen"]

_DIGEST = 16


class ChangesScreen(OfficeScreen):
    """One proposes with the own secret; another one reads the same lines again and countersigns.

    Neither signs before the end of the lines was in sight: the last of many is not hidden.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.changes", Route.CHANGES)
        waiting, proposed = Card(ctx, "changes.waiting"), Card(ctx, "changes.proposal_card")
        self.digest = PlainLabel("second")
        self.told = PlainLabel(wrap=True)
        self.lines = ReadingList(ctx, "changes.waiting")
        self.who = CodeLabel(ctx, "", "strong", wrap=True)
        self.proposed = ReadingList(ctx, "changes.proposal_card")
        for label in (self.told, self.lines, self.digest):
            waiting.body.addWidget(label)
        for label in (self.who, self.proposed):
            proposed.body.addWidget(label)
        self.table = FigureTable(
            ctx,
            "changes.history",
            [f"changes.column.{name}" for name in ("signers", "number", "made", "sha256")],
            words=4,
        )
        history = Card(ctx, "changes.history")
        history.body.addWidget(self.table)
        self.form = Card(ctx, "changes.sign")
        self.hint = CodeLabel(ctx, "", "second", wrap=True)
        self.own = SecretField(ctx, "changes.own_secret")
        self.other = SecretField(ctx, "changes.proposer_secret")
        for widget in (self.hint, self.own, self.other):
            self.form.body.addWidget(widget)
        self.form.body.addStretch(1)
        for field in (self.own, self.other):
            field.edit.textChanged.connect(self.actions_changed)
        for shown in (self.lines, self.proposed):
            shown.end.looked.connect(self._show_hint)
            shown.end.looked.connect(self.actions_changed)
        self.lay_out((waiting, proposed, history), (self.form,), history)

    @property
    def countersigns(self) -> bool:
        """Whether a proposal of somebody else waits that may be signed as it is."""
        proposal, status = self.view.proposal, self.status
        if proposal is None or proposal.stale or status is None or status.operator is None:
            return False
        return person_key(proposal.by) != person_key(status.operator.id)

    def show_view(self, view: AdministrationView) -> None:
        """Show what waits, the proposal and the history."""
        tr, proposal = self.ctx.tr_code, view.proposal
        fault = tr("changes.fault", place=view.fault) if view.fault else ""
        many = tr("changes.count", count=len(view.waiting)) if view.waiting else tr("changes.none")
        self.told.setText(fault or many)
        set_tone(self.told, Tone.BAD if fault else Tone.NONE)
        self._say(self.lines, () if fault else view.waiting)
        self.digest.setText(
            tr("changes.in_force", number=view.charter, sha256=view.charter_sha256[:_DIGEST])
        )
        if proposal is None:
            self.who.set_code("changes.no_proposal")
        else:
            code = "changes.stale" if proposal.stale else "changes.by"
            self.who.set_code(
                code,
                by=proposal.by,
                number=proposal.number,
                time=date_time_text(proposal.made_ms)[:-3],
                sha256=proposal.sha256[:_DIGEST],
            )
        stale = proposal is not None and proposal.stale
        set_tone(self.who, Tone.WARN if stale else Tone.NONE)
        self._say(self.proposed, () if proposal is None else proposal.changes)
        self._show_hint()
        self.other.setVisible(self.countersigns)
        self.table.show_rows(
            [
                (
                    ", ".join(each.signers),
                    str(each.number),
                    date_time_text(each.made_ms)[:-3],
                    each.sha256[:_DIGEST],
                )
                for each in view.history
            ]
        )

    def _say(self, shown: ReadingList, changes: tuple[ChangeLine, ...]) -> None:
        texts = self.ctx.texts
        shown.tell(changes, lambda: (f"• {say_change(each, texts)}" for each in changes))
        shown.setVisible(bool(changes))

    @Slot()
    def _show_hint(self) -> None:
        code, shown = "changes.hint_propose", self.lines
        if self.countersigns:
            code, shown = "changes.hint_sign", self.proposed
        self.hint.set_code("changes.hint_read" if shown.end.unread else code)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, withdrawing, and the one act that this person may do now."""
        view, own = self.view, bool(self.own.text())
        waits = bool(view.waiting or view.proposal or view.draft or view.fault)
        withdraw = Action(
            *("button.withdraw", "F4", self._ask_withdraw, ButtonRole.DANGER),
            side=Side.LEFT,
            enabled=waits,
        )
        if self.countersigns:
            signing = own and bool(self.other.text()) and self.proposed.end.read
            act = Action(
                *("button.countersign", "F9", self._countersign, ButtonRole.PRIMARY),
                enabled=signing,
            )
        else:
            able = own and bool(view.waiting) and self.lines.end.read
            act = Action(*("button.propose", "F9", self._propose, ButtonRole.PRIMARY), enabled=able)
        return (*super().footer_actions(), withdraw, act)

    def _propose(self) -> None:
        self.ctx.post(ProposeChanges(self.own.take()))

    def _countersign(self) -> None:
        proposal = self.view.proposal
        if proposal is not None and self.countersigns:
            command = CountersignChanges(proposal.sha256, self.own.take(), self.other.take())
            self.ctx.post(command)

    def _ask_withdraw(self) -> None:
        ask(self.ctx, self, "ask.withdraw", "button.withdraw", self._withdraw)

    def _withdraw(self) -> None:
        self.ctx.post(WithdrawChanges())

    def first_focus(self) -> QWidget | None:
        """Return the own secret."""
        return self.own.edit

    def leave(self) -> None:
        """Forget the secrets."""
        super().leave()
        for field in (self.own, self.other):
            field.edit.clear()
