"""A travel document's chip that answers APDUs in this process, and the reader it lies on."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from crypto.algorithms.standard_curves import STANDARD_CURVES
from crypto.asn1.writer import tlv
from crypto.chip.access_keys import AccessKey
from crypto.chip.apdu import CommandApdu, ResponseApdu, read_objects
from crypto.chip.ciphers import SessionKeys
from crypto.chip.elementary_files import CARD_ACCESS, COMMON_DATA, DATA_GROUPS, SECURITY_OBJECT
from crypto.chip.errors import CardMissing, CardRemoved, ChipMalformed, ReaderBusy, ReaderMissing
from crypto.chip.protocols.security_infos import (
    find_active_digest,
    find_chip_authentication,
    find_pace,
)
from crypto.chip.transport import Transport
from workstation.sandbox.pki.chip_keys import ChipKey, ModularKey
from workstation.sandbox.pki.data_group_writer import write_common_data
from workstation.sandbox.services.virtual_chip_protocols import (
    REFUSED,
    ActiveKey,
    ChipSession,
    PaceChip,
    agree_chip_keys,
    answer_bac,
    decode_command,
    sign_challenge,
)

__all__ = ["CardFault", "ChipContents", "VirtualChip", "VirtualReader"]

_OK: Final = 0x9000
_END_OF_FILE: Final = 0x6282
_WRONG_LENGTH: Final = 0x6700
_NOT_ALLOWED: Final = 0x6982
_NO_FILE: Final = 0x6986
_WRONG_DATA: Final = 0x6A80
_MISSING: Final = 0x6A82
_WRONG_OFFSET: Final = 0x6B00
_UNKNOWN: Final = 0x6D00
_SESSION_BROKEN: Final = 0x6988
_APPLICATION: Final = bytes.fromhex("A0000002471001")
_CHALLENGE: Final = 8
_HANG_S: Final = 600.0
_STATED: Final = 10_000_000
"""Octets that a portrait too large states to have."""


class CardFault(StrEnum):
    """How reader or card fail; the last group begins after a number of answered commands.

    COPIED    the chip has the data of another and a key of its own
    WITHHELD  such a chip, which also hides DG14 and DG15
    """

    NONE = "none"
    READER_MISSING = "reader_missing"
    READER_BUSY = "reader_busy"
    NO_CARD = "no_card"
    OTHER_CARD = "other_card"
    ACCESS_REFUSED = "access_refused"
    LARGE_PORTRAIT = "large_portrait"
    COPIED = "copied"
    WITHHELD = "withheld"
    REMOVED = "removed"
    HANGING = "hanging"
    WRONG_MAC = "wrong_mac"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True, repr=False)
class ChipContents:
    """What was personalised into a chip.

    key              the printed lines that open it
    security_object  EF.SOD, tag 77
    data_groups      by number, each with its tag
    com              EF.COM, tag 60
    card_access      EF.CardAccess, which offers PACE; empty for a chip of basic access control
    active_key       signs challenges; DG15 has its public half
    chip_key         agrees keys; DG14 has its public half
    """

    key: AccessKey
    security_object: bytes
    data_groups: Mapping[int, bytes]
    com: bytes
    card_access: bytes = b""
    active_key: ActiveKey | None = None
    chip_key: ChipKey | None = None


class VirtualChip:
    """One power-up of a chip; a Transport.

    fault  set at any time; `after` commands are answered rightly before it
    """

    def __init__(
        self,
        contents: ChipContents,
        *,
        fault: CardFault = CardFault.NONE,
        after: int = 0,
        rng: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.fault = fault
        self.after = after
        self.answered = 0
        self.released = threading.Event()
        self._contents = contents
        self._rng = rng
        self._files = _write_files(contents, fault)
        self._in_application = False
        self._file: bytes | None = None
        self._session: ChipSession | None = None
        self._next: ChipSession | None = None
        self._challenge = b""
        self._pace: PaceChip | None = None

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command APDU."""
        failing = self.answered >= self.after
        self.answered += 1
        match self.fault:
            case CardFault.REMOVED if failing:
                raise CardRemoved
            case CardFault.HANGING if failing:
                self.released.wait(_HANG_S)
                raise CardRemoved
            case CardFault.GARBAGE if failing:
                return self._rng(1 + self._rng(1)[0])
        octets = self._answer(apdu)
        if self.fault is CardFault.WRONG_MAC and failing and len(octets) > 2:  # noqa: PLR2004 - more than a status
            return octets[:-3] + bytes((octets[-3] ^ 1,)) + octets[-2:]
        return octets

    def _answer(self, apdu: bytes) -> bytes:
        session, response = self._session, ResponseApdu(b"", _WRONG_LENGTH)
        try:
            command = decode_command(apdu)
            odd = bool(command.ins & 1)
            if session is not None:
                command = session.unprotect(command)
        except (ValueError, ChipMalformed):
            # Whatever is not of the session ends it (ISO/IEC 7816-4, 10.4).
            self._session = None
            return _encode(ResponseApdu(b"", _WRONG_LENGTH if session is None else _SESSION_BROKEN))
        try:
            response = self._perform(command)
        except (ValueError, KeyError, ChipMalformed):
            response = ResponseApdu(b"", _WRONG_DATA)
        if session is not None:
            response = session.protect(response, odd=odd)
        if self._next is not None:
            self._session, self._next = self._next, None
        return _encode(response)

    def _perform(self, command: CommandApdu) -> ResponseApdu:
        data, status = b"", _UNKNOWN
        match command.ins:
            case 0xA4:
                status = self._select(command)
            case 0xB0 | 0xB1:
                data, status = self._read(command)
            case 0x84:
                self._challenge = data = self._rng(_CHALLENGE)
                status = _OK
            case 0x82:
                data, status = self._authenticate(command)
            case 0x22:
                status = self._prepare(command)
            case 0x86:
                data, status = self._continue(command)
            case 0x88:
                data, status = self._sign(command)
            case _:
                pass
        return ResponseApdu(data, status)

    def _select(self, command: CommandApdu) -> int:
        if command.p1 == 0x04:  # noqa: PLR2004 - by application identifier
            known = command.data == _APPLICATION and self.fault is not CardFault.OTHER_CARD
            self._in_application = known
            return _OK if known else _MISSING
        identifier = int.from_bytes(command.data, "big")
        if identifier not in self._files or self.fault is CardFault.OTHER_CARD:
            return _MISSING
        free = identifier == CARD_ACCESS.identifier
        if not free and (self._session is None or not self._in_application):
            return _NOT_ALLOWED
        self._file = self._files[identifier]
        return _OK

    def _read(self, command: CommandApdu) -> tuple[bytes, int]:
        if self._file is None:
            return b"", _NO_FILE
        long = command.ins == 0xB1  # noqa: PLR2004 - READ BINARY with data objects
        offset = command.p1 << 8 | command.p2
        if long:
            offset = int.from_bytes(read_objects(command.data)[0x54], "big")
        if offset >= len(self._file):
            return b"", _WRONG_OFFSET
        count = command.ne - 4 if long else command.ne
        octets = self._file[offset : offset + count]
        status = _OK if len(octets) == count else _END_OF_FILE
        return (tlv(0x53, octets) if long else octets), status

    def _authenticate(self, command: CommandApdu) -> tuple[bytes, int]:
        if not self._in_application or len(self._challenge) != _CHALLENGE:
            return b"", _NOT_ALLOWED
        challenge, self._challenge = self._challenge, b""
        answer = answer_bac(self._contents.key, challenge, command.data, self._rng)
        if answer is None or self.fault is CardFault.ACCESS_REFUSED:
            return b"", REFUSED
        octets, self._next = answer
        return octets, _OK

    def _prepare(self, command: CommandApdu) -> int:
        """MANAGE SECURITY ENVIRONMENT: for PACE, or for chip authentication by either way."""
        match command.p1, command.p2:
            case 0xC1, 0xA4:
                offer = find_pace(self._contents.card_access, frozenset(STANDARD_CURVES))
                if offer is None:
                    return _WRONG_DATA
                self._pace = PaceChip(self._contents.key, offer, self._rng)
            case 0x41, 0xA6:
                self._agree(read_objects(command.data)[0x91])
            case 0x41, 0xA4:
                self._pace = None
            case _:
                return _WRONG_DATA
        return _OK

    def _continue(self, command: CommandApdu) -> tuple[bytes, int]:
        """GENERAL AUTHENTICATE."""
        if self._pace is None:
            self._agree(read_objects(read_objects(command.data)[0x7C])[0x80])
            return tlv(0x7C), _OK
        answer = self._pace.answer(command.data)
        refused = self._pace.session is not None and self.fault is CardFault.ACCESS_REFUSED
        if answer is None or refused:
            self._pace = None
            return b"", REFUSED
        self._next = self._pace.session
        return answer, _OK

    def _agree(self, peer: bytes) -> None:
        """Agree the keys of chip authentication; a copy does it with a key of its own."""
        key = self._contents.chip_key
        offer = find_chip_authentication(self._contents.data_groups[14])
        if key is None or offer is None:
            raise ValueError("no_key")
        if self.fault is CardFault.COPIED and isinstance(key, ec.EllipticCurvePrivateKey):
            key = ec.generate_private_key(key.curve)
        elif self.fault is CardFault.COPIED and isinstance(key, ModularKey):
            key = replace(key, secret=key.secret ^ 1)
        keys = SessionKeys.derive(agree_chip_keys(key, peer), offer.suite)
        self._next = ChipSession(keys, bytes(offer.suite.block_octets))

    def _sign(self, command: CommandApdu) -> tuple[bytes, int]:
        key = self._contents.active_key
        if key is None or self._session is None:
            return b"", _NOT_ALLOWED
        if self.fault is CardFault.COPIED and isinstance(key, rsa.RSAPrivateKey):
            key = rsa.generate_private_key(65537, key.key_size)
        elif self.fault is CardFault.COPIED and isinstance(key, ec.EllipticCurvePrivateKey):
            key = ec.generate_private_key(key.curve)
        group14 = self._contents.data_groups.get(14)
        digest = None if group14 is None else find_active_digest(group14)
        return sign_challenge(key, digest, command.data, self._rng), _OK


