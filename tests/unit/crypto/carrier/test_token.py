"""A signature from a PKCS#11 token: the key never leaves it, the PIN never comes to the bank.

Run with SoftHSM2, a token in software. It has no pad for its PIN, so tests give one through the
parameter that nothing but tests supplies.
"""

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crypto.asn1 import oids
from crypto.carrier import token_signing
from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES, SignatureRequest
from crypto.carrier.driver_process import ask_driver
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierKeyMissing,
    CarrierNotInstalled,
    CarrierPinRefused,
    CarrierProtocol,
    CarrierRefused,
    CarrierUnreachable,
    RequestRefused,
)
from crypto.carrier.token import (
    CERTEX_GOST_2004,
    CERTEX_GOST_2015,
    TokenCarrier,
    TokenSettings,
)
from crypto.carrier.token_signing import TokenAnswer, TokenMechanism, TokenQuestion, serve
from crypto.report.report import Indication
from tests.support.pki import certificates as pki
from tests.support.system import driver_entries
from tests.support.system.soft_token import LIBRARY, PIN, add_tokens, needs_package, needs_token

LABEL = "SANDBOX token"


class SoftToken:
    """A token with the person's key and certificate, and certificates that must not be chosen."""

    def __init__(self):
        import pkcs11

        self.world = pki.world()
        token = pkcs11.lib(str(LIBRARY)).get_token(token_label=LABEL)
        self.serial = token.serial.decode("ascii")
        with token.open(user_pin=PIN, rw=True) as session:
            public, _ = session.generate_keypair(
                pkcs11.KeyType.RSA, 2048, id=b"\x01", label="key", store=True
            )
            modulus = int.from_bytes(public[pkcs11.Attribute.MODULUS])
            exponent = int.from_bytes(public[pkcs11.Attribute.PUBLIC_EXPONENT])
            self.public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
            self.holder = pki.Holder(self.issued(serial=700), pki.key("rsa-elsewhere"))
            login_only = ((pki.usage("digital_signature"), True), *pki.PERSON_EXTENSIONS[1:])
            past = pki.NOW - timedelta(days=1)
            for certificate, identifier in (
                (self.issued(serial=701, extensions=login_only), b"\x01"),
                (self.issued(serial=702, not_after=past), b"\x01"),
                (self.issued(serial=703, iin=pki.OTHER_IIN), b"\x02"),
                (self.holder.certificate, b"\x01"),
            ):
                session.create_object(
                    {
                        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                        pkcs11.Attribute.TOKEN: True,
                        pkcs11.Attribute.PRIVATE: False,
                        pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                        pkcs11.Attribute.ID: identifier,
                        pkcs11.Attribute.VALUE: certificate.public_bytes(
                            serialization.Encoding.DER
                        ),
                    }
                )

    def issued(self, *, serial, iin=pki.IIN, extensions=pki.PERSON_EXTENSIONS, not_after=pki.END):
        builder = (
            x509.CertificateBuilder()
            .subject_name(pki.person_name(iin))
            .issuer_name(self.world.authority.certificate.subject)
            .public_key(self.public)
            .serial_number(serial)
            .not_valid_before(pki.START)
            .not_valid_after(not_after)
        )
        authority = self.world.authority.private
        theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        for extension, critical in (*extensions, (theirs, False)):
            builder = builder.add_extension(extension, critical)
        return builder.sign(authority, pki.SHA256)


@pytest.fixture(scope="module")
def token():
    add_tokens(LABEL, "twin", "twin")
    return SoftToken()


def settings(**changes):
    usual = TokenSettings(
        module=(LIBRARY or Path("/absent.so")).absolute(),
        label=LABEL,
        serial="",
        gost_2015=CERTEX_GOST_2015,
        gost_2004=CERTEX_GOST_2004,
        signing_timeout_s=60,
    )
    return replace(usual, **changes)


def request_for(iin=pki.IIN):
    return SignatureRequest(pki.CONTENT, iin, "ru", INDIVIDUAL_SIGNING_USAGES)


def obtained(*, iin=pki.IIN, pin=PIN, **changes):
    test_pin = None if pin is None else lambda: pin
    carrier = TokenCarrier(settings(**changes), now=lambda: pki.NOW, test_pin=test_pin)
    return carrier.obtain(request_for(iin), cancelled=lambda: False)


@needs_token
@needs_package
def test_the_key_on_the_token_signs_and_our_validator_and_openssl_agree(token, tmp_path):
    cms = obtained()

    world = token.world
    good = [(world.identifier(token.holder), pki.GOOD)]
    sources = world.sources(lambda nonce: pki.OcspAnswer(good, nonce=nonce).encode(world.responder))
    report = world.report(cms, sources)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.chain[0] == token.holder.parsed.sha256
    (tmp_path / "signed.cms").write_bytes(cms)
    anchors = (world.root.certificate, world.authority.certificate)
    pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in anchors)
    (tmp_path / "anchors.pem").write_bytes(pem)
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: the second opinion is missing")
    at = str(int(pki.NOW.timestamp()))
    command = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-attime", at]
    files = ["-in", tmp_path / "signed.cms", "-CAfile", tmp_path / "anchors.pem"]
    verified = subprocess.run(
        [*command, *files, "-purpose", "any", "-binary"], capture_output=True, check=False
    )
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout == pki.CONTENT


