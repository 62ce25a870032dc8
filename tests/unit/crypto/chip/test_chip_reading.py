"""A whole reading over a virtual chip: good ones, copies, and everything that can break."""

import random
import threading
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.chip.access_keys import AccessKey
from crypto.chip.ciphers import CipherSuite
from crypto.chip.errors import (
    AccessKeyRefused,
    AccessRefused,
    CardRemoved,
    ChipError,
    ChipFileTooLarge,
    ChipMalformed,
    ChipNotAuthentic,
    ChipReadCancelled,
    ChipTimeout,
    OtherCard,
)
from crypto.chip.read import ChipStep, ReadLimits, read_chip
from crypto.lds.files import ChipAuthenticity
from tests.support.chip.documents import KEY, contents, curve_key, rsa_key
from tests.support.chip.security_infos import write_card_access
from workstation.sandbox.pki.chip_keys import ModularKey
from workstation.sandbox.services.virtual_chip import CardFault, VirtualChip

QUICK = ReadLimits(apdu_s=0.2, total_s=20.0)


def read(chip_contents, key=KEY, fault=CardFault.NONE, after=0, limits=None, **how):
    chip = VirtualChip(chip_contents, fault=fault, after=after)
    try:
        return chip, read_chip(chip, key, limits=limits, **how)
    finally:
        chip.released.set()


def assert_whole(files, chip_contents):
    assert files.com == chip_contents.com
    assert files.security_object == chip_contents.security_object
    assert files.data_groups == chip_contents.data_groups


@pytest.mark.parametrize("portrait", [1, 200, 20_000, 32_700, 33_200, 60_000])
def test_a_chip_of_basic_access_control_is_read_octet_for_octet(portrait):
    made = contents(portrait=portrait)

    _, files = read(made)

    assert_whole(files, made)
    assert (files.access, files.authenticity) == ("bac", ChipAuthenticity.NONE)


@pytest.mark.parametrize("suite", list(CipherSuite))
@pytest.mark.parametrize("parameters", [12, 13, 14, 15, 16, 17, 18])
def test_pace_is_taken_where_it_is_offered(suite, parameters):
    made = contents(portrait=3000, card_access=write_card_access((suite, parameters)))

    _, files = read(made)

    assert_whole(files, made)
    assert files.access == "pace"


def test_a_portrait_beyond_the_short_offsets_is_read_under_aes_as_well():
    offers = write_card_access((CipherSuite.AES128, 13), (CipherSuite.AES256, 12))
    made = contents(portrait=40_000, card_access=offers)

    assert_whole(read(made)[1], made)


def test_an_offer_of_pace_on_an_unknown_curve_leaves_basic_access_control():
    made = contents(portrait=500, card_access=write_card_access((CipherSuite.AES128, 2)))

    assert read(made)[1].access == "bac"


def test_an_offer_of_pace_that_is_taken_back_leaves_basic_access_control():
    class Withdrawing(VirtualChip):
        def transmit(self, apdu):
            return b"\x6a\x88" if apdu[:4] == b"\x00\x22\xc1\xa4" else super().transmit(apdu)

    made = contents(portrait=500, card_access=write_card_access((CipherSuite.AES128, 13)))

    assert read_chip(Withdrawing(made), KEY).access == "bac"


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (rsa_key(1024), None),
        (rsa_key(2048), None),
        (rsa_key(2048), "SHA-1"),
        (curve_key(), "SHA-256"),
        (curve_key(ec.BrainpoolP256R1), "SHA-256"),
        (curve_key(ec.BrainpoolP512R1), "SHA-512"),
        (curve_key(ec.SECP384R1), "SHA-1"),
    ],
    ids=["rsa-1024", "rsa-2048", "rsa-sha1", "p256", "bp256", "bp512", "p384-sha1"],
)
def test_a_chip_that_signs_proves_itself_and_its_copy_does_not(key, digest):
    made = contents(portrait=500, active_key=key, digest=digest)

    assert read(made)[1].authenticity is ChipAuthenticity.ACTIVE
    with pytest.raises(ChipNotAuthentic, match="active"):
        read(made, fault=CardFault.COPIED)


@pytest.mark.parametrize("suite", list(CipherSuite))
@pytest.mark.parametrize(
    "curve", [ec.SECP256R1, ec.BrainpoolP256R1, ec.BrainpoolP384R1], ids=lambda curve: curve.name
)
def test_a_chip_that_agrees_keys_proves_itself_and_its_copy_does_not(suite, curve):
    made = contents(portrait=500, chip_key=curve_key(curve), suite=suite)

    _, files = read(made)

    assert_whole(files, made)
    assert files.authenticity is ChipAuthenticity.CHIP_AUTHENTICATION
    with pytest.raises(ChipNotAuthentic, match="chip_authentication"):
        read(made, fault=CardFault.COPIED)


def test_chip_authentication_without_a_named_protocol_is_triple_des():
    made = contents(portrait=500, chip_key=curve_key(), suite=CipherSuite.DES3, named=False)

    assert read(made)[1].authenticity is ChipAuthenticity.CHIP_AUTHENTICATION


# The 2048-bit MODP group of RFC 3526, clause 3.
MODP = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A0879"
    "8E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B"
    "0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA4836"
    "1C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804"
    "F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6"
    "955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)


@pytest.mark.parametrize("suite", [CipherSuite.DES3, CipherSuite.AES256])
def test_chip_authentication_by_dh_is_proved_as_well(suite):
    key = ModularKey(MODP, 2, random.Random(3).getrandbits(512))
    made = contents(portrait=500, chip_key=key, suite=suite)

    assert read(made)[1].authenticity is ChipAuthenticity.CHIP_AUTHENTICATION
    with pytest.raises(ChipNotAuthentic, match="chip_authentication"):
        read(made, fault=CardFault.COPIED)


