"""Streebog and ГОСТ 34.311-95 by the vectors of their standards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.gost.gost94 import Gost94, gost94
from crypto.gost.streebog import Streebog, streebog_256, streebog_512
from crypto.gost.vectors import HASHED

FIRST = b"012345678901234567890123456789012345678901234567890123456789012"
SECOND = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы".encode("cp1251")
KALKAN = b"ncalayer-rs test message"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        # RFC 6986 section 10, as octets.
        (
            FIRST,
            (
                "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
                "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
            ),
        ),
        (
            SECOND,
            (
                "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
                "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
            ),
        ),
        # What Kazakhstan's own library makes of a text.
        (
            KALKAN,
            (
                "7d2b8e1c32c116aba0e4c14a021d459206b6174d201cddfed0b256da91729cf1"
                "69199a9ff12d6026c29e6acabe19c4d191954823f54fb7b2661b3b4b5cfe2179"
            ),
        ),
    ],
)
def test_streebog_of_512_bits_has_the_values_of_the_standard(message, expected):
    assert streebog_512(message).hex() == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (FIRST, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
        (SECOND, "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"),
    ],
)
def test_streebog_of_256_bits_has_the_values_of_the_standard(message, expected):
    assert streebog_256(message).hex() == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            b"This is message, length=32 bytes",
            "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
        ),
        (
            b"Suppose the original message has length = 50 bytes",
            "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208",
        ),
        (b"", "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"),
        (b"abc", "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"),
        (
            b"message digest",
            "ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d",
        ),
    ],
)
def test_gost_34311_95_has_the_values_of_the_test_parameters(message, expected):
    assert gost94(message).hex() == expected


@pytest.mark.parametrize("known", HASHED, ids=lambda each: str(len(each.message)))
def test_the_answers_libraries_are_measured_by_are_the_reference_s(known):
    assert streebog_256(known.message) == known.streebog_256
    assert streebog_512(known.message) == known.streebog_512
    assert gost94(known.message) == known.gost94


MAKERS = [lambda: Streebog(512), lambda: Streebog(256), Gost94]


@pytest.mark.parametrize("make", MAKERS)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=150), max_size=6))
def test_pieces_hash_as_the_whole(make, pieces):
    whole, stepwise = make(), make()
    whole.update(b"".join(pieces))
    for piece in pieces:
        stepwise.update(memoryview(piece))
        assert len(stepwise.digest()) == stepwise.digest_size  # asking changes nothing
    assert stepwise.digest() == whole.digest()
    assert whole.hexdigest() == whole.digest().hex()


@pytest.mark.parametrize("make", MAKERS)
def test_length_and_padding_are_part_of_the_hash(make):
    seen = set()
    for length in range(140):
        for octet in (b"\0", b"\1"):
            hasher = make()
            hasher.update(octet * length)
            seen.add(hasher.digest())
    assert len(seen) == 2 * 140 - 1  # only the empty message is the same twice


def test_there_is_no_streebog_of_another_size():
    with pytest.raises(ValueError, match="384"):
        Streebog(384)
