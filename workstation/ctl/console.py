"""Where a command's words go: lines for people, JSON for programs, never both."""

import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, Final, NoReturn, ParamSpec, TypeVar

import click

from crypto.vault.protectors import KeyUnlock
from workstation.ctl.failures import CommandFailure, ExitCode
from workstation.ctl.help_language import Misused
from workstation.ctl.secrets import ask_passphrase
from workstation.ctl.streams import json_is_ascii
from workstation.documents.texts import Texts
from workstation.recovery.switch import finish_recovery

__all__ = ["Console", "TableRow", "Value", "with_console"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Item = TypeVar("_Item")

_WIDTH: Final = 100
"""Columns of a terminal that a table keeps within."""

_LEAST_LAST: Final = 24
"""Columns that the last cell of a row has at the least."""

_INDENT: Final = "    "
_QUOTED: Final = re.compile(r"`[^`]*`")
_NO_BREAK: Final = "\ue000"
"""A space in a command while lines are broken: private, so never a printable foreign one."""

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One result of several: a record for programs, cells and the lines below them for people."""

    record: Mapping[str, Value]
    cells: tuple[Value, ...]
    below: tuple[str, ...] = ()


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

    @property
    def texts(self) -> Texts:
        """Return the words of the language asked for."""
        return Texts(self.language)

    def folder(self) -> Path:
        """Return the data folder; a usage error when `--data` was not given."""
        if self.data is None:
            raise Misused("this command needs --data FOLDER (or WORKSTATION_DATA)")
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

    def rows(self, kind: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Print results of one shape: aligned columns, or one JSON object per line.

        kind  `type` of each object, by which programs tell the results of one command apart
        """
        rows = list(rows)
        if self.as_json:
            for row in rows:
                click.echo(_json({"type": kind, **row}))
            return
        if not rows:
            return
        names = list(rows[0])
        texts = [[_text(row[name]) for name in names] for row in rows]
        widths = [max(map(len, column)) for column in zip(names, *texts, strict=True)]
        for line in (names, *texts):
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(cells).rstrip())

    def table(self, kind: str, headers: Sequence[str], rows: Sequence[TableRow]) -> None:
        """Print results as a table of at most 100 columns, or one JSON object per line.

        Where the columns take more, the first one has a line of its own.

        kind     `type` of each object
        headers  in the language asked for
        """
        if self.as_json:
            for row in rows:
                click.echo(_json({"type": kind, **row.record}))
            return
        if not rows:
            return
        lines = [tuple(headers), *(tuple(_text(each) for each in row.cells) for row in rows)]
        # What to do about several rows in a line is said once, under the last of them.
        after = [*(row.below for row in rows[1:]), ()]
        notes = [
            () if row.below == then else row.below for row, then in zip(rows, after, strict=True)
        ]
        for shown, below in zip(_lay_out(lines), ((), *notes), strict=True):
            click.echo(shown)
            for line in below:
                self.paragraph(line, indent=_INDENT)

    def paragraph(self, text: str, *, indent: str = "", err: bool = False) -> None:
        """Print a text for people in lines of at most 100 columns.

        Addresses and commands in backquotes are not broken.
        """
        whole = _QUOTED.sub(lambda found: found[0].replace(" ", _NO_BREAK), _printable(text))
        lines = (f"{indent}{line}" for line in _wrap(whole, _WIDTH - len(indent)))
        click.echo("\n".join(lines).replace(_NO_BREAK, " "), err=err)

    def report_open_places(self, places: Sequence[str]) -> None:
        """Say all at once which places of the settings are open that the command did not need."""
        if not places:
            return
        if self.as_json:
            click.echo(_json({"type": "settings", "open": list(places)}))
            return
        names = ", ".join(each.split(":")[0] for each in places)
        self.paragraph(self.texts.tr("settings_open", places=names), err=True)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines for people; what cannot be printed in them is replaced."""
        for line in lines:
            click.echo(_printable(line))

    def note(self, text: str) -> None:
        """Say something to the person that is no result; programs do not see it."""
        if not self.as_json:
            click.echo(text, err=True)

    def note_unsigned(self) -> None:
        """Say what follows every change of what the station may be."""
        if not self.as_json:
            self.paragraph(self.texts.tr("trust_note.sign"), err=True)

    def leave(self, code: ExitCode) -> NoReturn:
        """End the command with a verdict other than success."""
        click.get_current_context().exit(int(code))

    @staticmethod
    def fail(failure: CommandFailure, *, as_json: bool) -> None:
        """Print a failure: one line on stderr, or one JSON object on stdout."""
        if as_json:
            members: dict[str, Value] = {
                "code": failure.code,
                "detail": failure.detail,
                "advice": failure.advice,
            }
            if failure.places:
                members["places"] = list(failure.places)
            click.echo(_json({"error": members}))
            return
        detail = f": {failure.detail}" if failure.detail else ""
        click.echo(f"{failure.code}{detail}. {failure.advice}", err=True)
        for each in failure.places[1:]:
            click.echo(f"  {each}", err=True)

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


def _lay_out(lines: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield each row as text: aligned, the last column within what the others leave of the width.

    Where they leave too little, the first column has a line of its own.
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    room = _WIDTH - sum(width + 2 for width in widths[:-1])
    stacked = room < min(widths[-1], _LEAST_LAST)
    if stacked:
        room += widths[0] + 2 - len(_INDENT)
    # Foreign names may leave none: a line that is too long is still read.
    room = max(room, _LEAST_LAST)
    indent = _INDENT if stacked else ""
    for first, *cells in lines:
        padded = [cell.ljust(width) for cell, width in zip([first, *cells], widths, strict=True)]
        before = indent + "".join(f"{each}  " for each in padded[stacked:-1])
        last = _wrap(cells[-1], room) or [""]
        rest = [" " * len(before) + each for each in last[1:]]
        whole = [before + last[0], *rest]
        yield "\n".join(each.rstrip() for each in ([first, *whole] if stacked else whole))


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


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
