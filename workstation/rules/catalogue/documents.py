"""The documents of a policy: what customers agree to, sign and take home, each with its version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.words import Words

__all__ = [
    "ANSWERS",
    "CUSTOMER_ROLE",
    "MOMENT",
    "STATEMENT_BLOCKS",
    "STATEMENT_PLACEHOLDERS",
    "STATEMENT_VERSION_LINE",
    "DocumentTemplates",
    "ReceiptTexts",
    "Template",
]

STATEMENT_VERSION_LINE: Final = "version"
ANSWERS: Final = "answers"
"""What customers have answered themselves: said where a policy asks them, and nowhere else."""

STATEMENT_BLOCKS: Final = frozenset({"people", "fields"})
STATEMENT_PLACEHOLDERS: Final = STATEMENT_BLOCKS | {
    STATEMENT_VERSION_LINE,
    "edition",
    "policy",
    "policy_digest",
    "bank",
    "branch",
    "station",
    "session",
    "operation",
    "request",
    "issued",
    "expires",
    "nonce",
    "operation_digest",
    "evidence_digest",
}
"""What a statement has to say, each once: none may be left out by a policy."""

MOMENT: Final = frozenset({"moment"})
CUSTOMER_ROLE: Final = "customer"
"""Whose operation it is; everybody else in a session has another role."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text of several lines; `version` is its edition within the policy."""

    version: int
    words: Words

    def sha256(self, language: str) -> str:
        """Return the hex digest of the text's octets in UTF-8, for the record."""
        return hashlib.sha256(self.words.text(language).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ReceiptTexts:
    """The sentences of a receipt that bind the bank.

    not_before           with `{moment}`, when an approval waits
    second_confirmation  when the customer has to confirm once more
    dispute              what to do about an operation that one never asked for
    """

    version: int
    not_before: Words
    second_confirmation: Words
    dispute: Words


@dataclass(frozen=True, slots=True)
class DocumentTemplates:
    """The documents; `roles` is what people in a session are called in them.

    palm_consent  to the check of the palm, beside `consent`; None where no operation offers it
    """

    statement: Template
    consent: Template
    receipt: ReceiptTexts
    roles: Mapping[str, Words]
    palm_consent: Template | None = None

    def role(self, role: str) -> Words:
        """Return what people of a role are called; PolicyRefused for a role without words."""
        try:
            return self.roles[role]
        except KeyError:
            raise PolicyRefused(f"documents.roles.{role}") from None
