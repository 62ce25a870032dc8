"""What the open verifier of НУЦ signatures gets wrong, or its users report: none of it here.

One test per defect found when it was read (NCANode at commit 3536745) and per issue of its tracker
that concerns validation; the numbers are those of its issues.
"""

from datetime import timedelta
from inspect import signature as parameters_of

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.create import attribute
from crypto.cms.signature_file import WrongFileKind, open_signature_file
from crypto.cms.timestamp import TimestampRequest, create_response, read_response
from crypto.crl_store.store import CrlRefused, CrlStore
from crypto.report.policy import RevocationRule
from crypto.report.report import EvidenceKind, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import FetchFailed
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    END,
    GOOD,
    NOW,
    PERSON_EXTENSIONS,
    OcspAnswer,
    Sources,
    ca_name,
    issue,
    make_crl,
    person_name,
    revoked_status,
    signature_oid,
    signer,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import CONTEXT

W = world()
PASSED, FAILED, UNSETTLED = (
    Indication.TOTAL_PASSED,
    Indication.TOTAL_FAILED,
    Indication.INDETERMINATE,
)
COMPROMISE = x509.ReasonFlags.key_compromise


def ends(report, indication, sub, reason):
    __tracebackhide__ = True
    assert (report.indication, report.sub_indication, report.reason) == (indication, sub, reason)


def undecided(report, reason="no_revocation_answer"):
    __tracebackhide__ = True
    ends(report, UNSETTLED, SubIndication.TRY_LATER, f"signature.{reason}")


def answered(status=GOOD, *, by=W.responder, **options):
    def answer(nonce):
        return OcspAnswer([(W.identifier(), status)], **({"nonce": nonce} | options)).encode(by)

    return answer


def lists(*ders):
    return [W.root_crl(), *(ParsedCrl.parse(der) for der in ders)]


def person(extensions=PERSON_EXTENSIONS, *, by=W.authority, **options):
    return issue(
        person_name(), "person", by, extensions, serial=options.pop("serial", 1001), **options
    )


# The list


@pytest.mark.parametrize("held", [[], lists(), lists(make_crl(W.root))])
def test_no_list_is_no_answer_and_never_active(held):
    """Row 1: with lists switched off or no file at all it answers ACTIVE."""
    undecided(W.report(sources=W.sources(None, held), revocation=RevocationRule.CRL_ONLY))
    undecided(W.report(sources=W.sources(None, held)))
    undecided(W.report(sources=W.sources(None, held), revocation=RevocationRule.NOT_CHECKED))


@pytest.mark.parametrize(
    ("answer", "why", "reason"),
    [
        (
            answered(by=issue(ca_name("OCSP TEST"), "forger", None, (), serial=100)),
            *("responder_", "answer_unauthorised"),
        ),
        (answered(by=W.stamper), "responder_not_authorised", "answer_unauthorised"),
        (answered(this_update=NOW - timedelta(days=1)), "too_old", "no_revocation_answer"),
        (answered(next_update=NOW - timedelta(minutes=1)), "stale", "no_revocation_answer"),
        (answered(produced_at=NOW - timedelta(days=1)), "too_old", "no_revocation_answer"),
        (answered(nonce=b"somebody else's "), "nonce_differs", "answer_replayed"),
        (answered(nonce=None), "nonce_missing", "answer_replayed"),
    ],
)
def test_a_good_answer_counts_only_when_it_is_authentic_fresh_and_ours(answer, why, reason):
    """Row 2: signature, responder and times unverified; the nonce compared only when present."""
    report = W.report(sources=W.sources(answer))
    undecided(report, reason)
    assert report.evidence[0].reason.startswith(why)


def test_a_bit_of_a_good_answer_turned_makes_it_no_answer():
    """Row 2: the response's signature is not verified."""

    def tampered(nonce):
        der = bytearray(W.good(nonce))
        der[der.index(nonce) - 40] ^= 1  # inside the signed part, before the nonce
        return bytes(der)

    assert W.report(sources=W.sources(tampered)).indication is not PASSED


def test_an_issuer_with_the_right_name_and_key_still_needs_a_path_of_its_own():
    """Row 3: the first CA whose name and key fit is believed; its own path is not walked."""
    rogue_root = issue(ca_name("ROOT TEST"), "rogue-root", None, CA_EXTENSIONS, serial=1)
    rogue = issue(ca_name("NCA TEST"), "rogue", rogue_root, CA_EXTENSIONS, serial=2)
    report = W.report(
        W.cms(holder=person(by=rogue), extra_certificates=[rogue.der, rogue_root.der])
    )
    ends(report, UNSETTLED, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "signature.no_chain")


def test_an_issuer_that_is_no_authority_issues_nothing():
    """Row 3: a customer's own certificate as a rogue intermediate."""
    forged = issue(ca_name("ANYBODY"), "forged", W.person, PERSON_EXTENSIONS, serial=5)
    report = W.report(W.cms(holder=forged, extra_certificates=[W.person.der]), expected_iin=None)
    assert report.indication is UNSETTLED
    assert "not_a_ca@1" in next(f.detail for f in report.findings if f.code == "path")


