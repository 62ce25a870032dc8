"""Local accounts of the bank's employees: who may sign in, and what each role may do."""

import re
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from workstation.accounts import lockout
from workstation.accounts.secret import SecretCost, SecretHash, require_strong
from workstation.accounts.small_database import connect, transaction
from workstation.accounts.staff import forget_staff
from workstation.errors import (
    AlreadyInitialised,
    NotInitialised,
    OperatorRefused,
    RoleMissing,
)
from workstation.rules.parties import Operator, Role

__all__ = ["Account", "Operators", "Permission", "may", "require", "require_account"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_MAX_NAME = 100


class Permission(StrEnum):
    """What needs a role."""

    RUN_SESSION = "run_session"
    OVERRIDE = "override"
    READ_LOG = "read_log"
    VERIFY_LOG = "verify_log"
    EXPORT_LOG = "export_log"
    MANAGE_OPERATORS = "manage_operators"
    MANAGE_POLICY = "manage_policy"


_LOG = frozenset({Permission.READ_LOG, Permission.VERIFY_LOG, Permission.EXPORT_LOG})

_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Nobody who can open a session can approve its exceptions, and nobody who appoints
    # operators can do either.
    Role.TELLER: frozenset({Permission.RUN_SESSION}),
    Role.SUPERVISOR: frozenset({Permission.OVERRIDE}) | _LOG,
    Role.AUDITOR: _LOG,
    Role.ADMIN: frozenset(
        {Permission.MANAGE_OPERATORS, Permission.MANAGE_POLICY, Permission.VERIFY_LOG}
    ),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in _PERMISSIONS[role]


def require(operator: Operator, permission: Permission) -> None:
    """Raise RoleMissing, its detail the permission, when the operator's role lacks it."""
    if not may(operator.role, permission):
        raise RoleMissing(permission.value)


def require_account(operator: Operator, secret: str) -> None:
    """Raise OperatorRefused: `id`, `name`, or why the secret is weak, when it makes no account."""
    if _ID.fullmatch(operator.id) is None:
        raise OperatorRefused("id")
    name = operator.name.strip()
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise OperatorRefused("name")
    require_strong(secret, operator.id)


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its secret."""

    id: str
    name: str
    role: Role
    disabled: bool
    created_ms: int
    changed_ms: int


class Operators:
    """The accounts in one SQLite file; every call opens its own connection.

    Each sign-in is counted as failed, durably, before the secret is checked, and the count is
    cleared after it proved right: parallel guesses and a killed process gain nothing.
    """

    def __init__(self, path: Path, cost: SecretCost | None = None) -> None:
        """Open the accounts at `path`; raises NotInitialised when there are none.

        cost  Argon2id parameters of new secrets; None means the production ones
        """
        if not path.is_file():
            raise NotInitialised(path.name)
        self._path = path
        self._cost = cost or SecretCost()
        # What an unknown id is compared with, so that it takes as long as a known one.
        self._decoy = SecretHash.decoy(self._cost)

    @classmethod
    def create(cls, path: Path, cost: SecretCost | None = None) -> "Operators":
        """Create an empty file of accounts; raises AlreadyInitialised when one exists."""
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise AlreadyInitialised(path.name) from None
        store = cls(path, cost)
        with connect(path, OperatorRefused("store")) as database:
            database.table("operators").create(
                {
                    "id": str,
                    "name": str,
                    "role": str,
                    "secret": str,
                    "disabled": int,
                    "created_ms": int,
                    "changed_ms": int,
                },
                pk="id",
                not_null={"name", "role", "secret", "disabled", "created_ms", "changed_ms"},
            )
            lockout.create(database)
        return store

    def authenticate(self, untrusted_id: str, untrusted_secret: str, now_ms: int) -> Operator:
        """Return the operator whose secret this is.

        Raises OperatorLocked (detail: whole seconds to wait) while the id is locked, whether or
        not it exists, and OperatorRefused for an unknown or disabled id or a wrong secret.
        """
        with connect(self._path, OperatorRefused("store")) as database:
            lockout.count_attempt(database, untrusted_id, now_ms)
        row = self._row(untrusted_id)
        stored = SecretHash.parse(row["secret"]) if row is not None else self._decoy
        right = stored.matches(untrusted_secret)
        if row is None or not right or row["disabled"]:
            raise OperatorRefused
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            lockout.clear(database, untrusted_id)
            if stored.cost != self._cost:
                renewed = SecretHash.derive(untrusted_secret, self._cost).text()
                database.table("operators").update(untrusted_id, {"secret": renewed})
        return Operator(row["id"], row["name"], Role(row["role"]))

    def add(self, operator: Operator, secret: str, now_ms: int) -> None:
        """Add an account; OperatorRefused: `id`, `name`, `exists`, or why the secret is weak."""
        require_account(operator, secret)
        row = {
            "id": operator.id,
            "name": operator.name.strip(),
            "role": operator.role.value,
            "secret": SecretHash.derive(secret, self._cost).text(),
            "disabled": 0,
            "created_ms": now_ms,
            "changed_ms": now_ms,
        }
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            try:
                database.table("operators").insert(row, pk="id")
            except sqlite3.IntegrityError:
                raise OperatorRefused("exists") from None

    def disable(self, operator_id: str, now_ms: int) -> None:
        """Disable an account for good; OperatorRefused: `unknown`, or `last_admin` if it is.

        The person's ИИН and face are no longer kept.
        """
        with connect(self._path, OperatorRefused("store")) as database:
            database.execute("PRAGMA secure_delete = ON")
            with transaction(database):
                row = self._known(database, operator_id)
                others = database.table("operators").count_where(
                    "role = ? and disabled = 0 and id <> ?", [Role.ADMIN.value, row["id"]]
                )
                if row["role"] == Role.ADMIN.value and others == 0:
                    raise OperatorRefused("last_admin")
                change = {"disabled": 1, "changed_ms": now_ms}
                database.table("operators").update(row["id"], change)
                forget_staff(database, row["id"])

    def change_secret(self, operator_id: str, secret: str, now_ms: int) -> None:
        """Replace an account's secret; OperatorRefused: `unknown`, or why the secret is weak.

        Failed sign-ins stay counted: a new secret does not open a lock.
        """
        require_strong(secret, operator_id)
        renewed = SecretHash.derive(secret, self._cost).text()
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            row = self._known(database, operator_id)
            change = {"secret": renewed, "changed_ms": now_ms}
            database.table("operators").update(row["id"], change)

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts by id, disabled ones too."""
        with connect(self._path, OperatorRefused("store")) as database:
            rows = list(database.table("operators").rows_where(order_by="id"))
        return tuple(
            Account(
                row["id"],
                row["name"],
                Role(row["role"]),
                bool(row["disabled"]),
                row["created_ms"],
                row["changed_ms"],
            )
            for row in rows
        )

    def _row(self, untrusted_id: str) -> dict[str, Any] | None:
        if _ID.fullmatch(untrusted_id) is None:
            return None
        with connect(self._path, OperatorRefused("store")) as database:
            return next(database.table("operators").rows_where("id = ?", [untrusted_id]), None)

    @staticmethod
    def _known(database: Database, operator_id: str) -> dict[str, Any]:
        row = next(database.table("operators").rows_where("id = ?", [operator_id]), None)
        if row is None:
            raise OperatorRefused("unknown")
        return row
