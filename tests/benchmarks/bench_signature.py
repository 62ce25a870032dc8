"""What one full judgement of a customer's signature costs, next to the bare cryptography in it.

    python -m tests.benchmarks.bench_signature

RSA-2048 throughout: a CMS signature, the customer's chain of three certificates, the customer's
status from an OCSP answer, both authorities' lists beside it. Everything is parsed from bytes in
every round. The floor is what nobody can leave out: the same RSA verifications by `cryptography`
and the SHA-256 of the same bytes. Subjects are interleaved in rounds, so only ratios mean anything.
"""

import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from crypto.cms.validator import SignatureValidator
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList
from crypto.pki.report import EvidenceKind, Indication
from crypto.pki.trust import TrustStore
from tests.support.pki import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    POLICY,
    Holder,
    OcspAnswer,
    Sources,
    World,
    ca_name,
    issue,
    person_name,
    revocation_list,
    usage,
)

ROUNDS = 40
REVOKED = 1_000
"""Entries of the customers' list; the published one has some hundred thousand."""


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def rsa_world() -> World:
    """Return root, authority, customer and OCSP responder, each with an RSA-2048 key."""
    root = issue(ca_name("ROOT BENCH"), "rsa-root", None, CA_EXTENSIONS, serial=1)
    authority = issue(ca_name("NCA BENCH"), "rsa-authority", root, CA_EXTENSIONS, serial=2)
    signing = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    extensions = (
        (usage("digital_signature"), True),
        (signing, False),
        (x509.OCSPNoCheck(), False),
    )
    responder = issue(ca_name("OCSP BENCH"), "rsa-responder", authority, extensions, serial=100)
    person = issue(person_name(), "rsa-person", authority, PERSON_EXTENSIONS, serial=1001)
    return World(root, authority, person, responder, stamper=responder)


@dataclass(frozen=True)
class Bytes:
    """What comes from outside, as octets."""

    cms: bytes
    answer: bytes
    root_list: bytes
    customers_list: bytes


def octets_of(world: World) -> Bytes:
    """Return a good signature and the evidence about it."""
    nonce = Sources().nonce()
    answer = OcspAnswer([(world.identifier(), GOOD)], nonce=nonce).encode(world.responder)
    revoked = [(10_000 + number, x509.ReasonFlags.key_compromise) for number in range(REVOKED)]
    return Bytes(
        world.cms(),
        answer,
        revocation_list(world.root),
        revocation_list(world.authority, revoked),
    )


def judge(world: World, octets: Bytes) -> None:
    """Judge the signature as a station does, from bytes; raises SystemExit unless it passes."""
    lists = [CertificateList.parse(octets.root_list), CertificateList.parse(octets.customers_list)]
    trust = TrustStore.pinned(
        POLICY.environment,
        anchors=[world.root.der],
        pins=[Certificate.parse(world.root.der).sha256],
        intermediates=[world.authority.der],
    )
    sources = Sources(lambda _nonce: octets.answer, lists)
    validator = SignatureValidator(trust=trust, policy=POLICY, revocation=sources)
    report = validator.validate(octets.cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
    asked = any(each.kind is EvidenceKind.OCSP and each.used for each in report.evidence)
    if report.indication is not Indication.TOTAL_PASSED or len(report.chain) != 3 or not asked:
        raise SystemExit(f"not a full judgement: {report.indication} {report.reason}")


def floor_of(world: World, octets: Bytes) -> Callable[[], None]:
    """Return the bare calls: every signature of the case and every digest, nothing parsed."""
    signed = []
    for holder, issuer in (
        (world.person, world.authority),
        (world.authority, world.root),
        (world.responder, world.authority),
    ):
        certificate = holder.certificate
        signed.append((issuer, certificate.signature, certificate.tbs_certificate_bytes))
    for issuer, der in ((world.root, octets.root_list), (world.authority, octets.customers_list)):
        loaded = x509.load_der_x509_crl(der)
        signed.append((issuer, loaded.signature, loaded.tbs_certlist_bytes))
    response = ocsp.load_der_ocsp_response(octets.answer)
    signed.append((world.responder, response.signature, response.tbs_response_bytes))
    # The customer's own signature is over about a hundred octets of attributes.
    attributes = CONTENT * 2
    mine = world.person.private
    signature = signed_by(mine, attributes)
    signed.append((world.person, signature, attributes))
    calls = [(public_key(holder), signature, message) for holder, signature, message in signed]

    def run() -> None:
        for key, signature, message in calls:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        hashlib.sha256(octets.cms).digest()
        hashlib.sha256(CONTENT).digest()

    return run


def signed_by(private: object, message: bytes) -> bytes:
    """Return an RSA signature."""
    if not isinstance(private, rsa.RSAPrivateKey):
        raise SystemExit("not an RSA key")
    return private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def public_key(holder: Holder) -> rsa.RSAPublicKey:
    """Return the holder's RSA public key."""
    key = holder.certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SystemExit("not an RSA key")
    return key


def library_parse(world: World, octets: Bytes) -> None:
    """Parse the same objects with `cryptography`: certificates, lists, answer."""
    for holder in (world.person, world.authority, world.root, world.responder):
        x509.load_der_x509_certificate(holder.certificate.public_bytes(serialization.Encoding.DER))
    x509.load_der_x509_crl(octets.root_list)
    x509.load_der_x509_crl(octets.customers_list)
    ocsp.load_der_ocsp_response(octets.answer)


def main() -> None:
    """Measure in interleaved rounds and print CPU medians and ratios."""
    world = rsa_world()
    octets = octets_of(world)
    floor = floor_of(world, octets)
    subjects: dict[str, Callable[[], None]] = {
        "judge": lambda: judge(world, octets),
        "lists": lambda: parse_lists(octets),
        "floor": floor,
        "library": lambda: library_parse(world, octets),
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, call in subjects.items():
            started = time.process_time()
            call()
            times[name].append((time.process_time() - started) * 1000)
    judged, lists, bare, parsed = (statistics.median(times[name]) for name in subjects)
    say(f"judge one signature            cpu {judged:8.2f} ms")
    say(f"  of it the two lists          cpu {lists:8.2f} ms, {REVOKED} entries")
    say(f"7 RSA-2048 verifications       cpu {bare:8.2f} ms")
    say(f"the library parses the same    cpu {parsed:8.2f} ms")
    say(f"judge / verifications               {judged / bare:8.1f}")
    say(f"judge / (verifications + parse)     {judged / (bare + parsed):8.1f}")
    say(f"(judge - lists) / verifications     {(judged - lists) / bare:8.1f}")


def parse_lists(octets: Bytes) -> None:
    """Parse the two revocation lists as a station does."""
    CertificateList.parse(octets.root_list)
    CertificateList.parse(octets.customers_list)


if __name__ == "__main__":
    main()
