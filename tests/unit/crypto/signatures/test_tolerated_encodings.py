"""Signatures that other software writes in another encoding are accepted, and the report says so.

RFC 8017 9.2 and RFC 5754 2: a DigestInfo without NULL. RFC 5652 5.4: attributes sent in any order
and signed in DER order. Everything that is not exactly one of these is refused as before.
"""

import itertools
import subprocess
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    Holder,
    OcspAnswer,
    issue,
    person_name,
    signature_oid,
    signer,
    world,
)
from tests.support.pki.certificates import (
    GOOD as GOOD_STATUS,
)

W = world()
RSA = issue(person_name(), "rsa-person", W.authority, PERSON_EXTENSIONS, serial=1301)
REGISTRY = default_registry()
DIGEST = REGISTRY.require_digest(oids.SHA256)
CONTENT_TYPE = attribute(oids.CONTENT_TYPE, w.oid(oids.DATA))
MESSAGE_DIGEST = attribute(oids.MESSAGE_DIGEST, w.octet_string(DIGEST.hash(CONTENT)))
TWO_VALUES = "1.2.398.3.3.99.1"
FAR = attribute(
    "1.2.840.113549.1.9.16.2.47",
    w.sequence(w.sequence(w.sequence(w.octet_string(DIGEST.hash(RSA.der))))),
)
DIGESTS = {"SHA-256": oids.SHA256, "SHA-384": oids.SHA384, "SHA-512": oids.SHA512}
WITH_RSA = {
    oids.SHA256: oids.SHA256_WITH_RSA,
    oids.SHA384: oids.SHA384_WITH_RSA,
    oids.SHA512: oids.SHA512_WITH_RSA,
}


def raw_rsa(block: bytes, private: rsa.RSAPrivateKey) -> bytes:
    numbers = private.private_numbers()
    modulus = numbers.public_numbers.n
    octets = (modulus.bit_length() + 7) // 8
    return pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(octets, "big")


def digest_info(message: bytes, *, parameters: bytes = b"", digest: str = oids.SHA256) -> bytes:
    value = REGISTRY.require_digest(digest).hash(message)
    return w.sequence(w.sequence(w.oid(digest), parameters), w.octet_string(value))


def padded(info: bytes, octets: int = 256) -> bytes:
    return b"\x00\x01" + b"\xff" * (octets - 3 - len(info)) + b"\x00" + info


def without_null(message: bytes) -> bytes:
    return raw_rsa(padded(digest_info(message)), RSA.private)


def message(attributes, signature, *, holder: Holder = RSA, content: bytes = CONTENT) -> bytes:
    certificate = holder.parsed
    octets = b"".join(attributes)
    info = w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(oids.SHA256),
        w.tlv(0xA0, octets) if attributes else b"",
        REGISTRY.signature_identifier(signature_oid(holder.private)),
        w.octet_string(signature),
    )
    body = w.sequence(
        w.integer(1),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(w.oid(oids.DATA), w.explicit(0, w.octet_string(content))),
        w.set_of([holder.der], 0xA0),
        w.set_of([info]),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def answers(*holders: Holder):
    stated = [(W.identifier(each), GOOD_STATUS) for each in holders]
    return lambda nonce: OcspAnswer(stated, nonce=nonce).encode(W.responder)


def fresh(cms: bytes):
    validator = W.validator(W.sources(answers(W.person, RSA)))
    return validator.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)


def document(cms: bytes):
    validator = W.validator(W.sources(answers(W.person, RSA)))
    return validator.validate_document(cms, content=CONTENT, moment=NOW).signatures[0]


def details(report, code: str) -> list[str]:
    return [each.detail for each in report.findings if each.code == code]


def sorted_set(attributes) -> bytes:
    return w.set_of(attributes)


def found_set(attributes) -> bytes:
    return w.tlv(0x31, b"".join(attributes))


