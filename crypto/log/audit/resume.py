"""Where an audit may go on: up to which entry, under which root, everything was found good.

A point holds no state that could be forged: the tree is rebuilt from all bytes every time, and has
to come to the point's root. What it spares is the strict parse, the rules of signers and the
signatures of entries that were verified from the same bytes. So it is worth as much as the place
it is kept in: whoever verifies keeps it himself (docs/formats/log.md, section 7).
"""

import base64
import hashlib
from dataclasses import dataclass

from crypto.canonical_json import JsonValue, canonical_json
from crypto.errors import NoteMalformed
from crypto.log.audit.walk import Expectations
from crypto.log.file.faults import AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.rows import Rows, hash_rows
from crypto.log.format.checkpoint import MAX_SIZE
from crypto.log.format.merkle import HASH_BYTES, TILE_WIDTH, Frontier, range_hash
from crypto.log.format.note import strict_base64
from crypto.strict_json import JsonRefused, strict_json

__all__ = ["ResumePoint", "holds_tree", "make_resume_point"]

_FORMAT = "tv-log-resume/v1"


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The first `size` entries, whose root is `root`, were found good.

    basis  digest of the tier and the keys that the verdict rested on: under others nothing is known
    """

    size: int
    root: bytes
    basis: bytes

    def encode(self) -> bytes:
        """Return one line of canonical JSON."""
        root, basis = (base64.b64encode(each).decode() for each in (self.root, self.basis))
        members: dict[str, JsonValue] = {
            "basis": basis,
            "root": root,
            "size": self.size,
            "v": _FORMAT,
        }
        return canonical_json(members) + b"\n"

    @classmethod
    def parse(cls, untrusted: bytes) -> "ResumePoint":
        """Read a point; NoteMalformed when it is none."""
        try:
            members = strict_json(untrusted, integers_only=True)
        except JsonRefused:
            raise NoteMalformed("resume point") from None
        match members:
            case {"v": str(form), "size": int(size), "root": str(root), "basis": str(basis)} if (
                form == _FORMAT and 0 < size <= MAX_SIZE
            ):
                point = cls(size, strict_base64(root), strict_base64(basis))
                if len(point.root) == len(point.basis) == HASH_BYTES:
                    return point
        raise NoteMalformed("resume point")

    def fits(self, expected: Expectations, tier: Tier) -> bool:
        """Whether what was found good then is what is asked for now."""
        return self.basis == _digest_basis(expected, tier)


def holds_tree(rows: Rows, size: int, root: bytes) -> bool:
    """Whether the first entries of a file, rebuilt from their bytes, come to this root."""
    frontier = Frontier()
    for chunk in rows.chunks(TILE_WIDTH):
        leaves = hash_rows(chunk[: size - frontier.size], frontier.size)
        if leaves is None:
            return False
        if len(leaves) == TILE_WIDTH:
            frontier, _ = frontier.push_tile(range_hash(leaves))
        else:
            for leaf in leaves:
                frontier, _ = frontier.push(leaf)
        if frontier.size == size:
            return frontier.root() == root
    return False


def make_resume_point(report: AuditReport, expected: Expectations) -> ResumePoint | None:
    """Return where the next audit may go on; None when this one found a fault, or nothing yet."""
    ended = report.status is AuditStatus.PASSED or report.fault is LogFault.CANCELLED
    if not ended or not report.size:
        return None
    return ResumePoint(report.size, report.root, _digest_basis(expected, report.tier))


def _digest_basis(expected: Expectations, tier: Tier) -> bytes:
    keys = (expected.log_key.vkey, *sorted(key.vkey for key in expected.trusted))
    return hashlib.sha256("\n".join((_FORMAT, tier.name, *keys)).encode()).digest()
