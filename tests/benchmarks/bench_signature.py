"""What one judgement of a customer's signature costs, next to the bare calls of `cryptography`.

    python -m tests.benchmarks.bench_signature

RSA-2048 throughout. The chain: a customer's certificate, its authority, the root; an OCSP answer
about the customer with a delegated responder, and the lists of both authorities. The floor is the
same work by `cryptography`, nothing judged: certificates parsed with names, keys and extensions,
every signature verified, both lists searched. The rival is pyhanko-certvalidator on the same
octets with both kinds of evidence required.

Cold: every octet is new and nothing is remembered. In a branch: the station has served customers
before, so its authorities and lists are verified and indexed; the customer and the answer are new.
Subjects are interleaved in rounds and each round has a customer of its own, so ratios of one run
mean something and absolute times do not.
"""

import asyncio
import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import CertificateValidator, policy_decl
from pyhanko_certvalidator import ValidationContext as TheirContext

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.crl_store.store import CrlStore
from crypto.gost.acceleration import REFERENCE, choose_acceleration, find_acceleration, find_gmpy2
from crypto.path.trust import TrustStore
from crypto.report.policy import RevocationRule
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.check import check_signer_revocation
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import Crl, ParsedCrl
from crypto.revocation.sources import crl_issuers
from crypto.revocation.status import RevocationStatus
from crypto.signatures.validator import SignatureValidator
from crypto.validation.certificate import validate_certificate
from crypto.x509.certificate import Certificate
from crypto.x509.names import read_issuer
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    Holder,
    OcspAnswer,
    Sources,
    World,
    ca_name,
    issue,
    make_crl,
    person_name,
    usage,
)
from tests.support.pki.contexts import CONTEXT
from tests.support.pki.gost_world import gost_crl, gost_world
from tests.support.pki.policies import POLICY, policy

ROUNDS = 30
GOST_ROUNDS = 7
KEYS = 6
"""Distinct keys among the customers of the rounds; every certificate is distinct."""
REVOKED = 10
"""Entries of a list, as in the floor we were given; a published list is indexed beforehand."""


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


@dataclass(frozen=True)
class Case:
    """One customer, as octets: what a judgement is given."""

    root: bytes
    authority: bytes
    person: bytes
    cms: bytes
    answer: bytes
    root_crl: bytes
    authority_crl: bytes

    def sources(self) -> Sources:
        """Return sources that hold the answer and parse both lists."""
        lists = [ParsedCrl.parse(self.root_crl), ParsedCrl.parse(self.authority_crl)]
        return Sources(lambda _nonce: self.answer, lists)

    def trust(self) -> TrustStore:
        """Return the store of a station, its certificates parsed from octets."""
        return TrustStore.pinned(
            POLICY.environment,
            anchors=[self.root],
            pins=[hashlib.sha256(self.root).hexdigest()],
            intermediates=[self.authority],
        )


def addresses(name: str) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """Return what certificates of НУЦ say of where their evidence is."""
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier(f"http://crl.test/{name}.crl")], None, None, None
    )
    ocsp_at = x509.UniformResourceIdentifier("http://ocsp.test/")
    return (
        (x509.CRLDistributionPoints([point]), False),
        (
            x509.AuthorityInformationAccess([x509.AccessDescription(Access.OCSP, ocsp_at)]),
            False,
        ),
    )


def authorities() -> World:
    """Return root, authority, responder and one customer, each with an RSA-2048 key."""
    root = issue(ca_name("ROOT BENCH"), "rsa-root", None, CA_EXTENSIONS, serial=1)
    extensions = (*CA_EXTENSIONS, *addresses("root"))
    authority = issue(ca_name("NCA BENCH"), "rsa-authority", root, extensions, serial=2)
    signing = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    delegated = (
        (usage("digital_signature"), True),
        (signing, False),
        (x509.OCSPNoCheck(), False),
    )
    responder = issue(ca_name("OCSP BENCH"), "rsa-responder", authority, delegated, serial=100)
    return World(root, authority, customer(authority, 0), responder, stamper=responder)


def customer(authority: Holder, number: int) -> Holder:
    """Return a customer nobody has seen before."""
    extensions = (*PERSON_EXTENSIONS, *addresses("nca"))
    return issue(person_name(), f"rsa-{number % KEYS}", authority, extensions, serial=1001 + number)


def case_of(world: World, number: int, lists: tuple[bytes, bytes]) -> Case:
    """Return the octets about one customer."""
    person = customer(world.authority, number)
    nonce = Sources().nonce()
    answer = OcspAnswer([(world.identifier(person), GOOD)], nonce=nonce).encode(world.responder)
    cms = world.cms(holder=person)
    return Case(world.root.der, world.authority.der, person.der, cms, answer, *lists)


