"""What a signer's certificate may not state beside its holder, and what is only noted of it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.asn1 import oids
from crypto.report.report import FindingStatus, Indication, SubIndication
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    GOOD,
    NOW,
    PERSON_EXTENSIONS,
    POLICIES,
    OcspAnswer,
    ca_name,
    issue,
    person_name,
    trust_of,
    usage,
    world,
)

W = world()
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True)
FIRST_HEAD = f"{oids.KZ_LEGAL_ENTITY}.1"
EMPLOYEE = f"{oids.KZ_LEGAL_ENTITY}.5"
SIGNS = (usage("digital_signature", "content_commitment"), True)
MEMBER = NameOID.ORGANIZATIONAL_UNIT_NAME


def purposes(*identifiers):
    return (x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in identifiers]), False)


INDIVIDUAL = purposes(oids.EMAIL_PROTECTION, oids.KZ_INDIVIDUAL)


def named(*more):
    return x509.Name([*person_name(), *(x509.NameAttribute(kind, text) for kind, text in more)])


def holder(extensions=PERSON_EXTENSIONS, name=None, **times):
    return issue(name or person_name(), "person", W.authority, extensions, serial=2002, **times)


def judged(signer, **changes):
    def good(nonce):
        return OcspAnswer([(W.identifier(signer), GOOD)], nonce=nonce).encode(W.responder)

    return W.report(W.cms(holder=signer), W.sources(good), **changes)


def finding(report, code):
    return next(each for each in report.findings if each.code == code)


REFUSED = {
    "cA": (
        ((x509.BasicConstraints(ca=True, path_length=None), True), SIGNS, INDIVIDUAL, POLICIES),
        None,
        "signature.signer_is_authority",
        "ca",
    ),
    "keyCertSign": (
        ((usage("content_commitment", "key_cert_sign"), True), INDIVIDUAL, POLICIES),
        None,
        "signature.signer_is_authority",
        "key_cert_sign",
    ),
    "cRLSign": (
        ((usage("content_commitment", "crl_sign"), True), INDIVIDUAL, POLICIES),
        None,
        "signature.signer_is_authority",
        "crl_sign",
    ),
    "БИН beside the individual's role": (
        PERSON_EXTENSIONS,
        named((MEMBER, "BIN080540010396")),
        "signature.holder_contradicts",
        "bin",
    ),
    "БИН in another attribute": (
        PERSON_EXTENSIONS,
        named((NameOID.ORGANIZATION_NAME, "ТОО, БИН 080540010396")),
        "signature.holder_contradicts",
        "bin",
    ),
    "both roles": (
        (SIGNS, purposes(oids.KZ_INDIVIDUAL, oids.KZ_LEGAL_ENTITY, EMPLOYEE), POLICIES),
        None,
        "signature.holder_contradicts",
        "roles",
    ),
    "treasury beside the individual": (
        (SIGNS, purposes(oids.KZ_INDIVIDUAL, oids.KZ_TREASURY_CLIENT), POLICIES),
        None,
        "signature.holder_contradicts",
        "roles",
    ),
    "an information system named as holder": (
        PERSON_EXTENSIONS,
        named((NameOID.USER_ID, oids.KZ_SYSTEM_HOLDER)),
        "signature.holder_contradicts",
        "information_system",
    ),
    "OCSPSigning": (
        (SIGNS, purposes(oids.KZ_INDIVIDUAL, oids.OCSP_SIGNING), POLICIES),
        None,
        "signature.purpose_of_a_service",
        "ocsp_signing",
    ),
    "timeStamping": (
        (SIGNS, purposes(oids.KZ_INDIVIDUAL, oids.TIME_STAMPING), POLICIES),
        None,
        "signature.purpose_of_a_service",
        "time_stamping",
    ),
    "unknown critical extension": (
        (
            *PERSON_EXTENSIONS,
            (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b""), True),
        ),
        None,
        "signature.unknown_critical_extension",
        "1.2.3",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("roles", [frozenset(), frozenset({oids.KZ_INDIVIDUAL})])
def test_a_signer_that_states_more_than_one_holder_is_refused_by_its_own_reason(name, roles):
    extensions, subject, reason, detail = REFUSED[name]
    report = judged(holder(extensions, subject), accepted_roles=roles)
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, reason)
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert finding(report, "holder_profile").detail == detail


@pytest.mark.parametrize("name", set(REFUSED) - {"unknown critical extension"})
def test_a_policy_of_before_demands_none_of_it(name):
    extensions, subject, _, _ = REFUSED[name]
    report = judged(holder(extensions, subject), require_consistent_profile=False)
    assert report.indication is Indication.TOTAL_PASSED


def test_a_certificate_of_one_holder_passes():
    report = judged(holder())
    assert report.indication is Indication.TOTAL_PASSED
    assert finding(report, "holder_profile").status is FindingStatus.PASSED
    assert report.subject.holder == "individual"


def test_a_representative_of_an_organisation_is_no_contradiction_and_is_called_one():
    extensions = (SIGNS, purposes(oids.KZ_LEGAL_ENTITY, FIRST_HEAD), POLICIES)
    head = holder(extensions, named((MEMBER, "BIN080540010396")))
    report = judged(head)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.subject.holder == "organisation"
    refused = judged(head, accepted_roles=frozenset({oids.KZ_INDIVIDUAL}))
    assert refused.reason == "signature.role_not_accepted"


@pytest.mark.parametrize("role", [oids.KZ_INDIVIDUAL_SYSTEM, f"{oids.KZ_INDIVIDUAL_SYSTEM}.4"])
def test_a_program_of_a_person_is_not_the_person(role):
    program = holder((SIGNS, purposes(oids.KZ_INDIVIDUAL, role), POLICIES))
    report = judged(program, accepted_roles=frozenset({oids.KZ_INDIVIDUAL}))
    assert report.reason == "signature.role_not_accepted"
    assert finding(report, "role").detail == "information_system"
    both = frozenset({oids.KZ_INDIVIDUAL, role})
    assert judged(program, accepted_roles=both).indication is Indication.TOTAL_PASSED
    assert judged(program).subject.holder == "system"


# Whose certificates are accepted


def digest_of(*authorities):
    return frozenset(each.parsed.key_sha256 for each in authorities)


def test_an_authority_that_a_message_brings_along_issues_for_nobody():
    """Accredited under the same root, and not accepted: its own reason, not `try later`."""
    other = issue(ca_name("OTHER CENTRE"), "other-ca", W.root, CA_EXTENSIONS, serial=3)
    signer = issue(person_name(), "person", other, PERSON_EXTENSIONS, serial=2003)
    message = W.cms(holder=signer, extra_certificates=[other.der])
    open_store = W.report(message)
    assert open_store.indication is Indication.INDETERMINATE
    closed = trust_of(W.root, intermediates=[W.authority], issuers=digest_of(W.authority))
    report = W.report(message, trust=closed)
    assert (report.indication, report.reason) == (
        Indication.TOTAL_FAILED,
        "signature.authority_not_accepted",
    )
    assert finding(report, "path").detail == f"authority_not_accepted@1:{other.parsed.sha256[:16]}"
    assert W.report(trust=closed).indication is Indication.TOTAL_PASSED


def test_an_authority_below_an_accepted_one_is_not_accepted_with_it():
    below = issue(ca_name("BELOW"), "below", W.authority, CA_EXTENSIONS, serial=4)
    signer = issue(person_name(), "person", below, PERSON_EXTENSIONS, serial=2004)
    closed = trust_of(W.root, intermediates=[W.authority], issuers=digest_of(W.authority, W.root))
    report = W.report(W.cms(holder=signer, extra_certificates=[below.der]), trust=closed)
    assert report.reason == "signature.authority_not_accepted"


def test_an_accepted_key_is_accepted_in_each_of_its_certificates():
    """A centre's certificate is renewed, or certified by a second root, with the same key."""
    renewed = issue(ca_name("NCA TEST"), "authority", W.root, CA_EXTENSIONS, serial=5)
    closed = trust_of(W.root, intermediates=[renewed], issuers=digest_of(W.authority))
    assert W.report(trust=closed).indication is Indication.TOTAL_PASSED


