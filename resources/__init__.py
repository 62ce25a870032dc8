"""Data files shipped with the program and the one function that finds them."""

from pathlib import Path

__all__ = ["path"]

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the absolute path of a shipped data file or folder.

    Raises FileNotFoundError naming the missing resource.
    """
    found = _ROOT.joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"resource missing: {'/'.join(parts)}")
    return found
