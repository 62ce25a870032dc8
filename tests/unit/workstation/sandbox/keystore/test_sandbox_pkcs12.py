"""Key stores: keys of every family open, and what does not open says why."""

import contextlib
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import writer as w
from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.x509.certificate import Certificate
from tests.support.pki.key_stores import SALT, THREE_KEY_3DES, KeyStore, encrypted, rc2_40_cbc
from tests.support.station.sandbox import MOMENT
from workstation.sandbox.keystore import rc2
from workstation.sandbox.keystore.pkcs12 import open_pkcs12
from workstation.sandbox.keystore.pkcs12_encryption import Password
from workstation.sandbox.people import Family
from workstation.sandbox.pki import issuance
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.key_store_errors import (
    KeyStoreDamaged,
    KeyStorePassword,
    KeyStoreRefused,
    KeyStoreUnsupported,
)
from workstation.sandbox.pki.private_keys import (
    RsaSigningKey,
    belongs_to,
    read_private_key,
    write_private_key,
)

PASSWORD = "Aa123456"


@cache
def made(family):
    return issuance.issue_root("SANDBOX holder", family, MOMENT)


def holder(family=Family.GOST2015):
    return made(family)


def store(family=Family.GOST2015, **changes):
    credential = holder(family)
    return KeyStore(write_private_key(credential.key), credential.der, **changes)


def refusal_of(untrusted, password=PASSWORD):
    with pytest.raises(KeyStoreRefused) as refused:
        open_pkcs12(untrusted, password)
    return type(refused.value), refused.value.detail


@pytest.mark.parametrize("family", list(Family))
def test_a_key_of_every_family_opens_with_its_certificate_and_signs_for_it(family):
    key, certificate = open_pkcs12(store(family).written(), PASSWORD)
    assert certificate == holder(family).der
    read = Certificate.parse(certificate)
    check = default_registry().verify(
        algorithm=read.algorithm,
        key=read.key,
        message=b"message",
        signature=key.sign(b"message"),
        policy=KeyPolicy({}),
    )
    assert check.outcome is SignatureOutcome.VALID


def test_the_whole_file_may_be_der_as_well_and_the_certificate_in_3des():
    changed = store(certificate_cipher=THREE_KEY_3DES)
    assert open_pkcs12(changed.written(), PASSWORD)[1] == holder().der


@pytest.mark.parametrize("password", ["", "aa123456", "Aa123456 ", "Құпия", "p" * 256])
def test_another_password_is_told_as_such(password):
    assert refusal_of(store().written(), password)[0] is KeyStorePassword


@pytest.mark.parametrize("password", ["Құпиясөз 1", "", "\U0001f511"])
def test_passwords_of_any_alphabet_open(password):
    written = store(password=password).written()
    assert open_pkcs12(written, password)[1] == holder().der


@pytest.mark.parametrize("password", ["p" * 257, "\ud800"])
def test_a_password_nobody_could_have_set_is_refused(password):
    assert refusal_of(store().written(), password) == (KeyStoreUnsupported, "password")


def test_a_damaged_file_under_the_right_password_is_not_called_a_wrong_password():
    assert refusal_of(store(mac_password="another").written()) == (KeyStoreDamaged, "mac")
    written = store().written()
    shrouded = encrypted(THREE_KEY_3DES, PASSWORD, 1024, store().private_key)
    chunks = (shrouded[at : at + 8] for at in range(len(shrouded)))
    where = next(found for chunk in chunks if (found := written.find(chunk)) >= 0)
    spoilt = written[:where] + bytes([written[where] ^ 1]) + written[where + 1 :]
    assert refusal_of(spoilt) == (KeyStoreDamaged, "mac")


@pytest.mark.parametrize("length", [0, 1, 10, 100, -1])
def test_a_file_that_is_cut_is_damaged(length):
    assert refusal_of(store().written()[:length])[0] is KeyStoreDamaged


def test_a_key_under_another_persons_certificate_is_damaged():
    stranger = issuance.issue_root("SANDBOX stranger", Family.GOST2015, MOMENT)
    mixed = replace(store(), certificate=stranger.der)
    assert refusal_of(mixed.written()) == (KeyStoreDamaged, "key_of_another_certificate")


