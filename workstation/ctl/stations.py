"""`stations`: head office's list of whose permits core banking may execute."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import click
import msgspec

from crypto.files.durable import create_durably
from crypto.vault.keys import FileKeyStore
from workstation.charter.head_office import HEAD_OFFICE_KEY
from workstation.ctl.console import Console, with_console
from workstation.ctl.moments import moment_option
from workstation.ctl.public_keys import read_public_keys
from workstation.documents.permit import key_id
from workstation.documents.station_list import (
    MAX_LIST_BYTES,
    ListedStation,
    SignedStationList,
    StationList,
    sign_station_list,
    verify_station_list,
)
from workstation.errors import PermitRefused
from workstation.settings.toml_file import parse_toml, read_limited

__all__ = ["read_station_list", "stations"]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    """What head office writes; the moment of issue is added."""

    number: int
    valid_until: Annotated[datetime, msgspec.Meta(tz=True)]
    stations: tuple[ListedStation, ...]


@click.group()
def stations() -> None:
    """Say whose permits core banking may execute."""


@stations.command("make")
@click.argument("table", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--enrolment-keys",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of head office's key: a removable disk.",
)
@moment_option
@with_console
def make(
    console: Console, *, table: Path, file: Path, enrolment_keys: Path, moment: datetime | None
) -> None:
    """Sign the stations of TABLE into FILE, at head office.

    FILE must not exist. TABLE is TOML; its form is in docs/formats/stations.md.
    """
    stated = parse_toml(read_limited(table, MAX_LIST_BYTES, PermitRefused), _Table, PermitRefused)
    key = FileKeyStore(enrolment_keys).load(HEAD_OFFICE_KEY)
    listed = StationList(
        v=1,
        number=stated.number,
        issued=int((moment or datetime.now(UTC)).timestamp()),
        valid_until=int(stated.valid_until.timestamp()),
        stations=stated.stations,
    )
    create_durably(file, f"{sign_station_list(listed, key)}\n".encode())
    console.show({"stations": len(listed.stations), "signer": key_id(key.public_key())})


@stations.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--stations-key",
    type=click.Path(path_type=Path),
    required=True,
    help="Head office's key: PEM, or verifier keys as in enrolment/trusted.vkeys.",
)
@with_console
def verify(console: Console, *, file: Path, stations_key: Path) -> None:
    """Verify the list in FILE and show its stations."""
    signed = read_station_list(file, stations_key)
    listed = signed.listed
    console.note(f"number {listed.number}, until {_moment(listed.valid_until)}")
    console.rows(
        "station",
        (
            {
                "number": listed.number,
                "origin": each.origin,
                "state": each.state.value,
                "permit_keys": len(each.permit_keys),
                "log_keys": len(each.log_keys),
                "valid_until": _moment(listed.valid_until),
            }
            for each in listed.stations
        ),
    )


def read_station_list(file: Path, key: Path) -> SignedStationList:
    """Return the list of a file that a key of another one signed; PermitRefused(`stations`)."""
    untrusted = read_limited(file, MAX_LIST_BYTES + 2, PermitRefused).decode("ascii", "replace")
    return verify_station_list(untrusted.rstrip("\r\n"), read_public_keys(key))


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
