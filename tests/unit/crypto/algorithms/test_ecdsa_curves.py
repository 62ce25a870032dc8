"""ECDSA of documents: curves by name and by their whole parameters, and nobody's own curve."""

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.algorithms.algorithm import PublicKeyRefused
from crypto.algorithms.ecdsa import read_curve
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1.der import Limits, parse
from crypto.lds.algorithms import document_registry
from tests.support.lds.states import curve_key, explicit_parameters

P256 = {
    "p": 2**256 - 2**224 + 2**192 + 2**96 - 1,
    "a": 2**256 - 2**224 + 2**192 + 2**96 - 4,
    "b": 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    "base": (
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    "n": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "size": 32,
}
BRAINPOOL_256 = {
    "p": 0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
    "a": 0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
    "b": 0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
    "base": (
        0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
        0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
    ),
    "n": 0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    "size": 32,
}
"""FIPS 186-4 D.1.2.3 and RFC 5639 3.4."""

CURVES = (
    ec.SECP224R1(),
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.SECP521R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
    ec.BrainpoolP512R1(),
)
DIGESTS = (
    oids.ECDSA_WITH_SHA224,
    oids.ECDSA_WITH_SHA256,
    oids.ECDSA_WITH_SHA384,
    oids.ECDSA_WITH_SHA512,
)
LIMITS = Limits(octets=4096, depth=8, elements=64)


def public(key):
    return PublicKeyInfo.read(parse(key.public_key_info(), LIMITS))


def verify(key, message=b"m", signature=None, registry=None, policy=None):
    return (registry or document_registry()).verify(
        algorithm=AlgorithmIdentifier(key.signature_oid, None),
        key=public(key),
        message=message,
        signature=key.sign(b"m") if signature is None else signature,
        policy=policy or KeyPolicy({}),
    )


@pytest.mark.parametrize("curve", CURVES, ids=lambda each: each.name)
@pytest.mark.parametrize("oid", DIGESTS)
def test_a_signature_on_every_curve_with_every_digest_verifies(curve, oid):
    key = curve_key(curve, oid)
    assert verify(key).outcome is SignatureOutcome.VALID
    assert verify(key, b"another").outcome is SignatureOutcome.WRONG


@pytest.mark.parametrize(
    ("curve", "numbers"), [(ec.SECP256R1(), P256), (ec.BrainpoolP256R1(), BRAINPOOL_256)]
)
def test_a_curve_is_known_by_its_whole_parameters(curve, numbers):
    key = curve_key(curve, parameters=explicit_parameters(**numbers))
    assert read_curve(public(key)).name == curve.name
    assert verify(key).outcome is SignatureOutcome.VALID


@pytest.mark.parametrize("part", ["p", "a", "b", "n", "base", "cofactor"])
def test_parameters_of_which_one_is_another_are_refused(part):
    """A base point of the forger's choice verifies what he likes (CVE-2020-0601)."""
    (x, y), p = P256["base"], P256["p"]
    others = {"base": (x, p - y), "cofactor": 2}
    other = others[part] if part in others else P256[part] + 2
    key = curve_key(parameters=explicit_parameters(**{**P256, part: other}))
    assert verify(key).outcome is SignatureOutcome.KEY_REFUSED


def test_a_curve_of_no_document_is_refused():
    key = curve_key(ec.SECP256K1())
    with pytest.raises(PublicKeyRefused, match="curve:unknown"):
        read_curve(public(key))


def test_sha1_is_too_weak_for_a_document():
    assert verify(curve_key(signature_oid=oids.ECDSA_WITH_SHA1)).outcome is SignatureOutcome.WEAK


def test_a_signers_registry_knows_p256_alone():
    """What documents may be signed with, an ЭЦП may not."""
    for key in (
        curve_key(ec.SECP384R1(), oids.ECDSA_WITH_SHA384),
        curve_key(ec.BrainpoolP256R1()),
    ):
        check = verify(key, registry=default_registry())
        assert check.outcome is not SignatureOutcome.VALID


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")
@pytest.mark.parametrize("curve", CURVES, ids=lambda each: each.name)
def test_openssl_states_the_same_parameters(curve):
    name = "prime256v1" if curve.name == "secp256r1" else curve.name
    command = ["openssl", "ecparam", "-name", name, "-param_enc", "explicit", "-outform", "DER"]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    assert read_curve(public(curve_key(curve, parameters=made))).name == curve.name