@needs_token
@needs_package
def test_the_token_may_be_chosen_by_its_serial_number_alone(token):
    assert pki.CONTENT in obtained(label="", serial=token.serial)


@needs_token
@needs_package
def test_without_a_pad_no_pin_is_asked_for_at_the_banks_keyboard(token):
    with pytest.raises(CarrierPinRefused) as refused:
        obtained(pin=None)
    assert refused.value.code == "carrier_pin_refused"


@needs_token
@needs_package
def test_a_wrong_pin_is_told_by_the_tokens_own_name_for_it(token):
    with pytest.raises(CarrierRefused) as refused:
        obtained(pin="0000")
    assert refused.value.reply_code == "PinIncorrect"
    assert pki.CONTENT in obtained()


@needs_token
@needs_package
def test_another_persons_token_has_no_key_for_this_customer(token):
    stranger = pki.well_formed_iin("92030340051")
    with pytest.raises(CarrierKeyMissing) as missing:
        obtained(iin=stranger)
    assert missing.value.detail == "certificate"
    with pytest.raises(CarrierKeyMissing) as missing:
        obtained(iin=pki.OTHER_IIN)
    assert missing.value.detail == "key"


@needs_token
@needs_package
@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"label": "nobody's"}, "no_token"),
        ({"serial": "0000000000000000"}, "no_token"),
        ({"label": "twin"}, "several_tokens"),
        ({"module": Path("/nonexistent/module.so")}, "module"),
        ({"module": Path(__file__)}, "module"),
    ],
)
def test_a_token_or_module_that_is_not_there_is_unreachable(token, changes, detail):
    with pytest.raises(CarrierUnreachable) as unreachable:
        obtained(**changes)
    assert unreachable.value.detail == detail


def asked_with(mechanism):
    question = TokenQuestion(
        module=str(LIBRARY),
        label=LABEL,
        serial="",
        mechanisms=(mechanism,),
        document=pki.CONTENT,
        iin=pki.IIN,
        usages=(),
        signed_at=int(pki.NOW.timestamp()),
        test_pin=PIN,
    )
    answer = ask_driver(serve, msgspec.json.encode(question), timeout_s=60, cancelled=lambda: False)
    return msgspec.json.decode(answer, type=TokenAnswer).failure()


@needs_token
@needs_package
def test_a_vendors_mechanism_number_reaches_the_token(token):
    vendors = TokenMechanism(
        oids.RSA_ENCRYPTION, CERTEX_GOST_2015, oids.SHA256, oids.SHA256_WITH_RSA
    )
    failure = asked_with(vendors)

    assert isinstance(failure, CarrierRefused)
    assert failure.reply_code == "MechanismInvalid"


@needs_token
@needs_package
def test_a_mechanism_that_makes_another_signature_is_no_customers_forgery(token):
    sha512 = TokenMechanism(oids.RSA_ENCRYPTION, 0x42, oids.SHA256, oids.SHA256_WITH_RSA)
    failure = asked_with(sha512)

    assert isinstance(failure, CarrierProtocol)
    assert failure.detail == "signature"


def test_without_the_package_the_carrier_says_what_to_install():
    question = TokenQuestion("/m.so", "a", "", (), b"x", pki.IIN, (), 0)
    answer = ask_driver(
        driver_entries.serve_without_pkcs11,
        msgspec.json.encode(question),
        timeout_s=60,
        cancelled=lambda: False,
    )
    failure = msgspec.json.decode(answer, type=TokenAnswer).failure()

    assert isinstance(failure, CarrierNotInstalled)
    assert failure.detail == "python-pkcs11"


def test_an_unknown_failure_of_the_child_is_a_protocol_failure():
    assert isinstance(TokenAnswer(code="surprise").failure(), CarrierProtocol)


def test_a_cancelled_request_starts_no_process():
    carrier = TokenCarrier(settings(), now=lambda: pki.NOW)
    with pytest.raises(CarrierCancelled):
        carrier.obtain(request_for(), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("module", {"module": Path("module.so")}),
        ("label", {"label": "", "serial": ""}),
        ("mechanism", {"gost_2015": -1}),
        ("mechanism", {"gost_2004": 1 << 32}),
        ("limits", {"signing_timeout_s": 0}),
    ],
)
def test_settings_that_name_no_token_are_refused(field, changes):
    with pytest.raises(RequestRefused) as refused:
        settings(**changes)
    assert refused.value.detail == field


def test_gost_keys_sign_by_the_vendors_numbers_and_only_by_those_that_are_set():
    numbers = {each.key: each.number for each in settings().mechanisms()}
    assert numbers == {
        oids.RSA_ENCRYPTION: 0x40,
        "1.2.398.3.10.1.1.2.2": 0x8E000014,
        "1.2.398.3.10.1.1.1.1": 0x8E00000D,
    }
    bare = settings(gost_2015=0, gost_2004=0).mechanisms()
    assert [each.key for each in bare] == [oids.RSA_ENCRYPTION]


@needs_package
def test_a_number_outside_the_enumeration_is_still_a_mechanism():
    import pkcs11

    vendors = token_signing._mechanism(CERTEX_GOST_2015)
    assert isinstance(vendors, pkcs11.Mechanism)
    assert int(vendors) == 0x8E000014
    assert token_signing._mechanism(0x40) is pkcs11.Mechanism.SHA256_RSA_PKCS
