"""Basic access control and its secure messaging: the worked example of ICAO Doc 9303-11, app. D."""

import pytest

from crypto.chip.access_keys import AccessKey
from crypto.chip.apdu import CommandApdu, ResponseApdu
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import CipherSuite, SessionKeys, derive_key, pad
from crypto.chip.errors import AccessRefused, ChipMalformed
from crypto.chip.protocols.bac import derive_bac_keys, open_by_bac
from crypto.chip.secure_messaging import SecureMessaging
from tests.support.chip.conversations import Script, drawn

KEY = AccessKey.from_mrz("L898902C<", "690806", "940623")
SEED = bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE")
RND_IFD = bytes.fromhex("781723860C06C226")
K_IFD = bytes.fromhex("0B795240CB7049B01C19B33E32804F0B")
CHALLENGE = ("0084000008", "4608F919887022129000")
AUTHENTICATE = (
    "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728",
    "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
)
KS_ENC = "979EC13B1CBFE9DCD01AB0FED307EAE5"
KS_MAC = "F1CB1F1FB5ADF208806B89DC579DC1F8"
SSC = "887022120C06C226"


def session():
    keys = SessionKeys(CipherSuite.DES3, bytes.fromhex(KS_ENC), bytes.fromhex(KS_MAC))
    return SecureMessaging(keys, bytes.fromhex(SSC))


def test_the_key_is_number_birth_and_expiry_each_with_its_check_digit():
    assert KEY.mrz_information == b"L898902C<369080619406236"
    assert AccessKey.from_mrz("L898902C", "690806", "940623") == KEY


def test_a_long_number_stands_whole_before_its_check_digit():
    # ICAO Doc 9303-11, appendix D.2, second TD1 example.
    long = AccessKey.from_mrz("D23145890734", "340712", "950712")

    assert long.mrz_information == b"D23145890734934071279507122"


def test_keys_are_derived_with_adjusted_parity():
    assert derive_key(SEED, 1, CipherSuite.DES3).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert derive_key(SEED, 2, CipherSuite.DES3).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_the_retail_mac_is_the_example_s():
    cryptogram = bytes.fromhex(AUTHENTICATE[0])[5:37]

    assert derive_bac_keys(KEY).compute_mac(pad(cryptogram, 8)).hex().upper() == "5F1448EEA8AD90A7"


def test_the_whole_example_opens_and_reads():
    channel = CardChannel(
        Script(
            CHALLENGE,
            AUTHENTICATE,
            (
                "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
                "990290008E08FA855A5D4C50A8ED9000",
            ),
            (
                "0CB000000D9701048E08ED6705417E96BA5500",
                "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
            ),
            (
                "0CB000040D9701128E082EA28A70F3C7B53500",
                (
                    "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A"
                    "990290008E08C8B2787EAEA07D749000"
                ),
            ),
        )
    )

    channel.messaging = open_by_bac(channel, KEY, drawn(RND_IFD, K_IFD))

    assert channel.send(CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e")).is_ok
    first = channel.send(CommandApdu(0x00, 0xB0, 0x00, 0x00, b"", 4))
    rest = channel.send(CommandApdu(0x00, 0xB0, 0x00, 0x04, b"", 18))
    assert (first.data + rest.data).hex().upper() == "60145F0104303130365F36063034303030305C026175"


@pytest.mark.parametrize("place", range(40))
def test_an_answer_with_a_changed_octet_opens_nothing(place):
    answer = bytearray.fromhex(AUTHENTICATE[1])
    answer[place] ^= 1
    channel = CardChannel(Script(CHALLENGE, (AUTHENTICATE[0], answer.hex())))

    with pytest.raises(AccessRefused, match="answer"):
        open_by_bac(channel, KEY, drawn(RND_IFD, K_IFD))


@pytest.mark.parametrize("response", ["6300", "63C2", "6982", "6988", "6A80", "6D00"])
def test_other_printed_lines_are_refused_as_such(response):
    channel = CardChannel(Script(CHALLENGE, (AUTHENTICATE[0], response)))

    with pytest.raises(AccessRefused, match="key"):
        open_by_bac(channel, KEY, drawn(RND_IFD, K_IFD))


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("9000", "unprotected_9000"),
        ("6988", "unprotected_6988"),
        ("990290008E08FA855A5D4C50A8EE9000", "mac"),
        ("990290018E08FA855A5D4C50A8ED9001", "mac"),
        ("990290009000", "mac"),
        ("8E08FA855A5D4C50A8ED9000", "mac"),
        ("990290008E08FA855A5D4C50A8ED990290009000", "secure_messaging"),
        ("990290009902900099000000", "secure_messaging"),
        ("99829000", "object"),
        ("7F4901008E08FA855A5D4C50A8ED9000", "object"),
        ("9980000000", "object"),
    ],
)
def test_a_response_outside_the_session_ends_it(response, reason):
    messaging = session()
    messaging.protect(CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e"))

    with pytest.raises(ChipMalformed, match=reason):
        messaging.unprotect(ResponseApdu.decode(bytes.fromhex(response)))


@pytest.mark.parametrize("place", range(25))
def test_no_changed_octet_of_a_protected_answer_is_read(place):
    good = bytes.fromhex("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000")
    messaging = session()
    messaging.protect(CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1e"))
    messaging.unprotect(ResponseApdu.decode(bytes.fromhex("990290008E08FA855A5D4C50A8ED9000")))
    messaging.protect(CommandApdu(0x00, 0xB0, 0x00, 0x00, b"", 4))
    bad = good[:place] + bytes((good[place] ^ 0x01,)) + good[place + 1 :]

    with pytest.raises(ChipMalformed):
        messaging.unprotect(ResponseApdu.decode(bad))
