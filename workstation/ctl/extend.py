"""`signature extend`: a stored signature kept provable: T, LT and LTA (CAdES, EN 319 122-1)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

import click

from crypto.archive.errors import ExtensionRefused
from crypto.archive.extend import (
    ArchiveLevel,
    ExtendedSignature,
    SignatureExtender,
    TimestampSource,
)
from crypto.cms.evidence_pack import take_octets
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.signature_file import FileKind, remove_padding
from crypto.files.durable import create_durably
from crypto.net.connection import ANY_MACHINE
from crypto.report.alarm import ReportAlarm, ignore_alarm
from crypto.report.policy import Environment, RevocationRule
from crypto.revocation.sources import RevocationSources
from crypto.signatures.validator import SignatureValidator
from crypto.tsp.client import TimestampFailed, TimestampService, request_timestamp
from workstation.ctl.console import Console, with_console
from workstation.ctl.crl import open_revocation_station
from workstation.ctl.failures import CommandFailure, ExitCode, NothingFound
from workstation.ctl.files import MAX_CMS, read_object
from workstation.ctl.help_language import Misused
from workstation.ctl.policy import station_policy
from workstation.ctl.signature_constraints import select_constraints
from workstation.ctl.signature_options import TrustOptions, trust_options
from workstation.documents.report_text import report_lines
from workstation.records.pack_folder import StoredPack
from workstation.rules.local_time import local_day
from workstation.settings.carriers import TimestampDigest, TimestampsTable
from workstation.settings.settings import load_settings
from workstation.settings.toml_file import read_limited
from workstation.trust.timestamps import build_service, build_timestamping

__all__ = ["extend"]

_MAX_CONTENT: Final = 256 << 20
_TIMEOUT_S: Final = 30


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Who is asked for revocation, the octets of lists kept elsewhere, who hears of alarms."""

    sources: RevocationSources
    raw: Callable[[str], bytes | None]
    report_alarm: ReportAlarm = ignore_alarm


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "level",
    type=click.Choice([each.value for each in ArchiveLevel]),
    required=True,
    help="t: a time-stamp; lt: with what validation needs; lta: with an archive time-stamp.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The extended signature; new."
)
@click.option(
    "--signer",
    type=int,
    multiple=True,
    help="Number of a signer, from 1; repeatable. Default: all.",
)
@click.option("--content", type=click.Path(path_type=Path), help="What was signed.")
@click.option(
    "--tsp", help="Address of the time-stamping service. Default: the station's [timestamps]."
)
@click.option(
    "--digest",
    type=click.Choice([each.value for each in TimestampDigest]),
    default=TimestampDigest.SHA256.value,
    help="Of the imprint, with --tsp; at НУЦ it chooses which of its authorities signs.",
)
@trust_options
@with_console
def extend(  # noqa: PLR0913 - one option each
    console: Console,
    file: Path,
    options: TrustOptions,
    *,
    level: str,
    out: Path,
    signer: tuple[int, ...],
    content: Path | None,
    tsp: str | None,
    digest: str,
) -> None:
    """Extend the signatures in FILE so that they stay provable.

    FILE is a signature, or what `signature revalidate` reads: an evidence pack's folder, or a
    session's opened payload (JSON); what was signed is then taken from it, too.

    Only what validates is stamped: the lists and answers are those of --crl and --ocsp, or, without
    these, the station's. Nothing in FILE is replaced.

    Exit code 1 when a signature does not validate, or a time-stamp does not count.
    """
    service = _find_service(console, tsp, TimestampDigest(digest))
    octets, signed = _read_signed(console, file, content)
    with _open_evidence(console, options) as evidence:
        constraints = _select(console, options)
        extender = SignatureExtender(constraints, evidence.sources, evidence.raw, now)
        validator = SignatureValidator.under(constraints, evidence.sources)
        source = TimestampSource(
            service.digest_oid,
            lambda stamped: request_timestamp(
                service, stamped, lambda: validator.create_context(now())
            ),
        )
        try:
            extended = extender.extend(octets, signed, ArchiveLevel(level), source, signer)
        except ExtensionRefused as refused:
            _refuse(console, refused)
        except TimestampFailed as failed:
            alarm = failed.make_alarm(str(service.url))
            if tsp is None and alarm is not None:  # an address given by hand is nobody's line
                evidence.report_alarm(alarm)
            advice = console.texts.tr(f"timestamp_fault.{failed.fault.value}")
            detail = failed.detail or failed.fault.value
            failure = CommandFailure(ExitCode.REFUSED, failed.code, detail, advice)
            _leave(console, failure)
    create_durably(out, extended.cms)
    _show(console, out, extended, ArchiveLevel(level))


