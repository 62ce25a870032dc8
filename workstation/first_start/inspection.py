"""What a step knows before it is answered: values that stand there, and what waits to be read."""

from collections.abc import Mapping
from contextlib import suppress

from crypto.errors import CryptoError
from workstation.accounts.staging import StagedAccounts
from workstation.charter.contents import OPERATORS_NAME
from workstation.errors import WorkstationError
from workstation.first_start.answers import fields_of
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.folder import FolderState
from workstation.first_start.places import open_places, read_place
from workstation.first_start.policy import describe_policy
from workstation.first_start.progress import SetUpStep
from workstation.first_start.set_up import SetUp, error_finding
from workstation.first_start.signing import read_unsigned

__all__ = ["inspect_step", "known_answers", "list_unsigned"]


def known_answers(step: SetUpStep, set_up: SetUp) -> Mapping[str, str]:
    """Return what stands in the settings, or was typed already, by the names of the fields."""
    known: dict[str, str] = {}
    if set_up.folder is not None:
        known["folder"] = str(set_up.folder)
    if set_up.office is not None and step is SetUpStep.KEYS:
        known["office"] = str(set_up.office)
    if set_up.names is not None:
        names = set_up.names
        known |= {"bank": names.bank, "branch": names.branch}
        known |= {"station": names.station, "origin": names.origin}
    if not set_up.begun:
        return known
    with suppress(WorkstationError, CryptoError, OSError):
        for each in fields_of(step, begun=True):
            value = read_place(set_up.at(), each.place) if each.place else None
            text = _word_value(value)
            if text:
                known[each.name] = text
    return known


def _word_value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            pairs = (f"{x['name']}={x['x25519']}" if isinstance(x, dict) else str(x) for x in value)
            return " ".join(pairs)
        case None:
            return ""
        case _:
            return str(value)


def inspect_step(step: SetUpStep, set_up: SetUp) -> list[SetUpFinding]:
    """Return what is to be read before a step is done."""
    if step is SetUpStep.FOLDER and set_up.state is FolderState.FOREIGN:
        return [SetUpFinding.make(FindingState.BAD, "folder_foreign", path=str(set_up.folder))]
    try:
        if not set_up.begun:
            return describe_policy(set_up) if step is SetUpStep.POLICY else []
        folder = set_up.at()
        if step is SetUpStep.CHARTER:
            return list_unsigned(set_up)
        if step is SetUpStep.OPERATORS:
            accounts = StagedAccounts(folder / OPERATORS_NAME).accounts()
            return [
                SetUpFinding.make(FindingState.GOOD, "operator_there", id=each.id, name=each.name)
                for each in accounts
                if not each.disabled
            ]
    except (WorkstationError, CryptoError, OSError) as error:
        return [error_finding(error)]
    return []


def list_unsigned(set_up: SetUp) -> list[SetUpFinding]:
    """Return what is to be signed, or what keeps it from that, and keep that it was listed.

    Raises as `read_unsigned`; nothing counts as listed then.
    """
    set_up.listed = None
    found = open_places(set_up.at())
    if found:
        return [
            SetUpFinding.make(FindingState.BAD, "place_open", place=each.partition(":")[0])
            for each in found
        ]
    set_up.listed = read_unsigned(set_up.at(), set_up.clock.wall_ms())
    return [
        SetUpFinding(
            FindingState.GOOD,
            f"change_{each.code.value}",
            (("at", each.at), ("before", each.before), ("after", each.after)),
        )
        for each in set_up.listed.changes
    ]
