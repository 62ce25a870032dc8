"""DSA exists for NIST's suite alone."""

from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1.der import Limits, parse
from tests.conformance import legacy_dsa as legacy
from tests.support.pki.certificates import key

DSA_WITH_SHA1 = "1.2.840.10040.4.3"
POLICY = KeyPolicy({"rsa": 2048})
DEFAULT = default_registry()
LARGER = DEFAULT.with_algorithms(legacy.DIGESTS, legacy.SIGNATURES)


@cache
def private_key():
    return dsa.generate_private_key(1024)


def check(registry, private, signature, message=b"message", parameters=None):
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return registry.verify(
        algorithm=AlgorithmIdentifier(DSA_WITH_SHA1, parameters),
        key=PublicKeyInfo.read(parse(der, Limits(8192, 16, 100))),
        message=message,
        signature=signature,
        policy=POLICY,
    ).outcome


def test_dsa_is_not_supported_unless_asked_for():
    signature = private_key().sign(b"message", hashes.SHA1())
    assert check(DEFAULT, private_key(), signature) is SignatureOutcome.NOT_SUPPORTED
    assert check(LARGER, private_key(), signature) is SignatureOutcome.VALID


def test_a_wrong_dsa_signature_is_wrong():
    signature = private_key().sign(b"message", hashes.SHA1())
    assert check(LARGER, private_key(), signature, b"else") is SignatureOutcome.WRONG
    assert check(LARGER, private_key(), b"x") is SignatureOutcome.WRONG
    assert check(LARGER, private_key(), signature, parameters=b"\x30\x00") is SignatureOutcome.WRONG


@pytest.mark.parametrize("name", ["rsa-a", "person"])
def test_a_key_of_another_family_does_not_go_with_dsa(name):
    assert check(LARGER, key(name), b"x") is SignatureOutcome.KEY_MISMATCH


def test_a_malformed_dsa_key_is_refused():
    info = PublicKeyInfo(b"\x30\x00", AlgorithmIdentifier("1.2.840.10040.4.1", None), b"")
    found = LARGER.verify(
        algorithm=AlgorithmIdentifier(DSA_WITH_SHA1, None),
        key=info,
        message=b"",
        signature=b"x",
        policy=POLICY,
    )
    assert found.outcome is SignatureOutcome.KEY_REFUSED
