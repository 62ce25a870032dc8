"""`permit`: what core banking does with a permit, by hand."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto.files.durable import write_durably
from crypto.log.audit.reader import LogReader
from crypto.log.file.released import ReleasedMark
from crypto.log.format.note import NoteVerifier
from workstation.accounts.permit_register import PermitRegister
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.help_language import Misused
from workstation.ctl.log import find_log, read_log_key
from workstation.ctl.moments import moment_option
from workstation.ctl.public_keys import read_public_key
from workstation.ctl.stations import read_station_list
from workstation.documents.log_growth import MAX_GROWTH_BYTES, describe_growth, read_growth
from workstation.documents.log_rotations import MAX_ROTATIONS_BYTES, follow_log_keys
from workstation.documents.permit import (
    MAX_PERMIT_BYTES,
    Acceptance,
    key_id,
    pick_key,
    read_claims,
    verify,
)
from workstation.documents.permit_claims import PermitClaims
from workstation.documents.permit_log import verify_head
from workstation.documents.station_list import SignedStationList
from workstation.errors import PermitRefused
from workstation.records.keys import (
    read_vkeys,
)
from workstation.records.permit_keys import published_permit_keys
from workstation.records.station_log import read_log_keys
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited
from workstation.settings.trust import read_trust

__all__ = ["permit"]


@click.group()
def permit() -> None:
    """Permits for core banking."""


@permit.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A permit key of the station, PEM; two while one replaces the other. "
    "Default: those of its enrolment.",
)
@click.option("--audience", help="Default: the audience in the station's settings.")
@click.option("--operation-sha256", help="Digest of the operation about to be executed.")
@click.option(
    "--redeem",
    type=click.Path(path_type=Path),
    help="Mark it as used in this register; refused the second time.",
)
@click.option(
    "--log-keys",
    type=click.Path(path_type=Path),
    help="Verifier keys of the station's log, one a line. Default: those the station's log had.",
)
@click.option(
    "--log-rotations",
    type=click.Path(path_type=Path),
    help="What became of these keys: the log-rotations file that the station lays beside permits.",
)
@click.option("--stations", type=click.Path(path_type=Path), help="Head office's list of stations.")
@click.option(
    "--stations-key",
    type=click.Path(path_type=Path),
    help="Its key: PEM, or verifier keys as in enrolment/trusted.vkeys.",
)
@click.option("--require-log", is_flag=True, help="Refuse a head that no known log key signed.")
@click.option("--accept-demo", is_flag=True, help="Take a permit that is not of production, too.")
@moment_option
@with_console
def verify_permit(  # noqa: PLR0913 - one option each
    console: Console,
    *,
    file: Path,
    keys: tuple[Path, ...],
    audience: str | None,
    operation_sha256: str | None,
    redeem: Path | None,
    log_keys: Path | None,
    log_rotations: Path | None,
    stations: Path | None,
    stations_key: Path | None,
    require_log: bool,
    accept_demo: bool,
    moment: datetime | None,
) -> None:
    """Verify the permit in FILE, and redeem it when asked to.

    It proves that the station's log holds it; the head of that log is verified by the log's keys
    where they are known. With --stations the list says whether the station is enrolled, which
    permit key is its own, and which keys its log has.
    """
    now = moment or datetime.now(UTC)
    if redeem is not None and operation_sha256 is None:
        raise Misused("--redeem needs --operation-sha256: what is being executed")
    if audience is None:
        audience = load_settings(console.folder()).values.permit.audience
    listed = _station_list(stations, stations_key)
    untrusted = _read_permit(file)
    public = _permit_key(console, keys, untrusted)
    accept = Acceptance.DEMO_TOO if accept_demo else Acceptance.PRODUCTION_ONLY
    terms = _Terms(audience, operation_sha256, accept)
    claims = _verify(untrusted, public, terms, now, shown=redeem is not None)
    known = _log_keys(console, log_keys, require=require_log)
    if listed is not None:
        station = listed.admit(claims.iss, key_id(public), now)
        known = known or station.verifiers()
    if known is not None:
        verify_head(claims, _with_rotations(known, log_rotations))
    if redeem is not None:
        PermitRegister(redeem).redeem(claims, now, stations=listed)
    _show_valid(console, claims, redeemed=redeem is not None, verified=known is not None)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a permit has to be for, and of which stations."""

    audience: str
    operation_sha256: str | None
    accept: Acceptance


def _verify(
    untrusted: str, public: Ed25519PublicKey, terms: _Terms, moment: datetime, *, shown: bool
) -> PermitClaims:
    """Return the claims; where a register is shown them, those of a permit that waits, too.

    The register refuses it (`not_yet`) and remembers its head: by the end of the cooling-off the
    log may have gone on too far for the permits of that day to prove it.
    """
    judge = partial(
        verify,
        untrusted,
        public,
        audience=terms.audience,
        operation_sha256=terms.operation_sha256,
        accept=terms.accept,
    )
    try:
        return judge(moment=moment)
    except PermitRefused as refused:
        if not shown or refused.detail != "not_yet":
            raise
    later = datetime.fromtimestamp(read_claims(untrusted, public).nbf, UTC)
    return judge(moment=later)


