"""The certificate profile of НУЦ РК: who the holder is and what the key is for.

The subject states the ИИН as `IIN` + 12 digits in serialNumber and the БИН as `BIN` + 12 digits
in one of the organisational units. Whether a key signs documents is told by nonRepudiation
alone: since 2024 one key serves login and signature, and roles replace the old split.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.report.report import SubjectFacts
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage, read_oids
from crypto.x509.iin import Bin, Iin
from crypto.x509.profile_names import (
    CarrierKind,
    IdentificationMethod,
    carrier_kind,
    centre_of,
    identification_method,
)

__all__ = [
    "CertificateProfile",
    "HolderIdentity",
    "HolderKind",
    "KeyPurpose",
    "certificate_profile",
    "holder_identity",
    "subject_facts",
]

_IIN = re.compile(r"IIN([0-9]{12})")
_BIN = re.compile(r"BIN([0-9]{12})")


class HolderKind(StrEnum):
    """Whom a certificate was issued to.

    ORGANISATION  a person who acts for one: БИН beside the ИИН, or a role of a legal entity
    SYSTEM        a program: no ИИН and nobody who could appear at a counter
    AUTHORITY     a certification centre
    """

    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"
    SYSTEM = "system"
    AUTHORITY = "authority"
    UNKNOWN = "unknown"


class KeyPurpose(StrEnum):
    """What НУЦ means by the key usage: nonRepudiation alone makes a key sign documents."""

    SIGNING = "signing"
    SIGNING_AND_LOGIN = "signing_and_login"
    LOGIN = "login"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HolderIdentity:
    """ИИН and БИН of a certificate.

    ambiguous  two different numbers of one kind are stated: none of that kind is believed
    """

    iin: Iin | None
    bin: Bin | None
    ambiguous: bool


def holder_identity(certificate: Certificate) -> HolderIdentity:
    """Read the numbers out of the subject; a number that does not match the form is no number."""
    iins = _find_numbers(certificate, oids.SERIAL_NUMBER, _IIN)
    bins = _find_numbers(certificate, oids.ORGANIZATIONAL_UNIT, _BIN)
    return HolderIdentity(
        iin=Iin.parse(next(iter(iins))) if len(iins) == 1 else None,
        bin=Bin.parse(next(iter(bins))) if len(bins) == 1 else None,
        ambiguous=len(iins) > 1 or len(bins) > 1,
    )


def _find_numbers(certificate: Certificate, oid: str, form: re.Pattern[str]) -> set[str]:
    matches = (form.fullmatch(value) for value in certificate.subject.values(oid))
    return {match.group(1) for match in matches if match}


def subject_facts(certificate: Certificate) -> SubjectFacts:
    """Collect what a report says about the holder."""
    identity = holder_identity(certificate)
    return SubjectFacts(
        common_name=certificate.subject.first(oids.COMMON_NAME),
        iin=identity.iin.digits if identity.iin else "",
        bin=identity.bin.digits if identity.bin else "",
        serial=certificate.serial_hex,
        not_after=certificate.not_after,
        organisation=certificate.subject.first(oids.ORGANIZATION),
        roles=roles(certificate),
        policies=certificate.policies,
        keystores=keystores(certificate),
        identification=identification(certificate),
        holder=holder_kind(certificate).value,
    )


def roles(certificate: Certificate) -> tuple[str, ...]:
    """Return the roles among the extended key usages: НУЦ's, its staff's, the treasury's."""
    return tuple(
        oid
        for oid in certificate.extended_key_usage
        if oid == oids.KZ_TREASURY_CLIENT
        or oid.startswith((f"{oids.KZ_ROLES}.", f"{oids.KZ_CENTRE_STAFF}."))
    )


def system_roles(certificate: Certificate) -> frozenset[str]:
    """Return the roles that say a program holds the key, and nobody who could appear."""
    systems = (oids.KZ_INDIVIDUAL_SYSTEM, oids.KZ_LEGAL_ENTITY_SYSTEM)
    return frozenset(o for o in roles(certificate) if any(lies_under(o, arc) for arc in systems))


