"""What single answers make of a check: pure functions of what was said."""

from dataclasses import replace
from datetime import date

from crypto.x509.iin import count_full_years
from workstation.accounts.attempt_budget import AttemptCount
from workstation.registries.birth_date import BirthDate
from workstation.registries.person import Person
from workstation.registries.registry import RegistryAnswer
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.rules.questions.definition import Attestation
from workstation.session.evidence import Answer

__all__ = ["judge_age", "judge_attestation", "judge_refusals", "judge_staff", "name_answer"]


def judge_age(born: BirthDate, today: date, ages: tuple[int, int]) -> Answer:
    """Judge the age on the day, and say whose word it is; `ages` are both allowed."""
    age = count_full_years(born.day, today)
    facts: tuple[tuple[str, str | int], ...] = (
        ("minimum", ages[0]),
        ("maximum", ages[1]),
        ("by", born.by.value),
    )
    if age < ages[0]:
        return Answer(CheckId.AGE, CheckStatus.FAILED, "age.too_young", facts)
    if age > ages[1]:
        return Answer(CheckId.AGE, CheckStatus.FAILED, "age.too_old", facts)
    return Answer(CheckId.AGE, CheckStatus.PASSED, "age.ok", facts)


def judge_refusals(count: AttemptCount, allowed: int) -> Answer:
    """Judge the refusals of this ИИН within the cool-down window."""
    facts = (
        ("refusals", count.refusals),
        ("allowed", allowed),
        ("counted_by", count.source.value),
    )
    if count.refusals < allowed:
        return Answer(CheckId.COOL_DOWN, CheckStatus.PASSED, "cool_down.clear", facts)
    if count.lifted:
        return Answer(CheckId.COOL_DOWN, CheckStatus.PASSED, "cool_down.lifted", facts)
    return Answer(CheckId.COOL_DOWN, CheckStatus.FAILED, "cool_down.active", facts)


def judge_staff(own: Answer, person: Person | None) -> Answer:
    """Return what is known of the customer as staff; the registry may know more than we."""
    if own.status is CheckStatus.PASSED and person is not None and person.staff:
        return replace(own, status=CheckStatus.FAILED, reason="not_staff.staff")
    return own


def judge_attestation(attestation: Attestation, given: tuple[tuple[str, bool], ...]) -> Answer:
    """Return what the teller's answers make of a check: one that is missing leaves it open."""
    said: dict[str, bool] = {}
    for each in attestation.questions:
        answers = [yes for name, yes in given if name == each.id]
        if len(answers) == 1:
            said[each.id] = answers[0]
    facts = tuple((name, "yes" if yes else "no") for name, yes in said.items())
    return Answer(attestation.check, *attestation.judge(said), facts)


def name_answer(check: CheckName, answer: RegistryAnswer) -> Answer:
    """Return a registry's answer as that of the check which it was asked for."""
    facts: tuple[tuple[str, str | int], ...] = (
        ("source", answer.source),
        ("asked_ms", answer.asked_ms),
        ("answered_ms", answer.answered_ms),
        ("request", answer.request_id),
        ("body_sha256", answer.body_sha256),
        *answer.facts,
    )
    # One registry may be asked about two numbers: the reason is the check's.
    reason = f"{check}.{answer.reason.partition('.')[2]}"
    return Answer(check, CheckStatus(answer.status.value), reason, facts)
