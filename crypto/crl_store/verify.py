"""Whether a CRL may enter the store, and which of the configured CAs issued it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from crypto.asn1.der import DerError
from crypto.crl_store.errors import CrlRefused
from crypto.path.context import VerificationContext
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_rules import check_crl, check_crl_freshness
from crypto.x509.certificate import Certificate

__all__ = ["verify_crl"]

_FOREVER: Final = timedelta(days=36_500)
"""Age is the policy's question when a certificate is validated, not the store's."""


def verify_crl(
    untrusted: bytes, issuers: Iterable[Certificate], context: VerificationContext
) -> tuple[ParsedCrl, Certificate]:
    """Parse a CRL and find which of these certificates' keys signed it; CrlRefused.

    It must be in force at the moment and not indirect. A CA may have several certificates of one
    name: those whose key identifier the CRL states are tried first (RFC 5280, 5.2.1), and each
    that is tried costs a verification.
    """
    try:
        parsed = ParsedCrl.parse(untrusted)
    except DerError as malformed:
        raise CrlRefused(f"malformed:{malformed.detail}") from None
    # What costs nothing to see comes before the signature, which costs a hash of it all.
    refusal = check_crl_freshness(parsed, context, _FOREVER)
    # Of an indirect CRL the index would have to hold an issuer for every entry (RFC 5280, 5.3.3).
    if refusal or parsed.scope.indirect:
        raise CrlRefused(refusal or "indirect")
    candidates = [each for each in issuers if each.subject == parsed.issuer]
    stated = parsed.authority_key_id
    candidates.sort(key=lambda each: stated is None or each.subject_key_id != stated)
    tried: set[bytes] = set()
    for issuer in candidates:
        if issuer.key.raw not in tried:
            tried.add(issuer.key.raw)
            refusal = check_crl(parsed, issuer, context)
            if not refusal:
                return parsed, issuer
    raise CrlRefused(refusal or "other_issuer")
