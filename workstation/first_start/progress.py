"""How far a set-up has come, read from the folder: it is the only memory there is."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from crypto.errors import CryptoError
from workstation.accounts.staging import StagedAccounts
from workstation.charter.contents import OPERATORS_NAME
from workstation.errors import WorkstationError
from workstation.first_start.folder import FolderState, read_folder_state
from workstation.first_start.lists import held_lists
from workstation.first_start.places import open_places, read_place
from workstation.rules.parties import Role

__all__ = ["SetUpStep", "next_step", "read_progress"]


class SetUpStep(StrEnum):
    """The steps of a set-up in their order; before BEGIN nothing is written."""

    FOLDER = "folder"
    KEYS = "keys"
    POLICY = "policy"
    BEGIN = "begin"
    RECIPIENT = "recipient"
    AUTHORITIES = "authorities"
    SERVICES = "services"
    SIGNING = "signing"
    REGISTRIES = "registries"
    CAMERA = "camera"
    SCREEN = "screen"
    OPERATORS = "operators"
    CHARTER = "charter"
    LISTS = "lists"
    READY = "ready"


_BEFORE: Final = (SetUpStep.FOLDER, SetUpStep.KEYS, SetUpStep.POLICY, SetUpStep.BEGIN)
_PLACES: Final[Mapping[SetUpStep, tuple[str, ...]]] = {
    SetUpStep.RECIPIENT: ("$.vault",),
    SetUpStep.AUTHORITIES: ("$.trust",),
    SetUpStep.SERVICES: ("$.revocation", "$.timestamps"),
    SetUpStep.SIGNING: ("$.carrier",),
    SetUpStep.REGISTRIES: ("$.registries", "$.permit"),
    SetUpStep.CAMERA: ("$.camera",),
    SetUpStep.SCREEN: ("$.station",),
}
"""Tables of the settings that a step fills in."""


def read_progress(folder: Path, now: datetime) -> frozenset[SetUpStep]:
    """Return the steps that need nothing more; what cannot be read is still to be done."""
    state = read_folder_state(folder)
    if state not in {FolderState.BEGUN, FolderState.STATION}:
        return frozenset()
    done = {*_BEFORE}
    with suppress(WorkstationError, CryptoError, OSError):
        faults = [each.partition(":")[0] for each in open_places(folder)]
        for step, tables in _PLACES.items():
            if not any(each.startswith(tables) for each in faults):
                done.add(step)
        if read_place(folder, "registries.person_url") is None:
            done.discard(SetUpStep.REGISTRIES)
    later: dict[SetUpStep, Callable[[], bool]] = {
        SetUpStep.OPERATORS: lambda: _has_teller(folder),
        SetUpStep.CHARTER: lambda: state is FolderState.STATION,
        SetUpStep.LISTS: lambda: all(
            each.good or not each.itself for each in held_lists(folder, now)
        ),
    }
    for step, look in later.items():
        with suppress(WorkstationError, CryptoError, OSError):
            if look():
                done.add(step)
    return frozenset(done)


def next_step(done: frozenset[SetUpStep]) -> SetUpStep:
    """Return the first step that is still to be done; READY is looked at every time."""
    return next(
        (each for each in SetUpStep if each not in done and each is not SetUpStep.READY),
        SetUpStep.READY,
    )


def _has_teller(folder: Path) -> bool:
    accounts = StagedAccounts(folder / OPERATORS_NAME).accounts()
    return any(each.role is Role.TELLER and not each.disabled for each in accounts)
