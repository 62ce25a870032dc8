"""Certification paths validated by RFC 5280 clause 6.1, the first valid one of those found.

`validate_path` takes the steps of the standard by their letters:

6.1.2  (a)-(k)  start with the user inputs and with what the anchor states of itself (RFC 5937)
6.1.3  for each certificate below the anchor, from above
       (a)(1)   its issuer's key signed it
       (a)(2)   it is in force at the moment
       (a)(4)   its issuer's name is the subject above
       (b)(c)   its names obey the constraints above
       (d)-(f)  policies
6.1.4  for each certificate that issues another
       (a)(b)   policy mappings           (c)-(f)  its key, with inherited parameters
       (g)      name constraints          (h)-(j)  policy counters
       (k)      it is a CA                (l)(m)   path length
       (n)      it may sign certificates  (o)      no critical extension is unknown
6.1.1  (d) its issuer is one that the store accepts for what it vouches for
6.1.5  for the last certificate
       (a)(b)   policy counters           (c)-(e)  its key
       (f)      no critical extension is unknown
       (g)      policies that the user accepts
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import PublicKeyInfo
from crypto.algorithms.registry import AlgorithmRegistry, SignatureCheck, SignatureOutcome
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.path.context import PathContext
from crypto.path.inputs import ANY_POLICIES
from crypto.path.name_constraints import ConstraintUnsupported, Subtrees
from crypto.path.policy_tree import PolicyState
from crypto.path.search import build_paths, find_path_end
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = [
    "PathFailure",
    "PathResult",
    "find_path",
    "find_unknown_critical",
    "find_valid_paths",
    "validate_path",
    "verify_certificate",
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
    end       where no path was found: the certificate whose issuer is not at hand
    """

    chain: tuple[Certificate, ...]
    failures: tuple[PathFailure, ...]
    policies: frozenset[str]
    end: Certificate | None = None

    @property
    def valid(self) -> bool:
        """Whether the path passed every check."""
        return bool(self.chain) and not self.failures


@dataclass(slots=True)
class _PathState:
    """State variables of 6.1.2 while one path is validated, anchor's subject first."""

    context: PathContext
    policy: PolicyState
    subtrees: Subtrees = field(default_factory=Subtrees.unbounded)
    path_length: int = _UNBOUNDED
    failures: list[PathFailure] = field(default_factory=list)

    def fail(self, code: str, position: int, detail: str = "") -> None:
        self.failures.append(PathFailure(code, position, detail))


def find_path(target: Certificate, context: PathContext) -> PathResult:
    """Return the first path that validates, else the last one tried with its failures."""
    return next(find_valid_paths(target, context))


def find_valid_paths(target: Certificate, context: PathContext) -> Iterator[PathResult]:
    """Yield every path that validates; when there is none, one result that says why."""
    last: PathResult | None = None
    found = False
    for chain in build_paths(target, context):
        result = validate_path(chain, context)
        if result.valid:
            found = True
            yield result
        # A path whose links hold explains more than one that only shares names.
        elif last is None or not any(f.code == "link_signature" for f in result.failures):
            last = result
        if context.budget.signatures <= 0:
            break
    if found:
        return
    code = "path_budget_spent" if context.budget.spent else "no_issuer_found"
    yield last or PathResult(
        (), (PathFailure(code, 0, ""),), frozenset(), find_path_end(target, context)
    )


def validate_path(chain: tuple[Certificate, ...], context: PathContext) -> PathResult:
    """Validate one path, signer first and anchor last; all failures are collected.

    The caller must have found the chain (`build_paths`: its last certificate is an anchor) and must
    check the status of each certificate below the anchor, 6.1.3 (a)(3): `validate_chain` does.
    """
    anchor = chain[-1]
    length = len(chain) - 1
    inputs = context.inputs
    # 6.1.2 (a), (d)-(f): a counter that cannot run out on this path is no constraint.
    state = _PathState(
        context,
        PolicyState(
            explicit=0 if inputs.explicit_policy else length + 1,
            mapping=0 if inputs.inhibit_mapping else length + 1,
            any_policy=0 if inputs.inhibit_any else length + 1,
        ),
    )
    _apply_anchor(state, anchor, length)  # 6.1.2 (b), (c), (g)-(k)
    if length == 0:
        return PathResult(chain, tuple(state.failures), ANY_POLICIES)
    validated = [anchor]
    for position in range(length - 1, -1, -1):
        certificate = _inherit_parameters(chain[position], validated[0])  # 6.1.4 (c)-(f)
        _check_link(state, certificate, validated[0], position)  # 6.1.3 (a)(1), (4)
        _process(state, certificate, position)  # 6.1.3 (a)(2), (b)-(f); 6.1.4 (o), 6.1.5 (f)
        if position:
            _prepare_next(state, certificate, position)  # 6.1.4 (a), (b), (g)-(n)
        validated.insert(0, certificate)
    _check_issuer(state, chain[1])
    policies = state.policy.finish(chain[0], inputs.policies)  # 6.1.5 (a), (b), (g)
    if policies is None:
        state.fail("policy_required", 0)
    return PathResult(tuple(validated), tuple(state.failures), policies or frozenset())


