"""The customer's own answer to the consent, where a touch screen or a key pad is at hand."""

from PySide6.QtCore import QObject, Signal

from ui.context import UiContext
from ui.customer.answer_pad import AnswerPad
from ui.theme.touch import has_touch_screen
from workstation.documents.texts import Texts
from workstation.session.evidence import ConsentBy
from workstation.session.states import State
from workstation.station.commands import AnswerQuestion, GiveConsent, RefuseConsent
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["OwnAnswer"]


class OwnAnswer(QObject):
    """Offers the pad at CONSENT and nowhere else; a refusal is asked about once more.

    changed   another question is on the screen
    question  code of what is asked instead of the state's own prompt, empty for that; questions
              of the policy come before the consent, one by one
    """

    changed = Signal()

    def __init__(self, ctx: UiContext, pad: AnswerPad) -> None:
        super().__init__(pad)
        self._ctx = ctx
        self._pad = pad
        self._seen: SessionSnapshot | None = None
        self._refusing = ""
        self.question = ""
        pad.answered.connect(self._answer)

    def is_at_hand(self, station: StationStatus) -> bool:
        """Say whether the customer can answer with their own hand at all."""
        return station.customer_touch or station.customer_keys or has_touch_screen()

    def offer(
        self,
        seen: SessionSnapshot | None,
        station: StationStatus,
        texts: tuple[Texts, Texts],
    ) -> None:
        """Offer what may be answered now; None for a window that nobody can read."""
        self._seen = seen
        asked = seen is not None and seen.state is State.CONSENT and seen.consent != ""
        self.question = ""
        if seen is None or not asked or seen.busy or not self.is_at_hand(station):
            self._refusing = ""
            if asked and seen is not None and seen.question:
                self.question = f"attest.{seen.question}"
            self._pad.withdraw()
            return
        if seen.question:
            self.question = code = f"attest.{seen.question}"
            about = f"{_name_text(seen)} {code} {seen.message}"
            self._pad.offer(about, _both(texts, f"{code}.yes"), _both(texts, f"{code}.no"))
            return
        if self._refusing != _name_case(seen):
            self._refusing = ""
        self.question = "customer.refuse_sure" if self._refusing else ""
        yes, no = ("back", "refuse_yes") if self._refusing else ("agree", "disagree")
        # What the station refused is offered again.
        about = f"{_name_text(seen)} {yes} {seen.message}"
        self._pad.offer(about, _both(texts, f"customer.{yes}"), _both(texts, f"customer.{no}"))

    def _answer(self, yes: bool, by: ConsentBy) -> None:  # noqa: FBT001 - a signal's argument
        seen = self._seen
        if seen is None or seen.state is not State.CONSENT:
            return
        if seen.question:
            self._ctx.post(AnswerQuestion(seen.question, yes, by))
            return
        if self._refusing:
            self._refusing = ""
            if not yes:
                self._ctx.post(RefuseConsent(by))
                return
        elif yes:
            self._ctx.post(GiveConsent(seen.language, by))
            return
        else:
            self._refusing = _name_case(seen)
        self.changed.emit()


def _name_case(seen: SessionSnapshot) -> str:
    """Return what tells one person's consent in one case from every other."""
    return f"{seen.session} {seen.turn}"


def _name_text(seen: SessionSnapshot) -> str:
    """Return what tells the text that is agreed to: in another language it is another one."""
    return f"{_name_case(seen)} {seen.language} {seen.consent}"


def _both(texts: tuple[Texts, Texts], code: str) -> str:
    first, second = (each.tr(code) for each in texts)
    return first if first == second else f"{first}\n{second}"
