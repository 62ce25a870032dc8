"""What a draft changes: which operations get stricter or looser, by which rule, which texts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from workstation.rules.alternatives import LivenessWay
from workstation.rules.calendar.directions import DIRECTIONS, Direction
from workstation.rules.checks import Hardness
from workstation.rules.conditions import Condition
from workstation.rules.policy import OperationPolicy, Policy, RequiredCheck
from workstation.rules.reference import SourceRule

__all__ = ["ChangeKind", "Effect", "PolicyChange", "compare_policies"]


class Effect(StrEnum):
    """What a change does to a case; `other`: a person has to judge it."""

    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"
    TEXT = "text"


class ChangeKind(StrEnum):
    """What was changed; the words are `policy_change.KIND` of the catalogues."""

    OPERATION_ADDED = "operation_added"
    OPERATION_REMOVED = "operation_removed"
    CHECK_ADDED = "check_added"
    CHECK_REMOVED = "check_removed"
    HARDNESS = "hardness"
    CONDITIONS = "conditions"
    WAY_ADDED = "way_added"
    WAY_REMOVED = "way_removed"
    SOURCE_ADDED = "source_added"
    SOURCE_REMOVED = "source_removed"
    WAIT_ADDED = "wait_added"
    WAIT_REMOVED = "wait_removed"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    NUMBER = "number"
    WORDS = "words"
    CHANGED = "changed"
    MEMBER = "member"
    AUTHORITY_DEMANDED = "authority_demanded"
    AUTHORITY_LEFT = "authority_left"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One change.

    operation  its kind; empty for what is about all of them
    at         check, source, place of a number, or field
    rule       by which the new policy demands it, or the old one did; empty for none
    """

    effect: Effect
    kind: ChangeKind
    operation: str
    at: str
    before: str = ""
    after: str = ""
    rule: str = ""


_FIRMNESS: Final = (Hardness.SILENT, Hardness.SOFT, Hardness.HARD)
_USUAL: Final = frozenset({LivenessWay.COMMANDS.value})
_ANY_AGE: Final = 10**9
_COMPARED: Final = frozenset(
    {
        "id", "sha256", "valid_from", "valid_to", "operations", "rules", "idec_required",
        "accommodations", "exception_officers", "idec_match_percent", "faces",
        "liveness", "match", "reference_quality", "live_quality", "documents",
    }
)  # fmt: skip
"""Members of a policy that are not told as a whole; limits are found in the table of directions."""


def compare_policies(old: Policy, new: Policy) -> tuple[PolicyChange, ...]:
    """Return every change, what is about all operations first. Days and ids are none."""
    return (*_compare_whole(old, new), *_compare_operations(old, new))


def _compare_operations(old: Policy, new: Policy) -> Iterator[PolicyChange]:
    before, after = ({each.kind: each for each in some.operations} for some in (old, new))
    for kind in dict.fromkeys((*before, *after)):
        was, now = before.get(kind), after.get(kind)
        if was is None:
            yield PolicyChange(Effect.OTHER, ChangeKind.OPERATION_ADDED, kind, kind)
        elif now is None:
            yield PolicyChange(Effect.STRICTER, ChangeKind.OPERATION_REMOVED, kind, kind)
        else:
            yield from _compare_operation(was, now)


def _compare_operation(was: OperationPolicy, now: OperationPolicy) -> Iterator[PolicyChange]:
    kind = now.kind
    before, after = ({each.check: each for each in some.required} for some in (was, now))
    for check in dict.fromkeys((*before, *after)):
        yield from _compare_check(kind, before.get(check), after.get(check))
    yield from _compare_sources(kind, was.sources, now.sources)
    for wait in was.waits:
        if wait not in now.waits:
            stated = _say_wait(wait.hours, wait.when)
            yield PolicyChange(
                Effect.LOOSER, ChangeKind.WAIT_REMOVED, kind, "waits", stated, "", wait.rule
            )
    for wait in now.waits:
        if wait not in was.waits:
            stated = _say_wait(wait.hours, wait.when)
            yield PolicyChange(
                Effect.STRICTER, ChangeKind.WAIT_ADDED, kind, "waits", "", stated, wait.rule
            )
    if was.definition != now.definition:
        for each in fields(was.definition):
            if getattr(was.definition, each.name) != getattr(now.definition, each.name):
                # Another field is asked for: that is more than words.
                effect = Effect.OTHER if each.name == "fields" else Effect.TEXT
                yield PolicyChange(effect, ChangeKind.WORDS, kind, each.name)
    yield from _compare_rest(was, now, {"definition", "required", "sources", "waits"}, kind)


