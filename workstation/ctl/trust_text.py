"""What `trust` shows of a certificate: its facts, the state in words, and what to do next."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.path.known_authorities import AuthorityCatalogue, Issued, KnownAuthority
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from workstation.ctl.console import TableRow, Value
from workstation.documents.texts import Texts
from workstation.errors import WorkstationError
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.trust import StatedTrust

__all__ = [
    "COLUMNS",
    "KNOWN_COLUMNS",
    "describe_issues",
    "describe_known",
    "describe_stated",
    "describe_validity",
    "make_headers",
    "make_row",
]

COLUMNS: Final = ("file", "role", "world", "until", "state")
KNOWN_COLUMNS: Final = ("name", "role", "world", "policy", "until", "state")
_SOON: Final = timedelta(days=60)
_OTHER_WORLD: Final = "of_the_other_environment"


def make_headers(texts: Texts, columns: Sequence[str]) -> list[str]:
    """Return the heads of a table."""
    return [texts.tr(f"trust_column.{each}") for each in columns]


def describe_validity(not_before: datetime, not_after: datetime, now: datetime) -> str:
    """Return `not_yet_valid`, `expired`, `expires_soon` (within 60 days) or `valid`."""
    if now < not_before:
        return "not_yet_valid"
    if now > not_after:
        return "expired"
    return "expires_soon" if not_after - now < _SOON else "valid"


def describe_known(known: KnownAuthority, now: datetime, texts: Texts) -> TableRow:
    """Describe a certificate of the catalogue."""
    state = describe_validity(known.not_before, known.not_after, now)
    policy = "accepted" if known.accepted else "not_accepted"
    until = known.not_after.date().isoformat()
    record: dict[str, Value] = {
        "name": known.name,
        "environment": known.environment.value,
        "role": known.role.value,
        "state": state,
        "not_after": until,
        "policy": policy,
        "issues": ",".join(each for each in Issued if known.may_issue(each)),
        "sha256": known.sha256,
        "subject": known.subject,
    }
    cells = (
        known.name,
        texts.tr(f"trust_role.{known.role.value}"),
        texts.tr(f"trust_world.{known.environment.value}"),
        texts.tr(f"trust_policy.{policy}"),
        until,
        texts.tr(f"trust_state.{state}"),
    )
    return TableRow(record, cells, (known.subject, f"SHA-256 {known.sha256}"))


def describe_stated(
    path: Path,
    role: str,
    pin: str | None,
    catalogue: AuthorityCatalogue,
    now: datetime,
    world: Environment | None,
) -> dict[str, Value]:
    """Describe a certificate file that the settings name.

    pin    SHA-256 that they state of it
    world  that of the station, where nobody of the other may stand; None: any may
    """
    row: dict[str, Value] = {"file": path.name, "role": role}
    try:
        certificate = Certificate.parse(certificate_octets(path.parent, role, path.name))
    except (CryptoError, WorkstationError) as error:
        missing = {"environment": None, "not_after": None, "subject": None}
        return row | {"state": f"unusable:{error.code}", "known": None, "sha256": pin} | missing
    known = catalogue.find(certificate)
    worlds = catalogue.find_worlds(certificate)
    state = describe_validity(certificate.not_before, certificate.not_after, now)
    if pin is not None and pin != certificate.sha256:
        state = "not_what_was_pinned"
    if world is not None and worlds - {world}:
        state = _OTHER_WORLD
    return row | {
        "state": state,
        "known": known.name if known else None,
        "sha256": certificate.sha256,
        "environment": ",".join(sorted(worlds)) or "own",
        "not_after": certificate.not_after.date().isoformat(),
        "subject": certificate.subject.first(oids.COMMON_NAME),
    }


def describe_issues(sha256: Value, stated: StatedTrust, catalogue: AuthorityCatalogue) -> str:
    """Name what certificates of a signers' authority count: signers', time-stamping ones, or none.

    Where time-stamps have a trust of their own, only the signers' are a question here.
    """
    known = next((each for each in catalogue.authorities if each.sha256 == sha256), None)
    named = dict(zip(Issued, (stated.signer_issuers, stated.timestamp_issuers), strict=True))
    if stated.timestamp_anchors:
        del named[Issued.TIMESTAMPS]
    counted = (
        each
        for each, digests in named.items()
        if sha256 in digests or (known is not None and known.may_issue(each))
    )
    return ",".join(counted)


def make_row(record: dict[str, Value], texts: Texts) -> TableRow:
    """Return a described certificate with what to do about it, for people and programs."""
    state = str(record["state"]).partition(":")[0]
    todo = f"trust_next.{state}"
    advice = texts.tr(todo) if texts.has(todo) else ""
    worlds = str(record["environment"] or "").split(",")
    cells: tuple[Value, ...] = (
        record["file"],
        texts.tr(f"trust_role.{record['role']}"),
        ", ".join(texts.tr(f"trust_world.{each}") for each in worlds if each),
        record["not_after"],
        texts.tr(f"trust_state.{state}"),
    )
    stated = (record["subject"], f"SHA-256 {record['sha256']}" if record["sha256"] else None)
    issues = ""
    if record["role"] == "issuing" and "issues" in record:
        counted = str(record["issues"]).replace(",", "_and_") or "none"
        issues = texts.tr(f"trust_issues.{counted}")
    below = tuple(str(each) for each in (*stated, issues, advice) if each)
    return TableRow(record | {"next": advice}, cells, below)
