"""A decision that was drawn for a second look: agree, or doubt with a reason and words."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.labels import PlainLabel
from ui.widgets.officer_form import OfficerForm
from ui.widgets.reason_choice import ReasonChoice
from ui.widgets.reviewed_card import ReviewedCard
from ui.wording import date_time_text, number_text
from workstation.review.drawn_look import DoubtReason, LookAnswer, OpenedLook
from workstation.session.exception import is_explained
from workstation.station.commands import GiveLook, LeaveReview
from workstation.station.snapshot import StationStatus

__all__ = ["SecondLookScreen"]

_FORM: Final = 380


class SecondLookScreen(Screen):
    """Both faces, what the teller saw and how it was decided; words and the own secret."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "second_look.title")
        self._shown: OpenedLook | None = None
        self.banner = StatusBanner(ctx, inline=True)
        self.banner.hide()
        self.headline.insertWidget(1, self.banner, 1000)
        self.card = ReviewedCard(ctx, "review.checks")
        self.form = OfficerForm(ctx, "queue.decision", "second_look.hint", counted=True, own=True)
        self.form.setFixedWidth(ctx.theme.scaled(_FORM))
        self.form.changed.connect(self.actions_changed)
        self.why = ReasonChoice(ctx, "doubt_reason", "field.doubt_reason")
        self.why.offer(tuple(DoubtReason))
        self.form.body.insertWidget(self.form.body.indexOf(self.form.hint) + 1, self.why)
        self.decided = PlainLabel("strong", wrap=True)
        self.form.body.insertWidget(1, self.decided)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self.form)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name)

    def show_station(self, status: StationStatus) -> None:
        """Show the decision that was opened."""
        self.banner.show_status(Tone.WARN, status.message)
        if status.look is not self._shown:
            self._shown = status.look
            self._name()
        self.actions_changed.emit()

    def _name(self) -> None:
        shown, tr = self._shown, self.ctx.tr_code
        if shown is None:
            self.card.forget()
            self.decided.setText("")
            return
        self.aside.setText(f"№ {number_text(shown.drawn.number)}")
        at, kind = date_time_text(shown.drawn.decided_ms), tr(f"operation.{shown.drawn.kind}")
        erased = "" if shown.faces else tr("second_look.erased")
        self.card.show_lines(kind, f"{at} · {shown.teller}", erased)
        self.card.show_faces(list(shown.faces))
        self.card.show_checks(shown.checks, decided=True)
        self.decided.setText(f"{tr(f'outcome.{shown.outcome}')} · {tr(shown.reason)}")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, doubt and agree: who doubts says why in words, both give the secret."""
        there = self._shown is not None and self.form.secret.text() != ""
        worded = there and is_explained(self.form.reason.text())
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            self.card.larger.action(),
            Action("button.doubt", "F4", self._doubt, ButtonRole.DANGER, enabled=worded),
            Action("button.agree_look", "F9", self._agree, ButtonRole.PRIMARY, enabled=there),
        )

    def first_focus(self) -> QWidget:
        """Return the words, which the secret follows."""
        return self.form.reason.edit

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that go when the page is left."""
        return self.form.reason.text() != ""

    def leave(self) -> None:
        """Forget who was looked at, and the secret."""
        self.form.clear()
        self._shown = None
        self._name()

    def _back(self) -> None:
        self.ctx.post(LeaveReview())
        self.navigate.emit(Route.NONE.value)

    def _agree(self) -> None:
        self._give(LookAnswer.AGREE, None)

    def _doubt(self) -> None:
        self._give(LookAnswer.DOUBT, DoubtReason(self.why.chosen))

    def _give(self, answer: LookAnswer, reason: DoubtReason | None) -> None:
        if self._shown is not None:
            number, words = self._shown.drawn.number, self.form.reason.text()
            self.ctx.post(GiveLook(number, answer, reason, words, self.form.take_secret()))
