"""Certification paths: found within a budget, then validated by RFC 5280 clause 6.1.

Building prefers issuers whose subject key identifier the certificate names, but believes nothing:
every link is decided by the signature. The search is bounded, because certificates inside a
customer's signature are hostile input.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crypto.pki import oids
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, Outcome, SignatureCheck
from crypto.pki.certificate import Certificate
from crypto.pki.extensions import KeyUsage
from crypto.pki.name_constraints import ConstraintUnjudgeable, Subtrees
from crypto.pki.path_inputs import PathInputs
from crypto.pki.policy_graph import PolicyState
from crypto.pki.trust import TrustStore

__all__ = ["PathBudget", "PathFailure", "PathInputs", "PathResult", "build_paths", "find_path"]

_KNOWN_CRITICAL = frozenset(
    {
        oids.KEY_USAGE,
        oids.BASIC_CONSTRAINTS,
        oids.CERTIFICATE_POLICIES,
        oids.POLICY_MAPPINGS,
        oids.POLICY_CONSTRAINTS,
        oids.INHIBIT_ANY_POLICY,
        oids.NAME_CONSTRAINTS,
        oids.SUBJECT_ALT_NAME,
        oids.EXTENDED_KEY_USAGE,
        oids.CRL_DISTRIBUTION_POINTS,
    }
)
_UNBOUNDED = 1 << 16


@dataclass(slots=True)
class PathBudget:
    """What one validation may spend; counted down in place, shared by its nested searches."""

    depth: int = 10
    paths: int = 32
    signatures: int = 100
    steps: int = 1000


@dataclass(frozen=True, slots=True)
class PathFailure:
    """Why a path is refused: stable code, the position (0 = signer) and a detail."""

    code: str
    position: int
    detail: str


@dataclass(frozen=True, slots=True)
class PathResult:
    """The first valid path, signer first and anchor last, or the failures of those tried.

    failures  of the last path tried; empty exactly when the path is valid
    policies  user-constrained policy set (6.1.6)
    """

    chain: tuple[Certificate, ...]
    failures: tuple[PathFailure, ...]
    policies: frozenset[str]

    @property
    def valid(self) -> bool:
        """Whether the path passed every check."""
        return bool(self.chain) and not self.failures


@dataclass(slots=True)
class _Walk:
    """Working state of 6.1.2 while one path is validated, anchor's subject first."""

    inputs: PathInputs
    subtrees: Subtrees
    policy: PolicyState
    path_length: int
    failures: list[PathFailure] = field(default_factory=list)

    def fail(self, code: str, position: int, detail: str = "") -> None:
        self.failures.append(PathFailure(code, position, detail))


