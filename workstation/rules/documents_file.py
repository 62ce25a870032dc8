"""The documents of a policy file: the tables as they are written, and what is built of them."""

from typing import Annotated

import msgspec

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.documents import (
    ANSWERS,
    CUSTOMER_ROLE,
    MOMENT,
    STATEMENT_BLOCKS,
    STATEMENT_PLACEHOLDERS,
    STATEMENT_VERSION_LINE,
    DocumentTemplates,
    ReceiptTexts,
    Template,
)
from workstation.rules.catalogue.table_fields import Name, WordsTable
from workstation.rules.catalogue.templates import require_document, require_placeholders
from workstation.rules.catalogue.words import Words
from workstation.settings.fields import Table

__all__ = ["DocumentsTable", "build_documents"]

_PLACE = "$.documents"

_Document = Annotated[str, msgspec.Meta(min_length=10, max_length=8_000)]
_Version = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class DocumentTable(Table, frozen=True):
    """A text of several lines in three languages; another text is another version."""

    version: _Version
    kk: _Document
    ru: _Document
    en: _Document


class ReceiptTable(Table, frozen=True):
    version: _Version
    not_before: WordsTable
    second_confirmation: WordsTable
    dispute: WordsTable


class DocumentsTable(Table, frozen=True):
    """All documents; `roles` names the people in them."""

    roles: Annotated[dict[Name, WordsTable], msgspec.Meta(max_length=20)]
    statement: DocumentTable
    consent: DocumentTable
    receipt: ReceiptTable
    palm_consent: DocumentTable | None = None


def build_documents(table: DocumentsTable, *, asks_customer: bool) -> DocumentTemplates:
    """Return the documents; PolicyRefused, with place and language, for one that says too little.

    A statement names each of `STATEMENT_PLACEHOLDERS` once and nothing else, `{version}` on its
    second line; `{answers}`, too, where customers are asked anything. A consent is the same text
    for everybody.
    """
    roles = {role: each.words() for role, each in table.roles.items()}
    if CUSTOMER_ROLE not in roles:
        raise PolicyRefused(f"{_PLACE}.roles.{CUSTOMER_ROLE} is missing")
    for role, words in roles.items():
        require_placeholders(words, f"{_PLACE}.roles.{role}", known=frozenset())
    statement, consent = _template(table.statement), _template(table.consent)
    said = {ANSWERS} if asks_customer else frozenset[str]()
    require_document(
        statement.words,
        f"{_PLACE}.statement",
        wanted=STATEMENT_PLACEHOLDERS | said,
        blocks=STATEMENT_BLOCKS | said,
        second=STATEMENT_VERSION_LINE,
    )
    require_document(consent.words, f"{_PLACE}.consent", wanted=frozenset())
    receipt, palm = _receipt(table.receipt), table.palm_consent
    if palm is None:
        return DocumentTemplates(statement, consent, receipt, roles)
    palm_consent = _template(palm)
    require_document(palm_consent.words, f"{_PLACE}.palm_consent", wanted=frozenset())
    return DocumentTemplates(statement, consent, receipt, roles, palm_consent)


def _receipt(table: ReceiptTable) -> ReceiptTexts:
    place = f"{_PLACE}.receipt"
    texts = ReceiptTexts(
        table.version,
        table.not_before.words(),
        table.second_confirmation.words(),
        table.dispute.words(),
    )
    require_placeholders(texts.not_before, f"{place}.not_before", known=MOMENT, wanted=MOMENT)
    for name in ("second_confirmation", "dispute"):
        require_placeholders(getattr(texts, name), f"{place}.{name}", known=frozenset())
    return texts


def _template(table: DocumentTable) -> Template:
    return Template(table.version, Words(table.kk, table.ru, table.en))
