"""`document`: an identity document read, and what a state signed in its chip verified again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import click

from crypto.chip.access_keys import AccessKey
from crypto.lds.passive_authentication import authenticate
from crypto.report.policy import Environment
from workstation.ctl.console import Console, with_console
from workstation.ctl.document_chip import (
    compose_key,
    keep_files,
    read_from_chip,
    read_printed_key,
    require_new_folder,
)
from workstation.ctl.document_files import read_chip_files, read_lists, select_authorities
from workstation.ctl.document_text import describe_chip, is_in_force, is_portrait, show_chip
from workstation.ctl.failures import ExitCode
from workstation.ctl.files import read_certificate
from workstation.ctl.help_language import Misused
from workstation.ctl.moments import moment_option
from workstation.rules.local_time import local_day

__all__ = ["document"]

_CHIP = "chip"
_MAX_PICTURES = 50


@click.group()
def document() -> None:
    """Read identity documents, verify what a state signed."""


_csca_option = click.option(
    "--csca",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Certificate file or folder of states' signing authorities to trust for this question; "
    "repeatable. Default: the station's.",
)
_environment_option = click.option(
    "--environment",
    type=click.Choice([each.value for each in Environment]),
    default=Environment.PROD.value,
    help="World that the authorities of --csca belong to.",
)
_crl_option = click.option(
    "--crl",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Revocation list of such an authority; repeatable.",
)


@document.command("read")
@click.argument("sources", nargs=-1, required=True, metavar="PICTURE...|chip")
@click.option("--number", help="Chip: the document's number as printed.")
@click.option("--birth", help="Chip: birth date, YYMMDD.")
@click.option("--expiry", help="Chip: last day of validity, YYMMDD.")
@click.option(
    "--mrz",
    type=click.Path(path_type=Path),
    help="Chip: text file with the printed lines, or a picture of them.",
)
@click.option("--reader", help="Chip: name of the card reader. Default: the settings', or the one.")
@click.option("--out", type=click.Path(path_type=Path), help="Chip: keep its files in this folder.")
@_csca_option
@_environment_option
@_crl_option
@moment_option
@with_console
def read(  # noqa: PLR0913 - one option each
    console: Console,
    sources: tuple[str, ...],
    *,
    number: str | None,
    birth: str | None,
    expiry: str | None,
    mrz: Path | None,
    reader: str | None,
    out: Path | None,
    csca: tuple[Path, ...],
    environment: str,
    crl: tuple[Path, ...],
    moment: datetime | None,
) -> None:
    """Read a document from pictures, or its chip.

    In PICTUREs the printed lines and the portrait are looked for as in a session. Exit code 0 only
    for lines that are accepted, of one document in force. A session wants two equal readings; and
    whatever a picture shows, nobody vouches for it.

    `chip` lies on a card reader and opens to its printed lines: --mrz, or --number, --birth and
    --expiry. Exit code 0 only when a trusted state has signed all that was read and the document is
    in force. The portrait is kept only with --out. A picture called chip is ./chip.
    """
    now = moment or datetime.now(UTC)
    typed = {"--number": number, "--birth": birth, "--expiry": expiry}
    if sources != (_CHIP,):
        _require_none({**typed, "--mrz": mrz, "--reader": reader, "--out": out})
        _read_pictures(console, [Path(each) for each in sources], local_day(now))
        return
    trust = select_authorities(console, csca, Environment(environment))
    lists = read_lists(console, crl)
    if out is not None:
        require_new_folder(out)
    key = _choose_key(console, mrz, typed, local_day(now))
    files = read_from_chip(console, key, reader)
    report = authenticate(files, trust, now, lists)
    members = describe_chip(files, report, local_day(now))
    if out is not None:
        keep_files(out, files, members)
        console.note(f"kept in {out}: a customer's data")
    show_chip(console, members, report)
    if not report.genuine_data or not is_in_force(files, local_day(now)):
        console.leave(ExitCode.REFUSED)


def _require_none(of_chip: Mapping[str, object]) -> None:
    given = [name for name, value in of_chip.items() if value is not None]
    if given:
        raise Misused("{option} is for `document read chip`", option=given[0])


def _read_pictures(console: Console, pictures: Sequence[Path], today: date) -> None:
    if len(pictures) > _MAX_PICTURES:
        raise Misused("at most {count} pictures", count=_MAX_PICTURES)
    # Imported here: loading the models' libraries takes seconds that other commands need not pay.
    from workstation.ctl.document_pictures import read_pictures

    members, accepted = read_pictures(console, pictures, today)
    console.show(members)
    if not accepted:
        console.leave(ExitCode.REFUSED)


def _choose_key(
    console: Console, mrz: Path | None, typed: Mapping[str, str | None], today: date
) -> AccessKey:
    fields = [each for each in typed.values() if each is not None]
    if mrz is not None and not fields:
        return read_printed_key(console, mrz, today)
    if mrz is None and len(fields) == len(typed):
        return compose_key(*fields)
    raise Misused("the chip needs --mrz, or --number, --birth and --expiry")


@document.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--signer",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Document signer's certificate, for an EF.SOD that does not carry it; repeatable.",
)
@_csca_option
@_environment_option
@_crl_option
@moment_option
@with_console
def verify(
    console: Console,
    files: tuple[Path, ...],
    *,
    signer: tuple[Path, ...],
    csca: tuple[Path, ...],
    environment: str,
    crl: tuple[Path, ...],
    moment: datetime | None,
) -> None:
    """Verify again what a state signed in a chip, offline.

    FILES are its EF.SOD and data groups, a folder of them (*.bin), or
    one session's opened payload (JSON). Of a payload the photo that the live face was compared with
    must be the signed portrait.

    Exit code 0 only when a trusted state has signed all that is there. That the chip was no copy
    only the reading itself could show: what a payload says of it is its word.
    """
    now = moment or datetime.now(UTC)
    trust = select_authorities(console, csca, Environment(environment))
    lists = read_lists(console, crl)
    kept = read_chip_files(files)
    certificates = [read_certificate(console, each) for each in signer]
    report = authenticate(kept.files, trust, now, lists, certificates)
    members = describe_chip(kept.files, report, local_day(now))
    good = report.genuine_data
    if kept.reference:
        same = is_portrait(kept.files, kept.reference)
        members["compared_with_portrait"] = same
        members["reference_sha256"] = sha256(kept.reference).hexdigest()
        good = good and same
    show_chip(console, members, report)
    if not good:
        console.leave(ExitCode.REFUSED)
