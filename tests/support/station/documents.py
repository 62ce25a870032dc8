"""Documents in the scripted customer's hand, each with a chip that the sandbox's state signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np

from crypto.chip.access_keys import AccessKey
from crypto.lds.csca import CscaTrust
from crypto.report.policy import Environment
from tests.support.pki import certificates as pki
from tests.support.station.scripted import photo
from tests.support.vision.documents import NO_DOCUMENT, portrait_with, seen_at, zone_reading
from vision.document.mrz import compute_check_digit
from vision.document.observation import (
    CardOutline,
    CardSize,
    DocumentAdvice,
    DocumentObservation,
)
from vision.frame import Frame
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)
from workstation.sandbox.pki.travel_documents import (
    DOCUMENT_EXPIRES,
    issue_csca,
    issue_document_signer,
    sign_security_object,
)
from workstation.sandbox.services.virtual_chip import ChipContents
from workstation.station import commands as c

_CORNERS = ((10.0, 8.0), (86.0, 8.0), (86.0, 56.0), (10.0, 56.0))
NUMBER = "012345678"
"""As in the register of the tests."""


class _State(NamedTuple):
    csca: Credential
    signer: Credential


@cache
def state() -> _State:
    """Return the state of the tests, made once."""
    csca = issue_csca()
    return _State(csca, issue_document_signer(csca))


def csca_trust() -> CscaTrust:
    """Return the trust in that state alone."""
    der = state().csca.der
    return CscaTrust.pinned(Environment.TEST, anchors=[der], pins=[state().csca.parsed.sha256])


def portrait(
    person: int = 1, *, faces: int = 1, aged: bool = True, jpeg_2000: bool = False
) -> bytes:
    """Return a person's portrait as an issuer stores it."""
    pixels = cv2.imdecode(
        np.frombuffer(photo(person, faces=faces, aged=aged), np.uint8), cv2.IMREAD_COLOR
    )
    assert pixels is not None
    done, octets = cv2.imencode(".jp2" if jpeg_2000 else ".jpg", pixels)
    assert done
    return octets.tobytes()


def card_lines(
    iin: str = pki.IIN,
    *,
    number: str = NUMBER,
    name: str = "TESTOV<<TEST",
    expires: date = DOCUMENT_EXPIRES,
    birth: date = date(1990, 1, 1),
    sex: str = "M",
    state: str = "KAZ",
    nationality: str = "KAZ",
) -> tuple[str, str, str]:
    """Return the printed lines of an identity card; `iin` may be fillers."""
    first = f"ID{state}{_checked(number)}{iin}".ljust(30, "<")
    born, last = _checked(f"{birth:%y%m%d}"), _checked(f"{expires:%y%m%d}")
    second = f"{born}{sex}{last}{nationality}".ljust(29, "<")
    composite = compute_check_digit(first[5:] + born + last + second[18:])
    return first, f"{second}{composite}", name.ljust(30, "<")


def typed(lines: tuple[str, ...]) -> c.ReadChip:
    """Return the command of a teller who types what is printed."""
    first, second = lines[0], lines[1]
    return c.ReadChip(first[5:14], second[:6], second[8:14])


def chip(
    lines: tuple[str, ...] | None = None,
    face: bytes | None = None,
    *,
    signer: Credential | None = None,
    jpeg_2000: bool = False,
) -> ChipContents:
    """Return a chip; the customer's own identity card unless something else is said."""
    printed = lines or card_lines()
    octets = portrait(jpeg_2000=jpeg_2000) if face is None else face
    groups = {1: write_mrz_file(printed), 2: _write_face(octets, jpeg_2000=jpeg_2000)}
    first, second = printed[0], printed[1]
    return ChipContents(
        key=AccessKey.from_mrz(first[5:14], second[:6], second[8:14]),
        security_object=sign_security_object(groups, signer or state().signer),
        data_groups=groups,
        com=write_common_data(groups),
    )


def with_face(contents: ChipContents, face: bytes) -> ChipContents:
    """Return a copy of the chip with another portrait, which nobody signed."""
    groups: Mapping[int, bytes] = {**contents.data_groups, 2: _write_face(face)}
    return replace(contents, data_groups=groups)


def _write_face(octets: bytes, *, jpeg_2000: bool = False) -> bytes:
    kind = FacialImageType.JPEG_2000 if jpeg_2000 else FacialImageType.JPEG
    return write_portrait_file(write_facial_record(octets, kind, 96, 64))


def _checked(field: str) -> str:
    return f"{field}{compute_check_digit(field)}"


@dataclass
class HeldDocument:
    """An identity card before the scripted camera: its front for a few frames, then its back.

    face    JPEG of the rectified front
    lines   on the back
    margin  by which each character was read
    """

    face: bytes = field(default_factory=portrait)
    lines: tuple[str, ...] = field(default_factory=card_lines)
    margin: float = 5.0
    _FRONT = 4

    def __post_init__(self) -> None:
        self.frames = 0

    def observe(self, frame: Frame) -> DocumentObservation:
        """Return what the analysis makes of a frame."""
        self.frames += 1
        front = self.frames <= self._FRONT
        face = portrait_with(side=self.face)
        cells = tuple(
            tuple(((each, 0.0), ("Q", self.margin)) for each in line) for line in self.lines
        )
        reading = replace(zone_reading("td1"), lines=self.lines, alternatives=cells)
        reading = replace(reading, margin=self.margin)
        seen = replace(
            seen_at(frame, NO_DOCUMENT),
            mrz=None if front else reading,
            card=CardOutline(_CORNERS, CardSize.ID_1, 1.9),
            portrait=face if front else None,
        )
        return replace(seen, advice=DocumentAdvice.HOLD_STILL)
