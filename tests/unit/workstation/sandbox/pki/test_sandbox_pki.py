"""The sandbox's certificates: profile of НУЦ, kept in a folder, renewed when they do not fit."""

import hashlib
import os
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.gost.private_key import GostKind
from crypto.x509.certificate import Certificate
from crypto.x509.profile import holder_identity, keystores, roles, signs_documents
from tests.support.station.sandbox import MOMENT, person
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.pki.hierarchies import SandboxPki
from workstation.sandbox.pki.private_keys import belongs_to


@pytest.fixture
def pki(sandbox):
    return sandbox.pki


def holds(issuer, credential):
    check = Certificate.parse(credential.der)
    return (
        default_registry()
        .verify(
            algorithm=check.algorithm,
            key=issuer.parsed.key,
            message=check.tbs,
            signature=check.signature,
            policy=KeyPolicy({}),
        )
        .outcome
        is SignatureOutcome.VALID
    )


def test_everything_issued_names_the_sandbox_and_chains_to_its_root(pki):
    leaves = [(pki.hierarchies[person(key).family].nca, c) for key, c in pki.customers.items()]
    for each in pki.hierarchies.values():
        leaves += [(each.nca, each.tsa), (each.nca, each.ocsp), (each.root, each.nca)]
        leaves += [(each.root, each.root)]
        assert "SANDBOX" in each.root.certificate.subject.rfc4514_string()
    for issuer, leaf in [*leaves, (pki.tls_root, pki.tls)]:
        assert holds(issuer, leaf)
        assert leaf.certificate.issuer == issuer.certificate.subject
        assert "SANDBOX" in leaf.certificate.issuer.rfc4514_string()
    # The loopback's TLS says nothing about signatures, nor the other way round.
    assert pki.tls_root.parsed.key not in {h.root.parsed.key for h in pki.hierarchies.values()}


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
    assert read.extensions["2.5.29.15"].value == bytes.fromhex("030203c8")
    assert holder_identity(read).iin.digits == customer.iin
    assert signs_documents(read)
    assert roles(read) == ("1.2.398.3.3.4.1.1",)
    assert keystores(read) == ("1.2.398.3.3.5.1.1",)
    assert read.policies == ("1.2.398.3.3.2",)
    assert "1.3.6.1.5.5.7.3.2" not in read.extended_key_usage


def test_identifiers_are_made_from_the_key_as_the_national_authority_makes_them(pki):
    credentials = [*pki.customers.values(), *(h.nca for h in pki.hierarchies.values())]
    for credential in credentials:
        read = credential.parsed
        identifier = hashlib.sha1(read.key.key).digest()
        assert read.subject_key_id == identifier
        assert read.serial == int.from_bytes(identifier, "big") % (1 << 159)


def test_only_keys_of_today_name_a_delta_list(pki):
    for key, credential in pki.customers.items():
        (full,) = credential.parsed.distribution_points
        freshest = credential.parsed.freshest_points
        assert b"_nca.crl" in credential.der
        assert (len(freshest) == 1) is (person(key).family is Family.GOST2015), full


def test_every_key_is_of_its_family_and_of_its_length(pki):
    kinds = {k: type(c.key).__name__ for k, c in pki.customers.items()}
    for key, kind in kinds.items():
        assert (kind == "RsaSigningKey") is (person(key).family is Family.RSA)
    gost = {k: c.key.kind for k, c in pki.customers.items() if kinds[k] == "GostPrivateKey"}
    assert gost.pop(CustomerKey.SHORT_KEY) is GostKind.GOST3410_2015_256
    for key, kind in gost.items():
        legacy = person(key).family is Family.GOST2004
        assert kind is (GostKind.GOST34310_2004 if legacy else GostKind.GOST3410_2015_512)


def test_the_authentication_key_is_no_signing_key(pki):
    read = Certificate.parse(pki.customers[CustomerKey.WRONG_USAGE].der)
    assert not signs_documents(read)
    assert "1.3.6.1.5.5.7.3.2" in read.extended_key_usage
    assert read.policies == ("1.2.398.3.3.2.4",)


def test_only_the_expired_keys_are_expired_and_the_revoked_were_revoked_before_now(pki):
    expired = {k for k, c in pki.customers.items() if c.certificate.not_valid_after_utc < MOMENT}
    assert expired == {CustomerKey.EXPIRED, CustomerKey.LEGACY_EXPIRED}
    revoked = {
        Family.GOST2015: {
            CustomerKey.REVOKED,
            CustomerKey.HELD,
            CustomerKey.REVOKED_LATELY,
        },
        Family.RSA: {CustomerKey.RSA_REVOKED},
        Family.GOST2004: set(),
    }
    for family, keys in revoked.items():
        found = pki.revocations(family)
        assert set(found) == {pki.customers[key].parsed.serial for key in keys}
        for key in keys:
            certificate = pki.customers[key].parsed
            assert certificate.not_before < found[certificate.serial].since < MOMENT


def test_no_address_in_a_certificate_can_be_reached(pki):
    services = [c for h in pki.hierarchies.values() for c in (h.nca, h.tsa, h.ocsp)]
    for credential in (*services, *pki.customers.values()):
        for part in credential.der.split(b"http://")[1:]:
            assert part.split(b"/", 1)[0].endswith(b".sandbox.invalid")


def ders(pki):
    return {f: (h.root.der, h.nca.der) for f, h in pki.hierarchies.items()}


def test_opening_the_folder_again_gives_the_same_certificates(sandbox_folder, pki):
    again = SandboxPki.open(sandbox_folder / "pki", MOMENT + timedelta(days=100))
    assert ders(again) == ders(pki)
    assert {k: c.der for k, c in again.customers.items()} == {
        k: c.der for k, c in pki.customers.items()
    }


def test_a_year_later_customers_get_new_keys_under_the_same_authorities(tmp_path):
    before = SandboxPki.open(tmp_path, MOMENT)
    after = SandboxPki.open(tmp_path, MOMENT + timedelta(days=400))
    assert ders(after) == ders(before)
    assert after.customers[CustomerKey.GOOD].der != before.customers[CustomerKey.GOOD].der
    assert after.customers[CustomerKey.EXPIRED].der == before.customers[CustomerKey.EXPIRED].der


def test_a_damaged_root_renews_everything_below_it_and_nothing_else(tmp_path):
    before = SandboxPki.open(tmp_path, MOMENT)
    root = tmp_path / "gost2015_root.pem"
    root.write_bytes(root.read_bytes().replace(b"A", b"B", 1))
    after = SandboxPki.open(tmp_path, MOMENT)
    renewed = {f for f in Family if ders(after)[f] != ders(before)[f]}
    assert renewed == {Family.GOST2015}
    changed = {k for k in CustomerKey if after.customers[k].der != before.customers[k].der}
    assert changed == {k for k in CustomerKey if person(k).family is Family.GOST2015}
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
    assert belongs_to(after.key, after.parsed.key)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_key_files_are_the_owners_only(sandbox_folder, pki):
    files = list((sandbox_folder / "pki").glob("*.pem"))
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
