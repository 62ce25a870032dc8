"""Single use: the register in which core banking marks a permit as redeemed."""

import sqlite3
from datetime import datetime
from pathlib import Path

from workstation.accounts.small_database import connect, transaction
from workstation.documents.permit import is_early
from workstation.documents.permit_claims import PermitClaims
from workstation.errors import PermitRefused

__all__ = ["PermitRegister"]


class PermitRegister:
    """A file that remembers every redeemed permit for ever; safe between processes.

    Entries are never dropped: an expired permit is refused by `verify`, but only while the
    clock is right, and a row is small.
    """

    def __init__(self, path: Path) -> None:
        """Open the register, creating it when there is none; raises PermitRefused(`register`)."""
        self._path = path
        with connect(self._path, PermitRefused("register")) as database:
            database.table("redeemed").create(
                {"jti": str, "redeemed_ms": int, "exp": int, "operation_sha256": str},
                pk="jti",
                not_null={"redeemed_ms", "exp", "operation_sha256"},
                if_not_exists=True,
            )

    def redeem(self, claims: PermitClaims, moment: datetime) -> None:
        """Mark the permit as used; raises PermitRefused: `used` the second time.

        Durable on return. `register` when the file cannot be written, `not_yet` before the end of
        a cooling-off: nothing was redeemed.
        """
        if is_early(claims, moment):
            raise PermitRefused("not_yet")
        row = {
            "jti": claims.jti,
            "redeemed_ms": int(moment.timestamp() * 1000),
            "exp": claims.exp,
            "operation_sha256": claims.operation_sha256,
        }
        with connect(self._path, PermitRefused("register")) as database, transaction(database):
            try:
                database.table("redeemed").insert(row, pk="jti")
            except sqlite3.IntegrityError:
                raise PermitRefused("used") from None
