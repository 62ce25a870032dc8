"""A PKCS#11 token as the protector of a key store's master key (the extra `token`).

The token holds an RSA key that never leaves it; the master key is wrapped under its public half
by OAEP with SHA-1 (RFC 8017, 7.1: the hash is no weakness there, and the one that tokens offer)
and unwrapped by the token. The Ed25519 keys themselves are not in the token: a log entry takes two
signatures, and few tokens know Ed25519 (CKM_EDDSA, PKCS#11 3.0) or sign faster than ten a second.

The vendor's module is loaded into this process, at start only; nothing of it stays open.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.errors import KeyLocked, KeyMissing, KeyUnreadable
from crypto.vault.protectors import KeyUnlock

__all__ = ["TokenChoice", "TokenProtector"]

KEY_LABEL = "workstation-master"
_ID_BYTES = 32
_LEAST_BITS = 2048
_MAX_TRIES = 2
"""Wrong PINs in one start: tokens lock themselves after as few as three."""


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """Which token: the vendor's library, and label or serial as it tells them; empty for any."""

    module: Path
    label: str
    serial: str


class TokenProtector:
    """Wraps by the RSA key called `workstation-master` of a token; the person types its PIN."""

    kind = "token"

    def __init__(self, choice: TokenChoice, unlock: KeyUnlock) -> None:
        self._choice = choice
        self._unlock = unlock

    def protect(self, master: bytes) -> bytes:
        """Wrap a master key; a token that has no such key makes one, of 2048 bits.

        Raises KeyMissing (no token, no package), KeyLocked, KeyUnreadable (the token refuses).
        """
        with self._session(writes=True) as session:
            public = _find_public(session) or _make_key(session)
            numbers = _numbers(public)
        if numbers.n.bit_length() < _LEAST_BITS:
            raise KeyUnreadable("token: key too short")
        key = numbers.public_key()
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        padding = OAEP(MGF1(SHA1()), SHA1(), None)  # noqa: S303 - see above
        return hashlib.sha256(der).digest() + key.encrypt(master, padding)

    def unprotect(self, wrapped: bytes) -> bytes:
        """Have the token unwrap it; raises as `protect`."""
        import pkcs11

        with self._session() as session:
            public, private = _find_public(session), _find_private(session)
            if public is None or private is None:
                raise KeyMissing("token: no key called workstation-master")
            der = (
                _numbers(public)
                .public_key()
                .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            )
            if hashlib.sha256(der).digest() != wrapped[:_ID_BYTES]:
                raise KeyUnreadable("token: another key")
            parameters = (pkcs11.Mechanism.SHA_1, pkcs11.MGF.SHA1, None)
            return bytes(
                private.decrypt(
                    wrapped[_ID_BYTES:],
                    mechanism=pkcs11.Mechanism.RSA_PKCS_OAEP,
                    mechanism_param=parameters,
                )
            )

    @contextlib.contextmanager
    def _session(self, *, writes: bool = False) -> Iterator[Any]:
        try:
            import pkcs11
        except ImportError:
            raise KeyMissing("token: python-pkcs11 is not installed") from None
        try:
            token = _find_token(self._choice)
            with _log_in(token, self._unlock, writes=writes) as session:
                yield session
        except pkcs11.PKCS11Error as refused:
            raise KeyUnreadable(f"token: {type(refused).__name__}") from None


def _find_token(choice: TokenChoice) -> Any:
    import pkcs11

    try:
        library = pkcs11.lib(str(choice.module))
    except (pkcs11.PKCS11Error, OSError, RuntimeError):
        raise KeyMissing("token: module") from None
    found = []
    for slot in library.get_slots(token_present=True):
        token = slot.get_token()
        serial = bytes(token.serial).decode("ascii", "replace")
        if choice.label in {"", token.label} and choice.serial in {"", serial}:
            found.append(token)
    if len(found) != 1:
        raise KeyMissing("token: several" if found else "token: not there")
    return found[0]


def _log_in(token: Any, unlock: KeyUnlock, *, writes: bool) -> Any:
    """Open a session on the token's own pad where it has one, else with the PIN that is typed."""
    import pkcs11

    if pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH in token.flags:
        return token.open(user_pin=pkcs11.PROTECTED_AUTH, rw=writes)
    for failures in range(_MAX_TRIES):
        try:
            return token.open(user_pin=unlock(failures), rw=writes)
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.ArgumentsBad):
            continue
        except pkcs11.PinLocked:
            raise KeyLocked("pin_locked") from None
    raise KeyLocked("pin_wrong")


def _find_public(session: Any) -> Any:
    return _find(session, "PUBLIC_KEY")


def _find_private(session: Any) -> Any:
    return _find(session, "PRIVATE_KEY")


def _find(session: Any, kind: str) -> Any:
    import pkcs11

    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass[kind],
        pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.RSA,
        pkcs11.Attribute.LABEL: KEY_LABEL,
    }
    found = list(session.get_objects(wanted))
    if len(found) > 1:
        raise KeyUnreadable("token: several keys called workstation-master")
    return found[0] if found else None


def _make_key(session: Any) -> Any:
    import pkcs11

    private = {
        pkcs11.Attribute.SENSITIVE: True,
        pkcs11.Attribute.EXTRACTABLE: False,
        pkcs11.Attribute.SIGN: False,
    }
    public, _ = session.generate_keypair(
        pkcs11.KeyType.RSA,
        _LEAST_BITS,
        id=KEY_LABEL.encode(),
        label=KEY_LABEL,
        store=True,
        capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
        private_template=private,
    )
    return public


def _numbers(public: Any) -> RSAPublicNumbers:
    import pkcs11

    return RSAPublicNumbers(
        int.from_bytes(public[pkcs11.Attribute.PUBLIC_EXPONENT]),
        int.from_bytes(public[pkcs11.Attribute.MODULUS]),
    )
