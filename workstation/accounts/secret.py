"""Operator secrets: how strong they must be and how a key is stretched from one (RFC 9106)."""

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workstation.errors import OperatorRefused

__all__ = ["SALT_BYTES", "SecretCost", "is_short_enough", "require_strong", "stretch"]

SALT_BYTES = 16
_SHORTEST = 12
_LONGEST_BYTES = 1024
_FEWEST_DISTINCT = 6
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SecretCost:
    """Argon2id parameters; the defaults took 240 ms of processor time where they were measured."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


def stretch(secret: str, salt: bytes, cost: SecretCost) -> bytes:
    """Return 32 bytes that take the cost to find from the secret (Argon2id).

    Of a secret that is too long the beginning is taken, so that it takes no longer: see
    `is_short_enough`.
    """
    kdf = Argon2id(
        salt=salt,
        length=_KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive(_normalise(secret)[:_LONGEST_BYTES])


def is_short_enough(secret: str) -> bool:
    """Whether `stretch` takes the whole secret."""
    return len(_normalise(secret)) <= _LONGEST_BYTES


def require_strong(secret: str, operator_id: str) -> None:
    """Raise OperatorRefused: secret_too_short, _too_long, _too_simple or _contains_id.

    Length counts, not composition (NIST SP 800-63B, 3.1.1.2).
    """
    if len(unicodedata.normalize("NFKC", secret)) < _SHORTEST:
        raise OperatorRefused("secret_too_short")
    if not is_short_enough(secret):
        raise OperatorRefused("secret_too_long")
    if len(set(secret)) < _FEWEST_DISTINCT:
        raise OperatorRefused("secret_too_simple")
    if operator_id and operator_id.casefold() in secret.casefold():
        raise OperatorRefused("secret_contains_id")


def _normalise(secret: str) -> bytes:
    return unicodedata.normalize("NFKC", secret).encode("utf-8", "surrogatepass")
