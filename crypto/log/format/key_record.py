"""Which keys a log knows: the log's own, sessions', people's, head office's, and what brings each.

Which edition of the rules binds a log stands in its genesis entry: nobody at the station turns it
back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.errors import NoteMalformed
from crypto.log.format.note import NoteVerifier

__all__ = [
    "ADMINISTRATOR",
    "FIRST_RULES",
    "KEY_MEMBER",
    "RULES",
    "SUPERVISOR",
    "Identity",
    "KeyRecord",
    "Kind",
    "SignerRole",
    "begin_genesis_keys",
    "begin_key",
    "is_credential",
    "read_account",
    "read_named_key",
    "read_rules",
]

RULES = 2
"""The edition of the rules that new logs are under: every person has a credential of their own."""

ADMINISTRATOR = "admin"
"""The role, as `key.enrol` states it, whose credential may be one of two that order a change."""

SUPERVISOR = "supervisor"
"""The role whose credential, beside an administrator's, may begin the generation after another."""

_CREDENTIAL = "op"
"""What the name of a person's credential has before the id: such a key is never head office's."""

FIRST_RULES = 1
"""Logs of before: the log key alone opens sessions, one enrolled key orders a change."""

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
    KEY_REVOKE = "key.revoke"
    CHARTER_CHANGE = "charter.change"
    PAYLOAD_ERASE = "payload.erase"
    HOLD_SET = "legal_hold.set"
    HOLD_LIFTED = "legal_hold.lifted"


class SignerRole(StrEnum):
    """Who a key belongs to.

    LOG       the log: signs heads and what the station states
    SESSION   one presence of one person, in memory only
    ENROLLED  head office or an administrator; under the first rules a supervisor
    OPERATOR  any other person: opens their own sessions, signs nothing else
    """

    LOG = "log"
    SESSION = "session"
    ENROLLED = "enrolled"
    OPERATOR = "operator"


KEY_MEMBER = {
    Kind.SESSION_OPEN: "ses",
    Kind.SESSION_CLOSE: "ses",
    Kind.KEY_ROTATE: "vkey",
    Kind.KEY_ENROL: "vkey",
    Kind.KEY_REVOKE: "vkey",
}


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key, its role, the entry that brought it and the one that ended it.

    signed                 how many entries a session key signed: `session.close` has to state it
    account, account_role  whose credential it is, as its `key.enrol` states; empty for others
    """

    verifier: NoteVerifier
    role: SignerRole
    from_seq: int
    to_seq: int | None = None
    signed: int = 0
    account: str = ""
    account_role: str = ""

    @property
    def is_head_office(self) -> bool:
        """Whether the key began the log, or is named by those who did: head office's."""
        return self.role is SignerRole.ENROLLED and self.from_seq == 0 and not self.account


def read_named_key(kind: str, data: Mapping[str, JsonValue]) -> NoteVerifier | None:
    """Read the key an entry of this kind brings or ends; None when it names no valid one."""
    vkey = data.get(KEY_MEMBER[Kind(kind)]) if kind in KEY_MEMBER else None
    try:
        return NoteVerifier.parse(vkey) if isinstance(vkey, str) else None
    except NoteMalformed:
        return None


def read_account(data: Mapping[str, JsonValue]) -> tuple[str, str] | None:
    """Read whose credential a `key.enrol` of today's rules brings: id and role.

    None when it does not say, or when the key's name does not end in the id, its letters folded.
    """
    key = read_named_key(Kind.KEY_ENROL, data)
    account, role = data.get("id"), data.get("role")
    if key is None or not isinstance(account, str) or not isinstance(role, str):
        return None
    named = key.name.rpartition("/")[2]
    return (account, role) if role and account and named == account.casefold() else None


def read_rules(genesis: Mapping[str, JsonValue]) -> int:
    """Read the edition of the rules from the genesis entry's data; 0 for one nobody knows."""
    rules = genesis.get("rules", FIRST_RULES)
    known = isinstance(rules, int) and not isinstance(rules, bool) and 1 <= rules <= RULES
    return rules if known and isinstance(rules, int) else 0


def begin_genesis_keys(
    genesis: Mapping[str, JsonValue],
    log_key: NoteVerifier,
    signers: Sequence[Identity],
    known: Iterable[NoteVerifier],
) -> tuple[KeyRecord, ...]:
    """Return the keys that a genesis entry begins with: of those known, what it lets be one.

    Where a supervisor and an administrator began the generation (`founders`), their credentials
    are people's as ever, and head office's keys (`head_office`) are named without having signed.
    A credential is never head office's, even where it is known and signs.
    """
    founders = _read_founders(genesis)
    named = genesis.get("head_office") if founders else None
    office = named if isinstance(named, list) else []
    found = [KeyRecord(log_key, SignerRole.LOG, 0)]
    for key in known:
        person = founders.get(key.vkey)
        signed = key.identity in signers
        if person is not None and signed:
            account, role = person
            as_signer = SignerRole.ENROLLED if role == ADMINISTRATOR else SignerRole.OPERATOR
            found.append(KeyRecord(key, as_signer, 0, account=account, account_role=role))
        elif not is_credential(key) and (signed or key.vkey in office):
            found.append(KeyRecord(key, SignerRole.ENROLLED, 0))
    return tuple(found)


def is_credential(key: NoteVerifier) -> bool:
    """Whether the key is a person's by its name, and so never head office's."""
    return key.name.split("/")[1:-1] == [_CREDENTIAL]


def _read_founders(genesis: Mapping[str, JsonValue]) -> dict[str, tuple[str, str]]:
    """Read whose credentials began a generation after another: id and role by vkey."""
    listed = genesis.get("founders")
    if (
        read_rules(genesis) != RULES
        or not isinstance(listed, list)
        or not isinstance(genesis.get("prev_gen"), dict)
    ):
        return {}
    found: dict[str, tuple[str, str]] = {}
    for each in listed:
        account = read_account(each) if isinstance(each, dict) else None
        if isinstance(each, dict) and account is not None:
            found[str(each["vkey"])] = account
    return found


def begin_key(
    seq: int, kind: str, key: NoteVerifier, data: Mapping[str, JsonValue], rules: int
) -> KeyRecord:
    """Return the record of the key that an entry other than genesis brings."""
    if kind == Kind.KEY_ENROL:
        named = None if rules == FIRST_RULES else read_account(data)
        if named is None:
            return KeyRecord(key, SignerRole.ENROLLED, seq)
        account, role = named
        as_signer = SignerRole.ENROLLED if role == ADMINISTRATOR else SignerRole.OPERATOR
        return KeyRecord(key, as_signer, seq, account=account, account_role=role)
    return KeyRecord(key, SignerRole.LOG if kind == Kind.KEY_ROTATE else SignerRole.SESSION, seq)
