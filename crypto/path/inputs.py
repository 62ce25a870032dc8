"""What the relying party asks of the policies of a path (RFC 5280 6.1.1)."""

from dataclasses import dataclass
from typing import Final

from crypto.asn1 import oids

__all__ = ["ANY_POLICIES", "PathInputs"]

ANY_POLICIES: Final = frozenset({oids.ANY_POLICY})


@dataclass(frozen=True, slots=True)
class PathInputs:
    """User inputs (c), (e) to (g); the defaults leave policies to the application's own rules.

    policies         user-initial-policy-set
    explicit_policy  initial-explicit-policy
    inhibit_mapping  initial-policy-mapping-inhibit
    inhibit_any      initial-any-policy-inhibit
    """

    policies: frozenset[str] = ANY_POLICIES
    explicit_policy: bool = False
    inhibit_mapping: bool = False
    inhibit_any: bool = False
