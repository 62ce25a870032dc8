"""pyhanko-certvalidator, an independent validator, judges the same RSA worlds as we do.

Every case is given to both with status required for the whole path. Where the verdicts differ the
reason stands in STRICTER or LAXER, and a case that comes to agree must leave them.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.report.policy import RevocationRule
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import CertificateId
from crypto.revocation.sources import OfflineSources
from crypto.validation.chain import validate_chain
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    GOOD,
    NOW,
    PERSON_EXTENSIONS,
    UNKNOWN,
    Holder,
    OcspAnswer,
    ca_name,
    issue,
    make_crl,
    person_name,
    revoked_status,
    trust_of,
    usage,
)
from tests.support.pki.contexts import CONTEXT, validation_context
from tests.support.pki.policies import policy

pytest.importorskip(
    "pyhanko_certvalidator", reason="pyHanko is not installed: nobody to agree with"
)

COMPROMISE, HOLD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold
REMOVED = x509.ReasonFlags.remove_from_crl
OCSP_ADDRESS = (
    x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                x509.AuthorityInformationAccessOID.OCSP,
                x509.UniformResourceIdentifier("http://ocsp.test/"),
            )
        ]
    ),
    False,
)
ROOT = issue(ca_name("RSA ROOT"), "rsa-root", None, CA_EXTENSIONS, serial=1)
CA = issue(ca_name("RSA CA"), "rsa-ca", ROOT, CA_EXTENSIONS, serial=2)
PERSON = issue(person_name(), "rsa-person", CA, PERSON_EXTENSIONS, serial=1001)
ONLINE = issue(person_name(), "rsa-person", CA, (*PERSON_EXTENSIONS, OCSP_ADDRESS), serial=1001)
RESPONDER_EXTENSIONS = (
    (usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
    (x509.OCSPNoCheck(), False),
)
RESPONDER = issue(ca_name("RSA OCSP"), "rsa-other", CA, RESPONDER_EXTENSIONS, serial=100)
ROGUE = issue(ca_name("RSA CA"), "rsa-other", None, CA_EXTENSIONS, serial=2)
LISTER_NAME = ca_name("RSA LISTS")
LISTER = issue(LISTER_NAME, "rsa-other", ROOT, ((usage("crl_sign"), True),), serial=60)
SECOND = issue(ca_name("RSA CA"), "rsa-other", ROOT, ((usage("crl_sign"), True),), serial=61)


@dataclass(frozen=True)
class Told:
    """What both validators are given."""

    target: Holder = PERSON
    between: tuple[Holder, ...] = (CA,)
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    anchor: Holder = ROOT


def root_crl(*serials):
    entries = [(s, COMPROMISE) for s in serials]
    return make_crl(ROOT, entries, next_update=NOW + timedelta(days=90))


def listed(*entries, by=CA, **options):
    return make_crl(by, entries, **options)


def good(target=PERSON, *lists, between=(CA,)):
    return Told(target, between, (root_crl(), *(lists or (listed(),))))


def person(*extensions, by=CA, base=PERSON_EXTENSIONS, **options):
    return issue(person_name(), "rsa-person", by, (*base, *extensions), serial=1001, **options)


def authority(*extensions, **options):
    return issue(ca_name("RSA CA"), "rsa-ca", ROOT, extensions, serial=2, **options)


def through(ca, target=None):
    """Let another certificate of the CA, with the same key, stand in the path."""
    return good(target or person(by=ca), listed(by=ca), between=(ca,))


def scoped(**scope):
    given = dict.fromkeys(("full_name", "relative_name", "only_some_reasons"))
    flags = ("user_certs", "ca_certs", "attribute_certs")
    given |= {f"only_contains_{flag}": False for flag in flags} | {"indirect_crl": False}
    return [(x509.IssuingDistributionPoint(**(given | scope)), True)]


def uri(text):
    return [x509.UniformResourceIdentifier(text)]


def directory(name):
    return [x509.DirectoryName(name)]


def point(full_name=None, crl_issuer=None):
    found = x509.DistributionPoint(full_name, None, None, crl_issuer)
    return (x509.CRLDistributionPoints([found]), False)


def damaged(der, at=-20):
    bad = bytearray(der)
    bad[at] ^= 4
    return bytes(bad)


def constrained(*permitted, excluded=None):
    limits = x509.NameConstraints(permitted or None, excluded)
    return authority(*CA_EXTENSIONS, (limits, True))


def named(*names):
    return (x509.SubjectAlternativeName(names), False)


def answer(*statuses, by=RESPONDER, about=ONLINE, **options):
    identifier = CertificateId.compute(about.parsed, CA.parsed, CONTEXT.registry, oids.SHA1)
    der = OcspAnswer([(identifier, s) for s in statuses], **options).encode(by)
    return Told(ONLINE, (CA,), (root_crl(),), (der,))


SOME = frozenset({COMPROMISE})
REST = frozenset(set(x509.ReasonFlags) - {x509.ReasonFlags.unspecified, REMOVED, COMPROMISE})
OLD = {"this_update": NOW - timedelta(days=9), "next_update": NOW - timedelta(days=8)}
NEW = {"this_update": NOW + timedelta(days=1), "next_update": NOW + timedelta(days=2)}
INDIRECT = person(point(directory(LISTER_NAME), directory(LISTER_NAME)))
AMENDS = {"base": 10, "number": 11}
ANNOUNCED = {
    "extensions": [
        (
            x509.FreshestCRL([x509.DistributionPoint(uri("http://crl.test/d"), None, None, None)]),
            False,
        )
    ]
}
STRANGE = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
NO_CA = (x509.BasicConstraints(ca=False, path_length=None), True)
SHORT = (x509.BasicConstraints(ca=True, path_length=0), True)
SUB = issue(ca_name("RSA SUB"), "rsa-other", CA, CA_EXTENSIONS, serial=70)
MAIL = x509.RFC822Name("person@bank.test")

CASES = {
    "good": good(),
    "person revoked": good(PERSON, listed((1001, COMPROMISE))),
    "person on hold": good(PERSON, listed((1001, HOLD))),
    "another revoked": good(PERSON, listed((7, COMPROMISE))),
    "authority revoked": replace(good(), crls=(root_crl(2), listed())),
    "no list of the authority": replace(good(), crls=(root_crl(),)),
    "no list of the root": replace(good(), crls=(listed(),)),
    "old list": good(PERSON, listed(**OLD)),
    "list of the future": good(PERSON, listed(**NEW)),
    "list with a damaged signature": good(PERSON, damaged(listed())),
    "list of a rogue key": good(PERSON, listed(by=ROGUE)),
    "list with an unknown critical extension": good(PERSON, listed(extensions=[STRANGE])),
    "person expired": good(person(not_after=NOW - timedelta(days=1))),
    "person not yet valid": good(person(not_before=NOW + timedelta(days=1))),
    "authority expired": through(authority(*CA_EXTENSIONS, not_after=NOW - timedelta(days=1))),
    "person of a rogue authority": good(person(by=ROGUE), listed(by=ROGUE), between=(ROGUE,)),
    "person of a rogue authority beside the real one": good(
        person(by=ROGUE), listed(), between=(ROGUE, CA)
    ),
    "no intermediate": replace(good(), between=()),
    "unknown critical extension": good(person(STRANGE)),
    "authority that is none": through(authority(NO_CA, CA_EXTENSIONS[1])),
    "authority without basic constraints": through(authority(CA_EXTENSIONS[1])),
    "authority without the right to certify": through(
        authority(CA_EXTENSIONS[0], (usage("crl_sign"), True))
    ),
    "authority without the right to list": through(
        authority(CA_EXTENSIONS[0], (usage("key_cert_sign"), True))
    ),
    "path too long": Told(
        issue(person_name(), "rsa-person", SUB, PERSON_EXTENSIONS, serial=5),
        (authority(SHORT, CA_EXTENSIONS[1]), SUB),
        (root_crl(), listed(), listed(by=SUB)),
    ),
    "path of four": Told(
        issue(person_name(), "rsa-person", SUB, PERSON_EXTENSIONS, serial=5),
        (CA, SUB),
        (root_crl(), listed(), listed(by=SUB)),
    ),
    "mail inside the constraint": through(
        constrained(x509.RFC822Name("bank.test")),
        person(named(MAIL), by=CA),
    ),
    "mail outside the constraint": through(
        constrained(x509.RFC822Name("other.test")),
        person(named(MAIL), by=CA),
    ),
    "host inside an excluded tree": through(
        constrained(excluded=[x509.DNSName("bank.test")]),
        person(named(x509.DNSName("a.bank.test")), by=CA),
    ),
    "host outside an excluded tree": through(
        constrained(excluded=[x509.DNSName("bank.test")]),
        person(named(x509.DNSName("notbank.test")), by=CA),
    ),
    "address of a host inside the constraint": through(
        constrained(x509.UniformResourceIdentifier(".bank.test")),
        person(named(x509.UniformResourceIdentifier("https://a.bank.test/x")), by=CA),
    ),
    "address of a host outside the constraint": through(
        constrained(x509.UniformResourceIdentifier(".bank.test")),
        person(named(x509.UniformResourceIdentifier("https://bank.test/x")), by=CA),
    ),
    "unknown extension that is not critical": good(person((STRANGE[0], False))),
    "list signed by another key of the authority": replace(
        good(PERSON, listed(by=SECOND)), between=(CA, SECOND)
    ),
    "list signed by a revoked key of the authority": Told(
        PERSON, (CA, SECOND), (root_crl(61), listed(by=SECOND))
    ),
    "name outside the permitted tree": through(constrained(x509.DirectoryName(ca_name("NOBODY")))),
    "list for users": good(PERSON, listed(extensions=scoped(only_contains_user_certs=True))),
    "list for authorities": good(PERSON, listed(extensions=scoped(only_contains_ca_certs=True))),
    "list for attributes": good(
        PERSON, listed(extensions=scoped(only_contains_attribute_certs=True))
    ),
    "list for some reasons": good(PERSON, listed(extensions=scoped(only_some_reasons=SOME))),
    "lists for all reasons": good(
        PERSON,
        listed(extensions=scoped(only_some_reasons=SOME)),
        listed(extensions=scoped(only_some_reasons=REST)),
    ),
    "list of its distribution point": good(
        person(point(uri("http://crl.test/1"))),
        listed(extensions=scoped(full_name=uri("http://crl.test/1"))),
    ),
    "list of another distribution point": good(
        person(point(uri("http://crl.test/1"))),
        listed(extensions=scoped(full_name=uri("http://crl.test/2"))),
    ),
    "indirect list": replace(
        good(INDIRECT, listed(by=LISTER, extensions=scoped(indirect_crl=True))),
        between=(CA, LISTER),
    ),
    "list of another issuer that is not indirect": replace(
        good(INDIRECT, listed(by=LISTER)), between=(CA, LISTER)
    ),
    "indirect list of a revoked issuer": Told(
        INDIRECT,
        (CA, LISTER),
        (root_crl(60), listed(by=LISTER, extensions=scoped(indirect_crl=True))),
    ),
    "delta that revokes": good(PERSON, listed(**ANNOUNCED), listed((1001, COMPROMISE), **AMENDS)),
    "delta that lifts a hold": good(
        PERSON, listed((1001, HOLD), **ANNOUNCED), listed((1001, REMOVED), **AMENDS)
    ),
    "delta that lifts more than a hold": good(
        PERSON, listed((1001, COMPROMISE), **ANNOUNCED), listed((1001, REMOVED), **AMENDS)
    ),
    "delta of another list that lifts a hold": good(
        PERSON, listed((1001, HOLD), **ANNOUNCED), listed((1001, REMOVED), base=12, number=13)
    ),
    "delta older than its list": good(
        PERSON, listed((1001, HOLD), **ANNOUNCED), listed((1001, REMOVED), base=5, number=9)
    ),
    "delta nobody announced that revokes": good(
        PERSON, listed(), listed((1001, COMPROMISE), **AMENDS)
    ),
    "damaged delta that was announced": good(
        PERSON, listed(**ANNOUNCED), damaged(listed(**AMENDS))
    ),
    "announced delta not at hand": good(PERSON, listed(**ANNOUNCED)),
    "delta alone": good(PERSON, listed(base=10, number=11)),
    "damaged delta": good(PERSON, listed(), damaged(listed(base=10, number=11))),
    "response: good": answer(GOOD),
    "response: revoked": answer(revoked_status()),
    "response: on hold": answer(revoked_status(reason=6)),
    "response: unknown": answer(UNKNOWN),
    "response: good and revoked": answer(GOOD, revoked_status()),
    "response: revoked and good": answer(revoked_status(), GOOD),
    "response: about another": answer(GOOD, about=RESPONDER),
    "response: of the authority itself": answer(GOOD, by=CA),
    "response: by key": answer(GOOD, by_key=True),
    "response: of an unauthorised responder": answer(
        GOOD,
        by=issue(ca_name("RSA OCSP"), "rsa-other", CA, RESPONDER_EXTENSIONS[:1], serial=100),
    ),
    "response: of a responder of the root": answer(
        GOOD, by=issue(ca_name("RSA OCSP"), "rsa-other", ROOT, RESPONDER_EXTENSIONS, serial=100)
    ),
    "response: of a responder nobody certified": answer(
        GOOD, by=issue(ca_name("RSA OCSP"), "rsa-other", None, RESPONDER_EXTENSIONS, serial=100)
    ),
    "response: of a responder whose certificate ended": answer(
        GOOD,
        by=issue(
            ca_name("RSA OCSP"),
            "rsa-other",
            CA,
            RESPONDER_EXTENSIONS,
            serial=100,
            not_after=NOW - timedelta(days=1),
        ),
    ),
    "response: outdated": answer(
        GOOD,
        this_update=NOW - timedelta(days=2),
        produced_at=NOW - timedelta(days=2),
        next_update=NOW - timedelta(days=1),
    ),
    "response: of the future": answer(
        GOOD, this_update=NOW + timedelta(days=1), produced_at=NOW + timedelta(days=1)
    ),
    "response: damaged": replace(
        answer(GOOD), ocsps=tuple(damaged(d, len(d) // 6) for d in answer(GOOD).ocsps)
    ),
    "response: none": replace(answer(GOOD), ocsps=()),
    "response: none, but a list": replace(answer(GOOD), ocsps=(), crls=(root_crl(), listed())),
}
STRICTER = {
    "delta that lifts more than a hold": "RFC 5280 5.3.1: only a hold ends",
    "delta of another list that lifts a hold": "RFC 5280 5.2.4: its base is newer than the list",
    "delta older than its list": "RFC 5280 5.2.4: the list is newer than the delta",
    "delta nobody announced that revokes": "what we hold and may believe, we do not overlook",
    "damaged delta": "it may hide a revocation, announced or not",
    "response: good and revoked": "revoked wins, in whatever order",
}
"""Where we refuse and they accept, and why."""

LAXER = {
    "announced delta not at hand": "a list counts for as long as the bank's policy says, not less",
}
"""Where we accept and they refuse, and why."""


def ours(told: Told) -> bool:
    rule = RevocationRule.OCSP_THEN_CRL if told.target is ONLINE else RevocationRule.CRL_ONLY
    lists = tuple(ParsedCrl.parse(der) for der in told.crls)
    context = validation_context(
        trust_of(told.anchor),
        OfflineSources(told.ocsps, lists),
        policy=policy(revocation=rule),
    )
    between = [holder.parsed for holder in told.between]
    return validate_chain(told.target.parsed, between, context).good


def theirs(told: Told) -> bool:
    from asn1crypto import x509 as asn1
    from pyhanko_certvalidator import errors
    from pyhanko_certvalidator.context import ValidationContext
    from pyhanko_certvalidator.policy_decl import AcceptAllAlgorithms
    from pyhanko_certvalidator.validate import async_validate_path

    def context():
        return ValidationContext(
            trust_roots=[asn1.Certificate.load(told.anchor.der)],
            other_certs=[asn1.Certificate.load(h.der) for h in told.between],
            crls=list(told.crls),
            ocsps=list(told.ocsps),
            moment=NOW,
            revocation_mode="require",
            algorithm_usage_policy=AcceptAllAlgorithms(),
        )

    async def judged():
        target = asn1.Certificate.load(told.target.der)
        for path in await context().path_builder.async_build_paths(target):
            try:
                await async_validate_path(context(), path)
            except (errors.PathError, errors.ValidationError):
                continue
            return True
        return False

    try:
        return asyncio.run(judged())
    except errors.PathBuildingError:
        return False


@pytest.mark.parametrize("name", sorted(set(CASES) - set(STRICTER) - set(LAXER)))
def test_both_come_to_one_verdict(name):
    assert ours(CASES[name]) is theirs(CASES[name])


@pytest.mark.parametrize("name", STRICTER)
def test_we_refuse_what_they_accept_for_a_stated_reason(name):
    assert (ours(CASES[name]), theirs(CASES[name])) == (False, True)


@pytest.mark.parametrize("name", LAXER)
def test_we_accept_what_they_refuse_for_a_stated_reason(name):
    assert (ours(CASES[name]), theirs(CASES[name])) == (True, False)


def test_the_cases_are_worth_comparing():
    verdicts = [ours(told) for told in CASES.values()]
    assert min(verdicts.count(True), verdicts.count(False)) >= 15
