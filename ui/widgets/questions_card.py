"""What the teller is asked about an operation, one question a line."""

from collections.abc import Collection

from PySide6.QtCore import Signal

from ui.context import UiContext
from ui.widgets.attestation import AttestationField
from ui.widgets.card import Card
from workstation.rules.questions.definition import AttestationQuestion
from workstation.station.snapshot import OperationOffer

__all__ = ["QuestionsCard"]


class QuestionsCard(Card):
    """Hidden where nothing is asked; an answer stays with its question, whatever is shown.

    attestations  those of the operation shown, by question
    changed  tells that one was answered
    """

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self.body.setContentsMargins(16, 8, 16, 8)
        self.body.setSpacing(4)
        self._ctx = ctx
        self._made: dict[AttestationQuestion, AttestationField] = {}
        self._theirs: frozenset[str] = frozenset()
        self.attestations: dict[str, AttestationField] = {}
        self.hide()

    def show_operation(self, offer: OperationOffer) -> None:
        """Show what is asked about an operation, in its order."""
        for widget in self.attestations.values():
            widget.hide()
            self.body.removeWidget(widget)
        self.attestations = {each.id: self._attestation(each) for each in offer.attested}
        for widget in self.attestations.values():
            self.body.addWidget(widget)
            widget.show()
        self._theirs = offer.for_non_residents
        self.show_residence(resident=None)

    def show_residence(self, *, resident: bool | None) -> None:
        """Ask what is asked about non-residents once the register says that the customer is one."""
        for name in self._theirs:
            self.attestations[name].setVisible(resident is False)
        self.setVisible(any(not each.isHidden() for each in self.attestations.values()))

    @property
    def filled(self) -> bool:
        """Whether anything was answered, be it of an operation that is not shown."""
        return any(each.answer() is not None for each in self._made.values())

    def answers(self) -> tuple[tuple[str, bool], ...]:
        """Return the answers to what is asked, by question; what was not answered is not there."""
        asked = ((name, each) for name, each in self.attestations.items() if not each.isHidden())
        given = ((name, each.answer()) for name, each in asked)
        return tuple((name, answer) for name, answer in given if answer is not None)

    def mark_unanswered(self, questions: Collection[str]) -> AttestationField | None:
        """Mark the questions that have to be answered first, and return the first of them."""
        for name, each in self.attestations.items():
            each.mark(unanswered=name in questions)
        marked = [each for name, each in self.attestations.items() if name in questions]
        return marked[0] if marked else None

    def forget(self) -> None:
        """Forget what was answered, of every operation."""
        for attestation in self._made.values():
            attestation.clear()

    def _attestation(self, question: AttestationQuestion) -> AttestationField:
        if question not in self._made:
            made = self._made[question] = AttestationField(self._ctx, question)
            made.changed.connect(self.changed)
        return self._made[question]
