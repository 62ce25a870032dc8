"""The operation form: what a policy offers, the customer, the attestations; the core judges alone.

With the registry at hand the ИИН and the new number are typed and nothing else: Tab goes from the
one to the other. The ИИН may come from the document, held before the camera.
"""

from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from resources import LANGUAGES
from ui.context import UiContext
from ui.navigation import Route
from ui.screens.document_picture import DocumentPicture
from ui.screens.screen import Screen
from ui.widgets.attestation import AttestationField
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.client_card import ClientCard
from ui.widgets.confirm import ask
from ui.widgets.form import Field
from ui.widgets.form_judge import FormJudge
from ui.widgets.form_side import FormSide
from ui.widgets.operation_picker import OperationPicker
from ui.widgets.page_stack import OnePageStack
from ui.widgets.parameters_card import ParametersCard
from ui.widgets.questions_card import QuestionsCard
from ui.widgets.scrolling import scroll_area
from ui.widgets.second_person_card import SecondPersonCard
from workstation.session.states import State
from workstation.station.commands import BeginOperation, CancelDocument, ReadDocument
from workstation.station.snapshot import (
    DocumentView,
    OperationOffer,
    PersonView,
    PreviewImage,
    SessionSnapshot,
    StationStatus,
)
from workstation.verification.case import OperationForm

__all__ = ["OperationScreen"]

_NOTICE_FIELDS: Final = {"phone": "new_phone"}


