"""`trust`: whose signatures the station believes in, shown and extended."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.log.file.clock import SystemClock
from crypto.path.known_authorities import AuthorityCatalogue, KnownAuthority, known_authorities
from crypto.path.trust_import import TrustImport, parse_fingerprint
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from workstation.ctl.console import SIGN_NEXT, Console, Value, with_console
from workstation.ctl.csca import DEFAULT_COUNTRY, import_authorities
from workstation.ctl.files import read_certificate
from workstation.ctl.moments import moment_option
from workstation.errors import WorkstationError
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.settings import SETTINGS_NAME, AnchorTable
from workstation.settings.trust import read_trust
from workstation.trust.change import change_trust
from workstation.trust.stores import read_anchors

__all__ = ["trust"]

_SOON = timedelta(days=60)
_LEAST_RSA_BITS = 2048
_MAX_FILES = 20
_Row = dict[str, Value]


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
    if known or console.data is None:
        console.rows("known", (_known_row(each, now) for each in catalogue.authorities))
        console.note(f"accredited, not accepted by policy: {', '.join(catalogue.accredited)}")
        console.note(f"confirm every root at {' or '.join(catalogue.confirm_at)}")
        return
    stated_in = console.data
    stated = read_trust(stated_in)

    def list_rows(
        roles: tuple[str, str], anchors: Sequence[AnchorTable], between: Sequence[str]
    ) -> list[_Row]:
        folder, (above, below) = stated_in, roles
        rows = [_row(folder / each.path, above, each.sha256, catalogue, now) for each in anchors]
        return rows + [_row(folder / each, below, None, catalogue, now) for each in between]

    rows = list_rows(("root", "issuing"), stated.anchors, stated.intermediates)
    stamping = list_rows(
        ("timestamp_root", "timestamp_issuing"),
        stated.timestamp_anchors,
        stated.timestamp_intermediates,
    )
    for row in rows + stamping if stated.environment is Environment.PROD else rows:
        if row["environment"] not in {stated.environment.value, "own", None}:
            row["state"] = "of_the_other_environment"
    documents = list_rows(("csca", "csca_link"), stated.csca_anchors, stated.csca_links)
    console.rows("certificate", rows + stamping + documents)
    if not stated.timestamp_anchors:
        console.note("time-stamps: judged by the same roots")
    console.note(f"environment: {stated.environment.value}; nothing else is trusted")


@trust.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--fingerprint",
    "typed",
    multiple=True,
    help="SHA-256 of the DER of a bank's own CA, as its owner told you; repeatable.",
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
    *,
    csca: bool,
) -> None:
    """Add certificate FILES to the trust.

    Roots become anchors, CAs whose root verifies them intermediates. With --csca every fingerprint
    is typed, those of a master list too; what waits for its own is shown.

    A file must match a fingerprint known for the station's environment, or one given with
    --fingerprint. Recorded in the signed log before the settings change. All of them or none.
    """
    if len(files) > _MAX_FILES:
        raise click.UsageError(f"at most {_MAX_FILES} files at once")
    if csca:
        import_authorities(console, files, typed, countries or (DEFAULT_COUNTRY,))
        return
    if countries:
        raise click.UsageError("--country goes with --csca")
    folder = console.folder()
    stated = read_trust(folder)
    catalogue = known_authorities()
    trust_import = TrustImport(
        stated.environment,
        catalogue,
        frozenset(parse_fingerprint(each) for each in typed),
        read_anchors(folder, stated.anchors, "$.trust.anchors"),
        default_registry(),
        KeyPolicy({"rsa": _LEAST_RSA_BITS}),
    )
    admitted = trust_import.verify([read_certificate(console, each) for each in files])
    change = change_trust(folder, admitted, SystemClock(), unlock=console.unlock)
    console.show(
        {
            "added": list(change.added),
            "already_trusted": len(admitted) - len(change.added),
            "environment": stated.environment.value,
            "log_entry": change.entry,
            "settings": str(folder / SETTINGS_NAME),
            "settings_sha256": change.settings_sha256,
        }
    )
    if any(each.anchor and not each.typed for each in admitted):
        places = " or ".join(catalogue.confirm_at)
        console.note(f"Compare the fingerprint of every root with {places} before you go on.")
    console.note(SIGN_NEXT)


def _known_row(known: KnownAuthority, now: datetime) -> dict[str, Value]:
    return {
        "name": known.name,
        "environment": known.environment.value,
        "role": known.role.value,
        "state": _state(known.not_before, known.not_after, now),
        "not_after": known.not_after.date().isoformat(),
        "policy": "accepted" if known.accepted else "not_accepted",
        "sha256": known.sha256,
        "subject": known.subject,
    }


def _row(
    path: Path, role: str, pin: str | None, catalogue: AuthorityCatalogue, now: datetime
) -> dict[str, Value]:
    row: dict[str, Value] = {"file": path.name, "role": role}
    try:
        certificate = Certificate.parse(certificate_octets(path.parent, role, path.name))
    except (CryptoError, WorkstationError) as error:
        missing = {"environment": None, "not_after": None, "subject": None}
        return row | {"state": f"unusable:{error.code}", "known": None, "sha256": pin} | missing
    known = catalogue.find(certificate)
    worlds = catalogue.find_worlds(certificate)
    state = _state(certificate.not_before, certificate.not_after, now)
    if pin is not None and pin != certificate.sha256:
        state = "not_what_was_pinned"
    return row | {
        "state": state,
        "known": known.name if known else None,
        "sha256": certificate.sha256,
        "environment": _world(worlds),
        "not_after": certificate.not_after.date().isoformat(),
        "subject": certificate.subject.first(oids.COMMON_NAME),
    }


def _world(worlds: frozenset[Environment]) -> str:
    return ",".join(sorted(worlds)) or "own"


def _state(not_before: datetime, not_after: datetime, now: datetime) -> str:
    if now < not_before:
        return "not_yet_valid"
    if now > not_after:
        return "expired"
    return "expires_soon" if not_after - now < _SOON else "valid"