def verify(signature: bytes, key: Certificate, *, oid=oids.SHA256_WITH_RSA, **options):
    return REGISTRY.verify(
        algorithm=AlgorithmIdentifier(oid, None),
        key=key.key,
        message=CONTENT,
        signature=signature,
        policy=KeyPolicy({"rsa": 2048}),
        **options,
    )


@pytest.mark.parametrize("door", [fresh, document])
def test_a_digest_info_without_null_is_accepted_and_said(door):
    attributes = sorted([CONTENT_TYPE, MESSAGE_DIGEST])
    report = door(message(attributes, without_null(found_set(attributes))))
    assert report.indication is Indication.TOTAL_PASSED
    assert details(report, "signature_encoding") == ["warning:digest_info_without_null"]
    ordinary = door(message(attributes, signer(RSA.private)(found_set(attributes))))
    assert ordinary.indication is Indication.TOTAL_PASSED
    assert details(ordinary, "signature_encoding") == []


@pytest.mark.parametrize("digest", DIGESTS.values(), ids=DIGESTS)
def test_every_digest_may_come_without_null(digest):
    made = raw_rsa(padded(digest_info(CONTENT, digest=digest)), RSA.private)
    check = verify(made, RSA.parsed, oid=WITH_RSA[digest], without_null=True)
    assert (check.outcome, check.without_null) == (SignatureOutcome.VALID, True)
    named = verify(made, RSA.parsed, oid=oids.RSA_ENCRYPTION, without_null=True, digest_oid=digest)
    assert named.outcome is SignatureOutcome.VALID


def test_only_who_asks_for_it_gets_it():
    made = raw_rsa(padded(digest_info(CONTENT)), RSA.private)
    assert verify(made, RSA.parsed).outcome is SignatureOutcome.WRONG
    assert verify(made, RSA.parsed, without_null=True).outcome is SignatureOutcome.VALID
    assert verify(made, RSA.parsed).outcome is SignatureOutcome.WRONG  # not out of the cache


INFO = digest_info(CONTENT)
VALUE = DIGEST.hash(CONTENT)
SHA256_OID = w.oid(oids.SHA256)
NOT_THE_ENCODING = {
    "garbage behind": b"\x00\x01" + b"\xff" * 8 + b"\x00" + INFO + bytes(256 - 11 - len(INFO)),
    "garbage behind a padding that is one octet short": padded(INFO + b"\x00"),
    "block type 2": b"\x00\x02" + padded(INFO)[2:],
    "a first octet that is not zero": b"\x01" + padded(INFO)[1:],
    "one octet of padding is not FF": padded(INFO)[:40] + b"\xfe" + padded(INFO)[41:],
    "no zero after the padding": b"\x00\x01" + b"\xff" * (254 - len(INFO)) + INFO,
    "two zeros after the padding": b"\x00\x01" + b"\xff" * (252 - len(INFO)) + b"\0\0" + INFO,
    "parameters of another type": padded(digest_info(CONTENT, parameters=b"\x04\x00")),
    "NULL with content": padded(digest_info(CONTENT, parameters=b"\x05\x01\x00")),
    "NULL of a long length": padded(digest_info(CONTENT, parameters=b"\x05\x81\x00")),
    "garbage among the parameters": padded(
        digest_info(CONTENT, parameters=b"\x04\x20" + b"g" * 32)
    ),
    "a length that is not minimal": padded(b"\x30\x81" + bytes((len(INFO) - 2,)) + INFO[2:]),
    "indefinite length": padded(b"\x30\x80" + INFO[2:] + b"\0\0"),
    "the digest alone": padded(VALUE),
    "another digest's name": padded(
        w.sequence(w.sequence(w.oid("2.16.840.1.101.3.4.2.6")), w.octet_string(VALUE))
    ),
    "a digest cut short": padded(w.sequence(w.sequence(SHA256_OID), w.octet_string(VALUE[:-1]))),
    "an element behind the digest": padded(
        w.sequence(w.sequence(SHA256_OID), w.octet_string(VALUE), w.tlv(5))
    ),
    "the algorithm as bare identifier": padded(w.sequence(SHA256_OID, w.octet_string(VALUE))),
}