def _show_valid(console: Console, claims: PermitClaims, *, redeemed: bool, verified: bool) -> None:
    # The claims have a `verdict` of their own, which says what was decided, not what is verified.
    claimed: Mapping[str, Value] = msgspec.to_builtins(claims)
    head = "verified" if verified else "unverified"
    console.show({"verdict": "valid", "redeemed": redeemed, "head": head, "claims": claimed})


def _read_permit(file: Path) -> str:
    untrusted = read_limited(file, MAX_PERMIT_BYTES + 2, PermitRefused)
    return untrusted.decode("ascii", "replace").rstrip("\r\n")


def _permit_key(console: Console, files: Sequence[Path], untrusted: str) -> Ed25519PublicKey:
    """Return which of the station's permit keys the permit is to be verified by."""
    if not files:
        files = published_permit_keys(console.folder())
    return pick_key(untrusted, [read_public_key(each) for each in files])


def _station_list(file: Path | None, key: Path | None) -> SignedStationList | None:
    if file is None and key is None:
        return None
    if file is None or key is None:
        raise Misused("--stations and --stations-key belong together")
    return read_station_list(file, key)


@permit.command("heads")
@click.argument("register", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--origin", default="", help="Of this log only.")
@click.option("--refused", is_flag=True, help="Those that did not follow from the heads before.")
@with_console
def list_heads(console: Console, *, register: Path, origin: str, refused: bool) -> None:
    """List the heads that permits brought to REGISTER.

    One a line as `log verify --head` takes them. Exit code 2 when a head was refused.
    """
    opened = PermitRegister(register)
    known = [each for each in opened.refused_heads() if origin in {"", each.origin}]
    if refused:
        console.rows("refused", (asdict(each) for each in known))
    elif console.as_json:
        console.rows("head", (_head(mark) for mark in opened.heads(origin)))
    else:
        console.lines(mark.line() for mark in opened.heads(origin))
    if known:
        console.note(f"{len(known)} heads were refused: --refused lists them")
        console.leave(ExitCode.INTEGRITY)


@permit.command("growth")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "old", type=click.IntRange(min=1), required=True, help="The known size.")
@click.option("--to", "new", type=click.IntRange(min=1), required=True, help="A permit's size.")
@with_console
def prove_growth(console: Console, *, file: Path, old: int, new: int) -> None:
    """Prove in FILE how the station's log grew.

    For core banking whose register answers `growth`: it has missed more than four permits in a
    row. `permit heads` says which size it knows, and with --refused which one it was shown.
    """
    with LogReader(find_log(console, None), read_log_key(console, None).vkey) as reader:
        write_durably(file, describe_growth(reader, old, new))
    console.show({"from": old, "to": new})


@permit.command("admit")
@click.argument("register", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--log-keys",
    type=click.Path(path_type=Path),
    required=True,
    help="Verifier keys of the station's log, one a line.",
)
@click.option("--log-rotations", type=click.Path(path_type=Path), help="What became of them.")
@with_console
def admit_growth(
    console: Console, *, register: Path, file: Path, log_keys: Path, log_rotations: Path | None
) -> None:
    """Let REGISTER know the head that FILE proves.

    FILE is of `permit growth`. It has to grow from the largest head that the register knows.
    """
    keys = _with_rotations(read_vkeys(log_keys), log_rotations)
    head, earlier = read_growth(read_limited(file, MAX_GROWTH_BYTES, PermitRefused), keys)
    PermitRegister(register).admit(head, earlier, datetime.now(UTC))
    console.show({"origin": head.checkpoint.origin, "from": earlier.size, "to": head.size})


def _head(mark: ReleasedMark) -> dict[str, Value]:
    root = base64.b64encode(mark.root).decode()
    return {"origin": mark.origin, "size": mark.size, "root": root, "line": mark.line()}


def _with_rotations(known: tuple[NoteVerifier, ...], file: Path | None) -> tuple[NoteVerifier, ...]:
    if file is None:
        return known
    return follow_log_keys(read_limited(file, MAX_ROTATIONS_BYTES, PermitRefused), known)


def _log_keys(
    console: Console, file: Path | None, *, require: bool
) -> tuple[NoteVerifier, ...] | None:
    """Return the keys that may have signed the head; None when none is known and none required."""
    if file is not None:
        return read_vkeys(file)
    if console.data is not None:
        # The head in a permit is signed by the key of its day.
        folder = console.folder()
        return read_log_keys(folder, folder / read_trust(folder).log.path)
    return () if require else None
