"""The registry: the only entrance of cryptography, and the line between wrong and unsupported."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from crypto.algorithms.algorithm import DigestAlgorithm, SignatureAlgorithm
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.registry import AlgorithmUnknown, SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Limits, parse
from tests.support.pki.certificates import key, signer

REGISTRY = default_registry()
POLICY = KeyPolicy({"rsa": 2048})
MESSAGE = b"message"
LIMITS = Limits(8192, 16, 100)


def spki(private):
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PublicKeyInfo.read(parse(der, LIMITS))


def outcome(oid, private, signature, *, parameters=None, digest_oid=None, registry=REGISTRY):
    return registry.verify(
        algorithm=AlgorithmIdentifier(oid, parameters),
        key=spki(private),
        message=MESSAGE,
        signature=signature,
        policy=POLICY,
        digest_oid=digest_oid,
    ).outcome


@pytest.mark.parametrize(
    ("oid", "algorithm"),
    [
        (oids.SHA256_WITH_RSA, hashes.SHA256()),
        (oids.SHA384_WITH_RSA, hashes.SHA384()),
        (oids.SHA512_WITH_RSA, hashes.SHA512()),
    ],
)
def test_rsa_signatures_verify_with_their_own_digest_only(oid, algorithm):
    private = key("rsa-a")
    signature = private.sign(MESSAGE, padding.PKCS1v15(), algorithm)
    assert outcome(oid, private, signature) is SignatureOutcome.VALID
    assert outcome(oid, key("rsa-b"), signature) is SignatureOutcome.WRONG
    assert outcome(oid, private, signature[:-1]) is SignatureOutcome.WRONG
    other = oids.SHA512_WITH_RSA if oid != oids.SHA512_WITH_RSA else oids.SHA256_WITH_RSA
    assert outcome(other, private, signature) is SignatureOutcome.WRONG


def test_a_plain_rsa_identifier_takes_the_digest_of_the_signer_info():
    private = key("rsa-a")
    signature = signer(private)(MESSAGE)
    assert (
        outcome(oids.RSA_ENCRYPTION, private, signature, digest_oid=oids.SHA256)
        is SignatureOutcome.VALID
    )
    assert outcome(oids.RSA_ENCRYPTION, private, signature) is SignatureOutcome.NOT_SUPPORTED


def test_a_digest_that_contradicts_the_signature_identifier_is_refused():
    private = key("rsa-a")
    assert (
        outcome(oids.SHA256_WITH_RSA, private, signer(private)(MESSAGE), digest_oid=oids.SHA512)
        is SignatureOutcome.KEY_MISMATCH
    )


@pytest.mark.parametrize("salt", [32, 0])
def test_pss_parameters_are_obeyed(salt):
    private = key("rsa-a")
    sha = hashes.SHA256()
    signature = private.sign(MESSAGE, padding.PSS(padding.MGF1(sha), salt), sha)
    identifier = w.algorithm(oids.SHA256)
    parameters = w.sequence(
        w.explicit(0, identifier),
        w.explicit(1, w.sequence(w.oid(oids.MGF1), identifier)),
        w.explicit(2, w.integer(salt)),
    )
    assert (
        outcome(oids.RSASSA_PSS, private, signature, parameters=parameters)
        is SignatureOutcome.VALID
    )
    wrong = parameters.replace(w.integer(salt), w.integer(salt + 1))
    assert outcome(oids.RSASSA_PSS, private, signature, parameters=wrong) is SignatureOutcome.WRONG
    broken = w.sequence(w.null())
    assert (
        outcome(oids.RSASSA_PSS, private, signature, parameters=broken)
        is SignatureOutcome.NOT_SUPPORTED
    )
    assert (
        outcome(oids.RSASSA_PSS, private, signature) is SignatureOutcome.WEAK
    )  # defaults mean SHA-1


def test_ecdsa_is_p256_only():
    private = key("person")
    assert (
        outcome(oids.ECDSA_WITH_SHA256, private, signer(private)(MESSAGE)) is SignatureOutcome.VALID
    )
    assert outcome(oids.ECDSA_WITH_SHA256, private, b"") is SignatureOutcome.WRONG
    other = ec.generate_private_key(ec.SECP384R1())
    signature = other.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))
    assert outcome(oids.ECDSA_WITH_SHA256, other, signature) is SignatureOutcome.KEY_REFUSED


def test_weak_keys_and_digests_are_weak_not_wrong():
    private = key("rsa1024")
    assert outcome(oids.SHA256_WITH_RSA, private, signer(private)(MESSAGE)) is SignatureOutcome.WEAK
    strong = key("rsa-a")
    sha1 = strong.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA1())
    assert outcome(oids.SHA1_WITH_RSA, strong, sha1) is SignatureOutcome.WEAK


@pytest.mark.parametrize("oid", ["1.2.398.3.10.1.1.1.2.1", "1.2.840.113549.1.1.4", "1.2.3"])
def test_what_is_not_registered_is_not_supported(oid):
    assert outcome(oid, key("rsa-a"), b"x") is SignatureOutcome.NOT_SUPPORTED


def test_a_family_enters_through_the_registry_alone():
    # A digest and a signature of a new family, as GOST came: nothing else is told of it.
    digest = DigestAlgorithm("toy", ("1.2.3.1",), 32, strong=True, new=hashlib.sha3_256)
    toy = SignatureAlgorithm(
        name="toy",
        oids=("1.2.3.2",),
        key_oids=frozenset({oids.EC_PUBLIC_KEY}),
        family="toy",
        digest_oid=lambda _: "1.2.3.1",
        bits=lambda _: 256,
        verify=lambda info, _, algorithm, value, signature: (
            signature == value[::-1] and algorithm.size == len(value) and bool(info.key)
        ),
        null=False,
    )
    larger = REGISTRY.with_algorithms([digest], [toy])
    signature = hashlib.sha3_256(MESSAGE).digest()[::-1]
    private = key("person")
    assert outcome("1.2.3.2", private, signature, registry=larger) is SignatureOutcome.VALID
    assert outcome("1.2.3.2", private, signature[1:], registry=larger) is SignatureOutcome.WRONG
    assert (
        outcome("1.2.3.2", key("rsa-a"), signature, registry=larger)
        is SignatureOutcome.KEY_MISMATCH
    )
    assert outcome("1.2.3.2", private, signature) is SignatureOutcome.NOT_SUPPORTED


def test_making_with_an_unknown_algorithm_raises():
    with pytest.raises(AlgorithmUnknown):
        REGISTRY.require_digest("1.2.3")
    with pytest.raises(AlgorithmUnknown):
        REGISTRY.signature_identifier("1.2.3")


def test_a_malformed_key_is_refused_not_wrong():
    info = PublicKeyInfo(b"\x30\x00", AlgorithmIdentifier(oids.RSA_ENCRYPTION, None), b"")
    check = REGISTRY.verify(
        algorithm=AlgorithmIdentifier(oids.SHA256_WITH_RSA, None),
        key=info,
        message=MESSAGE,
        signature=b"x",
        policy=POLICY,
    )
    assert check.outcome is SignatureOutcome.KEY_REFUSED