def _inherit_parameters(certificate: Certificate, issuer: Certificate) -> Certificate:
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


def _apply_anchor(state: _PathState, anchor: Certificate, position: int) -> None:
    """Apply what the anchor states of itself (RFC 5937): dates, path length, name constraints."""
    _check_validity(state, anchor, position)
    if anchor.basic_constraints and anchor.basic_constraints.path_length is not None:
        state.path_length = anchor.basic_constraints.path_length
    if anchor.name_constraints is not None:
        state.subtrees = state.subtrees.narrow(anchor.name_constraints)


def _check_validity(state: _PathState, certificate: Certificate, position: int) -> None:
    """Check that a certificate is in force at the moment, 6.1.3 (a)(2)."""
    context = state.context
    tolerance = timedelta(0) if position else context.validity_tolerance
    if context.moment + tolerance < certificate.not_before:
        state.fail("not_yet_valid", position, certificate.not_before.isoformat())
    if context.moment > certificate.not_after:
        state.fail("expired", position, certificate.not_after.isoformat())


def _check_link(
    state: _PathState, certificate: Certificate, issuer: Certificate, position: int
) -> None:
    """Check that a certificate names its issuer and is signed by it, 6.1.3 (a)(1) and (4)."""
    context = state.context
    if certificate.issuer != issuer.subject:  # (a)(4)
        state.fail("name_chaining", position)
    if not context.budget.charge_signature():
        state.fail("path_budget_spent", position)
        return
    check = verify_certificate(certificate, issuer, context.registry, context.keys)  # (a)(1)
    if check.outcome is not SignatureOutcome.VALID:
        wrong = check.outcome is SignatureOutcome.WRONG
        code = "link_signature" if wrong else check.outcome.value
        state.fail(code, position, check.detail)


def _check_issuer(state: _PathState, issuer: Certificate) -> None:
    """Check that the bank lets this authority issue what the store vouches for.

    By its key, which is the same on every path to the certificate it signed. RFC 5280 leaves to
    the relying party what an anchor is trusted for (6.1.1 d); a root's trust does not pass on to
    every centre below it.
    """
    issuers = state.context.trust.issuers
    if issuers is not None and issuer.key_sha256 not in issuers:
        state.fail("authority_not_accepted", 1, issuer.sha256[:16])


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


def _process(state: _PathState, certificate: Certificate, position: int) -> None:
    """Process one certificate: 6.1.3 (a)(2), (b) to (f), and 6.1.4 (o) or 6.1.5 (f)."""
    _check_validity(state, certificate, position)  # (a)(2)
    # (b), (c): a self-issued certificate in between is a key roll-over and bears the CA's name.
    if not (certificate.self_issued and position):
        try:
            allowed = state.subtrees.allows(certificate)
        except ConstraintUnsupported as unsupported:
            state.fail("name_constraint_unsupported", position, unsupported.detail)
        else:
            if not allowed:
                state.fail("name_constraint", position)
    if not state.policy.enter(certificate, last=position == 0):  # (d)-(f)
        state.fail("policy_required", position)
    unknown = find_unknown_critical(certificate)  # 6.1.4 (o), 6.1.5 (f)
    if unknown:
        state.fail("unknown_critical_extension", position, min(unknown))


def find_unknown_critical(certificate: Certificate) -> frozenset[str]:
    """Return the critical extensions that are not processed here (RFC 5280 4.2)."""
    return certificate.critical() - _KNOWN_CRITICAL


def _prepare_next(state: _PathState, certificate: Certificate, position: int) -> None:
    """Prepare for the certificate below (6.1.4): what one must be to issue it."""
    if not state.policy.leave(certificate):  # (a), (b), (h)-(j)
        state.fail("policy_mapping", position)
    if certificate.name_constraints is not None:  # (g)
        state.subtrees = state.subtrees.narrow(certificate.name_constraints)
    constraints = certificate.basic_constraints
    if constraints is None or not constraints.ca:  # (k)
        state.fail("not_a_ca", position)
    elif certificate.subject.empty:  # 4.1.2.6: nobody could be said to have issued anything
        state.fail("not_a_ca", position, "empty_subject")
    if not certificate.self_issued:  # (l)
        if state.path_length <= 0:
            state.fail("path_length", position)
        state.path_length -= 1
    if constraints is not None and constraints.path_length is not None:  # (m)
        state.path_length = min(state.path_length, constraints.path_length)
    if not certificate.allows(KeyUsage.KEY_CERT_SIGN):  # (n)
        state.fail("no_certificate_signing", position)
