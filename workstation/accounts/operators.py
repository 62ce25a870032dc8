"""Local accounts of the bank's employees: who may sign in, and what each role may do."""

import re
import sqlite3
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from crypto.log.format.note import NoteSigner
from workstation.accounts.credential import SealedCredential
from workstation.accounts.lockout import Attempt
from workstation.accounts.secret import SecretCost, require_strong
from workstation.accounts.small_database import connect, transaction
from workstation.errors import (
    AlreadyInitialised,
    NotInitialised,
    OperatorRefused,
    RoleMissing,
)
from workstation.rules.parties import Operator, Role

__all__ = [
    "Account",
    "Authenticated",
    "Operators",
    "Permission",
    "may",
    "read_bank",
    "require",
    "require_account",
]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_MAX_NAME = 100
_NOBODY = Operator("", "", Role.TELLER)
_SCHEMA = (
    # Ids are ASCII, whose letters NOCASE folds: `t-0042` is `T-0042`, not another one.
    (
        "CREATE TABLE operators (id TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL,"
        " role TEXT NOT NULL, vkey TEXT NOT NULL, credential TEXT NOT NULL,"
        " disabled INTEGER NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL)"
    ),
    "CREATE TABLE station (bank TEXT NOT NULL)",
)


class Permission(StrEnum):
    """What needs a role."""

    RUN_SESSION = "run_session"
    OVERRIDE = "override"
    READ_LOG = "read_log"
    VERIFY_LOG = "verify_log"
    EXPORT_LOG = "export_log"
    CLOSE_SHIFT = "close_shift"
    MANAGE_OPERATORS = "manage_operators"
    MANAGE_POLICY = "manage_policy"
    MANAGE_STATION = "manage_station"


_LOG = frozenset({Permission.READ_LOG, Permission.VERIFY_LOG, Permission.EXPORT_LOG})

