"""The operation form: three kinds, the customer, the attestations; judged by the core alone."""

from typing import Final

from PySide6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QHBoxLayout, QWidget

from resources import LANGUAGES
from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.attestation import Attestation
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ActionButton, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel
from workstation.rules.checks import CheckId
from workstation.rules.operation import OperationKind
from workstation.station.commands import BeginOperation
from workstation.station.snapshot import StationStatus
from workstation.verification.case import OperationForm

__all__ = ["OperationScreen"]

_FIELDS: Final = {
    OperationKind.CHANGE_TRUSTED_PHONE: ("new_phone", "old_phone"),
    OperationKind.APP_REGISTRATION: ("new_phone", "device"),
    OperationKind.LOAN_ISSUE: ("new_phone", "amount_kzt", "term_months"),
}
_ATTESTED: Final = {
    OperationKind.CHANGE_TRUSTED_PHONE: (CheckId.OLD_NUMBER_CALLED,),
    OperationKind.APP_REGISTRATION: (),
    OperationKind.LOAN_ISSUE: (CheckId.QUESTIONNAIRE,),
}
_CLIENT: Final = ("iin", "name")
_PARAMETERS: Final = ("new_phone", "old_phone", "device", "amount_kzt", "term_months")
_LONGEST: Final = {"iin": 12, "amount_kzt": 14, "term_months": 4, "device": 64}
_NOTICE_FIELDS: Final = {"phone": "new_phone"}


class OperationScreen(Screen):
    """What was typed stays until the core accepts it; then it is forgotten here."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "operation.title")
        self.kind = OperationKind.CHANGE_TRUSTED_PHONE
        self._session = ""
        self.fields = {
            name: Field(ctx, f"field.{name}", longest=_LONGEST.get(name, 128))
            for name in (*_CLIENT, *_PARAMETERS)
        }
        self.attestations = {
            check: Attestation(ctx, check)
            for check in (CheckId.OLD_NUMBER_CALLED, CheckId.QUESTIONNAIRE)
        }
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.column.addWidget(self.banner)
        self.column.addLayout(self._kinds())
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._client_card(), 1)
        row.addWidget(self._parameters_card(), 1)
        self.column.addLayout(row)
        self.column.addStretch(1)
        for field in self.fields.values():
            field.edit.textChanged.connect(self.actions_changed)
        ctx.changed.connect(self._name_languages)
        self._select_kind(0)

    def _kinds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.kinds = QButtonGroup(self)
        for index, (kind, icon) in enumerate(
            zip(OperationKind, ("smartphone", "user-check", "banknote"), strict=True)
        ):
            button = ActionButton(self.ctx, f"operation.{kind.value}", icon=icon)
            button.setCheckable(True)
            button.setChecked(kind is self.kind)
            self.kinds.addButton(button, index)
            row.addWidget(button)
        row.addStretch(1)
        self.kinds.idClicked.connect(self._select_kind)
        return row

    def _client_card(self) -> Card:
        card = Card(self.ctx, "operation.client")
        for name in _CLIENT:
            card.body.addWidget(self.fields[name])
        caption = CodeLabel(self.ctx, "field.language", "caption")
        self.language = QComboBox()
        self.language.addItems(["", "", ""])
        caption.setBuddy(self.language)
        self._name_languages()
        self.language.setCurrentIndex(LANGUAGES.index(self.ctx.texts.language))
        card.body.addWidget(caption)
        card.body.addWidget(self.language)
        card.body.addStretch(1)
        return card

    def _name_languages(self) -> None:
        for index, language in enumerate(LANGUAGES):
            self.language.setItemText(index, self.ctx.tr_code(f"language.{language}"))
        self.language.setAccessibleName(self.ctx.tr_code("field.language"))

    def _parameters_card(self) -> Card:
        card = Card(self.ctx, "operation.parameters")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for index, name in enumerate(_PARAMETERS):
            grid.addWidget(self.fields[name], index, 0)
        card.body.addLayout(grid)
        for attestation in self.attestations.values():
            card.body.addWidget(attestation)
        card.body.addStretch(1)
        return card

    def _select_kind(self, index: int) -> None:
        self.kind = tuple(OperationKind)[index]
        for name in _PARAMETERS:
            self.fields[name].setVisible(name in _FIELDS[self.kind])
        changed = self.kind is OperationKind.CHANGE_TRUSTED_PHONE
        self.fields["new_phone"].set_caption(
            "field.changed_phone" if changed else "field.new_phone"
        )
        for check, attestation in self.attestations.items():
            attestation.setVisible(check in _ATTESTED[self.kind])
        self.actions_changed.emit()

    def show_station(self, status: StationStatus) -> None:
        """Show which field the core did not accept."""
        named = _NOTICE_FIELDS.get(status.message_field, status.message_field)
        for name, field in self.fields.items():
            hit = name == named and status.message != ""
            field.mark(bad=hit, code=status.message if hit else "")
        self.banner.show_status(Tone.WARN, "" if named in self.fields else status.message)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back and forward; forward needs every field of the kind filled."""
        needed = (*_CLIENT, *_FIELDS[self.kind])
        filled = all(self.fields[name].text() for name in needed)
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.begin", "F9", self._begin, ButtonRole.PRIMARY, enabled=filled),
        )

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _begin(self) -> None:
        typed = {
            name: self.fields[name].text() if name in _FIELDS[self.kind] else ""
            for name in _PARAMETERS
        }
        answers = ((check, self.attestations[check].answer()) for check in _ATTESTED[self.kind])
        form = OperationForm(
            kind=self.kind,
            untrusted_iin=self.fields["iin"].text(),
            untrusted_name=self.fields["name"].text(),
            untrusted_new_phone=typed["new_phone"],
            untrusted_old_phone=typed["old_phone"],
            untrusted_device=typed["device"],
            untrusted_amount_kzt=typed["amount_kzt"],
            untrusted_term_months=typed["term_months"],
            attestations=tuple((check, given) for check, given in answers if given is not None),
            language=LANGUAGES[self.language.currentIndex()],
        )
        self.ctx.post(BeginOperation(form))

    def first_focus(self) -> QWidget:
        """Return the ИИН field."""
        return self.fields["iin"].edit

    def leave(self) -> None:
        """Forget the customer: personal data does not outlive the form."""
        for field in self.fields.values():
            field.edit.clear()
            field.mark(bad=False)
        for attestation in self.attestations.values():
            attestation.clear()
