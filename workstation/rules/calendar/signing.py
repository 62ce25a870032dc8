"""Signing a policy: a line more under its statement, beside the file that it is about."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from crypto.files.durable import write_durably
from crypto.log.format.note import Note, NoteSigner
from workstation.errors import PolicyRefused
from workstation.rules.calendar.reader import CERTIFIED, NOTE, read_statement
from workstation.rules.calendar.statement import encode_statement, state_policy
from workstation.rules.policy import Policy

__all__ = ["sign_policy", "statement_text", "write_certified"]


def statement_text(path: Path, policy: Policy, valid_to: date | None = None) -> bytes:
    """Return the text to sign of the policy at `path`: what lies beside it is gone on with.

    valid_to  its last day; another one than was signed before begins anew

    Raises PolicyRefused as `state_policy`.
    """
    before = read_statement(path, policy)
    if valid_to is None and before is not None:
        return before.text
    return encode_statement(state_policy(policy, valid_to))


def sign_policy(
    path: Path, policy: Policy, signer: NoteSigner, valid_to: date | None = None
) -> Path:
    """Add a signer's line to `<id>.sig` beside the policy; return that file.

    Lines over another text, of a file that has changed since or of another last day, are dropped:
    who signed them has to sign anew. PolicyRefused for a second line of one signer.
    """
    text = statement_text(path, policy, valid_to)
    before = read_statement(path, policy)
    lines = before.lines if before is not None and before.text == text else ()
    line = signer.sign_line(text)
    if any((each.name, each.key_id) == (line.name, line.key_id) for each in lines):
        raise PolicyRefused(f"{policy.id}: {signer.name} has signed it already")
    note = path.with_suffix(NOTE)
    write_durably(note, replace(Note(text, lines), lines=(*lines, line)).encode())
    return note


def write_certified(path: Path, name: str, cms: bytes) -> Path:
    """Write the CMS of a signer's token beside the policy; return that file."""
    certified = path.with_name(f"{path.stem}.{name}{CERTIFIED}")
    write_durably(certified, cms)
    return certified