def test_a_copy_that_hides_what_its_security_object_lists_is_no_original():
    made = contents(portrait=500, active_key=curve_key(), digest="SHA-256")

    with pytest.raises(ChipNotAuthentic, match="withheld"):
        read(made, fault=CardFault.WITHHELD)


def test_progress_never_falls_and_ends_at_a_hundred():
    told = []
    made = contents(active_key=curve_key(), digest="SHA-256")

    read(made, progress=told.append)

    percents = [each.percent for each in told]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    portrait = [each for each in told if each.step is ChipStep.PORTRAIT]
    assert len(portrait) > 50
    assert portrait[-1].octets == portrait[-1].total == len(made.data_groups[2])


@pytest.mark.parametrize("card_access", [b"", write_card_access((CipherSuite.AES128, 13))])
def test_other_printed_lines_do_not_open_the_chip(card_access):
    other = AccessKey.from_mrz("012345678", "900101", "340315")

    with pytest.raises(AccessRefused):
        read(contents(portrait=500, card_access=card_access), key=other)


@pytest.mark.parametrize("card_access", [b"", write_card_access((CipherSuite.AES128, 13))])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CardFault.OTHER_CARD, OtherCard),
        (CardFault.ACCESS_REFUSED, AccessRefused),
        (CardFault.LARGE_PORTRAIT, ChipFileTooLarge),
    ],
)
def test_each_fault_has_its_reason(card_access, fault, error):
    with pytest.raises(error):
        read(contents(portrait=500, card_access=card_access), fault=fault)


def test_a_portrait_of_ten_megabytes_is_refused_at_its_header():
    with pytest.raises(ChipFileTooLarge, match="dg2"):
        read(contents(portrait=500), fault=CardFault.LARGE_PORTRAIT)
    chip, _ = read(contents(portrait=500))
    refused = VirtualChip(contents(portrait=500), fault=CardFault.LARGE_PORTRAIT)
    with pytest.raises(ChipFileTooLarge):
        read_chip(refused, KEY)
    assert refused.answered < chip.answered


PULLS = sorted(random.Random(11).sample(range(110), 50))


@pytest.mark.parametrize("after", PULLS)
def test_a_card_pulled_at_any_command_is_told_and_nothing_hangs(after):
    made = contents(active_key=curve_key(), digest="SHA-256")
    began = time.monotonic()

    with pytest.raises(CardRemoved):
        read(made, fault=CardFault.REMOVED, after=after)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize("after", [0, 1, 3, 4, 10, 40])
def test_a_driver_that_hangs_is_abandoned_in_time(after):
    began = time.monotonic()

    with pytest.raises(ChipTimeout, match="apdu"):
        read(contents(), fault=CardFault.HANGING, after=after, limits=QUICK)

    assert time.monotonic() - began < 5


def test_a_chip_that_is_slow_at_every_command_meets_the_deadline_of_all():
    class Slow(VirtualChip):
        def transmit(self, apdu):
            time.sleep(0.02)
            return super().transmit(apdu)

    with pytest.raises(ChipTimeout, match="total"):
        read_chip(Slow(contents()), KEY, limits=ReadLimits(apdu_s=1.0, total_s=0.4))


@pytest.mark.parametrize("after", [0, 5, 50])
def test_a_reading_is_called_off_between_commands(after):
    chip = VirtualChip(contents())

    with pytest.raises(ChipReadCancelled):
        read_chip(chip, KEY, cancelled=lambda: chip.answered >= after)

    assert chip.answered == after


def test_a_reading_is_called_off_while_a_command_hangs():
    chip = VirtualChip(contents(), fault=CardFault.HANGING, after=6)
    called_off = threading.Event()
    threading.Timer(0.3, called_off.set).start()

    with pytest.raises(ChipReadCancelled):
        read_chip(chip, KEY, cancelled=called_off.is_set)
    chip.released.set()


@pytest.mark.parametrize("after", [*range(12), 30, 80])
def test_a_wrong_mac_ends_the_reading(after):
    made = contents(active_key=curve_key(), digest="SHA-256")

    with pytest.raises((ChipMalformed, AccessRefused)):
        read(made, fault=CardFault.WRONG_MAC, after=after)


@pytest.mark.parametrize("seed", range(60))
def test_garbage_at_any_command_is_a_reason_and_no_crash(seed):
    chance = random.Random(seed)
    chip = VirtualChip(
        contents(portrait=2000, card_access=write_card_access((CipherSuite.AES128, 13))),
        fault=CardFault.GARBAGE,
        after=chance.randrange(30),
        rng=chance.randbytes,
    )

    with pytest.raises(ChipError):
        read_chip(chip, KEY, limits=QUICK)


@pytest.mark.parametrize(
    ("number", "birth", "expiry", "field"),
    [
        ("", "900101", "340314", "number"),
        ("<<<<<<<<<", "900101", "340314", "number"),
        ("01234567О", "900101", "340314", "number"),
        ("0" * 23, "900101", "340314", "number"),
        ("012345678", "90010", "340314", "birth"),
        ("012345678", "9001O1", "340314", "birth"),
        ("012345678", "900101", "3403140", "expiry"),
    ],
)
def test_what_cannot_be_printed_makes_no_key(number, birth, expiry, field):
    with pytest.raises(AccessKeyRefused, match=field):
        AccessKey.from_mrz(number, birth, expiry)


def test_a_key_shows_itself_in_no_representation():
    assert "012345678" not in repr(KEY)
    assert "012345678" not in repr(contents(portrait=1))
