"""A person's credential: an Ed25519 key that only the person's secrets open.

Opening it is the check of the secret, so there is no hash beside it to compare with. It opens for
one account only: another number, role or name in the row and it stays shut. Each has two places
for a secret: the person's own, and one that says that the person is not free
(docs/decisions/0010-a-screen-that-lies-once.md). Who has only one secret has random octets in the
other place, and which place is whose is drawn anew with every account.
"""

import os
import re
import secrets
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.log.format.note import NoteSigner
from workstation.accounts.secret import SALT_BYTES, SecretCost, is_short_enough, stretch
from workstation.errors import OperatorRefused
from workstation.rules.parties import Operator, person_key

__all__ = ["OpenedCredential", "SealedCredential", "name_credential"]

_PURPOSE = "operator-credential/v2"
_PURPOSE_OF_BEFORE = "operator-credential/v1"
_NONCE_BYTES = 12
_SEED_BYTES, _TAG_BYTES = 32, 16
_SEALED_BYTES = _SEED_BYTES + 1 + _TAG_BYTES
_OWN, _DURESS = b"\x00", b"\x01"
_PLACES = 2
_MOST_MEMORY_KIB = 1 << 20
"""A row cannot ask for more than 1 GiB: whoever edits it could stop the station so."""

_COST = r"\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([0-9a-f]{32})\$([0-9a-f]{24})"
_TEXT = re.compile(rf"ed25519\$argon2id{_COST}\$([0-9a-f]{{98}}){_COST}\$([0-9a-f]{{98}})")
_TEXT_OF_BEFORE = re.compile(rf"ed25519\$argon2id{_COST}\$([0-9a-f]{{96}})")


def name_credential(bank: str, operator_id: str) -> str:
    """Return the note name of an account's credential: spellings of one number share it."""
    return f"{bank}/op/{person_key(operator_id)}"


class OpenedCredential(NamedTuple):
    """The key, and whether it was opened by the secret of a person who is not free.

    cost  of the place that was opened; None for one of before there were two
    """

    signer: NoteSigner
    duress: bool
    cost: SecretCost | None


@dataclass(frozen=True, slots=True, repr=False)
class _Place:
    """One place for a secret.

    sealed  AES-256-GCM of the 32 octets of the key and one that says which secret it is, under
            Argon2id of that secret; additional data are the public key, the account's number, role
            and name. Octets drawn at random where nobody has a secret for it.
    """

    cost: SecretCost
    salt: bytes
    nonce: bytes
    sealed: bytes

    @classmethod
    def draw(cls, cost: SecretCost, salt: bytes) -> Self:
        """Return a place that no secret opens and that looks like any other."""
        return cls(cost, salt, os.urandom(_NONCE_BYTES), os.urandom(_SEALED_BYTES))

    def text(self) -> str:
        """Return the stored form."""
        cost = self.cost
        return (
            f"${cost.memory_kib}${cost.iterations}${cost.lanes}"
            f"${self.salt.hex()}${self.nonce.hex()}${self.sealed.hex()}"
        )


