"""GOST private keys of the sandbox."""

import random

import pytest

from crypto.gost.curves import CRYPTOPRO_A
from crypto.gost.errors import GostKeyRefused
from crypto.gost.kinds import facts
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.gost.signature import decode_point, verify

KINDS = list(GostKind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_generated_key_signs_and_its_public_key_verifies(kind):
    key = GostPrivateKey.generate(kind, random.Random(kind.value).randbytes)
    known = facts(kind)
    info = key.public_key_info()
    assert info.startswith(known.prefix)
    point = decode_point(known.curve, info[len(known.prefix) :])
    assert point == key.public_point
    signature = key.sign(b"message")
    assert verify(known.curve, point, known.digest(b"message"), signature)
    assert key.sign(b"message") != signature  # another nonce
    assert (key.signature_oid, key.digest_oid) == (known.signature_oid, known.digest_oid)


def test_a_private_key_does_not_show_itself():
    key = GostPrivateKey(GostKind.GOST34310_2004, 0x1234567890)
    assert str(0x1234567890) not in repr(key)
    assert "1234567890" not in f"{key}"


@pytest.mark.parametrize("d", [0, -1, CRYPTOPRO_A.q])
def test_a_scalar_out_of_range_is_no_key(d):
    with pytest.raises(GostKeyRefused):
        GostPrivateKey(GostKind.GOST34310_2004, d)


def test_keys_from_different_randomness_differ_and_are_in_range():
    source = random.Random(1)
    drawn = {
        GostPrivateKey.generate(GostKind.GOST34310_2004, source.randbytes).d for _ in range(50)
    }
    assert len(drawn) == 50
    assert GostPrivateKey.generate(GostKind.GOST34310_2004, bytes).d == 1
