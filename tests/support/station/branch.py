"""A production station of a branch, made by the very commands of docs/ctl.md, "A new station".

Its authorities have the shape of НУЦ's: two roots, one authority below each, whose certificate
states where the root's list is published.
"""

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.cms.signature_file import identify
from crypto.errors import CryptoError
from crypto.files.access_list import make_private
from tests.support.pki import certificates as pki
from tests.support.station.charters import sign_folder
from tests.support.station.command_line import SECRET, CommandLine
from tests.support.station.log import ToldClock
from tests.support.station.passphrases import PASSPHRASE, give_passphrase
from tests.support.station.scripted import (
    ScriptedAnalysis,
    ScriptedCamera,
    ScriptedCarrier,
    ScriptedRegistries,
)
from tests.support.station.stations import Site, customer, signed
from vision.face.engines.loading import FaceEngines, load_engines
from vision.frame import CameraKind
from vision.models.manifest import Manifest
from workstation import bootstrap
from workstation.errors import WorkstationError
from workstation.verification.services import Services

__all__ = ["Authorities", "Branch", "authorities", "documented_commands", "start"]

ROOT = Path(__file__).resolve().parents[3]
GOST_ADDRESS = "http://crl.root.gov.kz/gost2015_2022.crl"
RSA_ADDRESS = "http://crl.root.gov.kz/rsa2020.crl"
GATEWAY = "https://gateway.bank.example"
NOWHERE = "192.0.2.10"
"""TEST-NET-1: an address that is nobody's, and not this machine's."""


@dataclass(frozen=True)
class Authorities:
    """Two hierarchies; the first is that of `pki.world`, whose people can sign under it."""

    root_gost: pki.Holder
    nca_gost: pki.Holder
    root_rsa: pki.Holder
    nca_rsa: pki.Holder

    def files(self) -> dict[str, bytes]:
        """Return the certificates under the names of docs/ctl.md, DER and PEM mixed."""
        pem = self.nca_gost.certificate.public_bytes(Encoding.PEM)
        return {
            "root_gost_2022.cer": self.root_gost.der,
            "nca_gost_2022.cer": pem,
            "root_rsa_2020.cer": self.root_rsa.certificate.public_bytes(Encoding.PEM),
            "nca_rsa_2022.cer": self.nca_rsa.der,
        }

    def lists(self, moment: datetime = pki.NOW) -> dict[str, bytes]:
        """Return a list of each authority, roots first, under the names of docs/ctl.md."""
        half_a_year = moment + timedelta(days=90)
        hour = moment - timedelta(hours=1)
        return {
            "gost2015_2022.crl": pki.make_crl(
                self.root_gost, this_update=hour, next_update=half_a_year
            ),
            "rsa2020.crl": pki.make_crl(self.root_rsa, this_update=hour, next_update=half_a_year),
            "nca_gost_2022.crl": pki.make_crl(self.nca_gost, this_update=hour),
            "nca_rsa_2022.crl": pki.make_crl(self.nca_rsa, this_update=hour),
        }


def _published_at(address: str) -> tuple[x509.ExtensionType, bool]:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
    return x509.CRLDistributionPoints([point]), False


@cache
def authorities() -> Authorities:
    """Build both hierarchies once."""
    root = pki.world().root
    root_rsa = pki.issue(pki.ca_name("ROOT RSA"), "rsa-root", None, pki.CA_EXTENSIONS, serial=1)

    def below(issuer: pki.Holder, name: str, label: str, address: str) -> pki.Holder:
        extensions = (*pki.CA_EXTENSIONS, pki.POLICIES, _published_at(address))
        return pki.issue(pki.ca_name(name), label, issuer, extensions, serial=2)

    return Authorities(
        root,
        below(root, "NCA TEST", "authority", GOST_ADDRESS),
        root_rsa,
        below(root_rsa, "NCA RSA", "rsa-nca", RSA_ADDRESS),
    )


