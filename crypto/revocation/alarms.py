"""Which refusals of an OCSP answer or a revocation list are alarms, and which are weather."""

from types import MappingProxyType
from typing import Final

from crypto.algorithms.registry import SignatureOutcome
from crypto.report.alarm import AlarmCode

__all__ = ["find_answer_alarm", "find_list_alarm"]

_WRONG: Final = (SignatureOutcome.WRONG.value, SignatureOutcome.KEY_MISMATCH.value)
_ANSWER: Final = MappingProxyType(
    {
        **dict.fromkeys(_WRONG, AlarmCode.ANSWER_FORGED),
        **{f"responder_{each}": AlarmCode.ANSWER_FORGED for each in _WRONG},
        "responder_unknown": AlarmCode.ANSWER_UNAUTHORISED,
        "responder_of_another_issuer": AlarmCode.ANSWER_UNAUTHORISED,
        "responder_not_authorised": AlarmCode.ANSWER_UNAUTHORISED,
        "responder_expired": AlarmCode.ANSWER_UNAUTHORISED,
        "responder_revoked": AlarmCode.ANSWER_UNAUTHORISED,
        "nonce_differs": AlarmCode.ANSWER_REPLAYED,
        # Whoever asks without a nonce gets an answer that can be shown to anybody for as long as it
        # is fresh; НУЦ's responder echoes every nonce.
        "nonce_missing": AlarmCode.ANSWER_REPLAYED,
        "other_certificate": AlarmCode.ANSWER_MISDIRECTED,
    }
)
_LIST: Final = MappingProxyType(
    {
        **dict.fromkeys(_WRONG, AlarmCode.LIST_FORGED),
        "older_than_stored": AlarmCode.LIST_OLDER,
    }
)


def find_answer_alarm(refusal: str) -> AlarmCode | None:
    """Return what a refusal of an online responder's answer gives away; None for weather.

    Times that do not fit are weather: the clock here may be wrong. So is an algorithm that is
    unknown or retired here, and a responder whose own status nobody has said anything about.
    """
    return _ANSWER.get(refusal)


def find_list_alarm(refusal: str) -> AlarmCode | None:
    """Return what a refusal of a published list gives away; None for weather.

    A list of a CA that is not configured is none: the address is mistyped, or the CA's name is.
    """
    return _LIST.get(refusal)
