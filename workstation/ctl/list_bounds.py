"""What the command line says where the policy does not let a list live as long as it does."""

from collections.abc import Sequence
from typing import Final

from workstation.ctl.console import Console, Value
from workstation.documents.texts import Texts
from workstation.first_start.lists import present_lists
from workstation.rules.policy import Policy
from workstation.settings.trust import load_revocation
from workstation.trust.list_life import ShortBound, find_short_bounds
from workstation.trust.revocation import STORE_NAME

__all__ = ["describe_short_bounds", "word_short_bounds"]

_HOUR_S: Final = 3600


def word_short_bounds(console: Console, policy: Policy) -> list[Value]:
    """Return a sentence for each list of the station that lives longer than a policy allows."""
    loaded = load_revocation(console.folder())
    if not (loaded.folder / STORE_NAME).exists():
        return []
    with present_lists(loaded, policy) as revocation:
        return list(describe_short_bounds(find_short_bounds(revocation, policy), console.texts))


def describe_short_bounds(found: Sequence[ShortBound], texts: Texts) -> tuple[str, ...]:
    """Return what is wrong and what to do, a sentence for each."""
    return tuple(
        texts.tr(
            "policy_bound.sentence",
            authority=each.authority,
            member=each.member,
            bound=each.bound_s // _HOUR_S,
            life=-(-each.life_s // _HOUR_S),
            seconds=each.life_s,
        )
        for each in found
    )
