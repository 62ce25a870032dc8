"""Who comes with the customer, or instead: chosen from what the policy offers, then typed."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.verification.case import SecondPersonForm

__all__ = ["SecondPersonCard"]

_DIGITS = 12
_LONGEST_NAME = 128
_LONGEST_NUMBER = 40


class SecondPersonCard(Card):
    """Hidden until somebody is chosen; without a choice nothing more is asked.

    connect  is called once with every field, and its name
    roles    the choice, which stands beside the operation's; hidden where nobody is offered
    fields   by the name that a mistake in them has
    chosen   tells that somebody else was chosen
    """

    chosen = Signal()

    def __init__(self, ctx: UiContext, connect: Callable[[str, Field], None]) -> None:
        super().__init__(ctx, "second_person.title")
        self._ctx = ctx
        self._offered: tuple[tuple[PartyRole, PartyPresence], ...] = ()
        self.roles = ChoiceList()
        self.iin = Field(ctx, "second_person.iin", longest=_DIGITS, typing=Typing.DIGITS)
        self.name = Field(ctx, "second_person.name")
        self.number = Field(ctx, "second_person.number_caption", longest=_LONGEST_NUMBER)
        longest = {
            self.iin: (FieldType.IIN, _DIGITS),
            self.number: (FieldType.TEXT, _LONGEST_NUMBER),
        }
        for field in (self.iin, self.name, self.number):
            field.take_whole(*longest.get(field, (FieldType.TEXT, _LONGEST_NAME)))
            field.keep_room()
        row = QHBoxLayout()
        row.setSpacing(16)
        for field in (self.iin, self.name, self.number):
            row.addWidget(field, 1)
        self.body.addLayout(row)
        self.fields = {
            "second_iin": self.iin,
            "second_name": self.name,
            "second_number": self.number,
        }
        for name, field in self.fields.items():
            connect(name, field)
        self.roles.activated.connect(self._choose)
        ctx.changed.connect(self._name_roles)
        self.offer(())

    def offer(self, parties: tuple[tuple[PartyRole, PartyPresence], ...]) -> None:
        """Offer these people; somebody who was chosen and is offered still stays so."""
        before = self._party
        self._offered = parties
        self._name_roles()
        self.roles.setCurrentIndex(1 + parties.index(before) if before in parties else 0)
        self.roles.setVisible(parties != ())
        self._choose()

    @property
    def _party(self) -> tuple[PartyRole, PartyPresence] | None:
        index = self.roles.currentIndex() - 1
        return self._offered[index] if 0 <= index < len(self._offered) else None

    @property
    def filled(self) -> bool:
        """Whether anybody was chosen or anything typed."""
        return self._party is not None or any(each.text() for each in self.fields.values())

    @property
    def form(self) -> SecondPersonForm | None:
        """Return what was typed, None where nobody was chosen."""
        party = self._party
        if party is None:
            return None
        number = "" if self.number.isHidden() else self.number.text()
        return SecondPersonForm(*party, self.iin.text(), self.name.text(), number)

    def forget(self) -> None:
        """Forget the person: personal data does not outlive the form."""
        for field in self.fields.values():
            field.edit.clear()
        self.roles.setCurrentIndex(0)
        self._choose()

    def _choose(self, _index: int = 0) -> None:
        party = self._party
        self.setVisible(party is not None)
        self.number.setVisible(party is not None and party[0] is PartyRole.REPRESENTATIVE)
        self.chosen.emit()

    def _name_roles(self) -> None:
        index = max(0, self.roles.currentIndex())
        self.roles.clear()
        self.roles.addItem(self._ctx.tr_code("second_person.nobody"))
        for role, presence in self._offered:
            words = f"{self._ctx.tr_code(f'party.{role}')}"
            if presence is PartyPresence.INSTEAD:
                words = f"{words} · {self._ctx.tr_code('second_person.instead')}"
            self.roles.addItem(words)
        self.roles.setCurrentIndex(min(index, len(self._offered)))
        self.roles.setAccessibleName(self._ctx.tr_code("second_person.title"))
