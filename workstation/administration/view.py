"""What an administrator's pages show: rows of codes and values, no secret and no key among them."""

from dataclasses import dataclass, field

from workstation.rules.parties import Role

__all__ = [
    "AdministrationView",
    "ChangeLine",
    "CharterRow",
    "KeyRow",
    "PolicyDraft",
    "PolicyRow",
    "ProposalView",
    "ReplayView",
    "RetentionRow",
    "RuleLine",
    "StaffRow",
]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference from the charter in force; `code` as `charter.difference.ChangeCode`."""

    code: str
    at: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One change of the rules, by the codes of `rules.calendar.difference.PolicyChange`."""

    effect: str
    kind: str
    operation: str
    at: str
    before: str = ""
    after: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One account.

    staged    it is what waits for the charter, not what is in force
    locked_s  seconds that failed sign-ins lock it for; 0 for an open one
    iin       the station knows by what the person is recognised as an employee
    """

    id: str
    name: str
    role: Role
    disabled: bool
    since_ms: int
    staged: bool = False
    locked_s: int = 0
    iin: bool = False


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What one administrator has signed and nobody has countersigned.

    sha256   of what is signed, by which the next one says what was read
    stale    it is older than a week, or the station is another now: it has to be proposed anew
    """

    number: int
    sha256: str
    by: str
    made_ms: int
    changes: tuple[ChangeLine, ...]
    stale: bool = False


@dataclass(frozen=True, slots=True)
class CharterRow:
    """One charter of the history, and the names of its signature lines."""

    number: int
    sha256: str
    made_ms: int
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of the calendar; days in ISO form, `until` empty where there is no last one."""

    id: str
    sha256: str
    since: str
    until: str
    signers: tuple[str, ...] = ()
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A policy that was imported and waits: what it is, and what it changes of the one in force."""

    id: str
    sha256: str
    since: str
    until: str
    signers: tuple[str, ...]
    changes: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class ReplayView:
    """What the rules that wait would have made of past sessions.

    counts    sessions by the codes of `workstation.replay.judgement.Change`
    complete  every entry was read; else somebody ended it
    done, size  how far it is while it runs, in entries
    """

    running: bool = False
    done: int = 0
    size: int = 0
    records: int = 0
    complete: bool = False
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One private key by its name.

    trouble  code of who else could read it, or that it is missing; empty for nothing
    waits    it signs nothing yet: core banking has to know it before
    """

    name: str
    since_ms: int
    trouble: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """Sealed evidence of one result by its session's number; never whose it is."""

    number: int
    name: str
    until: str
    hold: int | None
    due: bool


@dataclass(frozen=True, slots=True)
class AdministrationView:
    """The whole of it, as it was read last.

    waiting   how what the folder holds and what is staged differ from the charter in force
    fault     the place of what keeps the changes from being told or signed; empty for nothing
    restart   a change in force needs the workstation to be started anew before the next case
    kind      what protects the private keys
    erased    how much sealed evidence was erased by order
    """

    charter: int = 0
    charter_sha256: str = ""
    staff: tuple[StaffRow, ...] = ()
    waiting: tuple[ChangeLine, ...] = ()
    fault: str = ""
    proposal: ProposalView | None = None
    history: tuple[CharterRow, ...] = ()
    policies: tuple[PolicyRow, ...] = ()
    draft: PolicyDraft | None = None
    replay: ReplayView | None = None
    kind: str = ""
    keys: tuple[KeyRow, ...] = ()
    retention: tuple[RetentionRow, ...] = ()
    erased: int = 0
    restart: bool = False
    read_ms: int = field(default=0)
