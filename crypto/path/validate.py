"""Certification paths validated by RFC 5280 clause 6.1, the first valid one of those found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import PublicKeyInfo
from crypto.algorithms.registry import AlgorithmRegistry, SignatureCheck, SignatureOutcome
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.path.inputs import PathInputs
from crypto.path.name_constraints import ConstraintUnjudgeable, Subtrees
from crypto.path.policy_tree import PolicyState
from crypto.path.search import PathBudget, build_paths
from crypto.path.trust import TrustStore
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = [
    "PathBudget",
    "PathFailure",
    "PathInputs",
    "PathResult",
    "build_paths",
    "find_path",
    "valid_paths",
]

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


@dataclass(frozen=True, slots=True)
class PathFailure:
    """Why a path is refused: stable code, the position (0 = signer) and a detail."""

    code: str
    position: int
    detail: str


@dataclass(frozen=True, slots=True)
class PathResult:
    """A valid path, signer first and anchor last, or the failures of those tried.

    chain     with inherited key parameters written into the keys (6.1.4 d to f)
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
    return next(
        valid_paths(
            target,
            trust=trust,
            extra=extra,
            inputs=inputs,
            registry=registry,
            keys=keys,
            budget=budget,
        )
    )


def valid_paths(
    target: Certificate,
    *,
    trust: TrustStore,
    extra: Sequence[Certificate],
    inputs: PathInputs,
    registry: AlgorithmRegistry,
    keys: KeyPolicy,
    budget: PathBudget,
) -> Iterator[PathResult]:
    """Yield every path that validates; when there is none, one result that says why."""
    last: PathResult | None = None
    found = False
    for chain in build_paths(target, trust, extra, budget):
        result = validate_path(chain, inputs=inputs, registry=registry, keys=keys, budget=budget)
        if result.valid:
            found = True
            yield result
        # A path whose links hold explains more than one that only shares names.
        elif last is None or not any(f.code == "link_signature" for f in result.failures):
            last = result
        if budget.signatures <= 0:
            break
    if found:
        return
    exhausted = min(budget.paths, budget.signatures, budget.steps) <= 0
    code = "path_budget_spent" if exhausted else "no_issuer_found"
    yield last or PathResult((), (PathFailure(code, 0, ""),), frozenset())


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
    walked = [anchor]
    for position in range(length - 1, -1, -1):
        certificate = _with_parameters(chain[position], walked[0])
        _link(walk, certificate, walked[0], position, registry, keys, budget)
        _basic(walk, certificate, position)
        if position:
            _prepare(walk, certificate, position)
        walked.insert(0, certificate)
    found = walk.policy.finish(chain[0], inputs.policies)
    if found is None:
        walk.fail("policy_required", 0)
    return PathResult(tuple(walked), tuple(walk.failures), found or frozenset())


def _with_parameters(certificate: Certificate, issuer: Certificate) -> Certificate:
    """Give a DSA key without parameters those of its issuer's key (6.1.4 d to f, RFC 3279 2.3.2).

    No other algorithm in use inherits: RSA has no parameters, and RFC 5480 forbids it for curves.
    """
    key, above = certificate.key, issuer.key.algorithm
    if key.algorithm.parameters is not None or above.parameters is None:
        return certificate
    if {key.algorithm.oid, above.oid} != {oids.DSA}:
        return certificate
    raw = w.sequence(w.algorithm(above.oid, parameters=above.parameters), w.bit_string(key.key))
    return replace(certificate, key=PublicKeyInfo(raw, above, key.key))


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
    if check.outcome is not SignatureOutcome.VALID:
        code = "link_signature" if check.outcome is SignatureOutcome.WRONG else check.outcome.value
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
