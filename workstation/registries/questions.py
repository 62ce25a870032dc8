"""Questions of the policy put to the registries that the settings name.

Each is answered by one word of a closed list. A word outside it, a member more or less, another
question's id, a late or broken answer: none of these is an answer.
"""

from collections.abc import Mapping

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.questions.definition import (
    NO_ANSWER,
    ClosedAnswer,
    RegistryQuestion,
)

__all__ = ["ask_question", "leave_unasked", "read_answer"]

Facts = tuple[tuple[str, str | int], ...]


def ask_question(
    endpoint: RegistryEndpoint, question: RegistryQuestion, members: Mapping[str, str]
) -> RegistryAnswer:
    """Return what the registry says; `CHECK.no_answer` for whatever is no answer."""
    exchange = ask(endpoint, question.path, members)
    # Annotated for `policy reads`, which follows annotations alone.
    said: ClosedAnswer | None
    said, facts = read_answer(question, exchange)
    status, reason = (
        (AnswerStatus.INDETERMINATE, NO_ANSWER)
        if said is None
        else (AnswerStatus(said.status.value), said.reason)
    )
    return RegistryAnswer(
        check=question.check,
        status=status,
        reason=f"{question.check}.{reason}",
        source=endpoint.source,
        asked_ms=exchange.asked_ms,
        answered_ms=exchange.answered_ms,
        request_id=exchange.request_id,
        body_sha256=exchange.body_sha256,
        facts=facts,
    )


def leave_unasked(question: RegistryQuestion, reason: str, now_ms: int) -> RegistryAnswer:
    """Return the answer of a question that nobody was asked: nothing to ask about, or nobody."""
    code = f"{question.check}.{reason}"
    return RegistryAnswer(
        check=question.check,
        status=AnswerStatus.INDETERMINATE,
        reason=code,
        source=question.registry,
        asked_ms=now_ms,
        answered_ms=now_ms,
        request_id="",
        body_sha256="",
    )


def read_answer(
    question: RegistryQuestion, exchange: RegistryExchange
) -> tuple[ClosedAnswer | None, Facts]:
    """Return the word of the closed list that was answered, and what was counted beside it."""
    if exchange.untrusted_body is None:
        return None, ()
    try:
        reply = strict_decoded(exchange.untrusted_body, dict[str, str | int])
    except JsonRefused:
        return None, ()
    counted = {each.name: reply.pop(each.name) for each in question.facts if each.name in reply}
    if reply.keys() != {"request_id", question.member}:
        return None, ()
    for each in question.facts:
        value = counted.get(each.name, 0)
        if not isinstance(value, int) or not 0 <= value <= each.most:
            return None, ()
    word = reply[question.member]
    said = question.answer(word) if isinstance(word, str) else None
    if said is None or reply["request_id"] != exchange.request_id:
        return None, ()
    return said, tuple(counted.items())
