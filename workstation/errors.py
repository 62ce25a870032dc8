"""Failures of the workstation itself. Findings about the customer are values, never exceptions.

WorkstationError
├── SettingsRefused         settings_refused
│   └── FolderTooDeep       folder_too_deep
├── CharterRefused          charter_refused
├── PolicyRefused           policy_refused
├── RecoveryRefused         recovery_refused
├── OperatorRefused         operator_refused
│   ├── OperatorLocked      operator_locked
│   ├── AccountChanged      account_changed
│   ├── AccountNotEnrolled  account_not_enrolled
│   └── RoleMissing         role_missing
├── StationLocked           station_locked
├── OperationRefused        operation_refused
├── IllegalTransition       illegal_transition
├── CarrierNotOffered       carrier_not_offered
├── ForeignEvidence         foreign_evidence
├── PermitRefused           permit_refused
├── CaseNotFound            case_not_found
├── CaseRefused             case_refused
├── PackTooLarge            pack_too_large
├── ErasureRefused          erasure_refused
├── StatementUnwritable     statement_unwritable
├── WitnessUnusable         witness_unusable
├── DemoNotBuilt            demo_not_built
├── ServiceRunning          service_running
├── ServiceUnusable         service_unusable
├── NotInitialised          not_initialised
└── AlreadyInitialised      already_initialised
"""

from collections.abc import Sequence

__all__ = [
    "AccountChanged",
    "AccountNotEnrolled",
    "AlreadyInitialised",
    "CarrierNotOffered",
    "CaseNotFound",
    "CaseRefused",
    "CharterRefused",
    "DemoNotBuilt",
    "ErasureRefused",
    "FolderTooDeep",
    "ForeignEvidence",
    "IllegalTransition",
    "NotInitialised",
    "OperationRefused",
    "OperatorLocked",
    "OperatorRefused",
    "PackTooLarge",
    "PermitRefused",
    "PolicyRefused",
    "RecoveryRefused",
    "RoleMissing",
    "ServiceRunning",
    "ServiceUnusable",
    "SettingsRefused",
    "StatementUnwritable",
    "StationLocked",
    "WitnessUnusable",
    "WorkstationError",
]


class WorkstationError(Exception):
    """Root of the room's exceptions; `code` is stable and travels into records and texts."""

    code = "workstation"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class SettingsRefused(WorkstationError):
    """The settings file is missing, malformed, or holds an unknown key; detail names its path.

    faults  everything that was found, the detail first
    """

    code = "settings_refused"

    def __init__(self, detail: str = "", faults: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults) or (self.detail,)


class FolderTooDeep(SettingsRefused):
    """The data folder's path leaves no room for its files' names; detail has the numbers."""

    code = "folder_too_deep"


class CharterRefused(WorkstationError):
    """The station is not what its charter says; detail names the first place that differs.

    faults  everything that was found, the detail first
    """

    code = "charter_refused"

    def __init__(self, detail: str = "", faults: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults) or (self.detail,)


class PolicyRefused(WorkstationError):
    """The policy file is malformed, incomplete or not in force; detail names the place."""

    code = "policy_refused"


class RecoveryRefused(WorkstationError):
    """A next generation cannot be begun; detail says why."""

    code = "recovery_refused"


class OperatorRefused(WorkstationError):
    """Unknown operator or wrong secret; the two are not told apart."""

    code = "operator_refused"


class OperatorLocked(OperatorRefused):
    """Too many failed sign-ins; detail holds the seconds until the next try."""

    code = "operator_locked"


class AccountChanged(OperatorRefused):
    """The account of who is signed in was disabled or changed since; detail is its id."""

    code = "account_changed"


class AccountNotEnrolled(OperatorRefused):
    """The log does not know the account's credential; detail is the log's reason."""

    code = "account_not_enrolled"


class RoleMissing(OperatorRefused):
    """The operator's role does not allow the action."""

    code = "role_missing"


class StationLocked(WorkstationError):
    """The screens are locked: sign in anew first; detail names the command that was refused."""

    code = "station_locked"


class OperationRefused(WorkstationError):
    """The operation form is incomplete or malformed; detail names the field.

    reason  code of what is wrong with it, where more is known; it is `code` then
    """

    code = "operation_refused"

    def __init__(self, detail: str = "", reason: str = "") -> None:
        super().__init__(detail)
        self.code = reason or self.code


class CarrierNotOffered(WorkstationError):
    """A signing method that the settings do not offer; detail names it."""

    code = "carrier_not_offered"


class CaseNotFound(WorkstationError):
    """The log holds no session of this number or id, or one that no pack can hold."""

    code = "case_not_found"


class CaseRefused(WorkstationError):
    """A parked case cannot be kept or taken up; detail says why: `claimed`, `full`, …."""

    code = "case_refused"


class PackTooLarge(WorkstationError):
    """What belongs to a session is more than a court pack may hold."""

    code = "pack_too_large"


class ErasureRefused(WorkstationError):
    """Sealed evidence that may not be erased or held; detail says why."""

    code = "erasure_refused"


class StatementUnwritable(WorkstationError):
    """The statement could not be written for signing elsewhere."""

    code = "statement_unwritable"


class IllegalTransition(WorkstationError):
    """An event that the session's state does not accept."""

    code = "illegal_transition"


class ForeignEvidence(WorkstationError):
    """An event that carries another session's id."""

    code = "foreign_evidence"


class PermitRefused(WorkstationError):
    """A permit that is malformed, wrongly signed, expired, foreign or used before."""

    code = "permit_refused"


class WitnessUnusable(WorkstationError):
    """What a witness remembers cannot be read or kept; detail says why. It cosigns nothing then."""

    code = "witness_unusable"


class DemoNotBuilt(WorkstationError):
    """The demo was asked of a build that has none; detail is the flavour."""

    code = "demo_not_built"


class ServiceRunning(WorkstationError):
    """The service that keeps the lists of this station runs already."""

    code = "service_running"


class ServiceUnusable(WorkstationError):
    """No service manager of Windows has started this process; detail says what it answered."""

    code = "service_unusable"


class NotInitialised(WorkstationError):
    """The data folder was never initialised; `workstation-ctl init` creates it."""

    code = "not_initialised"


class AlreadyInitialised(WorkstationError):
    """The data folder already holds a workstation; creating never overwrites."""

    code = "already_initialised"