def _compare_check(
    kind: str, was: RequiredCheck | None, now: RequiredCheck | None
) -> Iterator[PolicyChange]:
    def tell(effect: Effect, what: ChangeKind, before: str = "", after: str = "") -> PolicyChange:
        about = now or was
        at, rule = (about.check, about.rule) if about is not None else ("", "")
        return PolicyChange(effect, what, kind, at, before, after, rule)

    if was is None or now is None:
        added = was is None
        yield (
            tell(Effect.STRICTER, ChangeKind.CHECK_ADDED, "", now.hardness if now else "")
            if added
            else tell(Effect.LOOSER, ChangeKind.CHECK_REMOVED, was.hardness if was else "")
        )
        return
    if was.hardness != now.hardness:
        firmer = _FIRMNESS.index(now.hardness) > _FIRMNESS.index(was.hardness)
        yield tell(_effect(stricter=firmer), ChangeKind.HARDNESS, was.hardness, now.hardness)
    if was.when != now.when:
        before, after = _say_conditions(was.when), _say_conditions(now.when)
        yield tell(_weigh_conditions(was.when, now.when), ChangeKind.CONDITIONS, before, after)
    yield from _compare_ways(kind, was, now)
    if was.rule != now.rule:
        yield tell(Effect.TEXT, ChangeKind.CHANGED, was.rule, now.rule)


def _compare_ways(kind: str, was: RequiredCheck, now: RequiredCheck) -> Iterator[PolicyChange]:
    before, after = ({each.id: each for each in some.any_of} for some in (was, now))
    for name in dict.fromkeys((*before, *after)):
        if not (before and after) and name in _USUAL:
            # Where no ways are stated it is met by this one alone.
            continue
        if name not in before:
            found = Effect.LOOSER, ChangeKind.WAY_ADDED, kind, now.check, "", name
        elif name not in after:
            found = Effect.STRICTER, ChangeKind.WAY_REMOVED, kind, now.check, name, ""
        elif before[name] != after[name]:
            found = Effect.OTHER, ChangeKind.CHANGED, kind, now.check, name, name
        else:
            continue
        yield PolicyChange(*found, now.rule)


def _compare_sources(
    kind: str, was: Sequence[SourceRule], now: Sequence[SourceRule]
) -> Iterator[PolicyChange]:
    before, after = ({each.source.value: each for each in some} for some in (was, now))
    for name in dict.fromkeys((*before, *after)):
        if name not in before:
            yield PolicyChange(Effect.LOOSER, ChangeKind.SOURCE_ADDED, kind, name)
        elif name not in after:
            yield PolicyChange(Effect.STRICTER, ChangeKind.SOURCE_REMOVED, kind, name)
        else:
            ages = [some[name].greatest_age_days for some in (before, after)]
            if ages[0] != ages[1]:
                stricter = (ages[1] or _ANY_AGE) < (ages[0] or _ANY_AGE)
                place = f"{name}.greatest_age_days"
                yield PolicyChange(
                    _effect(stricter=stricter), ChangeKind.NUMBER, kind, place, *map(str, ages)
                )


def _compare_whole(old: Policy, new: Policy) -> Iterator[PolicyChange]:
    numbers = [dict(_list_numbers(each)) for each in (old, new)]
    for place in dict.fromkeys((*numbers[0], *numbers[1])):
        was, now = numbers[0].get(place), numbers[1].get(place)
        if was != now:
            yield PolicyChange(
                _weigh_number(place, was, now), ChangeKind.NUMBER, "", place, str(was), str(now)
            )
    for kind in dict.fromkeys((*old.idec_required, *new.idec_required)):
        if kind not in old.idec_required:
            yield PolicyChange(Effect.STRICTER, ChangeKind.AUTHORITY_DEMANDED, kind, "authority")
        elif kind not in new.idec_required:
            yield PolicyChange(Effect.LOOSER, ChangeKind.AUTHORITY_LEFT, kind, "authority")
    yield from _compare_accommodations(old.accommodations, new.accommodations)
    yield from _compare_words(old, new)
    told = _COMPARED | {place.removeprefix("limits.") for place in DIRECTIONS}
    yield from _compare_rest(old, new, told, "")


def _compare_words(old: Policy, new: Policy) -> Iterator[PolicyChange]:
    if old.documents != new.documents:
        yield PolicyChange(Effect.TEXT, ChangeKind.WORDS, "", "documents")
    rules = [{each.id: each for each in some.rules} for some in (old, new)]
    for name in dict.fromkeys((*rules[0], *rules[1])):
        was, now = rules[0].get(name), rules[1].get(name)
        if was is not None and now is not None and was != now:
            yield PolicyChange(Effect.TEXT, ChangeKind.WORDS, "", name, was.grade, now.grade, name)


