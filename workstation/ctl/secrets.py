"""How secrets reach the command line: typed, or lines of standard input; never as arguments."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from crypto.errors import KeyLocked
from crypto.vault.protectors import KeyUnlock
from workstation.accounts.secret import require_strong
from workstation.ctl.help_language import Misused

__all__ = [
    "ask_passphrase",
    "choose_passphrase",
    "read_passphrase",
    "read_secret",
    "secret_option",
]

_MAX_SECRET = 4096
_QUESTION = "Pass phrase of the station's keys"
_F = TypeVar("_F", bound=Callable[..., Any])


def secret_option(command: _F) -> _F:
    """Add `--secret-stdin`; there is no option that takes a secret as its argument."""
    return click.option(
        "--secret-stdin", is_flag=True, help="Read the secret from one line of standard input."
    )(command)


def read_secret(*, stdin: bool, question: str = "Secret", new: bool = True) -> str:
    """Return the secret; never echoed, never an argument that a process list would show.

    new  it is typed twice, so that a slip is noticed
    """
    if not stdin:
        return str(click.prompt(question, hide_input=True, confirmation_prompt=new, err=True))
    secret = sys.stdin.readline(_MAX_SECRET).rstrip("\r\n")
    if not secret:
        raise Misused("no secret on standard input")
    return secret


def read_passphrase() -> str:
    """Return the first line of standard input, which `--passphrase-stdin` says is the pass phrase.

    Read before the command runs, so that what the command reads itself begins with the second. At
    a terminal it is asked for, and what is typed is not shown.
    """
    if sys.stdin.isatty():
        return str(click.prompt(_QUESTION, "", hide_input=True, show_default=False, err=True))
    return sys.stdin.readline(_MAX_SECRET).rstrip("\r\n")


def ask_passphrase(given: str | None, question: str = _QUESTION) -> KeyUnlock:
    """Return what asks for the pass phrase of the station's keys; one wrong one ends the command.

    given  as read from standard input; None: ask the terminal, KeyLocked where there is none
    """

    def unlock(failures: int) -> str:
        if failures:
            raise KeyLocked("passphrase_wrong")
        if given is not None:
            return given
        _require_terminal()
        return str(click.prompt(question, hide_input=True, err=True))

    return unlock


def choose_passphrase(given: str | None) -> str:
    """Return a new pass phrase, typed twice or as `ask_passphrase`; OperatorRefused when weak."""
    if given is None:
        _require_terminal()
        question = f"New {_QUESTION[0].lower()}{_QUESTION[1:]}"
        given = str(click.prompt(question, hide_input=True, confirmation_prompt=True, err=True))
    require_strong(given, "")
    return given


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise KeyLocked("passphrase_missing")
