"""Whether a signer's certificate is that of one holder, and of a holder alone."""

import re
from typing import Final

from crypto.asn1 import oids
from crypto.path.validate import find_unknown_critical
from crypto.report.policy import ValidationPolicy
from crypto.report.report import SubIndication
from crypto.validation.step import ValidationStep, failed, passed
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage
from crypto.x509.profile import lies_under, roles

__all__ = ["check_profile"]

_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE
_BIN: Final = re.compile(r"(?:BIN|БИН)\s*[0-9]{12}", re.IGNORECASE)
_POWERS: Final = {
    KeyUsage.KEY_CERT_SIGN: "key_cert_sign",
    KeyUsage.CRL_SIGN: "crl_sign",
}
_SERVICES: Final = {
    oids.OCSP_SIGNING: "ocsp_signing",
    oids.TIME_STAMPING: "time_stamping",
}


def check_profile(certificate: Certificate, policy: ValidationPolicy) -> list[ValidationStep]:
    """Return the steps about what a signer's certificate must not state beside its holder.

    1. It is no authority's: no cA, no keyCertSign, no cRLSign (RFC 5280 4.2.1.3, 4.2.1.9)
    2. Its holder is of one kind: no БИН and no role of an organisation beside the individual's
    3. It serves a holder alone: a person who could also answer for the status of certificates or
       stamp times would be a witness of his own (RFC 6960 4.2.2.2; RFC 3161 2.3 wants the purpose
       alone)
    4. No critical extension is unknown (RFC 5280 4.2)

    НУЦ РК issues none of these, so each is a fault of the centre or a centre that is none.
    """
    if not policy.require_consistent_profile:
        return []
    steps = [
        failed("holder_profile", _CONSTRAINTS, reason, ",".join(found))
        for reason, found in (
            ("signature.signer_is_authority", _find_powers(certificate)),
            ("signature.holder_contradicts", _find_contradictions(certificate)),
            ("signature.purpose_of_a_service", _find_services(certificate)),
            ("signature.unknown_critical_extension", sorted(find_unknown_critical(certificate))),
        )
        if found
    ]
    return steps or [passed("holder_profile")]


def _find_powers(certificate: Certificate) -> list[str]:
    usage = certificate.key_usage or frozenset()
    found = [word for bit, word in _POWERS.items() if bit in usage]
    constraints = certificate.basic_constraints
    return ["ca", *found] if constraints is not None and constraints.ca else found


def _find_contradictions(certificate: Certificate) -> list[str]:
    """Name what else the holder of an individual's key is said to be; nothing for other holders."""
    stated = roles(certificate)
    if not any(lies_under(oid, oids.KZ_INDIVIDUAL) for oid in stated):
        return []
    # Wherever in the name: НУЦ writes it into a unit, a reader of names takes it from anywhere.
    values = certificate.subject.attributes
    found = ["bin"] if any(_BIN.search(value) for _, value in values) else []
    if any(not lies_under(oid, oids.KZ_INDIVIDUAL) for oid in stated):
        found.append("roles")
    if oids.KZ_SYSTEM_HOLDER in certificate.subject.values(oids.USER_ID):
        found.append("information_system")
    return found


def _find_services(certificate: Certificate) -> list[str]:
    return [_SERVICES[oid] for oid in certificate.extended_key_usage if oid in _SERVICES]