@dataclass(frozen=True, slots=True, repr=False)
class SealedCredential:
    """The sealed private key with the public one and what is needed to open it but a secret.

    stored  the text that it was read from, which may be of before there were two places
    """

    vkey: str
    places: tuple[_Place, ...]
    stored: str = ""

    def __repr__(self) -> str:
        return f"SealedCredential({self.vkey})"

    @classmethod
    def create(
        cls, operator: Operator, bank: str, secret: str, cost: SecretCost
    ) -> "SealedCredential":
        """Draw a new key for the account and seal it under the person's own secret."""
        private = Ed25519PrivateKey.generate()
        signer = NoteSigner(name_credential(bank, operator.id), private)
        return cls._seal(signer.vkey, private.private_bytes_raw(), operator, secret, cost)

    @classmethod
    def decoy(cls, cost: SecretCost) -> Self:
        """Return one that no secret opens and that takes as long to try as any other."""
        salt = os.urandom(SALT_BYTES)
        return cls("", (_Place.draw(cost, salt), _Place.draw(cost, salt)))

    @classmethod
    def parse(cls, vkey: str, text: str) -> Self:
        """Read the stored form; raises OperatorRefused(`store`) when it is damaged."""
        found = _TEXT.fullmatch(text) or _TEXT_OF_BEFORE.fullmatch(text)
        if found is None:
            raise OperatorRefused("store")
        members = found.groups()
        places = [_read_place(members[at : at + 6]) for at in range(0, len(members), 6)]
        if len(places) < _PLACES:
            places.append(_Place.draw(places[0].cost, places[0].salt))
            secrets.SystemRandom().shuffle(places)
        return cls(vkey, tuple(places), text)

    def text(self) -> str:
        """Return the stored form: schemes, then each place's parameters, salt, nonce and key."""
        return "ed25519$argon2id" + "".join(each.text() for each in self.places)

    def open(self, operator: Operator, untrusted_secret: str) -> OpenedCredential | None:
        """Return the key, None for a wrong secret or another account's row.

        Takes the same time for a wrong secret and for each right one.
        """
        found = self._find(operator, untrusted_secret)
        if found is None:
            return None
        return OpenedCredential(self._signer(found.seed), found.duress, found.cost)

    def rewrap(
        self, operator: Operator, untrusted_secret: str, new_secret: str, cost: SecretCost
    ) -> "SealedCredential | None":
        """Return the same key with another secret or cost in the place that this secret opens.

        None for a wrong secret. Raises OperatorRefused(`secret_taken`) where the new one opens the
        other place.
        """
        found = self._find(operator, untrusted_secret)
        if found is None:
            return None
        if self._find_place(operator, new_secret) not in {None, found.place}:
            raise OperatorRefused("secret_taken")
        return _put(self, operator, found, new_secret, cost)

    def with_duress(
        self, operator: Operator, untrusted_secret: str, duress_secret: str, cost: SecretCost
    ) -> "SealedCredential | None":
        """Return the same key with a second secret; None for a wrong one.

        Asked with the second secret itself, that one is changed: the first is never touched.
        Raises OperatorRefused(`secret_taken`) where both would be one.
        """
        found = self._find(operator, untrusted_secret)
        if found is None:
            return None
        if found.duress:
            return self.rewrap(operator, untrusted_secret, duress_secret, cost)
        if self._find_place(operator, duress_secret) == found.place:
            raise OperatorRefused("secret_taken")
        # One place changes, as of a new own secret: two copies of the file do not tell them apart.
        second = found._replace(place=1 - found.place, duress=True)
        return _put(self, operator, second, duress_secret, cost)

    @classmethod
    def _seal(
        cls, vkey: str, seed: bytes, operator: Operator, secret: str, cost: SecretCost
    ) -> "SealedCredential":
        salt = os.urandom(SALT_BYTES)
        drawn = cls(vkey, (_Place.draw(cost, salt), _Place.draw(cost, salt)))
        place = _Found(secrets.randbelow(_PLACES), seed, duress=False, cost=cost)
        return _put(drawn, operator, place, secret, cost)

    def _find_place(self, operator: Operator, untrusted_secret: str) -> int | None:
        found = self._find(operator, untrusted_secret)
        return None if found is None else found.place

    def _find(self, operator: Operator, untrusted_secret: str) -> "_Found | None":
        """Return which place the secret opens; every one is tried, whichever opens."""
        keys: dict[tuple[SecretCost, bytes], bytes] = {}
        found: _Found | None = None
        for index, place in enumerate(self.places):
            stretched = (place.cost, place.salt)
            if stretched not in keys:
                keys[stretched] = stretch(untrusted_secret, place.salt, place.cost)
            opened = self._unseal(place, keys[stretched], operator)
            if opened is not None and self._signer(opened[:_SEED_BYTES]).vkey == self.vkey:
                found = _Found(
                    index,
                    opened[:_SEED_BYTES],
                    duress=opened[_SEED_BYTES:] == _DURESS,
                    cost=place.cost if len(place.sealed) == _SEALED_BYTES else None,
                )
        return found if is_short_enough(untrusted_secret) else None

    def _unseal(self, place: _Place, key: bytes, operator: Operator) -> bytes | None:
        current = len(place.sealed) == _SEALED_BYTES
        bound = _bind(_PURPOSE if current else _PURPOSE_OF_BEFORE, self.vkey, operator)
        try:
            return AESGCM(key).decrypt(place.nonce, place.sealed, bound)
        except InvalidTag:
            return None

    def _signer(self, seed: bytes) -> NoteSigner:
        return NoteSigner(self.vkey.partition("+")[0], Ed25519PrivateKey.from_private_bytes(seed))


class _Found(NamedTuple):
    """The place that a secret opens, and what is in it."""

    place: int
    seed: bytes
    duress: bool
    cost: SecretCost | None


def _put(
    sealed: SealedCredential, operator: Operator, found: _Found, secret: str, cost: SecretCost
) -> SealedCredential:
    """Return it with the key in this place under this secret."""
    other = sealed.places[1 - found.place]
    # One salt for both where they cost the same: a secret is stretched once then.
    salt = other.salt if other.cost == cost else os.urandom(SALT_BYTES)
    nonce = os.urandom(_NONCE_BYTES)
    text = found.seed + (_DURESS if found.duress else _OWN)
    bound = _bind(_PURPOSE, sealed.vkey, operator)
    octets = AESGCM(stretch(secret, salt, cost)).encrypt(nonce, text, bound)
    places = list(sealed.places)
    places[found.place] = _Place(cost, salt, nonce, octets)
    return replace(sealed, places=tuple(places))


def _read_place(members: tuple[str, ...]) -> _Place:
    memory, iterations, lanes = (int(each) for each in members[:3])
    if not (0 < 8 * lanes <= memory <= _MOST_MEMORY_KIB and iterations):
        raise OperatorRefused("store")
    cost = SecretCost(memory, iterations, lanes)
    return _Place(cost, *(bytes.fromhex(each) for each in members[3:]))


def _bind(purpose: str, vkey: str, operator: Operator) -> bytes:
    # No member holds a newline: ids and roles are ASCII words, names and keys printable.
    account = f"{operator.id}\n{operator.role.value}\n{operator.name}"
    return f"{purpose}\n{vkey}\n{account}".encode("utf-8", "surrogatepass")
