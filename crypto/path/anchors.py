"""What a certificate must be to serve as a trust anchor."""

from crypto.path.validate import find_unknown_critical
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = ["find_anchor_fault"]


def find_anchor_fault(certificate: Certificate) -> str:
    """Return why a certificate cannot be an anchor, as a code; empty when it can be one.

    RFC 5280 6.1 takes of an anchor its name and key alone. What its certificate forbids is believed
    all the same (RFC 5937): a key that is for something else, or under a restriction that nobody
    here knows, vouches for nobody. One of version 1 states nothing, and is none of a centre of
    today; one without a name could be named by nobody (RFC 5280 4.1.2.6). An anchor
    that has expired stays one: paths to it fail by their date, and lists say so.
    """
    constraints = certificate.basic_constraints
    if constraints is None or not constraints.ca or certificate.subject.empty:
        return "not_a_ca"
    if not certificate.allows(KeyUsage.KEY_CERT_SIGN):
        return "no_certificate_signing"
    unknown = find_unknown_critical(certificate)
    return f"unknown_critical_extension_{min(unknown)}" if unknown else ""