def test_a_root_that_is_not_accepted_as_an_issuer_certifies_no_person():
    signer = issue(person_name(), "person", W.root, PERSON_EXTENSIONS, serial=2005)
    closed = trust_of(W.root, intermediates=[W.authority], issuers=digest_of(W.authority))
    report = W.report(W.cms(holder=signer), trust=closed)
    assert report.reason == "signature.authority_not_accepted"


def test_a_wrong_link_is_a_wrong_link_whoever_the_authority_would_be():
    forged = issue(ca_name("NCA TEST"), "forger", None, CA_EXTENSIONS, serial=6)
    signer = issue(person_name(), "person", forged, PERSON_EXTENSIONS, serial=2006)
    closed = trust_of(W.root, intermediates=[W.authority], issuers=digest_of(W.authority))
    report = W.report(W.cms(holder=signer), trust=closed)
    assert report.reason == "signature.no_chain"


# Certificate policies


@pytest.mark.parametrize(
    ("authority_policies", "passes"), [(frozenset(), False), (frozenset({"1.2.3"}), True)]
)
def test_what_a_centre_states_of_itself_stands_for_its_policies_where_the_bank_says_so(
    authority_policies, passes
):
    own = x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)
    extensions = (*CA_EXTENSIONS, (x509.CertificatePolicies([own]), False))
    renewed = issue(ca_name("NCA TEST"), "authority", W.root, extensions, serial=7)
    report = W.report(
        trust=trust_of(W.root, intermediates=[renewed]),
        accepted_policies=frozenset({oids.KZ_POLICIES}),
        authority_policies=authority_policies,
    )
    assert (report.indication is Indication.TOTAL_PASSED) is passes


