"""Which CRLs this station needs, and whether they are there: before a customer asks.

Every authority below a root needs the CRL of its issuer that says whether it is itself revoked:
without one no signature under it can be more than INDETERMINATE. Its own CRL, about its
customers' certificates, is what remains when the responder does not answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from crypto.asn1 import oids
from crypto.crl_store.segment import key_digest
from crypto.crl_store.store import StoredCrl
from crypto.path.known_authorities import known_authorities
from crypto.revocation.crl_rules import (
    ALL_REASONS,
    amends,
    check_crl_signature,
    find_covered_reasons,
)
from crypto.x509.addresses import certificate_addresses
from crypto.x509.certificate import Certificate
from workstation.rules.policy import Policy
from workstation.trust.revocation import Revocation

__all__ = ["CrlState", "NeededCrl", "crl_state", "needed_crls"]


class CrlState(StrEnum):
    """Whether a CRL can be relied on, or why not."""

    IN_FORCE = "in_force"
    TOO_OLD = "too_old"
    STALE = "stale"
    FROM_THE_FUTURE = "from_the_future"
    KEY_REFUSED = "key_refused"
    NO_BASE_LIST = "no_base_list"
    NOT_TRUSTED = "issuer_not_trusted"
    MISSING = "missing"


_BEST_FIRST: Final = tuple(CrlState)
"""From the best to the worst: of several CRLs the best one counts."""


@dataclass(frozen=True, slots=True)
class NeededCrl:
    """A CRL that the trust of this station calls for.

    authority   common name of the authority it is about, or about whose customers it is
    itself      whether it says if the authority itself is revoked
    issuer      common name of the authority that has to have signed it
    addresses   where the authority's certificate, or what is known of it, says it is published;
                none is ever fetched because of that
    configured  whether one of them is among `crl_urls`
    """

    authority: str
    itself: bool
    issuer: str
    state: CrlState
    addresses: tuple[str, ...]
    configured: bool

    @property
    def good(self) -> bool:
        """Whether it is there and in force."""
        return self.state is CrlState.IN_FORCE


def crl_state(
    item: StoredCrl,
    current: Sequence[StoredCrl],
    revocation: Revocation,
    now: datetime,
    limit_s: int,
) -> CrlState:
    """Find whether a current CRL can be relied on.

    limit_s  the age that the policy allows it
    """
    signer = next((each for each in revocation.issuers if key_digest(each) == item.signer), None)
    if signer is None:
        return CrlState.NOT_TRUSTED
    amended = item.base_number is None or any(
        each.signer == item.signer and each.scope == item.scope and amends(item, each)
        for each in current
    )
    age = now - item.this_update
    if not amended:
        return CrlState.NO_BASE_LIST
    if item.next_update is None or now > item.next_update:
        return CrlState.STALE
    if age > timedelta(seconds=limit_s):
        return CrlState.TOO_OLD
    if age < -revocation.clock_tolerance:
        return CrlState.FROM_THE_FUTURE
    if check_crl_signature(item, signer, revocation.context(now)):
        return CrlState.KEY_REFUSED
    return CrlState.IN_FORCE


def needed_crls(revocation: Revocation, policy: Policy, now: datetime) -> tuple[NeededCrl, ...]:
    """Return every CRL that is needed, authorities themselves first; CrlStoreUnusable."""
    current = revocation.store.current()
    context = revocation.context(now)

    def serves(authority: Certificate) -> bool:
        """Whether what it signs today can be accepted; one expired or retired needs nothing."""
        refused = context.registry.key_refusal(authority.key, context.keys)
        return authority.not_after >= now and not refused

    between = [
        each
        for each in revocation.issuers
        if each not in revocation.anchors and each.issuer != each.subject
    ]
    parents = {each.issuer for each in between}
    childless = [each for each in revocation.anchors if each.subject not in parents]
    about = [each for each in between if serves(each)]
    issuing = [*about, *(each for each in childless if serves(each))]
    return (
        *(_check_crls_about(each, current, revocation, policy, now) for each in about),
        *(_check_own_crls(each, current, revocation, policy, now) for each in issuing),
    )


def _check_crls_about(
    authority: Certificate,
    current: tuple[StoredCrl, ...],
    revocation: Revocation,
    policy: Policy,
    now: datetime,
) -> NeededCrl:
    """Check the CRLs that say whether an authority is itself revoked."""
    states: list[CrlState] = []
    reasons: frozenset[int] = frozenset()
    for item in _full_crls(current, authority.issuer):
        covered = find_covered_reasons(item, authority)
        state = crl_state(item, current, revocation, now, policy.ca_crl_max_age_s)
        if covered:
            states.append(state)
        if state is CrlState.IN_FORCE:
            reasons |= covered
    best = _best(states)
    if best is CrlState.IN_FORCE and reasons != ALL_REASONS:
        best = CrlState.MISSING
    addresses = tuple(
        each
        for each in certificate_addresses(authority).crls
        if each.startswith(("http://", "https://"))
    )
    return NeededCrl(
        authority=_name(authority),
        itself=True,
        issuer=authority.issuer.first(oids.COMMON_NAME),
        state=best,
        addresses=addresses,
        configured=any(each in revocation.urls for each in addresses),
    )


def _check_own_crls(
    authority: Certificate,
    current: tuple[StoredCrl, ...],
    revocation: Revocation,
    policy: Policy,
    now: datetime,
) -> NeededCrl:
    """Check an authority's own CRL, about its customers' certificates."""
    own = [
        item
        for item in _full_crls(current, authority.subject)
        if not (item.scope.ca_only or item.scope.attribute_only)
    ]
    states = [crl_state(item, current, revocation, now, policy.crl_max_age_s) for item in own]
    digests = {item.sha256 for item in own}
    known = tuple(each.url for each in revocation.updater.health() if each.sha256 in digests)
    if not known:
        stated = known_authorities().find(authority)
        known = stated.lists[:1] if stated is not None else ()
    name = _name(authority)
    configured = any(each in revocation.urls for each in known)
    return NeededCrl(name, False, name, _best(states), known, configured)


def _full_crls(current: tuple[StoredCrl, ...], issuer: object) -> Iterator[StoredCrl]:
    return (each for each in current if each.base_number is None and each.issuer == issuer)


def _best(states: Sequence[CrlState]) -> CrlState:
    return min((*states, CrlState.MISSING), key=_BEST_FIRST.index)


def _name(certificate: Certificate) -> str:
    return certificate.subject.first(oids.COMMON_NAME) or certificate.sha256[:16]
