"""The registers that say how two people are related: powers of attorney, guardians, marriages.

Asked before anything is done (A-03). Each answers one word of a closed list, as the registries in
`questions` do; a word outside it is no answer.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.registry import AnswerStatus, RegistryAnswer

__all__ = ["RelationQuestion", "RelationRegistry", "relation_not_configured"]


class _Word(StrEnum):
    CONFIRMED = "confirmed"
    NOT_RELATED = "not_related"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OUT_OF_SCOPE = "out_of_scope"
    UNKNOWN = "unknown"


_OF_POWERS: Final = frozenset(_Word)
_OF_FAMILY: Final = frozenset({_Word.CONFIRMED, _Word.NOT_RELATED})
_PATHS: Final = {
    "powers": ("/powers", _OF_POWERS),
    "guardianship": ("/guardianship", _OF_FAMILY),
    "marriage": ("/marriage", _OF_FAMILY),
}
"""Where each is asked, and which words it may answer."""


@dataclass(frozen=True, slots=True)
class RelationQuestion:
    """Whether one person may take part in another's operation.

    check      `powers`, `guardianship` or `marriage`
    iin        of the customer, whose operation it is; other_iin: of the second person
    number     of the power of attorney, empty for the others
    operation  the kind that the power has to cover
    """

    check: str
    iin: str = field(repr=False)
    other_iin: str = field(repr=False)
    number: str = field(repr=False)
    operation: str


class _Reply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    relation: _Word


class RelationRegistry:
    """The bank's gateway to the registers of powers, guardians and marriages."""

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def ask(self, question: RelationQuestion) -> RegistryAnswer:
        """Return `.confirmed`, the reason why it is not, or `.no_answer`, of the check."""
        path, words = _PATHS[question.check]
        told = {"iin": question.iin, "other_iin": question.other_iin}
        if question.check == "powers":
            told |= {"number": question.number, "operation": question.operation}
        exchange = ask(self._endpoint, path, told)
        word = _read_word(exchange, words)
        status, said = AnswerStatus.INDETERMINATE, "no_answer"
        if word is not None:
            confirmed = word is _Word.CONFIRMED
            status = AnswerStatus.PASSED if confirmed else AnswerStatus.FAILED
            said = word.value
        return RegistryAnswer(
            check=question.check,
            status=status,
            reason=f"{question.check}.{said}",
            source=self._endpoint.source,
            asked_ms=exchange.asked_ms,
            answered_ms=exchange.answered_ms,
            request_id=exchange.request_id,
            body_sha256=exchange.body_sha256,
        )


def relation_not_configured(check: str, clock_ms: int) -> RegistryAnswer:
    """Return the answer of a station whose settings name no register of relations."""
    status, reason = AnswerStatus.INDETERMINATE, f"{check}.not_configured"
    return RegistryAnswer(check, status, reason, "", clock_ms, clock_ms, "", "")


def _read_word(exchange: RegistryExchange, words: frozenset[_Word]) -> _Word | None:
    if exchange.untrusted_body is None:
        return None
    try:
        reply = strict_decoded(exchange.untrusted_body, _Reply)
    except JsonRefused:
        return None
    right = reply.request_id == exchange.request_id and reply.relation in words
    return reply.relation if right else None
