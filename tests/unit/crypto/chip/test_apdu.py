"""Commands and responses of ISO/IEC 7816-4, short and extended."""

import pytest

from crypto.chip.apdu import CommandApdu, ResponseApdu, read_objects
from crypto.chip.channel import CardChannel
from crypto.chip.errors import ChipMalformed
from tests.support.chip.conversations import Script
from workstation.sandbox.services.virtual_chip_protocols import decode_command


@pytest.mark.parametrize(
    ("data", "ne", "encoded"),
    [
        (b"", 0, "00A40000"),
        (b"", 1, "00A4000001"),
        (b"", 256, "00A4000000"),
        (b"", 257, "00A40000000101"),
        (b"", 65536, "00A40000000000"),
        (b"\x01\x02", 0, "00A40000020102"),
        (b"\x01\x02", 256, "00A4000002010200"),
        (b"\x01\x02", 65536, "00A4000000000201020000"),
        (bytes(256), 0, "00A40000000100" + "00" * 256),
        (bytes(256), 8, "00A40000000100" + "00" * 256 + "0008"),
    ],
)
def test_a_command_is_short_where_that_is_enough(data, ne, encoded):
    command = CommandApdu(0x00, 0xA4, 0x00, 0x00, data, ne)

    assert command.encode().hex().upper() == encoded
    assert decode_command(command.encode()) == command


def test_a_response_in_parts_is_put_together():
    channel = CardChannel(
        Script(("00B0000000", "01026103"), ("00C0000003", "0304056100"), ("00C0000000", "069000"))
    )

    response = channel.send(CommandApdu(0x00, 0xB0, 0x00, 0x00, b"", 256))

    assert (response.data, response.status) == (b"\x01\x02\x03\x04\x05\x06", 0x9000)


def test_a_length_that_the_card_corrects_is_asked_again():
    channel = CardChannel(Script(("00B0000000", "6C04"), ("00B0000004", "010203049000")))

    assert channel.send(CommandApdu(0x00, 0xB0, 0x00, 0x00, b"", 256)).data == b"\x01\x02\x03\x04"


def test_a_card_that_always_has_more_is_not_asked_for_ever():
    class Endless:
        def transmit(self, _apdu):
            return b"\x00\x61\x01"

    with pytest.raises(ChipMalformed, match="response"):
        CardChannel(Endless()).send(CommandApdu(0x00, 0xB0, 0x00, 0x00, b"", 256))


@pytest.mark.parametrize("octets", [b"", b"\x90", bytes(65539)])
def test_a_response_without_a_status_word_is_malformed(octets):
    with pytest.raises(ChipMalformed, match="response"):
        ResponseApdu.decode(octets)


@pytest.mark.parametrize(
    "octets",
    ["87", "8702AA", "8780AAAA0000", "8785FFFFFFFFFF", "7F490100", "870100870100", "9F8200"],
)
def test_hostile_data_objects_are_malformed(octets):
    with pytest.raises(ChipMalformed, match="object"):
        read_objects(bytes.fromhex(octets))


def test_a_length_need_not_be_minimal():
    assert read_objects(bytes.fromhex("878200020102998101AA")) == {0x87: b"\x01\x02", 0x99: b"\xaa"}