def lies_under(oid: str, arc: str) -> bool:
    """Whether an identifier is an arc or lies below it."""
    return oid == arc or oid.startswith(f"{arc}.")


def identification(certificate: Certificate) -> tuple[str, ...]:
    """Return how the holder was identified when the certificate was issued; often not stated."""
    return _under(certificate.extended_key_usage, oids.KZ_IDENTIFICATION)


def keystores(certificate: Certificate) -> tuple[str, ...]:
    """Return the carriers of the key; empty when the extension is absent or unreadable."""
    extension = certificate.extensions.get(oids.KZ_KEYSTORE)
    if extension is None:
        return ()
    try:
        return read_oids(extension.root())
    except CryptoError:
        return ()


def signs_documents(certificate: Certificate) -> bool:
    """Whether keyUsage is present and contains nonRepudiation."""
    usage = certificate.key_usage
    return usage is not None and KeyUsage.NON_REPUDIATION in usage


def carriers(certificate: Certificate) -> tuple[CarrierKind, ...]:
    """Name the carriers of the key; empty when the certificate states none."""
    return tuple(dict.fromkeys(carrier_kind(oid) for oid in keystores(certificate)))


def identification_methods(certificate: Certificate) -> tuple[IdentificationMethod, ...]:
    """Name how the holder was identified; empty when the certificate does not say."""
    return tuple(dict.fromkeys(identification_method(oid) for oid in identification(certificate)))


def key_purpose(certificate: Certificate) -> KeyPurpose:
    """Find what the key is for.

    Since 2024 one key serves login and signature: digitalSignature with nonRepudiation and key
    agreement. Old login keys have clientAuth and no nonRepudiation.
    """
    usage = certificate.key_usage or frozenset()
    login = oids.CLIENT_AUTH in certificate.extended_key_usage
    if signs_documents(certificate):
        both = login or bool(usage & {KeyUsage.KEY_AGREEMENT, KeyUsage.KEY_ENCIPHERMENT})
        return KeyPurpose.SIGNING_AND_LOGIN if both else KeyPurpose.SIGNING
    return KeyPurpose.LOGIN if login else KeyPurpose.OTHER


def holder_kind(certificate: Certificate) -> HolderKind:
    """Find whom the certificate was issued to, by roles first and by the numbers then."""
    if certificate.basic_constraints is not None and certificate.basic_constraints.ca:
        return HolderKind.AUTHORITY
    identity = holder_identity(certificate)
    stated = roles(certificate)
    system = oids.KZ_SYSTEM_HOLDER in certificate.subject.values(oids.USER_ID)
    if system or system_roles(certificate):
        return HolderKind.SYSTEM
    if identity.bin is not None or any(lies_under(o, oids.KZ_LEGAL_ENTITY) for o in stated):
        return HolderKind.ORGANISATION
    if identity.iin is not None or oids.KZ_INDIVIDUAL in stated:
        return HolderKind.INDIVIDUAL
    return HolderKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class CertificateProfile:
    """A certificate as НУЦ's profile means it. Personal data.

    patronymic  givenName: НУЦ writes the patronymic there; empty is normal
    centre      the accredited centre in whose arc its policies or roles lie; empty: not known
    """

    kind: HolderKind
    purpose: KeyPurpose
    facts: SubjectFacts
    surname: str
    patronymic: str
    carriers: tuple[CarrierKind, ...]
    identified: tuple[IdentificationMethod, ...]
    centre: str


def certificate_profile(certificate: Certificate) -> CertificateProfile:
    """Read the whole profile; what is absent is empty and nothing raises."""
    return CertificateProfile(
        kind=holder_kind(certificate),
        purpose=key_purpose(certificate),
        facts=subject_facts(certificate),
        surname=certificate.subject.first(oids.SURNAME),
        patronymic=certificate.subject.first(oids.GIVEN_NAME),
        carriers=carriers(certificate),
        identified=identification_methods(certificate),
        centre=centre_of((*certificate.policies, *certificate.extended_key_usage)),
    )


def _under(found: tuple[str, ...], arc: str) -> tuple[str, ...]:
    return tuple(oid for oid in found if oid.startswith(arc + "."))
