"""The digest of an operation as docs/formats/permit.md gives it to core banking."""

import hashlib
import re
from pathlib import Path

from workstation.rules.catalogue.fields import Choice, FieldDefinition, FieldType, FilledBy
from workstation.rules.catalogue.values import parse_value
from workstation.rules.catalogue.words import Words
from workstation.rules.operation import OPERATION_VERSION, CriticalOperation

PAGE = (Path(__file__).parents[4] / "docs/formats/permit.md").read_text(encoding="utf-8")
VECTOR = re.search(
    r"```\n(early_withdrawal\n.*?)\n```\n\nSHA-256: `([0-9a-f]{64})`", PAGE, re.DOTALL
)
SAME = Words("x", "x", "x")
TYPED = {
    "reason": (FieldType.TEXT, " Емделуге қажет "),
    "account": (FieldType.IBAN, "kz86 125K ZT50 0410 0100"),
    "amount": (FieldType.MONEY, "1 250 000,50"),
    "day": (FieldType.DATE, "22.11.2026"),
    "new_phone": (FieldType.PHONE, "8 (701) 123-45-67"),
    "purpose": (FieldType.CHOICE, "medical"),
}


def field(name, kind):
    return FieldDefinition(
        id=name,
        name=name,
        type=kind,
        filled_by=FilledBy.TELLER,
        masked=False,
        label=SAME,
        hint=None,
        error=None,
        least=1,
        most=200 if kind is FieldType.TEXT else 10_000_000,
        currencies=("KZT",) if kind is FieldType.MONEY else (),
        countries=("KZ",) if kind is FieldType.PHONE else (),
        choices=(Choice("medical", SAME),) if kind is FieldType.CHOICE else (),
    )


def test_what_a_teller_types_has_the_digest_of_the_page():
    lines, digest = VECTOR.groups()
    values = tuple((name, parse_value(field(name, of), said)) for name, (of, said) in TYPED.items())

    assert CriticalOperation("early_withdrawal", values).sha256() == digest
    assert hashlib.sha256(lines.encode()).hexdigest() == digest
    assert f"`operation_version` {OPERATION_VERSION}:" in PAGE


def test_the_recipe_of_the_page_gives_its_digest():
    kind, *lines = VECTOR[1].split("\n")
    recipe = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    given = {
        "hashlib": hashlib,
        "kind": kind,
        "parameters": dict(line.split("=", 1) for line in reversed(lines)),
    }
    exec(recipe, given)

    assert given["digest"] == VECTOR[2]