class OperationScreen(Screen):
    """What was typed stays while it can still be corrected; `forget` ends that."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "operation.title")
        self.offers: tuple[OperationOffer, ...] = ()
        self.offer: OperationOffer | None = None
        self.side = FormSide(ctx)
        self.judge = FormJudge(lambda: self.fields, self._show_message)
        self.client = ClientCard(ctx)
        self.parameters = ParametersCard(ctx, self._connect)
        self.second_person = SecondPersonCard(ctx, self._connect)
        self.questions = QuestionsCard(ctx)
        self.kinds = OperationPicker(ctx)
        self.kinds.activated.connect(self.select)
        self.picture = DocumentPicture(ctx)
        self.right = OnePageStack()
        for page in (self.parameters, self.picture):
            self.right.addWidget(page)
        self._lay_out()
        self._left = False
        self._document: DocumentView | None = None
        self._status: StationStatus | None = None
        for name in ("iin", "name"):
            self._connect(name, self.fields[name])
        self.client.changed.connect(self._show_person)
        self.second_person.chosen.connect(self._changed)
        self.questions.changed.connect(self._changed)
        self._order_focus()

    def _lay_out(self) -> None:
        self.headline.insertWidget(1, self.kinds, 4)
        self.headline.insertWidget(2, self.second_person.roles, 2)
        self.area = _stack((self.client, self.right), (self.second_person, self.questions))
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addWidget(self.area, 1)
        halves.addWidget(self.side)
        self.column.addLayout(halves, 1)

    @property
    def fields(self) -> dict[str, Field]:
        """Return the fields of the operation that is chosen, by name: the customer's first."""
        own = {"iin": self.client.iin, "name": self.client.name}
        return own | self.parameters.fields | self.second_person.fields

    @property
    def attestations(self) -> dict[str, AttestationField]:
        """Return the questions of the operation that is chosen."""
        return self.questions.attestations

    def _connect(self, name: str, field: Field) -> None:
        field.edit.textChanged.connect(self._changed)
        field.edit.textEdited.connect(self.notice_read)
        self.judge.connect(name, field)

    def _order_focus(self) -> None:
        """Let Tab go through what is typed first: the language is chosen once, if ever."""
        asked = (each.yes for each in self.attestations.values())
        typed = (entry for field in self.fields.values() for entry in field.entries)
        for before, after in pairwise((*typed, *asked, self.client.language)):
            QWidget.setTabOrder(before, after)

    def _offer(self, offers: tuple[OperationOffer, ...]) -> None:
        """Offer other operations than before: the policy in force is another one."""
        if offers == self.offers:
            return
        chosen = None if self.offer is None else self.offer.definition.kind
        typed = self.parameters.typed()
        self.offers = offers
        self.kinds.offer([each.definition for each in offers])
        kinds = [each.definition.kind for each in offers]
        if kinds:
            self.select(kinds.index(chosen) if chosen in kinds else 0)
        if chosen in kinds:
            self.parameters.type_again(typed)

    def select(self, index: int) -> None:
        """Choose an operation by its place among those on offer."""
        self.offer = self.offers[index]
        self.judge.definition = self.offer.definition
        with QSignalBlocker(self.kinds):
            self.kinds.setCurrentIndex(index)
        self.parameters.show_operation(self.offer)
        self.questions.show_operation(self.offer)
        self.second_person.offer(self.offer.parties)
        self._order_focus()
        self._show_person()
        for name in self.parameters.fields:
            self.judge.judge(name)
        self._changed()

    def _changed(self) -> None:
        """Show what the policy will check by what stands here now, and take the last word back."""
        self.side.say("")
        if self.offer is not None:
            self.side.foresee(self.offer, _read_form(self, self.offer), self._registered)
        self.actions_changed.emit()

    @property
    def _registered(self) -> PersonView | None:
        """What the register says of whoever has the ИИН in the form, None while it says nothing."""
        return self.client.person if self.client.found else None

    def _show_message(self, name: str) -> None:
        """Show what the core did not accept, or the mistake that was found while typing."""
        status = self._status
        code = self.judge.mistake(name)
        if status is not None and status.message and name == _name_field(status):
            code = status.message
        if name == "iin":
            self.client.show_message(code)
        elif name in self.fields and not self.fields[name].fixed:
            self.fields[name].mark(bad=code != "", code=self.parameters.word(name, code))

    def show_station(self, status: StationStatus) -> None:
        """Show which field the core did not accept."""
        self._status = status
        self._offer(status.operations)
        for name in self.fields:
            self._show_message(name)
        if status.message:
            named = _name_field(status)
            field = self.fields.get(named)
            self.side.say(self.parameters.word(named, status.message), field)

    def find_field(self, name: str) -> QWidget | None:
        """Return what takes the focus when the field of this name was refused."""
        field = self.fields.get(_NOTICE_FIELDS.get(name, name))
        return None if field is None or field.fixed else field.entries[0]

    @property
    def unsaved(self) -> bool:
        """Whether anything was typed that goes when the form is left."""
        typed = self.client.iin.text() or self.client.name.text() or self.parameters.filled
        return bool(typed) or self.questions.filled or self.second_person.filled

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
            self.judge.note("iin", "")
        self.actions_changed.emit()

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera while a document is held before it."""
        self.picture.show_image(image)

    def _show_person(self) -> None:
        """Show what the register says of the operation's fields: it is not typed either."""
        person = self.client.person
        self.questions.show_residence(resident=None if person is None else person.resident)
        known = {} if person is None else person.registered()
        self.parameters.show_registered(known, asking=self.client.asking)
        self._show_message("iin")
        self._changed()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back and forward; forward says what is missing, and goes there."""
        may = self.offer is not None
        again = Action("button.ask_again", "F6", self.client.ask_again)
        stop = Action("button.stop_reading", "F6", partial(self.ctx.post, CancelDocument()))
        read = Action("button.read_document", "F3", partial(self.ctx.post, ReadDocument()))
        middle = (read, again) if self.client.may_ask_again else (read,)
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            *((stop,) if self.picture.reading else middle),
            Action("button.begin", "F9", self._begin, ButtonRole.PRIMARY, enabled=may),
        )

    def _back(self) -> None:
        if self.unsaved:
            ask(self.ctx, self, "ask.leave_form", "button.leave_form", self._leave_form)
        else:
            self._leave_form()

    def _leave_form(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _begin(self) -> None:
        """Begin when all is right and answered; otherwise go to the first that is not."""
        if self.offer is None:
            return
        form = _read_form(self, self.offer)
        if self.client.asking:
            self.side.say("operation.still_asking")
            return
        mistakes = self.judge.judge_whole(form)
        for name, code in mistakes.items():
            self.side.say(self.parameters.word(name, code), self.fields[name])
            self._focus_on(self.find_field(name))
            return
        needed = self.side.find_unanswered(self.offer, form, self._registered)
        question = self.questions.mark_unanswered(needed)
        if question is not None:
            self.side.say("operation.unanswered")
            self._focus_on(question.yes)
            return
        self.ctx.post(BeginOperation(form))

    def _focus_on(self, widget: QWidget | None) -> None:
        if widget is not None:
            widget.setFocus()
            self.area.ensureWidgetVisible(widget)

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
        if not self.unsaved:
            return
        self.client.forget()
        self.judge.forget()
        self.parameters.forget()
        self.questions.forget()
        self.second_person.forget()


def _read_form(page: OperationScreen, offer: OperationOffer) -> OperationForm:
    """Return the form as it stands."""
    typed = (
        (name, "" if field.fixed else field.text())
        for name, field in page.parameters.fields.items()
    )
    return OperationForm(
        kind=offer.definition.kind,
        untrusted_iin=page.client.iin.text(),
        untrusted_name=page.client.name.text(),
        untrusted_values=tuple(typed),
        attestations=page.questions.answers(),
        language=LANGUAGES[page.client.language.currentIndex()],
        second=page.second_person.form,
    )


def _stack(beside: tuple[QWidget, ...], below: tuple[QWidget, ...]) -> QScrollArea:
    """Return the cards of the form: some beside each other, the others below them."""
    row, form = QHBoxLayout(), QVBoxLayout()
    row.setSpacing(16)
    for half in beside:
        row.addWidget(half, 1)
    form.setContentsMargins(0, 0, 0, 0)
    form.setSpacing(6)
    form.addLayout(row)
    for card in below:
        form.addWidget(card)
    form.addStretch(1)
    return scroll_area(form)


def _name_field(status: StationStatus) -> str:
    """Return the field that the station's message is about."""
    return _NOTICE_FIELDS.get(status.message_field, status.message_field)
