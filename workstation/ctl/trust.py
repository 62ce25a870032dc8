"""`trust`: whose signatures the station believes in, shown and extended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from crypto.asn1 import oids
from crypto.log.file.clock import SystemClock
from crypto.path.known_authorities import Issued, known_authorities
from crypto.path.trust_import import ImportedCertificate
from crypto.report.policy import Environment
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.csca import DEFAULT_COUNTRY, import_authorities
from workstation.ctl.files import read_certificate
from workstation.ctl.help_language import Misused
from workstation.ctl.moments import moment_option
from workstation.ctl.trust_text import (
    COLUMNS,
    KNOWN_COLUMNS,
    describe_issues,
    describe_known,
    describe_stated,
    describe_validity,
    make_headers,
    make_row,
)
from workstation.first_start.authorities import AdmittedAuthorities, admit_authorities
from workstation.settings.settings import SETTINGS_NAME
from workstation.settings.trust import (
    DOCUMENTS,
    SIGNERS,
    TIMESTAMPS,
    StatedTrust,
    read_trust,
)

__all__ = ["trust"]

_MAX_FILES = 20
_STAMPING = ("timestamp_root", "timestamp_issuing")


@click.group()
def trust() -> None:
    """Show and extend whom the station trusts.

    The certification centres that signatures must chain to.
    """


@trust.command("list")
@click.option("--known", is_flag=True, help="The whole catalogue of НУЦ's certificates.")
@moment_option
@with_console
def list_trust(console: Console, *, known: bool, moment: datetime | None) -> None:
    """Show what the station trusts.

    Without --data or with --known the shipped catalogue.
    """
    now = moment or datetime.now(UTC)
    catalogue = known_authorities()
    texts = console.texts
    if known or console.data is None:
        rows = [describe_known(each, now, texts) for each in catalogue.authorities]
        console.table("known", make_headers(texts, KNOWN_COLUMNS), rows)
        names, places = ", ".join(catalogue.accredited), ", ".join(catalogue.confirm_at)
        _conclude(
            console,
            {"accredited": list(catalogue.accredited), "confirm_at": list(catalogue.confirm_at)},
            texts.tr("trust_note.accredited", names=names),
            texts.tr("trust_note.confirm", places=places),
        )
        return
    stated = read_trust(console.data)
    world = stated.environment
    production = world if world is Environment.PROD else None
    records = [
        *_describe(console.data, stated, SIGNERS, ("root", "issuing"), now, world),
        *_describe(console.data, stated, TIMESTAMPS, _STAMPING, now, production),
        *_describe(console.data, stated, DOCUMENTS, ("csca", "csca_link"), now, None),
    ]
    for each in records:
        if each["role"] in {"root", "issuing"}:
            each["issues"] = describe_issues(each["sha256"], stated, catalogue)
    rows = [make_row(each, texts) for each in records]
    console.table("certificate", make_headers(texts, COLUMNS), rows)
    own = bool(stated.timestamp_anchors)
    stamping = "trust_note.own_timestamps" if own else "trust_note.same_timestamps"
    nothing = () if stated.anchors else (texts.tr("trust_note.nothing"),)
    _conclude(
        console,
        {"environment": world.value, "timestamps": "own_roots" if own else "signers_roots"},
        texts.tr(stamping),
        texts.tr("trust_note.environment", world=texts.tr(f"trust_world.{world.value}")),
        *nothing,
    )


def _describe(
    folder: Path,
    stated: StatedTrust,
    members: tuple[str, str],
    roles: tuple[str, str],
    now: datetime,
    world: Environment | None,
) -> Iterator[dict[str, Value]]:
    """Yield the certificates that two members of `[trust]` name."""
    catalogue = known_authorities()
    anchors, between = stated.select(members)
    for each in anchors:
        yield describe_stated(folder / each.path, roles[0], each.sha256, catalogue, now, world)
    for path in between:
        yield describe_stated(folder / path, roles[1], None, catalogue, now, world)


def _conclude(console: Console, summary: Mapping[str, Value], *notes: str) -> None:
    """Say what is true of the whole list: a last record, or notes to the person."""
    if console.as_json:
        console.rows("summary", [summary])
        return
    for each in notes:
        console.paragraph(each, err=True)


@trust.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--fingerprint",
    "typed",
    multiple=True,
    help="SHA-256 of the DER of a bank's own CA, as its owner told you; repeatable.",
)
@click.option(
    "--issues",
    type=click.Choice([each.value for each in Issued]),
    multiple=True,
    help="What the authorities given by --fingerprint may issue: certificates of signers, or of "
    "time-stamping services; repeatable. Without it none of theirs counts.",
)
@click.option(
    "--timestamp",
    is_flag=True,
    help="Roots of time-stamping authorities, and the CAs below them: for time-stamps alone.",
)
@click.option(
    "--csca",
    is_flag=True,
    help="Authorities of states, for the chips of documents: certificates or master lists.",
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    help=f"With --csca: whose, as documents write it; repeatable. Default: {DEFAULT_COUNTRY}.",
)
@with_console
def import_trust(
    console: Console,
    files: tuple[Path, ...],
    typed: tuple[str, ...],
    countries: tuple[str, ...],
    issues: tuple[str, ...],
    *,
    csca: bool,
    timestamp: bool,
) -> None:
    """Add certificate FILES to the trust.

    Roots become anchors, CAs whose root verifies them intermediates. With --csca every fingerprint
    is typed, those of a master list too; what waits for its own is shown.

    A file must match a fingerprint known for the station's environment, or one given with
    --fingerprint. Recorded in the signed log before the settings change. All of them or none.
    """
    if len(files) > _MAX_FILES:
        raise Misused("at most {count} files at once", count=_MAX_FILES)
    if csca and timestamp:
        raise Misused("either --csca or --timestamp")
    if issues and (csca or timestamp or not typed):
        raise Misused("--issues goes with --fingerprint alone")
    if csca:
        import_authorities(console, files, typed, countries or (DEFAULT_COUNTRY,))
        return
    if countries:
        raise Misused("--country goes with --csca")
    # Without a station there is nothing to add to, whatever the files are.
    read_trust(console.folder())
    found = [read_certificate(console, each) for each in files]
    may = [Issued(each) for each in issues]
    done = admit_authorities(
        console.folder(), found, typed, may, SystemClock(), console.unlock, timestamps=timestamp
    )
    _show_import(console, done)
    if timestamp and done.change.added and not done.before.timestamp_anchors:
        _note(console, "trust_note.from_now_on")
    _note_roots(console, done.admitted)
    console.note_unsigned()


def _note_roots(console: Console, admitted: Sequence[ImportedCertificate]) -> None:
    """Say where the fingerprints of roots are to be compared that nobody has typed."""
    if any(each.anchor and not each.typed for each in admitted):
        places = ", ".join(known_authorities().confirm_at)
        _note(console, "trust_note.confirm", places=places)


def _show_import(console: Console, done: AdmittedAuthorities) -> None:
    """Show what was added; what has ended, or is about to, is said now and not at the counter."""
    now, texts = datetime.now(UTC), console.texts
    admitted, change, folder = done.admitted, done.change, console.folder()
    validity = {
        each.certificate.sha256: describe_validity(
            each.certificate.not_before, each.certificate.not_after, now
        )
        for each in admitted
    }
    console.show(
        {
            "added": list(change.added),
            "already_trusted": len(admitted) - len(change.added),
            "environment": done.before.environment.value,
            "expired": [sha256 for sha256, state in validity.items() if state == "expired"],
            "log_entry": change.entry,
            "settings": str(folder / SETTINGS_NAME),
            "settings_sha256": change.settings_sha256,
        }
    )
    for each in admitted:
        state = validity[each.certificate.sha256]
        if texts.has(f"trust_next.{state}"):
            named = each.certificate.subject.first(oids.COMMON_NAME)
            ends = each.certificate.not_after.date().isoformat()
            words = f"{texts.tr(f'trust_state.{state}')} ({ends})"
            _note(console, f"trust_next.{state}", before=f"{named}: {words}. ")


def _note(console: Console, code: str, *, before: str = "", **values: str) -> None:
    if not console.as_json:
        console.paragraph(before + console.texts.tr(code, **values), err=True)
