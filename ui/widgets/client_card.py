"""The customer on the form: by the twelfth digit of the ИИН the person registry is asked.

The digits are typed, or read from the document.
"""

from typing import Final

from PySide6.QtCore import Signal

from resources import LANGUAGES
from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel, set_tone
from ui.wording import day_text
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.typed import IIN_DIGITS
from workstation.station.commands import LookUpPerson
from workstation.station.snapshot import DocumentView, PersonNote, PersonView
from workstation.verification.case import find_mistake

__all__ = ["ClientCard"]

_DIGITS: Final = IIN_DIGITS
_LONGEST_NAME: Final = 128
_TONES: Final = {
    PersonNote.ASKING: Tone.NOW,
    PersonNote.NO_ANSWER: Tone.WARN,
    PersonNote.NOT_FOUND: Tone.WARN,
    PersonNote.BIRTH_UNKNOWN: Tone.WARN,
}


class ClientCard(Card):
    """ИИН, name and language; a name that the registry told is confirmed, not typed.

    person   who was looked up for the ИИН that stands in the field, None for nobody
    changed  tells that it is somebody else now, or that more is known
    """

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "operation.client")
        self._ctx = ctx
        self._looked_up = ""
        self.person: PersonView | None = None
        self._document: DocumentView | None = None
        self.iin = Field(ctx, "field.iin", longest=_DIGITS, typing=Typing.DIGITS)
        self.name = Field(ctx, "field.name")
        self.iin.take_whole(FieldType.IIN, _DIGITS)
        self.name.take_whole(FieldType.TEXT, _LONGEST_NAME)
        self.iin.keep_room(2)
        self.name.keep_room()
        self.language = ChoiceList()
        self.language.addItems(["", "", ""])
        caption = CodeLabel(ctx, "field.language", "caption")
        caption.setBuddy(self.language)
        self.document = CodeLabel(ctx, "", "caption", wrap=True)
        self.document.hide()
        self.body.setSpacing(4)
        for widget in (self.iin, self.name, caption, self.language, self.document):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.iin.edit.textChanged.connect(self._look_up)
        ctx.changed.connect(self._name_languages)
        self._language_chosen = False
        self.language.activated.connect(self._choose_language)
        self._name_languages()

    @property
    def found(self) -> bool:
        """Whether name and number come from the registry."""
        return self.person is not None and self.person.name != ""

    @property
    def asking(self) -> bool:
        """Whether the answer is on its way."""
        return self.person is not None and PersonNote.ASKING in self.person.notes

    @property
    def may_ask_again(self) -> bool:
        """Whether the registry has not answered."""
        return self.person is not None and PersonNote.NO_ANSWER in self.person.notes

    def ask_again(self) -> None:
        """Ask once more who has the ИИН."""
        self._ctx.post(LookUpPerson(self.iin.text()))

    def show_person(self, view: PersonView | None) -> None:
        """Show who was found, and keep what was typed when nobody was."""
        here = view if view is not None and view.iin == self.iin.text() else None
        if here is None and self._looked_up:
            return  # The question is on its way.
        if here != self.person:
            self._show(here)

    def _show(self, here: PersonView | None) -> None:
        self.person = here
        if here is not None and (here.name or self.asking):
            self.name.fix(here.name)
        else:
            self.name.free()
        self.name.mark(bad=False, code="field.name_check" if self.found else "", tone=Tone.OK)
        self.changed.emit()

    def show_document(self, view: DocumentView | None) -> bool:
        """Fill the ИИН of a newly read document in, as if typed; whether it was one."""
        read = view is not None and view.iin != "" and view != self._document
        self._document = view
        if view is not None and read:
            self.iin.edit.setText(view.iin)
        self._show_document()
        return read

    def _show_document(self) -> None:
        """Say what the document of this ИИН states, or why none was read."""
        view = self._document
        code, values = "", {}
        if view is not None and view.fault:
            code = view.fault
        elif view is not None and view.iin and view.iin == self.iin.text():
            code = "operation.document"
            values = {
                "name": view.name,
                "number": view.number_masked,
                "birth": "" if view.birth_date is None else day_text(view.birth_date),
                "expiry": "" if view.expiry is None else day_text(view.expiry),
            }
        set_tone(self.document, Tone.NONE if values else Tone.WARN)
        self.document.set_code(code, **values)
        self.document.setVisible(code != "")

    def show_message(self, mistake: str) -> None:
        """Say beside the ИИН what is wrong with it, or what is known of the person."""
        person = self.person
        if mistake or person is None:
            self.iin.mark(bad=mistake != "", code=mistake)
            return
        born = "—" if person.birth_date is None else day_text(person.birth_date)
        if not person.notes:
            sex = self._ctx.tr_code(f"sex.{person.sex}") if person.sex else "—"
            self.iin.mark(bad=False, code="person_note.found", tone=Tone.OK, born=born, sex=sex)
            return
        note = person.notes[0]
        tone = _TONES.get(note, Tone.BAD)
        self.iin.mark(bad=tone is Tone.BAD, code=f"person_note.{note.value}", tone=tone)

    def forget(self) -> None:
        """Forget the customer, at the registry's desk, too."""
        if self._looked_up:
            self._ctx.post(LookUpPerson(""))
        self.iin.edit.clear()
        self.name.edit.clear()
        self._language_chosen = False
        self._name_languages()

    def look_up_again(self) -> None:
        """Ask about the ИИН that still stands here: the answer was used up by a session."""
        self._looked_up = ""
        self._look_up()

    def _look_up(self) -> None:
        self._show_document()
        iin = self.iin.text()
        if iin == self._looked_up:
            return
        self._looked_up = ""
        self._show(None)
        if len(iin) == _DIGITS and not find_mistake("iin", iin):
            self._looked_up = iin
            self._ctx.post(LookUpPerson(iin))
            # At once, so that Tab passes the name however fast it is pressed.
            self._show(PersonView(iin, (PersonNote.ASKING,)))

    def _choose_language(self, _index: int) -> None:
        self._language_chosen = True

    def _name_languages(self) -> None:
        """Word the languages; until one is chosen the customer's is the screen's."""
        for index, language in enumerate(LANGUAGES):
            self.language.setItemText(index, self._ctx.tr_code(f"language.{language}"))
        self.language.setAccessibleName(self._ctx.tr_code("field.language"))
        if not self._language_chosen:
            self.language.setCurrentIndex(LANGUAGES.index(self._ctx.texts.language))
