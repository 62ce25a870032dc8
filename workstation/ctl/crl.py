"""`crl`: the station's revocation lists fetched, imported by file, and shown."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from crypto.asn1 import oids
from crypto.cms.signature_file import FileKind, identify
from crypto.crl_store.health import AddressHealth, classify_failure
from crypto.crl_store.segment import Progress, key_digest
from crypto.crl_store.store import StoredCrl
from crypto.errors import CryptoError
from workstation.ctl.console import Console, TableRow, Value, with_console
from workstation.ctl.crl_text import (
    advise_on_list,
    advise_on_missing,
    advise_on_outcome,
    name_outcome,
)
from workstation.ctl.failures import ExitCode, FileOfAnotherKind, NothingFound
from workstation.ctl.files import refuse_kind
from workstation.ctl.moments import moment_option
from workstation.ctl.policy import station_policy
from workstation.errors import WorkstationError
from workstation.records.alarms import AlarmRegister
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.settings.toml_file import read_limited
from workstation.settings.trust import load_revocation
from workstation.trust.crl_coverage import CrlState, crl_state, needed_crls
from workstation.trust.revocation import Revocation, open_revocation
from workstation.trust.stores import station_timestamp_trust, station_trust

__all__ = ["RevocationStation", "crl", "open_revocation_station"]

_MEMBERS: Final = (
    *("issuer", "kind", "number", "this_update", "next_update", "entries"),
    *("base", "age_h", "limit_h", "usable_until", "state", "sha256", "published"),
)
_MAX_LIST: Final = 64 << 20
_HARMLESS: Final = frozenset({CrlState.IN_FORCE, CrlState.NO_BASE_LIST})


@dataclass(frozen=True, slots=True)
class RevocationStation:
    """What the commands work on.

    open_places  of the settings, none of which the commands need
    alarms       takes what is offered in an authority's name and is not its own
    """

    revocation: Revocation
    policy: Policy
    open_places: tuple[str, ...]
    alarms: AlarmRegister


@click.group()
def crl() -> None:
    """Fetch, import and show the lists of revoked certificates."""


@crl.command("update")
@moment_option
@with_console
def update(console: Console, *, moment: datetime | None) -> None:
    """Fetch every configured list now.

    Exit code 0 only when each came or had not changed.
    """
    now = moment or datetime.now(UTC)
    with open_revocation_station(console, now, repaired=True) as station:
        with _progress(console, "") as report:
            health = station.revocation.update(now, report)
        _show_addresses(console, station, health)
    console.report_open_places(station.open_places)
    if not all(each.good for each in health):
        console.leave(ExitCode.REFUSED)


@crl.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@moment_option
@with_console
def import_lists(console: Console, files: tuple[Path, ...], *, moment: datetime | None) -> None:
    """Take lists from FILES: for a branch without a network.

    The issuer is found among the configured CAs. Exit code 0 only when every list is stored.
    """
    now = moment or datetime.now(UTC)
    with open_revocation_station(console, now, repaired=True) as station:
        rows = [_import(console, path, station.revocation, now) for path in files]
    columns = ("file", "authority", "kind", "number", "entries", "outcome")
    console.table("import", _headers(console, columns), rows)
    console.report_open_places(station.open_places)
    if any(row.record["code"] != "stored" for row in rows):
        console.leave(ExitCode.REFUSED)


@crl.command("status")
@moment_option
@with_console
def status(console: Console, *, moment: datetime | None) -> None:
    """Show every list held and every address.

    Exit code 0 only when all lists can be relied on.
    """
    now = moment or datetime.now(UTC)
    with open_revocation_station(console, now) as station:
        lists = _list_rows(console, station, now)
        _title(console, "crl_title.lists")
        columns = ("authority", "kind", "number", "entries", "until", "state")
        console.table("list", _headers(console, columns), lists)
        _title(console, "crl_title.addresses", apart=True)
        _show_addresses(console, station, station.revocation.health())
    console.report_open_places(station.open_places)
    # A delta that amends no list at hand is of no use and does no harm.
    if any(row.record["state"] not in _HARMLESS for row in lists):
        console.leave(ExitCode.REFUSED)


@contextmanager
def open_revocation_station(
    console: Console, now: datetime, *, repaired: bool = False
) -> Iterator[RevocationStation]:
    """Open the lists of the station in the data folder; other places of its settings may be open.

    repaired  rename a damaged catalogue and begin a new one: only for what fills it again
    """
    loaded = load_revocation(console.folder())
    policy = station_policy(console, local_day(now))
    stamping = station_timestamp_trust(loaded)
    alarms = AlarmRegister(console.folder())
    revocation = open_revocation(
        *(loaded, policy, station_trust(loaded), stamping),
        repaired=repaired,
        report_alarm=alarms.report,
    )
    try:
        yield RevocationStation(revocation, policy, loaded.open_places, alarms)
    finally:
        revocation.store.close()
        _defer_alarms(console, alarms)


def _defer_alarms(console: Console, alarms: AlarmRegister) -> None:
    """Leave alarms to the station, which alone writes its log while it runs, and say so."""
    texts = console.texts
    for each in alarms.defer():
        if not console.as_json:
            what = texts.tr(f"alarm.{each.code.value}")
            text = texts.tr("alarm_found", what=what, source=each.source)
            console.paragraph(text, err=True)


def _import(console: Console, path: Path, revocation: Revocation, now: datetime) -> TableRow:
    try:
        with _as_der(console, path) as der, _progress(console, path.name) as report:
            stored = revocation.import_file(der, now, report)
    except (CryptoError, WorkstationError) as refused:
        return _refused_row(console, path, refused)
    facts = _facts(stored)
    record = {"file": path.name, "code": "stored", "detail": "", "outcome": "stored"} | facts
    outcome = name_outcome(console.texts, "stored", "")
    kind = _kind(console, facts)
    return TableRow(
        record | {"next": ""},
        (path.name, facts["issuer"], kind, facts["number"], facts["entries"], outcome),
    )


def _refused_row(console: Console, path: Path, refused: CryptoError | WorkstationError) -> TableRow:
    """Describe a file that was not taken: by the codes of an address, so that both say the same."""
    outcome = refused.code
    if isinstance(refused, CryptoError):
        outcome = classify_failure(refused).value
    if isinstance(refused, FileOfAnotherKind):
        named, todo = refused.detail, refused.advice
    else:
        named = name_outcome(console.texts, outcome, refused.detail)
        todo = advise_on_outcome(console.texts, outcome, refused.detail, brought=True)
    record: dict[str, Value] = {
        "file": path.name,
        "code": refused.code,
        "detail": refused.detail,
        "outcome": outcome,
    }
    none: dict[str, Value] = dict.fromkeys(_MEMBERS[:6])
    return TableRow(
        record | none | {"next": todo}, (path.name, None, None, None, None, named), (todo,)
    )


@contextmanager
def _as_der(console: Console, path: Path) -> Iterator[Path]:
    """Give the path of the list as DER; a file of another kind is named."""
    armoured = _out_of_armour(console, path)
    if armoured is None:
        yield path
        return
    with TemporaryDirectory(prefix="lists-") as folder:
        binary = Path(folder) / "untrusted.crl"
        binary.write_bytes(armoured)
        yield binary


def _out_of_armour(console: Console, path: Path) -> bytes | None:
    """Return the DER inside PEM or base64; None when the file is DER, which is not kept twice."""
    untrusted = read_limited(path, _MAX_LIST, NothingFound)
    kind, der = identify(untrusted)
    # A list that was cut off is no longer known as one: then the store says what is wrong.
    if kind is not FileKind.CRL and not (kind is FileKind.UNKNOWN and der.startswith(b"\x30")):
        raise refuse_kind(console, kind, FileKind.CRL, der)
    return None if der == untrusted else der


@contextmanager
def _progress(console: Console, label: str) -> Iterator[Progress]:
    """Give what draws one line of progress on a terminal; pipes and programs see none."""
    drawn = not console.as_json and sys.stderr.isatty()
    shown = ""

    def report(stage: str, done: int, whole: int) -> None:
        nonlocal shown
        line = f"{label} {stage} {100 * done // max(whole, 1)} %".strip()
        if drawn and line != shown:
            shown = line
            click.echo(f"\r{line:<60}", nl=False, err=True)

    try:
        yield report
    finally:
        if shown:
            click.echo(f"\r{'':<60}\r", nl=False, err=True)


def _facts(item: StoredCrl) -> dict[str, Value]:
    return {
        "issuer": item.issuer.first(oids.COMMON_NAME) or item.issuer.raw.hex(),
        "kind": "full" if item.base_number is None else "delta",
        # Numbers have up to 20 octets: as text no reader of JSON rounds them.
        "number": None if item.number is None else str(item.number),
        "this_update": item.this_update.isoformat(),
        "next_update": None if item.next_update is None else item.next_update.isoformat(),
        "entries": item.entries,
    }


def _list_rows(console: Console, station: RevocationStation, now: datetime) -> list[TableRow]:
    """Describe every list held, and every list that is needed and is not there."""
    held = station.revocation.store.current()
    rows = [_list_row(console, each, held, station, now) for each in held]
    for needed in needed_crls(station.revocation, station.policy, now):
        if needed.state is CrlState.MISSING:
            todo = advise_on_missing(console.texts, needed)
            record: dict[str, Value] = dict.fromkeys(_MEMBERS)
            record |= {"issuer": needed.issuer, "kind": "full", "state": needed.state.value}
            record |= {"published": " ".join(needed.addresses) or None, "next": todo}
            state = console.texts.tr(f"crl_state.{needed.state.value}")
            cells = (needed.issuer, _kind(console, record), None, None, None, state)
            rows.append(TableRow(record, cells, (todo,)))
    return rows


def _list_row(
    console: Console,
    item: StoredCrl,
    held: tuple[StoredCrl, ...],
    station: RevocationStation,
    now: datetime,
) -> TableRow:
    roots = {key_digest(anchor) for anchor in station.revocation.anchors}
    policy = station.policy
    limit_s = policy.ca_crl_max_age_s if item.signer in roots else policy.crl_max_age_s
    state = crl_state(item, held, station.revocation, now, limit_s)
    todo = advise_on_list(console.texts, state)
    until = item.this_update + timedelta(seconds=limit_s)
    if item.next_update is not None:
        until = min(until, item.next_update)
    facts = _facts(item)
    record = facts | {
        "base": None if item.base_number is None else str(item.base_number),
        "age_h": (now - item.this_update) // timedelta(hours=1),
        "limit_h": limit_s // 3600,
        "usable_until": until.isoformat(),
        "state": state.value,
        "sha256": item.sha256,
        "published": None,
        "next": todo,
    }
    named = console.texts.tr(f"crl_state.{state.value}")
    kind = _kind(console, facts)
    cells = (facts["issuer"], kind, facts["number"], item.entries, _minutes(until), named)
    return TableRow(record, cells, (todo,) if todo else ())


def _show_addresses(
    console: Console, station: RevocationStation, found: Sequence[AddressHealth]
) -> None:
    columns = ("address", "attempted", "outcome")
    rows = [_address_row(console, station, each) for each in found]
    rows += [_unneeded_row(console, url) for url in station.revocation.unneeded]
    console.table("address", _headers(console, columns), rows)


def _address_row(console: Console, station: RevocationStation, health: AddressHealth) -> TableRow:
    texts, code = console.texts, health.code.value
    responder = health.url == station.revocation.ocsp_url
    todo = advise_on_outcome(texts, code, health.detail, responder=responder)
    attempted = datetime.fromtimestamp(health.attempted_ms / 1000, UTC)
    record: dict[str, Value] = {
        "address": health.url,
        "responder": responder,
        "code": code,
        "detail": health.detail,
        "failures": health.failures,
        "last_success": _time(health.succeeded_ms),
        "last_attempt": _time(health.attempted_ms),
        "next_attempt": _time(health.next_attempt_ms),
        "number": health.number or None,
        "entries": health.entries or None,
        "next_update": _time(health.next_update_ms),
        "next": todo,
    }
    cells: tuple[Value, ...] = (
        health.url,
        _minutes(attempted) if health.attempted_ms else None,
        name_outcome(texts, code, health.detail)
        + (f" (×{health.failures})" if health.failures > 1 else ""),
    )
    return TableRow(record, cells, (todo,) if todo else ())


def _unneeded_row(console: Console, url: str) -> TableRow:
    record: dict[str, Value] = {"address": url, "responder": False, "code": "not_needed"}
    record |= {"detail": "", "failures": 0, "next": ""}
    return TableRow(record, (url, None, name_outcome(console.texts, "not_needed", "")))


def _title(console: Console, code: str, *, apart: bool = False) -> None:
    if not console.as_json:
        click.echo("\n" * apart + console.texts.tr(code))


def _headers(console: Console, columns: Sequence[str]) -> list[str]:
    return [console.texts.tr(f"crl_column.{each}") for each in columns]


def _kind(console: Console, record: Mapping[str, Value]) -> str:
    return console.texts.tr(f"crl_kind.{record['kind']}")


def _minutes(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _time(milliseconds: int) -> str | None:
    if not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
