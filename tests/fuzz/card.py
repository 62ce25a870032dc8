"""What a card may say before anything protects it, and what its data groups may say of its keys."""

import random
from contextlib import suppress
from types import SimpleNamespace

from crypto.algorithms.standard_curves import STANDARD_CURVES
from crypto.chip.apdu import ResponseApdu, read_objects
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import CipherSuite
from crypto.chip.elementary_files import CARD_ACCESS, read_file
from crypto.chip.protocols.active_authentication import authenticate_actively
from crypto.chip.protocols.bac import open_by_bac
from crypto.chip.protocols.chip_authentication import authenticate_chip
from crypto.chip.protocols.pace import open_by_pace
from crypto.chip.protocols.security_infos import (
    find_active_digest,
    find_chip_authentication,
    find_pace,
)
from crypto.errors import CryptoError
from tests.support.chip.documents import KEY, contents, curve_key, rsa_key
from tests.support.chip.security_infos import write_card_access

OFFER = find_pace(write_card_access((CipherSuite.AES128, 12)), frozenset(STANDARD_CURVES))


def seeds():
    """Return an answer, EF.CardAccess, DG14 and DG15."""
    made = contents(portrait=1, chip_key=curve_key(), active_key=rsa_key(), digest="SHA-256")
    answer = bytes.fromhex("7C12801095A3A016522EE98D01E76CB6B98B42C39000")
    return answer, write_card_access((CipherSuite.AES128, 13)), *map(made.data_groups.get, (14, 15))


def run(octets):
    """Take octets as every answer, and as every file; nothing opens to them."""
    rng = random.Random(1).randbytes
    channel = CardChannel(SimpleNamespace(transmit=lambda _apdu: octets + b"\x90\x00"))
    for read in (
        lambda: ResponseApdu.decode(octets),
        lambda: read_objects(octets),
        lambda: read_file(channel, CARD_ACCESS),
        lambda: find_pace(octets, frozenset(STANDARD_CURVES)),
        lambda: find_active_digest(octets),
    ):
        with suppress(CryptoError):
            read()
    with suppress(CryptoError):
        if (offer := find_chip_authentication(octets)) is not None:
            authenticate_chip(channel, offer, rng)
    for opened in (
        lambda: open_by_bac(channel, KEY, rng),
        lambda: open_by_pace(channel, KEY, OFFER, rng),
    ):
        with suppress(CryptoError):
            opened()
            raise AssertionError("a card without the key has opened a session")
    with suppress(CryptoError):
        assert not authenticate_actively(channel, octets, None, rng)
