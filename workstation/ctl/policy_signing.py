"""`policy key|sign|verify|calendar`: who puts a version of the rules in force, and when."""

from datetime import UTC, date, datetime
from pathlib import Path

import click
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES, SignatureRequest
from crypto.carrier.token import CERTEX_GOST_2004, CERTEX_GOST_2015, TokenCarrier, TokenSettings
from crypto.cms.signature_file import FileKind
from crypto.log.format.note import NoteSigner, valid_key_name
from crypto.vault.keyfile import read_secret, write_secret
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import NothingFound
from workstation.ctl.files import read_object
from workstation.ctl.help_language import Misused
from workstation.errors import PolicyRefused, SettingsRefused
from workstation.first_start.beginning import SignedPolicies
from workstation.initialisation import POLICIES_FOLDER
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.calendar.reader import (
    list_policies,
    read_calendar,
    read_version,
    station_calendar,
)
from workstation.rules.calendar.signers import PolicySigner, read_signers, station_signers
from workstation.rules.calendar.signing import sign_policy, statement_text, write_certified
from workstation.rules.calendar.statement import parse_statement
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.policy import PolicySignerTable, PolicyTable
from workstation.settings.settings import load_settings
from workstation.settings.template import toml_value
from workstation.settings.toml_file import convert_tables, parse_toml, read_limited

__all__ = ["calendar", "key", "read_folder", "sign", "verify"]

_MAX_FILE = 65_536
_TOKEN_TIMEOUT_S = 180
_PATH = click.Path(path_type=Path)
_SIGNERS = click.option(
    "--signers", type=_PATH, help="TOML file of [[signers]], in place of the station's settings."
)


class _SignersFile(msgspec.Struct, forbid_unknown_fields=True):
    signers: list[PolicySignerTable]


def read_folder(folder: Path, signers: Path) -> SignedPolicies:
    """Return a folder of policies, verified, with the certificates of its signers beside them.

    Raises PolicyRefused, SettingsRefused.
    """
    stated = _read_signers_file(signers)
    read_calendar(folder, read_signers(signers.parent, stated), datetime.now(UTC))
    files: dict[str, bytes] = {}
    for found in list_policies(folder).values():
        for path in filter(None, (found.policy, found.note, *found.certified.values())):
            files[path.name] = read_limited(path, MAX_POLICY_BYTES, PolicyRefused)
    rows = []
    for each in stated:
        if isinstance(each.certificate, str):
            name = f"{each.name}.cer"
            files[name] = read_limited(
                signers.parent / each.certificate, _MAX_FILE, SettingsRefused
            )
            rows.append(PolicySignerTable(each.name, certificate=f"{POLICIES_FOLDER}/{name}"))
        else:
            rows.append(each)
    return SignedPolicies(PolicyTable(folder=POLICIES_FOLDER, signers=rows), files)


