"""A production station that worked for two days, what a thief takes of it, and copies of it."""

import copy
import json
import shutil
import sqlite3
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crypto.errors import CryptoError
from crypto.files.access_list import make_private
from crypto.log.audit.reader import LogReader
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.cosignature import Witness
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import SealedKeyStore
from crypto.vault.protectors import PassphraseProtector
from tests.support.pki import certificates as pki
from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET, CommandLine
from tests.support.station.log import ToldClock, private_key
from tests.support.station.passphrases import give_passphrase
from tests.support.station.scripted import ScriptedRegistries
from tests.support.station.stations import NAME, Desk, form
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.receipt import head_text
from workstation.errors import WorkstationError
from workstation.records.log_keys import log_key_names
from workstation.rules.checks import CheckId
from workstation.session.overrides.reasons import OverrideReason
from workstation.session.states import State
from workstation.station import commands as c

__all__ = ["Copy", "Thief", "Worked", "work"]

TILE = 256
WITNESS = "bank.kz/witness/ho-1"
TELLER, SUPERVISOR, ADMINISTRATOR = "T-0042", "S-0031", "a-001"


@dataclass(frozen=True)
class Thief:
    """What can be taken from a station by whoever sits there long enough, and no key of it.

    log_keys     every log key, the destroyed ones too
    credentials  of each person, as their secret unseals it: accomplices
    permit_key   the station's
    """

    log_keys: tuple[NoteSigner, ...]
    credentials: dict[str, NoteSigner]
    permit_key: Any


class Copy:
    """One copy of the station's folder, to be tampered with."""

    def __init__(self, worked: "Worked", folder: Path) -> None:
        self.worked = worked
        self.folder = folder
        shutil.copytree(worked.branch.folder, folder, dirs_exist_ok=True)
        for path in (folder, *folder.rglob("*")):
            make_private(path, folder=path.is_dir())
        self.line: CommandLine = copy.copy(worked.branch.line)
        self.line.data = folder / "station"
        self.permit_options: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        """Return the station's folder."""
        return self.line.data

    @property
    def log(self) -> Path:
        """Return the log's file."""
        return self.data / "log" / "log.sqlite"

    @property
    def heads(self) -> Path:
        """Return the file of released heads."""
        return self.data / "released" / "heads"

    def bodies(self) -> list[bytes]:
        """Return every entry as it lies in the file."""
        connection = sqlite3.connect(self.log)
        rows = connection.execute("SELECT body FROM entry ORDER BY seq").fetchall()
        connection.close()
        return [bytes(body) for (body,) in rows]

    def verify(self, *options: str) -> tuple[str, int | None, int]:
        """Run `log verify`; return reason, first bad index and exit code; "passed" when it did."""
        result = self.line.run("--json", "log", "verify", *options)
        verdict = json.loads(result.stdout)
        if "verdict" not in verdict:
            # Refused before there was one.
            error = verdict["error"]
            return f"{error['code']} {error['detail']}", None, result.exit_code
        return verdict["reason"] or verdict["verdict"], verdict["first_bad"], result.exit_code

    def verify_vault(self) -> tuple[str, int | None]:
        """Run `vault verify`; return the first problem's code and the entry that it names."""
        result = self.line.run("--json", "vault", "verify")
        said = json.loads(result.stdout)
        if "problems" not in said:
            return f"{said['error']['code']} {said['error']['detail']}", None
        assert (result.exit_code == 2) is bool(said["problems"])
        code, index, _ = (said["problems"] or ["whole - -"])[0].split(" ", 2)
        return code, None if index == "-" else int(index)

    @property
    def permit(self) -> Path:
        """Return the newest permit, as core banking finds it."""
        return self.data / "permits" / f"{self.worked.jti}.jws"

    def verify_permit(self) -> str:
        """Run `permit verify` as core banking does, twice where asked; return why it refuses."""
        kept = self.worked.evidence
        claimed = self.worked.claims
        options = {
            "--audience": "core-banking",
            "--operation-sha256": claimed["operation_sha256"],
            "--moment": datetime.fromtimestamp(claimed["nbf"] + 1, UTC).isoformat(),
            "--key": str(kept / "enrolment" / "permit.pem"),
            "--log-keys": str(kept / "enrolment" / "log.vkey"),
            "--log-rotations": str(min(kept.glob("log-rotations-*"))),
            "--redeem": str(self.folder / "register.sqlite"),
        }
        twice = self.permit_options == ("--redeem-twice",)
        if not twice:
            options |= dict(zip(self.permit_options[::2], self.permit_options[1::2], strict=True))
        given = [each for pair in options.items() for each in pair]
        for _ in range(1 + twice):
            result = self.line.run(
                "--json", "permit", "verify", str(self.permit), "--require-log", *given, data=False
            )
        said = json.loads(result.stdout)
        return (
            "valid"
            if result.exit_code == 0
            else str(said["error"]["detail"]).removeprefix(f"{self.permit.name}: ")
        )

    def export(self) -> Path:
        """Return an export of the log, made once for each copy."""
        made = self.folder / "export"
        if not made.exists():
            result = self.line.run("log", "export", str(made))
            assert result.exit_code == 0, result.output
        return made

    def verify_export(self) -> tuple[str, int | None]:
        """Run `log verify-export`; return its reason and the first bad entry."""
        result = self.line.run("--json", "log", "verify-export", str(self.export()))
        said = json.loads(result.stdout)
        if "verdict" not in said:
            return f"{said['error']['code']} {said['error']['detail']}", None
        return said["reason"] or said["verdict"], said["first_bad"]

    def look(self) -> str:
        """Run `doctor`; return what is bad."""
        given = ("--moment", pki.NOW.isoformat())
        rows = self.line.run("--json", "doctor", *given).stdout.splitlines()
        return "; ".join(e["seen"] for e in map(json.loads, rows) if e["state"] == "bad")

    def start(self) -> str:
        """Start the station as the desktop does; return what it says, empty when it starts."""
        branch = self.worked.branch
        overrides = branch.overrides(self.worked.clock)
        try:
            bootstrap.close(bootstrap.build(self.data, overrides, give_passphrase))
        except (WorkstationError, CryptoError) as refused:
            return f"{refused.code} {refused.detail}".strip()
        return ""


