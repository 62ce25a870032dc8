"""Where a command's words go: lines for people, JSON for programs, never both."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, Final, NoReturn, ParamSpec, TypeVar

import click

from crypto.vault.protectors import KeyUnlock
from workstation.ctl.failures import CommandFailure, ExitCode
from workstation.ctl.secrets import ask_passphrase
from workstation.ctl.streams import json_is_ascii
from workstation.recovery.switch import finish_recovery

__all__ = ["SIGN_NEXT", "Console", "Value", "with_console"]

SIGN_NEXT: Final = (
    "Not in force yet: `charter sign` (head office), or `charter propose` and `charter countersign`"
    " (two administrators)."
)
"""What follows every change of what the station may be."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Item = TypeVar("_Item")

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Console:
    """The global options of one invocation.

    passphrase  of the station's keys, where standard input brought it
    """

    data: Path | None
    as_json: bool
    language: str
    passphrase: str | None = field(default=None, repr=False)

    @property
    def unlock(self) -> KeyUnlock:
        """Return what asks for the pass phrase of the station's keys."""
        return ask_passphrase(self.passphrase)

    def folder(self) -> Path:
        """Return the data folder; a usage error when `--data` was not given."""
        if self.data is None:
            raise click.UsageError("this command needs --data FOLDER (or WORKSTATION_DATA)")
        # A recovery that was decided and broken off: what follows is of the next generation.
        finish_recovery(self.data)
        return self.data

    def show(self, members: Mapping[str, Value], *, verbatim: str = "") -> None:
        """Print one result: `name: value` lines, or one JSON object.

        verbatim  the last member, a text whose own lines are printed as they are: only one that
                  this program made, for foreign lines could pass for the result's
        """
        if self.as_json:
            click.echo(_json(members))
            return
        for name, value in members.items():
            if name == verbatim:
                click.echo(f"{name}:")
                self.lines(str(value).splitlines())
            else:
                _print_member(name, value)

    def rows(self, rows: Iterable[Mapping[str, Value]]) -> None:
        """Print results of one shape: aligned columns, or one JSON object per line."""
        rows = list(rows)
        if self.as_json:
            for row in rows:
                click.echo(_json(row))
            return
        if not rows:
            return
        names = list(rows[0])
        texts = [[_text(row[name]) for name in names] for row in rows]
        widths = [max(map(len, column)) for column in zip(names, *texts, strict=True)]
        for line in (names, *texts):
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(cells).rstrip())

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines for people; what cannot be printed in them is replaced."""
        for line in lines:
            click.echo(_printable(line))

    def note(self, text: str) -> None:
        """Say something to the person that is no result; programs do not see it."""
        if not self.as_json:
            click.echo(text, err=True)

    def leave(self, code: ExitCode) -> NoReturn:
        """End the command with a verdict other than success."""
        click.get_current_context().exit(int(code))

    @staticmethod
    def fail(failure: CommandFailure, *, as_json: bool) -> None:
        """Print a failure: one line on stderr, or one JSON object on stdout."""
        if as_json:
            members = {"code": failure.code, "detail": failure.detail, "advice": failure.advice}
            click.echo(_json({"error": members}))
            return
        detail = f": {failure.detail}" if failure.detail else ""
        click.echo(f"{failure.code}{detail}. {failure.advice}", err=True)

    @contextmanager
    def watch(self, label: str) -> Iterator[Callable[[int, int], None]]:
        """Yield who is told how much is done, and of how much; a bar on stderr shows it."""
        with click.progressbar(length=1, label=label, file=sys.stderr, hidden=self.as_json) as bar:

            def tell(done: int, total: int) -> None:
                bar.length = max(total, 1)
                bar.update(done - bar.pos)

            yield tell

    def progress(
        self, items: Iterable[_Item], label: str
    ) -> "click._termui_impl.ProgressBar[_Item]":
        """Return the items behind a progress bar on stderr; silent for programs and pipes."""
        return click.progressbar(items, label=label, file=sys.stderr, hidden=self.as_json)


def with_console(
    command: Callable[Concatenate[Console, _P], _R],
) -> Callable[_P, _R]:
    """Give a command the console as its first argument."""
    return click.pass_obj(command)


def _json(members: Mapping[str, Value]) -> str:
    return json.dumps(members, ensure_ascii=json_is_ascii())


def _print_member(name: str, value: Value) -> None:
    if isinstance(value, Mapping):
        click.echo(f"{name}:")
        for inner, each in value.items():
            click.echo(f"  {inner}: {_text(each)}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        click.echo(f"{name}:")
        for each in value:
            click.echo(f"  {_text(each)}")
    else:
        click.echo(f"{name}: {_text(value)}")


def _text(value: Value) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{name}={_text(each)}" for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(_text(each) for each in value)
    return _printable("-" if value in {None, ""} else str(value))


def _printable(text: str) -> str:
    # Names in logs and certificates are foreign: they may not steer the terminal.
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
