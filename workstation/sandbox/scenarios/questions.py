"""Scenarios of questions that a bank adds to the policy, without a line of the program."""

from dataclasses import replace

from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    change_registry_record,
    edit_policy,
    rejected,
)
from workstation.sandbox.scenarios.scenario import Scenario

__all__ = ["QUESTIONS"]


def _words(text: str) -> str:
    return f'{{ kk = "{text}", ru = "{text}", en = "{text}" }}'


_REASONS = ("works", "unknown", "missing", "no_answer", "not_asked")
_PERSON = '  { check = "person", hardness = "hard", rule = "B-01.person" },\n'
_DEMAND = '  { check = "employer", hardness = "hard", rule = "S-90" },\n'
_EMPLOYER = f"""[[rules]]
id = "S-90"
check = "employer"
grade = "bank"
effective_from = 2026-07-12
kk = "SANDBOX: the employer confirms"
ru = "SANDBOX: the employer confirms"
en = "SANDBOX: the employer confirms"

[[checks]]
id = "employer"
by = "registry"
label = {_words("SANDBOX employer")}
look = {_words("SANDBOX look")}
[checks.reasons]
{chr(10).join(f"{each} = {_words(f'SANDBOX {each}')}" for each in _REASONS)}

[[questions]]
check = "employer"
registry = "phone_owner"
path = "/employer"
member = "employment"
asks = {{ iin = "iin" }}
[questions.answers]
yes = {{ status = "passed", reason = "works" }}
no = {{ status = "failed", reason = "unknown" }}

"""
_RETENTION = '[[retention]]\nname = "loan"\n'
"""Stands once, before every table that the question needs."""

_ask_employer = edit_policy((_PERSON, _PERSON + _DEMAND), (_RETENTION, _EMPLOYER + _RETENTION))


def _answer(word: str) -> tuple[tuple[str, str, str], ...]:
    return (("/employer", "employment", word),)


QUESTIONS = (
    Scenario(
        "employer_confirms",
        APPROVED,
        prepare=_ask_employer,
        arrange=change_registry_record(lambda record: replace(record, words=_answer("yes"))),
    ),
    Scenario(
        "employer_denies",
        rejected("employer.unknown"),
        prepare=_ask_employer,
        arrange=change_registry_record(lambda record: replace(record, words=_answer("no"))),
    ),
)
