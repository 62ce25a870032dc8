"""Certificate policy processing (RFC 5280 6.1 with the policy graph of RFC 9618).

The graph grows linearly where the tree of RFC 5280 could grow exponentially with the depth.
"""

from dataclasses import dataclass, field

from crypto.asn1 import oids
from crypto.x509.certificate import Certificate

__all__ = ["PolicyState"]

_MAX_NODES = 4096


@dataclass(slots=True)
class _Vertex:
    policy: str
    expected: set[str]
    parents: set[str]


def _make_root_level() -> dict[str, _Vertex]:
    return {oids.ANY_POLICY: _Vertex(oids.ANY_POLICY, {oids.ANY_POLICY}, set())}


@dataclass(slots=True)
class PolicyState:
    """State of one path validation; `levels` None means the valid policy set is empty.

    explicit, mapping, any_policy  counters of 6.1.2 (d) to (f)
    """

    explicit: int
    mapping: int
    any_policy: int
    levels: list[dict[str, _Vertex]] | None = field(default_factory=lambda: [_make_root_level()])

    def enter(self, certificate: Certificate, *, last: bool) -> bool:
        """Process one certificate's policies (6.1.3 d to f); False when the path is invalid."""
        if self.levels is not None:
            self._grow(certificate, last=last)
        return self.levels is not None or self.explicit > 0

    def _grow(self, certificate: Certificate, *, last: bool) -> None:
        levels = self.levels
        if levels is None or not certificate.policies:
            self.levels = None
            return
        above = levels[-1]
        level: dict[str, _Vertex] = {}
        for policy in certificate.policies:
            if policy == oids.ANY_POLICY:
                continue
            parents = {p for p, vertex in above.items() if policy in vertex.expected}
            if not parents and oids.ANY_POLICY in above:
                parents = {oids.ANY_POLICY}
            if parents:
                level[policy] = _Vertex(policy, {policy}, parents)
        usable = self.any_policy > 0 or (not last and certificate.self_issued)
        if oids.ANY_POLICY in certificate.policies and usable:
            self._inherit(above, level)
        if not level or sum(map(len, levels)) + len(level) > _MAX_NODES:
            self.levels = None
            return
        levels.append(level)

    @staticmethod
    def _inherit(above: dict[str, _Vertex], level: dict[str, _Vertex]) -> None:
        # RFC 9618 6.1.3 (d)(2): what the certificate names itself has its parents already.
        named = set(level)
        for parent, vertex in above.items():
            for expected in vertex.expected - named:
                level.setdefault(expected, _Vertex(expected, {expected}, set())).parents.add(parent)

    def leave(self, certificate: Certificate) -> bool:
        """Prepare for the next certificate (6.1.4 a, b, h to j); False when the path is invalid."""
        mappings = certificate.policy_mappings
        if any(oids.ANY_POLICY in {m.issuer, m.subject} for m in mappings):
            return False
        if mappings and self.levels is not None:
            self._map(certificate)
        if not certificate.self_issued:
            self.explicit = max(self.explicit - 1, 0)
            self.mapping = max(self.mapping - 1, 0)
            self.any_policy = max(self.any_policy - 1, 0)
        constraints = certificate.policy_constraints
        if constraints is not None:
            if constraints.require_explicit is not None:
                self.explicit = min(self.explicit, constraints.require_explicit)
            if constraints.inhibit_mapping is not None:
                self.mapping = min(self.mapping, constraints.inhibit_mapping)
        if certificate.inhibit_any_policy is not None:
            self.any_policy = min(self.any_policy, certificate.inhibit_any_policy)
        return True

    def _map(self, certificate: Certificate) -> None:
        levels = self.levels
        if levels is None:
            return
        level = levels[-1]
        issuers: dict[str, set[str]] = {}
        for mapping in certificate.policy_mappings:
            issuers.setdefault(mapping.issuer, set()).add(mapping.subject)
        for issuer, subjects in issuers.items():
            if self.mapping > 0:
                if issuer in level:
                    level[issuer].expected = set(subjects)
                elif oids.ANY_POLICY in level:
                    level[issuer] = _Vertex(issuer, set(subjects), {oids.ANY_POLICY})
            else:
                level.pop(issuer, None)
        if not level:
            self.levels = None

    def finish(self, certificate: Certificate, initial: frozenset[str]) -> frozenset[str] | None:
        """Wrap up (6.1.5 a, b, g): the user-constrained policy set, None when one is required.

        The set holds anyPolicy when the path is good for any policy and any was asked for.
        """
        self.explicit = max(self.explicit - 1, 0)
        constraints = certificate.policy_constraints
        if constraints is not None and constraints.require_explicit == 0:
            self.explicit = 0
        found = self._user_constrained(initial)
        return None if self.explicit == 0 and not found else found

    def _user_constrained(self, initial: frozenset[str]) -> frozenset[str]:
        levels = self.levels
        if levels is None:
            return frozenset()
        # Authority-constrained set: vertices that hang directly under anyPolicy, on every level,
        # and still reach the last level (RFC 9618 5.6).
        reached = set(levels[-1])
        found: set[str] = set()
        for depth in range(len(levels) - 1, 0, -1):
            parents: set[str] = set()
            for policy in reached:
                vertex = levels[depth][policy]
                if vertex.parents == {oids.ANY_POLICY} and policy != oids.ANY_POLICY:
                    found.add(policy)
                parents |= vertex.parents
            reached = parents
        anything = oids.ANY_POLICY in levels[-1]
        if oids.ANY_POLICY in initial:
            return frozenset(found | ({oids.ANY_POLICY} if anything else set()))
        return frozenset(initial if anything else found & initial)
