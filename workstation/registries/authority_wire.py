"""What is said to the authority that compares faces and what it says back: its whole wire format.

The real interface of ЦОИД is not public. This is ours, for a gateway of the bank's that speaks to
it (docs/authority.md, docs/api/authority.yaml); when the real one is known, only this file changes.
"""

from base64 import b64encode
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from crypto.jws import JwsRefused
from crypto.net.url import HttpUrl, UrlRefused
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import AnswerForm, RegistryEndpoint

__all__ = [
    "ANSWER_FORM",
    "COMPARE_PATH",
    "OPEN_PATH",
    "RESULT_PATH",
    "RESULT_TYPE",
    "SESSION_TYPE",
    "ComparisonResult",
    "OpenedSession",
    "Verdict",
    "WireRefused",
    "read_poll",
    "read_result",
    "read_session",
    "write_comparison",
    "write_opening",
    "write_poll",
]

_Shape = TypeVar("_Shape")

COMPARE_PATH: Final = "/comparisons"
OPEN_PATH: Final = "/sessions"
RESULT_PATH: Final = "/sessions/result"
RESULT_TYPE: Final = "comparison-result+jwt"
SESSION_TYPE: Final = "comparison-session+jwt"
"""The `typ` of what is signed."""

ANSWER_FORM: Final = AnswerForm.signed(64 * 1024)

_Hex128 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Iin = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}\Z")]
_Session = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,128}\Z")]
_Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z-]{4,20}\Z")]
_Address = Annotated[str, msgspec.Meta(min_length=8, max_length=400)]
_Reference = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z./-]{3,99}\Z")]
_Hundredths = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_UnixMs = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class WireRefused(ValueError):
    """Not the described answer, or nobody who is trusted has signed it."""


class Verdict(StrEnum):
    """What the authority made of the two faces, by its own bar."""

    MATCH = "match"
    NO_MATCH = "no_match"


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly these members."""


class ComparisonResult(_Struct, frozen=True):
    """The authority's result.

    score        hundredths of its own scale of 0..100; comparable with no distance of ours
    reference    the number under which it keeps the comparison
    answered_ms  Unix milliseconds, by its clock
    """

    iin: _Iin
    nonce: _Hex128
    evidence_sha256: _Hex256
    verdict: Verdict
    score: _Hundredths
    reference: _Reference
    answered_ms: _UnixMs


class OpenedSession(_Struct, frozen=True):
    """A session in which the authority itself looks at the customer.

    address, code  where the customer goes, or what they type in the state's app: one of the two
    """

    request_id: _Hex128
    session: _Session
    address: _Address | None = None
    code: _Code | None = None


class _Pending(_Struct, frozen=True):
    request_id: _Hex128
    state: Literal["pending"]


def write_comparison(iin: str, nonce: str, evidence_sha256: str, image: bytes) -> dict[str, str]:
    """Return the question that carries the best live frame, a JPEG."""
    bound = write_opening(iin, nonce, evidence_sha256)
    return {**bound, "image": b64encode(image).decode()}


def write_opening(iin: str, nonce: str, evidence_sha256: str) -> dict[str, str]:
    """Return the question that opens a session."""
    return {"iin": iin, "nonce": nonce, "evidence_sha256": evidence_sha256}


def write_poll(session: str) -> dict[str, str]:
    """Return the question whether there is a result."""
    return {"session": session}


def read_result(endpoint: RegistryEndpoint, untrusted: bytes) -> ComparisonResult:
    """Return a result that one of the endpoint's keys signed; WireRefused."""
    return _read(endpoint, untrusted, RESULT_TYPE, ComparisonResult)


def read_session(endpoint: RegistryEndpoint, untrusted: bytes, request_id: str) -> OpenedSession:
    """Return the session that was opened by this request; WireRefused."""
    opened = _read(endpoint, untrusted, SESSION_TYPE, OpenedSession)
    if opened.request_id != request_id or (opened.address is None) is (opened.code is None):
        raise WireRefused
    if opened.address is not None:
        try:
            clear = HttpUrl.parse(opened.address).leaves_in_clear
        except UrlRefused:
            raise WireRefused from None
        if clear:
            raise WireRefused
    return opened


def read_poll(
    endpoint: RegistryEndpoint, untrusted: bytes, request_id: str
) -> ComparisonResult | None:
    """Return the result, None while there is none; WireRefused.

    That there is none yet is never signed: who could say so could as well say nothing.
    """
    try:
        pending = strict_decoded(untrusted, _Pending)
    except JsonRefused:
        return read_result(endpoint, untrusted)
    if pending.request_id != request_id:
        raise WireRefused
    return None


def _read(endpoint: RegistryEndpoint, untrusted: bytes, typ: str, shape: type[_Shape]) -> _Shape:
    try:
        return strict_decoded(endpoint.verify(untrusted, typ), shape)
    except (JwsRefused, JsonRefused):
        raise WireRefused from None
