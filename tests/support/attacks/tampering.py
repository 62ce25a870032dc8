"""What one class of tampering is: what is changed, which tool names it, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.support.attacks.worked import Copy

__all__ = ["Change", "Tampering", "Tool", "table"]

Change = Callable[[Copy], int | None]
"""Tampers with a copy; returns the first bad entry where there is one."""


class Tool(StrEnum):
    """Which of the program's own tools names a tampering."""

    LOG_VERIFY = "log verify"
    EVERY_HEAD = "log verify --tier every_head"
    ELSEWHERE = "log verify, keys from elsewhere"
    START = "start"
    START_ENTRY = "start, by an entry"
    DOCTOR = "doctor"
    VAULT_VERIFY = "vault verify"
    PERMIT_VERIFY = "permit verify"
    VERIFY_EXPORT = "log verify-export"


@dataclass(frozen=True)
class Tampering:
    """One class.

    code   what the tool says; of a start the beginning of what it says. `passed`: perfect by
           itself, and named by any head, permit or cosignature that left the machine
    """

    group: str
    name: str
    change: Change
    code: str
    tool: Tool = Tool.LOG_VERIFY


def table(
    group: str, *rows: tuple[str, Change, str], tool: Tool = Tool.LOG_VERIFY
) -> tuple[Tampering, ...]:
    """Return the classes of a group, each row being name, change and code."""
    return tuple(Tampering(group, *row, tool) for row in rows)
