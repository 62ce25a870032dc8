"""Which keys may sign what, and when: the log's own key, sessions', people's, head office's.

The writer checks before it signs and the auditor checks every entry, so both apply one rule
(docs/formats/log.md, section 2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crypto.canonical_json import JsonValue
from crypto.log.file.faults import LogFault
from crypto.log.format.key_record import (
    ADMINISTRATOR,
    FIRST_RULES,
    KEY_MEMBER,
    SUPERVISOR,
    Identity,
    KeyRecord,
    Kind,
    SignerRole,
    begin_key,
    read_account,
    read_named_key,
)
from crypto.log.format.note import NoteVerifier

__all__ = ["SignerKeys"]

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
"""Of the first rules; of today's only the genesis entry, see `_FOUR_EYES`."""

_FOUR_EYES = frozenset(
    {
        Kind.CLOSE,
        Kind.KEY_ENROL,
        Kind.KEY_REVOKE,
        Kind.CHARTER_CHANGE,
        Kind.PAYLOAD_ERASE,
        Kind.HOLD_SET,
        Kind.HOLD_LIFTED,
    }
)
"""Ordered by head office, or by two administrators."""
_ENDS_KEY = frozenset({Kind.SESSION_CLOSE, Kind.KEY_REVOKE})
_FOUNDING = frozenset({Kind.GENESIS, Kind.KEY_ENROL, Kind.CLOCK_STEP})
"""Entries after which whoever began the log may still enrol."""


class SignerKeys:
    """The keys of a log at one size; `apply` moves past an entry that `check_signers` passed.

    rules     the edition of the rules that binds the log (`read_rules`)
    founding  whether nothing but credentials was entered yet: then those who began a generation
              after another enrol everybody's
    """

    __slots__ = ("_keys", "closed", "founding", "rules")

    def __init__(
        self,
        records: Iterable[KeyRecord],
        *,
        closed: bool = False,
        rules: int = FIRST_RULES,
        founding: bool = True,
    ) -> None:
        self._keys = {record.verifier.identity: record for record in records}
        self.closed = closed
        self.rules = rules
        self.founding = founding

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

    @property
    def credentials(self) -> tuple[KeyRecord, ...]:
        """People's credentials in force."""
        return tuple(each for each in self.records if each.account and each.to_seq is None)

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
        records: list[KeyRecord] = []
        for identity in signers:
            record = self._keys.get(identity)
            if record is None and self.find_verifier(identity, kind, data) is None:
                return LogFault.UNKNOWN_SIGNER
            if record is not None and record.to_seq is not None:
                return LogFault.RETIRED_KEY
            if record is not None:
                records.append(record)
        if kind == Kind.GENESIS and not self.rules:
            return LogFault.GENESIS
        may = _may_sign_at_first if self.rules == FIRST_RULES else _may_sign
        founding = self.founding and kind == Kind.KEY_ENROL and self.rules != FIRST_RULES
        if not may(kind, data, records) and not (founding and _are_founders(records)):
            return LogFault.WRONG_SIGNER
        return self._check_named_key(kind, data, signers) if self._names_key(kind) else None

    def _names_key(self, kind: str) -> bool:
        """Whether such an entry brings or ends a key; the first rules know no revocation."""
        return kind in KEY_MEMBER and (kind != Kind.KEY_REVOKE or self.rules != FIRST_RULES)

    def _check_named_key(
        self, kind: str, data: Mapping[str, JsonValue], signers: Sequence[Identity]
    ) -> LogFault | None:
        key = read_named_key(kind, data)
        if key is None:
            return LogFault.KEY_INVALID
        known = self._keys.get(key.identity)
        if kind not in _ENDS_KEY:
            # A key once known never returns, so `retired` stays true; heads are signed under the
            # origin, which c2sp.org/tlog-checkpoint makes the name of the log's key.
            wrong_name = kind == Kind.KEY_ROTATE and key.name != self._log_key().verifier.name
            wrong_account = (
                kind == Kind.KEY_ENROL and self.rules != FIRST_RULES and not self._may_enrol(data)
            )
            invalid = known is not None or wrong_name or wrong_account
            return LogFault.KEY_INVALID if invalid else None
        if known is None or known.to_seq is not None:
            return LogFault.KEY_INVALID
        if kind == Kind.KEY_REVOKE:
            # Head office's own key ends with the generation: whoever could revoke it would own
            # the station.
            return None if known.account else LogFault.KEY_INVALID
        return self._check_close(data, known, signers)

    def _check_close(
        self, data: Mapping[str, JsonValue], session: KeyRecord, signers: Sequence[Identity]
    ) -> LogFault | None:
        if session.role is not SignerRole.SESSION:
            return LogFault.KEY_INVALID
        # The log signs for a session whose process died.
        allowed = {session.verifier.identity, self._log_key().verifier.identity}
        if not allowed.intersection(signers):
            return LogFault.WRONG_SIGNER
        return None if data.get("n") == session.signed else LogFault.SESSION_COUNT

    def _may_enrol(self, data: Mapping[str, JsonValue]) -> bool:
        """Whether the entry names an account that has no credential in force."""
        named = read_account(data)
        return named is not None and not any(
            record.to_seq is None and record.account.casefold() == named[0].casefold()
            for record in self._keys.values()
        )

    def _log_key(self) -> KeyRecord:
        return next(r for r in self._keys.values() if r.role is SignerRole.LOG and r.to_seq is None)

    def apply(
        self, seq: int, kind: str, data: Mapping[str, JsonValue], signers: Sequence[Identity]
    ) -> tuple[KeyRecord, ...]:
        """Move past a checked entry; return the records it began or ended."""
        for identity in signers:
            record = self._keys.get(identity)
            if record is not None and record.role is SignerRole.SESSION:
                self._keys[identity] = KeyRecord(
                    record.verifier, record.role, record.from_seq, None, record.signed + 1
                )
        if kind == Kind.CLOSE:
            self.closed = True
        if kind not in _FOUNDING:
            self.founding = False
        key = read_named_key(kind, data) if self._names_key(kind) else None
        if key is None:
            return ()
        before = dict(self._keys)
        self._begin_or_end(seq, Kind(kind), key, data)
        return tuple(
            record
            for identity, record in self._keys.items()
            if identity not in before or before[identity].to_seq != record.to_seq
        )

    def _begin_or_end(
        self, seq: int, kind: Kind, key: NoteVerifier, data: Mapping[str, JsonValue]
    ) -> None:
        if kind in _ENDS_KEY:
            ended = self._keys[key.identity]
            self._keys[key.identity] = replace(ended, to_seq=seq)
            return
        if kind is Kind.KEY_ROTATE:
            old = self._log_key()
            self._keys[old.verifier.identity] = replace(old, to_seq=seq)
        self._keys[key.identity] = begin_key(seq, kind, key, data, self.rules)


