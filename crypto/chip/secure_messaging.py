"""Protected commands and responses (ICAO Doc 9303-11, 9.8)."""

from typing import Final

from crypto.asn1.writer import tlv
from crypto.chip.apdu import EXTENDED, SHORT, CommandApdu, ResponseApdu, split_objects
from crypto.chip.ciphers import MAC_OCTETS, SessionKeys, pad, unpad
from crypto.chip.errors import ChipMalformed

__all__ = ["SecureMessaging"]

_PROTECTED_HEADER: Final = 0x0C
_PADDED: Final = 0x87
"""A padding indicator and the cryptogram; of a command with an odd INS it is 85 without one."""

_PLAIN_CRYPTOGRAM: Final = 0x85
_STATUS: Final = 0x99
_EXPECTED: Final = 0x97
_MAC: Final = 0x8E
_INDICATOR: Final = b"\x01"
_OVERHEAD: Final = 18
"""Four octets before the cryptogram, four of the status object, ten of the MAC's."""


class SecureMessaging:
    """One session under one pair of keys; every message counts, both ways.

    counter  send sequence counter, as long as a block

    After any exception the session is over: counters of chip and reader no longer agree.
    """

    def __init__(self, keys: SessionKeys, counter: bytes) -> None:
        self._keys = keys
        self._block = keys.suite.block_octets
        self._counter = int.from_bytes(counter, "big")

    @property
    def short_capacity(self) -> int:
        """Octets that one short protected response carries: 231 under Triple DES, 223 under AES."""
        return (SHORT - _OVERHEAD) // self._block * self._block - 1

    def protect(self, command: CommandApdu) -> CommandApdu:
        """Encrypt the data, expected length inside, and authenticate all of it."""
        counter = self._count()
        header = bytes((command.cla | _PROTECTED_HEADER, *command.header[1:]))
        inner = b""
        if command.data:
            padded = pad(command.data, self._block)
            cryptogram = self._keys.encrypt(padded, self._keys.message_iv(counter))
            odd = command.ins & 1
            inner = (
                tlv(_PLAIN_CRYPTOGRAM, cryptogram) if odd else tlv(_PADDED, _INDICATOR, cryptogram)
            )
        if command.ne:
            octets = 2 if command.is_extended else 1
            expected = command.ne % (EXTENDED if command.is_extended else SHORT)
            inner += tlv(_EXPECTED, expected.to_bytes(octets, "big"))
        message = counter + pad(header, self._block) + inner
        mac = self._keys.compute_mac(pad(message, self._block))
        data = inner + tlv(_MAC, mac)
        extended = command.is_extended or len(data) >= SHORT
        cla, ins, p1, p2 = header
        return CommandApdu(cla, ins, p1, p2, data, EXTENDED if extended else SHORT)

    def unprotect(self, response: ResponseApdu) -> ResponseApdu:
        """Verify the MAC, then decrypt; the status word is the authenticated one.

        ChipMalformed(`unprotected`) when the chip answered outside the session, `secure_messaging`
        when objects are missing or foreign, `mac`.
        """
        counter = self._count()
        if not response.data:
            raise ChipMalformed(f"unprotected_{response.status:04x}")
        found: dict[int, bytes] = {}
        covered = b""
        for tag, value, end in split_objects(response.data):
            if tag in found or _MAC in found:
                raise ChipMalformed("secure_messaging")
            found[tag] = value
            if tag != _MAC:
                covered = response.data[:end]
        mac, status = found.pop(_MAC, b""), found.pop(_STATUS, b"")
        message = pad(counter + covered, self._block)
        if len(mac) != MAC_OCTETS or not self._keys.has_mac(message, mac):
            raise ChipMalformed("mac")
        if len(status) != 2:  # noqa: PLR2004 - SW1 and SW2
            raise ChipMalformed("secure_messaging")
        return ResponseApdu(self._decrypt(found, counter), int.from_bytes(status, "big"))

    def _decrypt(self, found: dict[int, bytes], counter: bytes) -> bytes:
        if not found:
            return b""
        if found.keys() == {_PADDED} and found[_PADDED][:1] == _INDICATOR:
            cryptogram = found[_PADDED][1:]
        elif found.keys() == {_PLAIN_CRYPTOGRAM}:
            cryptogram = found[_PLAIN_CRYPTOGRAM]
        else:
            raise ChipMalformed("secure_messaging")
        return unpad(self._keys.decrypt(cryptogram, self._keys.message_iv(counter)))

    def _count(self) -> bytes:
        self._counter += 1
        return self._counter.to_bytes(self._block, "big")
