"""What an administrator's pages may ask of the runtime; nothing of it is in force by one alone."""

from dataclasses import dataclass, field
from pathlib import Path

from workstation.rules.parties import Role

__all__ = [
    "AdministrationCommand",
    "CountersignChanges",
    "ImportPolicy",
    "LookAtAdministration",
    "OrderErasure",
    "OrderHold",
    "PreparePermitKey",
    "ProposeChanges",
    "ReplayDraft",
    "ResealKeys",
    "RotateLogKey",
    "StageAccount",
    "StageDisabling",
    "StageRole",
    "StageSecret",
    "StateStaffIin",
    "StopReplay",
    "SwitchPermitKey",
    "UnlockAccount",
    "WithdrawChanges",
]


@dataclass(frozen=True, slots=True)
class LookAtAdministration:
    """Read anew what the administrator's pages show (`StationStatus.administration`)."""


@dataclass(frozen=True, slots=True)
class StageAccount:
    """Stage a new account; `secret` was typed by the person it is for."""

    operator: str
    name: str
    role: Role
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StageRole:
    """Stage another role of an account; a person's key is bound to the role, so a secret, too."""

    operator: str
    role: Role
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StageSecret:
    """Stage a new secret of an account, whose person has forgotten the own one."""

    operator: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StageDisabling:
    """Stage the end of an account."""

    operator: str


@dataclass(frozen=True, slots=True)
class UnlockAccount:
    """End a lock after failed sign-ins, at once and in the administrator's own name."""

    operator: str


@dataclass(frozen=True, slots=True)
class StateStaffIin:
    """Let the station know an employee's ИИН, so that nobody serves himself."""

    operator: str
    untrusted_iin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImportPolicy:
    """Read a policy's file, or a folder of them, and stage what is new in it."""

    path: Path


@dataclass(frozen=True, slots=True)
class ReplayDraft:
    """Judge past sessions by the rules that wait: nothing is written."""


@dataclass(frozen=True, slots=True)
class StopReplay:
    """End that; what was judged until then is shown."""


@dataclass(frozen=True, slots=True)
class ProposeChanges:
    """Sign all that waits, with the own secret typed anew."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CountersignChanges:
    """Put a proposal in force: the own secret, then that of who proposed it.

    sha256  of the proposal that was read on the page: another one is not signed
    """

    sha256: str
    secret: str = field(repr=False)
    proposer_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WithdrawChanges:
    """Drop the proposal and all that is staged; nothing that is in force changes."""


@dataclass(frozen=True, slots=True)
class RotateLogKey:
    """Replace the log's key and destroy the old one."""


@dataclass(frozen=True, slots=True)
class PreparePermitKey:
    """Make the next permit key and publish its public half for core banking."""


@dataclass(frozen=True, slots=True)
class SwitchPermitKey:
    """Sign permits by the next key from now on: core banking knows it."""


@dataclass(frozen=True, slots=True)
class ResealKeys:
    """Seal the private keys anew, under another pass phrase."""

    passphrase: str = field(repr=False)
    new_passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderHold:
    """Forbid the erasure of a session's evidence, or allow it again; two administrators order it.

    number  of the session
    order   number or date of the order: no personal data
    """

    number: int
    order: str
    lift: bool
    secret: str = field(repr=False)
    second: str
    second_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderErasure:
    """Erase a session's evidence for good; two administrators order it.

    basis  value of `workstation.evidence.orders.ErasureBasis`
    """

    number: int
    order: str
    basis: str
    secret: str = field(repr=False)
    second: str
    second_secret: str = field(repr=False)


AdministrationCommand = (
    LookAtAdministration
    | StageAccount
    | StageRole
    | StageSecret
    | StageDisabling
    | UnlockAccount
    | StateStaffIin
    | ImportPolicy
    | ReplayDraft
    | StopReplay
    | ProposeChanges
    | CountersignChanges
    | WithdrawChanges
    | RotateLogKey
    | PreparePermitKey
    | SwitchPermitKey
    | ResealKeys
    | OrderHold
    | OrderErasure
)
