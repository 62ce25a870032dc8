"""The words of `--help` and of usage errors in the language of who types.

Commands and options state them in English, where they are written; the catalogue `ctl` of
`resources/i18n` translates each paragraph by its English text, click's own words too, which click
asks the same gettext for.
"""

import ctypes
import gettext
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import click

import resources
from resources import LANGUAGES

__all__ = ["DOMAIN", "Misused", "speak", "system_language", "translate"]

DOMAIN: Final = "ctl"
_VARIABLE: Final = "LANGUAGE"
"""By which gettext chooses; it goes before the locale's own variables."""

_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_WINDOWS_LANGUAGES: Final = {0x3F: "kk", 0x19: "ru"}
"""Primary language identifiers of Windows."""

_WHOLE: Final = re.compile(r"[^A-Za-z]*\Z")
_BREAK: Final = re.compile(r"\n\s*\n")


class Misused(click.UsageError):
    """A command that was called wrongly, told in the language that is spoken.

    text  in English, as the catalogue names it; values fill its placeholders
    """

    def __init__(self, text: str, /, **values: str | int) -> None:
        super().__init__(translate(text).format(**values))


def system_language() -> str:
    """Return the language of the person's system where it is offered, else English."""
    if sys.platform == "win32":
        chosen = int(ctypes.windll.kernel32.GetUserDefaultUILanguage()) & 0x3FF
        return _WINDOWS_LANGUAGES.get(chosen, "en")
    named = next((value for name in _LOCALE if (value := os.environ.get(name))), "")
    spoken = named.partition(".")[0].partition("_")[0]
    return spoken if spoken in LANGUAGES else "en"


def translate(text: str) -> str:
    """Return one text of the command line in the language that is spoken now."""
    if _WHOLE.match(text) is not None:
        return text
    return _find_catalogue(os.environ.get(_VARIABLE, "en")).gettext(text)


@lru_cache(maxsize=len(LANGUAGES))
def _find_catalogue(language: str) -> gettext.NullTranslations:
    """Return a language's catalogue, found once: gettext itself looks anew at every text."""
    return gettext.translation(DOMAIN, resources.path("i18n"), [language], fallback=True)


@contextmanager
def speak(program: click.Command, language: str) -> Iterator[None]:
    """Have the whole tree of commands, and click, speak a language; as before at the end."""
    before, domain = os.environ.get(_VARIABLE), gettext.textdomain()
    folder = str(resources.path("i18n"))
    gettext.bindtextdomain(DOMAIN, folder)
    gettext.textdomain(DOMAIN)
    os.environ[_VARIABLE] = language
    written = [_Words.read(each) for each in _commands(program)]
    try:
        for each in written:
            each.translate()
        yield
    finally:
        for each in written:
            each.restore()
        gettext.textdomain(domain)
        os.environ.pop(_VARIABLE)
        if before is not None:
            os.environ[_VARIABLE] = before


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _commands(each)


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each in one line."""
    return [" ".join(each.split()) for each in _BREAK.split(text.strip())] if text.strip() else []


def _placeholder(parameter: click.Parameter) -> str:
    """Return what stands for a value in the usage line, in English; empty where choices do."""
    if parameter.metavar is not None:
        return parameter.metavar
    if isinstance(parameter.type, click.Choice) or parameter.is_eager:
        return ""
    if isinstance(parameter, click.Option):
        spoken = not (parameter.is_flag or parameter.count)
        return parameter.type.name.upper() if spoken else ""
    return (parameter.name or "").upper()


@dataclass(frozen=True, slots=True)
class _Words:
    """One command's words as they are written."""

    command: click.Command
    help: str | None
    options_metavar: str | None
    subcommand_metavar: str | None
    options: tuple[tuple[click.Parameter, str | None, str | None], ...]

    @classmethod
    def read(cls, command: click.Command) -> "_Words":
        options = tuple(
            (each, each.metavar, each.help if isinstance(each, click.Option) else None)
            for each in command.params
        )
        below = command.subcommand_metavar if isinstance(command, click.Group) else None
        return cls(command, command.help, command.options_metavar, below, options)

    def translate(self) -> None:
        paragraphs = _paragraphs(self.help or "")
        self.command.help = "\n\n".join(map(translate, paragraphs)) or None
        self.command.options_metavar = translate(self.options_metavar or "") or None
        if isinstance(self.command, click.Group):
            self.command.subcommand_metavar = translate(self.subcommand_metavar or "")
        self._forget()
        for each, _, text in self.options:
            if isinstance(each, click.Option) and text:
                each.help = translate(" ".join(text.split()))
            placeholder = _placeholder(each)
            said = translate(placeholder)
            if said != placeholder:
                each.metavar = _surrounded(said, each)

    def restore(self) -> None:
        self.command.help = self.help
        self.command.options_metavar = self.options_metavar
        if isinstance(self.command, click.Group):
            self.command.subcommand_metavar = self.subcommand_metavar or ""
        self._forget()
        for each, metavar, text in self.options:
            each.metavar = metavar
            if isinstance(each, click.Option):
                each.help = text

    def _forget(self) -> None:
        # click keeps the option `--help` in the language that it was first asked for in.
        self.command._help_option = None  # noqa: SLF001 - no other way to have it said anew


def _surrounded(said: str, parameter: click.Parameter) -> str:
    """Return a placeholder with the marks that click puts around its own."""
    if parameter.metavar is not None:
        return said
    if isinstance(parameter, click.Argument) and not parameter.required:
        said = f"[{said}]"
    return f"{said}..." if parameter.nargs != 1 else said
