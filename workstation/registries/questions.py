"""The registries asked before a critical operation.

Each answers one word of a closed list. A word outside it, a member more or less, another
question's id, a late or broken answer: none of these is an answer.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.registry import AnswerStatus, RegistryAnswer

__all__ = [
    "AntifraudRegistry",
    "LoanRefusalRegistry",
    "PhoneOwnerRegistry",
    "SpouseConsentRegistry",
]


class _Owner(StrEnum):
    THIS_PERSON = "this_person"
    OTHER_PERSON = "other_person"
    NOT_REGISTERED = "not_registered"


class _Alert(StrEnum):
    CLEAR = "clear"
    HIT = "hit"
    VICTIM = "victim"


class _Refusal(StrEnum):
    NONE = "none"
    ACTIVE = "active"


class _Consent(StrEnum):
    GIVEN = "given"
    NOT_GIVEN = "not_given"


class _OwnerReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    owner: _Owner
    other_clients: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | msgspec.UnsetType = (
        msgspec.UNSET
    )


class _AlertReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    alert: _Alert


class _RefusalReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    refusal: _Refusal


class _ConsentReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    consent: _Consent


_Reply = TypeVar("_Reply", _OwnerReply, _AlertReply, _RefusalReply, _ConsentReply)

_OWNER_FINDINGS = {
    _Owner.THIS_PERSON: (AnswerStatus.PASSED, "confirmed"),
    _Owner.OTHER_PERSON: (AnswerStatus.FAILED, "other_person"),
    _Owner.NOT_REGISTERED: (AnswerStatus.FAILED, "not_registered"),
}
_ALERT_FINDINGS = {
    _Alert.CLEAR: (AnswerStatus.PASSED, "clear"),
    _Alert.HIT: (AnswerStatus.FAILED, "hit"),
    _Alert.VICTIM: (AnswerStatus.FAILED, "victim"),
}
_REFUSAL_FINDINGS = {
    _Refusal.NONE: (AnswerStatus.PASSED, "none"),
    _Refusal.ACTIVE: (AnswerStatus.FAILED, "active"),
}

_CONSENT_FINDINGS = {
    _Consent.GIVEN: (AnswerStatus.PASSED, "given"),
    _Consent.NOT_GIVEN: (AnswerStatus.FAILED, "not_given"),
}


class PhoneOwnerRegistry:
    """The operators' base of mobile numbers: is the number registered to this ИИН.

    Any number may be asked about, the customer's old one as well as the new.
    """

    check = "phone_owner"

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def ask(self, iin: str, phone: str) -> RegistryAnswer:
        """Return phone_owner.confirmed, .other_person, .not_registered or .no_answer.

        The fact `other_clients` is how many other customers of the bank have this number on file;
        absent where the registry does not say.
        """
        exchange = ask(self._endpoint, "/phone-owner", {"iin": iin, "phone": phone})
        reply = _reply(exchange, _OwnerReply)
        finding = None if reply is None else _OWNER_FINDINGS[reply.owner]
        answer = _answer(self.check, self._endpoint, exchange, finding)
        if reply is None or reply.other_clients is msgspec.UNSET:
            return answer
        return replace(answer, facts=(("other_clients", reply.other_clients),))


class AntifraudRegistry:
    """The antifraud centre: is the person or the number under an alert, or a known victim."""

    check = "antifraud"

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def ask(self, iin: str, phone: str, operation: str) -> RegistryAnswer:
        """Return antifraud.clear, .hit, .victim or .no_answer."""
        question = {"iin": iin, "phone": phone, "operation": operation}
        exchange = ask(self._endpoint, "/antifraud", question)
        reply = _reply(exchange, _AlertReply)
        finding = None if reply is None else _ALERT_FINDINGS[reply.alert]
        return _answer(self.check, self._endpoint, exchange, finding)


class LoanRefusalRegistry:
    """The credit bureau: has the person voluntarily refused to be given loans."""

    check = "loan_refusal"

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def ask(self, iin: str) -> RegistryAnswer:
        """Return loan_refusal.none, .active or .no_answer."""
        exchange = ask(self._endpoint, "/loan-refusal", {"iin": iin})
        reply = _reply(exchange, _RefusalReply)
        finding = None if reply is None else _REFUSAL_FINDINGS[reply.refusal]
        return _answer(self.check, self._endpoint, exchange, finding)


class SpouseConsentRegistry:
    """The credit bureau: has the person's spouse consented to a loan of this amount (L-05)."""

    check = "spouse_consent"

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def ask(self, iin: str, amount_kzt: int) -> RegistryAnswer:
        """Return spouse_consent.given, .not_given or .no_answer."""
        question = {"iin": iin, "amount_kzt": str(amount_kzt)}
        exchange = ask(self._endpoint, "/spouse-consent", question)
        reply = _reply(exchange, _ConsentReply)
        finding = None if reply is None else _CONSENT_FINDINGS[reply.consent]
        return _answer(self.check, self._endpoint, exchange, finding)


def _reply(exchange: RegistryExchange, shape: type[_Reply]) -> _Reply | None:
    if exchange.untrusted_body is None:
        return None
    try:
        reply = strict_decoded(exchange.untrusted_body, shape)
    except JsonRefused:
        return None
    return reply if reply.request_id == exchange.request_id else None


def _answer(
    check: str,
    endpoint: RegistryEndpoint,
    exchange: RegistryExchange,
    finding: tuple[AnswerStatus, str] | None,
) -> RegistryAnswer:
    status, word = finding or (AnswerStatus.INDETERMINATE, "no_answer")
    return RegistryAnswer(
        check=check,
        status=status,
        reason=f"{check}.{word}",
        source=endpoint.source,
        asked_ms=exchange.asked_ms,
        answered_ms=exchange.answered_ms,
        request_id=exchange.request_id,
        body_sha256=exchange.body_sha256,
    )
