"""The sandbox's certificates: profile of НУЦ, kept in a folder, renewed when they do not fit."""

import os
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from crypto.pki.certificate import Certificate
from crypto.pki.profile import holder_identity, keystores, roles, signs_documents
from tests.support.sandbox import MOMENT, person
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.pki import SandboxPki


@pytest.fixture
def pki(sandbox):
    return sandbox.pki


def test_everything_issued_names_the_sandbox_and_chains_to_its_root(pki):
    leaves = [pki.tsa, pki.ocsp, *pki.customers.values()]
    for leaf in leaves:
        leaf.certificate.verify_directly_issued_by(pki.nca.certificate)
        assert "SANDBOX" in leaf.certificate.issuer.rfc4514_string()
    pki.nca.certificate.verify_directly_issued_by(pki.root.certificate)
    pki.tls.certificate.verify_directly_issued_by(pki.tls_root.certificate)
    for authority in (pki.root, pki.nca, pki.tls_root):
        assert "SANDBOX" in authority.certificate.subject.rfc4514_string()
    # The loopback's TLS says nothing about signatures, nor the other way round.
    assert pki.tls_root.certificate.public_key() != pki.root.certificate.public_key()


def test_a_customers_certificate_has_the_profile_of_the_national_authority(pki):
    customer = person(CustomerKey.GOOD)
    certificate = pki.customers[CustomerKey.GOOD].certificate
    subject = [(a.oid, a.value) for a in certificate.subject]
    assert subject == [
        (NameOID.COMMON_NAME, "НҰРҒАЛИЕВА ӘСЕЛ"),
        (NameOID.SURNAME, "НҰРҒАЛИЕВА"),
        (NameOID.SERIAL_NUMBER, f"IIN{customer.iin}"),
        (NameOID.COUNTRY_NAME, "KZ"),
        (NameOID.GIVEN_NAME, "СЕРІКҚЫЗЫ"),
    ]
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    read = Certificate.parse(pki.customers[CustomerKey.GOOD].der)
    assert holder_identity(read).iin.digits == customer.iin
    assert signs_documents(read)
    assert roles(read) == ("1.2.398.3.3.4.1.1",)
    assert keystores(read) == ("1.2.398.3.3.5.1.1",)
    assert read.policies == ("1.2.398.3.3.2.3",)


def test_the_authentication_key_is_no_signing_key(pki):
    read = Certificate.parse(pki.customers[CustomerKey.WRONG_USAGE].der)
    assert not signs_documents(read)
    assert "1.3.6.1.5.5.7.3.2" in read.extended_key_usage


def test_only_the_expired_key_is_expired_and_the_revoked_one_was_revoked_before_now(pki):
    expired = {k for k, c in pki.customers.items() if c.certificate.not_valid_after_utc < MOMENT}
    assert expired == {CustomerKey.EXPIRED}
    revoked = pki.customers[CustomerKey.REVOKED].certificate
    ((serial, since),) = pki.revocations().items()
    assert serial == revoked.serial_number
    assert revoked.not_valid_before_utc < since < MOMENT


def test_no_address_in_a_certificate_can_be_reached(pki):
    for credential in (pki.nca, pki.tsa, *pki.customers.values()):
        for part in credential.der.split(b"http://")[1:]:
            assert part.split(b"/", 1)[0].endswith(b".sandbox.invalid")


def test_opening_the_folder_again_gives_the_same_certificates(sandbox_folder, pki):
    again = SandboxPki.open(sandbox_folder / "pki", MOMENT + timedelta(days=100))
    assert again.root.der == pki.root.der
    assert {k: c.der for k, c in again.customers.items()} == {
        k: c.der for k, c in pki.customers.items()
    }


def test_a_year_later_customers_get_new_keys_under_the_same_authorities(tmp_path):
    before = SandboxPki.open(tmp_path, MOMENT)
    after = SandboxPki.open(tmp_path, MOMENT + timedelta(days=400))
    assert (after.root.der, after.nca.der) == (before.root.der, before.nca.der)
    assert after.customers[CustomerKey.GOOD].der != before.customers[CustomerKey.GOOD].der
    assert after.customers[CustomerKey.EXPIRED].der == before.customers[CustomerKey.EXPIRED].der


def test_a_damaged_root_renews_everything_below_it_and_nothing_else(tmp_path):
    before = SandboxPki.open(tmp_path, MOMENT)
    (tmp_path / "root.pem").write_bytes(b"damaged")
    after = SandboxPki.open(tmp_path, MOMENT)
    assert after.nca.der != before.nca.der
    assert after.customers[CustomerKey.GOOD].der != before.customers[CustomerKey.GOOD].der
    assert after.tls.der == before.tls.der


def test_a_key_that_is_not_the_certificates_is_replaced(tmp_path):
    before = SandboxPki.open(tmp_path, MOMENT)
    good, other = tmp_path / "good.pem", tmp_path / "revoked.pem"
    marker = b"-----BEGIN PRIVATE KEY-----"
    good.write_bytes(
        good.read_bytes().split(marker)[0] + marker + other.read_bytes().split(marker)[1]
    )
    after = SandboxPki.open(tmp_path, MOMENT).customers[CustomerKey.GOOD]
    assert after.der != before.customers[CustomerKey.GOOD].der
    assert after.certificate.public_key() == after.key.public_key()
    assert isinstance(after.key, rsa.RSAPrivateKey)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_key_files_are_the_owners_only(sandbox_folder, pki):
    files = list((sandbox_folder / "pki").glob("*.pem"))
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
