"""GOST against implementations that are not ours: gostcrypto, and openssl with the gost engine.

Whatever one side signs the other verifies, and neither accepts it changed. Both are for
development only; a test that cannot run says what is missing.
"""

import os
import random
import shutil
import subprocess
from dataclasses import replace

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.cms.create import sign_cms
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.gost.curves import CRYPTOPRO_A, TC26_512_A, group
from crypto.gost.signature import decode_point, encode_point, sign, verify
from crypto.gost.streebog import streebog_256, streebog_512
from crypto.path.validate import verify_certificate
from crypto.report.report import FindingStatus
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import NOW
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.russian import KEY_512, SETS, STREEBOG_512, russian_registry

CONFIGURATION = """
openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = name
[name]
"""
POLICY = KeyPolicy({"rsa": 2048})
LENGTHS = (0, 1, 31, 32, 63, 64, 65, 128, 777)


class OpenSsl:
    """The command in a folder of its own, with the engine loaded."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "openssl.cnf").write_text(CONFIGURATION)

    def run(self, *arguments, given=b""):
        return subprocess.run(
            [shutil.which("openssl"), *arguments],
            input=given,
            capture_output=True,
            cwd=self.folder,
            env=os.environ | {"OPENSSL_CONF": str(self.folder / "openssl.cnf")},
            timeout=30,
            check=False,
        )

    def make(self, *arguments, given=b""):
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def key(self, known):
        """Generate a key; return its file and its scalar d."""
        self.make(
            *("genpkey", "-algorithm", known.algorithm, "-pkeyopt", f"paramset:{known.name}"),
            *("-out", "key.pem"),
        )
        private = self.make("pkey", "-in", "key.pem", "-outform", "DER")
        return "key.pem", int.from_bytes(private[-known.curve.octets :], "little")


@pytest.fixture
def openssl(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    found = OpenSsl(tmp_path)
    if b"md_gost12_512" not in found.run("engine", "-c", "gost").stdout:
        pytest.skip("openssl has no gost engine (Debian: libengine-gost-openssl)")
    return found


@pytest.fixture(scope="module")
def gostcrypto():
    return pytest.importorskip("gostcrypto", reason="gostcrypto is not installed")


def changed(octets, at):
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def scalar(curve):
    return random.Random(curve.name).randrange(1, curve.q)


@pytest.mark.parametrize(
    ("ours", "name"), [(streebog_512, "md_gost12_512"), (streebog_256, "md_gost12_256")]
)
def test_openssl_hashes_alike(openssl, ours, name):
    for length in LENGTHS:
        data = random.Random(length).randbytes(length)
        assert openssl.make("dgst", f"-{name}", "-binary", given=data) == ours(data), length


@pytest.mark.parametrize("known", SETS, ids=lambda s: s.curve.name)
def test_what_openssl_signs_verifies_here(openssl, known):
    file, d = openssl.key(known)
    public = openssl.make("pkey", "-in", file, "-pubout", "-outform", "DER")
    assert public.startswith(known.prefix)
    point = decode_point(known.curve, public[len(known.prefix) :])
    assert point == group(known.curve).multiple(d)
    for seed in range(3):
        digest = random.Random(seed).randbytes(known.curve.octets)
        (openssl.folder / "digest").write_bytes(digest)
        signature = openssl.make("pkeyutl", "-sign", "-inkey", file, "-in", "digest")[::-1]
        assert verify(known.curve, point, digest, signature)
        assert not verify(known.curve, point, changed(digest, seed), signature)
        assert not verify(known.curve, point, digest, changed(signature, seed))


@pytest.mark.parametrize("known", SETS, ids=lambda s: s.curve.name)
def test_what_we_sign_openssl_verifies(openssl, known):
    d = scalar(known.curve)
    public = known.prefix + encode_point(known.curve, group(known.curve).multiple(d))
    digest = random.Random(1).randbytes(known.curve.octets)
    signature = sign(known.curve, d, digest, random.Random(2).randbytes)[::-1]
    (openssl.folder / "public.der").write_bytes(public)
    (openssl.folder / "digest").write_bytes(digest)

    def accepted(value):
        (openssl.folder / "signature").write_bytes(value)
        return openssl.run(
            *("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "public.der"),
            *("-in", "digest", "-sigfile", "signature"),
        ).returncode

    assert accepted(signature) == 0
    assert accepted(changed(signature, 5)) != 0


def certificate_of(openssl, file):
    return openssl.make(
        *("req", "-x509", "-new", "-key", file, "-subj", "/CN=ORACLE", "-days", "2"),
        *("-outform", "DER"),
    )


def test_a_certificate_of_openssl_verifies_here_and_changed_does_not(openssl):
    file, _ = openssl.key(SETS[0])
    der = certificate_of(openssl, file)
    certificate = Certificate.parse(der)
    registry = russian_registry()
    found = verify_certificate(certificate, certificate, registry, POLICY)
    assert found.outcome is SignatureOutcome.VALID
    at = der.index(b"ORACLE")
    altered = Certificate.parse(changed(der, at))
    assert (
        verify_certificate(altered, certificate, registry, POLICY).outcome is SignatureOutcome.WRONG
    )


def test_a_cms_of_openssl_verifies_here(openssl):
    file, _ = openssl.key(SETS[0])
    der = certificate_of(openssl, file)
    (openssl.folder / "certificate.der").write_bytes(der)
    openssl.make("x509", "-inform", "DER", "-in", "certificate.der", "-out", "certificate.pem")
    cms = openssl.make(
        *("cms", "-sign", "-signer", "certificate.pem", "-inkey", file, "-md", "md_gost12_512"),
        *("-binary", "-nodetach", "-outform", "DER"),
        given=b"content",
    )
    signed = SignedData.parse(cms)
    (signer,) = signed.signers
    certificate = Certificate.parse(der)
    subject = SignatureSubject(signed, signer, certificate, b"content", oids.DATA)
    context = replace(CONTEXT, registry=russian_registry(), keys=POLICY)
    statuses = {s.finding.code: s.finding.status for s in verify_signer(subject, context)}
    assert statuses["message_digest"] is FindingStatus.PASSED
    assert statuses["signature_value"] is FindingStatus.PASSED


def test_a_cms_of_ours_is_verified_by_openssl(openssl):
    file, d = openssl.key(SETS[0])

    def signed(attributes):
        return sign(TC26_512_A, d, streebog_512(attributes), random.Random(3).randbytes)[::-1]

    cms = sign_cms(
        b"content",
        certificate=certificate_of(openssl, file),
        sign=signed,
        digest_oid=STREEBOG_512,
        signature_oid=KEY_512,
        signing_time=NOW,
        registry=russian_registry(),
    )
    verifying = ("cms", "-verify", "-inform", "DER", "-noverify", "-binary")
    assert openssl.make(*verifying, given=cms) == b"content"
    altered = cms.replace(b"content", b"CONTENT")
    assert openssl.run(*verifying, given=altered).returncode != 0


def test_gostcrypto_hashes_alike(gostcrypto):
    for size, ours in ((512, streebog_512), (256, streebog_256)):
        for length in LENGTHS:
            data = random.Random(length).randbytes(length)
            theirs = gostcrypto.gosthash.new(f"streebog{size}", data=bytearray(data))
            assert bytes(theirs.digest()) == ours(data), (size, length)


@pytest.mark.parametrize("curve", [CRYPTOPRO_A, TC26_512_A], ids=lambda c: c.name)
def test_gostcrypto_and_we_verify_each_other(gostcrypto, curve):
    names = {
        "CryptoPro-A": ("MODE_256", "id-tc26-gost-3410-2012-256-paramSetB"),
        "tc26-512-A": ("MODE_512", "id-tc26-gost-3410-12-512-paramSetA"),
    }
    mode, parameters = names[curve.name]
    theirs = gostcrypto.gostsignature.new(
        getattr(gostcrypto.gostsignature, mode),
        gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019[parameters],
    )
    size, d = curve.octets, scalar(curve)
    digest = random.Random(1).randbytes(size)
    private = bytearray(d.to_bytes(size, "big"))
    public = theirs.public_key_generate(private)
    point = group(curve).multiple(d)
    assert bytes(public) == b"".join(number.to_bytes(size, "big") for number in point)

    made = bytes(theirs.sign(private, bytearray(digest[::-1]), bytearray(b"\7" * size)))
    assert verify(curve, point, digest, made[:size][::-1] + made[size:][::-1])

    ours = sign(curve, d, digest, random.Random(2).randbytes)
    turned = bytearray(ours[:size][::-1] + ours[size:][::-1])
    assert theirs.verify(public, bytearray(digest[::-1]), turned)
    turned[3] ^= 1
    assert not theirs.verify(public, bytearray(digest[::-1]), turned)