def _may_sign_at_first(
    kind: str, _data: Mapping[str, JsonValue], signers: Sequence[KeyRecord]
) -> bool:
    """Whether these keys suffice under the first rules."""
    roles = {record.role for record in signers}
    return not (
        (kind in _NEEDS_LOG and SignerRole.LOG not in roles)
        or (kind in _NEEDS_ENROLLED and SignerRole.ENROLLED not in roles)
        # A person's act carries a person's key, their session's at the least.
        or (kind == Kind.REVIEW and not roles & {SignerRole.ENROLLED, SignerRole.SESSION})
    )


def _may_sign(kind: str, data: Mapping[str, JsonValue], signers: Sequence[KeyRecord]) -> bool:
    """Whether these keys suffice under today's rules."""
    roles = {record.role for record in signers}
    if (kind in _NEEDS_LOG or kind in _FOUR_EYES) and SignerRole.LOG not in roles:
        return False
    if kind == Kind.SESSION_OPEN:
        return _are_the_actors(data, signers)
    if kind == Kind.GENESIS:
        return any(record.is_head_office for record in signers) or _are_founders(signers)
    if SignerRole.OPERATOR in roles:
        return False
    if kind == Kind.REVIEW:
        return SignerRole.SESSION in roles
    return kind not in _FOUR_EYES or _are_four_eyes(signers)


def _are_the_actors(data: Mapping[str, JsonValue], signers: Sequence[KeyRecord]) -> bool:
    """Whether the one person whose credential signs is the one that the entry names, as enrolled.

    So the log key opens no session by itself, and a teller's credential none of a supervisor.
    """
    actor, role = data.get("actor"), data.get("role")
    people = {(each.account.casefold(), each.account_role) for each in signers if each.account}
    return isinstance(actor, str) and people == {(actor.casefold(), role)}


def _are_founders(signers: Sequence[KeyRecord]) -> bool:
    """Whether log key, a supervisor and an administrator sign who begin a generation: two people.

    Both keys are in force from the genesis entry on, which their ids stand in.
    """
    people = {
        each.account_role: each.account.casefold()
        for each in signers
        if each.account and each.from_seq == 0
    }
    return (
        any(each.role is SignerRole.LOG for each in signers)
        and people.keys() == {SUPERVISOR, ADMINISTRATOR}
        and people[SUPERVISOR] != people[ADMINISTRATOR]
    )


def _are_four_eyes(signers: Sequence[KeyRecord]) -> bool:
    """Whether head office signs, or two administrators, none of whom counts twice."""
    if any(record.is_head_office for record in signers):
        return True
    administrators = {
        record.account.casefold()
        for record in signers
        if record.role is SignerRole.ENROLLED and record.account
    }
    return len(administrators) > 1
