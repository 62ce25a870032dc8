"""The operation form: three kinds, the customer, the attestations; judged by the core alone.

With the registry at hand the ИИН and the new number are typed and nothing else: Tab goes from the
one to the other. The ИИН may come from the document, held before the camera.
"""

from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QStackedWidget, QWidget

from resources import LANGUAGES
from ui.context import UiContext
from ui.navigation import Route
from ui.screens.document_picture import DocumentPicture
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.attestation import Attestation
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ActionButton, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.client_card import ClientCard
from ui.widgets.form import Field
from workstation.rules.checks import CheckId
from workstation.rules.operation import OperationKind
from workstation.session.states import State
from workstation.station.commands import BeginOperation, CancelDocument, ReadDocument
from workstation.station.snapshot import (
    DocumentView,
    PreviewImage,
    SessionSnapshot,
    StationStatus,
)
from workstation.verification.case import OperationForm, find_mistake

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
_PARAMETERS: Final = ("new_phone", "old_phone", "device", "amount_kzt", "term_months")
_LONGEST: Final = {"iin": 12, "amount_kzt": 14, "term_months": 4, "device": 64}
_NOTICE_FIELDS: Final = {"phone": "new_phone"}


class OperationScreen(Screen):
    """What was typed stays while it can still be corrected; `forget` ends that."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "operation.title")
        self.kind = OperationKind.CHANGE_TRUSTED_PHONE
        self.client = ClientCard(ctx)
        self.fields = {
            "iin": self.client.iin,
            "name": self.client.name,
            **{
                name: Field(ctx, f"field.{name}", longest=_LONGEST.get(name, 128))
                for name in _PARAMETERS
            },
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
        row.addWidget(self.client, 1)
        self.picture = DocumentPicture(ctx)
        self.right = QStackedWidget()
        self.right.addWidget(self._parameters_card())
        self.right.addWidget(self.picture)
        row.addWidget(self.right, 1)
        self.column.addLayout(row)
        self.column.addStretch(1)
        self._left = False
        self._document: DocumentView | None = None
        self._mistakes: dict[str, str] = {}
        self._status: StationStatus | None = None
        for name, field in self.fields.items():
            field.edit.textChanged.connect(self.actions_changed)
            field.edit.textEdited.connect(partial(self._note_mistake, name, ""))
            field.edit.editingFinished.connect(partial(self._find_mistake, name))
        self.client.changed.connect(self._show_person)
        self._order_focus()
        self._select_kind(0)

    def _order_focus(self) -> None:
        """Let Tab go through what is typed first: the language is chosen once, if ever."""
        asked = (each.yes for each in self.attestations.values())
        typed = (field.edit for field in self.fields.values())
        for before, after in pairwise((*typed, *asked, self.client.language)):
            QWidget.setTabOrder(before, after)

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

    def _find_mistake(self, name: str) -> None:
        """Say beside a field what is wrong with it as soon as it has been typed."""
        field = self.fields[name]
        text = "" if field.fixed else field.text()
        self._note_mistake(name, find_mistake(name, text) if text else "")

    def _note_mistake(self, name: str, mistake: str, _typed: str = "") -> None:
        self._mistakes[name] = mistake
        self._show_message(name)

    def _show_message(self, name: str) -> None:
        """Show what the core did not accept, or the mistake that was found while typing."""
        status = self._status
        code = self._mistakes.get(name, "")
        if status is not None and status.message and name == _name_field(status):
            code = status.message
        if name == "iin":
            self.client.show_message(code)
        elif not self.fields[name].fixed:
            self.fields[name].mark(bad=code != "", code=code)

    def show_station(self, status: StationStatus) -> None:
        """Show which field the core did not accept."""
        self._status = status
        for name in self.fields:
            self._show_message(name)
        named = _name_field(status)
        self.banner.show_status(Tone.WARN, "" if named in self.fields else status.message)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show who was looked up, and the document that is or was read."""
        if self._left and snapshot.state is State.IDLE:
            self._left = False
            self.client.look_up_again()
        self._show_document(snapshot.document if snapshot.state is State.IDLE else None)
        self.client.show_person(snapshot.person)

    def _show_document(self, view: DocumentView | None) -> None:
        """Show the camera while a document is held before it; then what it says."""
        self._document = view
        self.picture.show_document(view)
        self.right.setCurrentIndex(1 if self.picture.reading else 0)
        if self.client.show_document(view):
            self._note_mistake("iin", "")
        self.actions_changed.emit()

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera while a document is held before it."""
        self.picture.show_image(image)

    def _show_person(self) -> None:
        """Show the number on file: it is not typed either."""
        person, old = self.client.person, self.fields["old_phone"]
        if person is not None and (person.phone_masked or self.client.asking):
            old.fix(person.phone_masked)
            old.mark(bad=False)
        else:
            old.free()
        found = person is not None and person.phone_masked != ""
        old.set_caption("field.old_phone_found" if found else "field.old_phone")
        self._show_message("iin")
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back and forward; forward needs every field of the kind filled."""
        needed = ("iin", "name", *_FIELDS[self.kind])
        filled = all(self.fields[name].text() for name in needed)
        again = Action("button.ask_again", "F6", self.client.ask_again)
        stop = Action("button.stop_reading", "F6", self._stop_reading)
        read = Action("button.read_document", "F3", self._read)
        middle = (read, again) if self.client.may_ask_again else (read,)
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            *((stop,) if self.picture.reading else middle),
            Action("button.begin", "F9", self._begin, ButtonRole.PRIMARY, enabled=filled),
        )

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _read(self) -> None:
        self.ctx.post(ReadDocument())

    def _stop_reading(self) -> None:
        self.ctx.post(CancelDocument())

    def _begin(self) -> None:
        typed = {
            name: field.text() if name in _FIELDS[self.kind] and not field.fixed else ""
            for name, field in self.fields.items()
        }
        answers = ((check, self.attestations[check].answer()) for check in _ATTESTED[self.kind])
        form = OperationForm(
            kind=self.kind,
            untrusted_iin=self.client.iin.text(),
            untrusted_name=self.client.name.text(),
            untrusted_new_phone=typed["new_phone"],
            untrusted_old_phone=typed["old_phone"],
            untrusted_device=typed["device"],
            untrusted_amount_kzt=typed["amount_kzt"],
            untrusted_term_months=typed["term_months"],
            attestations=tuple((check, given) for check, given in answers if given is not None),
            language=LANGUAGES[self.client.language.currentIndex()],
        )
        self.ctx.post(BeginOperation(form))

    def first_focus(self) -> QWidget:
        """Return the ИИН field."""
        return self.client.iin.edit

    def leave(self) -> None:
        """Ask anew who the customer is when the form comes back: a session uses the answer up.

        A document that is being read, or is not of this ИИН, is done with.
        """
        self._left = True
        view, self._document = self._document, None
        if view is not None and not (view.iin and view.iin == self.client.iin.text()):
            self.ctx.post(CancelDocument())

    def forget(self) -> None:
        """Forget the customer: personal data does not outlive the form."""
        self._left = False
        if not any(field.text() for field in self.fields.values()):
            return
        self.client.forget()
        for name, field in self.fields.items():
            field.free()
            field.edit.clear()
            self._note_mistake(name, "")
        for attestation in self.attestations.values():
            attestation.clear()


def _name_field(status: StationStatus) -> str:
    """Return the field that the station's message is about."""
    return _NOTICE_FIELDS.get(status.message_field, status.message_field)
