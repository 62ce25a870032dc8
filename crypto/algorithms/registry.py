"""The one entrance of cryptography: object identifier to digest and signature verification.

Nothing else in pki and cms knows an algorithm. What the registry does not hold is
NOT_SUPPORTED, which is never the same as a wrong signature; a key below the policy is WEAK.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from crypto.algorithms import gost, rsa_ecdsa
from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.cache import Cache
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.asn1 import writer as w
from crypto.errors import CryptoError
from crypto.gost.acceleration import Acceleration, find_acceleration

__all__ = [
    "AlgorithmRegistry",
    "AlgorithmUnknown",
    "SignatureCheck",
    "SignatureOutcome",
    "default_registry",
]


class AlgorithmUnknown(CryptoError):
    """Something is to be made with an algorithm that the registry does not hold."""

    code = "algorithm_not_supported"


class SignatureOutcome(StrEnum):
    """What became of one signature verification."""

    VALID = "valid"
    WRONG = "signature_wrong"
    NOT_SUPPORTED = "algorithm_not_supported"
    KEY_MISMATCH = "algorithm_key_mismatch"
    KEY_REFUSED = "public_key_refused"
    WEAK = "algorithm_too_weak"


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """An outcome and what it is about: an identifier, or `family:bits`.

    without_null  VALID, over a DigestInfo whose algorithm has no parameters
    """

    outcome: SignatureOutcome
    detail: str
    without_null: bool = False


_CACHED_ANSWERS: Final = 512
_CACHED_OCTETS: Final = 64 * 1024


class AlgorithmRegistry:
    """Immutable set of algorithms; `with_algorithms` makes a larger one.

    The same certificates of authorities and responders come with every customer, and whether a
    signature holds is a pure function of octets: a registry caches the last 512 answers about
    messages of up to 64 KiB. Policy is applied anew every time.
    """

    def __init__(
        self, digests: Iterable[DigestAlgorithm], signatures: Iterable[SignatureAlgorithm]
    ) -> None:
        self._all_digests = tuple(digests)
        self._all_signatures = tuple(signatures)
        self._digests = {o: d for d in self._all_digests for o in d.oids}
        self._signatures = {o: s for s in self._all_signatures for o in s.oids}
        self._answers: Cache[bool] = Cache(_CACHED_ANSWERS)

    def with_algorithms(
        self, digests: Iterable[DigestAlgorithm], signatures: Iterable[SignatureAlgorithm]
    ) -> "AlgorithmRegistry":
        """Return a registry that also holds these; a repeated identifier is replaced."""
        return AlgorithmRegistry(
            (*self._all_digests, *digests), (*self._all_signatures, *signatures)
        )

    def with_digests(
        self, change: Callable[[DigestAlgorithm], DigestAlgorithm]
    ) -> "AlgorithmRegistry":
        """Return a registry with every digest put through `change`: to report progress of one."""
        return AlgorithmRegistry(map(change, self._all_digests), self._all_signatures)

    def digest(self, oid: str) -> DigestAlgorithm | None:
        """Find a digest, None when it is not supported."""
        return self._digests.get(oid)

    def require_digest(self, oid: str) -> DigestAlgorithm:
        """Find a digest we need ourselves; AlgorithmUnknown when there is none."""
        found = self._digests.get(oid)
        if found is None:
            raise AlgorithmUnknown(oid)
        return found

    def key_refusal(self, key: PublicKeyInfo, policy: KeyPolicy) -> str:
        """Return why a key is below the policy or its family retired; empty when neither."""
        found = next((s for s in self._all_signatures if key.algorithm.oid in s.key_oids), None)
        if found is None:
            return key.algorithm.oid
        try:
            return policy.refusal(found.family, found.bits(key))
        except PublicKeyRefused as refused:
            return refused.code

    def signature_identifier(self, oid: str) -> bytes:
        """Encode the AlgorithmIdentifier as this algorithm's standard writes it."""
        found = self._signatures.get(oid)
        if found is None:
            raise AlgorithmUnknown(oid)
        return w.algorithm(oid, with_null=found.null)

    def verify(
        self,
        *,
        algorithm: AlgorithmIdentifier,
        key: PublicKeyInfo,
        message: bytes,
        signature: bytes,
        policy: KeyPolicy,
        digest_oid: str | None = None,
        without_null: bool = False,
    ) -> SignatureCheck:
        """Verify `signature` over `message`; never raises on foreign input.

        digest_oid    SignerInfo.digestAlgorithm; certificates, lists and responses have none
        without_null  take an RSA DigestInfo without NULL parameters too (RFC 5754 2), as CMS
                      signers write it; authorities do not, and XML signatures must not
        """
        found = self._signatures.get(algorithm.oid)
        if found is None:
            return SignatureCheck(SignatureOutcome.NOT_SUPPORTED, algorithm.oid)
        if key.algorithm.oid not in found.key_oids:
            known = any(key.algorithm.oid in s.key_oids for s in self._all_signatures)
            outcome = SignatureOutcome.KEY_MISMATCH if known else SignatureOutcome.NOT_SUPPORTED
            return SignatureCheck(outcome, key.algorithm.oid)
        try:
            check = self._verify(found, algorithm, key, message, signature, policy, digest_oid)
            if not without_null or check.outcome is not SignatureOutcome.WRONG:
                return check
            if (other := found.verify_without_null) is None:
                return check
            found = replace(found, verify=other)
            again = self._verify(found, algorithm, key, message, signature, policy, digest_oid)
            return replace(again, without_null=again.outcome is SignatureOutcome.VALID)
        except PublicKeyRefused as refused:
            return SignatureCheck(SignatureOutcome.KEY_REFUSED, refused.detail)

    def _verify(
        self,
        found: SignatureAlgorithm,
        algorithm: AlgorithmIdentifier,
        key: PublicKeyInfo,
        message: bytes,
        signature: bytes,
        policy: KeyPolicy,
        digest_oid: str | None,
    ) -> SignatureCheck:
        try:
            own = found.digest_oid(algorithm.parameters)
        except CryptoError as malformed:
            return SignatureCheck(
                SignatureOutcome.NOT_SUPPORTED, f"{algorithm.oid}:{malformed.code}"
            )
        digest = self._digests.get(own or digest_oid or "")
        if digest is None:
            return SignatureCheck(
                SignatureOutcome.NOT_SUPPORTED, own or digest_oid or algorithm.oid
            )
        if own and digest_oid and self._digests.get(digest_oid) is not digest:
            return SignatureCheck(SignatureOutcome.KEY_MISMATCH, f"{own}/{digest_oid}")
        if not digest.strong:
            return SignatureCheck(SignatureOutcome.WEAK, digest.name)
        if refusal := policy.refusal(found.family, found.bits(key)):
            return SignatureCheck(SignatureOutcome.WEAK, refusal)
        valid = self._verify_cached(found, algorithm, key, digest, message, signature)
        remark = found.remark(key)
        detail = f"{algorithm.oid}:{remark}" if remark else algorithm.oid
        return SignatureCheck(SignatureOutcome.VALID if valid else SignatureOutcome.WRONG, detail)

    def _verify_cached(
        self,
        found: SignatureAlgorithm,
        algorithm: AlgorithmIdentifier,
        key: PublicKeyInfo,
        digest: DigestAlgorithm,
        message: bytes,
        signature: bytes,
    ) -> bool:
        def verify() -> bool:
            value = digest.hash(message)
            return found.verify(key, algorithm.parameters, digest, value, signature)

        if len(message) > _CACHED_OCTETS:
            return verify()
        way = "without NULL" if found.verify is found.verify_without_null else ""
        identifiers = f"{algorithm.oid} {digest.name} {way}".encode()
        stated = algorithm.parameters or b""  # an empty encoding does not exist
        return self._answers.get((identifiers, stated, key.raw, message, signature), verify)


def default_registry(acceleration: Acceleration | None = None) -> AlgorithmRegistry:
    """Build the registry of this product; further families are added here and nowhere else.

    acceleration  of GOST; what this computer offers, found at the first use, when not given
    """
    if acceleration is None:
        return AlgorithmRegistry(*_list_algorithms())
    engine = acceleration
    return AlgorithmRegistry(
        (*rsa_ecdsa.DIGESTS, *gost.digests(lambda: engine)),
        (*rsa_ecdsa.SIGNATURES, *gost.signatures(lambda: engine)),
    )


@cache
def _list_algorithms() -> tuple[tuple[DigestAlgorithm, ...], tuple[SignatureAlgorithm, ...]]:
    return (
        (*rsa_ecdsa.DIGESTS, *gost.digests(find_acceleration)),
        (*rsa_ecdsa.SIGNATURES, *gost.signatures(find_acceleration)),
    )
