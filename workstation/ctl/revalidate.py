"""`signature revalidate`: a validation of then made again, from its evidence pack alone."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.cms.signature_file import FileKind
from crypto.errors import CryptoError
from crypto.path.known_authorities import known_authorities
from crypto.report.policy import Environment, RevocationRule
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.signatures.document import DocumentReport
from crypto.signatures.revalidation import Revalidation, StatedOutcome
from crypto.signatures.revalidation import revalidate as revalidate_pack
from crypto.signatures.validator import SignatureValidator
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode
from workstation.ctl.files import read_certificates, read_object
from workstation.ctl.help_language import Misused
from workstation.ctl.moments import ISO_TIME, moment_option
from workstation.ctl.revalidate_text import RevalidationReport, state_today
from workstation.documents.texts import Texts
from workstation.errors import WorkstationError
from workstation.records.pack_folder import StoredPack
from workstation.settings.trust import read_trust

__all__ = ["revalidate"]

_MAX_CRL = 64 << 20


@click.command()
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--lists", type=click.Path(path_type=Path), help="Archive of lists, when the pack has none."
)
@click.option(
    "--trust", type=click.Path(path_type=Path), help="Folder of roots you trust for this question."
)
@click.option(
    "--crl",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Today's revocation list, for today's view; repeatable.",
)
@click.option(
    "--at",
    type=ISO_TIME,
    help="Judge the pack as a stored signature at this time too, by its own evidence alone.",
)
@click.option(
    "--logged-at",
    type=ISO_TIME,
    help="For --at: when the station's log names this payload, by an entry that you have verified.",
)
@moment_option
@with_console
def revalidate(  # noqa: PLR0913 - one option each
    console: Console,
    pack: Path,
    *,
    lists: Path | None,
    trust: Path | None,
    crl: tuple[Path, ...],
    at: datetime | None,
    logged_at: datetime | None,
    moment: datetime | None,
) -> None:
    """Judge the signature of PACK again, offline.

    As of the moment of then, and as of today.

    PACK is a folder that `signature verify --keep` wrote, or a session's opened payload (JSON),
    whose lists are in --lists: the folder evidence-lists of the station.

    Exit code 0 only when the outcome is the same and its anchor is one that you trust: the
    station's, one of --trust, or a known one of НУЦ. --moment sets today.

    --at asks what the pack is worth at another time, as in ten years, when certificates and
    algorithms have ended: passed as of its time-stamp, or the exit code is 1. Without one it
    passes as of --logged-at, the time of its result in a log or court pack that was verified.
    """
    if logged_at is not None and at is None:
        raise Misused("--logged-at belongs to --at")
    stored = StoredPack(pack, lists)
    again = revalidate_pack(stored.pack, stored.octets)
    later = None if at is None else _judge_at(stored, at, logged_at)
    given = [ParsedCrl.parse(read_object(console, e, FileKind.CRL, _MAX_CRL)) for e in crl]
    today = _today(stored, tuple(given), moment or datetime.now(UTC))
    report = RevalidationReport(
        moment=stored.pack.moment,
        software=stored.pack.software,
        again=again,
        today=today,
        at=at,
        later=later,
        anchors=_name_anchors(console, (again, later), trust),
        missing=tuple(stored.missing()),
    )
    if console.as_json:
        console.show(_describe(report, console.texts))
    else:
        for line in report.lines(console.texts):
            console.paragraph(line)
    if not report.good:
        console.leave(ExitCode.REFUSED)


def _judge_at(stored: StoredPack, at: datetime, logged_at: datetime | None) -> Revalidation:
    proofs = ProofsOfExistence()
    if logged_at is not None:
        logged = ProofOfExistence(logged_at, ProofSource.LOG)
        proofs = proofs.extend([stored.pack.cms], logged)
    return revalidate_pack(stored.pack, stored.octets, moment=at, proofs=proofs)


def _describe(report: RevalidationReport, texts: Texts) -> dict[str, Value]:
    again, at, later = report.again, report.at, report.later
    return {
        "same": again.same,
        "recorded": _outcome(again.recorded),
        "repeated": _outcome(again.repeated),
        "moment": report.moment.isoformat(),
        "software": report.software,
        "anchors": {each: name or "not_trusted" for each, name in report.anchors.items()},
        "missing": list(report.missing),
        "today": [] if report.today is None else _outcome(state_today(report.today)),
        **({} if at is None or later is None else _describe_at(at, later)),
        "next": list(report.advise(texts)),
    }


def _outcome(outcome: StatedOutcome) -> list[Value]:
    return ["/".join(part for part in each if part) for each in outcome]


def _describe_at(at: datetime, later: Revalidation) -> dict[str, Value]:
    """Say what a pack is worth at another time, and since when its signatures are proven."""
    proven = [_describe_proof(each.proven_at_ms) for each in later.report.signatures]
    return {"at": at.isoformat(), "at_outcome": _outcome(later.repeated), "proven_at": proven}


def _describe_proof(proven_at_ms: int | None) -> Value:
    if proven_at_ms is None:
        return ""
    return datetime.fromtimestamp(proven_at_ms / 1000, UTC).isoformat()


def _name_anchors(
    console: Console, made: tuple[Revalidation | None, ...], folder: Path | None
) -> dict[str, str]:
    found = dict.fromkeys(each for one in made if one is not None for each in one.anchors)
    return {each: _named(console, each, folder) for each in found}


def _named(console: Console, sha256: str, folder: Path | None) -> str:
    """Say why an anchor is trusted here; empty when it is not.

    A known root of the test world is trusted by nobody but a station of the test world: anybody
    can sign with keys beneath it.
    """
    if folder is not None and sha256 in {c.sha256 for c in read_certificates(console, folder)}:
        return "given"
    world = Environment.PROD
    if console.data is not None:
        station = read_trust(console.data)
        world = station.environment
        stated = (*station.anchors, *station.timestamp_anchors)
        if sha256 in {each.sha256 for each in stated}:
            return "station"
    # Signatures of the test world carry time-stamps of the production authority.
    known = known_authorities()
    worlds = dict.fromkeys((world, Environment.PROD))
    found = (each for trusted in worlds for each in known.select(trusted))
    return next((f"{e.environment.value}:{e.name}" for e in found if e.sha256 == sha256), "")


def _today(
    stored: StoredPack, lists: tuple[ParsedCrl, ...], moment: datetime
) -> DocumentReport | None:
    """Judge by today's clock; with today's lists when they were given."""
    pack = stored.pack
    try:
        recorded = pack.constraints(stored.octets)
        rule = RevocationRule.CRL_ONLY if lists else RevocationRule.NOT_CHECKED
        constraints = replace(recorded, policy=replace(recorded.policy, revocation=rule))
        validator = SignatureValidator.under(constraints, OfflineSources((), lists))
        return validator.validate_request(replace(pack.request(stored.octets), moment=moment))
    except (CryptoError, WorkstationError):
        return None