@cache
def documented_commands() -> tuple[tuple[str, ...], ...]:
    """Return every command of the section "A new station", in order, as words."""
    text = (ROOT / "docs" / "ctl.md").read_text(encoding="utf-8")
    section = text.split("## A new station\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return tuple(tuple(shlex.split(line)) for line in lines if line.strip())


@cache
def _loaded(manifest: Manifest) -> FaceEngines:
    """Load the models of a manifest once for all tests."""
    return load_engines(manifest)


_MADE: dict[tuple[str, ...] | None, "TemporaryDirectory[str]"] = {}


class Branch:
    """Types the documented commands; `folder` is where the administrator sits."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        certificates: Mapping[str, bytes] | None = None,
    ) -> None:
        """Lay the files ready; `certificates` by the names of docs/ctl.md, None: the tests' own."""
        self.folder = folder
        self.own = certificates is None
        self.signs = False
        self.line = CommandLine(folder, monkeypatch)
        self.line.passphrase = PASSPHRASE
        self.monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        self.resolved: dict[str, str] = {}
        monkeypatch.setattr("socket.getaddrinfo", self._getaddrinfo)
        # Whether the PC of the tests has a card reader is not the branch's.
        monkeypatch.setattr("workstation.ctl.doctor.check_readers", tuple)
        # No branch changes the models that came with the program; what `doctor` sees of models
        # that were changed is in its own tests.
        monkeypatch.setattr(
            "vision.face.engines.loading.load_engines",
            lambda manifest, _folder: _loaded(manifest),
        )
        files = {**authorities().files(), **authorities().lists(), **(certificates or {})}
        for name, octets in files.items():
            (folder / name).write_bytes(octets)
        (folder / "gateway.pem").write_bytes(
            pki.world().root.certificate.public_bytes(Encoding.PEM)
        )

    @property
    def data(self) -> Path:
        """Return the station's folder."""
        return self.line.data

    @property
    def settings(self) -> Path:
        """Return the settings file."""
        return self.data / "workstation.toml"

    def _getaddrinfo(self, host: str, port: int, **_rest: Any) -> list[Any]:
        return [(2, 1, 6, "", (self.resolved.get(host, NOWHERE), port))]

    def type(self, words: tuple[str, ...], *extra: str) -> Result:
        """Type one documented command; placeholders become what they stand for."""
        places = {"FOLDER": str(self.data), "USB": str(self.line.enrolment_keys), "…": "Имя"}
        program, *given = (places.get(word, word) for word in words)
        assert program == "workstation-ctl", words
        needs_secret = {"init"} & set(given) or {"operator", "add"} <= set(given)
        secret = ["--secret-stdin"] if needs_secret else []
        stdin = f"{PASSPHRASE}\n{SECRET}\n" if needs_secret else f"{PASSPHRASE}\n"
        before = ["--passphrase-stdin"] if "FOLDER" in words else []
        return self.line.run(*before, *given, *secret, *extra, stdin=stdin, data=False)

    def made(self, *, lists: tuple[str, ...] | None = None) -> "Branch":
        """Type the whole section but the desktop, and what only the bank's own people know.

        lists  which of the documented files of lists are brought; None: all
        """
        made = _MADE.get(lists) if self.own else None
        if made is None:
            for words in documented_commands():
                self.step(words, lists)
            if self.own:
                # Typed once for all tests of the run; every further one begins with a copy.
                made = _MADE[lists] = TemporaryDirectory(prefix="branch-")
                shutil.copytree(self.folder, made.name, dirs_exist_ok=True)
        else:
            shutil.copytree(made.name, self.folder, dirs_exist_ok=True)
            # A copy does not take the access lists of Windows along; modes it does.
            for path in (self.folder, *self.folder.rglob("*")):
                make_private(path, folder=path.is_dir())
        self.signs = True
        return self

    def step(self, words: tuple[str, ...], lists: tuple[str, ...] | None) -> None:
        """Type one command of the section and see it done."""
        extra: list[str] = []
        match words[1:]:
            case ("vault", *_):
                result = self.type(words)
                (self.recipients,) = re.findall(r"^settings: (.*)$", result.stdout, re.MULTILINE)
            case (_, _, "trust", *_):
                for holder in vars(authorities()).values() if self.own else ():
                    extra += ["--fingerprint", holder.parsed.sha256]
                # The catalogue knows none of these, so nobody's certificates of theirs count yet.
                extra += ["--issues", "signers"] if self.own else []
                result = self.type(words, *extra)
                self.fill_in()
            case (_, _, "crl", "update"):
                return  # The way to НУЦ; this branch has none.
            case (_, _, "crl", "import", *files):
                brought = [each for each in files if lists is None or each in lists]
                if not brought:
                    return
                typed = (*words[: words.index("import") + 1], *brought)
                result = self.type(typed, "--moment", pki.NOW.isoformat())
            case (_, _, "doctor"):
                return
            case _:
                result = self.type(words)
        assert result.exit_code == 0, (words, result.output)

    def fill_in(self) -> None:
        """Do what step 4 says: type into the places that the template leaves open."""
        trusted = tomllib.loads(self.settings.read_text("utf-8"))["trust"]["intermediates"]
        rsa = _der((self.folder / "nca_rsa_2022.cer").read_bytes())
        ncalayer = next(each for each in trusted if (self.data / each).read_bytes() == rsa)
        for old, new in (
            ("tls_anchors = []", f'tls_anchors = ["{ncalayer}"]'),
            ("tls_anchors = []", 'tls_anchors = ["../gateway.pem"]'),
            ('phone_owner_url = ""', f'phone_owner_url = "{GATEWAY}/owner"'),
            ('antifraud_url = ""', f'antifraud_url = "{GATEWAY}/antifraud"'),
            ('loan_refusal_url = ""', f'loan_refusal_url = "{GATEWAY}/loans"'),
            ('# person_url = "https://…"', f'person_url = "{GATEWAY}/persons"'),
            ("\nrecipients = []", f"\n{self.recipients}"),
            ('audience = ""', 'audience = "core-banking"'),
        ):
            self.set(old, new)

    def set(self, old: str, new: str) -> None:
        """Change the settings by hand."""
        text = self.settings.read_text("utf-8")
        assert old in text, old
        self.settings.write_text(text.replace(old, new, 1), "utf-8")
        if self.signs:
            self.sign()

    def sign(self) -> None:
        """Let head office sign what was changed; what cannot be read nobody signs."""
        clock = ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))
        with suppress(WorkstationError, CryptoError):
            sign_folder(self.data, self.line.enrolment_keys, clock)

    def doctor(self) -> tuple[list[dict[str, str]], int]:
        """Return what `doctor` sees of the station, and its exit code."""
        result = self.line.run("--json", "doctor", "--moment", pki.NOW.isoformat())
        return [json.loads(line) for line in result.stdout.splitlines()], result.exit_code

    def bad(self) -> list[str]:
        """Return what is bad, without the verdict on the whole."""
        signs, code = self.doctor()
        bad = [each["seen"] for each in signs if each["state"] == "bad"]
        assert bool(bad) is (code == 4), (bad, code)
        return bad[:-1]

    def overrides(self, clock: ToldClock) -> bootstrap.Overrides:
        """Return stand-ins for devices and gateways; all else is the station's own."""
        registries = ScriptedRegistries()
        registries.somebody = customer()
        return bootstrap.Overrides(
            open_camera=lambda: ScriptedCamera(kind=CameraKind.DEVICE),
            analysis=ScriptedAnalysis(),
            carrier=ScriptedCarrier(lambda request, _cancelled: signed(request, pki.NOW)),
            registries=registries,
            clock=clock,
            now=lambda: pki.NOW,
        )

    def opened(self, clock: ToldClock | None = None) -> Services:
        """Open the station as the desktop does."""
        told = clock or ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))
        return bootstrap.build(self.data, self.overrides(told), give_passphrase)

    def site(self, services: Services) -> Site:
        """Return what a `Desk` needs of an opened station."""
        unused = cast("Any", None)
        return Site(self.folder, services, *(unused,) * 8)


def _der(octets: bytes) -> bytes:
    return identify(octets)[1]


def start(branch: Branch) -> str:
    """Start as the desktop does; return what it says, empty when it starts."""
    try:
        bootstrap.close(branch.opened())
    except (WorkstationError, CryptoError) as refused:
        return f"{refused.code} {refused.detail}"
    return ""