def _compare_accommodations(was: Sequence[str], now: Sequence[str]) -> Iterator[PolicyChange]:
    for name in dict.fromkeys((*was, *now)):
        if name not in was:
            yield PolicyChange(Effect.LOOSER, ChangeKind.ALLOWED, "", "accommodations", "", name)
        elif name not in now:
            yield PolicyChange(Effect.STRICTER, ChangeKind.FORBIDDEN, "", "accommodations", name)


def _compare_rest(
    was: Policy | OperationPolicy,
    now: Policy | OperationPolicy,
    told: set[str] | frozenset[str],
    kind: str,
) -> Iterator[PolicyChange]:
    """Tell by name what no other comparison is about, so that nothing passes untold."""
    for each in fields(was):
        if each.name in told or not each.compare:
            continue
        before, after = getattr(was, each.name), getattr(now, each.name)
        if before == after:
            continue
        if isinstance(before, str) and isinstance(after, str):
            yield PolicyChange(Effect.OTHER, ChangeKind.CHANGED, kind, each.name, before, after)
        else:
            yield PolicyChange(Effect.OTHER, ChangeKind.MEMBER, kind, each.name)


def _list_numbers(policy: Policy) -> Iterator[tuple[str, int]]:
    for place in DIRECTIONS:
        if place.startswith("limits."):
            yield place, getattr(policy, place.removeprefix("limits."))
    for each in fields(policy.faces):
        yield f"faces.{each.name}", getattr(policy.faces, each.name)
    for room, name in (("authority", "idec_match_percent"), ("vision", "exception_officers")):
        yield f"{room}.{name}", getattr(policy, name)
    tables: Mapping[str, Sequence[tuple[str, int]]] = {
        "liveness": policy.liveness,
        "match": policy.match,
        "reference_quality": policy.reference_quality,
        "live_quality": policy.live_quality,
    }
    for table, rows in tables.items():
        for name, value in rows:
            yield f"vision.{table}.{name}", value


def _weigh_number(place: str, was: int | None, now: int | None) -> Effect:
    direction = DIRECTIONS.get(place, Direction.NEITHER)
    if was is None or now is None or direction is Direction.NEITHER:
        return Effect.OTHER
    if place == "vision.exception_officers":
        was, now = was or _ANY_AGE, now or _ANY_AGE
    return _effect(stricter=(now > was) == (direction is Direction.STRICTER))


def _weigh_conditions(was: Sequence[Condition], now: Sequence[Condition]) -> Effect:
    """Say whether a check is required more often: fewer conditions, or a lower bound of one."""
    if set(now) < set(was):
        return Effect.STRICTER
    if set(was) < set(now):
        return Effect.LOOSER
    before, after = ([each for each in some if each not in other] for some, other in (
        (was, now), (now, was)
    ))  # fmt: skip
    if len(before) == len(after) == 1 and before[0].fact == after[0].fact:
        return _weigh_condition(before[0], after[0])
    return Effect.OTHER


def _weigh_condition(was: Condition, now: Condition) -> Effect:
    bounds: tuple[Callable[[Condition], int | None], ...] = (
        lambda each: each.above,
        lambda each: each.at_least,
    )
    for bound in bounds:
        before, after = bound(was), bound(now)
        if before is not None and after is not None:
            return _effect(stricter=after < before)
    if was.one_of and now.one_of:
        if set(was.one_of) < set(now.one_of):
            return Effect.STRICTER
        if set(now.one_of) < set(was.one_of):
            return Effect.LOOSER
    return Effect.OTHER


def _effect(*, stricter: bool) -> Effect:
    return Effect.STRICTER if stricter else Effect.LOOSER


def _say_wait(hours: int, when: Sequence[Condition]) -> str:
    return f"{hours} h {_say_conditions(when)}".rstrip()


def _say_conditions(when: Sequence[Condition]) -> str:
    return "; ".join(filter(None, map(_say_condition, when))) or "-"


def _say_condition(condition: Condition) -> str:
    stated = [
        f"{name} {value if not isinstance(value, tuple) else ', '.join(map(str, value))}"
        for name in ("above", "at_least", "outside", "equals", "one_of")
        if (value := getattr(condition, name)) not in {None, ()}
    ]
    return " ".join((condition.fact.value, *stated))
