"""A case of the queue: what a supervisor sees of it before saying anything."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.confirm import ask
from ui.widgets.officer_form import OfficerForm
from ui.widgets.reason_choice import ReasonChoice
from ui.widgets.reviewed_card import ReviewedCard
from ui.wording import number_text, photo_origin_text
from workstation.review.waiting_review import ReviewAnswer, ReviewedCase, ReviewedPerson
from workstation.rules.checks import CheckName, CheckResult
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.station.commands import GiveReview, LeaveReview
from workstation.station.snapshot import StationStatus

__all__ = ["QueueScreen"]

_FORM: Final = 380
_WORDS: Final = 320
"""Pixels that one customer's photos leave to the words: narrower ones would ask for more height."""

_FACTS: Final = ("hours", "least", "clients", "allowed")


class QueueScreen(Screen):
    """Both faces, what each check found, why the teller asks; reasons, words and the own secret."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "queue.title")
        self._shown: ReviewedCase | None = None
        self.banner = StatusBanner(ctx, inline=True)
        self.banner.hide()
        self.headline.insertWidget(1, self.banner, 1000)
        self.card = ReviewedCard(ctx, "review.checks")
        self.form = OfficerForm(ctx, "queue.decision", "queue.hint", counted=True, own=True)
        self.form.setFixedWidth(ctx.theme.scaled(_FORM))
        self.form.changed.connect(self.actions_changed)
        self.reasons: dict[CheckName, ReasonChoice] = {}
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self.form)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name)

    def show_station(self, status: StationStatus) -> None:
        """Show the case that was opened."""
        self.banner.show_status(Tone.WARN, status.message)
        if status.review is not self._shown:
            self._shown = status.review
            self._offer_reasons()
            self._name()
        self.actions_changed.emit()

    def _offer_reasons(self) -> None:
        """Ask for a reason of each check that is open, above the words."""
        for choice in self.reasons.values():
            self.form.body.removeWidget(choice)
            # It is deleted in the loop's next turn; till then it would lie over the new ones.
            choice.hide()
            choice.deleteLater()
        asked = () if self._shown is None else self._shown.waiting.asked
        below = self.form.body.indexOf(self.form.hint) + 1
        self.reasons = {}
        for place, check in enumerate(dict.fromkeys(asked)):
            choice = ReasonChoice(self.ctx, "override_reason", f"check.{check}")
            choice.offer(list_reasons(check))
            self.form.body.insertWidget(below + place, choice)
            self.reasons[check] = choice

    def _name(self) -> None:
        shown, tr = self._shown, self.ctx.tr_code
        if shown is None:
            self.card.forget()
            return
        waiting, language = shown.waiting, self.ctx.texts.language
        self.aside.setText(f"№ {number_text(waiting.number)}")
        clients = (
            f"{each.client_name} · {tr('field.iin')} {each.iin_masked}" for each in shown.people
        )
        lines = [tr(f"operation.{waiting.kind}")]
        lines += [f"{tr(code)}: {value.text(language)}" for code, value in shown.operation_lines]
        self.card.show_lines(" · ".join(clients), " · ".join(lines), "\n".join(self._list_words()))
        alone = len(shown.people) == 1
        self.card.words.setMinimumWidth(self.ctx.theme.scaled(_WORDS) if alone else 0)
        self.card.show_faces(
            [(each.reference_jpeg, each.live_jpeg, each.eyes) for each in shown.people]
        )
        self.card.show_checks(shown.checks, shown.required)

    def _list_words(self) -> list[str]:
        """Return why it is looked at, what to look at, and who has vouched, in words."""
        shown, tr = self._shown, self.ctx.tr_code
        if shown is None:
            return []
        waiting, found = shown.waiting, []
        if waiting.handed_over is not None:
            reason = tr(f"hand_over.{waiting.handed_over.value}")
            teller, words = waiting.tellers[-1], shown.words or "—"
            found.append(tr("review.handed_over", teller=teller, reason=reason, words=words))
        found += [self._say_look(check, shown.checks, shown.people) for check in self.reasons]
        for each in shown.people[:1]:
            if each.source is not None:
                found.append(photo_origin_text(self.ctx.texts, each.source, each.age_days))
        if shown.vouched:
            found.append(tr("queue.vouched", who=", ".join(shown.vouched)))
        return found

    def _say_look(
        self, check: CheckName, checks: tuple[CheckResult, ...], people: tuple[ReviewedPerson, ...]
    ) -> str:
        facts = dict.fromkeys(_FACTS, "—")
        result = next((each for each in checks if each.check == check), None)
        if result is not None:
            facts |= {name: str(value) for name, value in result.facts if name in _FACTS}
        about = None if result is None else result.role
        person = next((each for each in people if each.role is about), None)
        names = ("—", "—", "—")
        if person is not None:
            names = (person.client_name, person.signer or "—", person.document or "—")
        named = dict(zip(("client", "signer", "document"), names, strict=True))
        return self.ctx.tr_code(f"review_look.{check}", **facts, **named)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, send back, refuse and allow: each answer needs words and the secret."""
        there = self._shown is not None
        ready = there and self.form.filled and is_explained(self.form.reason.text())
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            self.card.larger.action(),
            Action("button.return_case", "F7", self._return, enabled=ready),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=ready),
            Action("button.allow_case", "F9", self._allow, ButtonRole.PRIMARY, enabled=ready),
        )

    def first_focus(self) -> QWidget:
        """Return the words: reasons are chosen already, the secret comes last."""
        return self.form.reason.edit

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that go when the page is left."""
        return self.form.reason.text() != ""

    def leave(self) -> None:
        """Forget who was looked at, and the secret."""
        self.form.clear()
        self._shown = None
        self._offer_reasons()
        self._name()

    def _back(self) -> None:
        self.ctx.post(LeaveReview())
        self.navigate.emit(Route.NONE.value)

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_review", "button.refuse", self._refuse)

    def _allow(self) -> None:
        chosen = tuple(
            (check, OverrideReason(choice.chosen)) for check, choice in self.reasons.items()
        )
        self._give(ReviewAnswer.ALLOW, chosen)

    def _return(self) -> None:
        self._give(ReviewAnswer.RETURN, ())

    def _refuse(self) -> None:
        self._give(ReviewAnswer.REFUSE, ())

    def _give(
        self, answer: ReviewAnswer, reasons: tuple[tuple[CheckName, OverrideReason], ...]
    ) -> None:
        if self._shown is not None:
            case, words = self._shown.waiting.case, self.form.reason.text()
            self.ctx.post(GiveReview(case, answer, reasons, words, self.form.take_secret()))