def test_what_is_not_read_here_is_named():
    assert refusal_of(store(with_mac=False).written()) == (KeyStoreUnsupported, "no_mac")
    assert refusal_of(store(keys=2).written()) == (KeyStoreUnsupported, "keys:2")
    assert refusal_of(store(keys=0).written()) == (KeyStoreUnsupported, "keys:0")
    assert refusal_of(b"\x30\x80" + bytes(300_000)) == (KeyStoreUnsupported, "size")
    foreign = w.sequence(w.integer(3), w.sequence(w.oid("1.2.840.113549.1.7.2"), b"\xa0\x02\x05\0"))
    assert refusal_of(foreign) == (KeyStoreUnsupported, "1.2.840.113549.1.7.2")


def test_iterations_beyond_a_million_in_all_are_not_begun():
    password = Password(PASSWORD)
    with pytest.raises(KeyStoreUnsupported) as refused:
        password.pkcs12_key("sha1", SALT, 1_000_001, 1, 24)
    assert refused.value.detail == "iterations"
    with pytest.raises(KeyStoreUnsupported):
        password.pbkdf2_key("sha256", SALT, 600_000, 64)
    assert len(password.pbkdf2_key("sha256", SALT, 999_000, 32)) == 32
    with pytest.raises(KeyStoreUnsupported):
        password.pkcs12_key("sha1", SALT, 2048, 1, 8)


@pytest.mark.parametrize("algorithm", ["3des", "aes"])
def test_files_of_another_writer_open(algorithm):
    credential = holder(Family.RSA)
    certificate = x509.load_der_x509_certificate(credential.der)
    encryption = BestAvailableEncryption(PASSWORD.encode())
    if algorithm == "3des":
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(2048)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())
            .build(PASSWORD.encode())
        )
    written = pkcs12.serialize_key_and_certificates(
        b"name", credential.key.private, certificate, None, encryption
    )
    key, found = open_pkcs12(written, PASSWORD)
    assert found == credential.der
    assert isinstance(key, RsaSigningKey)
    assert refusal_of(written, "another")[0] is KeyStorePassword


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command")


@needs_openssl
def test_the_writer_of_these_tests_encrypts_rc2_as_openssl_does():
    key, iv, data = b"\x01\xfe\x5a\x00\x77", bytes(range(8)), bytes(range(200))
    command = ["openssl", "enc", "-rc2-40-cbc", "-provider", "legacy", "-nopad"]
    done = subprocess.run(
        [*command, "-K", key.hex(), "-iv", iv.hex()], input=data, capture_output=True, check=True
    )
    assert rc2_40_cbc(key, iv, data) == done.stdout


@needs_openssl
@pytest.mark.parametrize("options", [(), ("-legacy",), ("-macalg", "sha512")])
def test_files_of_openssl_open(tmp_path, options):
    credential = holder(Family.RSA)
    (tmp_path / "key.der").write_bytes(write_private_key(credential.key))
    (tmp_path / "cert.der").write_bytes(credential.der)
    for kind, tool in (("key", "pkey"), ("cert", "x509")):
        subprocess.run(
            ["openssl", tool, "-inform", "DER", "-in", f"{kind}.der", "-out", f"{kind}.pem"],
            cwd=tmp_path,
            check=True,
        )
    command = ["openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", *options]
    subprocess.run(
        [*command, "-passout", f"pass:{PASSWORD}", "-out", "s.p12"], cwd=tmp_path, check=True
    )
    assert open_pkcs12((tmp_path / "s.p12").read_bytes(), PASSWORD)[1] == credential.der


def openssl(folder, *arguments):
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, check=False
    ).returncode


