"""The facts of a stored case as far as its record tells them: one of each kind that they may be."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredCase, StoredResult
from workstation.rules.checks import CheckId
from workstation.rules.conditions import CaseFacts, Channel, Fact
from workstation.session.bands import UNIT, AgeBand, AmountBand

__all__ = ["find_facts"]

_FLAGS = (Fact.RESIDENT, Fact.FIRST_LOAN, Fact.MARRIED)
_UNKNOWN = (True, False, None)
_OLDEST = 200


def find_facts(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Iterator[CaseFacts]:
    """Yield the facts that the case may have, as far as the draft's conditions tell them apart."""
    basis = result.basis
    if basis is None:
        yield from _guess_facts(case, result, draft)
        return
    ages = (None,) if basis.age is None else AgeBand(*basis.age).ages(draft.age_cuts)
    amounts: tuple[int | None, ...] = (None,)
    if basis.amount is not None:
        amounts = AmountBand(*basis.amount).amounts(draft.amount_cuts)
    elif basis.mci is None:
        # Of a year without an index: some amount, of which nobody can say how much it is.
        amounts = (1,)
    index = None if basis.mci is None else UNIT
    stated = {name: _read_fact(name, value) for name, value in basis.facts.items()}
    for age, amount in product(ages, amounts):
        yield CaseFacts(age=age, amount_kzt=amount, mci_kzt=index, **stated)


def _guess_facts(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Iterator[CaseFacts]:
    """Yield what a record without a basis leaves open, where the draft's conditions ask for it."""
    operation = draft.policy.operation(case.begin.operation)
    conditions = {each.fact for required in operation.required for each in required.when} | {
        each.fact for wait in operation.waits for each in wait.when
    }
    ages = _bound_age(result).ages(draft.age_cuts)
    amounts: tuple[int, ...] = (0,)
    if Fact.AMOUNT_MCI in conditions:
        amounts = (0, *AmountBand(0, None).amounts(draft.amount_cuts))
    flags = [each for each in _FLAGS if each in conditions]
    for age, amount in product(ages, amounts):
        for values in product(_UNKNOWN, repeat=len(flags)):
            stated: dict[str, Any] = dict(zip(flags, values, strict=True))
            yield CaseFacts(age=age, amount_kzt=amount, mci_kzt=UNIT, **stated)


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
