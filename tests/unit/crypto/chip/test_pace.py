"""PACE with ECDH generic mapping: the worked example of ICAO Doc 9303-11, appendix G.1."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.algorithms.standard_curves import STANDARD_CURVES, encode_point
from crypto.chip.access_keys import AccessKey
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import CipherSuite
from crypto.chip.errors import AccessRefused, ChipMalformed
from crypto.chip.protocols.curves import agree, decode_point
from crypto.chip.protocols.pace import map_generator, open_by_pace, password_keys
from crypto.chip.protocols.security_infos import PaceOffer, find_pace
from crypto.gost.curves import group
from tests.support.chip.conversations import Script, drawn

KEY = AccessKey.from_mrz("T22000129", "640812", "101031")
CARD_ACCESS = bytes.fromhex("31143012060A04007F0007020204020202010202010D")
CURVE = STANDARD_CURVES[13]
MAPPING_SECRET = 0x7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99
AGREEMENT_SECRET = 0xA73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595
NONCE = bytes.fromhex("3F00C4D39D153F2B2A214A078D899B22")
MAP_IC = (
    "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"
)
DH_IFD = (
    "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
    "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"
)
DH_IC = (
    "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"
)
SELECT = ("0022C1A40F800A04007F00070202040202830101", "9000")
ENCRYPTED_NONCE = ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000")
MAP_IFD = (
    "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"
)
MAPPING = (f"10860000457C438141{MAP_IFD}00", f"7C438241{MAP_IC}9000")
AGREEMENT = (f"10860000457C438341{DH_IFD}00", f"7C438441{DH_IC}9000")
TOKENS = ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000")


def draws():
    octets = CURVE.octets + 16
    return drawn(*((d - 1).to_bytes(octets, "big") for d in (MAPPING_SECRET, AGREEMENT_SECRET)))


def opened(*pairs):
    offer = find_pace(CARD_ACCESS, frozenset(STANDARD_CURVES))
    script = Script(*pairs)
    session = open_by_pace(CardChannel(script), KEY, offer, draws())
    assert script.is_over()
    return session


def test_the_offer_of_the_example_is_read():
    assert find_pace(CARD_ACCESS, frozenset(STANDARD_CURVES)) == PaceOffer(
        "0.4.0.127.0.7.2.2.4.2.2", CipherSuite.AES128, 13, ambiguous=False
    )


def test_the_nonce_and_the_mapped_generator_are_the_example_s():
    encrypted = bytes.fromhex("95A3A016522EE98D01E76CB6B98B42C3")

    assert password_keys(KEY, CipherSuite.AES128).decrypt(encrypted, bytes(16)) == NONCE
    mapped = map_generator(CURVE, NONCE, MAPPING_SECRET, bytes.fromhex(MAP_IC))
    assert f"{mapped.base[0]:064X}{mapped.base[1]:064X}" == (
        "8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
        "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"
    )
    secret = agree(CURVE, AGREEMENT_SECRET, decode_point(CURVE, bytes.fromhex(DH_IC)))
    assert secret.hex().upper() == (
        "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"
    )


def test_the_whole_example_opens():
    assert opened(SELECT, ENCRYPTED_NONCE, MAPPING, AGREEMENT, TOKENS) is not None


def test_a_chip_with_another_password_is_told_by_its_refusal_or_its_token():
    with pytest.raises(AccessRefused, match="key"):
        opened(SELECT, ENCRYPTED_NONCE, MAPPING, AGREEMENT, (TOKENS[0], "6300"))
    wrong = TOKENS[1].replace("3ABB", "3BBB")
    with pytest.raises(AccessRefused, match="answer"):
        opened(SELECT, ENCRYPTED_NONCE, MAPPING, AGREEMENT, (TOKENS[0], wrong))


def test_an_echoed_key_and_a_point_off_the_curve_are_refused():
    echo = (AGREEMENT[0], "7C438441" + DH_IFD + "9000")
    with pytest.raises(ChipMalformed, match="pace_echo"):
        opened(SELECT, ENCRYPTED_NONCE, MAPPING, echo)
    with pytest.raises(ChipMalformed, match="point"):
        opened(SELECT, ENCRYPTED_NONCE, (MAPPING[0], MAPPING[1].replace("CD13C54", "CD13C55")))


@pytest.mark.parametrize("response", ["6A88", "6A80", "6D00"])
def test_an_offer_that_the_chip_takes_back_opens_nothing_and_costs_nothing(response):
    assert opened((SELECT[0], response)) is None


@pytest.mark.parametrize(
    "response", ["9000", "7C009000", "7C0281009000", "7C128010", "7C12801095A39000", "6985"]
)
def test_an_answer_without_its_object_is_malformed(response):
    with pytest.raises(ChipMalformed):
        opened(SELECT, (ENCRYPTED_NONCE[0], response))


@pytest.mark.parametrize(
    ("number", "other"),
    [
        (12, ec.SECP256R1()),
        (13, ec.BrainpoolP256R1()),
        (15, ec.SECP384R1()),
        (16, ec.BrainpoolP384R1()),
        (17, ec.BrainpoolP512R1()),
        (18, ec.SECP521R1()),
    ],
)
def test_the_curves_agree_with_another_implementation(number, other):
    curve = STANDARD_CURVES[number]
    ours, theirs = curve.q - 12345, ec.generate_private_key(other)
    numbers = theirs.public_key().public_numbers()
    private = ec.derive_private_key(ours, other)
    public = private.public_key().public_numbers()

    assert group(curve).multiple(ours) == (public.x, public.y)
    assert agree(curve, ours, (numbers.x, numbers.y)) == private.exchange(
        ec.ECDH(), theirs.public_key()
    )


@pytest.mark.parametrize("number", sorted(STANDARD_CURVES))
def test_every_generator_lies_on_its_curve_and_has_its_order(number):
    curve = STANDARD_CURVES[number]
    points = group(curve)

    assert decode_point(curve, encode_point(curve, curve.base)) == curve.base
    x, y = points.multiple(curve.q - 1)
    assert (x, curve.p - y) == curve.base


def test_the_strongest_supported_offer_is_taken_and_named_when_there_are_several():
    infos = b"".join(
        bytes.fromhex(f"3012060A04007F000702020402{cipher:02X}02010202 01{number:02X}")
        for cipher, number in ((1, 13), (4, 2), (2, 12), (4, 13))
    )
    offer = find_pace(bytes((0x31, len(infos))) + infos, frozenset(STANDARD_CURVES))

    assert offer == PaceOffer("0.4.0.127.0.7.2.2.4.2.4", CipherSuite.AES256, 13, ambiguous=True)


def test_other_mappings_and_curves_are_no_offer():
    integrated = bytes.fromhex("31143012060A04007F00070202040402020102 02010D")

    assert find_pace(integrated, frozenset(STANDARD_CURVES)) is None
    assert find_pace(CARD_ACCESS, frozenset({12})) is None


@pytest.mark.parametrize("octets", ["", "31", "3000", "31023000", "31020500", "318000000000"])
def test_a_broken_card_access_is_malformed(octets):
    with pytest.raises(ChipMalformed, match="card_access"):
        find_pace(bytes.fromhex(octets), frozenset(STANDARD_CURVES))
