"""The documents of a policy file: a bank words them, but none may say less than it has to."""

import re

import pytest

from resources import LANGUAGES, path
from workstation.errors import PolicyRefused
from workstation.rules.catalogue.documents import STATEMENT_PLACEHOLDERS
from workstation.rules.policy_file import read_policy

SHIPPED = path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
STATEMENT = SHIPPED[SHIPPED.index("[documents.statement]") : SHIPPED.index("[documents.consent]")]


def refusal(changed):
    assert changed != SHIPPED
    with pytest.raises(PolicyRefused) as refused:
        read_policy(changed.encode())
    return refused.value.detail


def edited(statement):
    return SHIPPED.replace(STATEMENT, statement)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(STATEMENT_PLACEHOLDERS))
def test_a_statement_that_leaves_something_out_is_refused_with_its_language(language, name):
    at = STATEMENT.index(f"\n{language} = ")
    changed = STATEMENT[:at] + STATEMENT[at:].replace(f"{{{name}}}", "-", 1)

    assert refusal(edited(changed)) == (f"$.documents.statement.{language}: {{{name}}} is not said")


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("{nonce}", "{nonce} {iin}", "$.documents.statement.kk: nothing fills {iin}"),
        ("{nonce}", "{nonce} {nonce}", "$.documents.statement.kk: {nonce} is said twice"),
        ("{fields}", "- {fields}", "$.documents.statement.kk: {fields} has to stand alone"),
        ("\n{version}\n", "\n\n{version}\n", "$.documents.statement.kk: {version} has to be the"),
        ("version = 1", "version = 0", "$.documents.statement.version"),
        ("version = 1", "version = 1\nde = 'x'", "unknown field `de`"),
    ],
)
def test_a_statement_that_says_something_else_is_refused(old, new, detail):
    assert detail in refusal(edited(STATEMENT.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("pattern", "new", "detail"),
    [
        (r"\n\[documents\.roles\]\ncustomer = .*\n", "\n", "`roles`"),
        (r"\ncustomer = \{", "\nguest = {", "$.documents.roles.customer is missing"),
        (r"не раньше \{moment\}", "потом", "$.documents.receipt.not_before.ru: {moment} is not"),
        (r"Перед выполнением банк", "{moment}", "second_confirmation.ru: nothing fills {moment}"),
        (r"версия 1\)", "версия {n})", "$.documents.consent.ru: nothing fills {n}"),
        (r"\(версия 1\)\n", "(версия 1) \n", "$.documents.consent.ru: a character that is not"),
    ],
)
def test_another_document_that_says_something_else_is_refused(pattern, new, detail):
    assert detail in refusal(re.sub(pattern, new, SHIPPED, count=1))


@pytest.mark.parametrize(
    ("pattern", "detail"),
    [
        (r'(name = \{ kk = "[^"]*", ru = ")Выдача займа', "$.operations[2].name.ru: a character"),
        (r'(name = "old_phone"(?:\n.*)*?label = \{ kk = ")', "$.fields["),
    ],
)
def test_words_that_a_statement_would_show_otherwise_are_refused(pattern, detail):
    assert refusal(re.sub(pattern, "\\1\u200b", SHIPPED, count=1)).startswith(detail)
