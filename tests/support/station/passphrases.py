"""The pass phrase of a test station's keys, derived at a cost that tests can pay."""

import pytest

from crypto.errors import KeyLocked
from crypto.vault import protectors

__all__ = ["PASSPHRASE", "give_passphrase", "make_argon2_cheap"]

PASSPHRASE = "ключ от сейфа 1948"


def give_passphrase(failures: int) -> str:
    """Type the pass phrase once, as the administrator of a test station does."""
    if failures:
        raise KeyLocked("passphrase_wrong")
    return PASSPHRASE


def make_argon2_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive at the least cost; the real one is measured once (test_vault_protectors)."""
    monkeypatch.setattr(protectors, "_MEMORY_KIB", 64)
    monkeypatch.setattr(protectors, "_PASSES", 1)
    monkeypatch.setattr(protectors, "_LANES", 1)
