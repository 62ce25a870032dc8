"""Says in words what a change makes another: of the station, and of its rules."""

from workstation.administration.view import ChangeLine, RuleLine
from workstation.charter.words import name_rule_place, say_difference
from workstation.documents.texts import Texts

__all__ = ["say_change", "say_rule"]


def say_change(change: ChangeLine, texts: Texts) -> str:
    """Return a difference from the charter in words."""
    return say_difference(change.code, change.at, change.before, change.after, texts)


def say_rule(change: RuleLine, texts: Texts) -> str:
    """Return a change of the rules in words, with the operation and the rule that it is of."""
    said = texts.tr(
        f"policy_change.{change.kind}",
        at=_name_place(change, texts),
        before=_name(change.before or "-", texts, "hardness."),
        after=_name(change.after or "-", texts, "hardness."),
    )
    whose = f"{_name(change.operation, texts, 'operation.')}: " if change.operation else ""
    return f"{whose}{said}" + (f" ({change.rule})" if change.rule else "")


def _name_place(change: RuleLine, texts: Texts) -> str:
    for prefix in ("check.", "reference_source."):
        if texts.has(prefix + change.at):
            return texts.tr(prefix + change.at)
    return name_rule_place(change.at, texts)


def _name(code: str, texts: Texts, prefix: str) -> str:
    """Return the word of a code; the code itself, of a place or a number, where it has none."""
    return texts.tr(prefix + code) if texts.has(prefix + code) else code
