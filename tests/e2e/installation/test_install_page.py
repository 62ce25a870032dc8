"""docs/install.md followed word by word: an empty folder becomes a station that approves."""

import contextlib
import os
import pty
import re
import shlex
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest

from tests.support.installation.bank_network import BankServices, bank_network, why_no_network
from workstation.ctl.program import program
from workstation.sandbox.services.answer_signer import AnswerSigner

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
PASSPHRASE = "seven slow herons over Balkhash"
SECRET = "a bridge of 48 planks"
TIMEOUT_S = 120


def commands():
    """Return every command of the page, in order, as words."""
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def placeholders():
    """Return the words that the table at the top says are to be replaced."""
    table = PAGE.split("## What to have at hand", 1)[1].split("\n\nPeople:", 1)[0]
    first = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {word for cell in first for word in re.findall(r"`([^`]+)`", cell)}


def test_every_capital_word_of_a_command_stands_in_the_table_and_is_used():
    used = {word for command in commands() for word in command if re.fullmatch("[A-Z-]+", word)}
    assert used == placeholders()


def test_every_command_of_the_page_exists_and_takes_its_options():
    for name, *words in commands():
        assert name in {"workstation", "workstation-ctl"}
        if name == "workstation":
            continue
        group, rest = program, [each for each in words if each not in {"--data", "FOLDER"}]
        rest = [each for each in rest if each != "--passphrase-stdin"]
        while isinstance(group, click.Group):
            group, rest = group.commands[rest[0]], rest[1:]
        group.make_context(words[-1], rest)


TAKES_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""The pass phrase is asked of the controlling terminal, which a program has to take itself."""


class Terminal:
    """A terminal of the administrator's: what is asked for is typed, as a person types it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs = folder / "programs"
        programs.mkdir()
        shim = programs / "workstation-ctl"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m workstation.ctl "$@"\n')
        shim.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
        }

    def type(self, words: list[str], code: int = 0) -> str:
        """Type a command; return what was printed, having answered every question.

        code  that it has to end with
        """
        own, its = pty.openpty()
        quiet = termios.tcgetattr(its)
        quiet[1] &= ~termios.OPOST
        termios.tcsetattr(its, termios.TCSANOW, quiet)
        process = subprocess.Popen(
            [sys.executable, "-c", TAKES_TERMINAL, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        shown, asked = "", 0
        with contextlib.suppress(OSError):
            # The other side is closed when the command has ended: EIO.
            while octets := os.read(own, 4096):
                shown += octets.decode(errors="replace")
                if shown[asked:].endswith(": ") and (answer := self._answer(shown[asked:])):
                    os.write(own, f"{answer}\n".encode())
                    asked = len(shown)
        os.close(own)
        assert process.wait(TIMEOUT_S) == code, (words, shown)
        # Nobody at the counter reads over a shoulder what was typed.
        assert PASSPHRASE not in shown
        assert SECRET not in shown
        return shown

    def _answer(self, question: str) -> str:
        last = question.strip().splitlines()[-1]
        if last.endswith("[y/N]:"):
            # What head office reads is what it signs.
            assert "retention-2026" in question
            assert "T-0042" in question
            return "y"
        if "Repeat" not in last:
            self._said = {"pass phrase": PASSPHRASE, "secret": SECRET}[
                "pass phrase" if "ass phrase" in last else "secret"
            ]
        return self._said


def values(folder: Path, bank: BankServices) -> dict[str, list[str]]:
    """Return what the bank's people put in the place of each word of the table."""
    authorities = bank.authorities()
    typed = [word for _, digits in authorities for word in ("--fingerprint", digits)]
    issues = ["--issues", "signers", "--issues", "timestamps"]
    single = {
        "FOLDER": str(folder / "station"),
        "USB": str(folder / "usb"),
        "RETENTION": str(folder / "retention.pem"),
        "STATION": "ws-07",
        "BANK": "АО «Банк»",
        "BRANCH": "Алматы-1",
        "ORIGIN": "bank.kz/log/almaty1-ws07/g1",
        "ADMIN": "a-001",
        "ADMIN-NAME": "Ким Алексей",
        "TELLER": "T-0042",
        "TELLER-NAME": "Ахметов Ерлан",
        "SUPERVISOR": "S-0031",
        "SUPERVISOR-NAME": "Смирнова Ольга",
        "NCALAYER-CA": str(bank.endpoints.tls_anchor),
        "GATEWAY-CA": str(bank.tls_anchor),
        "OWNERS-URL": bank.gateway,
        "ANTIFRAUD-URL": bank.gateway,
        "REFUSALS-URL": bank.gateway,
        "PERSON-URL": bank.persons,
        "PERSON-KEY": f"{AnswerSigner.KID}={bank.endpoints.answer_key}",
        "OCSP-URL": bank.responder,
        "STAMP-URL": bank.stamping,
        "AUDIENCE": "core-banking",
    }
    return {word: [value] for word, value in single.items()} | {
        "AUTHORITIES": [*typed, *issues, *(str(path) for path, _ in authorities)],
        "LIST-URLS": bank.lists,
    }


@pytest.mark.skipif("TEST_INSTALL" not in os.environ, reason="two minutes: `make test-install`")
@pytest.mark.skipif(bool(why_no_network()), reason=why_no_network())
def test_a_station_made_by_the_page_alone_approves(tmp_path):
    with bank_network(tmp_path) as bank:
        terminal, places = Terminal(tmp_path), values(tmp_path, bank)
        shown = ""
        for words in commands():
            typed = [each for word in words for each in places.get(word, [word])]
            if words[0] == "workstation":
                # The desktop; without a camera on this machine somebody else sits before it.
                player = [sys.executable, "-m", "tests.support.installation.first_session"]
                shown = terminal.type([*player, typed[-1], PASSPHRASE, "T-0042", SECRET])
                continue
            if "sign" in words:
                # What head office reads before: it is not in force, so the command says no.
                read = terminal.type([*typed[: typed.index("charter")], "charter", "status"], 1)
                assert "retention-2026" in read
                assert "T-0042" in read
            shown = terminal.type(typed)
            if words[1] == "vault":
                (digits,) = re.findall(r"^x25519: ([0-9a-f]{64})", shown, re.MULTILINE)
                places["RECIPIENT"] = [f"retention-2026={digits}"]
            if words[-1] == "doctor":
                assert shown.split()[-1] != "bad", shown
        assert shown.strip().endswith("approved decision.approved 1"), shown
