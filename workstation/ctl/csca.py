"""`trust import --csca`: country authorities, out of certificate files and master lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.cms.signature_file import FileKind, identify
from crypto.lds.algorithms import MINIMUM_BITS, document_registry
from crypto.lds.csca import read_country
from crypto.lds.issuers.csca_import import CscaImport
from crypto.lds.issuers.master_list import MAX_MASTER_LIST_OCTETS, MasterList, read_master_list
from crypto.log.file.clock import SystemClock
from crypto.path.known_authorities import known_authorities
from crypto.path.trust_import import parse_fingerprint
from crypto.path.validate import verify_certificate
from crypto.x509.certificate import Certificate
from crypto.x509.countries import find_country
from workstation.ctl.console import Console, Value
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.files import read_certificate
from workstation.ctl.help_language import Misused
from workstation.settings.settings import SETTINGS_NAME
from workstation.settings.toml_file import read_limited
from workstation.settings.trust import DOCUMENTS, read_trust
from workstation.trust.change import change_trust
from workstation.trust.stores import read_anchors

__all__ = ["DEFAULT_COUNTRY", "import_authorities"]

DEFAULT_COUNTRY = "KAZ"


@dataclass(frozen=True, slots=True)
class _Offer:
    """What the files hold: certificates, and the master lists they came out of."""

    certificates: tuple[Certificate, ...]
    lists: tuple[tuple[str, MasterList], ...]


def import_authorities(
    console: Console, files: Sequence[Path], typed: Sequence[str], countries: Sequence[str]
) -> None:
    """Import the authorities whose fingerprints were typed, and show those that wait for theirs."""
    folder, now = console.folder(), datetime.now(UTC)
    stated = read_trust(folder)
    offer = _read_files(console, files, now)
    selection = CscaImport(
        stated.environment,
        frozenset(map(_parse_country, countries)),
        frozenset(map(parse_fingerprint, typed)),
        read_anchors(folder, stated.csca_anchors, "$.trust.csca_anchors"),
        known_authorities(),
    ).select(offer.certificates)
    change = change_trust(folder, selection.admitted, SystemClock(), DOCUMENTS, console.unlock)
    waiting = [_describe_authority(each, now) for each in selection.unconfirmed]
    console.show(
        {
            "added": list(change.added),
            "already_trusted": len(selection.admitted) - len(change.added),
            "unconfirmed": waiting,
            "master_lists": [_describe_list(name, each) for name, each in offer.lists],
            "environment": stated.environment.value,
            "log_entry": change.entry,
            "settings": str(folder / SETTINGS_NAME),
            "settings_sha256": change.settings_sha256,
        }
    )
    if waiting:
        console.note(
            "Nothing is trusted because it stands in a file. Ask the state by another way for the "
            "fingerprints above, then repeat with --fingerprint for each."
        )
    if change.added:
        console.note_unsigned()
    if not selection.admitted:
        console.leave(ExitCode.REFUSED)


def _read_files(console: Console, files: Sequence[Path], now: datetime) -> _Offer:
    certificates: list[Certificate] = []
    lists: list[tuple[str, MasterList]] = []
    for path in files:
        kind, binary = identify(read_limited(path, MAX_MASTER_LIST_OCTETS, NothingFound))
        if kind is FileKind.SIGNED_CMS:
            found = read_master_list(binary, now)
            lists.append((path.name, found))
            certificates += found.certificates
        else:
            certificates.append(read_certificate(console, path))
    return _Offer(tuple(dict.fromkeys(certificates)), tuple(lists))


def _parse_country(typed: str) -> str:
    country = find_country(typed.strip().upper())
    if not country:
        raise Misused("--country {code}: three letters, as documents write them: KAZ", code=typed)
    return country


def _describe_authority(certificate: Certificate, now: datetime) -> dict[str, Value]:
    """Describe an authority to compare: fingerprint, names, validity, its own signature."""
    check = verify_certificate(
        certificate, certificate, document_registry(), KeyPolicy(MINIMUM_BITS)
    )
    own = "valid" if check.outcome is SignatureOutcome.VALID else check.outcome.value
    return {
        "sha256": certificate.sha256,
        "country": read_country(certificate),
        "subject": certificate.subject.first(oids.COMMON_NAME),
        "organisation": certificate.subject.first(oids.ORGANIZATION),
        "serial": certificate.serial_hex,
        "not_before": certificate.not_before.date().isoformat(),
        "not_after": certificate.not_after.date().isoformat(),
        "state": "expired" if now > certificate.not_after else "in_force",
        "own_signature": own,
    }


def _describe_list(name: str, found: MasterList) -> dict[str, Value]:
    return {
        "file": name,
        "signature": "valid",
        "certificates": found.size,
        "unreadable": len(found.unreadable),
        "countries": len({read_country(each) for each in found.certificates}),
        "signer": found.signer.subject.first(oids.COMMON_NAME),
        "signer_sha256": found.signer.sha256,
        "authority": found.authority.subject.first(oids.COMMON_NAME),
        "authority_sha256": found.authority.sha256,
        "signed_at": found.signed_at.isoformat() if found.signed_at else None,
    }