@pytest.mark.parametrize("block", NOT_THE_ENCODING.values(), ids=NOT_THE_ENCODING)
def test_nothing_but_the_two_encodings_is_accepted(block):
    assert len(block) == 256
    made = raw_rsa(block, RSA.private)
    assert verify(made, RSA.parsed, without_null=True).outcome is SignatureOutcome.WRONG


def integer_root(number: int, degree: int) -> int:
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
    return low


def test_a_small_exponent_forges_nothing():
    """CVE-2006-4339 and its variants: a perfect cube below a block with room for garbage."""
    private = rsa.generate_private_key(public_exponent=3, key_size=2048)
    holder = Holder(RSA.certificate, private)
    key = replace(RSA.parsed, key=_key_of(private))
    start = b"\x00\x01" + b"\xff" * 8 + b"\x00" + INFO
    low = int.from_bytes(start + bytes(256 - len(start)), "big")
    high = int.from_bytes(start + b"\xff" * (256 - len(start)), "big")
    forged = integer_root(high, 3)
    assert low <= forged**3 <= high  # the forgery works against who parses from the left
    made = forged.to_bytes(256, "big")
    assert verify(made, key, without_null=True).outcome is SignatureOutcome.WRONG
    own = raw_rsa(padded(INFO), holder.private)
    assert verify(own, key, without_null=True).outcome is SignatureOutcome.VALID


def _key_of(private):
    from cryptography.hazmat.primitives import serialization

    from crypto.algorithms.keys import PublicKeyInfo

    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PublicKeyInfo.read(Node.at(spki, 0, len(spki)))


def test_a_signature_value_is_below_the_modulus_and_of_its_length():
    made = raw_rsa(padded(INFO), RSA.private)
    modulus = RSA.private.private_numbers().public_numbers.n
    more = int.from_bytes(made, "big") + modulus
    spoilt = [made[:-1], made + b"\0", b"\0" + made, b"", bytes(256), b"\xff" * 256]
    if more.bit_length() <= 2048:
        spoilt.append(more.to_bytes(256, "big"))
    for value in spoilt:
        assert verify(value, RSA.parsed, without_null=True).outcome is SignatureOutcome.WRONG


TWO = w.sequence(w.oid(TWO_VALUES), w.tlv(0x31, w.integer(9) + w.integer(3)))
NESTED = w.sequence(
    w.oid(TWO_VALUES),
    w.tlv(0x31, w.sequence(w.tlv(0x31, w.octet_string(b"z") + w.octet_string(b"a")))),
)
TWO_SORTED = w.sequence(w.oid(TWO_VALUES), w.tlv(0x31, w.integer(3) + w.integer(9)))
NESTED_SORTED = w.sequence(
    w.oid(TWO_VALUES),
    w.tlv(0x31, w.sequence(w.tlv(0x31, w.octet_string(b"a") + w.octet_string(b"z")))),
)
SENT_AND_SIGNED = {
    "attributes": ([MESSAGE_DIGEST, CONTENT_TYPE], [CONTENT_TYPE, MESSAGE_DIGEST]),
    "values of an attribute": (
        [CONTENT_TYPE, MESSAGE_DIGEST, TWO],
        [CONTENT_TYPE, MESSAGE_DIGEST, TWO_SORTED],
    ),
    "both": ([TWO, MESSAGE_DIGEST, CONTENT_TYPE], [CONTENT_TYPE, MESSAGE_DIGEST, TWO_SORTED]),
    "a set deep inside of a value": (
        [MESSAGE_DIGEST, NESTED, CONTENT_TYPE],
        [CONTENT_TYPE, MESSAGE_DIGEST, NESTED_SORTED],
    ),
    "attributes, while a value is kept": (
        [MESSAGE_DIGEST, NESTED, CONTENT_TYPE],
        [CONTENT_TYPE, MESSAGE_DIGEST, NESTED],
    ),
}


