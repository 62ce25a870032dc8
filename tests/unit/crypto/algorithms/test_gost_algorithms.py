"""The GOST identifiers of Kazakhstan in the registry: what is accepted, refused, or unknown."""

import random

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.registry import SignatureCheck, SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Limits, parse
from crypto.gost.acceleration import REFERENCE
from crypto.gost.kinds import facts
from crypto.gost.private_key import GostKind, GostPrivateKey
from tests.support.pki.certificates import key, signer

REGISTRY = default_registry()
POLICY = KeyPolicy({"rsa": 2048})
SHORT_ALLOWED = KeyPolicy({"gost2015": 256})
MESSAGE = b"message"
LIMITS = Limits(1024, 16, 100)
TUMAR = bytes.fromhex(
    "3063300e060a2b06010401b51101050805000351000602" + "00003aaa00000045433100020000"
)
KEYS = {
    kind: GostPrivateKey.generate(kind, random.Random(kind.value).randbytes) for kind in GostKind
}
K512, K256, K2004 = (
    KEYS[GostKind.GOST3410_2015_512],
    KEYS[GostKind.GOST3410_2015_256],
    KEYS[GostKind.GOST34310_2004],
)


def read(der):
    return PublicKeyInfo.read(parse(der, LIMITS))


def check(private, *, policy=POLICY, registry=REGISTRY, **changed):
    """Verify a signature by `private`, with parts of the question exchanged."""
    asked = {
        "algorithm": AlgorithmIdentifier(private.signature_oid, None),
        "key": read(private.public_key_info()),
        "message": MESSAGE,
        "digest_oid": None,
    } | changed
    if "signature" not in asked:
        asked["signature"] = private.sign(MESSAGE)
    return registry.verify(policy=policy, **asked)


@pytest.mark.parametrize("registry", [REGISTRY, default_registry(REFERENCE)])
@pytest.mark.parametrize("private", [K512, K2004], ids=lambda k: k.kind.value)
def test_signatures_of_both_generations_verify(private, registry):
    valid = check(private, registry=registry)
    assert valid == SignatureCheck(SignatureOutcome.VALID, private.signature_oid)
    for digest_oid in (private.digest_oid, None):
        again = check(private, registry=registry, digest_oid=digest_oid)
        assert again.outcome is SignatureOutcome.VALID
    assert check(private, registry=registry, message=b"else").outcome is SignatureOutcome.WRONG
    assert check(private, registry=registry, signature=b"").outcome is SignatureOutcome.WRONG
    assert check(private, registry=registry, signature=bytes(128)).outcome is SignatureOutcome.WRONG


def test_256_bits_of_2015_are_refused_by_default_and_verified_where_a_policy_says_so():
    assert check(K256) == SignatureCheck(SignatureOutcome.WEAK, "gost2015:256")
    assert check(K256, policy=SHORT_ALLOWED).outcome is SignatureOutcome.VALID
    assert check(K256, policy=SHORT_ALLOWED, message=b"else").outcome is SignatureOutcome.WRONG


def test_a_key_of_another_family_is_a_mismatch_not_a_wrong_signature():
    rsa = read(_public(key("rsa-a")))
    sha256_rsa = AlgorithmIdentifier(oids.SHA256_WITH_RSA, None)
    cases = [
        check(K512, key=read(K2004.public_key_info())),
        check(K2004, key=read(K512.public_key_info())),
        check(K512, key=read(K256.public_key_info())),
        check(K512, key=rsa),
        check(K512, algorithm=sha256_rsa, signature=signer(key("rsa-a"))(MESSAGE)),
    ]
    assert [c.outcome for c in cases] == [SignatureOutcome.KEY_MISMATCH] * 5


def _public(private):
    from cryptography.hazmat.primitives import serialization as s

    return private.public_key().public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("private", [K512, K2004], ids=lambda k: k.kind.value)
