"""A case of the queue: what a supervisor sees of it before saying anything."""

from typing import Final

from ui.context import UiContext
from ui.screens.opened_screen import OpenedScreen
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.confirm import ask
from ui.widgets.reason_choice import ReasonChoice
from ui.wording import number_text, photo_origin_text
from workstation.review.waiting_review import ReviewAnswer, ReviewedCase, ReviewedPerson
from workstation.rules.checks import CheckName, CheckResult
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.station.commands import GiveReview
from workstation.station.snapshot import StationStatus

__all__ = ["QueueScreen"]

_WORDS: Final = 320
"""Pixels that one customer's photos leave to the words: narrower ones would ask for more height."""

_FACTS: Final = ("hours", "least", "clients", "allowed")


class QueueScreen(OpenedScreen[ReviewedCase]):
    """Both faces, what each check found, why the teller asks; reasons, words and the own secret."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "queue.title", "queue.hint")
        self.reasons: dict[CheckName, ReasonChoice] = {}

    def find_opened(self, status: StationStatus) -> ReviewedCase | None:
        """Return the case that was opened."""
        return status.review

    def offer_reasons(self) -> None:
        """Ask for a reason of each check that is open, above the words."""
        for choice in self.reasons.values():
            self.form.body.removeWidget(choice)
            # It is deleted in the loop's next turn; till then it would lie over the new ones.
            choice.hide()
            choice.deleteLater()
        asked = () if self.shown is None else self.shown.waiting.asked
        below = self.form.body.indexOf(self.form.hint) + 1
        self.reasons = {}
        for place, check in enumerate(dict.fromkeys(asked)):
            choice = ReasonChoice(self.ctx, "override_reason", f"check.{check}")
            choice.offer(list_reasons(check))
            self.form.body.insertWidget(below + place, choice)
            self.reasons[check] = choice

    def show_opened(self) -> None:
        """Show who asks for what, both faces, why it is looked at and what was found."""
        shown, tr = self.shown, self.ctx.tr_code
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
        shown, tr = self.shown, self.ctx.tr_code
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
        there = self.shown is not None
        ready = there and self.form.filled and is_explained(self.form.reason.text())
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            self.card.larger.action(),
            Action("button.return_case", "F7", self._return, enabled=ready),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=ready),
            Action("button.allow_case", "F9", self._allow, ButtonRole.PRIMARY, enabled=ready),
        )

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
        if self.shown is not None:
            case, words = self.shown.waiting.case, self.form.reason.text()
            self.ctx.post(GiveReview(case, answer, reasons, words, self.form.take_secret()))
