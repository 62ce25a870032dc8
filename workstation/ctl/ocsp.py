"""`ocsp`: one certificate's status, asked of the responder or judged from a stored answer."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from crypto.algorithms.registry import SignatureOutcome
from crypto.cms.signature_file import FileKind
from crypto.path.context import VerificationContext
from crypto.path.trust import TrustStore
from crypto.path.validate import verify_certificate
from crypto.report.alarm import Alarm
from crypto.report.policy import Environment
from crypto.revocation.context import ValidationContext
from crypto.revocation.ocsp_status import OcspOutcome, check_ocsp
from crypto.revocation.recording import RecordingSources
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from crypto.x509.certificate import Certificate
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.crl import RevocationStation, open_revocation_station
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.files import read_certificate, read_object
from workstation.ctl.moments import moment_option
from workstation.ctl.ocsp_text import OcspReport
from workstation.ctl.policy import station_policy
from workstation.documents.texts import Texts
from workstation.rules.local_time import local_day
from workstation.rules.policy import Policy
from workstation.settings.trust import load_revocation
from workstation.trust.stores import station_trust
from workstation.trust.validator import make_validation_policy

__all__ = ["ocsp"]

_MAX_ANSWER: Final = 1 << 20


@click.group()
def ocsp() -> None:
    """Ask whether a certificate is revoked."""


@ocsp.command("check")
@click.argument("certificate", type=click.Path(path_type=Path))
@click.option(
    "--issuer",
    type=click.Path(path_type=Path),
    help="Certificate of the CA that issued it; default: the station's CA of that name.",
)
@click.option(
    "--response",
    type=click.Path(path_type=Path),
    help="Judge this stored answer instead of asking; then no nonce can be compared.",
)
@moment_option
@with_console
def check(
    console: Console,
    certificate: Path,
    *,
    issuer: Path | None,
    response: Path | None,
    moment: datetime | None,
) -> None:
    """Judge the CERTIFICATE's status.

    Exit code 0 only when it is good.

    Without --response the station's responder is asked with a fresh nonce.
    """
    now = moment or datetime.now(UTC)
    subject = read_certificate(console, certificate)
    policy = station_policy(console, local_day(now))
    context = _create_context(policy, now)
    places: tuple[str, ...] = ()
    above = _issuer(console, subject, issuer, context)
    if response is not None:
        stored = read_object(console, response, FileKind.OCSP_RESPONSE, _MAX_ANSWER)
        context = replace(context, sources=OfflineSources((stored,), ()))
        asked = ""
        outcome = check_ocsp(subject, above, context)
    else:
        with open_revocation_station(console, now) as station:
            asked, places = station.revocation.ocsp_url, station.open_places
            outcome = _ask(station, subject, above, context)
    report = OcspReport(outcome, above, asked, stored=response is not None)
    if console.as_json:
        console.show(_describe(report, console.texts))
    else:
        for line in report.lines(console.texts):
            console.paragraph(line)
        console.report_open_places(places)
    if outcome.result.status is not RevocationStatus.GOOD:
        console.leave(ExitCode.REFUSED)


def _ask(
    station: RevocationStation,
    subject: Certificate,
    issuer: Certificate,
    context: ValidationContext,
) -> OcspOutcome:
    """Ask the station's responder; what its answer gives away is left to the station."""
    sources = RecordingSources(station.revocation.sources, station.revocation.store.raw)
    outcome = check_ocsp(subject, issuer, replace(context, sources=sources))
    alarm, reason = outcome.result.alarm, outcome.result.reason
    if alarm is not None:
        (given,) = sources.record().exchanges
        station.alarms.report(Alarm.raise_about(alarm, given.source, reason, given.answer))
    return outcome


def _create_context(policy: Policy, moment: datetime) -> ValidationContext:
    # No path is validated here: who issued the certificate is given, or configured. So nobody but
    # its issuer signs the list that may speak about a responder.
    world = Environment.PROD
    return ValidationContext.create(
        make_validation_policy(policy, world),
        trust=TrustStore(world, (), ()),
        sources=OfflineSources((), ()),
        moment=moment,
    )


def _issuer(
    console: Console, subject: Certificate, given: Path | None, context: VerificationContext
) -> Certificate:
    """Return who issued the certificate, proved by its signature; NothingFound."""
    if given is not None:
        candidates = [read_certificate(console, given)]
    else:
        trust = station_trust(load_revocation(console.folder()))
        candidates = [*trust.intermediates, *trust.anchors]
    refusal = "issuer_unknown"
    for each in candidates:
        if each.subject == subject.issuer:
            verified = verify_certificate(subject, each, context.registry, context.keys)
            if verified.outcome is SignatureOutcome.VALID:
                return each
            refusal = f"not_issued_by:{verified.outcome.value}"
    raise NothingFound(refusal)


def _describe(report: OcspReport, texts: Texts) -> dict[str, Value]:
    result = report.outcome.result
    revoked_at = result.revoked_at
    return {
        "status": result.status.value,
        "reason": result.reason,
        "alarm": None if result.alarm is None else result.alarm.value,
        "heard": report.outcome.heard,
        "asked": report.asked or None,
        "revoked_at": None if revoked_at is None else revoked_at.isoformat(),
        "crl_reason": result.crl_reason,
        "issuer_sha256": report.issuer.sha256,
        "evidence": [
            {
                "kind": each.kind.value,
                "source": each.source,
                "sha256": each.sha256,
                "used": each.used,
                "reason": each.reason,
            }
            for each in result.evidence
        ],
        "next": report.advise(texts),
    }
