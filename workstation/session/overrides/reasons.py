"""Why a supervisor lets a soft check be: a closed list for each check, beside the words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from workstation.rules.checks import CheckId, CheckName

__all__ = ["OverrideReason", "list_reasons"]


class OverrideReason(StrEnum):
    """Why a check that has not passed does not speak against the customer."""

    CALLED_OLD_NUMBER = "called_old_number"
    NUMBER_LOST = "number_lost"
    NUMBER_OF_FAMILY = "number_of_family"
    ONE_NAME_SPELT_TWICE = "one_name_spelt_twice"
    NAME_CHANGED = "name_changed"
    KEY_OBTAINED_BY_CUSTOMER = "key_obtained_by_customer"
    DOCUMENT_IN_HAND = "document_in_hand"
    TALKED_ALONE = "talked_alone"
    OPERATION_GONE_THROUGH = "operation_gone_through"
    PAPERS_SEEN = "papers_seen"
    OTHER = "other"


_ANY: Final = (OverrideReason.PAPERS_SEEN, OverrideReason.OTHER)
_NAMES: Final = (OverrideReason.ONE_NAME_SPELT_TWICE, OverrideReason.NAME_CHANGED)
_OWN: Final[Mapping[CheckName, tuple[OverrideReason, ...]]] = {
    CheckId.OLD_PHONE_OWNER: (OverrideReason.NUMBER_LOST,),
    CheckId.OLD_NUMBER_CALLED: (OverrideReason.CALLED_OLD_NUMBER, OverrideReason.NUMBER_LOST),
    CheckId.NUMBER_NOT_SHARED: (OverrideReason.NUMBER_OF_FAMILY,),
    CheckId.REFERENCE_CONFIRMED: (OverrideReason.DOCUMENT_IN_HAND,),
    CheckId.AGE_CONFIRMED: (OverrideReason.TALKED_ALONE,),
    CheckId.DOCUMENT_NAME: _NAMES,
    CheckId.NAME: _NAMES,
    CheckId.KEY_AGE: (OverrideReason.KEY_OBTAINED_BY_CUSTOMER,),
}
_GONE_THROUGH: Final = (OverrideReason.OPERATION_GONE_THROUGH,)


def list_reasons(check: CheckName) -> tuple[OverrideReason, ...]:
    """Return the reasons that may be given for a check, its own ones first."""
    return (*_OWN.get(check, _GONE_THROUGH), *_ANY)
