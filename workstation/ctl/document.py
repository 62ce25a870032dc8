"""`document`: what a state signed in an identity document's chip, verified again."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from crypto.lds.passive_authentication import authenticate
from crypto.report.policy import Environment
from workstation.ctl.console import Console, with_console
from workstation.ctl.document_files import read_chip_files, read_lists, select_authorities
from workstation.ctl.document_text import describe_chip, is_portrait, show_chip
from workstation.ctl.failures import ExitCode
from workstation.ctl.files import read_certificate
from workstation.ctl.moments import moment_option

__all__ = ["document"]


@click.group()
def document() -> None:
    """Verify what a state signed in the chips of identity documents."""


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
    members = describe_chip(kept.files, report, now.date())
    good = report.genuine_data
    if kept.reference:
        same = is_portrait(kept.files, kept.reference)
        members["compared_with_portrait"] = same
        members["reference_sha256"] = sha256(kept.reference).hexdigest()
        good = good and same
    show_chip(console, members, report)
    if not good:
        console.leave(ExitCode.REFUSED)
