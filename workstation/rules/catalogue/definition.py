"""One kind of operation as the policy defines it: its fields, and what is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.errors import OperationRefused
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.catalogue.templates import fill_template
from workstation.rules.catalogue.values import (
    Money,
    mask_value,
    parse_value,
    read_money,
    show_value,
)
from workstation.rules.catalogue.words import Words
from workstation.rules.operation import CriticalOperation

__all__ = ["OperationDefinition"]


@dataclass(frozen=True, slots=True)
class OperationDefinition:
    """What a bank calls an operation, asks for it, and says of it.

    icon       file name of one of the program's icons, without ending
    statement  what the customer asks for, in the first person: part of what is signed
    receipt    what was asked for, with masked values
    window     what the customer reads on the own screen before anything is done
    """

    kind: str
    icon: str
    name: Words
    fields: tuple[FieldDefinition, ...]
    statement: Words
    receipt: Words
    window: Words

    def field(self, name: str) -> FieldDefinition | None:
        """Return the field of a parameter, None when the operation has none of this name."""
        return next((each for each in self.fields if each.name == name), None)

    def parse(self, untrusted: Mapping[str, str]) -> CriticalOperation:
        """Return the operation of typed values, by parameter; what is not its own is left out.

        Raises OperationRefused with the first field that is wrong and the code of its mistake.
        """
        read = {each.name: parse_value(each, untrusted.get(each.name, "")) for each in self.fields}
        for each in self.fields:
            if each.differs_from and read[each.name] == read[each.differs_from]:
                raise OperationRefused(each.name, f"{each.type.value}.unchanged")
        given = ((name, value) for name, value in read.items() if value)
        return CriticalOperation(self.kind, tuple(given))

    def amount(self, operation: CriticalOperation) -> Money | None:
        """Return the operation's amount: its first field of money; None without one."""
        for each in self.fields:
            if each.type is FieldType.MONEY and operation.value(each.name):
                return read_money(operation.value(each.name))
        return None

    def tenge(self, operation: CriticalOperation) -> int | None:
        """Return its amount in whole tenge: 0 without one, None in another currency."""
        amount = self.amount(operation)
        return 0 if amount is None else amount.tenge

    def lines(self, operation: CriticalOperation, language: str) -> tuple[tuple[str, str], ...]:
        """Return label and whole value of every field that is filled."""
        return tuple(
            (each.label.text(language), show_value(each, operation.value(each.name), language))
            for each in self.fields
            if operation.value(each.name)
        )

    def masked_lines(
        self, operation: CriticalOperation, language: str
    ) -> tuple[tuple[str, str], ...]:
        """Return label and value of every field that is filled, hidden where the field says so."""
        return tuple(
            (each.label.text(language), mask_value(each, operation.value(each.name), language))
            for each in self.fields
            if operation.value(each.name)
        )

    def say_statement(self, operation: CriticalOperation, language: str) -> str:
        """Return what the customer asks for, with whole values."""
        return fill_template(self.statement.text(language), self._show_values(operation, language))

    def say_window(self, operation: CriticalOperation, language: str) -> str:
        """Return what the customer reads before anything is done, with whole values."""
        return fill_template(self.window.text(language), self._show_values(operation, language))

    def say_receipt(self, operation: CriticalOperation, language: str) -> str:
        """Return what was asked for, with values hidden where the field says so."""
        values = {
            each.name: mask_value(each, operation.value(each.name), language)
            for each in self.fields
        }
        return fill_template(self.receipt.text(language), values)

    def _show_values(self, operation: CriticalOperation, language: str) -> dict[str, str]:
        return {
            each.name: show_value(each, operation.value(each.name), language)
            for each in self.fields
        }