@pytest.mark.parametrize("door", [fresh, document])
@pytest.mark.parametrize(("sent", "signed"), SENT_AND_SIGNED.values(), ids=SENT_AND_SIGNED)
def test_attributes_sent_in_any_order_may_be_signed_in_der_order(sent, signed, door):
    report = door(message(sent, signer(RSA.private)(sorted_set(signed))))
    assert report.indication is Indication.TOTAL_PASSED
    assert "warning:signed_in_der_order" in details(report, "signed_attributes")


@pytest.mark.parametrize("sent", list(itertools.permutations([CONTENT_TYPE, MESSAGE_DIGEST, FAR])))
def test_attributes_signed_as_they_were_sent_are_accepted_as_before(sent):
    report = fresh(message(sent, signer(RSA.private)(found_set(sent))))
    assert report.indication is Indication.TOTAL_PASSED
    order = [] if found_set(sent) == sorted_set(sent) else ["warning:order_is_not_der"]
    assert details(report, "signed_attributes") == (order or [""])


def test_both_departures_at_once_are_both_said():
    sent = [MESSAGE_DIGEST, CONTENT_TYPE]
    report = fresh(message(sent, without_null(sorted_set(sent))))
    assert report.indication is Indication.TOTAL_PASSED
    assert details(report, "signed_attributes") == ["warning:signed_in_der_order"]
    assert details(report, "signature_encoding") == ["warning:digest_info_without_null"]


@pytest.mark.parametrize(
    "signed",
    [
        pytest.param([CONTENT_TYPE], id="fewer"),
        pytest.param([CONTENT_TYPE, MESSAGE_DIGEST, TWO], id="more"),
        pytest.param([CONTENT_TYPE, CONTENT_TYPE, MESSAGE_DIGEST], id="one twice"),
    ],
)
def test_other_attributes_than_those_sent_are_refused(signed):
    report = fresh(message([MESSAGE_DIGEST, CONTENT_TYPE], signer(RSA.private)(sorted_set(signed))))
    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_any_other_order_than_these_two_is_refused():
    sent, signed = [MESSAGE_DIGEST, FAR, CONTENT_TYPE], [FAR, MESSAGE_DIGEST, CONTENT_TYPE]
    report = fresh(message(sent, signer(RSA.private)(found_set(signed))))
    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    value = [f.status for f in report.findings if f.code == "signature_value"]
    assert value == [FindingStatus.FAILED]


def test_reordering_changes_no_length_and_no_octet():
    cms = message([TWO, MESSAGE_DIGEST, NESTED, CONTENT_TYPE], b"s" * 256)
    signed = SignedData.parse(cms).signers[0]
    for other in signed.reordered_octets():
        assert other != signed.signed_octets
        assert sorted(other) == sorted(signed.signed_octets)
    assert len(signed.reordered_octets()) == 2


def test_openssl_refuses_both_and_takes_the_ordinary_one(tmp_path):
    """The same octets: where OpenSSL is stricter, docs/conformance.md says so."""
    attributes = sorted([CONTENT_TYPE, MESSAGE_DIGEST])
    ordinary = message(attributes, signer(RSA.private)(found_set(attributes)))
    bare = message(attributes, without_null(found_set(attributes)))
    unsorted = message([MESSAGE_DIGEST, CONTENT_TYPE], signer(RSA.private)(sorted_set(attributes)))
    taken = []
    for cms in (ordinary, bare, unsorted):
        file = tmp_path / "one.der"
        file.write_bytes(cms)
        found = subprocess.run(
            [
                "openssl",
                "cms",
                "-verify",
                "-noverify",
                "-inform",
                "DER",
                "-in",
                str(file),
                "-out",
                str(tmp_path / "out"),
            ],
            capture_output=True,
            check=False,
        )
        taken.append(found.returncode == 0)
    assert taken == [True, False, False]