@click.command("key")
@click.argument("name")
@click.argument("file", type=_PATH)
@with_console
def key(console: Console, name: str, file: Path) -> None:
    """Make the key of a signer called NAME.

    The private key is written to FILE, which must not exist (PKCS#8, PEM, not encrypted: keep it on
    a disk of that person's own, away from the stations and from the other signers). What is printed
    belongs into the settings of the stations.
    """
    if not valid_key_name(name):
        raise Misused("NAME without blanks")
    private = Ed25519PrivateKey.generate()
    stated = {"name": name, "vkey": NoteSigner(name, private).vkey}
    # Before the key is written: one that no settings take would be of no use.
    convert_tables(stated, PolicySignerTable, SettingsRefused)
    write_secret(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    console.show({**stated, "settings": f"signers = [{toml_value(stated)}, …]"})


@click.command("sign")
@click.argument("file", type=_PATH)
@click.option("--name", required=True, help="Name of the signer in the settings.")
@click.option("--key", type=_PATH, help="The signer's private key, as `policy key` made it.")
@click.option("--token", type=_PATH, help="PKCS#11 library of the signer's token.")
@click.option("--label", default="", help="Label of the token.")
@click.option("--iin", help="With --token: the signer's own ИИН.")
@click.option("--cms", type=_PATH, help="A CMS made elsewhere over what --text prints.")
@click.option("--text", is_flag=True, help="Print what is to be signed, and sign nothing.")
@click.option(
    "--valid-to",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Its last day, where the file states none; everybody signs anew.",
)
@with_console
def sign(  # noqa: PLR0913 - one option each
    console: Console,
    *,
    file: Path,
    name: str,
    key: Path | None,
    token: Path | None,
    label: str,
    iin: str | None,
    cms: Path | None,
    text: bool,
    valid_to: datetime | None,
) -> None:
    """Sign the policy FILE.

    The signature is written beside it: a line of ID.sig by a key file, ID.NAME.p7s by a token. The
    file has to be sound, and called by its id.
    """
    if sum(each is not None for each in (key, token, cms)) != (0 if text else 1):
        raise Misused("one of --key, --token, --cms; or --text alone")
    if key is None and not text:
        # It names the file that is written: no path, no stream (Windows' "a:b"), no other alphabet.
        convert_tables({"name": name}, PolicySignerTable, SettingsRefused)
    policy = _read_policy(file)
    day = None if valid_to is None else valid_to.date()
    if text:
        click.echo(statement_text(file, policy, day), nl=False)
        return
    if key is not None:
        written = sign_policy(file, policy, NoteSigner(name, _read_key(key)), day)
    else:
        if day is not None and statement_text(file, policy) != statement_text(file, policy, day):
            raise PolicyRefused("a last day that the file does not state is signed by a key first")
        octets = _sign_by_token(file, policy, token, label, iin) if token else b""
        if cms is not None:
            octets = read_object(console, cms, FileKind.SIGNED_CMS, _MAX_FILE)
        written = write_certified(file, name, octets)
    # Whoever signed before may have set the last day: the next one has to see what it is.
    stated = parse_statement(statement_text(file, policy, day))
    console.show(
        {
            "signed": policy.id,
            "sha256": policy.sha256,
            "valid_from": stated.valid_from,
            "valid_to": stated.valid_to,
            "by": name,
            "file": written.name,
        }
    )
    console.note("In force with two signers; `policy verify` says who they are.")


def _sign_by_token(path: Path, policy: Policy, module: Path, label: str, iin: str | None) -> bytes:
    """Have the signer's token sign; raises CarrierError."""
    settings = TokenSettings(
        module=module.absolute(),
        label=label,
        serial="",
        gost_2015=CERTEX_GOST_2015,
        gost_2004=CERTEX_GOST_2004,
        signing_timeout_s=_TOKEN_TIMEOUT_S,
    )
    request = SignatureRequest(
        statement_text(path, policy), iin or "", "ru", INDIVIDUAL_SIGNING_USAGES
    )
    carrier = TokenCarrier(settings, now=lambda: datetime.now(UTC))
    return carrier.obtain(request, cancelled=lambda: False)


@click.command("verify")
@click.argument("file", type=_PATH)
@_SIGNERS
@with_console
def verify(console: Console, *, file: Path, signers: Path | None) -> None:
    """Verify who signed the policy FILE.

    By the signers of the station's settings, or of a file. Exit code 1 when they are not enough, or
    anything beside it is wrong.
    """
    found = list_policies(file.parent).get(file.stem)
    if found is None or found.policy is None or found.policy.name != file.name:
        raise NothingFound(file.name)
    version = read_version(file.stem, found, _find_signers(console, signers), datetime.now(UTC))
    console.show({"verdict": "signed", **_describe(version)})


@click.command("calendar")
@click.argument("folder", type=_PATH, required=False)
@_SIGNERS
@with_console
def calendar(console: Console, *, folder: Path | None, signers: Path | None) -> None:
    """Show which policy is in force on which days.

    Of FOLDER, or of the station. Exit code 1 when a file is wrong, a day has two, or one between
    two has none.
    """
    now = datetime.now(UTC)
    today = local_day(now)
    if folder is None:
        found = station_calendar(load_settings(console.folder()), now)
    else:
        found = read_calendar(folder, _find_signers(console, signers), now)
    console.rows(
        "version",
        ({**_describe(each), "today": each.policy.in_force(today)} for each in found.versions),
    )
    _note_end(console, found, today)


def _note_end(console: Console, found: PolicyCalendar, today: date) -> None:
    left = found.days_left(today)
    if left is not None:
        console.note(f"No policy is in force after {left} days more.")


def _describe(version: PolicyVersion) -> dict[str, Value]:
    policy = version.policy
    return {
        "id": policy.id,
        "sha256": policy.sha256,
        "valid_from": policy.valid_from.isoformat(),
        "valid_to": None if policy.valid_to is None else policy.valid_to.isoformat(),
        "signers": list(version.signers),
    }


def _find_signers(console: Console, path: Path | None) -> tuple[PolicySigner, ...]:
    if path is None:
        return station_signers(load_settings(console.folder()))
    return read_signers(path.parent, _read_signers_file(path))


def _read_signers_file(path: Path) -> list[PolicySignerTable]:
    untrusted = read_limited(path, _MAX_FILE, SettingsRefused)
    return parse_toml(untrusted, _SignersFile, SettingsRefused).signers


def _read_policy(path: Path) -> Policy:
    policy = read_policy(read_limited(path, MAX_POLICY_BYTES, PolicyRefused))
    if path.name != f"{policy.id}.toml":
        raise PolicyRefused(f"{path.name}: its id is {policy.id}: a file is called by its id")
    return policy


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(read_secret(path), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise NothingFound(f"{path.name}: no private key of `policy key`") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise NothingFound(f"{path.name}: no Ed25519 key")
    return found
