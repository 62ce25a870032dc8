"""Messages and time-stamps against openssl and pyHanko: what one makes the other verifies.

Neither side accepts anything tampered with. GOST messages against openssl's engine are in
test_gost_oracles. Both oracles are for development only; a test that cannot run says why.
"""

import asyncio
import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import attribute
from crypto.cms.timestamp import TimestampRequest, create_response, extract_token
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    ca_name,
    issue,
    make_crl,
    signature_oid,
    signer,
    usage,
    world,
)

W = world("rsa-person")
RSA_STAMPER = issue(
    ca_name("TSA TEST"),
    "rsa-stamper",
    W.authority,
    (
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
    ),
    serial=101,
)
AT = str(int(NOW.timestamp()))


@pytest.fixture
def openssl(tmp_path):
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("openssl is not installed: the second opinion is missing")
    files = {"root": W.root, "authority": W.authority, "person": W.person, "stamper": W.stamper}
    for name, holder in files.items():
        pem = holder.certificate.public_bytes(serialization.Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(pem)
    key = W.person.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "content").write_bytes(CONTENT)

    def run(*arguments, **files):
        for name, octets in files.items():
            (tmp_path / name).write_bytes(octets)
        return subprocess.run(
            [command, *arguments], capture_output=True, cwd=tmp_path, timeout=30, check=False
        )

    return run


def verifies(openssl, cms, *options):
    done = openssl(
        *("cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-out", "opened"),
        *("-CAfile", "root.pem", "-purpose", "any", "-attime", AT),
        *options,
        cms=cms,
    )
    return done.returncode == 0


def judged(cms, content=CONTENT):
    return W.validator().validate(cms, expected_content=content, expected_iin=IIN, moment=NOW)


def passes(cms, content=CONTENT):
    return judged(cms, content).indication is Indication.TOTAL_PASSED


def tampered(cms):
    """One bit each of the signature value, of the signed digest and of the signer's certificate."""
    certificate = cms.index(W.person.parsed.subject.raw)
    digest = cms.rindex(w.oid(oids.MESSAGE_DIGEST)) + 20
    places = (len(cms) - 9, digest, certificate + 20)
    for at in places:
        yield cms[:at] + bytes([cms[at] ^ 1]) + cms[at + 1 :]


@pytest.mark.parametrize("detached", [False, True])
def test_openssl_verifies_what_we_sign_and_refuses_it_tampered_with(openssl, detached):
    options = ("-cades", *(("-content", "content") if detached else ()))
    cms = W.cms(detached=detached, extra_certificates=[W.authority.der])
    assert verifies(openssl, cms, *options)
    for changed in tampered(cms):
        assert not verifies(openssl, changed, *options)
        assert not passes(changed)


@pytest.mark.parametrize(
    ("options", "ber"),
    [
        (("-nodetach",), False),
        (("-nodetach", "-cades"), False),
        (("-nodetach", "-keyid"), False),
        (("-nodetach", "-cades", "-md", "sha512"), False),
        (("-nodetach", "-keyopt", "rsa_padding_mode:pss"), False),
        (("-nodetach", "-stream"), True),
        (("-cades",), False),
        (("-noattr", "-nodetach"), False),
    ],
)
def test_we_verify_what_openssl_signs_and_refuse_it_tampered_with(openssl, options, ber):
    made = openssl(
        *("cms", "-sign", "-binary", "-in", "content", "-signer", "person.pem"),
        *("-inkey", "key.pem", "-outform", "DER", *options),
    )
    assert made.returncode == 0, made.stderr
    cms = made.stdout
    assert passes(cms)
    formats = {f.detail for f in judged(cms).findings if f.code == "format"}
    assert formats == ({"warning:ber"} if ber else {""})
    if "-noattr" not in options:
        for changed in tampered(cms):
            assert not passes(changed)
    assert not passes(cms, CONTENT + b" ")


