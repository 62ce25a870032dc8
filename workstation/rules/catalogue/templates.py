"""Sentences with placeholders: filled from fields that are declared, and from nothing else.

`{name}` stands for a value; a brace that is none is refused. What is filled in is never read for
placeholders itself.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.words import Words

__all__ = ["fill_template", "placeholders", "require_placeholders"]

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")


def placeholders(text: str) -> frozenset[str]:
    """Return the names that a text asks for; PolicyRefused for a brace that is no placeholder."""
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise PolicyRefused("a brace that is no placeholder")
    return frozenset(_PLACEHOLDER.findall(text))


def require_placeholders(
    words: Words, place: str, *, known: AbstractSet[str], wanted: AbstractSet[str] = frozenset()
) -> None:
    """Refuse words that ask for what is not known, or leave out what is wanted, in any language."""
    for language in ("kk", "ru", "en"):
        try:
            named = placeholders(words.text(language))
        except PolicyRefused as refused:
            raise PolicyRefused(f"{place}.{language}: {refused.detail}") from None
        if unknown := named - known:
            raise PolicyRefused(f"{place}.{language}: no field fills {{{min(unknown)}}}")
        if missing := wanted - named:
            raise PolicyRefused(f"{place}.{language}: {{{min(missing)}}} is not said")


def fill_template(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every placeholder filled; the values stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
