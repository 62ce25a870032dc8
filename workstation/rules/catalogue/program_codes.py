"""Codes that the program has words for: a policy's own words never say something else by one."""

import gettext
from functools import lru_cache
from typing import Final

import resources

__all__ = ["POLICY_CODES", "is_program_code"]

POLICY_CODES: Final = frozenset({"attest", "check", "choice", "field", "operation", "review_look"})
"""What the codes of a policy's words begin with (`Policy.words`); a check's reasons by its id."""


def is_program_code(code: str) -> bool:
    """Whether screens, receipts or messages of the program are worded by this code."""
    return _load_catalogue().gettext(code) != code


@lru_cache(maxsize=1)
def _load_catalogue() -> gettext.GNUTranslations:
    compiled = resources.path("i18n", "en", "LC_MESSAGES", "workstation.mo")
    with compiled.open("rb") as stream:
        return gettext.GNUTranslations(stream)
