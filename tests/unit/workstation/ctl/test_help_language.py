"""`workstation-ctl` speaks Kazakh, Russian and English: every command, option and usage error."""

import ast
import gettext
import os
import re
import runpy
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

import resources
from workstation.ctl import help_language, program
from workstation.ctl.help_language import DOMAIN, speak, system_language

ROOT = Path(resources.path("i18n")).parents[1]
TRANSLATED = ("kk", "ru")
# Names of files, formats, options, commands and of what the program prints are the same everywhere.
NAMES = re.compile(
    r"`[^`]*`|\[[a-z_.]+\]|\[\[[a-z]+\]\]|--[a-z0-9-]+|\S*[/_.=]\S*|\(\*\.bin\)"
    r"|\b(workstation-ctl|WORKSTATION_DATA|JSON|TOML|CSV|ZIP|PEM|DER|CMS|XMLDSig|PDF|ASiC|PKCS|PIN|QR|SHA"
    r"|OCSP|HTTP|ISO|vkey|Ctrl|production|demo|permit|prod|test|policy|any|file|PKCS#11|PKCS#8"
    r"|TOTAL_PASSED|EF|SOD|DER|MRZ|KAZ|YYMMDD|chip|group|sex|age|same|p7s|ID|sig|cosigned|growth|all"
    r"|log-rotations|evidence-lists|undetermined|lta?|t|C|x|h|PNG|CRL|TSA|URL|TLS|SIGTERM|NCALayer|eGov|Mobile|VID|PID|Windows|RTP|fps)\b"
)


def texts():
    """Every text that the program has translated before it answers."""
    asked, real = set(), help_language.translate

    def translate(text):
        asked.add(text)
        return real(text)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(help_language, "translate", translate)
        with speak(program, "en"):
            return {text for text in asked if re.search("[A-Za-z]", text)}


def messages_of_misuse():
    """Every text that a command raises as its own usage error."""
    found = set()
    for file in (ROOT / "workstation" / "ctl").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Misused":
                found.add(node.args[0].value)
    return found


def catalogue(language):
    with resources.path("i18n", language, "LC_MESSAGES", f"{DOMAIN}.po").open("rb") as stream:
        return {each.id: each.string for each in read_po(stream) if each.id}


def commands(command=program, path=()):
    yield list(path)
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*path, name))


def values():
    """What is typed as it stands: choices and defaults."""
    found = set()
    for command in tree(program):
        for each in command.params:
            found |= set(map(str, getattr(each.type, "choices", ())))
            stated = each.default if isinstance(each.default, tuple) else (each.default,)
            found |= {value for value in stated if isinstance(value, str)}
    return {word for value in found for word in re.findall("[A-Za-z]+", value)}


def said(language, *arguments):
    return CliRunner().invoke(program, ["--language", language, *arguments])


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_every_command_is_translated(language):
    known = catalogue(language)

    assert sorted(text for text in texts() | messages_of_misuse() if text not in known) == []
    assert [text for text, translated in known.items() if not translated] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_words_are_fresh(language):
    source = resources.path("i18n", language, "LC_MESSAGES", f"{DOMAIN}.po")
    fresh = runpy.run_path(str(ROOT / ".ci" / "texts"))["compiled"](source)

    assert source.with_suffix(".mo").read_bytes() == fresh, "run .ci/texts"


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_kept(language):
    for text in messages_of_misuse():
        names = set(re.findall(r"\{(\w+)\}", text))
        assert set(re.findall(r"\{(\w+)\}", catalogue(language)[text])) == names


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_in_the_help_of_any_command(language):
    found = {}
    for path in commands():
        ended = said(language, *path, "--help")
        assert ended.exit_code == 0
        # Lines are broken in the middle of what is one word to us.
        whole = " ".join(ended.stdout.replace("`", " ` ").split())
        words = re.sub(r"\[[a-z0-9_|-]+\]", " ", NAMES.sub(" ", ended.stdout))
        names = (
            {word for each in commands() for name in each for word in name.split("-")}
            | {program.name}
            | values()
        )
        left = set(re.findall(r"\b[A-Za-z]{3,}\b", words)) - names
        left = {word for word in left if not re.search(rf"(`[^`]*\b{word}\b[^`]*`)", whole)}
        if left:
            found[" ".join(path)] = left

    assert found == {}


def test_kazakh_help_is_kazakh():
    kazakh, russian = catalogue("kk"), catalogue("ru")

    assert all(letter in "".join(map(str, kazakh.values())) for letter in "әғқңөұүі")
    same = [text for text in kazakh if kazakh[text] == russian[text] and len(text.split()) > 3]
    assert [text for text in same if not text.startswith("PICTURE")] == []


@pytest.mark.parametrize(
    ("language", "arguments", "words"),
    [
        ("ru", ["lgo"], "Команды 'lgo' нет"),
        ("kk", ["lgo"], "'lgo' командасы жоқ"),
        ("ru", ["init"], "Не хватает параметра '--profile'"),
        ("kk", ["log", "show", "--count", "many"], "'--count' үшін қате мән"),
        ("ru", ["crl", "update"], "нужна --data ПАПКА"),
        ("kk", ["crl", "update"], "--data БУМА"),
        ("en", ["crl", "update"], "needs --data FOLDER"),
        ("ru", ["match", "one.jpg"], "нужны две фотографии"),
    ],
)
def test_usage_errors_are_said_in_the_language(monkeypatch, language, arguments, words):
    monkeypatch.delenv("WORKSTATION_DATA", raising=False)
    ended = said(language, *arguments)

    assert ended.exit_code == 3
    assert words in ended.stderr


@pytest.mark.parametrize(("language", "word"), [("ru", "Команды:"), ("kk", "Командалар:")])
def test_the_program_alone_prints_its_help(language, word):
    ended = said(language)

    assert ended.exit_code == 3
    assert word in ended.stderr
    assert ended.stderr == said(language, "--help").stdout


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "kk_KZ.UTF-8"}, "kk"),
        ({"LANG": "kk_KZ.UTF-8", "LC_ALL": "ru_RU"}, "ru"),
        ({"LC_MESSAGES": "ru"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_system_says_the_language(monkeypatch, variables, language):
    monkeypatch.setattr(help_language.sys, "platform", "linux")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert system_language() == language


@pytest.mark.skipif(os.name == "nt", reason="Windows asks the system, not the environment")
def test_without_an_option_help_is_in_the_language_of_the_system(monkeypatch):
    monkeypatch.setenv("LC_ALL", "kk_KZ.UTF-8")
    ended = CliRunner().invoke(program, ["log", "--help"])

    assert "Қол қойылған журналды оқу" in ended.stdout


def test_afterwards_all_is_as_written(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    written = [(each.help, [p.metavar for p in each.params]) for each in tree(program)]
    domain = gettext.textdomain()
    with speak(program, "kk"):
        assert [each.help for each in tree(program)] != [help_ for help_, _ in written]

    assert [(each.help, [p.metavar for p in each.params]) for each in tree(program)] == written
    assert (os.environ["LANGUAGE"], gettext.textdomain()) == ("de", domain)
    assert click.core._("Options") == "Options"


def tree(command):
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from tree(each)