def test_the_authority_itself_is_checked_against_the_roots_list():
    """Row 3: a revoked intermediate goes unseen."""
    ends(
        W.report(sources=W.sources(held=[W.root_crl([2])])),
        FAILED,
        SubIndication.REVOKED,
        "signature.ca_revoked",
    )
    undecided(W.report(sources=W.sources(held=[])))


def test_validity_is_judged_at_the_given_moment_and_at_no_other():
    """Row 4, #103: verification broke when the signer's certificate expired."""
    cms, kept = W.cms(), W.sources(W.good)
    assert W.report(cms, kept, moment=NOW).indication is PASSED
    late = W.report(cms, kept, moment=END + timedelta(days=400))
    ends(late, FAILED, SubIndication.EXPIRED, "signature.expired")


def test_an_expired_certificate_is_a_verdict_and_not_an_error():
    """#103: answered with HTTP 500."""
    old = person(not_after=NOW - timedelta(days=1))
    ends(W.report(W.cms(holder=old)), FAILED, SubIndication.EXPIRED, "signature.expired")


def test_a_login_key_is_refused_for_signing():
    """Row 5: key usage and user type are reported and gate nothing."""
    login = person(
        (
            (usage("digital_signature", "key_encipherment"), True),
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.CLIENT_AUTH)]), False),
        )
    )
    constraints = SubIndication.SIG_CONSTRAINTS_FAILURE
    ends(W.report(W.cms(holder=login)), FAILED, constraints, "signature.wrong_key_usage")


def test_a_role_the_bank_did_not_accept_is_refused():
    """Row 5: the kind of user gates too."""
    roles = frozenset({oids.KZ_LEGAL_ENTITY})
    constraints = SubIndication.SIG_CONSTRAINTS_FAILURE
    ends(W.report(accepted_roles=roles), FAILED, constraints, "signature.role_not_accepted")


def stamped(*, over=None, by=W.stamper):
    """Sign, with a time-stamp over the signature or over something else."""
    digest = default_registry().require_digest(oids.SHA256)

    def unsigned(value):
        imprint = digest.hash(value if over is None else over)
        request = TimestampRequest(oids.SHA256, imprint, 7, certificate_wanted=True)
        response = create_response(
            request,
            certificate=by.der,
            sign=signer(by.private),
            digest_oid=oids.SHA256,
            signature_oid=signature_oid(by.private),
            policy="1.2.398.3.3.2.6.2",
            serial=9,
            moment=NOW,
        )
        return [attribute(oids.SIGNATURE_TIME_STAMP, read_response(response, request))]

    return W.cms(unsigned=unsigned)


def token(report):
    return next(item for item in report.evidence if item.kind is EvidenceKind.TST)


def test_a_time_stamp_over_another_signature_proves_no_time():
    """Row 6, #183: the imprint is not compared with the signature; a copied token condemns none."""
    held = lists(make_crl(W.authority))
    assert token(W.report(stamped(), W.sources(held=held))).used
    report = W.report(stamped(over=b"another signature"), W.sources(held=held))
    assert report.indication is Indication.TOTAL_PASSED
    assert (token(report).used, token(report).reason) == (False, "other_signature")


def test_a_time_stamp_is_not_believed_on_its_own_certificate():
    """Row 6: the token is verified against the certificate inside it."""
    purpose = (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True)
    own = issue(ca_name("TSA TEST"), "own-stamper", None, (purpose,), serial=3)
    report = W.report(stamped(by=own), W.sources(held=lists(make_crl(W.authority))))
    assert not token(report).used
    assert token(report).reason.startswith("authority_path")


def test_an_unknown_issuer_leaves_revocation_open():
    """Row 7, #158, #184: without the issuer it answered `revoked: false`."""
    sources = W.sources()
    report = W.report(sources=sources, trust=trust_of(W.root))
    ends(report, UNSETTLED, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "signature.no_chain")
    assert sources.requests == []  # nobody stands behind the addresses either
    open_finding = next(f for f in report.findings if f.code == "revocation")
    assert (open_finding.status.value, open_finding.detail) == ("indeterminate", "no_path")


@pytest.mark.parametrize("garbage", [b"", b"<html>", b"\x30\x80", b"\x30\x03\x0a\x01\x00"])
def test_a_malformed_answer_leaves_revocation_open(garbage):
    """Row 7, #144: a malformed OCSP response meant `revoked: false`."""
    undecided(W.report(sources=W.sources(lambda _: garbage)))


