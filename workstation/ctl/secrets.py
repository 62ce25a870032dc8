"""How a secret reaches the command line: typed twice, or one line of standard input."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["read_secret", "secret_option"]

_MAX_SECRET = 4096
_F = TypeVar("_F", bound=Callable[..., Any])


def secret_option(command: _F) -> _F:
    """Add `--secret-stdin`; there is no option that takes a secret as its argument."""
    return click.option(
        "--secret-stdin", is_flag=True, help="Read the secret from one line of standard input."
    )(command)


def read_secret(*, stdin: bool) -> str:
    """Return the secret; never echoed, never an argument that a process list would show."""
    if not stdin:
        return str(click.prompt("Secret", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline(_MAX_SECRET)
    secret = line.rstrip("\r\n")
    if not secret:
        raise click.UsageError("no secret on standard input")
    return secret
