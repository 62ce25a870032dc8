"""A decision that was drawn for a second look: agree, or doubt with a reason and words."""

from ui.context import UiContext
from ui.screens.opened_screen import OpenedScreen
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.labels import PlainLabel
from ui.widgets.reason_choice import ReasonChoice
from ui.wording import date_time_text, number_text
from workstation.review.drawn_look import DoubtReason, LookAnswer, OpenedLook
from workstation.session.exception import is_explained
from workstation.station.commands import GiveLook
from workstation.station.snapshot import StationStatus

__all__ = ["SecondLookScreen"]


class SecondLookScreen(OpenedScreen[OpenedLook]):
    """Both faces, what the teller saw and how it was decided; words and the own secret."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "second_look.title", "second_look.hint")
        self.why = ReasonChoice(ctx, "doubt_reason", "field.doubt_reason")
        self.why.offer(tuple(DoubtReason))
        self.form.body.insertWidget(self.form.body.indexOf(self.form.hint) + 1, self.why)
        self.decided = PlainLabel("strong", wrap=True)
        self.form.body.insertWidget(1, self.decided)

    def find_opened(self, status: StationStatus) -> OpenedLook | None:
        """Return the decision that was opened."""
        return status.look

    def show_opened(self) -> None:
        """Show both faces, what the teller saw and how it was decided."""
        shown, tr = self.shown, self.ctx.tr_code
        if shown is None:
            self.card.forget()
            self.decided.setText("")
            return
        self.aside.setText(f"№ {number_text(shown.drawn.number)}")
        at, kind = date_time_text(shown.drawn.decided_ms), tr(f"operation.{shown.drawn.kind}")
        gone = "second_look.missing" if shown.missing else "second_look.erased"
        without = "" if shown.faces else tr(gone)
        self.card.show_lines(kind, f"{at} · {shown.teller}", without)
        self.card.show_faces(list(shown.faces))
        self.card.show_checks(shown.checks, decided=True)
        self.decided.setText(f"{tr(f'outcome.{shown.outcome}')} · {tr(shown.reason)}")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, doubt and agree: who doubts says why in words, both give the secret."""
        there = self.shown is not None and self.form.secret.text() != ""
        worded = there and is_explained(self.form.reason.text())
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            self.card.larger.action(),
            Action("button.doubt", "F4", self._doubt, ButtonRole.DANGER, enabled=worded),
            Action("button.agree_look", "F9", self._agree, ButtonRole.PRIMARY, enabled=there),
        )

    def _agree(self) -> None:
        self._give(LookAnswer.AGREE, None)

    def _doubt(self) -> None:
        self._give(LookAnswer.DOUBT, DoubtReason(self.why.chosen))

    def _give(self, answer: LookAnswer, reason: DoubtReason | None) -> None:
        if self.shown is not None:
            number, words = self.shown.drawn.number, self.form.reason.text()
            self.ctx.post(GiveLook(number, answer, reason, words, self.form.take_secret()))
