"""The words of an entry of the log: its codes, the names of its members and what they hold."""

from collections.abc import Iterator, Mapping
from typing import Final

from ui.context import UiContext
from ui.widgets.labels import printable
from ui.wording import date_time_text
from workstation.log_index.words import find_code
from workstation.session.decision import Outcome
from workstation.station.log_view import LogRow

__all__ = ["list_facts", "say_code", "say_member", "say_member_name"]


_DECISIONS: Final = frozenset(outcome.value for outcome in Outcome)


def say_code(ctx: UiContext, code: str, untrusted: str) -> str:
    """Return the words of a code, or of what it is about; else that as it is, without controls."""
    return ctx.tr_code(code) if ctx.texts.has(code) else say_member(ctx, untrusted)


def say_member(ctx: UiContext, value: str) -> str:
    """Return the words of what a member holds; what is no code stands as it is."""
    code = find_code(ctx.texts, value)
    return ctx.tr_code(code) if code else printable(value)


def say_member_name(ctx: UiContext, name: str) -> str:
    """Return the words of a member's path: `checks.3.reason` is «Проверки 3 · Причина»."""
    parts: list[str] = []
    for part in name.split("."):
        if part.isdigit() and parts:
            parts[-1] += f" {int(part) + 1}"
        else:
            parts.append(say_code(ctx, f"log_member.{part}", part))
    return " · ".join(parts)


def list_facts(ctx: UiContext, row: LogRow, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the caption's code and the words of what the list says of an entry."""
    yield "log.kind", say_code(ctx, f"entry.{row.kind}", row.kind)
    if row.time_ms:
        yield "log.time", date_time_text(row.time_ms)
    step = "log.outcome" if row.outcome in _DECISIONS else "log.step"
    for caption, code, value in (
        ("log.actor", "", f"{row.actor} {names.get(row.actor, '')}".strip()),
        ("log.operation", f"operation.{row.operation}", row.operation),
        (step, f"outcome.{row.outcome}", row.outcome),
        ("log.reason", row.reason, row.reason),
        ("log.words", "", row.words),
    ):
        if value:
            yield caption, say_code(ctx, code, value)
