"""Which keys may sign what, and when: the log's own key, session keys, enrolled keys.

The writer checks before it signs and the auditor checks every entry, so both apply one rule
(docs/formats/log.md, section 2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.errors import NoteMalformed
from crypto.log.file.faults import LogFault
from crypto.log.format.note import NoteVerifier

__all__ = ["Identity", "KeyRecord", "Kind", "SignerKeys", "SignerRole", "read_named_key"]

Identity = tuple[str, bytes]
"""Key name and key id, as a signature line carries them."""


class Kind(StrEnum):
    """Entry kinds with a meaning to the log itself; every other kind is the caller's."""

    GENESIS = "log.genesis"
    CLOSE = "log.close"
    BOOT = "boot"
    CLOCK_STEP = "clock.step"
    HEARTBEAT = "heartbeat"
    SESSION_OPEN = "session.open"
    SESSION_CLOSE = "session.close"
    REVIEW = "review"
    ANCHOR_COSIG = "anchor.cosig"
    ANCHOR_TSP = "anchor.tsp"
    KEY_ROTATE = "key.rotate"
    KEY_ENROL = "key.enrol"
    PAYLOAD_ERASE = "payload.erase"


class SignerRole(StrEnum):
    """LOG signs heads; SESSION is a teller's for one session; ENROLLED a supervisor's."""

    LOG = "log"
    SESSION = "session"
    ENROLLED = "enrolled"


