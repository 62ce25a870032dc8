"""Builds the checks and questions out of a policy file's tables; refuses what nobody answers."""

from collections.abc import Iterable, Mapping
from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.program_codes import POLICY_CODES
from workstation.rules.checks import CheckId, CheckName, CheckStatus
from workstation.rules.questions.definition import (
    AMOUNT,
    NO_ANSWER,
    NOT_ASKED,
    RESERVED,
    AnsweredBy,
    Attestation,
    AttestationQuestion,
    ClosedAnswer,
    CountedFact,
    PolicyCheck,
    RegistryQuestion,
)
from workstation.rules.questions.tables import (
    AttestationTable,
    CheckTable,
    QuestionTable,
    YesNoTable,
)

__all__ = [
    "build_attestations",
    "build_checks",
    "build_questions",
    "require_answerable",
    "require_answerers",
]

_REQUEST_ID: Final = "request_id"

_BY_REGISTRY: Final[Mapping[CheckName, frozenset[str]]] = {
    CheckId.PHONE_OWNER: frozenset({"confirmed", "other_person", "not_registered"}),
    CheckId.OLD_PHONE_OWNER: frozenset({"confirmed", "other_person", "not_registered"}),
    CheckId.ANTIFRAUD: frozenset({"clear", "hit", "victim"}),
    CheckId.LOAN_REFUSAL: frozenset({"none", "active"}),
    CheckId.SPOUSE_CONSENT: frozenset({"given", "not_given"}),
}
"""The program's own checks that a question answers, with the reasons that it has words for."""

_PASSING: Final = frozenset({"confirmed", "clear", "none", "given"})
"""Of those reasons the ones by which such a check passes: the words say so to the customer."""

_BY_TELLER: Final[frozenset[CheckName]] = frozenset(
    {CheckId.QUESTIONNAIRE, CheckId.OLD_NUMBER_CALLED}
)

_OUTCOMES: Final = {
    AnsweredBy.REGISTRY: frozenset({"missing", NO_ANSWER, NOT_ASKED}),
    AnsweredBy.ATTESTATION: frozenset({"missing", "clear", "concern"}),
    AnsweredBy.SECOND_PERSON: frozenset({"needed"}),
}
"""Reasons by which a check may end beside those that its answers state."""


def build_checks(tables: list[CheckTable]) -> tuple[PolicyCheck, ...]:
    """Return the checks that the policy defines; PolicyRefused for a name that is taken."""
    taken: set[CheckName] = set(CheckId)
    found = []
    for index, table in enumerate(tables):
        if table.id in taken or table.id in POLICY_CODES:
            raise PolicyRefused(f"$.checks[{index}].id: {table.id} is taken")
        taken.add(table.id)
        reasons = tuple((name, words.words()) for name, words in table.reasons.items())
        found.append(
            PolicyCheck(table.id, table.by, table.label.words(), table.look.words(), reasons)
        )
    return tuple(found)


def build_questions(tables: list[QuestionTable]) -> tuple[RegistryQuestion, ...]:
    """Return the questions to registries; PolicyRefused for one that can only be passed."""
    _require_once("$.questions", (each.check for each in tables))
    found = []
    for index, table in enumerate(tables):
        place = f"$.questions[{index}]"
        if len({each.status for each in table.answers.values()}) == 1:
            raise PolicyRefused(f"{place}.answers: one has to pass and one to fail")
        reserved = _OUTCOMES[AnsweredBy.REGISTRY]
        if taken := reserved & {each.reason for each in table.answers.values()}:
            raise PolicyRefused(f"{place}.answers: {min(taken)} is the program's own")
        if _REQUEST_ID in table.asks:
            raise PolicyRefused(f"{place}.asks: {_REQUEST_ID} is taken")
        if unknown := set(table.optional) - table.asks.keys():
            raise PolicyRefused(f"{place}.optional: {min(unknown)} is not asked")
        members = [_REQUEST_ID, table.member, *(each.name for each in table.facts)]
        _require_once(f"{place}.facts", members)
        found.append(
            RegistryQuestion(
                check=table.check,
                registry=table.registry,
                path=table.path,
                member=table.member,
                asks=tuple(table.asks.items()),
                answers=tuple(
                    ClosedAnswer(word, CheckStatus(each.status), each.reason)
                    for word, each in table.answers.items()
                ),
                facts=tuple(CountedFact(each.name, each.most) for each in table.facts),
                optional=tuple(table.optional),
            )
        )
    return tuple(found)


