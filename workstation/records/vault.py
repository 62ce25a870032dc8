"""The station's vault: payloads sealed to keys of head office, which are not on this machine."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from crypto.canonical_json import JsonValue
from crypto.vault.payload import Recipient, new_pid, seal
from crypto.vault.payload_store import PayloadStore
from workstation.errors import SettingsRefused
from workstation.settings.settings import LoadedSettings

__all__ = ["PayloadVault", "open_vault", "read_recipients"]


class PayloadVault:
    """Implements `workstation.verification.services.Vault`; owned by the session thread."""

    def __init__(self, folder: Path, *, origin: str, recipients: tuple[Recipient, ...]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._origin = origin
        self._recipients = recipients
        self._store = PayloadStore(folder)

    def keep(self, plaintext: bytes) -> Mapping[str, JsonValue]:
        """Seal under a fresh key, store, and return the commitment; raises VaultError.

        The payload's id is random: nothing but the log entry connects it to the customer.
        """
        sealed = seal(plaintext, origin=self._origin, pid=new_pid(), recipients=self._recipients)
        self._store.keep(sealed)
        return sealed.commitment

    @property
    def store(self) -> PayloadStore:
        """Return where the sealed files and their keys lie."""
        return self._store

    def close(self) -> None:
        """Close the key file."""
        self._store.close()


def open_vault(loaded: LoadedSettings) -> PayloadVault:
    """Return the vault that the settings name."""
    folder, origin = loaded.path(loaded.values.vault.path), loaded.values.station.origin
    return PayloadVault(folder, origin=origin, recipients=read_recipients(loaded))


def read_recipients(loaded: LoadedSettings) -> tuple[Recipient, ...]:
    """Return whose keys open what is sealed; SettingsRefused for a key that nothing opens."""
    return tuple(
        Recipient(each.name, _public_key(f"$.vault.recipients[{index}].x25519", each.x25519))
        for index, each in enumerate(loaded.values.vault.recipients)
    )


def _public_key(place: str, digits: str) -> X25519PublicKey:
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(digits))
    try:
        # A point of small order, zeroes among them, is anybody's key (RFC 7748 6.1).
        X25519PrivateKey.generate().exchange(key)
    except ValueError:
        raise SettingsRefused(f"{place}: not a public key of X25519") from None
    return key
