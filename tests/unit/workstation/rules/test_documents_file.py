"""The documents of a policy file: a bank words them, but none may say less than it has to."""

import re
import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources import LANGUAGES, path
from workstation.errors import PolicyRefused
from workstation.rules.catalogue.documents import ANSWERS, STATEMENT_BLOCKS, STATEMENT_PLACEHOLDERS
from workstation.rules.catalogue.templates import fill_lines, make_plain
from workstation.rules.documents_file import DocumentsTable, build_documents
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
        ("version = 2", "version = 0", "$.documents.statement.version"),
        ("version = 2", "version = 2\nde = 'x'", "unknown field `de`"),
    ],
)
def test_a_statement_that_says_something_else_is_refused(old, new, detail):
    assert detail in refusal(edited(STATEMENT.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("pattern", "new", "detail"),
    [
        (r"\n\[documents\.roles\]\n(\w+ = .*\n)+", "\n", "`roles`"),
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
    ("pattern", "language", "place"),
    [
        (r'(name = \{ kk = "[^"]*", ru = ")Выдача займа', "ru", "$.operations[2].name`"),
        (r'(name = "old_phone"(?:\n.*)*?label = \{ kk = ")', "kk", ".label`"),
    ],
)
def test_words_that_a_statement_would_show_otherwise_are_refused(pattern, language, place):
    told = refusal(re.sub(pattern, "\\1\u200b", SHIPPED, count=1))
    assert told.startswith(f"{language}: a character that is not shown")
    assert told.endswith(place)


TABLE = msgspec.convert(tomllib.loads(SHIPPED)["documents"], DocumentsTable)
PIECES = ["{", "}", "{nonce}", "{iin}", "{people}", "\n", " ", "\u200b", "\u0301", "\u202e", "я"]


def refusal_of(table):
    """Return why a table of documents is refused, None when it is taken."""
    try:
        build_documents(table, asks_customer=True)
    except PolicyRefused as refused:
        return refused.detail
    return None


@given(
    at=st.integers(0, 1_500),
    cut=st.integers(0, 40),
    put=st.lists(st.sampled_from(PIECES), max_size=2).map("".join),
    language=st.sampled_from(LANGUAGES),
)
def test_an_edited_statement_is_refused_by_place_and_language_or_still_says_all(
    at, cut, put, language
):
    text = getattr(TABLE.statement, language)
    edited_text = text[:at] + put + text[at + cut :]
    statement = msgspec.structs.replace(TABLE.statement, **{language: edited_text})
    table = msgspec.structs.replace(TABLE, statement=statement)
    if (detail := refusal_of(table)) is not None:
        assert detail.startswith(f"$.documents.statement.{language}: ")
        return
    made = build_documents(table, asks_customer=True)
    values = {name: f"<{name}>" for name in STATEMENT_PLACEHOLDERS - STATEMENT_BLOCKS}
    blocks = {name: (f"<{name}>",) for name in STATEMENT_BLOCKS | {ANSWERS}}
    filled = fill_lines(made.statement.words.text(language), values, blocks)

    assert all(filled.count(f"<{name}>") == 1 for name in STATEMENT_PLACEHOLDERS)
    assert not {"{", "}"} & set(filled)
    assert filled.split("\n")[1] == "<version>"
    assert all(line == make_plain(line) for line in filled.split("\n"))