def test_a_key_is_read_only_behind_the_exact_octets_that_go_before_it(private):
    der = private.public_key_info()
    known = read(der)
    signature = private.sign(MESSAGE)
    for at in range(len(facts(private.kind).prefix)):
        changed = bytearray(der)
        changed[at] ^= 1
        info = PublicKeyInfo(bytes(changed), known.algorithm, known.key)
        assert (
            check(private, key=info, signature=signature).outcome is SignatureOutcome.KEY_REFUSED
        ), at
    for raw in (der[:-1], der + b"\0", der[: len(der) // 2], b""):
        info = PublicKeyInfo(raw, known.algorithm, known.key)
        assert check(private, key=info, signature=signature).outcome is SignatureOutcome.KEY_REFUSED


@pytest.mark.parametrize("private", [K512, K2004], ids=lambda k: k.kind.value)
def test_a_key_off_its_curve_is_refused(private):
    der = private.public_key_info()
    for bit in (0, 3, 200):
        changed = bytearray(der)
        changed[-1 - bit // 8] ^= 1 << bit % 8
        found = check(private, key=read(bytes(changed)))
        assert found.outcome is SignatureOutcome.KEY_REFUSED
        assert found.detail.endswith("not_on_curve")


def test_another_parameter_set_is_refused_not_guessed():
    other = w.oid("1.2.398.3.10.1.1.1.1.2")
    der = K2004.public_key_info().replace(w.oid("1.2.398.3.10.1.1.1.1.1"), other)
    assert check(K2004, key=read(der)).outcome is SignatureOutcome.KEY_REFUSED


def test_old_libraries_may_name_the_key_where_the_signature_belongs():
    named = AlgorithmIdentifier(facts(GostKind.GOST34310_2004).key_oid, None)
    assert check(K2004, algorithm=named).outcome is SignatureOutcome.VALID
    assert check(K2004, algorithm=named, message=b"else").outcome is SignatureOutcome.WRONG
    assert check(K512, algorithm=named).outcome is SignatureOutcome.KEY_MISMATCH


def test_the_s_box_may_stand_for_the_digest_and_beside_it():
    box = oids.KZ_GOST34311_TEST_BOX
    assert check(K2004, digest_oid=box).outcome is SignatureOutcome.VALID
    digest = REGISTRY.require_digest(box)
    assert digest is REGISTRY.require_digest(K2004.digest_oid)
    assert digest.accepts(None)
    assert digest.accepts(w.oid(box))
    assert not digest.accepts(w.oid("1.2.398.3.10.1.3.1.1.1"))


def test_a_digest_of_another_family_is_a_mismatch():
    assert check(K2004, digest_oid=K512.digest_oid).outcome is SignatureOutcome.KEY_MISMATCH
    assert check(K512, digest_oid=oids.SHA512).outcome is SignatureOutcome.KEY_MISMATCH
    assert check(K512, digest_oid="1.2.3").outcome is SignatureOutcome.KEY_MISMATCH


def test_a_signature_identifier_with_parameters_means_something_we_do_not_know():
    stated = AlgorithmIdentifier(K512.signature_oid, w.oid("1.2.3"))
    found = check(K512, algorithm=stated)
    assert found.outcome is SignatureOutcome.NOT_SUPPORTED
    assert K512.signature_oid in found.detail


def test_a_tumar_key_is_read_and_marked_legacy():
    point = K2004.public_key_info()[-64:]
    info = read(TUMAR + point)
    assert info.algorithm.oid == oids.TUMAR_EC_KEY
    found = check(K2004, key=info)
    assert found == SignatureCheck(
        SignatureOutcome.VALID, f"{K2004.signature_oid}:legacy_tumar_key"
    )
    assert check(K2004, key=info, message=b"else").outcome is SignatureOutcome.WRONG
    assert check(K512, key=info).outcome is SignatureOutcome.KEY_MISMATCH
    for at in range(len(TUMAR)):
        changed = bytearray(info.raw)
        changed[at] ^= 1
        broken = PublicKeyInfo(bytes(changed), info.algorithm, info.key)
        assert check(K2004, key=broken).outcome is SignatureOutcome.KEY_REFUSED, at


@pytest.mark.parametrize(
    "oid",
    [
        "1.2.398.3.10.1.1.1.2.1",  # registered variants nobody has met
        "1.2.398.3.10.1.1.1.2.2",
        "1.3.6.1.4.1.6801.1.2.2",  # Tumar's own
        "1.2.643.7.1.1.3.3",  # the Russian identifier of the same algorithm
    ],
)
def test_identifiers_nobody_uses_here_are_not_supported(oid):
    unknown = AlgorithmIdentifier(oid, None)
    assert check(K2004, algorithm=unknown) == SignatureCheck(SignatureOutcome.NOT_SUPPORTED, oid)


def test_identifiers_are_written_with_null():
    assert REGISTRY.signature_identifier(K512.signature_oid) == bytes.fromhex(
        "300e060a2a830e030a01010203020500"
    )
    assert REGISTRY.signature_identifier(K2004.signature_oid) == bytes.fromhex(
        "300d06092a830e030a010101020500"
    )


def test_digests_are_those_of_the_reference():
    for kind in GostKind:
        known = facts(kind)
        digest = REGISTRY.require_digest(known.digest_oid)
        assert digest.hash(MESSAGE) == known.digest(MESSAGE)
        assert digest.size == known.curve.octets
        hasher = digest.new()
        for octet in MESSAGE:
            hasher.update(bytes([octet]))
        assert hasher.digest() == known.digest(MESSAGE)