_NEEDS_LOG = frozenset(
    {
        Kind.GENESIS,
        Kind.CLOSE,
        Kind.BOOT,
        Kind.CLOCK_STEP,
        Kind.HEARTBEAT,
        Kind.SESSION_OPEN,
        Kind.ANCHOR_COSIG,
        Kind.ANCHOR_TSP,
        Kind.KEY_ROTATE,
        Kind.KEY_ENROL,
    }
)
_NEEDS_ENROLLED = frozenset({Kind.GENESIS, Kind.CLOSE, Kind.KEY_ENROL, Kind.PAYLOAD_ERASE})
_KEY_MEMBER = {
    Kind.SESSION_OPEN: "ses",
    Kind.SESSION_CLOSE: "ses",
    Kind.KEY_ROTATE: "vkey",
    Kind.KEY_ENROL: "vkey",
}
_NAMED_ROLE = {
    Kind.SESSION_OPEN: SignerRole.SESSION,
    Kind.KEY_ROTATE: SignerRole.LOG,
    Kind.KEY_ENROL: SignerRole.ENROLLED,
}


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key, its role, the entry that brought it and the one that ended it.

    signed  how many entries a session key signed: `session.close` has to state it
    """

    verifier: NoteVerifier
    role: SignerRole
    from_seq: int
    to_seq: int | None = None
    signed: int = 0


def read_named_key(kind: str, data: Mapping[str, JsonValue]) -> NoteVerifier | None:
    """Read the key an entry of this kind brings or ends; None when it names no valid one."""
    vkey = data.get(_KEY_MEMBER[Kind(kind)]) if kind in _KEY_MEMBER else None
    try:
        return NoteVerifier.parse(vkey) if isinstance(vkey, str) else None
    except NoteMalformed:
        return None


class SignerKeys:
    """The keys of a log at one size; `apply` moves past an entry that `check_signers` passed."""

    __slots__ = ("_keys", "closed")

    def __init__(self, records: Iterable[KeyRecord], *, closed: bool = False) -> None:
        self._keys = {record.verifier.identity: record for record in records}
        self.closed = closed

    @property
    def records(self) -> tuple[KeyRecord, ...]:
        """Every key this log ever knew, in order of appearance."""
        return tuple(self._keys.values())

    @property
    def open_sessions(self) -> tuple[KeyRecord, ...]:
        """Session keys that were opened and not closed."""
        return tuple(
            record
            for record in self._keys.values()
            if record.role is SignerRole.SESSION and record.to_seq is None
        )

    def count_signed(self, vkey: str) -> int:
        """Return how many entries a session key signed so far; 0 for an unknown key."""
        return next((r.signed for r in self._keys.values() if r.verifier.vkey == vkey), 0)

    def find_verifier(
        self, identity: Identity, kind: str, data: Mapping[str, JsonValue]
    ) -> NoteVerifier | None:
        """Return the key a signature line refers to; a rotation may be co-signed by its new key."""
        record = self._keys.get(identity)
        if record is not None:
            return record.verifier
        new = read_named_key(kind, data) if kind == Kind.KEY_ROTATE else None
        return new if new is not None and new.identity == identity else None

    def check_signers(
        self, kind: str, data: Mapping[str, JsonValue], signers: Sequence[Identity]
    ) -> LogFault | None:
        """Return why these keys may not sign such an entry now; None when they may."""
        if self.closed:
            return LogFault.LOG_CLOSED
        if not signers or len(set(signers)) != len(signers):
            return LogFault.WRONG_SIGNER
        roles: set[SignerRole] = set()
        for identity in signers:
            record = self._keys.get(identity)
            if record is None and self.find_verifier(identity, kind, data) is None:
                return LogFault.UNKNOWN_SIGNER
            if record is not None and record.to_seq is not None:
                return LogFault.RETIRED_KEY
            if record is not None:
                roles.add(record.role)
        if (
            (kind in _NEEDS_LOG and SignerRole.LOG not in roles)
            or (kind in _NEEDS_ENROLLED and SignerRole.ENROLLED not in roles)
            # A person's act carries a person's key, their session's at the least.
            or (kind == Kind.REVIEW and not roles & {SignerRole.ENROLLED, SignerRole.SESSION})
        ):
            return LogFault.WRONG_SIGNER
        return self._check_named_key(kind, data, signers) if kind in _KEY_MEMBER else None

    def _check_named_key(
        self, kind: str, data: Mapping[str, JsonValue], signers: Sequence[Identity]
    ) -> LogFault | None:
        key = read_named_key(kind, data)
        if key is None:
            return LogFault.KEY_INVALID
        known = self._keys.get(key.identity)
        if kind != Kind.SESSION_CLOSE:
            # A key once known never returns, so `retired` stays true; heads are signed under the
            # origin, which c2sp.org/tlog-checkpoint makes the name of the log's key.
            wrong_name = kind == Kind.KEY_ROTATE and key.name != self._log_key().verifier.name
            return LogFault.KEY_INVALID if known is not None or wrong_name else None
        if known is None or known.role is not SignerRole.SESSION or known.to_seq is not None:
            return LogFault.KEY_INVALID
        # The log signs for a session whose process died.
        allowed = {key.identity, self._log_key().verifier.identity}
        if not allowed.intersection(signers):
            return LogFault.WRONG_SIGNER
        return None if data.get("n") == known.signed else LogFault.SESSION_COUNT

    def _log_key(self) -> KeyRecord:
        return next(r for r in self._keys.values() if r.role is SignerRole.LOG and r.to_seq is None)

    def apply(
        self, seq: int, kind: str, data: Mapping[str, JsonValue], signers: Sequence[Identity]
    ) -> tuple[KeyRecord, ...]:
        """Move past a checked entry; return the records it began or ended."""
        for identity in signers:
            record = self._keys.get(identity)
            if record is not None and record.role is SignerRole.SESSION:
                self._keys[identity] = replace(record, signed=record.signed + 1)
        if kind == Kind.CLOSE:
            self.closed = True
        key = read_named_key(kind, data)
        if key is None:
            return ()
        before = dict(self._keys)
        self._begin_or_end(seq, Kind(kind), key)
        return tuple(
            record
            for identity, record in self._keys.items()
            if identity not in before or before[identity].to_seq != record.to_seq
        )

    def _begin_or_end(self, seq: int, kind: Kind, key: NoteVerifier) -> None:
        if kind is Kind.SESSION_CLOSE:
            closed = self._keys[key.identity]
            self._keys[key.identity] = replace(closed, to_seq=seq)
            return
        if kind is Kind.KEY_ROTATE:
            old = self._log_key()
            self._keys[old.verifier.identity] = replace(old, to_seq=seq)
        self._keys[key.identity] = KeyRecord(key, _NAMED_ROLE[kind], seq)
