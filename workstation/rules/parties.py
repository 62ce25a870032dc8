"""The people in a session: the operators of the bank and the client."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from crypto.x509.iin import Iin

__all__ = [
    "Client",
    "Operator",
    "PartyPresence",
    "PartyRole",
    "Role",
    "SecondPerson",
    "person_key",
]


class Role(StrEnum):
    """What an operator may do; roles are checked here, never in the screens."""

    TELLER = "teller"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


class PartyRole(StrEnum):
    """In which role a person takes part in an operation; whose operation it is, is the customer."""

    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"
    SPOUSE = "spouse"


class PartyPresence(StrEnum):
    """Whether a second person is here with the customer, or acts while the customer is not here."""

    WITH = "with"
    INSTEAD = "instead"


@dataclass(frozen=True, slots=True)
class Operator:
    """A signed-in employee; `id` is the personnel number that goes into records."""

    id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Client:
    """The customer as the teller entered them; personal data, never in the log in clear."""

    iin: Iin
    name: str

    def iin_commitment(self, salt: bytes) -> str:
        """Return hex SHA-256 of salt and ИИН: an unsalted digest of 12 digits is reversible."""
        return hashlib.sha256(b"iin/v1\n" + salt + self.iin.digits.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who takes part besides the customer, as the teller entered them.

    number  of the power of attorney that a representative acts by, empty for the others
    """

    role: PartyRole
    presence: PartyPresence
    client: Client = field(repr=False)
    number: str = field(default="", repr=False)


def person_key(personnel_number: str) -> str:
    """Return what two spellings of one personnel number share: letter case and width are nothing.

    Two accounts that differ in these only are taken for one person's.
    """
    return unicodedata.normalize("NFKC", personnel_number).casefold().strip()
