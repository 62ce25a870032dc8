"""What the person registry says of the ИИН in the form, as the screens see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

__all__ = ["REGISTERED", "PersonNote", "PersonView"]

REGISTERED: Final = frozenset({"old_phone"})
"""Parameters that a person registry can say; others that a policy would have it fill are typed."""


class PersonNote(StrEnum):
    """What the teller has to know of a looked-up person; without any all is in order."""

    ASKING = "asking"
    NO_ANSWER = "no_answer"
    NOT_FOUND = "not_found"
    DECEASED = "deceased"
    BLOCKED = "blocked"
    DOCUMENT_EXPIRED = "document_expired"
    BIRTH_UNKNOWN = "birth_unknown"


@dataclass(frozen=True, slots=True)
class PersonView:
    """What the person registry says of the ИИН that was typed, for the teller to confirm.

    iin           the digits that were asked about: for another ИИН it says nothing
    name          as registered; it and the number on file are used whatever the form says
    sex           male or female; empty, like every member, while nobody was found
    resident      of Kazakhstan, None while nobody was found
    phone_masked  number on file, all but its last digits hidden
    """

    iin: str = field(repr=False)
    notes: tuple[PersonNote, ...] = ()
    name: str = field(default="", repr=False)
    sex: str = ""
    birth_date: date | None = None
    phone_masked: str = ""
    resident: bool | None = None

    def registered(self) -> Mapping[str, str]:
        """Return what is registered of an operation's parameters, by name, masked."""
        return {"old_phone": self.phone_masked} if self.phone_masked else {}
