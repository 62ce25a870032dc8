"""What is said to a centre that identifies the customer another way, and what it says back.

Ours, for a gateway of the bank's or the service of a palm scanner's vendor (docs/alternatives.md).
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from crypto.jws import JwsRefused
from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import AnswerForm, RegistryEndpoint
from workstation.rules.alternatives import LivenessWay

__all__ = [
    "CODE_DIGITS",
    "IDENTIFICATION_FORM",
    "PATHS",
    "RESULT_TYPES",
    "IdentificationResult",
    "IdentificationVerdict",
    "IdentificationWireRefused",
    "read_identification",
    "write_question",
]

PATHS: Final = {
    LivenessWay.PALM: "/palm-scans",
    LivenessWay.VIDEO_IDENTIFICATION: "/video-identifications",
}
RESULT_TYPES: Final = {
    LivenessWay.PALM: "palm-result+jwt",
    LivenessWay.VIDEO_IDENTIFICATION: "video-identification-result+jwt",
}
"""The `typ` of what is signed: a result of one way is none of another."""

IDENTIFICATION_FORM: Final = AnswerForm.signed(64 * 1024)
CODE_DIGITS: Final = 16
"""Hex digits of the operation's digest by which the centre names it: 64 bits, read out or typed."""

_Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
_Hex128 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Hex256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Iin = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}\Z")]
_Reference = Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Za-z][0-9A-Za-z./-]{3,63})?\Z")]
_UnixMs = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class IdentificationWireRefused(ValueError):
    """Not the described answer, or nobody who is trusted has signed it."""


class IdentificationVerdict(StrEnum):
    """What the centre found; a palm's and a video's words in one list.

    IDENTIFIED    this is the person with the ИИН, alive
    NOT_MATCHED   the palm is not the enrolled one; may be a bad hand
    NOT_ENROLLED  there is no palm to compare with
    BAD_CAPTURE   the scanner could not see the palm
    NOT_FOUND     no video identification has this number
    USED          its number was used before
    OTHER_PERSON  it is somebody else
    ATTACK        it is no living hand
    REFUSED       the centre's officer did not identify the customer
    """

    IDENTIFIED = "identified"
    NOT_MATCHED = "no_match"
    NOT_ENROLLED = "not_enrolled"
    BAD_CAPTURE = "bad_capture"
    NOT_FOUND = "not_found"
    USED = "used"
    OTHER_PERSON = "other_person"
    ATTACK = "attack"
    REFUSED = "refused"


class IdentificationResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A centre's result.

    operation      the first sixteen hex digits of the digest of the operation it was about
    reference      the number under which the centre keeps it; empty where there is nothing to keep
    identified_ms  Unix milliseconds of the identification, by the centre's clock
    """

    iin: _Iin
    nonce: _Hex128
    photo_sha256: _Hex256
    operation: _Hex64
    verdict: IdentificationVerdict
    reference: _Reference
    identified_ms: _UnixMs


def write_question(
    iin: str, nonce: str, operation_sha256: str, photo_sha256: str, number: str
) -> dict[str, str]:
    """Return the question; `number` is the video identification's, empty for a palm."""
    asked = {
        "iin": iin,
        "nonce": nonce,
        "operation": operation_sha256[:CODE_DIGITS],
        "photo_sha256": photo_sha256,
    }
    return {**asked, "number": number} if number else asked


def read_identification(
    endpoint: RegistryEndpoint, untrusted: bytes, way: LivenessWay
) -> IdentificationResult:
    """Return a result of this way that one of the keys signed; IdentificationWireRefused."""
    try:
        return strict_decoded(endpoint.verify(untrusted, RESULT_TYPES[way]), IdentificationResult)
    except (JwsRefused, JsonRefused):
        raise IdentificationWireRefused from None
