"""Reads what the administrator's pages show; in any thread, and nothing is changed by it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from crypto.log.format.note import NoteVerifier
from crypto.vault.keys import KeyStore
from workstation.accounts.operators import Account, Operators
from workstation.accounts.staff import Staff
from workstation.accounts.staging import StagedAccounts
from workstation.administration.changes import find_proposal, find_proposer, list_waiting
from workstation.administration.private_keys import list_private_keys
from workstation.administration.staged_settings import StagedSettings, load_candidate
from workstation.administration.view import (
    AdministrationView,
    ChangeLine,
    CharterRow,
    KeyRow,
    PolicyDraft,
    PolicyRow,
    ProposalView,
    RetentionRow,
    RuleLine,
    StaffRow,
)
from workstation.charter.archive import CharterArchive
from workstation.charter.change import PROPOSAL_LIFE_MS, list_changes
from workstation.charter.contents import OPERATORS_NAME
from workstation.charter.difference import Difference
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.charter.signatures import SignedCharter
from workstation.errors import (
    CharterRefused,
    PolicyRefused,
    SettingsRefused,
    WorkstationError,
)
from workstation.evidence.orders import find_erased
from workstation.evidence.retention import RetainedEvidence, list_retained
from workstation.preflight import policy_calendar
from workstation.rules.calendar.calendar import PolicyVersion
from workstation.rules.calendar.difference import PolicyChange, compare_policies
from workstation.rules.local_time import local_day
from workstation.rules.parties import person_key
from workstation.rules.policy import Policy
from workstation.rules.policy_file import MAX_POLICY_BYTES, read_policy
from workstation.settings.settings import LoadedSettings
from workstation.settings.toml_file import read_limited

__all__ = [
    "Administration",
    "find_draft",
    "read_administration",
    "rule_line",
]


@dataclass(slots=True)
class Administration:
    """What an administrator changes a station by.

    loaded    the settings that it was started with
    store     of its private keys
    vkey      the log's first key
    trusted   keys that may have cosigned the log's first entry
    restart   a change is in force that a running workstation does not work by
    """

    loaded: LoadedSettings
    store: KeyStore
    vkey: str
    trusted: tuple[NoteVerifier, ...]
    restart: bool = False

    def open_log(self) -> LogReader:
        """Return a reader of the log for one thread; LogError."""
        return LogReader(self.loaded.path(self.loaded.values.log.path), self.vkey)


def read_administration(
    administration: Administration,
    policy: Policy,
    staff: Staff,
    wait_s: Callable[[str], int],
    moment: datetime,
) -> AdministrationView:
    """Return all of it as it is now; WorkstationError or CryptoError for what cannot be read.

    policy  the one in force
    wait_s  for how many seconds a number is locked
    """
    loaded = administration.loaded
    now_ms = int(moment.timestamp() * 1000)
    with administration.open_log() as log:
        in_force = find_charter(log, loaded.folder, administration.trusted)
        with log.snapshot() as view:
            retained = tuple(list_retained(view, policy))
            erased = len(find_erased(view))
    day = local_day(moment)
    archive = CharterArchive(loaded.folder)
    told = _read_changes(in_force, loaded, policy, moment)
    return AdministrationView(
        charter=in_force.charter.number,
        charter_sha256=in_force.sha256,
        staff=tuple(_list_staff(loaded, staff, wait_s)),
        waiting=told.waiting,
        proposal=told.proposal,
        draft=told.draft,
        fault=told.fault,
        history=tuple(map(_row, reversed(archive.chain(in_force.sha256)))),
        policies=tuple(_list_policies(loaded, policy, moment)),
        kind=loaded.values.keys.kind.value,
        keys=tuple(_list_keys(administration)),
        retention=tuple(_describe(each, day) for each in retained),
        erased=erased,
        restart=administration.restart,
        read_ms=now_ms,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    waiting: tuple[ChangeLine, ...] = ()
    proposal: ProposalView | None = None
    draft: PolicyDraft | None = None
    fault: str = ""


def _read_changes(
    in_force: CharterInForce, loaded: LoadedSettings, policy: Policy, moment: datetime
) -> _Told:
    """Return what waits; where it cannot be told, why: the other pages are shown all the same."""
    now_ms = int(moment.timestamp() * 1000)
    try:
        waiting = tuple(map(_line, list_waiting(in_force, loaded, now_ms)))
        return _Told(
            waiting,
            _read_proposal(in_force, loaded, waiting, now_ms),
            _read_draft(loaded, policy, moment),
        )
    except (CharterRefused, SettingsRefused, PolicyRefused) as refused:
        return _Told(fault=refused.detail)


def _list_keys(administration: Administration) -> Iterator[KeyRow]:
    loaded = administration.loaded
    for each in list_private_keys(administration.store, loaded.path(loaded.values.keys.path)):
        yield KeyRow(each.name, each.since_ms, each.trouble, each.waits)


def _describe(each: RetainedEvidence, day: date) -> RetentionRow:
    until = "" if each.until is None else each.until.isoformat()
    return RetentionRow(each.number, each.name, until, each.hold, each.is_due(day))


def _list_staff(
    loaded: LoadedSettings, staff: Staff, wait_s: Callable[[str], int]
) -> Iterator[StaffRow]:
    path = loaded.folder / OPERATORS_NAME
    known = {person_key(each.id): each.iin for each in staff.records()}
    staged = StagedAccounts(path)
    waiting = {person_key(each) for each in staged.changed()}

    def describe(each: Account, *, staged: bool) -> StaffRow:
        return StaffRow(
            each.id,
            each.name,
            each.role,
            each.disabled,
            each.changed_ms,
            staged,
            0 if staged else wait_s(each.id),
            known.get(person_key(each.id), False),
        )

    for each in Operators(path).accounts():
        yield describe(each, staged=False)
    for each in staged.accounts():
        if person_key(each.id) in waiting:
            yield describe(each, staged=True)


def _read_proposal(
    in_force: CharterInForce, loaded: LoadedSettings, waiting: tuple[ChangeLine, ...], now_ms: int
) -> ProposalView | None:
    """Return what is proposed; stale where it is not what waits."""
    proposal = find_proposal(loaded.folder)
    if proposal is None:
        return None
    charter = proposal.charter
    candidate = load_candidate(loaded, in_force)
    changes = tuple(map(_line, list_changes(in_force, charter, candidate)))
    old = not 0 <= now_ms - charter.made_ms <= PROPOSAL_LIFE_MS
    other = (charter.number, charter.previous) != (in_force.charter.number + 1, in_force.sha256)
    try:
        by = find_proposer(proposal, in_force)
    except WorkstationError:
        by, old = proposal.note.lines[0].name, True
    stale = old or other or changes != waiting
    return ProposalView(charter.number, proposal.sha256, by, charter.made_ms, changes, stale)


def _list_policies(loaded: LoadedSettings, policy: Policy, moment: datetime) -> Iterator[PolicyRow]:
    pinned = loaded.values.policy.pinned
    try:
        if pinned is not None and pinned[1] == policy.sha256:
            versions: Sequence[PolicyVersion] = (PolicyVersion(policy),)
        else:
            versions = policy_calendar(loaded, moment).versions
    except (WorkstationError, CryptoError):
        # What is wrong with the folder the readiness says; what is worked by is known.
        versions = (PolicyVersion(policy),)
    for each in versions:
        yield PolicyRow(
            each.policy.id,
            each.policy.sha256,
            each.policy.valid_from.isoformat(),
            "" if each.policy.valid_to is None else each.policy.valid_to.isoformat(),
            each.signers,
            each.policy.sha256 == policy.sha256,
        )


def find_draft(loaded: LoadedSettings, policy: Policy, moment: datetime) -> PolicyVersion | None:
    """Return the rules that are to follow: brought for the charter, else the calendar's next.

    Raises SettingsRefused, PolicyRefused.
    """
    waiting = StagedSettings(loaded.folder).load()
    pinned = None if waiting is None else waiting.values.policy.pinned
    if waiting is not None and pinned is not None:
        octets = read_limited(waiting.path(pinned[0]), MAX_POLICY_BYTES, PolicyRefused)
        return PolicyVersion(read_policy(octets))
    if loaded.values.policy.pinned is not None:
        return None
    versions = policy_calendar(loaded, moment).versions
    later = (each for each in versions if each.policy.valid_from > policy.valid_from)
    return next(later, None)


def _read_draft(loaded: LoadedSettings, policy: Policy, moment: datetime) -> PolicyDraft | None:
    """Return the rules that are to follow, and what they change of those in force."""
    found = find_draft(loaded, policy, moment)
    if found is None:
        return None
    draft = found.policy
    since, until = draft.valid_from.isoformat(), ""
    if draft.valid_to is not None:
        until = draft.valid_to.isoformat()
    changes = tuple(map(rule_line, compare_policies(policy, draft)))
    return PolicyDraft(draft.id, draft.sha256, since, until, found.signers, changes)


def rule_line(change: PolicyChange) -> RuleLine:
    """Return a change of the rules by its codes."""
    return RuleLine(
        change.effect.value,
        change.kind.value,
        *(change.operation, change.at, change.before, change.after, change.rule),
    )


def _line(each: Difference) -> ChangeLine:
    return ChangeLine(each.code.value, each.at, each.before, each.after)


def _row(each: SignedCharter) -> CharterRow:
    signers = tuple(line.name for line in each.note.lines)
    return CharterRow(each.charter.number, each.sha256, each.charter.made_ms, signers)