def _read_signed(console: Console, file: Path, content: Path | None) -> tuple[bytes, bytes | None]:
    """Return the signature and what was signed, None where nothing but the signature is given."""
    given = None if content is None else read_limited(content, _MAX_CONTENT, NothingFound)
    if not file.is_dir() and file.suffix.lower() != ".json":
        signed = read_object(console, file, FileKind.SIGNED_CMS, MAX_CMS)
        return remove_padding(signed)[0], given
    stored = StoredPack(file, None)
    if given is None and stored.pack.content:
        given = take_octets(stored.octets, stored.pack.content)
    return take_octets(stored.octets, stored.pack.cms), given


def _refuse(console: Console, refused: ExtensionRefused) -> NoReturn:
    if refused.report is not None and not console.as_json:
        for each in refused.report.signatures:
            console.lines(report_lines(each, console.texts))
    advice = console.texts.tr(f"extension.{refused.fault.value}", detail=refused.stated)
    _leave(console, CommandFailure(ExitCode.REFUSED, refused.code, refused.detail, advice))


def _leave(console: Console, failure: CommandFailure) -> NoReturn:
    console.fail(failure, as_json=console.as_json)
    console.leave(failure.exit_code)


def now() -> datetime:
    """Return the time by this computer's clock: what is stamped is stamped now."""
    return datetime.now(UTC)


def _find_service(
    console: Console, address: str | None, digest: TimestampDigest
) -> TimestampService:
    if address is not None:
        table = TimestampsTable(url=address, digest=digest, timeout_s=_TIMEOUT_S)
        return build_service(table, ANY_MACHINE)
    if console.data is None:
        raise Misused("give --tsp URL, or --data FOLDER of a station with [timestamps]")
    found = build_timestamping(load_settings(console.folder()))
    if found is None:
        raise Misused("the station's settings have no [timestamps]: give --tsp URL")
    return found.service


@contextmanager
def _open_evidence(console: Console, options: TrustOptions) -> Iterator[_Evidence]:
    """Open the lists and answers given; where there are none, those of the station."""
    if options.crl or options.ocsp or console.data is None:
        yield _Evidence(options.read_evidence(console), lambda _sha256: None)
        return
    with open_revocation_station(console, now()) as station:
        revocation = station.revocation
        yield _Evidence(revocation.sources, revocation.store.raw, station.alarms.report)


def _select(console: Console, options: TrustOptions) -> SignatureConstraints:
    demands = options.list_demands(any_holder=True)
    if demands.revocation is RevocationRule.NOT_CHECKED and console.data is not None:
        demands = replace(demands, revocation=RevocationRule.OCSP_THEN_CRL)
    return select_constraints(
        console,
        station_policy(console, local_day(now())),
        demands,
        trust=options.trust,
        environment=Environment(options.environment),
        authorities=options.ca,
    )


def _show(console: Console, out: Path, extended: ExtendedSignature, level: ArchiveLevel) -> None:
    ends = extended.renew_before
    console.show(
        {
            "level": level.value,
            "file": str(out),
            "octets": len(extended.cms),
            "sha256": extended.report.cms_sha256,
            "indication": extended.report.indication.value,
            "certificates_given": len(extended.added.certificates),
            "revocation_given": len(extended.added.revocation),
            "renew_before": None if ends is None else ends.isoformat(),
        }
    )
