"""Changes of accounts as the charter makes them: staged, and adopted as they are then stated."""

from pathlib import Path

from workstation.accounts.secret import SecretCost
from workstation.accounts.staging import StagedAccounts

__all__ = ["disable_account", "reset_secret"]

_CHEAP = SecretCost(64, 1, 1)


def disable_account(path: Path, operator_id: str, now_ms: int = 1) -> None:
    """Disable an account; OperatorRefused as `StagedAccounts.disable`."""
    staged = StagedAccounts(path, _CHEAP)
    staged.disable(operator_id, now_ms)
    staged.adopt(staged.accounts())


def reset_secret(path: Path, operator_id: str, secret: str, now_ms: int = 1) -> str:
    """Give an account a new secret; return its credential's vkey. As `StagedAccounts.renew`."""
    staged = StagedAccounts(path, _CHEAP)
    staged.renew(operator_id, secret, now_ms)
    (vkey,) = [each.vkey for each in staged.accounts() if each.id == operator_id]
    staged.adopt(staged.accounts())
    return vkey
