"""Builds the catalogue of operations out of a policy file's tables; refuses what contradicts."""

from collections.abc import Mapping
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import Choice, FieldDefinition, FieldType
from workstation.rules.catalogue.phones import COUNTRIES
from workstation.rules.catalogue.templates import require_placeholders
from workstation.rules.policy_tables import FieldTable, OperationTable
from workstation.rules.questions.definition import RESERVED

__all__ = ["build_definition", "build_fields"]

_BOUNDED: Final = {FieldType.MONEY, FieldType.COUNT, FieldType.TEXT}
_MOST_TEXT: Final = 200

_TAKEN_NAMES: Final = RESERVED | {"name", "language"}
_SECOND: Final = "second_"
"""What forms and questions call the customer, the case and a second person: never a parameter."""


def build_fields(tables: list[FieldTable]) -> dict[str, FieldDefinition]:
    """Return the fields by id; PolicyRefused for one that is stated twice or contradicts itself."""
    found: dict[str, FieldDefinition] = {}
    for index, table in enumerate(tables):
        place = f"$.fields[{index}]"
        if table.id in found:
            raise PolicyRefused(f"$.fields: {table.id} is stated twice")
        if table.name in _TAKEN_NAMES or table.name.startswith(_SECOND):
            raise PolicyRefused(f"{place}.name: {table.name} is taken")
        _require_shape(table, place)
        _require_labels(table, place)
        found[table.id] = FieldDefinition(
            id=table.id,
            name=table.name,
            type=table.type,
            filled_by=table.filled_by,
            masked=table.masked,
            label=table.label.words(),
            hint=None if table.hint is None else table.hint.words(),
            error=None if table.error is None else table.error.words(),
            least=table.least or 0,
            most=table.most or 0,
            currencies=tuple(table.currencies),
            countries=tuple(table.countries),
            choices=tuple(Choice(each.id, each.label.words()) for each in table.choices),
            absent=None if table.absent is None else table.absent.words(),
            differs_from=table.differs_from or "",
        )
    return found


def build_definition(
    table: OperationTable, fields: Mapping[str, FieldDefinition], place: str
) -> OperationDefinition:
    """Return what an operation is; PolicyRefused for a field or placeholder that is not there."""
    own = []
    for each in table.fields:
        if each not in fields:
            raise PolicyRefused(f"{place}.fields: {each} is not defined")
        own.append(fields[each])
    names = [each.name for each in own]
    for name in names:
        if names.count(name) > 1:
            raise PolicyRefused(f"{place}.fields: {name} is filled twice")
    for field in own:
        if field.differs_from and field.differs_from not in names:
            raise PolicyRefused(f"{place}.fields: {field.id} differs from nothing")
    require_placeholders(table.name.words(), f"{place}.name", known=frozenset())
    known = frozenset(names)
    statement, receipt, window = (
        each.words() for each in (table.statement, table.receipt, table.window)
    )
    # What is signed, and what is read before, says all that is done; a receipt may be shorter.
    require_placeholders(statement, f"{place}.statement", known=known, wanted=known)
    require_placeholders(window, f"{place}.window", known=known, wanted=known)
    require_placeholders(receipt, f"{place}.receipt", known=known)
    return OperationDefinition(
        table.kind, table.icon, table.name.words(), tuple(own), statement, receipt, window
    )


def _require_labels(table: FieldTable, place: str) -> None:
    """Refuse what a statement would show otherwise than it is written."""
    labels = {"label": table.label, "absent": table.absent}
    labels |= {f"choices.{each.id}": each.label for each in table.choices}
    for name, words in labels.items():
        if words is not None:
            require_placeholders(words.words(), f"{place}.{name}", known=frozenset())


def _require_shape(table: FieldTable, place: str) -> None:
    """Refuse bounds, currencies, countries or choices that the field's type has no use for."""
    bounded = table.type in _BOUNDED
    for name, stated, wanted in (
        ("least", table.least is not None, bounded),
        ("most", table.most is not None, bounded),
        ("currencies", bool(table.currencies), table.type is FieldType.MONEY),
        ("choices", bool(table.choices), table.type is FieldType.CHOICE),
    ):
        if stated is not wanted:
            raise PolicyRefused(f"{place}.{name}: {'wanted' if wanted else 'no use'}")
    if table.countries and table.type is not FieldType.PHONE:
        raise PolicyRefused(f"{place}.countries: no use")
    if unknown := set(table.countries) - COUNTRIES:
        raise PolicyRefused(f"{place}.countries: {min(unknown)} is unknown")
    if bounded and (table.least or 0) > (table.most or 0):
        raise PolicyRefused(f"{place}.least is above most")
    if table.type is FieldType.TEXT and (table.most or 0) > _MOST_TEXT:
        raise PolicyRefused(f"{place}.most is above {_MOST_TEXT}")
    ids = [each.id for each in table.choices]
    if len(set(ids)) != len(ids):
        raise PolicyRefused(f"{place}.choices: one is stated twice")
