"""Standard output and error that take any text, whatever encoding they were given."""

import codecs
import io
import os
import sys
from typing import Final

__all__ = ["json_is_ascii", "prepare_streams"]

_HANDLER: Final = "workstation.legible"
_PLAIN: Final = {
    "\N{EM DASH}": "-",
    "\N{EN DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NUMERO SIGN}": "No",
}
"""Punctuation has a plain form. A letter has none: two names may not come to look alike."""


def prepare_streams() -> None:
    r"""Let both streams write `\u049a` for a letter they lack; one that is absent takes nothing.

    A station's console or a redirected file may be in cp1251 or cp866, which have no Kazakh
    letters; pythonw has no streams at all.
    """
    codecs.register_error(_HANDLER, _legible)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for the life of the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def json_is_ascii() -> bool:
    """Tell whether JSON must keep to ASCII: its encoding is UTF-8, and the stream's another."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return codecs.lookup(encoding).name != "utf-8"


def _legible(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unwritable = error.object[error.start : error.end]
    shown = (_PLAIN.get(char) or ascii(char)[1:-1] for char in unwritable)
    return "".join(shown), error.end
