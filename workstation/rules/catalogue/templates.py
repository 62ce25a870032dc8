"""Texts with placeholders: filled from what is declared, and from nothing else.

`{name}` stands for a value; a brace that is none is refused. There is no code in a text and nothing
recurses: what is filled in is never read for placeholders itself.
"""

import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.words import Words

__all__ = [
    "fill_lines",
    "fill_template",
    "make_plain",
    "placeholders",
    "require_document",
    "require_placeholders",
]

_LANGUAGES: Final = ("kk", "ru", "en")
_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Letters and marks without a shape: Default_Ignorable_Code_Point of Unicode, and empty Braille."""

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names that a text asks for, in order; PolicyRefused for any other brace."""
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise PolicyRefused("a brace that is no placeholder")
    return tuple(_PLACEHOLDER.findall(text))


def require_placeholders(
    words: Words, place: str, *, known: AbstractSet[str], wanted: AbstractSet[str] = frozenset()
) -> None:
    """Refuse one-line words whose placeholders are not those declared, in any language.

    known   what may be named, each once; wanted  what must be
    Raises PolicyRefused with place, language and mistake.
    """
    for language in _LANGUAGES:
        text = words.text(language)
        try:
            _require_names(placeholders(text), known, wanted)
            _require_plain_line(text)
        except PolicyRefused as refused:
            raise PolicyRefused(f"{place}.{language}: {refused.detail}") from None


def require_document(
    words: Words,
    place: str,
    *,
    wanted: AbstractSet[str],
    blocks: AbstractSet[str] = frozenset(),
    second: str = "",
) -> None:
    """Refuse a text of several lines that does not name what is wanted, each once, and no more.

    blocks  of `wanted`: what fills them has lines of its own, so they stand alone on theirs
    second  of `wanted`: what stands alone on the second line, below the title; empty for nothing
    Raises PolicyRefused with place, language and mistake.
    """
    for language in _LANGUAGES:
        text = words.text(language)
        try:
            _require_names(placeholders(text), wanted, wanted)
            _require_lines(text)
            _require_alone(text.split("\n"), blocks, second)
        except PolicyRefused as refused:
            raise PolicyRefused(f"{place}.{language}: {refused.detail}") from None


def fill_template(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every placeholder filled; the values stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def fill_lines(text: str, values: Mapping[str, str], blocks: Mapping[str, tuple[str, ...]]) -> str:
    """Return a text of several lines filled.

    values  made plain first, so that one can neither add a line nor hide a character
    blocks  lines in the place of the line of their placeholder; none of them leave no line
    """
    plain = {name: make_plain(value) for name, value in values.items()}
    lines: list[str] = []
    for line in text.split("\n"):
        block = blocks.get(line[1:-1]) if line.startswith("{") else None
        if block is None:
            # A value that is empty leaves no space at the end of its line.
            lines.append(fill_template(line, plain).rstrip(" "))
        else:
            lines.extend(make_plain(each, indented=True) for each in block)
    return "\n".join(lines)


def make_plain(untrusted: str, *, indented: bool = False) -> str:
    """Return the text on one line, in NFC, with every control or invisible character shown as such.

    indented  keep the spaces that it begins with
    """
    composed = unicodedata.normalize("NFC", untrusted)
    plain = composed
    # Printable: no C and no Z but the space. Nearly every text is, and none is looked through.
    if not composed.isprintable() or _INVISIBLE.search(composed) is not None:
        plain = "".join(char if _is_plain(char) else _REPLACEMENT for char in composed)
    plain = plain.rstrip(" ") if indented else plain.strip(" ")
    # A mark would be drawn over what stands before the value.
    marked = plain != "" and unicodedata.category(plain[0])[0] == "M"
    return _REPLACEMENT + plain[1:] if marked else plain


@lru_cache(maxsize=4096)
def _is_plain(char: str) -> bool:
    if char == " ":
        return True
    return unicodedata.category(char)[0] not in "CZ" and _INVISIBLE.match(char) is None


def _require_names(
    named: tuple[str, ...], known: AbstractSet[str], wanted: AbstractSet[str]
) -> None:
    if unknown := set(named) - known:
        raise PolicyRefused(f"nothing fills {{{min(unknown)}}}")
    if missing := wanted - set(named):
        raise PolicyRefused(f"{{{min(missing)}}} is not said")
    if twice := {each for each in named if named.count(each) > 1}:
        raise PolicyRefused(f"{{{min(twice)}}} is said twice")


def _require_plain_line(text: str) -> None:
    """Refuse what would be signed or printed otherwise than it is written."""
    if make_plain(text) != text:
        raise PolicyRefused("a character that is not shown, or a space at an end")


def _require_lines(text: str) -> None:
    if not text.endswith("\n") or text.endswith("\n\n") or text.startswith("\n"):
        raise PolicyRefused("has to begin with a line and end with one line feed")
    for line in text.split("\n"):
        _require_plain_line(line)


def _require_alone(lines: list[str], blocks: AbstractSet[str], second: str) -> None:
    for name in sorted(blocks):
        if f"{{{name}}}" not in lines:
            raise PolicyRefused(f"{{{name}}} has to stand alone on a line")
    if second and lines[1] != f"{{{second}}}":
        raise PolicyRefused(f"{{{second}}} has to be the second line")
    if second and placeholders(lines[0]):
        # What a stranger or a bank's own name could begin with is no title.
        raise PolicyRefused("the first line has to be a title without placeholders")
