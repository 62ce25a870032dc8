"""Ten thousand one-bit mutations of certificates, lists, answers and messages: none accepted.

What "accepted" means: a certificate ends on a valid path; a list or an answer is believed,
whatever it says; a message passes. Nothing may raise but the package's own errors. The bits are
drawn from a seeded generator; octets of the GOST worlds are the same every run.

A bit that no signature covers may change without changing what is said. Two classes of these
exist, and the tests show that there are no others:

- unsigned attributes of a CMS signer, of which the published messages have a time-stamp token:
  anybody may drop or replace them (RFC 5652 5.3). A token that does not hold proves no time, and
  condemns nothing: another ten thousand changes of these octets end passed or unreadable;
- in such a token, as in a document of the past but not in a signature made for us, the frame
  that says how to read it: both versions and the announced digests (RFC 5652 5.1). The token
  then proves the same time as before, which its own signature covers.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import pytest
from cryptography import x509

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Limits, Node, context, parse
from crypto.cms.create import attribute
from crypto.cms.signature_file import identify
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampRequest, create_response, read_response
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.gost.kinds import GostKind
from crypto.path.trust import TrustStore
from crypto.path.validate import find_path, verify_certificate
from crypto.report.policy import ChecksumRule, RevocationRule
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import FindingStatus, Indication, SignatureReport
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.sources import OfflineSources
from crypto.revocation.status import RevocationStatus
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    Holder,
    Sources,
    World,
    ca_name,
    issue,
    make_crl,
    person_name,
    signature_oid,
    signer,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context
from tests.support.pki.gost_world import gost_crl, gost_world
from tests.support.pki.policies import POLICY

COUNTS = {"ec": 1000, "rsa": 600, "gost2004": 500, "gost2015": 400}
"""Mutations per world and kind of object; there are four kinds. The dear ones are the fewest."""

REGISTRY = default_registry()
KEYS = KeyPolicy({"rsa": 2048})


class Subject(NamedTuple):
    """Octets and the question whether octets like these are accepted."""

    octets: bytes
    accepted: Callable[[bytes], bool]


def mutations(octets: bytes, count: int, seed: str) -> Iterator[tuple[int, bytes]]:
    """Yield `count` distinct positions and the octets with that bit turned."""
    bits = random.Random(seed).sample(range(len(octets) * 8), min(count, len(octets) * 8))
    for bit in bits:
        changed = bytearray(octets)
        changed[bit // 8] ^= 0x80 >> bit % 8
        yield bit, bytes(changed)


def rsa_world() -> World:
    root = issue(ca_name("ROOT RSA"), "rsa-root", None, CA_EXTENSIONS, serial=1)
    authority = issue(ca_name("NCA RSA"), "rsa-authority", root, CA_EXTENSIONS, serial=2)
    delegated = (
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
        (x509.OCSPNoCheck(), False),
    )
    responder = issue(ca_name("OCSP RSA"), "rsa-responder", authority, delegated, serial=100)
    person = issue(person_name(), "rsa-person", authority, PERSON_EXTENSIONS, serial=1001)
    return World(root, authority, person, responder, stamper=responder)


@cache
def made(name: str) -> World:
    match name:
        case "ec":
            return world()
        case "rsa":
            return rsa_world()
        case "gost2004":
            return gost_world(GostKind.GOST34310_2004)
        case _:
            return gost_world()


def certificate_subject(of: World) -> Subject:
    trust = of.trust()

    def accepted(der: bytes) -> bool:
        return find_path(Certificate.parse(der), validation_context(trust)).valid

    return Subject(of.person.der, accepted)


def list_subject(of: World) -> Subject:
    issuer = of.authority.parsed
    revoked = [(5, None), (1002, None), (1 << 80, None)]
    make = make_crl if isinstance(of.authority, Holder) else gost_crl

    def accepted(der: bytes) -> bool:
        found = ParsedCrl.parse(der)
        list(found.entries())
        return found.verify(issuer, REGISTRY, KEYS).outcome is SignatureOutcome.VALID

    return Subject(make(of.authority, revoked), accepted)


def answer_subject(of: World) -> Subject:
    person, issuer = of.person.parsed, of.authority.parsed

    def accepted(der: bytes) -> bool:
        context = validation_context(sources=Sources(lambda _: der))
        outcome = check_ocsp(person, issuer, context)
        return outcome.result.status is not RevocationStatus.NOT_ESTABLISHED

    return Subject(of.good(Sources().nonce()), accepted)


def message_subject(of: World) -> Subject:
    answer, held = of.good(Sources().nonce()), [of.root_crl()]
    validator = of.validator(Sources(lambda _: answer, held))

    def accepted(cms: bytes) -> bool:
        report = validator.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
        return report.indication is Indication.TOTAL_PASSED

    return Subject(of.cms(), accepted)


KINDS = {
    "certificate": certificate_subject,
    "list": list_subject,
    "answer": answer_subject,
    "message": message_subject,
}


def believed(subject: Subject, changed: bytes) -> bool:
    try:
        return subject.accepted(changed)
    except CryptoError:
        return False


def test_there_are_ten_thousand():
    assert sum(COUNTS.values()) * len(KINDS) == 10_000


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_object_with_one_bit_changed_is_accepted(kind, name):
    subject = KINDS[kind](made(name))
    assert subject.accepted(subject.octets)
    tried = dict(mutations(subject.octets, COUNTS[name], f"{kind}/{name}"))
    assert len(tried) == COUNTS[name]
    assert [bit for bit, changed in tried.items() if believed(subject, changed)] == []


def first_signer(message: Node) -> tuple[Node, Node]:
    """Return SignedData of a message and its first SignerInfo."""
    signed = message.elements()[1].only_child()
    return signed, signed.elements()[-1].elements()[0]


def bits(*nodes: Node) -> set[int]:
    return {bit for node in nodes for bit in range(node.start * 8, node.end * 8)}


def unsigned_node(cms: bytes) -> Node:
    """Return the unsigned attributes of the first signer."""
    root = parse(cms, Limits(octets=1 << 20, depth=40, elements=10_000))
    return first_signer(root)[1].elements()[-1].expect(context(1))


def unsigned_attributes(cms: bytes) -> tuple[set[int], set[int]]:
    """Return the bits of the first signer's unsigned attributes, and of its token's frame."""
    unsigned = unsigned_node(cms)
    token = unsigned.elements()[0].elements()[1].elements()[0]
    signed, stamper = first_signer(token)
    version, digests = signed.elements()[:2]
    return bits(unsigned), bits(version, digests, stamper.elements()[0])


def stamped_message(of: World) -> bytes:
    def unsigned(signature: bytes) -> list[bytes]:
        return [attribute(oids.SIGNATURE_TIME_STAMP, token_over(of, signature))]

    return of.cms(unsigned=unsigned)


def token_over(of: World, signature: bytes) -> bytes:
    imprint = REGISTRY.require_digest(oids.SHA256).hash(signature)
    request = TimestampRequest(oids.SHA256, imprint, 1, certificate_wanted=True)
    response = create_response(
        request,
        certificate=of.stamper.der,
        sign=signer(of.stamper.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(of.stamper.private),
        policy="1.2.398.3.3.2.6.2",
        serial=9,
        moment=NOW,
    )
    return read_response(response, request)


def outcome(report: SignatureReport) -> tuple[bool, list[str]]:
    """Return whether a signature passed, and the times that are proven."""
    stamps = [f for f in report.findings if f.code == "timestamp"]
    times = [f.detail for f in stamps if f.status is FindingStatus.PASSED]
    return report.indication is Indication.TOTAL_PASSED, times


@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "document"])
def test_a_changed_octet_of_the_unsigned_attributes_never_condemns_a_signature(fresh):
    """EN 319 102-1 5.6.3: it passes, or the file cannot be read. Nobody signed these octets."""
    of = made("ec")
    answer = of.good(Sources().nonce())
    held = [of.root_crl(), ParsedCrl.parse(make_crl(of.authority))]
    validator = of.validator(Sources(lambda _: answer, held))
    cms = stamped_message(of)
    unsigned = unsigned_node(cms)
    rng = random.Random("unsigned octets")
    rounds = 10_000 if os.environ.get("WORKSTATION_ALL_CONFORMANCE") else 1_000
    outcomes: Counter[str] = Counter()
    for _ in range(rounds // 2):
        changed = bytearray(cms)
        for _ in range(rng.choice((1, 1, 1, 2, 8))):
            changed[rng.randrange(unsigned.start, unsigned.end)] = rng.randrange(256)
        request = ValidationRequest(
            bytes(changed), CONTENT, IIN if fresh else None, fresh=fresh, moment=NOW
        )
        (report,) = validator.validate_request(request).signatures
        outcomes[report.reason] += 1
        assert outcome(report)[0] or report.reason == "signature.malformed"
        if not outcome(report)[0]:  # the frame of the whole file: nothing was judged at all
            assert [f.code for f in report.findings] == ["format"]
    assert outcomes["signature.passed"] > outcomes["signature.malformed"]


def long_term_message(of: World, lists: list[bytes]) -> bytes:
    """Sign, stamp and put the lists of now beside the token (EN 319 122-1 5.4)."""
    stated = w.sequence(w.explicit(0, w.sequence(*lists)))

    def unsigned(signature: bytes) -> list[bytes]:
        return [
            attribute(oids.SIGNATURE_TIME_STAMP, token_over(of, signature)),
            attribute(oids.REVOCATION_VALUES, stated),
        ]

    return of.cms(unsigned=unsigned)


def test_a_changed_octet_of_long_term_material_never_condemns_a_signature():
    """In ten years everything rests on unsigned attributes: what is changed is missing at worst."""
    of = made("ec")
    later = NOW + timedelta(days=3653)
    cms = long_term_message(of, [of.root_crl().raw, make_crl(of.authority)])
    unsigned = unsigned_node(cms)
    validator = of.validator(Sources(None, []), revocation=RevocationRule.CRL_ONLY)
    rng = random.Random("long-term octets")
    rounds = 10_000 if os.environ.get("WORKSTATION_ALL_CONFORMANCE") else 1_000
    outcomes: Counter[str] = Counter()
    for _ in range(rounds // 2):
        changed = bytearray(cms)
        changed[rng.randrange(unsigned.start, unsigned.end)] = rng.randrange(256)
        existed = ProofOfExistence(NOW, ProofSource.PACK)
        proofs = ProofsOfExistence().extend([sha256(changed).hexdigest()], existed)
        request = ValidationRequest(
            bytes(changed), CONTENT, None, fresh=False, moment=later, proofs=proofs
        )
        (report,) = validator.validate_request(request).signatures
        outcomes[report.reason] += 1
        if report.indication is Indication.TOTAL_FAILED:
            assert [f.code for f in report.findings] == ["format"]
    assert set(outcomes) <= {
        "signature.passed",
        "signature.malformed",
        "signature.expired",
        "signature.stamp_not_counted",
        "signature.past_status_unknown",
    }
    assert outcomes["signature.passed"]
    assert outcomes["signature.stamp_not_counted"]


def test_a_changed_bit_of_the_unsigned_attributes_proves_no_time_and_none_elsewhere_passes():
    of = made("ec")
    answer = of.good(Sources().nonce())
    held = [of.root_crl(), ParsedCrl.parse(make_crl(of.authority))]
    validator = of.validator(Sources(lambda _: answer, held))
    cms = stamped_message(of)

    def judged(octets: bytes) -> tuple[bool, list[str]]:
        asked = {"expected_content": CONTENT, "expected_iin": IIN, "moment": NOW}
        return outcome(validator.validate(octets, **asked))

    proven = [NOW.isoformat()]
    assert judged(cms) == (True, proven)
    unsigned, frame = unsigned_attributes(cms)
    passed_without_time = 0
    for bit, changed in mutations(cms, 1500, "stamped"):
        passed, times = judged(changed)
        assert not passed or bit in unsigned, bit
        assert not times or not passed or (bit in frame and times == proven), bit
        passed_without_time += passed and not times
    # A token that cannot be read or verified here takes nothing from a signature made just now.
    assert passed_without_time > 100


SAMPLES = ("certs/gost1.cer", "certs/individual_valid_sign_2004_rsa.cer")


@pytest.mark.parametrize("name", SAMPLES)
def test_no_real_certificate_with_one_bit_changed_verifies(samples, name):
    der = identify((samples / "eds" / name).read_bytes())[1]
    issuers = [
        Certificate.parse(identify(path.read_bytes())[1])
        for path in sorted((samples / "eds" / "ca" / "test").glob("nca*"))
    ]

    def accepted(octets: bytes) -> bool:
        found = Certificate.parse(octets)
        return any(
            verify_certificate(found, issuer, REGISTRY, KEYS).outcome is SignatureOutcome.VALID
            for issuer in issuers
        )

    assert accepted(der)
    subject = Subject(der, accepted)
    assert [b for b, changed in mutations(der, 150, name) if believed(subject, changed)] == []


def test_no_real_list_with_one_bit_changed_verifies(samples):
    octets = (samples / "eds" / "crl" / "gost2015_test_20260811.crl").read_bytes()
    issuer_file = samples / "eds" / "ca" / "test" / "nca_gost2022_test.cer"
    issuer = Certificate.parse(identify(issuer_file.read_bytes())[1])

    def accepted(changed: bytes) -> bool:
        found = ParsedCrl.parse(changed)
        list(found.entries())
        return found.verify(issuer, REGISTRY, KEYS).outcome is SignatureOutcome.VALID

    assert accepted(octets)
    subject = Subject(octets, accepted)
    assert [b for b, changed in mutations(octets, 150, "list") if believed(subject, changed)] == []


def test_no_real_message_with_one_bit_changed_outside_its_unsigned_attributes_passes(samples):
    eds = samples / "eds"
    octets = (eds / "cms" / "individual_valid_attached_cadest.der").read_bytes()
    anchor = identify((eds / "ca" / "test" / "nca_gost2022_test.cer").read_bytes())[1]
    listed = (eds / "crl" / "gost2015_test_20260811.crl").read_bytes()
    policy = replace(
        POLICY,
        iin_checksum=ChecksumRule.WARN,
        revocation=RevocationRule.CRL_ONLY,
        crl_max_age_s=200 * 86_400,
    )
    trust = TrustStore.pinned(
        POLICY.environment,
        anchors=[anchor],
        pins=[Certificate.parse(anchor).sha256],
        intermediates=[],
    )
    sources = OfflineSources((), (ParsedCrl.parse(listed),))
    validator = SignatureValidator(
        trust=trust, policy=policy, revocation=sources, registry=REGISTRY
    )
    content = SignedData.parse(octets).content

    def accepted(changed: bytes) -> bool:
        asked = {"expected_content": content, "expected_iin": None, "moment": NOW}
        return validator.validate(changed, **asked).indication is Indication.TOTAL_PASSED

    assert accepted(octets)
    unsigned, subject = unsigned_attributes(octets)[0], Subject(octets, accepted)
    wrong = {b for b, changed in mutations(octets, 400, "message") if believed(subject, changed)}
    assert wrong <= unsigned
    assert wrong
