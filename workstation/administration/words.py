"""Says in words what a change makes another: of the station, and of its rules."""

from workstation.administration.view import ChangeLine, RuleLine
from workstation.documents.texts import Texts
from workstation.rules.parties import Role

__all__ = ["say_change", "say_rule"]

_ROLES = frozenset(Role)
_SHOWN = 16
_LONG = 40


def say_change(change: ChangeLine, texts: Texts) -> str:
    """Return a difference from the charter in words; of digests and keys the beginning."""
    return texts.tr(
        f"charter_change.{change.code}",
        at=change.at,
        before=_value(change.before, texts),
        after=_value(change.after, texts),
    )


def say_rule(change: RuleLine, texts: Texts) -> str:
    """Return a change of the rules in words, with the operation and the rule that it is of."""
    said = texts.tr(
        f"policy_change.{change.kind}",
        at=_name(change.at, texts, "check."),
        before=_name(change.before or "-", texts, "hardness."),
        after=_name(change.after or "-", texts, "hardness."),
    )
    whose = f"{_name(change.operation, texts, 'operation.')}: " if change.operation else ""
    return f"{whose}{said}" + (f" ({change.rule})" if change.rule else "")


def _value(text: str, texts: Texts) -> str:
    if text in _ROLES:
        return texts.tr(f"role.{text}")
    if len(text) > _LONG:
        return f"{text[:_SHOWN]}…"
    return text or "—"


def _name(code: str, texts: Texts, prefix: str) -> str:
    """Return the word of a code; the code itself, of a place or a number, where it has none."""
    return texts.tr(prefix + code) if texts.has(prefix + code) else code