@pytest.mark.parametrize("status", [b"\x30\x03\x0a\x01\x03", b"\x30\x03\x0a\x01\x02"])
def test_a_responder_that_is_busy_makes_nothing_invalid(status):
    """Row 7, #198: "try later" made good signatures invalid; here lists decide, or nobody."""
    undecided(W.report(sources=W.sources(lambda _: status)))
    held = lists(make_crl(W.authority))
    assert W.report(sources=W.sources(lambda _: status, held)).indication is PASSED
    held = lists(make_crl(W.authority, [(1001, COMPROMISE)]))
    assert W.report(sources=W.sources(lambda _: status, held)).reason == "signature.revoked"


def test_a_responder_that_answers_again_is_believed_again():
    """#198: the failure before leaves no trace."""
    failing = [True, False]

    def answer(nonce):
        if failing.pop(0):
            raise FetchFailed("timed_out")
        return W.good(nonce)

    sources = W.sources(answer)
    undecided(W.report(sources=sources))
    assert W.report(sources=sources).indication is PASSED


def test_no_key_and_no_password_is_ever_asked_for():
    """Row 8: its signing interface wants the customer's key file and password on the server."""
    for function in (SignatureValidator.__init__, SignatureValidator.validate):
        assert not {"password", "pin", "key", "p12"} & set(parameters_of(function).parameters)
    key_file = pkcs12.serialize_key_and_certificates(
        b"key", W.person.private, W.person.certificate, None, BestAvailableEncryption(b"123456")
    )
    with pytest.raises(WrongFileKind):
        open_signature_file(key_file)
    assert W.report(key_file).reason == "signature.not_a_signature"


# Its users


@pytest.mark.parametrize("broken", [b"", b"<html>not found</html>", b"\x30\x82\xff\xff"])
def test_a_broken_list_never_replaces_a_good_one(broken):
    """#54, #95, #187: an address that breaks, an empty or cut file."""
    store = CrlStore(None)
    good = make_crl(W.authority, [(1001, COMPROMISE)])
    store.put(good, W.authority.parsed, CONTEXT)
    for bad in (broken, good[:-10], make_crl(W.authority, number=9)):
        with pytest.raises(CrlRefused):
            store.put(bad, W.authority.parsed, CONTEXT)
    current = store.crls_issued_by((W.authority.parsed.subject,))
    store.close()
    assert [item.number for _, item in current] == [10]


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (lambda: W.report(b"not a signature"), "format"),
        (lambda: W.report(expected_content=b"another"), "content"),
        (lambda: W.report(W.cms(holder=person(not_after=NOW - timedelta(1)))), "path"),
        (lambda: W.report(sources=W.sources(answered(revoked_status()))), "revocation"),
        (lambda: W.report(sources=Sources()), "revocation"),
    ],
)
def test_a_refusal_names_the_check_that_refused(report, code):
    """#55, #89, #91: "verification failed", and nobody can tell why."""
    made = report()
    assert made.indication is not PASSED
    assert made.reason.startswith("signature.")
    assert any(f.code == code and f.status.value != "passed" for f in made.findings)


def test_a_certificate_without_extended_key_usage_is_judged_like_any_other():
    """#161: crashed on certificates of other CAs, which state none."""
    bare = person((PERSON_EXTENSIONS[0],))
    assert W.report(W.cms(holder=bare)).indication is PASSED
    constraints = SubIndication.SIG_CONSTRAINTS_FAILURE
    ends(
        W.report(W.cms(holder=bare), accepted_roles=frozenset({oids.KZ_INDIVIDUAL})),
        FAILED,
        constraints,
        "signature.role_not_accepted",
    )


def test_another_accredited_authority_is_a_matter_of_configuration():
    """#161: banks and state bodies have CAs of their own."""
    root = issue(ca_name("BANK ROOT TEST"), "bank-root", None, CA_EXTENSIONS, serial=1)
    bank = issue(ca_name("BANK CA TEST"), "bank-ca", root, CA_EXTENSIONS, serial=2)
    client = person(by=bank, serial=3)
    held = [
        ParsedCrl.parse(make_crl(bank)),
        ParsedCrl.parse(make_crl(root, next_update=NOW + timedelta(days=90))),
    ]
    cms, sources = W.cms(holder=client, extra_certificates=[bank.der]), W.sources(None, held)
    assert W.report(cms, sources).reason == "signature.no_chain"
    assert W.report(cms, sources, trust=trust_of(root)).indication is PASSED


def test_a_combined_login_and_signature_key_signs():
    """#192: since 2024 one key may serve both; nonRepudiation decides, not the absence of login."""
    both = person(
        (
            (usage("digital_signature", "content_commitment", "key_agreement"), True),
            (
                x509.ExtendedKeyUsage(
                    [
                        x509.ObjectIdentifier(oids.CLIENT_AUTH),
                        x509.ObjectIdentifier(oids.EMAIL_PROTECTION),
                        x509.ObjectIdentifier(oids.KZ_INDIVIDUAL),
                    ]
                ),
                False,
            ),
        )
    )
    assert W.report(W.cms(holder=both)).indication is PASSED
