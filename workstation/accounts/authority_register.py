"""Which results of the authority this station has had: none counts twice."""

import sqlite3
from pathlib import Path

from workstation.accounts.small_database import connect, transaction
from workstation.errors import SettingsRefused

__all__ = ["AUTHORITY_REGISTER_NAME", "AuthorityRegister"]

AUTHORITY_REGISTER_NAME = "authority.sqlite"


class AuthorityRegister:
    """A file that remembers reference numbers and nonces for ever; safe between processes.

    Nothing is dropped: a result carries no end of its own, and a row is small. It holds nothing
    about the customer.
    """

    def __init__(self, path: Path) -> None:
        """Open the register, creating it when there is none; raises SettingsRefused (its name)."""
        self._path = path
        with connect(path, SettingsRefused(path.name)) as database:
            database.table("result").create(
                {"reference": str, "nonce": str},
                pk="reference",
                not_null={"nonce"},
                if_not_exists=True,
            ).create_index(["nonce"], unique=True, if_not_exists=True)

    def claim(self, reference: str, nonce: str) -> bool:
        """Whether neither was seen before; both are kept, durably, on return.

        Raises SettingsRefused when they cannot be: then the result may not be used.
        """
        refused = SettingsRefused(self._path.name)
        with connect(self._path, refused) as database, transaction(database):
            try:
                database.table("result").insert({"reference": reference, "nonce": nonce})
            except sqlite3.IntegrityError:
                return False
        return True
