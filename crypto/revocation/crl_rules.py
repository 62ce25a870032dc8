"""Rules about one revocation list (RFC 5280 5.2 and 6.3.3): form, time, scope, deltas.

Each rule is about a list and what it is held against; who may sign it is `crl_signer`'s matter.
"""

from datetime import timedelta

from crypto.algorithms.registry import SignatureOutcome
from crypto.path.context import VerificationContext
from crypto.revocation.crl import Crl, RevokedEntry
from crypto.revocation.status import BENIGN_REASONS
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import DistributionPoint, KeyUsage

__all__ = [
    "ALL_REASONS",
    "amends",
    "check_crl",
    "check_crl_freshness",
    "check_crl_signature",
    "choose_graver",
    "find_covered_reasons",
]

_HOLD = 6
ALL_REASONS = frozenset(range(1, 9))
"""Bits of ReasonFlags a certificate can be revoked for; together they cover it (6.3.3)."""


def check_crl(item: Crl, issuer: Certificate, context: VerificationContext) -> str:
    """Return why a CRL is not this issuer's, sound in form and signature; empty if it is."""
    if item.issuer != issuer.subject:
        return "other_issuer"
    return item.defect or check_crl_signature(item, issuer, context)


def check_crl_signature(item: Crl, signer: Certificate, context: VerificationContext) -> str:
    """Return why this certificate's key did not sign the CRL or may not; empty if it did (f, g)."""
    if not signer.allows(KeyUsage.CRL_SIGN):
        return "no_crl_signing"
    check = item.verify(signer, context.registry, context.keys)
    return "" if check.outcome is SignatureOutcome.VALID else check.outcome.value


def check_crl_freshness(item: Crl, context: VerificationContext, max_age: timedelta) -> str:
    """Return why a CRL does not count at the moment; empty if it does."""
    if context.lies_ahead(item.this_update):
        return "from_the_future"
    if item.next_update is None:
        return "no_next_update"
    if context.moment > item.next_update:
        return "stale"
    if context.moment - item.this_update > max_age:
        return "too_old"
    return ""


def find_covered_reasons(item: Crl, certificate: Certificate) -> frozenset[int]:
    """Return the reasons a list covers for this certificate (6.3.3 b to d); empty: none.

    A list of the certificate's own issuer counts without a distribution point too (6.3.3, last
    paragraph: a point named as the issuer); any other must be indirect and named by cRLIssuer.
    """
    scope = item.scope
    constraints = certificate.basic_constraints
    is_ca = constraints is not None and constraints.ca
    if (scope.user_only and is_ca) or (scope.ca_only and not is_ca) or scope.attribute_only:
        return frozenset()
    reasons = ALL_REASONS if scope.reasons is None else scope.reasons & ALL_REASONS
    own = item.issuer == certificate.issuer
    if own and (not scope.names or certificate.issuer in scope.names):
        return reasons
    covered: frozenset[int] = frozenset()
    for point in certificate.distribution_points:
        if _is_named_by(point, item, own=own):
            covered |= reasons if point.reasons is None else reasons & point.reasons
    return covered


def _is_named_by(point: DistributionPoint, item: Crl, *, own: bool) -> bool:
    scope = item.scope
    if point.crl_issuers:
        if item.issuer not in point.crl_issuers or not scope.indirect:
            return False
    elif not own:
        return False
    names = point.names or frozenset(point.crl_issuers)
    return not scope.names or bool(names & scope.names)


def amends(delta: Crl, base: Crl) -> bool:
    """Tell whether a delta list amends this full one (RFC 5280 5.2.4 and 6.3.3 c).

    Same issuer and scope, and base number of the delta <= number of the full list < number of
    the delta. That the same key signed both is for the caller to prove.
    """
    if delta.issuer != base.issuer or delta.scope != base.scope:
        return False
    if delta.base_number is None or delta.number is None or base.number is None:
        return False
    return delta.base_number <= base.number < delta.number


def choose_graver(known: RevokedEntry | None, found: RevokedEntry) -> RevokedEntry:
    """Return which of two revocations counts: a reason that excuses nothing, then the earlier.

    Lists of different age may give different reasons and dates; an older list that still calls
    the end a benign one must not hide that the key is known to be compromised.
    """
    if known is None or _rank_gravity(found) > _rank_gravity(known):
        return found
    return known


def _rank_gravity(entry: RevokedEntry) -> tuple[int, float]:
    benign, held = entry.reason in BENIGN_REASONS, entry.reason == _HOLD
    return (0 if benign else 1 if held else 2), -entry.revoked_at.timestamp()
