"""Data files shipped with the program, the one function that finds them, and their languages."""

from pathlib import Path
from typing import Final

__all__ = ["LANGUAGES", "path"]

LANGUAGES: Final = ("kk", "ru", "en")
"""Kazakh, Russian and English, in the order they are offered."""

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the absolute path of a shipped data file or folder.

    Raises FileNotFoundError naming the missing resource.
    """
    found = _ROOT.joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"resource missing: {'/'.join(parts)}")
    return found
