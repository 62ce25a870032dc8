"""A log's growth from one head to another, for a register that can no longer follow it by permits.

A permit proves growth from the four before it only: after five that got lost, the station makes
this file from the last head that the register knows.
"""

from typing import Annotated, Final, Literal

import msgspec

from crypto.canonical_json import canonical_json
from crypto.errors import NoteMalformed
from crypto.log.audit.reader import LogReader
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.merkle import verify_consistency
from crypto.log.format.note import NoteVerifier, strict_base64
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.documents.permit_claims import EarlierHead
from workstation.documents.permit_log import describe_earlier, open_head
from workstation.errors import PermitRefused

__all__ = ["MAX_GROWTH_BYTES", "LogGrowth", "describe_growth", "read_growth"]

MAX_GROWTH_BYTES: Final = 65_536


class LogGrowth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed head, and the one that it is proven to have grown from."""

    v: Literal[1]
    head: Annotated[str, msgspec.Meta(min_length=1, max_length=8_192)]
    earlier: EarlierHead


def describe_growth(log: LogReader, old: int, new: int) -> bytes:
    """Return the proof that the head of size `new` grew from that of size `old`; LogError."""
    with log.snapshot() as view:
        earlier = describe_earlier(view, old, new)
        growth = LogGrowth(1, view.checkpoint(new).text, earlier)
    return canonical_json(msgspec.to_builtins(growth))


def read_growth(
    untrusted: bytes, log_keys: tuple[NoteVerifier, ...]
) -> tuple[SignedCheckpoint, EarlierHead]:
    """Return the head, which one of the log's keys signed, and what it is proven to grow from.

    Raises PermitRefused: `growth` for another form or a proof that does not hold, `head`.
    """
    try:
        growth = strict_decoded(untrusted, LogGrowth)
        head, earlier = open_head(growth.head, log_keys), growth.earlier
        path = tuple(strict_base64(each) for each in earlier.path)
        old = strict_base64(earlier.root)
    except (JsonRefused, NoteMalformed):
        raise PermitRefused("growth") from None
    if not 0 < earlier.size < head.size or not verify_consistency(
        earlier.size, head.size, path, old, head.root
    ):
        raise PermitRefused("growth")
    return head, earlier