_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Nobody who can open a session can approve its exceptions, and nobody who appoints
    # operators can do either.
    Role.TELLER: frozenset({Permission.RUN_SESSION}),
    Role.SUPERVISOR: frozenset({Permission.OVERRIDE, Permission.CLOSE_SHIFT}) | _LOG,
    Role.AUDITOR: _LOG,
    Role.ADMIN: frozenset(
        {
            Permission.MANAGE_OPERATORS,
            Permission.MANAGE_POLICY,
            Permission.MANAGE_STATION,
            Permission.VERIFY_LOG,
        }
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
    """An account without its secret; `vkey` is the public half of its credential."""

    id: str
    name: str
    role: Role
    disabled: bool
    created_ms: int
    changed_ms: int
    vkey: str


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A person who has proved who they are, with the key that says so in the log.

    duress  it was the secret of a person who is not free
    """

    operator: Operator
    credential: NoteSigner
    duress: bool = field(default=False, repr=False)


class Operators:
    """The accounts in one SQLite file; every call opens its own connection.

    Nobody is authenticated but by an `Attempt`, which was counted as failed before: parallel
    guesses and a killed process gain nothing. Ids that differ in letter case are one account.
    """

    def __init__(self, path: Path, cost: SecretCost | None = None) -> None:
        """Open the accounts at `path`; raises NotInitialised when there are none.

        cost  Argon2id parameters of new secrets; None means the production ones
        """
        if not path.is_file():
            raise NotInitialised(path.name)
        self._path = path
        self._cost = cost or SecretCost()
        # What an unknown id is tried against, so that it takes as long as a known one.
        self._decoy = SealedCredential.decoy(self._cost)

    @classmethod
    def create(cls, path: Path, bank: str, cost: SecretCost | None = None) -> "Operators":
        """Create an empty file of accounts; raises AlreadyInitialised when one exists.

        bank  the first part of the log's origin, which the names of the credentials start with
        """
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise AlreadyInitialised(path.name) from None
        store = cls(path, cost)
        with connect(path, OperatorRefused("store")) as database, transaction(database):
            for statement in _SCHEMA:
                database.execute(statement)
            database.execute("INSERT INTO station VALUES (?)", (bank,))
        return store

    def authenticate(self, attempt: Attempt, untrusted_secret: str) -> Authenticated:
        """Return the person whose secret this is, with their credential.

        Raises OperatorRefused for an unknown or disabled id, a wrong secret, or a row in which
        another id, role or name stands than the credential was sealed for: not told apart.
        """
        row = self._row(attempt.untrusted_id)
        if row is None or row["disabled"]:
            operator, sealed = _NOBODY, self._decoy
        else:
            operator = _operator(row)
            sealed = SealedCredential.parse(row["vkey"], row["credential"])
        opened = sealed.open(operator, untrusted_secret)
        if opened is None:
            raise OperatorRefused
        if opened.cost != self._cost:
            self._renew(operator, sealed, untrusted_secret, untrusted_secret)
        return Authenticated(operator, opened.signer, opened.duress)

    def find_id(self, untrusted_id: str) -> str:
        """Return an account's id as it is written, empty for an unknown one."""
        row = self._row(untrusted_id)
        return "" if row is None else str(row["id"])

    def is_in_force(self, operator: Operator) -> bool:
        """Whether the account is still there, enabled, and what it was at sign-in."""
        row = self._row(operator.id)
        return row is not None and not row["disabled"] and _operator(row) == operator

    def add(self, operator: Operator, secret: str, now_ms: int) -> str:
        """Add an account; return the vkey of its credential, which the log has to enrol.

        OperatorRefused: `id`, `name`, `exists` in any spelling, or why the secret is weak.
        """
        require_account(operator, secret)
        named = Operator(operator.id, operator.name.strip(), operator.role)
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            sealed = SealedCredential.create(named, read_bank(database), secret, self._cost)
            row = {
                "id": named.id,
                "name": named.name,
                "role": named.role.value,
                "vkey": sealed.vkey,
                "credential": sealed.text(),
                "disabled": 0,
                "created_ms": now_ms,
                "changed_ms": now_ms,
            }
            try:
                database.table("operators").insert(row, pk="id")
            except sqlite3.IntegrityError:
                raise OperatorRefused("exists") from None
        return sealed.vkey

    def change_own_secret(self, person: Authenticated, secret: str, new_secret: str) -> None:
        """Seal a person's credential under a new secret; the key stays, the log has no part in it.

        OperatorRefused for another secret than the person's, or why the new one is weak.
        """
        require_strong(new_secret, person.operator.id)
        sealed = self._sealed(person.operator)
        self._renew(person.operator, sealed, secret, new_secret)

    def set_duress_secret(self, person: Authenticated, secret: str, duress_secret: str) -> None:
        """Give a person a second secret, which says that they are not free; the key stays.

        OperatorRefused as `change_own_secret`; `secret_taken` for the person's own.
        """
        operator = person.operator
        require_strong(duress_secret, operator.id)
        sealed = self._sealed(operator)
        self._store(
            operator, sealed, sealed.with_duress(operator, secret, duress_secret, self._cost)
        )

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
                row["vkey"],
            )
            for row in rows
        )

    def _renew(self, operator: Operator, sealed: SealedCredential, secret: str, new: str) -> None:
        self._store(operator, sealed, sealed.rewrap(operator, secret, new, self._cost))

    def _sealed(self, operator: Operator) -> SealedCredential:
        row = self._row(operator.id)
        if row is None:
            raise OperatorRefused
        return SealedCredential.parse(row["vkey"], row["credential"])

    def _store(
        self, operator: Operator, sealed: SealedCredential, renewed: SealedCredential | None
    ) -> None:
        if renewed is None:
            raise OperatorRefused
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            # Not what somebody has reset or disabled in the meantime.
            database.execute(
                "UPDATE operators SET credential = ? WHERE id = ? AND credential = ?",
                (renewed.text(), operator.id, sealed.stored),
            )

    def _row(self, untrusted_id: str) -> dict[str, Any] | None:
        if _ID.fullmatch(untrusted_id) is None:
            return None
        with connect(self._path, OperatorRefused("store")) as database:
            return next(database.table("operators").rows_where("id = ?", [untrusted_id]), None)


def _operator(row: dict[str, Any]) -> Operator:
    try:
        return Operator(row["id"], row["name"], Role(row["role"]))
    except ValueError:
        raise OperatorRefused("store") from None


def read_bank(database: Database) -> str:
    """Return the first part of the log's origin, which names of credentials start with."""
    return str(database.execute("SELECT bank FROM station").fetchone()[0])