def stamped_response(over):
    digest = default_registry().require_digest(oids.SHA256)
    return create_response(
        TimestampRequest(oids.SHA256, digest.hash(over), 4711, certificate_wanted=True),
        certificate=W.stamper.der,
        sign=signer(W.stamper.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(W.stamper.private),
        policy="1.2.398.3.3.2.6.2",
        serial=77,
        moment=NOW,
    )


def test_openssl_verifies_the_time_stamps_we_make(openssl):
    verify = ("ts", "-verify", "-data", "content", "-in", "answer", "-attime", AT)
    chain = ("-CAfile", "root.pem", "-untrusted", "authority.pem")
    response = stamped_response(CONTENT)
    assert openssl(*verify, *chain, answer=response).returncode == 0
    assert openssl(*verify, *chain, answer=stamped_response(b"else")).returncode != 0
    broken = response[:-4] + bytes([response[-4] ^ 1]) + response[-3:]
    assert openssl(*verify, *chain, answer=broken).returncode != 0


# pyHanko


def context_of():
    certvalidator = pytest.importorskip("pyhanko_certvalidator", reason="pyHanko is not installed")
    asn1 = pytest.importorskip("asn1crypto.x509")
    return certvalidator.ValidationContext(
        trust_roots=[asn1.Certificate.load(W.root.der)],
        other_certs=[asn1.Certificate.load(W.authority.der)],
        moment=NOW,
        allow_fetching=False,
    )


def pyhanko_status(cms, content=CONTENT):
    """Validate a detached message; None when pyHanko cannot even read it."""
    context = context_of()
    from asn1crypto.cms import ContentInfo
    from pyhanko.sign.general import CMSStructuralError
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    try:
        signed = ContentInfo.load(cms)["content"]
        return asyncio.run(
            async_validate_detached_cms(
                content,
                signed,
                signer_validation_context=context,
                key_usage_settings=KeyUsageConstraints(key_usage=set()),
            )
        )
    except (SignatureValidationError, CMSStructuralError, ValueError):
        return None


def pyhanko_accepts(cms, content=CONTENT):
    status = pyhanko_status(cms, content)
    return status is not None and status.valid and status.intact and status.trusted


def stamped_by_us():
    return W.cms(
        detached=True,
        unsigned=lambda value: [
            attribute(oids.SIGNATURE_TIME_STAMP, extract_token(stamped_response(value)))
        ],
    )


def test_pyhanko_verifies_what_we_sign_and_refuses_it_tampered_with():
    cms = W.cms(detached=True)
    assert pyhanko_accepts(cms)
    assert not pyhanko_accepts(cms, b"else")
    for changed in tampered(cms):
        assert not pyhanko_accepts(changed)


def test_pyhanko_takes_the_time_from_the_time_stamp_we_make():
    status = pyhanko_status(stamped_by_us())
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert (status.timestamp_validity.valid, status.timestamp_validity.timestamp) == (True, NOW)


def pyhanko_signed(*, stamped):
    context_of()
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def key_of(holder):
        der = holder.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return keys.PrivateKeyInfo.load(der)

    registry = SimpleCertificateStore()
    certificate = asn1.Certificate.load(RSA_STAMPER.der)
    stamper = DummyTimeStamper(certificate, key_of(RSA_STAMPER), fixed_dt=NOW)
    made = SimpleSigner(
        signing_cert=asn1.Certificate.load(W.person.der),
        signing_key=key_of(W.person),
        cert_registry=registry,
    )
    signing = made.async_sign_general_data(
        CONTENT,
        "sha256",
        detached=False,
        use_cades=True,
        timestamper=stamper if stamped else None,
    )
    return asyncio.run(signing).dump()


def test_we_verify_what_pyhanko_signs_and_refuse_it_tampered_with():
    cms = pyhanko_signed(stamped=False)
    assert passes(cms)
    assert not passes(cms, b"else")
    for changed in tampered(cms):
        assert not passes(changed)


def test_we_take_the_time_from_the_time_stamp_pyhanko_makes():
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority))]
    report = W.validator(W.sources(held=held)).validate(
        pyhanko_signed(stamped=True), expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )
    assert report.indication is Indication.TOTAL_PASSED
    (found,) = [f for f in report.findings if f.code == "timestamp"]
    assert found.detail == NOW.isoformat()
