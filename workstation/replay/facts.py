"""The facts of a stored case as far as its record tells them: one of each kind that they may be."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredCase, StoredResult
from workstation.rules.checks import CheckId
from workstation.rules.conditions import CaseFacts, Channel, Fact
from workstation.session.bands import UNIT, AgeBand, AmountBand

__all__ = ["Facts", "gather_facts", "list_facts"]

_NO_FLAGS = frozenset(
    {Fact.AGE, Fact.AMOUNT_MCI, Fact.REFERENCE_SOURCE, Fact.CHANNEL, Fact.CURRENCY}
)
"""Facts that are no yes or no."""

_UNKNOWN = (True, False, None)
_OLDEST = 200


class Facts(NamedTuple):
    """What the facts may be, as far as the draft's conditions tell them apart.

    ages, amounts  one for each part of the band
    indexed        whether the year had a monthly index
    stated         (name, value) of the others; `known` False: a record of before, which says none
    """

    ages: tuple[int | None, ...]
    amounts: tuple[int | None, ...]
    indexed: bool
    stated: tuple[tuple[str, bool | str | None], ...]
    known: bool


def gather_facts(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Facts:
    """Return the facts that the case may have."""
    basis = result.basis
    if basis is None:
        return _guess_facts(case, result, draft)
    demand = draft.demands[case.begin.operation]
    ages: tuple[int | None, ...] = (None,)
    if basis.age is not None:
        ages = AgeBand(*basis.age).ages(demand.ages)
    stated = tuple(each for each in basis.facts.items() if each[0] in demand.facts)
    if Fact.AMOUNT_MCI not in demand.facts:
        return Facts(ages, (0,), indexed=True, stated=stated, known=True)
    amounts: tuple[int | None, ...] = (None,)
    if basis.amount is not None:
        amounts = AmountBand(*basis.amount).amounts(demand.amounts)
    elif basis.mci is None:
        # Of a year without an index: some amount, of which nobody can say how much it is.
        amounts = (1,)
    return Facts(ages, amounts, basis.mci is not None, stated, known=True)


def list_facts(facts: Facts, kind: str, draft: DraftPolicy) -> Iterator[CaseFacts]:
    """Yield every combination of them."""
    index = UNIT if facts.indexed else None
    asked = draft.demands[kind].facts
    flags = () if facts.known else sorted(asked - _NO_FLAGS)
    stated: dict[str, Any] = {name: _read_fact(name, value) for name, value in facts.stated}
    for age, amount in product(facts.ages, facts.amounts):
        for values in product(_UNKNOWN, repeat=len(flags)):
            guessed = {flag.value: each for flag, each in zip(flags, values, strict=True)}
            others = stated | guessed
            yield CaseFacts(age=age, amount_kzt=amount, mci_kzt=index, **others)


def _guess_facts(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Facts:
    """Return what a record without a basis leaves open, where the draft's conditions ask for it."""
    demand = draft.demands[case.begin.operation]
    ages = _bound_age(result).ages(demand.ages)
    amounts: tuple[int, ...] = (0,)
    if Fact.AMOUNT_MCI in demand.facts:
        amounts = (0, *AmountBand(0, None).amounts(demand.amounts))
    return Facts(ages, amounts, indexed=True, stated=(), known=False)


def _bound_age(result: StoredResult) -> AgeBand:
    """Return the band that the age check tells by its outcome."""
    check = next((each for each in result.checks if each.check == CheckId.AGE), None)
    least = None if check is None else check.number("minimum")
    most = None if check is None else check.number("maximum")
    if check is None or least is None or most is None:
        return AgeBand(0, _OLDEST)
    bands = {
        "age.ok": AgeBand(least, most),
        "age.too_young": AgeBand(0, least - 1),
        "age.too_old": AgeBand(most + 1, _OLDEST),
    }
    return bands.get(check.reason, AgeBand(0, _OLDEST))


def _read_fact(name: str, value: bool | str | None) -> Any:  # noqa: FBT001 - a fact, not a switch
    """Return a fact as `CaseFacts` has it: words of a closed list are enumerations."""
    return Channel(value) if name == "channel" and isinstance(value, str) else value
