"""What can be wrong with a log, in stable codes, and what an audit says about one."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

__all__ = ["AuditFinding", "AuditReport", "AuditStatus", "LogFault", "Tier"]


class LogFault(StrEnum):
    """Reason codes; each is laid on the first bad entry where one can be named."""

    MISSING = "missing"
    NOT_A_LOG = "not_a_log"
    GUARDS_REMOVED = "guards_removed"
    UNREADABLE = "unreadable"
    BUSY = "busy"
    """Another program holds the file, such as one that backs it up."""
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"
    SEQUENCE = "sequence"
    ROW = "row"
    LEAF = "leaf"
    TILE = "tile"
    ROOT = "root"
    TREE_SIGNATURE = "tree_signature"
    ENTRY_MALFORMED = "entry_malformed"
    ORIGIN = "origin"
    PREV = "prev"
    REPLACED = "replaced"
    """The entries after it name another one in its place."""
    CLOCK = "clock"
    GENESIS = "genesis"
    LOG_CLOSED = "log_closed"
    UNKNOWN_SIGNER = "unknown_signer"
    RETIRED_KEY = "retired_key"
    WRONG_SIGNER = "wrong_signer"
    KEY_INVALID = "key_invalid"
    SESSION_COUNT = "session_count"
    ENTRY_SIGNATURE = "entry_signature"
    KEY_RECORD = "key_record"
    RELEASED_UNREADABLE = "released_unreadable"
    RELEASED_MISSING = "released_missing"
    RELEASED_ORDER = "released_order"
    RELEASED_SIGNATURE = "released_signature"
    OTHER_ORIGIN = "other_origin"
    RULE = "rule"
    """A rule of whoever writes the entries is broken; the report names which."""
    CANCELLED = "cancelled"


class Tier(IntEnum):
    """How deep an audit goes; each includes the ones before it."""

    INTEGRITY = 1
    """Every body re-hashed, root rebuilt, signed head compared, tiles compared."""
    SEMANTIC = 2
    """Strict parse, sequence, prev, clock, session rules; the stored root of every row."""
    ATTRIBUTION = 3
    """Every signature under every entry; cosignatures of known witnesses."""
    RULES = 4
    """The rules of whoever writes the entries (docs/formats/log.md, section 7)."""
    EVERY_HEAD = 5
    """Every per-commit log signature: which heads were issued."""


class AuditStatus(StrEnum):
    """FAILED names a fault; INDETERMINATE: the log could not be read, or the audit was ended."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A stable code of the rules and the entry it is about."""

    code: str
    index: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found. Integrity (`status`, `fault`) and completeness (the rest) are apart.

    `index` is the first bad entry, None when the fault is not one entry's. `size` counts the
    entries read as good. `anchored_size` is the largest tree size a known witness cosigned at
    `anchored_at_s` (seconds since 1970); what follows it is the unanchored tail. `rule` is the
    broken rule's code where `fault` is RULE, `ruled` whether rules were asked at all, `findings`
    what they noticed without a breach. `heads` are the sizes of the released heads that the log
    was found to hold. Where they alone show a fault, it lies from `since` to `index`. `resumed`
    entries were found good in an earlier audit, from the same bytes.
    """

    status: AuditStatus
    tier: Tier
    size: int
    root: bytes
    fault: LogFault | None = None
    index: int | None = None
    anchored_size: int = 0
    anchored_at_s: int | None = None
    anchored_by: tuple[str, ...] = ()
    open_sessions: tuple[str, ...] = ()
    clock_steps: tuple[int, ...] = ()
    boots: tuple[int, ...] = ()
    heartbeats: int = 0
    erasures: tuple[int, ...] = ()
    closed: bool = False
    rule: str = ""
    ruled: bool = False
    findings: tuple[AuditFinding, ...] = ()
    since: int | None = None
    heads: tuple[int, ...] = ()
    resumed: int = 0

    @property
    def reason(self) -> str:
        """The code of what is wrong: the rule's where a rule is broken; empty when nothing is."""
        return self.rule or ("" if self.fault is None else self.fault.value)

    @property
    def unanchored(self) -> int:
        """How many entries at the tail no known witness has cosigned."""
        return self.size - self.anchored_size