@needs_openssl
@pytest.mark.parametrize(
    ("options", "named"),
    [((), "1.2.643.7.1.1.1.2"), (("-macalg", "md_gost12_512"), "1.2.643.7.1.1.2.3")],
)
def test_a_gost_file_of_openssl_is_unsupported_by_name_not_a_wrong_password(
    tmp_path, options, named
):
    gost = ("-engine", "gost")
    key = ("-algorithm", "gost2012_512", "-pkeyopt", "paramset:A", "-out", "k.pem")
    if openssl(tmp_path, "genpkey", *gost, *key) != 0:
        pytest.skip("OpenSSL's gost engine is not installed")
    certified = ("-x509", "-new", "-key", "k.pem", "-md_gost12_512", "-subj", "/CN=x")
    assert openssl(tmp_path, "req", *gost, *certified, "-out", "c.pem") == 0
    stored = ("-export", "-inkey", "k.pem", "-in", "c.pem", "-passout", f"pass:{PASSWORD}")
    assert openssl(tmp_path, "pkcs12", *gost, *stored, *options, "-out", "s.p12") == 0
    written = (tmp_path / "s.p12").read_bytes()
    assert refusal_of(written) == (KeyStoreUnsupported, named)


def test_a_key_of_another_countrys_gost_is_unsupported_not_damaged():
    identifier = w.algorithm(
        "1.2.643.7.1.1.1.1", parameters=w.sequence(w.oid("1.2.643.7.1.2.1.2.1"))
    )
    foreign = w.sequence(w.integer(0), identifier, w.octet_string(w.octet_string(b"\x01" * 64)))
    assert refusal_of(replace(store(), private_key=foreign).written()) == (
        KeyStoreUnsupported,
        "1.2.643.7.1.1.1.1",
    )


@pytest.mark.parametrize("kind", list(GostKind))
def test_gost_keys_survive_being_written_and_read(kind):
    key = GostPrivateKey.generate(kind, lambda n: b"\x5a" * n)
    assert read_private_key(write_private_key(key)) == key


def test_a_scalar_of_zero_or_the_wrong_length_is_damaged():
    good = write_private_key(holder().key)
    zero = good[:-64] + bytes(64)
    for spoilt in (zero, w.sequence(*_fields(good), w.octet_string(w.octet_string(b"\x01" * 63)))):
        with pytest.raises(KeyStoreDamaged):
            read_private_key(spoilt)


def _fields(pkcs8):
    """Version and algorithm of a PrivateKeyInfo, as they are encoded."""
    return pkcs8[2:5], pkcs8[5 : 5 + 2 + pkcs8[6]]


def test_a_tumar_key_belongs_to_the_certificate_with_its_blob_and_to_no_other():
    key = GostPrivateKey(GostKind.GOST34310_2004, 0x1234567)
    sec1 = w.sequence(w.integer(1), w.octet_string(key.d.to_bytes(32, "big")))
    identifier = w.algorithm("1.3.6.1.4.1.6801.1.5.8")
    assert read_private_key(w.sequence(w.integer(0), identifier, w.octet_string(sec1))) == key
    point = key.public_key_info()[-64:]
    blob = bytes.fromhex("060200003aaa00000045433100020000")
    read = Credential(holder(Family.GOST2004).der, key).parsed.key
    assert not belongs_to(key, read)
    tumar = replace(read, algorithm=replace(read.algorithm, oid="1.3.6.1.4.1.6801.1.5.8"))
    assert belongs_to(key, replace(tumar, key=blob + point))
    assert not belongs_to(key, replace(tumar, key=blob + point[:-1] + b"\x00"))


@pytest.mark.parametrize(
    ("key", "bits", "plain", "cipher"),
    [
        ("0000000000000000", 63, "0000000000000000", "ebb773f993278eff"),
        ("ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"),
        ("88", 64, "0000000000000000", "61a8a244adacccf0"),
        ("88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"),
        ("88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"),
        ("88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_agrees_with_the_vectors_of_its_standard(key, bits, plain, cipher):
    found = rc2.decrypt_cbc(bytes.fromhex(key), bytes(8), bytes.fromhex(cipher), bits)
    assert found.hex() == plain


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_octets_open_or_are_refused_by_name(data):
    written = store(rounds=1, certificate_cipher=THREE_KEY_3DES).written()
    at = data.draw(st.integers(0, len(written) - 1))
    untrusted = data.draw(
        st.sampled_from(
            [
                written[:at] + bytes([data.draw(st.integers(0, 255))]) + written[at + 1 :],
                written[:at] + written[at + 1 :],
                data.draw(st.binary(max_size=64)),
            ]
        )
    )
    with contextlib.suppress(KeyStoreRefused):
        assert open_pkcs12(untrusted, PASSWORD)[1] == holder().der
