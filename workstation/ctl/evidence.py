"""`evidence`: what was sealed, opened at head office; held and erased by the order of two."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from crypto.errors import PayloadMissing, PayloadTampered
from crypto.files.durable import create_durably
from crypto.log.audit.reader import LogReader
from crypto.vault.payload_store import PayloadStore
from workstation.charter.contents import describe_station
from workstation.charter.in_force import CharterInForce
from workstation.ctl.console import Console, with_console
from workstation.ctl.failures import NothingFound
from workstation.ctl.log import find_log, read_log_key
from workstation.ctl.moments import moment_option
from workstation.ctl.order import open_station, order_options
from workstation.ctl.policy import station_policy
from workstation.ctl.secrets import secret_option
from workstation.errors import AlreadyInitialised, CharterRefused
from workstation.evidence.case_entries import CasePayload, find_payload
from workstation.evidence.orders import (
    ErasureBasis,
    find_erasure,
    order_erasure,
    order_hold,
    require_erasable,
)
from workstation.evidence.payload import OPENED, PackedPayload, gather_payload, select_facts
from workstation.evidence.retention import list_retained, require_term
from workstation.records.keys import read_enrolled_log_key
from workstation.records.validation_data_archive import LISTS_FOLDER, ValidationDataArchive
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings, load_settings
from workstation.settings.toml_file import read_limited

__all__ = ["evidence", "read_evidence_key", "read_session"]

_MAX_KEY = 16_384
_RAW_KEY = 32
_CASE = re.compile(r"[0-9a-f]{8,64}")
_FOLDER = "payload/"


@click.group()
def evidence() -> None:
    """Open, hold and erase sealed evidence."""


@evidence.command("open")
@click.argument("session")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Private key of head office, as `vault recipient` wrote it.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for what was sealed; a new or an empty one.",
)
@click.option(
    "--log", "log_file", type=click.Path(path_type=Path), help="Log of an earlier generation."
)
@click.option(
    "--log-key", type=click.Path(path_type=Path), help="File with that log's verifier key."
)
@with_console
def open_evidence(
    console: Console,
    session: str,
    *,
    key_file: Path,
    out: Path,
    log_file: Path | None,
    log_key: Path | None,
) -> None:
    """Open what SESSION has sealed.

    SESSION is its number (index of its first entry), or its id; --data may be a copy, and none of
    the station's keys is needed. The log has to have signed the entry that commits to it. What is
    laid out is personal data in plain: statement, signature, photos, report.
    """
    key, number = read_evidence_key(key_file), read_session(session)
    if out.exists() and any(out.iterdir()):
        raise AlreadyInitialised(out.name)
    first = read_log_key(console, log_key)
    with LogReader(find_log(console, log_file), first.vkey) as reader, reader.snapshot() as view:
        payload = find_payload(view, number, session)
        order = find_erasure(view, payload.pid) if payload.pid else None
    if order is not None:
        raise PayloadMissing(f"erased by the order of entry {order}")
    found = _unseal(load_settings(console.folder()), payload, first.name, key)
    plain = found.parts[OPENED]
    parts = {**found.parts, **select_facts(plain)}
    for name, octets in parts.items():
        place = out / name.removeprefix(_FOLDER)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_durably(place, octets)
    console.show(
        {
            "opened": payload.case,
            "number": payload.begin.seq,
            "result": payload.result.seq,
            "outcome": str(payload.result.data.get("outcome")),
            "files": sorted(name.removeprefix(_FOLDER) for name in parts),
            "missing": [f"{name}: {why}" for name, why in sorted(found.missing.items())],
        }
    )
    console.note("Personal data in plain: keep the folder where only you read it, and delete it.")


@evidence.command("erase")
@click.argument("session")
@click.option("--order", required=True, help="Number or date of the order; no personal data.")
@click.option(
    "--basis",
    type=click.Choice([each.value for each in ErasureBasis]),
    required=True,
    help="Why it is erased.",
)
@order_options
@secret_option
@with_console
def erase(
    console: Console,
    session: str,
    *,
    order: str,
    basis: str,
    by: tuple[str, ...],
    enrolment_keys: Path | None,
    secret_stdin: bool,
) -> None:
    """Erase what SESSION has sealed, for good.

    Two administrators order it, or head office: when its term is past, or for a court or the
    regulator. The log names the order; its proofs stay valid, and
    `vault verify` says erased. An erasure that was broken off is finished by repeating it, or by
    the next start. Backups are not reached. The workstation must not be running.
    """
    number = read_session(session)
    with open_station(console) as station:
        payload, index = _find(station.loaded, number, session)
        with PayloadStore(station.loaded.path(station.loaded.values.vault.path)) as store:
            if index is None:
                day = local_day(datetime.now(UTC))
                policy = _read_policy_in_force(console, station.in_force, day)
                require_term(policy, payload, ErasureBasis(basis), day)
                signers = station.collect_order(by, enrolment_keys, stdin=secret_stdin)
                reason = (ErasureBasis(basis), order)
                index = order_erasure(station.log, store, payload, reason, signers)
            elif store.wrapped_keys(payload.pid):
                store.erase(payload.pid)
    console.show({"erased": payload.case, "number": payload.begin.seq, "log_entry": index})


@evidence.command("due")
@click.option("--all", "everything", is_flag=True, help="What is kept too, with its term.")
@moment_option
@with_console
def due(console: Console, *, everything: bool, moment: datetime | None) -> None:
    """List what is past its term.

    Terms are the policy's; what a legal hold keeps is not due. The law's terms may begin later than
    a result: who erases asks when the customer's relation with the bank has ended.
    """
    day = local_day(moment or datetime.now(UTC))
    policy = station_policy(console, day)
    with _read_log(load_settings(console.folder())) as reader, reader.snapshot() as view:
        found = [each for each in list_retained(view, policy) if everything or each.is_due(day)]
    console.rows(
        "evidence",
        (
            {
                "number": each.number,
                "class": each.name,
                "until": None if each.until is None else each.until.isoformat(),
                "hold": each.hold,
                "state": "due" if each.is_due(day) else "kept",
            }
            for each in found
        ),
    )


@evidence.command("hold")
@click.argument("session")
@click.option("--order", required=True, help="Number or date of the order; no personal data.")
@click.option("--lift", is_flag=True, help="End the hold.")
@order_options
@secret_option
@with_console
def hold(
    console: Console,
    session: str,
    *,
    order: str,
    lift: bool,
    by: tuple[str, ...],
    enrolment_keys: Path | None,
    secret_stdin: bool,
) -> None:
    """Forbid the erasure of SESSION's evidence.

    Whatever its term. Two administrators order it, or head office. The workstation must not be
    running.
    """
    number = read_session(session)
    with open_station(console) as station:
        with _read_log(station.loaded) as reader, reader.snapshot() as view:
            payload = find_payload(view, number, session)
        signers = station.collect_order(by, enrolment_keys, stdin=secret_stdin)
        index = order_hold(station.log, payload, order, signers, held=not lift)
    state = "lifted" if lift else "held"
    console.show({state: payload.case, "number": payload.begin.seq, "log_entry": index})


def _unseal(
    loaded: LoadedSettings, payload: CasePayload, origin: str, key: X25519PrivateKey
) -> PackedPayload:
    """Open a payload of the log of this origin; PayloadMissing, PayloadTampered."""
    vault = loaded.path(loaded.values.vault.path)
    if not payload.pid or not vault.is_dir():
        raise PayloadMissing("no vault" if payload.pid else "nothing was sealed")
    archive = ValidationDataArchive(loaded.folder / LISTS_FOLDER)
    with PayloadStore(vault, read_only=True) as store:
        found = gather_payload(store, archive, payload.commitment, origin, key)
    if OPENED not in found.parts:
        raise PayloadMissing(found.missing[OPENED])
    _require_customer(payload, json.loads(found.parts[OPENED]))
    return found


def _read_policy_in_force(console: Console, in_force: CharterInForce, day: date) -> Policy:
    """Return the station's policy; CharterRefused for one that the charter does not name.

    Whoever edits the settings alone must not shorten a term.
    """
    policy, charter = station_policy(console, day), in_force.charter
    if charter.policies:
        named = any(each.sha256 == policy.sha256 for each in charter.policies)
    else:
        # Whoever signs policies the settings say, and their certificates.
        found = describe_station(load_settings(console.folder()))
        named = (found.settings_sha256, list(found.files)) == (
            charter.settings_sha256,
            charter.files,
        )
    if not named:
        raise CharterRefused(f"policy_changed: {policy.id}")
    return policy


def _find(
    loaded: LoadedSettings, number: int | None, session: str
) -> tuple[CasePayload, int | None]:
    """Return what is to be erased, and the order when there is one already."""
    with _read_log(loaded) as reader, reader.snapshot() as view:
        payload = find_payload(view, number, session)
        index = find_erasure(view, payload.pid) if payload.pid else None
        if index is None:
            require_erasable(view, payload)
        return payload, index


def _read_log(loaded: LoadedSettings) -> LogReader:
    vkey = read_enrolled_log_key(loaded.folder).vkey
    return LogReader(loaded.path(loaded.values.log.path), vkey)


def _require_customer(payload: CasePayload, opened: Mapping[str, object]) -> None:
    """Raise PayloadTampered when the payload is of another customer than the log's entry."""
    salt, iin = str(opened.get("salt")), str(opened.get("iin"))
    digest = hashlib.sha256(b"iin/v1\n" + bytes.fromhex(salt) + iin.encode()).hexdigest()
    if digest != payload.begin.data.get("iin"):
        raise PayloadTampered("customer")


def read_session(session: str) -> int | None:
    """Return the session's number, None when it is an id; NothingFound when it is neither."""
    if session.isdecimal() and len(session) < _RAW_KEY:
        return int(session)
    if _CASE.fullmatch(session) is None:
        raise NothingFound(session)
    return None


def read_evidence_key(path: Path) -> X25519PrivateKey:
    """Read a key as `vault recipient` wrote it (PEM), or its 32 octets."""
    octets = read_limited(path, _MAX_KEY, NothingFound)
    if len(octets) == _RAW_KEY:
        return X25519PrivateKey.from_private_bytes(octets)
    try:
        key = load_pem_private_key(octets, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NothingFound(f"{path.name}: no private key") from None
    if not isinstance(key, X25519PrivateKey):
        raise NothingFound(f"{path.name}: not a key of X25519")
    return key