class Worked:
    """The station after its days, closed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.branch = Branch(folder / "branch", monkeypatch)
        self.branch.made()
        self.branch.signs = False
        self.clock = ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000), boot="d1")
        first = self._stored_keys()
        self._work_first_day()
        # What a restore of this backup looks like is one of the classes.
        self.backup = shutil.copytree(self.branch.data, folder / "backup")
        self.clock.run = "d2"
        self._work_second_day()
        last = self._stored_keys()
        (self.origin,) = {each.name for each in (*first, *last)}
        (private,) = (
            self._store().load(name) for name in self._store().names() if name == "permit"
        )
        self.thief = Thief((*first, *last), self._credentials(), private)
        self.evidence = folder / "elsewhere"
        self._keep_evidence()

    def copy(self, folder: Path) -> Copy:
        """Return a copy of the station."""
        return Copy(self, folder)

    # -- what left the machine --------------------------------------------------------------------

    def _keep_evidence(self) -> None:
        """Keep one head, the newest permit and a cosigned head, as others have them."""
        data = self.branch.data
        with LogReader(data / "log" / "log.sqlite", self._first_vkey()) as reader:
            head = reader.checkpoint()
            entries = list(reader.page(0, reader.size))
        self.evidence.mkdir()
        (self.evidence / "head.txt").write_text(head_text(head))
        self.bodies = [each.body for each in entries]
        permits = [each for each in entries if each.kind == "verify.permit"]
        # The permit's head is that of the tree which ends with its entry.
        self.size, self.permitted = head.size, permits[-1].seq + 1
        self.jti = str(permits[-1].data["jti"])
        token = (data / "permits" / f"{self.jti}.jws").read_text()
        self.claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        shutil.copy(data / "permits" / f"{self.jti}.jws", self.evidence / "newest.jws")
        witness = Witness(WITNESS, private_key(0x40))
        line = witness.cosign(head.checkpoint, time_s=int(pki.NOW.timestamp()))
        cosigned = SignedCheckpoint(head.checkpoint, head.lines).with_cosignatures([line])
        (self.evidence / "cosigned.note").write_text(cosigned.text)
        (self.evidence / "witness.vkey").write_text(witness.verifier.vkey + "\n")
        for rotations in (data / "permits").glob("log-rotations-*"):
            shutil.copy(rotations, self.evidence)
        shutil.copytree(data / "enrolment", self.evidence / "enrolment")

    def _first_vkey(self) -> str:
        return (self.branch.data / "enrolment" / "log.vkey").read_text().strip()

    # -- what a thief takes -----------------------------------------------------------------------

    def _store(self) -> SealedKeyStore:
        keys = self.branch.data / "keys"
        return SealedKeyStore(keys, PassphraseProtector(give_passphrase))

    def _stored_keys(self) -> tuple[NoteSigner, ...]:
        store = self._store()
        name = self._first_vkey().split("+")[0]
        return tuple(NoteSigner(name, store.load(each)) for each in log_key_names(store))

    def _credentials(self) -> dict[str, NoteSigner]:
        services = self.branch.opened(self.clock)
        try:
            people = (TELLER, SUPERVISOR, ADMINISTRATOR)
            found = [services.authenticator.authenticate(each, SECRET) for each in people]
        finally:
            bootstrap.close(services)
        return {each.credential.name: each.credential for each in found}

    # -- the days ---------------------------------------------------------------------------------

    def _work_first_day(self) -> None:
        services = self.branch.opened(self.clock)
        try:
            desk = Desk(self.branch.site(services))
            desk.plug()
            desk.do(c.SignIn(TELLER, "not the secret 12"))
            desk.do(c.SignIn(TELLER, SECRET))
            self._play(desk)
            assert desk.outcome[0] == "approved", desk.outcome
            # A supervisor decides about the number that nobody answers.
            unanswered = ((CheckId.OLD_NUMBER_CALLED, False),)
            self._play(desk, attestations=unanswered)
            assert desk.now.state is State.REVIEW, desk.now.message
            desk.do(
                c.Override(
                    SUPERVISOR,
                    CheckId.OLD_NUMBER_CALLED,
                    OverrideReason.NUMBER_LOST,
                    "the number is dead",
                    secret=SECRET,
                )
            )
            assert desk.outcome[0] == "approved", desk.outcome
            desk.do(c.SignOut())
            # Nothing is heard for long, so that the tree has a tile.
            log = services.journal.log
            for _ in range(TILE - 20 - len(list(log.entries()))):
                self.clock.tick(60_000)
                log.append("heartbeat", {"anchored": 0})
        finally:
            bootstrap.close(services)

    def _work_second_day(self) -> None:
        overrides = self.branch.overrides(self.clock)
        registries = overrides.registries
        assert isinstance(registries, ScriptedRegistries)
        services = bootstrap.build(self.branch.data, overrides, give_passphrase)
        try:
            desk = Desk(self.branch.site(services))
            desk.plug()
            desk.do(c.SignIn(TELLER, SECRET))
            # Another person's ИИН than the certificate's.
            self._play(desk, untrusted_iin=pki.OTHER_IIN)
            assert desk.now.state is State.RECORDED, (desk.now.state, desk.now.message)
            assert desk.outcome[0] != "approved", desk.outcome
            desk.do(c.NewSession())
            desk.do(c.BeginOperation(form(untrusted_name=NAME)))
            desk.do(c.Abort("teller_aborted"))
            self._play(desk)
            assert desk.outcome[0] == "approved", desk.outcome
            # As a kill leaves it here: the newest entries are in the write-ahead log only.
            self.killed = shutil.copytree(self.branch.data, self.branch.folder.parent / "killed")
            desk.do(c.SignOut())
        finally:
            bootstrap.close(services)

    def _play(self, desk: Desk, **changes: Any) -> None:
        """Serve one customer as far as the case goes by itself."""
        if desk.told.sessions:
            desk.do(c.NewSession())
        self.clock.tick(10_000)
        desk.station.tick()  # as the station looks at its clocks every quarter of a second
        desk.do(c.BeginOperation(form(untrusted_name=NAME, **changes)))
        desk.do(c.GiveConsent("ru"))
        desk.live()
        desk.do(c.Sign(SigningMethod.NCALAYER))


def work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Worked:
    """Make the station and let it work."""
    (folder / "branch").mkdir(parents=True)
    return Worked(folder, monkeypatch)
