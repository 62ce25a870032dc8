"""The certificate profile of НУЦ РК: who the holder is and what the key is for.

The subject states the ИИН as `IIN` + 12 digits in serialNumber and the БИН as `BIN` + 12 digits
in one of the organisational units. Whether a key signs documents is told by nonRepudiation
alone: since 2024 one key serves login and signature, and roles replace the old split.
"""

import re
from dataclasses import dataclass

from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.certificate import Certificate
from crypto.pki.extensions import KeyUsage, read_oids
from crypto.pki.iin import Bin, Iin
from crypto.pki.report import SubjectFacts

__all__ = ["HolderIdentity", "holder_identity", "subject_facts"]

_IIN = re.compile(r"IIN([0-9]{12})")
_BIN = re.compile(r"BIN([0-9]{12})")


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
    iins = _stated(certificate, oids.SERIAL_NUMBER, _IIN)
    bins = _stated(certificate, oids.ORGANIZATIONAL_UNIT, _BIN)
    return HolderIdentity(
        iin=Iin.parse(next(iter(iins))) if len(iins) == 1 else None,
        bin=Bin.parse(next(iter(bins))) if len(bins) == 1 else None,
        ambiguous=len(iins) > 1 or len(bins) > 1,
    )


def _stated(certificate: Certificate, oid: str, form: re.Pattern[str]) -> set[str]:
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
    )


def roles(certificate: Certificate) -> tuple[str, ...]:
    """Return the НУЦ roles among the extended key usages."""
    return _under(certificate.extended_key_usage, oids.KZ_ROLES)


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
    """Tell whether keyUsage is present and contains nonRepudiation."""
    usage = certificate.key_usage
    return usage is not None and KeyUsage.NON_REPUDIATION in usage


def _under(found: tuple[str, ...], arc: str) -> tuple[str, ...]:
    return tuple(oid for oid in found if oid.startswith(arc + "."))
