"""The command line's trunk: global options, the groups, and one place where failures end."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from resources import LANGUAGES
from workstation import __version__
from workstation.ctl.calibrate import calibrate, errors
from workstation.ctl.camera import camera
from workstation.ctl.carrier import carrier
from workstation.ctl.certificate import certificate
from workstation.ctl.charter import charter
from workstation.ctl.charter_order import countersign, propose, withdraw
from workstation.ctl.console import Console
from workstation.ctl.courtpack import courtpack
from workstation.ctl.crl import crl
from workstation.ctl.demo import demo
from workstation.ctl.doctor import doctor
from workstation.ctl.document import document
from workstation.ctl.evidence import evidence
from workstation.ctl.failures import CommandFailure, ExitCode, failure_of, word_advice
from workstation.ctl.help_language import speak, system_language
from workstation.ctl.init import init
from workstation.ctl.key import key
from workstation.ctl.licences import licences
from workstation.ctl.liveness import liveness
from workstation.ctl.log import log
from workstation.ctl.log_export import export, verify_exported
from workstation.ctl.match import match
from workstation.ctl.ocsp import ocsp
from workstation.ctl.operator import operator
from workstation.ctl.permit import permit
from workstation.ctl.policy import policy
from workstation.ctl.policy_replay import replay
from workstation.ctl.recovery import recovery
from workstation.ctl.registry import registry
from workstation.ctl.secrets import read_passphrase
from workstation.ctl.service import service
from workstation.ctl.settings import settings
from workstation.ctl.shift import shift
from workstation.ctl.signature import signature
from workstation.ctl.stations import stations
from workstation.ctl.trust import trust
from workstation.ctl.tsp import tsp
from workstation.ctl.vault import vault
from workstation.ctl.witness import witness

__all__ = ["Program", "program"]


class Program(click.Group):
    """A group whose failures become one line and an exit code, never a traceback."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *_rest: Any,
        **_extra: Any,
    ) -> Any:
        """Run and leave with the exit code of docs/ctl.md."""
        given = list(sys.argv[1:] if args is None else args)
        with speak(self, _find_language(given)):
            self._run(given, prog_name or "workstation-ctl")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; options alone name no command, which is answered as none is."""
        rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not ctx.resilient_parsing:  # noqa: SLF001 - click's own place
            raise click.exceptions.NoArgsIsHelpError(ctx)
        return rest

    def _run(self, given: list[str], name: str) -> NoReturn:
        code: object = None
        try:
            code = super().main(given, name, standalone_mode=False)
        except click.Abort:
            stopped = CommandFailure(
                ExitCode.REFUSED, "aborted", "", word_advice(_find_language(given), "aborted")
            )
            self._end(stopped, given)
        except click.exceptions.NoArgsIsHelpError as error:
            self._end_with_help(error, given)
        except Exception as error:  # noqa: BLE001 - the one place where every failure ends
            self._end(failure_of(error, _find_language(given)), given)
        sys.exit(code if isinstance(code, int) else int(ExitCode.OK))

    @staticmethod
    def _end_with_help(error: click.exceptions.NoArgsIsHelpError, given: Sequence[str]) -> None:
        """Answer a group without a command: the help as `--help` prints it, but no success."""
        if "--json" in given:
            advice = word_advice(_find_language(given), "help")
            missing = CommandFailure(ExitCode.INPUT, "usage", "Missing command", advice)
            Console.fail(missing, as_json=True)
        else:
            click.echo(error.format_message(), err=True)
        sys.exit(int(ExitCode.INPUT))

    @staticmethod
    def _end(failure: CommandFailure, given: Sequence[str]) -> None:
        Console.fail(failure, as_json="--json" in given)
        sys.exit(int(failure.exit_code))


def _find_language(given: Sequence[str]) -> str:
    """Return the language that was asked for, also where the arguments cannot be parsed."""
    for index, each in enumerate(given):
        name, stated, value = each.partition("=")
        if name == "--language":
            chosen = value if stated else next(iter(given[index + 1 : index + 2]), "")
            return chosen if chosen in LANGUAGES else system_language()
    return system_language()


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="WORKSTATION_DATA",
    help="Data folder of the station.",
)
@click.option("--json", "as_json", is_flag=True, help="Results as JSON on standard output.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=system_language,
    help="Language of help, reports and advice. Default: the system's.",
)
@click.option(
    "--passphrase-stdin",
    is_flag=True,
    help="The first line of standard input is the pass phrase of the station's keys.",
)
@click.version_option(__version__, prog_name="workstation-ctl")
@click.pass_context
def program(
    ctx: click.Context, data: Path | None, *, as_json: bool, language: str, passphrase_stdin: bool
) -> None:
    """Verification workstation: set-up, operators, log, permits, policy, checks of files.

    Exit codes: 0 done, 1 refused or negative verdict, 2 integrity failure, 3 wrong input, 4 fault
    of the station.
    """
    # Nothing this program creates is for anybody else to read.
    os.umask(0o077)
    ctx.obj = Console(data, as_json, language, read_passphrase() if passphrase_stdin else None)


for _command in (
    init,
    demo,
    operator,
    charter,
    log,
    key,
    recovery,
    courtpack,
    evidence,
    permit,
    stations,
    policy,
    settings,
    signature,
    certificate,
    trust,
    crl,
    ocsp,
    tsp,
    service,
    match,
    document,
    calibrate,
    errors,
    liveness,
    camera,
    carrier,
    registry,
    vault,
    doctor,
    licences,
    witness,
    shift,
):
    program.add_command(_command)
charter.add_command(propose)
charter.add_command(countersign)
charter.add_command(withdraw)
log.add_command(export)
policy.add_command(replay)
log.add_command(verify_exported)
