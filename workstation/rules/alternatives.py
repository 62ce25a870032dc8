"""The ways in which a hard check may be met: any one of them, whole; none is a lower threshold.

What a customer cannot do is replaced by something else of the same worth (EN 301 549, 5.3; domain
rules B-07 and B-08), never left out, and two ways that are half done are none.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from workstation.rules.checks import CheckId, CheckName
from workstation.rules.conditions import CaseFacts, Condition, Fact

__all__ = ["DENIALS", "Alternative", "LivenessWay"]

DENIALS: Final = frozenset(
    {f"{CheckId.PHONE_OWNER}.other_person", f"{CheckId.OLD_PHONE_OWNER}.other_person"}
)
"""Reasons beside which no other way counts: the register knows whose it is, and it is not theirs.

What it merely does not know (a non-resident's number, P-01) is what another way is for.
"""


class LivenessWay(StrEnum):
    """How it may be established that a living customer is here.

    COMMANDS        the usual challenge before the camera
    ACCESSIBLE_SET  a challenge of another set of commands, or at another pace
    PALM            a dedicated palm scanner, whose centre compares (B-07)
    VIDEO_IDENTIFICATION  the bank's centre has identified the customer by video (B-08)
    TWO_OFFICERS    officers vouch for the person in a photo
    """

    COMMANDS = "commands"
    ACCESSIBLE_SET = "accessible_set"
    PALM = "palm"
    VIDEO_IDENTIFICATION = "video_identification"
    TWO_OFFICERS = "two_officers"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way of meeting a check, and the rule that allows it.

    needs      checks that all have to pass instead; empty: the check's own answer
    confirmed  another officer has to confirm each of them in the review
    when       conditions that all have to be known to hold; without any it is offered to everybody
    """

    id: str
    check: CheckName
    rule: str
    needs: tuple[CheckName, ...] = ()
    confirmed: bool = False
    when: tuple[Condition, ...] = ()

    def open_for(self, facts: CaseFacts) -> "Alternative | None":
        """Return it as a case with these facts may take it, None where it may not.

        An unknown fact opens no way. Residence is the person registry's word: until that has been
        given, the way needs it too, so that it is neither taken nor out of question.
        """
        unknown = {each.fact for each in self.when if not each.is_known(facts)}
        if not unknown:
            return self
        if unknown == {Fact.RESIDENT} and facts.resident is None:
            return replace(self, needs=(CheckId.PERSON, *self.needs))
        return None

    @property
    def answers(self) -> tuple[CheckName, ...]:
        """Return the checks whose answers it goes by."""
        return self.needs or (self.check,)
