"""Whether a list may enter the store, and which of the configured CAs issued it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from crypto.asn1.der import DerError
from crypto.crl_store.errors import CrlRefused
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import Judging, crl_refusal, freshness_refusal
from crypto.x509.certificate import Certificate

__all__ = ["judged_by_one", "judged_list"]

_FOREVER: Final = timedelta(days=36_500)


def judged_list(untrusted: bytes, issuer: Certificate, judging: Judging) -> ParsedCrl:
    """Read a list and judge whether it may be stored; CrlRefused.

    It must be signed by this certificate's key, in force at the moment, and not indirect.
    """
    return judged_by_one(untrusted, (issuer,), judging)[0]


def judged_by_one(
    untrusted: bytes, issuers: Iterable[Certificate], judging: Judging
) -> tuple[ParsedCrl, Certificate]:
    """Read a list and find which of these certificates' keys signed it; CrlRefused.

    A CA may have several certificates of one name: those whose key identifier the list states
    come first, and each that is tried costs a verification.
    """
    try:
        parsed = ParsedCrl.parse(untrusted)
    except DerError as malformed:
        raise CrlRefused(f"malformed:{malformed.detail}") from None
    # What costs nothing to see comes before the signature, which costs a hash of it all.
    refusal = freshness_refusal(parsed, judging, _FOREVER)
    if refusal or parsed.scope.indirect:
        raise CrlRefused(refusal or "indirect")
    named = [each for each in issuers if each.subject == parsed.issuer]
    stated = parsed.authority_key_id
    named.sort(key=lambda each: stated is None or each.subject_key_id != stated)
    tried: set[bytes] = set()
    for issuer in named:
        if issuer.key.raw not in tried:
            tried.add(issuer.key.raw)
            refusal = crl_refusal(parsed, issuer, judging)
            if not refusal:
                return parsed, issuer
    raise CrlRefused(refusal or "other_issuer")
