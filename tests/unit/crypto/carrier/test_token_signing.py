"""What is done on a token, where no such token is at hand: objects of PKCS#11 that behave.

The token's side is imitated, ours is not: keys, certificates and verification are real.
"""

import importlib.util
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from crypto.carrier import token_signing
from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES
from crypto.carrier.errors import CarrierKeyMissing, CarrierPinRefused, CarrierProtocol
from crypto.carrier.token import CERTEX_GOST_2004, CERTEX_GOST_2015, TokenSettings
from crypto.carrier.token_signing import TokenQuestion
from crypto.gost.kinds import GostKind
from crypto.report.report import Indication
from tests.support.pki import certificates as pki
from tests.support.pki.gost_world import gost_world

if importlib.util.find_spec("pkcs11") is None:
    pytest.skip(
        "python-pkcs11 is not installed (the extra `token`)",
        allow_module_level=True,
    )

import pkcs11
from pkcs11 import TokenFlag

MODULE = Path("/module.so").absolute()
SETTINGS = TokenSettings(MODULE, "token", "", CERTEX_GOST_2015, CERTEX_GOST_2004, 60)


def question_of(settings=SETTINGS, **changes):
    usual = TokenQuestion(
        module=str(MODULE),
        label="token",
        serial="",
        mechanisms=settings.mechanisms(),
        document=pki.CONTENT,
        iin=pki.IIN,
        usages=INDIVIDUAL_SIGNING_USAGES,
        signed_at=int(pki.NOW.timestamp()),
    )
    fields = {name: getattr(usual, name) for name in usual.__struct_fields__}
    return TokenQuestion(**{**fields, **changes})


@dataclass
class Key:
    """A private key object: signs and remembers by which mechanism it was told to."""

    signer: object
    told: list[int] = field(default_factory=list)

    def sign(self, data, *, mechanism):
        self.told.append(int(mechanism))
        return self.signer(data)


@dataclass
class Session:
    """A session that holds one certificate and some keys."""

    der: bytes
    keys: list[object]

    def get_objects(self, wanted):
        if wanted[pkcs11.Attribute.CLASS] is pkcs11.ObjectClass.PRIVATE_KEY:
            return list(self.keys)
        return [{pkcs11.Attribute.VALUE: self.der, pkcs11.Attribute.ID: b"\x01"}]


def signed_with(session, question):
    found = token_signing._certificate(session, question)
    if found is None:
        return None
    return token_signing._sign_cms(session, *found, question)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (GostKind.GOST3410_2015_512, CERTEX_GOST_2015),
        (GostKind.GOST34310_2004, CERTEX_GOST_2004),
    ],
)
def test_a_gost_key_signs_by_the_vendors_mechanism_and_the_signature_validates(kind, number):
    world = gost_world(kind)
    key = Key(world.person.private.sign)

    cms = signed_with(Session(world.person.der, [key]), question_of())

    assert key.told == [number]
    assert world.report(cms).indication is Indication.TOTAL_PASSED


def test_a_kind_of_key_without_a_mechanism_is_not_chosen():
    world = gost_world(GostKind.GOST3410_2015_512)
    bare = question_of(replace(SETTINGS, gost_2015=0))

    assert signed_with(Session(world.person.der, [Key(world.person.private.sign)]), bare) is None


@pytest.mark.parametrize("keys", [[], [object()], [Key(bytes), Key(bytes)]])
def test_one_key_that_signs_must_belong_to_the_certificate(keys):
    world = gost_world(GostKind.GOST3410_2015_512)

    with pytest.raises(CarrierKeyMissing) as missing:
        signed_with(Session(world.person.der, keys), question_of())
    assert missing.value.detail == "key"


def test_a_signature_in_another_order_of_octets_is_ours_to_mend_not_the_customers_forgery():
    world = gost_world(GostKind.GOST3410_2015_512)
    key = Key(lambda data: world.person.private.sign(data)[::-1])

    with pytest.raises(CarrierProtocol) as refused:
        signed_with(Session(world.person.der, [key]), question_of())
    assert refused.value.detail == "signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"iin": pki.OTHER_IIN},
        {"usages": ("1.3.6.1.5.5.7.3.2",)},
        {"signed_at": int(pki.START.timestamp()) - 1},
        {"signed_at": int(pki.END.timestamp()) + 1},
        {"mechanisms": ()},
    ],
)
def test_a_certificate_that_does_not_fit_the_request_is_not_chosen(changes):
    session = Session(pki.world("rsa-person").person.der, [])

    assert token_signing._certificate(session, question_of()) is not None
    assert token_signing._certificate(session, question_of(**changes)) is None


@pytest.mark.parametrize("junk", [b"", b"\x30\x03\x02\x01\x00", b"\xff" * 70_000])
def test_what_is_no_certificate_on_a_token_is_passed_over(junk):
    assert token_signing._certificate(Session(junk, []), question_of()) is None


PAD = TokenFlag.LOGIN_REQUIRED | TokenFlag.PROTECTED_AUTHENTICATION_PATH


@pytest.mark.parametrize(
    ("flags", "test_pin", "expected"),
    [
        (TokenFlag(0), None, None),
        (PAD, None, pkcs11.PROTECTED_AUTH),
        (PAD, "1234", pkcs11.PROTECTED_AUTH),
        (TokenFlag.LOGIN_REQUIRED, "1234", "1234"),
    ],
)
def test_the_pin_is_the_tokens_own_business_wherever_it_has_a_pad(flags, test_pin, expected):
    token = SimpleNamespace(flags=flags)

    assert token_signing._pin(token, question_of(test_pin=test_pin)) == expected


def test_a_token_without_a_pad_is_refused():
    with pytest.raises(CarrierPinRefused):
        token_signing._pin(SimpleNamespace(flags=TokenFlag.LOGIN_REQUIRED), question_of())
