"""Whether the policy lets a list be used as long as its publisher lets it live.

A bound below the published life leaves a gap before every issue: the newest list there is counts as
too old, and whatever it vouches for cannot be approved. To lengthen the bound silently would be a
decision of the publisher's about the bank's rules; so it is said, and whoever signs the policy
decides (docs/revocation.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from crypto.asn1 import oids
from crypto.crl_store.segment import key_digest
from workstation.rules.policy import Policy
from workstation.trust.revocation import Revocation

__all__ = ["ShortBound", "find_short_bounds"]

_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ShortBound:
    """A list that lives longer than the policy lets it be used.

    authority  common name of who signed it
    member     of the policy: `crl_max_age_s`, or `ca_crl_max_age_s` for lists about authorities
    bound_s, life_s  what it allows, and nextUpdate less thisUpdate
    """

    authority: str
    member: str
    bound_s: int
    life_s: int


def find_short_bounds(revocation: Revocation, policy: Policy) -> tuple[ShortBound, ...]:
    """Return the lists at hand that the policy does not let live, each once; CrlStoreUnusable."""
    roots = {key_digest(each) for each in revocation.anchors}
    signers = {key_digest(each) for each in revocation.issuers}
    found = {}
    for item in revocation.store.current():
        if item.next_update is None or item.base_number is not None or item.signer not in signers:
            continue
        about = item.signer in roots
        member = "ca_crl_max_age_s" if about else "crl_max_age_s"
        bound_s = policy.ca_crl_max_age_s if about else policy.crl_max_age_s
        life_s = (item.next_update - item.this_update) // _SECOND
        if life_s > bound_s:
            name = item.issuer.first(oids.COMMON_NAME) or item.sha256[:16]
            found[name, member] = ShortBound(name, member, bound_s, life_s)
    return tuple(found.values())
