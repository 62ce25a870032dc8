"""What administrators do at the desktop: looked at, staged, proposed, countersigned; by two."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar, get_args

from crypto.canonical_json import JsonValue
from crypto.errors import CryptoError
from workstation.accounts.operators import Authenticated, Permission, require, require_account
from workstation.accounts.secret import require_strong
from workstation.accounts.staging import StagedAccounts
from workstation.administration.changes import (
    countersign_changes,
    find_proposal,
    find_proposer,
    needs_restart,
    propose_changes,
    require_others,
    require_proposal,
    withdraw_changes,
)
from workstation.administration.reading import Administration, read_administration
from workstation.administration.view import AdministrationView
from workstation.charter.archive import CharterArchive
from workstation.charter.contents import OPERATORS_NAME
from workstation.charter.in_force import CharterInForce, find_charter
from workstation.errors import (
    CharterRefused,
    ErasureRefused,
    OperationRefused,
    OperatorRefused,
    PolicyRefused,
    SettingsRefused,
    WorkstationError,
)
from workstation.records.journal import SignedIn
from workstation.replay.report import ReplayReport
from workstation.rules.parties import Operator, Role, person_key
from workstation.station import administration_commands as c
from workstation.station.draft_replay import DraftReplay
from workstation.station.key_orders import perform_key_order
from workstation.station.policy_orders import begin_import
from workstation.station.publisher import Publisher
from workstation.station.retention_orders import begin_order
from workstation.station.sign_in import OperatorSession
from workstation.station.task import Task
from workstation.verification.services import Services

__all__ = ["WHAT", "Administering"]

WHAT: Final = "administration"
_T = TypeVar("_T")
_Staging = c.StageAccount | c.StageRole | c.StageSecret | c.StageDisabling
_Key = c.RotateLogKey | c.PreparePermitKey | c.SwitchPermitKey | c.ResealKeys
_ACCOUNT: Final = frozenset(
    {
        *("id", "name", "exists", "unknown", "disabled", "last_admin"),
        *("admin_waits", "iin", "iin_taken"),
        *("secret_too_short", "secret_too_long", "secret_too_simple", "secret_contains_id"),
    }
)
_CHARTER: Final = frozenset(
    {"unchanged", "proposal", "signature", "settings_changed", "own_account", "missing"}
)


class Administering:
    """Belongs to the station's thread; what takes long is read and stretched in a worker."""

    COMMANDS: Final = get_args(c.AdministrationCommand)

    def __init__(
        self, services: Services, publisher: Publisher, operators: OperatorSession
    ) -> None:
        self._services = services
        self._publisher = publisher
        self._operators = operators
        self._draft_replay = DraftReplay(services)

    def look(self) -> bool:
        """Show how far past sessions are judged; whether anything has changed."""
        shown = self._publisher.status.administration
        if not self._draft_replay.look() or shown is None:
            return False
        self._publisher.change(administration=replace(shown, replay=self._draft_replay.shown))
        return True

    def clear(self) -> None:
        """End what whoever has left had asked for."""
        self._draft_replay.stop()
        self._draft_replay.shown = None

    def perform(self, command: c.AdministrationCommand) -> Task | None:
        """Perform one command; WorkstationError whose code says what to do.

        Raises OperationRefused where nobody is signed in, RoleMissing for who may not.
        """
        who, office = self._require(command)
        try:
            return self._perform(who, office, command)
        except WorkstationError as error:
            raise _say(error) from error

    def _perform(
        self, who: SignedIn, office: Administration, command: c.AdministrationCommand
    ) -> Task | None:
        match command:
            case c.LookAtAdministration():
                pass
            case c.UnlockAccount(operator=operator):
                self._services.authenticator.unlock(operator, who)
            case c.StateStaffIin(operator=operator, untrusted_iin=iin):
                self._state_iin(who, operator, iin)
            case c.ProposeChanges(secret=secret):
                self._propose(who, office, secret)
            case c.CountersignChanges():
                self._countersign(who, office, command)
            case c.WithdrawChanges():
                self._withdraw(who, office)
            case c.StopReplay():
                self._draft_replay.stop()
            case _:
                return self._begin(who, office, command)
        return self._look(who, office)

    def _begin(
        self, who: SignedIn, office: Administration, command: c.AdministrationCommand
    ) -> Task:
        """Return the work of a command that takes long."""
        match command:
            case c.ReplayDraft():
                return self._replay(who, office)
            case c.ImportPolicy():
                begun = begin_import(self._services, self._publisher, office, command, who)
                return self._work(who, office, *begun)
            case c.OrderHold() | c.OrderErasure():
                admit, own = partial(self._admit, who), who.operator.id
                orders = begin_order(self._services, office, command, own, admit)
                return self._work(who, office, *orders)
            case _ if isinstance(command, _Key):
                work = perform_key_order(self._services, office, command, who)
                return self._work(who, office, work, lambda _done: None)
            case _ if isinstance(command, _Staging):
                return self._stage(who, office, command)
            case _:
                raise OperationRefused("command")

    def _require(self, command: c.AdministrationCommand) -> tuple[SignedIn, Administration]:
        who, office = self._operators.who, self._services.administration
        if who is None or office is None:
            raise OperationRefused("operator")
        rules = isinstance(command, c.ImportPolicy | c.ReplayDraft | c.StopReplay)
        require(who.operator, Permission.MANAGE_POLICY if rules else Permission.MANAGE_OPERATORS)
        self._operators.require_in_force()
        if not isinstance(command, c.LookAtAdministration):
            self._publisher.show_message("")
        return who, office

    # -- looked at ---------------------------------------------------------------------------------

    def _look(self, who: SignedIn, office: Administration) -> Task:
        services = self._services
        read = partial(
            read_administration,
            *(office, services.policy, services.staff, services.authenticator.wait_s),
            services.now(),
        )
        return Task(WHAT, read, partial(self._show, who), self._fail)

    def _show(self, who: SignedIn, view: AdministrationView) -> None:
        # Whoever has signed in since may not be one who may see it.
        if self._operators.who is who:
            shown = replace(view, replay=self._draft_replay.shown)
            self._publisher.change(administration=shown)

    def _fail(self, error: Exception) -> None:
        match said := _say(error):
            case WorkstationError() | CryptoError():
                self._publisher.show_error(said, None)
            case _:
                self._publisher.show_message("internal")

    def _work(
        self,
        who: SignedIn,
        office: Administration,
        run: Callable[[], _T],
        done: Callable[[_T], None],
    ) -> Task:
        """Return work whose outcome is taken here, and after which everything is read anew."""

        def take(outcome: _T) -> Task | None:
            if self._operators.who is not who:
                return None
            try:
                done(outcome)
            except (WorkstationError, CryptoError, OSError) as error:
                self._fail(error)
            return self._look(who, office)

        return Task(WHAT, run, take, self._fail)

    # -- staff -------------------------------------------------------------------------------------

    def _stage(self, who: SignedIn, office: Administration, command: _Staging) -> Task:
        """Stage a change of an account: written to the log here, stretched in a worker."""
        if person_key(command.operator) == person_key(who.operator.id):
            raise CharterRefused("own_account")
        staged = StagedAccounts(office.loaded.folder / OPERATORS_NAME)
        work, facts = _plan(staged, command, self._services.clock.wall_ms())
        self._services.journal.record_administration(who, "change.staged", facts)
        return self._work(who, office, work, lambda _done: None)

    def _state_iin(self, who: SignedIn, operator: str, untrusted_iin: str) -> None:
        self._services.staff.require_own_iin(operator, untrusted_iin)
        facts: dict[str, JsonValue] = {"operator": operator}
        self._services.journal.record_administration(who, "staff.iin", facts)
        self._services.staff.set_iin(operator, untrusted_iin)

    # -- changes -----------------------------------------------------------------------------------

    def _find_charter(self, office: Administration) -> CharterInForce:
        return find_charter(self._services.journal.log, office.loaded.folder, office.trusted)

    def _admit(self, who: SignedIn, operator: str, secret: str) -> Authenticated:
        """Return an administrator who types the secret here; OperatorRefused, RoleMissing."""
        person = self._operators.authenticate(operator, secret, source=who.operator.id)
        require(person.operator, Permission.MANAGE_OPERATORS)
        if person.duress:
            # Whoever is not free signs nothing; what stands behind them sees an ordinary refusal.
            raise CharterRefused("proposal")
        return person

    def _propose(self, who: SignedIn, office: Administration, secret: str) -> None:
        person = self._admit(who, who.operator.id, secret)
        now_ms = self._services.clock.wall_ms()
        in_force = self._find_charter(office)
        proposal, changes = propose_changes(in_force, office.loaded, person.credential, now_ms)
        require_others(changes, (who.operator.id,))
        facts: dict[str, JsonValue] = {
            "number": proposal.charter.number,
            "sha256": proposal.sha256,
        }
        self._services.journal.record_administration(who, "change.proposed", facts)
        CharterArchive(office.loaded.folder).propose(proposal)
        self._publisher.show_message("changes.proposed")

    def _countersign(
        self, who: SignedIn, office: Administration, command: c.CountersignChanges
    ) -> None:
        """Let the signed-in administrator agree to what was read, with who proposed it beside."""
        services, folder = self._services, office.loaded.folder
        in_force, proposal = self._find_charter(office), require_proposal(folder)
        if proposal.sha256 != command.sha256:
            raise CharterRefused("proposal")
        proposer = find_proposer(proposal, in_force)
        if person_key(proposer) == person_key(who.operator.id):
            raise CharterRefused("signature")
        own = self._admit(who, who.operator.id, command.secret)
        other = self._admit(who, proposer, command.proposer_secret)
        waiting = propose_changes(in_force, office.loaded, own.credential, proposal.charter.made_ms)
        require_others(waiting[1], (who.operator.id, proposer))
        order = (own.credential, other.credential)
        log, now_ms = services.journal.log, services.clock.wall_ms()
        enacted = countersign_changes(office.loaded, log, proposal, order, now_ms)
        services.journal.follow_charter(enacted.signed.sha256)
        office.restart = office.restart or needs_restart(enacted.changes)
        self._publisher.show_message("changes.restart" if office.restart else "changes.enacted")

    def _withdraw(self, who: SignedIn, office: Administration) -> None:
        folder = office.loaded.folder
        proposal = find_proposal(folder)
        facts: dict[str, JsonValue] = {
            "number": None if proposal is None else proposal.charter.number,
            "accounts": list(StagedAccounts(folder / OPERATORS_NAME).changed()),
        }
        self._services.journal.record_administration(who, "change.withdrawn", facts)
        withdraw_changes(folder)
        self._publisher.show_message("changes.withdrawn")

    def _replay(self, who: SignedIn, office: Administration) -> Task:
        run, found = self._draft_replay.begin(office), self._publisher.status.administration
        if found is not None:
            shown = replace(found, replay=self._draft_replay.shown)
            self._publisher.change(administration=shown)

        def finish(report: ReplayReport) -> Task | None:
            self._draft_replay.finish(report if self._operators.who is who else None)
            return self._look(who, office) if self._operators.who is who else None

        def fail(error: Exception) -> None:
            self._draft_replay.finish(None)
            self._fail(error)

        return Task(WHAT, run, finish, fail)


