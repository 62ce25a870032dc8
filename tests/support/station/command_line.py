"""A command line run in this process, and a station initialised through it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.station.passphrases import PASSPHRASE, make_argon2_cheap
from workstation import initialisation
from workstation.accounts.secret import SecretCost
from workstation.accounts.staging import StagedAccounts
from workstation.ctl import program

__all__ = ["SECRET", "CommandLine"]

SECRET = "дом у реки 48 Тобол"
ORIGIN = "bank.kz/log/a-07/g1"


class CommandLine:
    """Runs commands on one data folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = folder / "station"
        self.passphrase: str | None = None
        make_argon2_cheap(monkeypatch)
        self.enrolment_keys = folder / "usb"
        # The real cost of Argon2id is measured where it belongs, not once per test.
        monkeypatch.setattr(
            "workstation.ctl.operator.StagedAccounts",
            lambda path: StagedAccounts(path, SecretCost(64, 1, 1)),
        )
        monkeypatch.setattr(
            "workstation.ctl.init.initialise",
            lambda at, new, clock: initialisation.initialise(at, new, clock, SecretCost(64, 1, 1)),
        )

    def run(self, *arguments: str, stdin: str = "", data: bool = True) -> Result:
        """Run and return click's result: exit_code, stdout, stderr."""
        before = ["--data", str(self.data)] if data else []
        if self.passphrase is not None and data:
            before.append("--passphrase-stdin")
            stdin = f"{self.passphrase}\n{stdin}"
        return CliRunner().invoke(program, [*before, *arguments], input=stdin)

    def json(self, *arguments: str, stdin: str = "", data: bool = True) -> Any:
        """Run with `--json` and return what was printed."""
        return json.loads(self.run("--json", *arguments, stdin=stdin, data=data).stdout)

    def init(self, *extra: str, profile: str = "demo", secret: str = SECRET) -> Result:
        """Initialise the station; a production one gets a pass phrase, given to every command."""
        if profile == "production":
            self.passphrase = PASSPHRASE
        named = {
            "--profile": profile,
            "--station": "ws-07",
            "--bank": "АО «Банк»",
            "--branch": "Алматы-1",
            "--origin": ORIGIN,
            "--admin": "root",
            "--admin-name": "Админ",
            "--enrolment-keys": str(self.enrolment_keys),
        }
        options = [each for pair in named.items() for each in pair]
        return self.run("init", *options, "--secret-stdin", *extra, stdin=secret + "\n")
