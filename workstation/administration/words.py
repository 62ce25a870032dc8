"""Says in words what a change makes another: of the station, and of its rules."""

from collections.abc import Callable, Mapping
from typing import Final

from workstation.administration.view import ChangeLine, RuleLine
from workstation.charter.words import name_rule_place, say_difference, say_value
from workstation.documents.texts import Texts
from workstation.rules.calendar.difference import ChangeKind

__all__ = ["say_change", "say_rule"]


def say_change(change: ChangeLine, texts: Texts) -> str:
    """Return a difference from the charter in words."""
    return say_difference(change.code, change.at, change.before, change.after, texts)


def say_rule(change: RuleLine, texts: Texts) -> str:
    """Return a change of the rules in words, with the operation and the rule that it is of."""
    word = _WORDS.get(change.kind, _name_hardness)
    said = texts.tr(
        f"policy_change.{change.kind}",
        at=_name_place(change, texts),
        before=word(change.before, texts),
        after=word(change.after, texts),
    )
    whose = f"{_name(change.operation, texts, 'operation.')}: " if change.operation else ""
    return f"{whose}{said}" + (f" ({change.rule})" if change.rule else "")


def _name_place(change: RuleLine, texts: Texts) -> str:
    code = texts.find((f"check.{change.at}", f"reference_source.{change.at}"))
    return texts.tr(code) if code else name_rule_place(change.at, texts)


def _name(code: str, texts: Texts, prefix: str) -> str:
    """Return the word of a code; the code itself, of a place or a number, where it has none."""
    return texts.tr(prefix + code) if texts.has(prefix + code) else code


def _name_hardness(code: str, texts: Texts) -> str:
    return _name(code or "-", texts, "hardness.")


def _say_conditions(stated: str, texts: Texts) -> str:
    """Say `amount_mci above 150; resident equals True` of `PolicyChange` in words."""
    if stated in {"", "-"}:
        return texts.tr("condition.always")
    return "; ".join(_say_condition(each, texts) for each in stated.split("; "))


def _say_condition(stated: str, texts: Texts) -> str:
    fact, _, demand = stated.partition(" ")
    kind, _, value = demand.partition(" ")
    named = [_name(each, texts, "reference_source.") for each in value.split(", ")]
    apart = "–" if kind == "outside" else ", "
    said = apart.join(say_value(each, texts) for each in named)
    return texts.tr(f"condition.{kind}", fact=texts.tr(f"condition_fact.{fact}"), value=said)


def _say_wait(stated: str, texts: Texts) -> str:
    """Say `24 h amount_mci above 150` in words."""
    hours, _, when = stated.partition(" h ")
    if not when:
        return texts.tr("condition.hours", hours=stated.removesuffix(" h"))
    return texts.tr("condition.hours_when", hours=hours, when=_say_conditions(when, texts))


_WORDS: Final[Mapping[str, Callable[[str, Texts], str]]] = {
    ChangeKind.CONDITIONS: _say_conditions,
    ChangeKind.WAIT_ADDED: _say_wait,
    ChangeKind.WAIT_REMOVED: _say_wait,
}
