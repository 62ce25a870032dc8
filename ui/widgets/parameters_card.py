"""What an operation asks for: the fields and questions of one, made from its definition."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.attestation import Attestation
from ui.widgets.card import Card
from ui.widgets.choice_field import ChoiceField
from ui.widgets.form import Field
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.questions.definition import AttestationQuestion
from workstation.station.snapshot import OperationOffer

__all__ = ["ParametersCard"]


class ParametersCard(Card):
    """Fields are made once and shared by the operations that name them.

    fields        those of the operation shown, by the parameter's name
    attestations  those of the operation shown, by question
    """

    def __init__(
        self,
        ctx: UiContext,
        connect: Callable[[str, Field], None],
    ) -> None:
        """Connect  is called once with every field that is made, and its parameter's name."""
        super().__init__(ctx, "operation.parameters")
        self._ctx = ctx
        self._connect = connect
        self._made: dict[FieldDefinition, Field] = {}
        self._asked: dict[AttestationQuestion, Attestation] = {}
        self.fields: dict[str, Field] = {}
        self.attestations: dict[str, Attestation] = {}
        self._captions: dict[str, str] = {}
        self._theirs: frozenset[str] = frozenset()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def show_operation(self, offer: OperationOffer) -> None:
        """Show what an operation asks for, in its order."""
        for widget in (*self.fields.values(), *self.attestations.values()):
            widget.hide()
            self._rows.removeWidget(widget)
        own = offer.definition.fields
        self.fields = {each.name: self._field(each) for each in own}
        self._captions = {each.name: _code(each) for each in own}
        self.attestations = {each.id: self._attestation(each) for each in offer.attested}
        shown: tuple[QWidget, ...] = (*self.fields.values(), *self.attestations.values())
        for widget in shown:
            self._rows.addWidget(widget)
            widget.show()
        self._theirs = offer.for_non_residents
        self.show_residence(resident=None)

    def show_residence(self, *, resident: bool | None) -> None:
        """Ask what is asked about non-residents once the register says that the customer is one."""
        for name in self._theirs:
            self.attestations[name].setVisible(resident is False)

    @property
    def filled(self) -> bool:
        """Whether anything stands in a field, be it of an operation that is not shown."""
        return any(field.text() for field in self._made.values())

    def caption(self, name: str) -> str:
        """Return the code of a shown field's own caption."""
        return self._captions[name]

    def word(self, name: str, mistake: str) -> str:
        """Return the code of what is said of a mistake: the field's own words, where it has any."""
        own = f"{self._captions.get(name, '')}.error"
        told = mistake.endswith((".missing", ".unchanged")) or not self._ctx.texts.has(own)
        return own if mistake and not told else mistake

    def forget(self) -> None:
        """Forget what was typed and answered, of every operation."""
        for field in self._made.values():
            field.free()
            field.edit.clear()
        for attestation in self._asked.values():
            attestation.clear()

    def _field(self, definition: FieldDefinition) -> Field:
        if definition not in self._made:
            made = _make(self._ctx, definition)
            self._made[definition] = made
            self._connect(definition.name, made)
        return self._made[definition]

    def _attestation(self, question: AttestationQuestion) -> Attestation:
        if question not in self._asked:
            self._asked[question] = Attestation(self._ctx, question)
        return self._asked[question]


def _make(ctx: UiContext, definition: FieldDefinition) -> Field:
    code = _code(definition)
    if definition.type is FieldType.CHOICE:
        return ChoiceField(ctx, code, definition)
    made = Field(ctx, code, longest=definition.longest)
    if definition.hint is not None:
        made.set_hint(f"{code}.hint")
    return made


def _code(definition: FieldDefinition) -> str:
    return f"field.{definition.id}"