def _plan(
    staged: StagedAccounts, command: _Staging, now_ms: int
) -> tuple[Callable[[], None], dict[str, JsonValue]]:
    """Return what stages a change, and what the log says of it; OperatorRefused before both."""
    known = {person_key(each.id): each.id for each in staged.accounts()}
    found = known.get(person_key(command.operator))
    if isinstance(command, c.StageAccount):
        operator = Operator(command.operator, command.name, command.role)
        require_account(operator, command.secret)
        if found is not None:
            raise OperatorRefused("exists")
        facts: dict[str, JsonValue] = {"at": operator.id, "role": operator.role.value}
        work = partial(staged.add, operator, command.secret, now_ms)
        return work, facts | {"what": "account_added"}
    if found is None:
        raise OperatorRefused("unknown")
    if isinstance(command, c.StageDisabling):
        return partial(staged.disable, found, now_ms), {"at": found, "what": "account_disabled"}
    require_strong(command.secret, found)
    role: Role | None = command.role if isinstance(command, c.StageRole) else None
    work = partial(staged.renew, found, command.secret, now_ms, role)
    if role is None:
        return work, {"at": found, "what": "account_key_replaced"}
    return work, {"at": found, "what": "account_role_changed", "role": role.value}


def _say(error: Exception) -> Exception:
    """Return a refusal by the code of a sentence that says what to do; others as they are."""
    match error:
        case OperatorRefused(detail=detail) if type(error) is OperatorRefused:
            known = detail in _ACCOUNT
            return OperationRefused(detail, f"staff.{detail}") if known else error
        case CharterRefused(detail=detail):
            named = detail.partition(":")[0]
            return OperationRefused(
                detail, f"changes.{named}" if named in _CHARTER else CharterRefused.code
            )
        case ErasureRefused(detail=detail):
            return OperationRefused(detail, "retention.refused")
        case SettingsRefused() | PolicyRefused():
            return OperationRefused(error.detail, error.code)
        case _:
            return error
