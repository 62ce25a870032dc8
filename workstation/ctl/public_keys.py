"""Public keys that a command is given: PEM, or verifier keys as `init` publishes them."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from workstation.errors import PermitRefused
from workstation.records.keys import read_vkeys
from workstation.settings.toml_file import read_limited

__all__ = ["read_public_key", "read_public_keys"]

_PEM = b"-----BEGIN "
_MAX_BYTES = 65_536


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Return the Ed25519 key of a PEM file; raises PermitRefused."""
    untrusted = read_limited(path, _MAX_BYTES, PermitRefused)
    try:
        key = load_pem_public_key(untrusted)
    except (ValueError, UnsupportedAlgorithm):
        raise PermitRefused("the key is not PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise PermitRefused("the key is not Ed25519")
    return key


def read_public_keys(path: Path) -> tuple[Ed25519PublicKey, ...]:
    """Return the keys of a file, PEM or one verifier key a line; PermitRefused, NoteMalformed."""
    if read_limited(path, _MAX_BYTES, PermitRefused).startswith(_PEM):
        return (read_public_key(path),)
    return tuple(Ed25519PublicKey.from_public_bytes(each.public) for each in read_vkeys(path))