def build_attestations(tables: list[AttestationTable]) -> tuple[Attestation, ...]:
    """Return what tellers are asked; PolicyRefused for a question or check that stands twice."""
    _require_once("$.attestations", (each.check for each in tables))
    _require_once("$.attestations", (item.id for each in tables for item in each.questions))
    for index, table in enumerate(tables):
        if len({each.asked_of for each in table.questions}) > 1:
            # One answers before the case is opened, the other in it: neither could be judged.
            raise PolicyRefused(f"$.attestations[{index}]: asked of one person, not of two")
    return tuple(
        Attestation(table.check, tuple(_yes_no(each) for each in table.questions))
        for table in tables
    )


def require_answerers(
    checks: tuple[PolicyCheck, ...],
    questions: tuple[RegistryQuestion, ...],
    attestations: tuple[Attestation, ...],
) -> None:
    """Refuse a check without its question, a question about nothing, a reason without words."""
    by = {each.id: each.by for each in checks}
    registry = {name for name in by if by[name] is AnsweredBy.REGISTRY}
    teller = {name for name in by if by[name] is AnsweredBy.ATTESTATION}
    for place, own, about, asked in (
        ("$.questions", registry, registry | _BY_REGISTRY.keys(), {q.check for q in questions}),
        ("$.attestations", teller, teller | _BY_TELLER, {a.check for a in attestations}),
    ):
        if foreign := asked - about:
            raise PolicyRefused(f"{place}: {min(foreign)} is not answered this way")
        if silent := own - asked:
            raise PolicyRefused(f"{place}: nothing is asked about {min(silent)}")
    stated = {question.check: {each.reason for each in question.answers} for question in questions}
    for check in checks:
        _require_reasons(check, stated.get(check.id, set()) | _OUTCOMES[check.by])
    for index, question in enumerate(questions):
        known = _BY_REGISTRY.get(question.check)
        if known is not None and (unknown := stated[question.check] - known):
            raise PolicyRefused(f"$.questions[{index}].answers: {min(unknown)} has no words")
        for answer in () if known is None else question.answers:
            if (answer.status is CheckStatus.PASSED) is not (answer.reason in _PASSING):
                place = f"$.questions[{index}].answers.{answer.word}"
                raise PolicyRefused(f"{place}: {answer.reason} cannot be {answer.status}")


def require_answerable(
    definition: OperationDefinition,
    demanded: Iterable[CheckName],
    questions: Mapping[CheckName, RegistryQuestion],
    attestations: Mapping[CheckName, Attestation],
    place: str,
) -> None:
    """Refuse an operation that demands what nobody asks, or a question that it cannot fill."""
    names = {each.name for each in definition.fields}
    if any(each.type is FieldType.MONEY for each in definition.fields):
        names.add(AMOUNT)
    for check in demanded:
        question = questions.get(check)
        if check in _BY_REGISTRY and question is None:
            raise PolicyRefused(f"{place}: nothing is asked about {check}")
        if check in _BY_TELLER and check not in attestations:
            raise PolicyRefused(f"{place}: nothing is asked about {check}")
        for member, source in () if question is None else question.asks:
            needed = question is not None and member not in question.optional
            if needed and source not in names | (RESERVED - {AMOUNT}):
                raise PolicyRefused(f"{place}: no field fills {source} of {check}")


def _yes_no(table: YesNoTable) -> AttestationQuestion:
    text, yes, no = table.text.words(), table.yes.words(), table.no.words()
    return AttestationQuestion(table.id, text, yes, no, table.good == "yes", table.asked_of)


def _require_reasons(check: PolicyCheck, wanted: set[str] | frozenset[str]) -> None:
    named = {name for name, _ in check.reasons}
    place = f"$.checks.{check.id}.reasons"
    if missing := wanted - named:
        raise PolicyRefused(f"{place}: {min(missing)} has no words")
    if idle := named - wanted:
        raise PolicyRefused(f"{place}: it never ends by {min(idle)}")


def _require_once(place: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise PolicyRefused(f"{place}: {name} is stated twice")
        seen.add(name)