@dataclass(slots=True)
class VirtualReader:
    """A ChipReader on which a virtual document lies, or nothing.

    contents  of the chip on the reader; may be exchanged at any time
    fault     of reader or card, set at any time
    after     commands that are answered rightly before a fault of the card
    """

    contents: ChipContents | None = None
    fault: CardFault = CardFault.NONE
    after: int = 0
    rng: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    @contextmanager
    def connect(self, *, wait_s: float, cancelled: Callable[[], bool]) -> Iterator[Transport]:  # noqa: ARG002 - nobody waits here
        """Power the chip up; see ChipReader."""
        match self.fault:
            case CardFault.READER_MISSING:
                raise ReaderMissing("no_reader")
            case CardFault.READER_BUSY:
                raise ReaderBusy
            case CardFault.NO_CARD:
                raise CardMissing
            case _:
                if self.contents is None:
                    raise CardMissing
        chip = VirtualChip(self.contents, fault=self.fault, after=self.after, rng=self.rng)
        try:
            yield chip
        finally:
            chip.released.set()


def _write_files(contents: ChipContents, fault: CardFault) -> dict[int, bytes]:
    """Lay the chip's files out by their identifiers."""
    files = {
        COMMON_DATA.identifier: contents.com,
        SECURITY_OBJECT.identifier: contents.security_object,
        **{
            DATA_GROUPS[number].identifier: octets
            for number, octets in contents.data_groups.items()
            if number in DATA_GROUPS
        },
    }
    if contents.card_access:
        files[CARD_ACCESS.identifier] = contents.card_access
    if fault is CardFault.LARGE_PORTRAIT:
        header = b"\x75\x83" + _STATED.to_bytes(3, "big")
        files[DATA_GROUPS[2].identifier] = header + contents.data_groups[2]
    if fault is CardFault.WITHHELD:
        shown = contents.data_groups.keys() - {14, 15}
        files[COMMON_DATA.identifier] = write_common_data(shown)
        for number in (14, 15):
            files.pop(DATA_GROUPS[number].identifier, None)
    return files


def _encode(response: ResponseApdu) -> bytes:
    return response.data + response.status.to_bytes(2, "big")
