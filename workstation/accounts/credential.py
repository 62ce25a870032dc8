"""A person's credential: an Ed25519 key that only the person's secret opens.

Opening it is the check of the secret, so there is no hash beside it to compare with. It opens for
one account only: another number, role or name in the row and it stays shut.
"""

import os
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.log.format.note import NoteSigner
from workstation.accounts.secret import SALT_BYTES, SecretCost, is_short_enough, stretch
from workstation.errors import OperatorRefused
from workstation.rules.parties import Operator, person_key

__all__ = ["SealedCredential", "name_credential"]

_PURPOSE = "operator-credential/v1"
_NONCE_BYTES = 12
_SEALED_BYTES = 32 + 16
_MOST_MEMORY_KIB = 1 << 20
"""A row cannot ask for more than 1 GiB: whoever edits it could stop the station so."""

_TEXT = re.compile(
    r"ed25519\$argon2id\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})"
    r"\$([0-9a-f]{32})\$([0-9a-f]{24})\$([0-9a-f]{96})"
)


def name_credential(bank: str, operator_id: str) -> str:
    """Return the note name of an account's credential: spellings of one number share it."""
    return f"{bank}/op/{person_key(operator_id)}"


@dataclass(frozen=True, slots=True, repr=False)
class SealedCredential:
    """The sealed private key with the public one and what is needed to open it but the secret.

    sealed  AES-256-GCM of the 32 octets of the key under Argon2id of the secret; additional data
            are the public key, the account's number, role and name
    """

    vkey: str
    cost: SecretCost
    salt: bytes
    nonce: bytes
    sealed: bytes

    def __repr__(self) -> str:
        return f"SealedCredential({self.vkey})"

    @classmethod
    def create(cls, operator: Operator, bank: str, secret: str, cost: SecretCost) -> Self:
        """Draw a new key for the account and seal it."""
        private = Ed25519PrivateKey.generate()
        signer = NoteSigner(name_credential(bank, operator.id), private)
        return cls._seal(signer.vkey, private.private_bytes_raw(), operator, secret, cost)

    @classmethod
    def decoy(cls, cost: SecretCost) -> Self:
        """Return one that no secret opens and that takes as long to try as any other."""
        drawn = (os.urandom(size) for size in (SALT_BYTES, _NONCE_BYTES, _SEALED_BYTES))
        return cls("", cost, *drawn)

    @classmethod
    def parse(cls, vkey: str, text: str) -> Self:
        """Read the stored form; raises OperatorRefused(`store`) when it is damaged."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise OperatorRefused("store")
        memory, iterations, lanes = (int(found[index]) for index in (1, 2, 3))
        if not (0 < 8 * lanes <= memory <= _MOST_MEMORY_KIB and iterations):
            raise OperatorRefused("store")
        cost = SecretCost(memory, iterations, lanes)
        return cls(vkey, cost, *(bytes.fromhex(found[index]) for index in (4, 5, 6)))

    def text(self) -> str:
        """Return the stored form: schemes, parameters, salt, nonce and the sealed key."""
        cost = self.cost
        return (
            f"ed25519$argon2id${cost.memory_kib}${cost.iterations}${cost.lanes}"
            f"${self.salt.hex()}${self.nonce.hex()}${self.sealed.hex()}"
        )

    def open(self, operator: Operator, untrusted_secret: str) -> NoteSigner | None:
        """Return the key, None for a wrong secret or another account's row.

        Takes the same time for a right and a wrong one.
        """
        seed = self._unseal(operator, untrusted_secret)
        return None if seed is None else self._signer(seed)

    def rewrap(
        self, operator: Operator, untrusted_secret: str, new_secret: str, cost: SecretCost
    ) -> Self | None:
        """Return the same key sealed under another secret or cost; None for a wrong secret."""
        seed = self._unseal(operator, untrusted_secret)
        if seed is None or self._signer(seed) is None:
            return None
        return self._seal(self.vkey, seed, operator, new_secret, cost)

    @classmethod
    def _seal(
        cls, vkey: str, seed: bytes, operator: Operator, secret: str, cost: SecretCost
    ) -> Self:
        salt, nonce = os.urandom(SALT_BYTES), os.urandom(_NONCE_BYTES)
        cipher = AESGCM(stretch(secret, salt, cost))
        return cls(vkey, cost, salt, nonce, cipher.encrypt(nonce, seed, _bind(vkey, operator)))

    def _unseal(self, operator: Operator, untrusted_secret: str) -> bytes | None:
        cipher = AESGCM(stretch(untrusted_secret, self.salt, self.cost))
        try:
            seed = cipher.decrypt(self.nonce, self.sealed, _bind(self.vkey, operator))
        except InvalidTag:
            return None
        return seed if is_short_enough(untrusted_secret) else None

    def _signer(self, seed: bytes) -> NoteSigner | None:
        signer = NoteSigner(self.vkey.partition("+")[0], Ed25519PrivateKey.from_private_bytes(seed))
        return signer if signer.vkey == self.vkey else None


def _bind(vkey: str, operator: Operator) -> bytes:
    # No member holds a newline: ids and roles are ASCII words, names and keys printable.
    account = f"{operator.id}\n{operator.role.value}\n{operator.name}"
    return f"{_PURPOSE}\n{vkey}\n{account}".encode("utf-8", "surrogatepass")
