"""The recipes of docs/policy-cookbook.md as they stand there: blocks to append, lines to type."""

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["COOKBOOK", "Block", "appended", "blocks"]

COOKBOOK = Path(__file__).resolve().parents[3] / "docs" / "policy-cookbook.md"

_FENCE = re.compile(
    r"^```(?P<kind>\w+)(?: append (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `console` with lines to type, or `toml` to append to a file."""

    kind: str
    file: str
    text: str


def blocks() -> list[Block]:
    """Return the blocks of the page in their order."""
    text = COOKBOOK.read_text(encoding="utf-8")
    return [Block(each["kind"], each["file"] or "", each["text"]) for each in _FENCE.finditer(text)]


def appended(naming: str) -> str:
    """Return what the recipe appends that names this."""
    return next(each.text for each in blocks() if each.kind == "toml" and naming in each.text)
