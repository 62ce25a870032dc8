"""Operator secrets: how strong they must be and how they are kept (Argon2id, RFC 9106)."""

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workstation.errors import OperatorRefused

__all__ = ["SecretCost", "SecretHash", "require_strong"]

_SHORTEST = 12
_LONGEST_BYTES = 1024
_FEWEST_DISTINCT = 6
_SALT_BYTES = 16
_HASH_BYTES = 32
_TEXT = re.compile(r"argon2id\$(\d{1,9})\$(\d{1,4})\$(\d{1,4})\$([0-9a-f]{32})\$([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class SecretCost:
    """Argon2id parameters; the defaults took 240 ms of processor time where they were measured."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True, repr=False)
class SecretHash:
    """A stored secret with the parameters and the salt it was derived with."""

    cost: SecretCost
    salt: bytes
    digest: bytes

    def __repr__(self) -> str:
        return "SecretHash(…)"

    @classmethod
    def derive(cls, secret: str, cost: SecretCost) -> Self:
        """Return the hash of a secret under a fresh salt."""
        salt = os.urandom(_SALT_BYTES)
        return cls(cost, salt, _kdf(cost, salt).derive(_normalise(secret)))

    @classmethod
    def decoy(cls, cost: SecretCost) -> Self:
        """Return a hash that no secret has and that takes as long to compare as any other."""
        return cls(cost, os.urandom(_SALT_BYTES), os.urandom(_HASH_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the stored form; raises OperatorRefused(`store`) when it is damaged."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise OperatorRefused("store")
        memory, iterations, lanes = (int(found[index]) for index in (1, 2, 3))
        cost = SecretCost(memory, iterations, lanes)
        return cls(cost, bytes.fromhex(found[4]), bytes.fromhex(found[5]))

    def text(self) -> str:
        """Return the stored form: scheme, parameters, salt and digest."""
        cost = self.cost
        return (
            f"argon2id${cost.memory_kib}${cost.iterations}${cost.lanes}"
            f"${self.salt.hex()}${self.digest.hex()}"
        )

    def matches(self, untrusted: str) -> bool:
        """Whether this is the secret; takes the same time for a right and a wrong one."""
        secret = _normalise(untrusted)
        fits = len(secret) <= _LONGEST_BYTES
        try:
            _kdf(self.cost, self.salt).verify(secret[:_LONGEST_BYTES], self.digest)
        except InvalidKey:
            return False
        return fits


def require_strong(secret: str, operator_id: str) -> None:
    """Raise OperatorRefused: secret_too_short, _too_long, _too_simple or _contains_id.

    Length counts, not composition (NIST SP 800-63B, 3.1.1.2).
    """
    if len(unicodedata.normalize("NFKC", secret)) < _SHORTEST:
        raise OperatorRefused("secret_too_short")
    if len(_normalise(secret)) > _LONGEST_BYTES:
        raise OperatorRefused("secret_too_long")
    if len(set(secret)) < _FEWEST_DISTINCT:
        raise OperatorRefused("secret_too_simple")
    if operator_id and operator_id.casefold() in secret.casefold():
        raise OperatorRefused("secret_contains_id")


def _kdf(cost: SecretCost, salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt,
        length=_HASH_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )


def _normalise(secret: str) -> bytes:
    return unicodedata.normalize("NFKC", secret).encode("utf-8", "surrogatepass")