def build_paths(
    target: Certificate,
    trust: TrustStore,
    extra: Sequence[Certificate],
    budget: PathBudget,
) -> Iterator[tuple[Certificate, ...]]:
    """Yield candidate paths by name, best key identifier match first; nothing is verified."""
    pool = tuple(dict.fromkeys((*trust.intermediates, *extra)))

    def grow(path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        top = path[-1]
        budget.steps -= 1
        if trust.is_anchor(top):
            yield path
            return
        if len(path) > budget.depth or budget.steps <= 0:
            return
        seen = {(c.subject, c.key.raw) for c in path}
        candidates = [
            c
            for c in dict.fromkeys((*trust.anchors, *pool))
            if c.subject == top.issuer and (c.subject, c.key.raw) not in seen
        ]
        for issuer in sorted(candidates, key=lambda c: _distance(top, c)):
            if budget.paths <= 0 or budget.steps <= 0:
                return
            yield from grow((*path, issuer))

    for path in grow((target,)):
        if budget.paths <= 0:
            return
        budget.paths -= 1
        yield path


def _distance(certificate: Certificate, issuer: Certificate) -> int:
    """Order candidates: same key identifier, none stated, another one."""
    wanted = certificate.authority_key_id.key_id if certificate.authority_key_id else None
    if wanted is None or issuer.subject_key_id is None:
        return 1
    return 0 if wanted == issuer.subject_key_id else 2


def find_path(
    target: Certificate,
    *,
    trust: TrustStore,
    extra: Sequence[Certificate],
    inputs: PathInputs,
    registry: AlgorithmRegistry,
    keys: KeyPolicy,
    budget: PathBudget,
) -> PathResult:
    """Return the first path that validates, else the last one tried with its failures."""
    last: PathResult | None = None
    for chain in build_paths(target, trust, extra, budget):
        result = validate_path(chain, inputs=inputs, registry=registry, keys=keys, budget=budget)
        if result.valid:
            return result
        # A path whose links hold explains more than one that only shares names.
        if last is None or not any(f.code == "link_signature" for f in result.failures):
            last = result
        if budget.signatures <= 0:
            break
    if last is not None:
        return last
    exhausted = min(budget.paths, budget.signatures, budget.steps) <= 0
    code = "path_budget_spent" if exhausted else "no_issuer_found"
    return PathResult((), (PathFailure(code, 0, ""),), frozenset())


def validate_path(
    chain: tuple[Certificate, ...],
    *,
    inputs: PathInputs,
    registry: AlgorithmRegistry,
    keys: KeyPolicy,
    budget: PathBudget,
) -> PathResult:
    """Validate one path whose last certificate is an anchor; all failures are collected."""
    anchor = chain[-1]
    length = len(chain) - 1
    walk = _Walk(
        inputs,
        Subtrees.unbounded(),
        PolicyState(
            explicit=0 if inputs.explicit_policy else length + 1,
            mapping=0 if inputs.inhibit_mapping else length + 1,
            any_policy=0 if inputs.inhibit_any else length + 1,
        ),
        _UNBOUNDED,
    )
    _anchor(walk, anchor, length)
    if length == 0:
        return PathResult(chain, tuple(walk.failures), frozenset({oids.ANY_POLICY}))
    issuer = anchor
    for position in range(length - 1, -1, -1):
        certificate = chain[position]
        _link(walk, certificate, issuer, position, registry, keys, budget)
        _basic(walk, certificate, position)
        if position:
            _prepare(walk, certificate, position)
        issuer = certificate
    found = walk.policy.finish(chain[0], inputs.policies)
    if found is None:
        walk.fail("policy_required", 0)
    return PathResult(chain, tuple(walk.failures), found or frozenset())


def _anchor(walk: _Walk, anchor: Certificate, position: int) -> None:
    """Apply what the anchor states of itself (RFC 5937): dates, path length, name constraints."""
    _dates(walk, anchor, position)
    if anchor.basic_constraints and anchor.basic_constraints.path_length is not None:
        walk.path_length = anchor.basic_constraints.path_length
    if anchor.name_constraints is not None:
        walk.subtrees = walk.subtrees.narrowed(anchor.name_constraints)


def _dates(walk: _Walk, certificate: Certificate, position: int) -> None:
    if walk.inputs.moment < certificate.not_before:
        walk.fail("not_yet_valid", position, certificate.not_before.isoformat())
    if walk.inputs.moment > certificate.not_after:
        walk.fail("expired", position, certificate.not_after.isoformat())


def _link(
    walk: _Walk,
    certificate: Certificate,
    issuer: Certificate,
    position: int,
    registry: AlgorithmRegistry,
    keys: KeyPolicy,
    budget: PathBudget,
) -> None:
    if certificate.issuer != issuer.subject:
        walk.fail("name_chaining", position)
    if budget.signatures <= 0:
        walk.fail("path_budget_spent", position)
        return
    budget.signatures -= 1
    check = verify_certificate(certificate, issuer, registry, keys)
    if check.outcome is not Outcome.VALID:
        code = "link_signature" if check.outcome is Outcome.WRONG else check.outcome.value
        walk.fail(code, position, check.detail)


def verify_certificate(
    certificate: Certificate, issuer: Certificate, registry: AlgorithmRegistry, keys: KeyPolicy
) -> SignatureCheck:
    """Verify one certificate's signature with its issuer's key."""
    return registry.verify(
        algorithm=certificate.algorithm,
        key=issuer.key,
        message=certificate.tbs,
        signature=certificate.signature,
        policy=keys,
    )


def _basic(walk: _Walk, certificate: Certificate, position: int) -> None:
    """6.1.3 (a)(2), (b) to (f), and unknown critical extensions (6.1.4 o, 6.1.5 e)."""
    _dates(walk, certificate, position)
    if not (certificate.self_issued and position):
        try:
            allowed = walk.subtrees.allows(certificate)
        except ConstraintUnjudgeable as unjudgeable:
            walk.fail("name_constraint_unsupported", position, unjudgeable.detail)
        else:
            if not allowed:
                walk.fail("name_constraint", position)
    if not walk.policy.enter(certificate, last=position == 0):
        walk.fail("policy_required", position)
    unknown = certificate.critical() - _KNOWN_CRITICAL
    if unknown:
        walk.fail("unknown_critical_extension", position, min(unknown))


def _prepare(walk: _Walk, certificate: Certificate, position: int) -> None:
    """6.1.4: what a certificate must be to issue the next one."""
    if not walk.policy.leave(certificate):
        walk.fail("policy_mapping", position)
    if certificate.name_constraints is not None:
        walk.subtrees = walk.subtrees.narrowed(certificate.name_constraints)
    constraints = certificate.basic_constraints
    if constraints is None or not constraints.ca:
        walk.fail("not_a_ca", position)
    if not certificate.self_issued:
        if walk.path_length <= 0:
            walk.fail("path_length", position)
        walk.path_length -= 1
    if constraints is not None and constraints.path_length is not None:
        walk.path_length = min(walk.path_length, constraints.path_length)
    if not certificate.allows(KeyUsage.KEY_CERT_SIGN):
        walk.fail("no_certificate_signing", position)
