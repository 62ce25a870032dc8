"""Changes of accounts that nobody has signed yet: rows apart from the accounts, which admit nobody.

`operator add`, `disable`, `role` and `secret` write them; they become accounts when a charter that
names them is in force, and not before (docs/formats/charter.md).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlite_utils import Database

from workstation.accounts.credential import SealedCredential
from workstation.accounts.operators import Account, Operators, read_bank, require_account
from workstation.accounts.secret import SecretCost
from workstation.accounts.small_database import connect, transaction
from workstation.accounts.staff import forget_staff
from workstation.errors import OperatorRefused
from workstation.rules.parties import Operator, Role, person_key

__all__ = ["StagedAccounts", "StatedAccount"]

_TABLE = (
    "CREATE TABLE IF NOT EXISTS staged (id TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL,"
    " role TEXT NOT NULL, vkey TEXT NOT NULL, credential TEXT NOT NULL, disabled INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL)"
)

_ADOPT = (
    "INSERT INTO operators (id, name, role, vkey, credential, disabled, created_ms, changed_ms)"
    " VALUES (:id, :name, :role, :vkey, :credential, :disabled, :created_ms, :changed_ms)"
    " ON CONFLICT (id) DO UPDATE SET name = :name, role = :role, vkey = :vkey,"
    " credential = :credential, disabled = :disabled, changed_ms = :changed_ms"
)


class StatedAccount(Protocol):
    """An account as a signed document states it."""

    @property
    def id(self) -> str:
        """The id as it is written."""
        ...

    @property
    def role(self) -> Role:
        """What the person may do."""
        ...

    @property
    def vkey(self) -> str:
        """The public half of the credential."""
        ...

    @property
    def disabled(self) -> bool:
        """Whether nobody signs in by it any more."""
        ...


class StagedAccounts:
    """What waits beside the accounts of one file; every call opens its own connection."""

    def __init__(self, path: Path, cost: SecretCost | None = None) -> None:
        """Look into the file of accounts; NotInitialised when there is none.

        cost  Argon2id parameters of new secrets; None means the production ones
        """
        self._path = path
        self._cost = cost or SecretCost()
        self._operators = Operators(path, self._cost)

    def add(self, operator: Operator, secret: str, now_ms: int) -> None:
        """Stage a new account; OperatorRefused: `id`, `name`, `exists`, or a weak secret."""
        require_account(operator, secret)
        if self._find(operator.id) is not None:
            raise OperatorRefused("exists")
        named = Operator(operator.id, operator.name.strip(), operator.role)
        self._seal(named, secret, now_ms, now_ms)

    def renew(self, operator_id: str, secret: str, now_ms: int, role: Role | None = None) -> None:
        """Stage a new secret, and another role where one is given: both take a new credential.

        OperatorRefused: `unknown`, `disabled`, `last_admin`, or why the secret is weak.
        """
        account = self._known(operator_id)
        if account.disabled:
            raise OperatorRefused("disabled")
        changed = Operator(account.id, account.name, role or account.role)
        if changed.role is not Role.ADMIN:
            self._require_another_admin(account)
        require_account(changed, secret)
        self._seal(changed, secret, account.created_ms, now_ms)

    def disable(self, operator_id: str, now_ms: int) -> None:
        """Stage that nobody signs in by an account; OperatorRefused: `unknown`, `last_admin`."""
        account = self._known(operator_id)
        self._require_another_admin(account)
        row = (account.id, account.name, account.role.value, account.vkey, "", 1)
        self._write((*row, account.created_ms, now_ms))

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts as they would be, by id: what is staged in place of what it changes.

        An account that was staged and is to be disabled before it ever was one is none.
        """
        with self._staged() as (_, rows):
            staged = {person_key(row["id"]): _account(row) for row in rows}
        present = {person_key(each.id): each for each in self._operators.accounts()}
        merged = {**present, **staged}
        return tuple(
            each for key, each in sorted(merged.items()) if key in present or not each.disabled
        )

    def changed(self) -> tuple[str, ...]:
        """Return the ids that something waits for."""
        with self._staged() as (_, rows):
            return tuple(str(row["id"]) for row in rows)

    def adopt(self, stated: Iterable[StatedAccount]) -> None:
        """Make accounts of what is staged and stated: by the charter that is now in force.

        What it does not state goes on waiting. Doing it again is harmless.
        """
        wanted = {(each.id, each.role.value, each.vkey, bool(each.disabled)) for each in stated}
        with self._staged() as (database, rows):
            if not rows:
                return
            # What a disabled account had is overwritten, not only unlinked.
            database.execute("PRAGMA secure_delete = ON")
            with transaction(database):
                for row in rows:
                    stated_as = (row["id"], row["role"], row["vkey"], bool(row["disabled"]))
                    if stated_as in wanted:
                        database.execute(_ADOPT, row)
                        database.execute("DELETE FROM staged WHERE id = ?", (row["id"],))
                        if row["disabled"]:
                            forget_staff(database, row["id"])

    def withdraw(self) -> None:
        """Forget everything that waits."""
        with self._staged() as (database, rows):
            if rows:
                with transaction(database):
                    database.execute("DELETE FROM staged")

    def _seal(self, operator: Operator, secret: str, created_ms: int, now_ms: int) -> None:
        with connect(self._path, OperatorRefused("store")) as database:
            bank = read_bank(database)
        sealed = SealedCredential.create(operator, bank, secret, self._cost)
        row = (operator.id, operator.name, operator.role.value, sealed.vkey, sealed.text(), 0)
        self._write((*row, created_ms, now_ms))

    def _write(self, row: tuple[object, ...]) -> None:
        with self._staged() as (database, _), transaction(database):
            database.execute(_TABLE)
            marks = ", ".join("?" * len(row))
            database.execute(f"INSERT OR REPLACE INTO staged VALUES ({marks})", row)  # noqa: S608 - marks only

    def _find(self, operator_id: str) -> Account | None:
        key = person_key(operator_id)
        return next((each for each in self.accounts() if person_key(each.id) == key), None)

    def _known(self, operator_id: str) -> Account:
        found = self._find(operator_id)
        if found is None:
            raise OperatorRefused("unknown")
        return found

    def _require_another_admin(self, account: Account) -> None:
        others = [
            each
            for each in self.accounts()
            if each.role is Role.ADMIN and not each.disabled and each.id != account.id
        ]
        if account.role is Role.ADMIN and not others:
            raise OperatorRefused("last_admin")

    @contextmanager
    def _staged(self) -> Iterator[tuple[Database, list[dict[str, Any]]]]:
        with connect(self._path, OperatorRefused("store")) as database:
            table = database.table("staged")
            # Whoever only looks makes no table.
            yield database, list(table.rows_where(order_by="id")) if table.exists() else []


def _account(row: dict[str, Any]) -> Account:
    try:
        role = Role(row["role"])
    except ValueError:
        raise OperatorRefused("store") from None
    moments = (row["created_ms"], row["changed_ms"])
    return Account(row["id"], row["name"], role, bool(row["disabled"]), *moments, row["vkey"])
