"""Signatures over a challenge, held against what other hands made of the standards."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.chip.channel import CardChannel
from crypto.chip.errors import ChipMalformed, ChipNotAuthentic
from crypto.chip.protocols.active_authentication import (
    authenticate_actively,
    verify_ecdsa,
    verify_rsa,
)
from tests.support.chip.conversations import Script, drawn
from tests.support.chip.documents import contents, curve_key

CHALLENGE = bytes.fromhex("0102030405060708")
RECOVERED = "6A1234567890ABCDEF1234567890ABCDEF11223344"
# Blocks of ISO/IEC 9796-2 as another implementation opens them (gmrtd, MIT).
BLOCKS = {
    "SHA-1": "E9B287952A913CC5B60FF74ECFC87E40E81563B1BC",
    "SHA-224": "AEFC05E88F48EB88D367BA3DACB7D6A8543EC02BD315E47DDBE2045D38CC",
    "SHA-256": "783980D44FD3A80F0E4210EB9C73EA399932062D465438F8E1FF13377DE8308934CC",
    "SHA-384": (
        "8E0873B0BAF595A777B497779981BD94DDA3A81FD61CF2D526AB490F2D6CBCECC6EAB5804DF4E0A70169D4D0"
        "D6C07E7536CC"
    ),
    "SHA-512": (
        "968304E09F0C0EC86BE4ADE4B82D97D04283E3652B61193856C9EDE1DAC8962B3DA9580FD77E9F9EF18A24C5"
        "17D8D3B05F4EEB177E990AE1E80895C8BB28F51635CC"
    ),
}


def opens(block, challenge=CHALLENGE):
    """Verify a block as it is: an exponent of one changes nothing."""
    octets = bytes.fromhex(block)
    return verify_rsa((1 << 8 * len(octets)) - 1, 1, challenge, octets)


@pytest.mark.parametrize("digest", BLOCKS)
def test_a_block_of_each_digest_is_opened(digest):
    assert opens(RECOVERED + BLOCKS[digest])
    assert not opens(RECOVERED + BLOCKS[digest], challenge=bytes(8))


@pytest.mark.parametrize(
    "block",
    [
        "6B" + RECOVERED[2:] + BLOCKS["SHA-1"],
        RECOVERED + BLOCKS["SHA-1"][:-2] + "AC",
        RECOVERED + BLOCKS["SHA-256"][:-4] + "32CC",
        RECOVERED[:-2] + "45" + BLOCKS["SHA-1"],
        "6A" + BLOCKS["SHA-1"],
        "6ABC",
        "6A34CC",
        "BC",
    ],
)
def test_another_block_is_not(block):
    assert not opens(block)


def test_the_smaller_of_two_roots_is_the_same_signature():
    block = bytes.fromhex(RECOVERED + BLOCKS["SHA-256"])
    modulus = (1 << 8 * len(block)) - 1
    other = (modulus - int.from_bytes(block, "big")).to_bytes(len(block), "big")

    assert verify_rsa(modulus, 1, CHALLENGE, other)


def test_a_signature_longer_than_the_key_or_above_it_is_none():
    block = bytes.fromhex(RECOVERED + BLOCKS["SHA-256"])
    modulus = (1 << 8 * len(block)) - 1

    assert not verify_rsa(modulus, 1, CHALLENGE, b"\x00" + block)
    assert not verify_rsa(int.from_bytes(block, "big") - 1, 1, CHALLENGE, block)


def test_ecdsa_is_read_plain_and_in_der():
    key = curve_key()
    der = key.sign(CHALLENGE, ec.ECDSA(hashes.SHA256()))

    assert verify_ecdsa(key.public_key(), hashes.SHA256(), CHALLENGE, der)
    assert not verify_ecdsa(key.public_key(), hashes.SHA256(), bytes(8), der)
    assert not verify_ecdsa(key.public_key(), hashes.SHA256(), CHALLENGE, bytes(64))


@pytest.mark.parametrize("digest", [hashes.SHA224(), hashes.SHA256(), hashes.SHA384()])
def test_a_card_that_names_no_digest_may_have_any(digest):
    key = curve_key()
    signature = key.sign(CHALLENGE, ec.ECDSA(digest))
    group15 = contents(portrait=1, active_key=key).data_groups[15]
    channel = CardChannel(Script(("0088000008010203040506070800", signature.hex() + "9000")))

    assert authenticate_actively(channel, group15, None, drawn(CHALLENGE))


@pytest.mark.parametrize("response", ["6982", "6700", "6D00", "9000", "00009000"])
def test_a_chip_that_does_not_sign_is_no_original(response):
    group15 = contents(portrait=1, active_key=curve_key()).data_groups[15]
    channel = CardChannel(Script(("0088000008010203040506070800", response)))

    with pytest.raises(ChipNotAuthentic, match="active"):
        authenticate_actively(channel, group15, None, drawn(CHALLENGE))


@pytest.mark.parametrize("group15", ["", "6F00", "6F023000", "6E0430020500"])
def test_a_broken_key_is_malformed(group15):
    with pytest.raises(ChipMalformed, match="dg15"):
        authenticate_actively(CardChannel(Script()), bytes.fromhex(group15), None, drawn())