def test_no_person_passes_by_a_centres_policy_about_itself():
    own = x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)
    signer = holder((*PERSON_EXTENSIONS[:2], (x509.CertificatePolicies([own]), False)))
    report = judged(
        signer,
        accepted_policies=frozenset({oids.KZ_POLICIES}),
        authority_policies=frozenset({"1.2.3"}),
    )
    assert report.reason == "signature.certificate_policy_not_accepted"


# Time


@pytest.mark.parametrize(
    ("ahead_s", "tolerance_s", "passes"),
    [(1, 0, False), (300, 300, True), (301, 300, False), (0, 0, True)],
)
def test_validity_may_begin_a_moment_ahead_where_the_policy_allows_it(ahead_s, tolerance_s, passes):
    signer = holder(not_before=NOW + timedelta(seconds=ahead_s))
    report = judged(signer, validity_tolerance_s=tolerance_s)
    if passes:
        assert report.indication is Indication.TOTAL_PASSED
    else:
        assert report.reason == "signature.not_yet_valid"
    noted = [each.detail for each in report.findings if each.code == "validity_start"]
    assert noted == ([f"warning:begins_ahead:{ahead_s}"] if passes and ahead_s else [])


def test_the_end_of_validity_has_no_tolerance():
    signer = holder(not_after=NOW - timedelta(seconds=1))
    assert judged(signer, validity_tolerance_s=600).reason == "signature.expired"


def test_no_authority_has_a_tolerance():
    begins = NOW + timedelta(seconds=1)
    ahead = issue(
        ca_name("NCA TEST"), "authority", W.root, CA_EXTENSIONS, serial=8, not_before=begins
    )
    report = W.report(trust=trust_of(W.root, intermediates=[ahead]), validity_tolerance_s=600)
    assert report.reason == "signature.chain_refused"


@pytest.mark.parametrize(
    ("age", "noted"),
    [
        (timedelta(minutes=59), ["warning:hours:0"]),
        (timedelta(hours=23, minutes=59), ["warning:hours:23"]),
        (timedelta(hours=24), []),
        (timedelta(minutes=-1), ["warning:hours:0"]),
    ],
)
def test_a_young_key_is_noted_and_decides_nothing(age, noted):
    signer = holder(not_before=NOW - age)
    report = judged(signer, young_key_s=86_400, validity_tolerance_s=60)
    assert report.indication is Indication.TOTAL_PASSED
    assert [each.detail for each in report.findings if each.code == "key_age"] == noted
