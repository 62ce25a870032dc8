"""What people sign of a policy: its id, its digest and its days, as one line of canonical JSON."""

from datetime import date
from typing import Annotated, Final

import msgspec

from crypto.canonical_json import canonical_json
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.errors import PolicyRefused
from workstation.rules.policy import Policy

__all__ = ["PolicyStatement", "encode_statement", "parse_statement", "state_policy"]

_VERSION: Final = 1
_Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]


class PolicyStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed text: from which day to which a file of this digest binds.

    valid_to  the last day, None while it has no end; it may end a file that states no end itself,
              so that a version is followed by the next without becoming another file
    """

    v: int
    id: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    valid_from: _Day
    valid_to: _Day | None

    @property
    def last_day(self) -> date | None:
        """The last day; PolicyRefused for a text that is no day."""
        if self.valid_to is None:
            return None
        try:
            return date.fromisoformat(self.valid_to)
        except ValueError:
            raise PolicyRefused(f"{self.valid_to} is not a day") from None


def state_policy(policy: Policy, valid_to: date | None = None) -> PolicyStatement:
    """Return what is to be signed of a policy.

    valid_to  its last day, where the file states none

    Raises PolicyRefused for another last day than the file's, or one before its first.
    """
    if policy.valid_to is not None and valid_to not in {None, policy.valid_to}:
        raise PolicyRefused(f"{policy.id}: its file states {policy.valid_to} as its last day")
    end = policy.valid_to or valid_to
    if end is not None and end < policy.valid_from:
        raise PolicyRefused(f"{policy.id}: its last day is before its first")
    return PolicyStatement(
        _VERSION,
        policy.id,
        policy.sha256,
        policy.valid_from.isoformat(),
        None if end is None else end.isoformat(),
    )


def encode_statement(statement: PolicyStatement) -> bytes:
    """Return the text that is signed: canonical JSON (RFC 8785) and a newline."""
    return canonical_json(msgspec.to_builtins(statement)) + b"\n"


def parse_statement(untrusted: bytes) -> PolicyStatement:
    """Read a text strictly; PolicyRefused: one statement has one spelling."""
    try:
        statement = strict_decoded(untrusted, PolicyStatement)
    except JsonRefused as refused:
        raise PolicyRefused(f"its text is not a statement: {refused}") from None
    if statement.v != _VERSION or encode_statement(statement) != untrusted:
        raise PolicyRefused("its text is not the one spelling of a statement")
    return statement
