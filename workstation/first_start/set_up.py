"""A set-up in hand: what was typed so far that no folder holds yet, and the steps that write it.

Secrets and the pass phrase live here alone, from the step that asks for them to the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from crypto.errors import CryptoError, KeyLocked
from crypto.log.file.clock import Clock, SystemClock
from workstation.accounts.secret import SecretCost
from workstation.charter.head_office import Unsigned
from workstation.errors import WorkstationError
from workstation.first_start.beginning import StationNames
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.folder import FolderState, read_folder_state
from workstation.first_start.progress import SetUpStep, next_step, read_progress

__all__ = ["Answers", "SetUp", "StepRun", "error_finding"]

Answers: TypeAlias = Mapping[str, str | tuple[str, ...]]
"""What was typed by the names of the fields; of FILES each path."""

_REFUSED: Final = (WorkstationError, CryptoError, OSError)


@dataclass(slots=True)
class SetUp:
    """One set-up of one folder.

    now     aware UTC
    cost    of the secrets of accounts; None: what a branch uses
    rules   octets of the policy that was read and is pinned; empty until it was
    listed  what was shown as not signed yet, when it was; None: nothing was
    """

    now: Callable[[], datetime]
    folder: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    cost: SecretCost | None = None
    names: StationNames | None = None
    office: Path | None = None
    rules: bytes = field(default=b"", repr=False)
    listed: Unsigned | None = None
    passphrase: str = field(default="", repr=False)

    @property
    def state(self) -> FolderState:
        """Return what the folder is now; without one a station may be begun."""
        return FolderState.NEW if self.folder is None else read_folder_state(self.folder)

    @property
    def begun(self) -> bool:
        """Whether there is a station already."""
        return self.state in {FolderState.BEGUN, FolderState.STATION}

    def at(self) -> Path:
        """Return the folder that was chosen."""
        if self.folder is None:
            raise WorkstationError("folder")
        return self.folder

    def unlock(self, failures: int) -> str:
        """Give the pass phrase that was typed; a wrong one is asked for by its own step."""
        if failures or not self.passphrase:
            raise KeyLocked("passphrase_wrong" if failures else "passphrase_missing")
        return self.passphrase

    def done(self) -> frozenset[SetUpStep]:
        """Return the steps that need nothing more."""
        if self.folder is None:
            return frozenset()
        found = read_progress(self.folder, self.now())
        if found:
            return found if self.passphrase else found - {SetUpStep.KEYS}
        typed = {
            SetUpStep.FOLDER: self.names,
            SetUpStep.KEYS: self.passphrase,
            SetUpStep.POLICY: self.rules,
        }
        return frozenset(step for step, given in typed.items() if given)

    def next(self) -> SetUpStep:
        """Return the first step that is still to be done."""
        return next_step(self.done())

    def forget(self) -> None:
        """Forget the pass phrase."""
        self.passphrase = ""


StepRun: TypeAlias = Callable[[SetUp, Answers], list[SetUpFinding]]
"""What a step does with its answers, tests and finds; raises what the core refuses."""


def error_finding(error: Exception, name: str = "") -> SetUpFinding:
    """Return the finding of what was refused; its words are the commands' own."""
    return SetUpFinding(FindingState.BAD, "refused", field=name, error=error)
