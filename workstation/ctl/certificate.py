"""`certificate show`: what a certificate says, in words; nothing is judged and nothing fetched."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from crypto.asn1 import oids
from crypto.cms.signature_file import FileKind, identify
from crypto.cms.signed_data import SignedData
from crypto.path.known_authorities import KnownAuthority, known_authorities
from crypto.report.policy import Environment
from crypto.x509.addresses import certificate_addresses
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage
from crypto.x509.profile import (
    CertificateProfile,
    HolderKind,
    KeyPurpose,
    certificate_profile,
    holder_identity,
)
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import NothingFound
from workstation.ctl.files import MAX_CMS, read_certificate
from workstation.ctl.moments import moment_option
from workstation.documents.report_text import subject_lines
from workstation.documents.texts import Texts
from workstation.settings.toml_file import read_limited

__all__ = ["certificate"]

_LONGEST_PERSON = timedelta(days=3 * 366)


@click.group()
def certificate() -> None:
    """Look at certificates."""


@certificate.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@moment_option
@with_console
def show(console: Console, file: Path, *, moment: datetime | None) -> None:
    """Show the certificate in FILE, DER or PEM, in words.

    Of a signature, the certificates it carries.

    Nothing is verified: whether a certificate is trusted is what `signature verify` says.
    """
    now = moment or datetime.now(UTC)
    for number, each in enumerate(_certificates(console, file)):
        if console.as_json:
            console.show(_describe(each, now))
            continue
        if number:
            console.lines(["---"])
        console.lines(_lines(each, now, Texts(console.language)))


def _certificates(console: Console, file: Path) -> tuple[Certificate, ...]:
    kind, binary = identify(read_limited(file, MAX_CMS, NothingFound))
    if kind not in {FileKind.SIGNED_CMS, FileKind.CERTIFICATE_BAG}:
        return (read_certificate(console, file),)
    found = SignedData.parse(binary).certificates
    if not found:
        raise NothingFound(f"{file.name}: the signature carries no certificate")
    return tuple(found)


def _known(shown: Certificate) -> KnownAuthority | None:
    return known_authorities().find(shown)


def _facts(shown: Certificate) -> dict[str, Value]:
    known = _known(shown)
    return {
        "issuer": shown.issuer.first(oids.COMMON_NAME),
        "serial": shown.serial_hex,
        "not_before": shown.not_before.isoformat(),
        "not_after": shown.not_after.isoformat(),
        "key_algorithm": shown.key.algorithm.oid,
        "signature_algorithm": shown.algorithm.oid,
        "sha256": shown.sha256,
        "sha1": hashlib.sha1(shown.raw, usedforsecurity=False).hexdigest(),
        "known": f"{known.environment.value}:{known.name}" if known else None,
    }


def _usages(shown: Certificate) -> list[str]:
    return [usage.name.lower() for usage in KeyUsage if usage in (shown.key_usage or frozenset())]


def _warnings(shown: Certificate, profile: CertificateProfile, now: datetime) -> list[str]:
    """Name what a person should notice, as codes."""
    identity = holder_identity(shown)
    numbers = [each for each in (identity.iin, identity.bin) if each is not None]
    authority = profile.kind is HolderKind.AUTHORITY
    checks = {
        "not_yet_valid": now < shown.not_before,
        "expired": now > shown.not_after,
        "number_never_issued": any(not each.well_formed for each in numbers),
        "numbers_contradict": identity.ambiguous,
        "authentication_key": profile.purpose is KeyPurpose.LOGIN,
        "no_iin": profile.kind in {HolderKind.INDIVIDUAL, HolderKind.ORGANISATION}
        and identity.iin is None,
        "remote_identification": any(each.remote for each in profile.identified),
        "carrier_not_stated": not authority and not profile.carriers,
        "unusually_long_validity": not authority
        and shown.not_after - shown.not_before > _LONGEST_PERSON,
        "test_hierarchy": Environment.TEST in known_authorities().find_worlds(shown),
    }
    return [code for code, noticed in checks.items() if noticed]


def _describe(shown: Certificate, now: datetime) -> dict[str, Value]:
    profile = certificate_profile(shown)
    addresses = certificate_addresses(shown)
    return _facts(shown) | {
        "subject": profile.facts.to_json(),
        "surname": profile.surname,
        "patronymic": profile.patronymic,
        "holder": profile.kind.value,
        "purpose": profile.purpose.value,
        "key_usage": _usages(shown),
        "extended_key_usage": list(shown.extended_key_usage),
        "carriers": [each.value for each in profile.carriers],
        "identified": [each.value for each in profile.identified],
        "centre": profile.centre,
        "crl": list(addresses.crls),
        "delta_crl": list(addresses.delta_crls),
        "ocsp": list(addresses.ocsp),
        "issuer_certificate": list(addresses.issuers),
        "statement": list(addresses.statements),
        "oddities": list(addresses.oddities),
        "warnings": _warnings(shown, profile, now),
    }


def _lines(shown: Certificate, now: datetime, texts: Texts) -> Iterator[str]:
    profile = certificate_profile(shown)
    yield from subject_lines(profile.facts, texts)
    if profile.patronymic:
        yield f"patronymic: {profile.patronymic}"
    yield f"purpose: {texts.tr(f'key_purpose.{profile.purpose.value}')}"
    yield f"key_usage: {' '.join(_usages(shown)) or '-'}"
    if profile.centre:
        yield f"centre: {profile.centre}"
    for name, value in _facts(shown).items():
        if name not in {"serial", "not_after"} and value is not None:
            yield f"{name}: {value}"
    addresses = certificate_addresses(shown)
    for name, found in (
        ("crl", addresses.crls),
        ("delta_crl", addresses.delta_crls),
        ("ocsp", addresses.ocsp),
        ("issuer_certificate", addresses.issuers),
        ("statement", addresses.statements),
    ):
        yield from (f"{name}: {each}" for each in found)
    for odd in addresses.oddities:
        yield f"note: {texts.tr(f'address_oddity.{odd}')}"
    for code in _warnings(shown, profile, now):
        yield f"warning: {texts.tr(f'certificate_warning.{code}')} ({code})"