def chain(case: Case, registry: AlgorithmRegistry, trust: TrustStore, sources: Sources) -> None:
    """Validate the chain with OCSP and both lists; SystemExit unless everything holds."""
    person = Certificate.parse(case.person)
    context = ValidationContext.create(
        POLICY, trust=trust, sources=sources, registry=registry, moment=NOW
    )
    found = validate_certificate(person, (), context, expected_iin=IIN)
    refused = [
        step.finding for step in found.steps if step.finding.status is not FindingStatus.PASSED
    ]
    by_crl = replace(context, policy=policy(revocation=RevocationRule.CRL_ONLY))
    listed = check_signer_revocation(person, found.chain[1], by_crl)
    if refused or len(found.chain) != 3 or listed.status is not RevocationStatus.GOOD:
        raise SystemExit(f"not a full validation: {refused} {listed.reason}")


def signature(validator: SignatureValidator, case: Case) -> None:
    """Judge the whole signature; SystemExit unless it passes."""
    report = validator.validate(case.cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
    if report.indication is not Indication.TOTAL_PASSED or len(report.chain) != 3:
        raise SystemExit(f"not a full judgement: {report.indication} {report.reason}")


def floor(case: Case) -> None:
    """Parse, verify and look up with `cryptography`; nothing is judged."""
    person, mine = opened(x509.load_der_x509_certificate(case.person))
    authority, issuing = opened(x509.load_der_x509_certificate(case.authority))
    _, top = opened(x509.load_der_x509_certificate(case.root))
    answer = ocsp.load_der_ocsp_response(case.answer)
    responder, answering = opened(answer.certificates[0])
    _ = mine, answer.certificate_status, answer.extensions
    signed = [
        (issuing, person.signature, person.tbs_certificate_bytes),
        (top, authority.signature, authority.tbs_certificate_bytes),
        (issuing, responder.signature, responder.tbs_certificate_bytes),
        (answering, answer.signature, answer.tbs_response_bytes),
    ]
    for der, key, serial in (
        (case.root_crl, top, authority.serial_number),
        (case.authority_crl, issuing, person.serial_number),
    ):
        listed = x509.load_der_x509_crl(der)
        signed.append((key, listed.signature, listed.tbs_certlist_bytes))
        if listed.get_revoked_certificate_by_serial_number(serial) or not listed.extensions:
            raise SystemExit("revoked")
    for key, value, message in signed:
        key.verify(value, message, padding.PKCS1v15(), hashes.SHA256())


def opened(certificate: x509.Certificate) -> tuple[x509.Certificate, rsa.RSAPublicKey]:
    """Parse what the library leaves unparsed until asked; the certificate and its key."""
    _ = certificate.extensions, certificate.subject, certificate.issuer
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SystemExit("not an RSA key")
    return certificate, key


def rival(case: Case) -> None:
    """Judge the same chain with pyhanko-certvalidator, both kinds of evidence required."""
    rule = policy_decl.RevocationCheckingRule
    context = TheirContext(
        trust_roots=[asn1_x509.Certificate.load(case.root)],
        other_certs=[asn1_x509.Certificate.load(case.authority)],
        moment=NOW,
        crls=[case.root_crl, case.authority_crl],
        ocsps=[case.answer],
        revinfo_policy=policy_decl.CertRevTrustPolicy(
            policy_decl.RevocationCheckingPolicy(
                ee_certificate_rule=rule.CRL_AND_OCSP_REQUIRED,
                intermediate_ca_cert_rule=rule.CRL_REQUIRED,
            )
        ),
    )
    person = asn1_x509.Certificate.load(case.person)
    validator = CertificateValidator(person, validation_context=context)
    path = asyncio.run(validator.async_validate_path())
    if len(path) != 3:
        raise SystemExit("not a full judgement")


class Indexed(Sources):
    """Sources whose lists come from the index, verified when they entered it."""

    def __init__(self, store: CrlStore, answer: bytes | None) -> None:
        super().__init__(None if answer is None else lambda _nonce: answer)
        self.store = store

    def crls(self, certificate: Certificate) -> tuple[tuple[str, Crl], ...]:
        """Return the indexed lists that may speak about a certificate."""
        return self.store.crls_issued_by(crl_issuers(certificate))


class Branch:
    """A station that has served customers before: its memory is warm, its lists are indexed."""

    def __init__(self, world: World, first: Case) -> None:
        self.registry = default_registry()
        self.trust = first.trust()
        self.store = CrlStore(None)
        self.store.put(first.root_crl, world.root.parsed, CONTEXT)
        self.store.put(first.authority_crl, world.authority.parsed, CONTEXT)
        self.signature(first)
        self.chain(first)

    def chain(self, case: Case) -> None:
        """Judge the chain of a new customer."""
        chain(case, self.registry, self.trust, Indexed(self.store, case.answer))

    def signature(self, case: Case) -> None:
        """Judge the signature of a new customer."""
        validator = SignatureValidator(
            trust=self.trust,
            policy=POLICY,
            revocation=Indexed(self.store, case.answer),
            registry=self.registry,
        )
        signature(validator, case)


def forget() -> None:
    """Forget what the process remembers of authorities whatever the registry."""
    read_issuer.cache_clear()


def cold_chain(case: Case) -> None:
    """Judge the chain with nothing known beforehand."""
    forget()
    chain(case, default_registry(), case.trust(), case.sources())


def cold_signature(case: Case) -> None:
    """Judge the signature with nothing known beforehand."""
    forget()
    validator = SignatureValidator(trust=case.trust(), policy=POLICY, revocation=case.sources())
    signature(validator, case)


def main() -> None:
    """Measure in interleaved rounds and print CPU medians and ratios."""
    world = authorities()
    revoked = [(10_000 + n, x509.ReasonFlags.key_compromise) for n in range(REVOKED)]
    lists = make_crl(world.root, revoked), make_crl(world.authority, revoked)
    cases = [case_of(world, number, lists) for number in range(ROUNDS + 1)]
    branch = Branch(world, cases[0])
    subjects: dict[str, Callable[[Case], None]] = {
        "floor": floor,
        "cold": cold_chain,
        "branch": branch.chain,
        "rival": rival,
        "cold-signature": cold_signature,
        "branch-signature": branch.signature,
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for case in cases[1:]:
        for name, call in subjects.items():
            started = time.process_time()
            call(case)
            times[name].append((time.process_time() - started) * 1000)
    for name, said in (
        ("floor", "cryptography: parse, verify, look up"),
        ("rival", "pyhanko-certvalidator, chain"),
        ("cold", "chain, cold"),
        ("branch", "chain, in a branch"),
        ("cold-signature", "signature, cold"),
        ("branch-signature", "signature, in a branch"),
    ):
        spent = statistics.median(times[name])
        floors, faster = ratio(times, name, "floor"), ratio(times, "rival", name)
        say(f"{said:38} cpu {spent:6.2f} ms, floor x{floors:5.1f}, certvalidator /{faster:5.1f}")
    for line in gost():
        say(line)


def ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """Return the median over rounds of what one cost in units of the other in the same round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def gost() -> Iterator[str]:
    """Yield what a whole challenge signed with GOST-2015-512 costs, per implementation.

    CMS, chain of three and the look-up in the indexed list of the customer's authority; no
    answer, so the list decides. Cold, nothing is remembered: three signatures with their hashes.
    """
    world = gost_world()
    store = CrlStore(None)
    store.put(gost_crl(world.root), world.root.parsed, CONTEXT)
    store.put(gost_crl(world.authority, [(5, 1)]), world.authority.parsed, CONTEXT)
    bounds = policy(revocation=RevocationRule.CRL_ONLY)
    cms = [world.cms(CONTENT, signing_time=NOW - timedelta(seconds=n)) for n in range(GOST_ROUNDS)]

    def spent(registry: AlgorithmRegistry, signed: bytes) -> float:
        validator = SignatureValidator(
            trust=world.trust(), policy=bounds, revocation=Indexed(store, None), registry=registry
        )
        started = time.process_time()
        report = validator.validate(signed, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
        if report.indication is not Indication.TOTAL_PASSED:
            raise SystemExit(f"not a full judgement: {report.reason}")
        return (time.process_time() - started) * 1000

    for name, engine in (
        ("plain Python", REFERENCE),
        ("with gmpy2", choose_acceleration(find_gmpy2(), None)),
        ("as found here", find_acceleration()),
    ):
        cold = [spent(default_registry(engine), each) for each in cms]
        known = default_registry(engine)
        warm = [spent(known, each) for each in (cms[0], *cms)][1:]
        say_of = f"{engine.integers}, hashes by {engine.hashes}"
        yield (
            f"GOST challenge, {name:14} cold {statistics.median(cold):6.1f} ms, "
            f"in a branch {statistics.median(warm):6.1f} ms ({say_of})"
        )


if __name__ == "__main__":
    main()
