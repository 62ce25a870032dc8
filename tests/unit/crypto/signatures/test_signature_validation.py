"""What a customer's signature must be, end to end: from bytes to report."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.create import attribute
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import ChecksumRule, Environment, RevocationRule
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    IIN,
    NOW,
    OTHER_IIN,
    PERSON_EXTENSIONS,
    UNKNOWN,
    OcspAnswer,
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
from tests.support.pki.policies import POLICY

W = world()
SILENCE = "no_revocation_answer"
PASSED, FAILED, UNSETTLED = (
    Indication.TOTAL_PASSED,
    Indication.TOTAL_FAILED,
    Indication.INDETERMINATE,
)


def ends(report, indication, sub, reason):
    __tracebackhide__ = True
    assert (report.indication, report.sub_indication, report.reason) == (indication, sub, reason)


def finding(report, code):
    return next(f for f in report.findings if f.code == code)


def leaf(extensions=PERSON_EXTENSIONS, *, name=None, serial=1002, **options):
    return issue(name or person_name(), "person", W.authority, extensions, serial=serial, **options)


def answered(*statuses, signer_=None, **options):
    """An answer about the person with these statuses, nonce echoed."""

    def answer(nonce):
        given = {"nonce": nonce} | options
        return OcspAnswer([(W.identifier(), s) for s in statuses], **given).encode(
            signer_ or W.responder
        )

    return answer


def lists(*ders):
    return [W.root_crl(), *(ParsedCrl.parse(der) for der in ders)]


# The good signature


@pytest.mark.parametrize("detached", [False, True])
@pytest.mark.parametrize("person_key", ["person", "rsa-person"])
def test_a_good_signature_passes_with_every_check_and_its_evidence_listed(person_key, detached):
    good = world(person_key)
    report = good.report(good.cms(detached=detached))
    ends(report, PASSED, None, "signature.passed")
    assert all(f.status is FindingStatus.PASSED for f in report.findings)
    assert report.subject.iin == IIN
    assert len(report.chain) == 3
    assert [e.used for e in report.evidence] == [True, True]


@pytest.mark.parametrize("armour", ["der", "base64", "pem", "pem-crlf"])
def test_armour_does_not_matter(armour):
    der = W.cms()
    text = base64.encodebytes(der)
    pem = b"-----BEGIN CMS-----\n" + text + b"-----END CMS-----\n"
    offered = {
        "der": der,
        "base64": text,
        "pem": pem,
        "pem-crlf": pem.replace(b"\n", b"\r\n"),
    }[armour]
    report = W.report(offered)
    ends(report, PASSED, None, "signature.passed")
    assert report.cms_sha256 == W.report(der).cms_sha256


def test_the_export_holds_only_plain_values():
    exported = W.report().to_json()
    assert json.loads(json.dumps(exported)) == exported

    def plain(value):
        if isinstance(value, dict):
            return all(isinstance(k, str) and plain(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(plain, value))
        return value is None or type(value) in {str, int, bool}

    assert plain(exported)


# Content and signature value


def test_another_attached_content_than_expected_fails():
    ends(
        W.report(W.cms(b"something else")),
        FAILED,
        SubIndication.HASH_FAILURE,
        "signature.content_mismatch",
    )


def test_another_detached_content_than_signed_fails():
    report = W.report(W.cms(detached=True), expected_content=b"something else")
    ends(report, FAILED, SubIndication.HASH_FAILURE, "signature.content_mismatch")


def test_tampered_attached_content_fails():
    cms = W.cms().replace(b"700 000", b"701 000")
    report = W.report(cms, expected_content=None)
    ends(report, FAILED, SubIndication.HASH_FAILURE, "signature.content_mismatch")


def test_a_detached_signature_without_content_is_not_established():
    report = W.report(W.cms(detached=True), expected_content=None)
    ends(report, UNSETTLED, SubIndication.SIGNED_DATA_NOT_FOUND, "signature.content_missing")


def test_a_tampered_signature_value_fails():
    good = world("rsa-person")
    cms = bytearray(good.cms())
    cms[-5] ^= 1
    report = good.report(bytes(cms))
    ends(report, FAILED, SubIndication.SIG_CRYPTO_FAILURE, "signature.crypto_failure")


def test_tampered_signed_attributes_fail():
    cms = W.cms()
    at = cms.index(NOW.strftime("%y%m%d%H%M%SZ").encode())
    report = W.report(cms[:at] + b"25" + cms[at + 2 :])
    ends(report, FAILED, SubIndication.SIG_CRYPTO_FAILURE, "signature.crypto_failure")


def test_a_signature_by_another_key_than_the_certificates_fails():
    stranger = issue(person_name(), "stranger", W.authority, PERSON_EXTENSIONS, serial=1001)
    swapped = W.cms(holder=type(stranger)(W.person.certificate, stranger.private))
    ends(W.report(swapped), FAILED, SubIndication.SIG_CRYPTO_FAILURE, "signature.crypto_failure")


# Structure: must-reject list


def signed_data(*, signers, certificates=None, content_type=oids.DATA, content=CONTENT, tail=b""):
    digest = w.algorithm(oids.SHA256)
    embedded = [W.person.der] if certificates is None else certificates
    body = w.sequence(
        w.integer(1),
        w.set_of([digest]),
        w.sequence(w.oid(content_type), w.explicit(0, w.octet_string(content))),
        w.set_of(embedded, 0xA0) if embedded else b"",
        w.set_of(signers),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body)) + tail


def signer_info(attributes, *, unsigned=(), holder=W.person):
    registry = default_registry()
    octets = w.set_of(attributes) if attributes is not None else CONTENT
    certificate = holder.parsed
    return w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(oids.SHA256),
        b"\xa0" + octets[1:] if attributes is not None else b"",
        registry.signature_identifier(signature_oid(holder.private)),
        w.octet_string(signer(holder.private)(octets)),
        w.set_of(unsigned, 0xA1) if unsigned else b"",
    )


def content_type_attribute(value=oids.DATA):
    return attribute(oids.CONTENT_TYPE, w.oid(value))


def digest_attribute(content=CONTENT):
    digest = default_registry().require_digest(oids.SHA256)
    return attribute(oids.MESSAGE_DIGEST, w.octet_string(digest.hash(content)))


GOOD_ATTRIBUTES = [content_type_attribute(), digest_attribute()]


def test_the_hand_made_signature_of_these_tests_is_good():
    ends(
        W.report(signed_data(signers=[signer_info(GOOD_ATTRIBUTES)])),
        PASSED,
        None,
        "signature.passed",
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: signed_data(signers=[signer_info(GOOD_ATTRIBUTES)], tail=b"\x01"),
        lambda: signed_data(signers=[signer_info([*GOOD_ATTRIBUTES, digest_attribute(b"x")])]),
        lambda: signed_data(signers=[signer_info([*GOOD_ATTRIBUTES, digest_attribute()])]),
        lambda: signed_data(signers=[signer_info([digest_attribute()])]),
        lambda: signed_data(signers=[signer_info([content_type_attribute()])]),
        lambda: signed_data(
            signers=[signer_info([content_type_attribute(oids.TST_INFO), digest_attribute()])]
        ),
        lambda: b"\x30\x80\x06\x09",
        lambda: W.cms()[:-1],
    ],
)
def test_a_malformed_signature_is_refused_as_malformed(make):
    ends(W.report(make()), FAILED, SubIndication.FORMAT_FAILURE, "signature.malformed")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: signed_data(signers=[]), "signature.no_signers"),
        (
            lambda: signed_data(signers=[signer_info(GOOD_ATTRIBUTES)] * 2),
            "signature.not_one_signer",
        ),
        (
            lambda: signed_data(signers=[signer_info(None)], content_type=oids.TST_INFO),
            "signature.not_a_signature",
        ),
        (
            lambda: signed_data(
                signers=[signer_info([content_type_attribute(oids.TST_INFO), digest_attribute()])],
                content_type=oids.TST_INFO,
            ),
            "signature.not_a_signature",
        ),
        (lambda: b"", "signature.not_a_signature"),
        (lambda: b"   ", "signature.not_a_signature"),
        (lambda: W.person.der, "signature.not_a_signature"),
    ],
)
def test_what_is_not_one_signature_is_refused_by_name(make, reason):
    ends(W.report(make()), FAILED, SubIndication.FORMAT_FAILURE, reason)


def test_attributes_of_another_signature_offered_as_content_are_refused():
    # Without signed attributes the content is signed directly; a signature over attributes would
    # then verify over content that is those attributes.
    attributes = w.set_of(GOOD_ATTRIBUTES)
    stripped = without_attributes(signer_info(GOOD_ATTRIBUTES))
    cms = signed_data(signers=[stripped], content=attributes)
    report = W.report(cms, expected_content=attributes)
    ends(report, FAILED, SubIndication.FORMAT_FAILURE, "signature.malformed")


def without_attributes(info):
    children = list(Node.at(info, 0, len(info)).children())
    return w.sequence(*(c.raw for c in children if c.tag != 0xA0))


def test_a_signature_without_its_certificate_has_no_signer():
    report = W.report(signed_data(signers=[signer_info(GOOD_ATTRIBUTES)], certificates=[]))
    ends(
        report,
        UNSETTLED,
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        "signature.no_signing_certificate",
    )
    assert report.subject is None


def test_a_signing_certificate_attribute_that_names_another_certificate_fails():
    other = default_registry().require_digest(oids.SHA256).hash(W.stamper.der)
    named = attribute(
        oids.SIGNING_CERTIFICATE_V2, w.sequence(w.sequence(w.sequence(w.octet_string(other))))
    )
    report = W.report(signed_data(signers=[signer_info([*GOOD_ATTRIBUTES, named])]))
    ends(
        report,
        FAILED,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "signature.signing_certificate_mismatch",
    )


def signed_bare():
    """No signed attributes at all: the content itself is signed."""
    private = W.person.private
    bare = w.sequence(
        w.integer(1),
        w.sequence(W.person.parsed.issuer.raw, w.integer(W.person.parsed.serial)),
        w.algorithm(oids.SHA256),
        default_registry().signature_identifier(signature_oid(private)),
        w.octet_string(signer(private)(CONTENT)),
    )
    return signed_data(signers=[bare])


@pytest.mark.parametrize(
    "make", [lambda: signed_data(signers=[signer_info(GOOD_ATTRIBUTES)]), signed_bare]
)
def test_a_fresh_signature_names_its_certificate_where_the_policy_wants_it(make):
    ends(
        W.report(make(), require_signing_certificate=True),
        FAILED,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        "signature.signing_certificate_missing",
    )
    document = W.validator(require_signing_certificate=True).validate_document(
        make(), content=None, moment=NOW
    )
    assert document.indication is PASSED
    assert W.report(require_signing_certificate=True).indication is PASSED


def test_an_absent_signing_certificate_attribute_is_a_warning_only():
    report = W.report(signed_data(signers=[signer_info(GOOD_ATTRIBUTES)]))
    assert report.indication is PASSED
    assert finding(report, "signing_certificate").status is FindingStatus.INDETERMINATE


def test_an_algorithm_protection_attribute_that_disagrees_fails():
    protection = attribute(
        oids.CMS_ALGORITHM_PROTECTION,
        w.sequence(
            w.algorithm(oids.SHA512),
            w.tlv(0xA1, w.oid(signature_oid(W.person.private))),
        ),
    )
    report = W.report(signed_data(signers=[signer_info([*GOOD_ATTRIBUTES, protection])]))
    ends(report, FAILED, SubIndication.FORMAT_FAILURE, "signature.malformed")


def test_unknown_unsigned_attributes_do_not_disturb():
    extra = attribute("1.2.840.113549.1.9.16.2.24", w.sequence())
    cms = signed_data(signers=[signer_info(GOOD_ATTRIBUTES, unsigned=[extra])])
    assert W.report(cms).indication is PASSED


def test_an_unknown_algorithm_is_not_a_wrong_signature():
    known = default_registry().signature_identifier(signature_oid(W.person.private))
    unknown = w.sequence(w.oid("1.2.398.3.10.1.1.2.3.9"))
    info = signer_info(GOOD_ATTRIBUTES)
    children = [c.raw for c in Node.at(info, 0, len(info)).children()]
    swapped = w.sequence(*(unknown if c == known else c for c in children))
    report = W.report(signed_data(signers=[swapped]))
    ends(
        report,
        UNSETTLED,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        "signature.algorithm_not_supported",
    )
    assert "algorithm_not_supported" in finding(report, "signature_value").detail


def test_a_key_below_the_policy_is_refused_as_weak():
    weak = issue(person_name(), "rsa1024", W.authority, PERSON_EXTENSIONS, serial=1001)
    report = W.report(W.cms(holder=weak))
    ends(
        report, UNSETTLED, SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "signature.algorithm_too_weak"
    )


# The holder and the purpose of the key


def test_another_persons_signature_fails():
    report = W.report(expected_iin=OTHER_IIN)
    ends(report, FAILED, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.iin_mismatch")
    assert IIN not in "".join(f.detail for f in report.findings)


@pytest.mark.parametrize(
    ("iin", "strict", "outcome"),
    [("123456789011", True, FAILED), ("123456789011", False, PASSED), (IIN, True, PASSED)],
)
def test_an_iin_that_was_never_issued_is_refused_unless_the_policy_only_warns(iin, strict, outcome):
    holder = leaf(name=person_name(iin), serial=1001)
    rule = ChecksumRule.STRICT if strict else ChecksumRule.WARN
    report = W.report(W.cms(holder=holder), expected_iin=iin, iin_checksum=rule)
    assert report.indication is outcome


def test_two_different_iins_in_one_certificate_are_refused():
    doubled = x509.Name(
        [
            *person_name(),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{OTHER_IIN}"),
        ]
    )
    report = W.report(W.cms(holder=leaf(name=doubled, serial=1001)))
    ends(report, FAILED, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.iin_refused")


def test_an_authentication_key_does_not_sign_documents():
    login = (
        (usage("digital_signature", "key_encipherment"), True),
        (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.CLIENT_AUTH)]), False),
    )
    report = W.report(W.cms(holder=leaf(login, serial=1001)))
    ends(report, FAILED, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.wrong_key_usage")
    assert finding(report, "key_usage").detail == "authentication_key"


def test_a_certificate_without_key_usage_does_not_sign_documents():
    report = W.report(W.cms(holder=leaf((), serial=1001)))
    ends(report, FAILED, SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.wrong_key_usage")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"accepted_roles": frozenset({oids.KZ_LEGAL_ENTITY})}, "signature.role_not_accepted"),
        ({"accepted_policies": frozenset({"1.2.3"})}, "signature.certificate_policy_not_accepted"),
        (
            {"accepted_keystores": frozenset({"1.2.398.3.3.5.2.2"})},
            "signature.keystore_not_accepted",
        ),
    ],
)
def test_the_policy_may_demand_role_certificate_policy_and_carrier(change, reason):
    ends(W.report(**change), FAILED, SubIndication.SIG_CONSTRAINTS_FAILURE, reason)


def test_demands_that_are_met_pass():
    report = W.report(
        accepted_roles=frozenset({oids.KZ_INDIVIDUAL}),
        accepted_policies=frozenset({oids.KZ_POLICIES}),
    )
    assert report.indication is PASSED
    assert finding(report, "role").status is FindingStatus.PASSED


# Path and validity


def test_an_expired_certificate_fails():
    old = leaf(serial=1001, not_after=NOW - timedelta(days=1))
    ends(W.report(W.cms(holder=old)), FAILED, SubIndication.EXPIRED, "signature.expired")


def test_a_certificate_not_yet_valid_fails():
    new = leaf(serial=1001, not_before=NOW + timedelta(days=1))
    ends(
        W.report(W.cms(holder=new)), FAILED, SubIndication.NOT_YET_VALID, "signature.not_yet_valid"
    )


def test_an_expired_authority_is_no_authority():
    aged = issue(
        ca_name("NCA TEST"),
        "authority",
        W.root,
        CA_EXTENSIONS,
        serial=2,
        not_after=NOW - timedelta(1),
    )
    report = W.report(trust=trust_of(W.root, intermediates=[aged]))
    ends(report, UNSETTLED, SubIndication.CHAIN_CONSTRAINTS_FAILURE, "signature.chain_refused")


def unknown_hierarchy():
    root = issue(ca_name("ROOT TEST"), "false-root", None, CA_EXTENSIONS, serial=1)
    authority = issue(ca_name("NCA TEST"), "false-authority", root, CA_EXTENSIONS, serial=2)
    return (
        root,
        authority,
        issue(person_name(), "person", authority, PERSON_EXTENSIONS, serial=1001),
    )


def test_an_unknown_authority_with_the_known_names_gives_no_chain_and_no_question_is_asked():
    root, authority, person = unknown_hierarchy()
    sources = W.sources()
    cms = W.cms(holder=person, extra_certificates=[authority.der, root.der])
    report = W.report(cms, sources)
    ends(report, UNSETTLED, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "signature.no_chain")
    assert report.chain == ()
    assert sources.requests == []
    assert finding(report, "revocation").status is FindingStatus.INDETERMINATE


def test_an_issuer_of_another_name_gives_no_chain():
    stray = leaf(serial=1001, issuer_name=ca_name("ANOTHER CA"))
    report = W.report(W.cms(holder=stray))
    ends(report, UNSETTLED, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "signature.no_chain")


def test_an_intermediate_inside_the_signature_helps_to_build_the_path():
    report = W.report(W.cms(extra_certificates=[W.authority.der]), trust=trust_of(W.root))
    assert report.indication is PASSED


# Revocation


def test_a_certificate_the_responder_calls_revoked_fails():
    report = W.report(sources=W.sources(answered(revoked_status())))
    ends(report, FAILED, SubIndication.REVOKED, "signature.revoked")


def test_revoked_wins_over_good_in_one_response():
    report = W.report(sources=W.sources(answered(GOOD, revoked_status())))
    ends(report, FAILED, SubIndication.REVOKED, "signature.revoked")


def test_an_unknown_certificate_is_not_established_and_lists_are_not_asked():
    held = lists(make_crl(W.authority))
    report = W.report(sources=W.sources(answered(UNKNOWN), held))
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")


def test_without_a_responder_a_fresh_list_decides():
    report = W.report(sources=W.sources(None, lists(make_crl(W.authority))))
    ends(report, PASSED, None, "signature.passed")
    assert [(e.kind.value, e.used) for e in report.evidence][:2] == [("ocsp", False), ("crl", True)]


def test_without_a_responder_a_list_that_names_the_certificate_fails_it():
    held = lists(make_crl(W.authority, [(1001, x509.ReasonFlags.key_compromise)]))
    report = W.report(sources=W.sources(None, held))
    ends(report, FAILED, SubIndication.REVOKED, "signature.revoked")


@pytest.mark.parametrize(
    "old",
    [
        {"this_update": NOW - timedelta(days=9), "next_update": NOW - timedelta(days=8)},
        {"this_update": NOW - timedelta(days=9), "next_update": NOW + timedelta(days=8)},
        {"this_update": NOW + timedelta(hours=1), "next_update": NOW + timedelta(days=8)},
    ],
)
def test_without_a_responder_a_list_of_another_time_establishes_nothing(old):
    held = lists(make_crl(W.authority, **old))
    report = W.report(sources=W.sources(None, held))
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")


def test_without_any_source_nothing_is_established():
    report = W.report(sources=W.sources(None))
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")


@pytest.mark.parametrize(
    "garbage", [b"", b"<html>portal</html>", b"\x30\x03\x0a\x01\x03", b"\x30\x80"]
)
def test_an_answer_that_cannot_be_read_is_silence(garbage):
    without = W.report(sources=W.sources(lambda _: garbage))
    ends(without, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")
    held = lists(make_crl(W.authority))
    assert W.report(sources=W.sources(lambda _: garbage, held)).indication is PASSED


@pytest.mark.parametrize(
    ("answer", "why", "reason"),
    [
        (answered(GOOD, nonce=b"another nonce..."), "nonce_differs", "answer_replayed"),
        (answered(GOOD, nonce=None), "nonce_missing", "answer_replayed"),
        (answered(GOOD, produced_at=NOW - timedelta(hours=1)), "too_old", SILENCE),
        (answered(GOOD, this_update=NOW - timedelta(hours=1)), "too_old", SILENCE),
        (answered(GOOD, produced_at=NOW + timedelta(hours=1)), "from_the_future", SILENCE),
        (answered(GOOD, next_update=NOW - timedelta(seconds=1)), "stale", SILENCE),
        (answered(GOOD, signer_=W.stamper), "responder_not_authorised", "answer_unauthorised"),
        (answered(GOOD, embedded=[]), "responder_unknown", "answer_unauthorised"),
        (answered(GOOD, signer_=W.root), "responder_of_another_issuer", "answer_unauthorised"),
    ],
)
def test_a_wrong_answer_is_never_replaced_by_a_list(answer, why, reason):
    report = W.report(sources=W.sources(answer, lists(make_crl(W.authority))))
    ends(report, UNSETTLED, SubIndication.TRY_LATER, f"signature.{reason}")
    assert report.evidence[0].reason == why
    assert not report.evidence[0].used


def test_an_answer_about_another_certificate_establishes_nothing():
    def answer(nonce):
        other = W.identifier(W.stamper)
        return OcspAnswer([(other, GOOD)], nonce=nonce).encode(W.responder)

    report = W.report(sources=W.sources(answer))
    assert report.evidence[0].reason == "other_certificate"
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.answer_misdirected")


def test_a_responder_of_an_unknown_hierarchy_is_not_believed():
    _, authority, _ = unknown_hierarchy()
    false = issue(
        ca_name("OCSP TEST"),
        "false-responder",
        authority,
        (
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.OCSP_SIGNING)]), False),
            (x509.OCSPNoCheck(), False),
        ),
        serial=100,
    )
    report = W.report(sources=W.sources(answered(GOOD, signer_=false)))
    assert report.evidence[0].reason == "responder_signature_wrong"
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.answer_forged")


def test_the_issuing_authority_may_answer_itself_and_by_key():
    by_name = answered(GOOD, signer_=W.authority)
    by_key = answered(GOOD, signer_=W.authority, by_key=True, embedded=[])
    assert W.report(sources=W.sources(by_name)).indication is PASSED
    assert W.report(sources=W.sources(by_key)).indication is PASSED


@pytest.mark.parametrize(
    ("listed", "answer", "noted"),
    [
        (NOW - timedelta(hours=1), None, ["warning:before_certificate:3000"]),
        (NOW - timedelta(minutes=5), None, []),
        (NOW - timedelta(hours=1), answered(GOOD), []),
    ],
)
def test_a_list_of_before_the_certificate_is_noted_where_it_alone_says_good(listed, answer, noted):
    serial = W.person.parsed.serial
    young = leaf(serial=serial, not_before=NOW - timedelta(minutes=10))
    held = lists(make_crl(W.authority, this_update=listed))
    report = W.report(W.cms(holder=young), sources=W.sources(answer, held))
    ends(report, PASSED, None, "signature.passed")
    assert [f.detail for f in report.findings if f.code == "list_age"] == noted


def test_a_revoked_authority_fails_the_signature():
    report = W.report(sources=W.sources(held=[W.root_crl([2])]))
    ends(report, FAILED, SubIndication.REVOKED, "signature.ca_revoked")


def test_an_authority_of_unknown_status_leaves_the_signature_undecided():
    report = W.report(sources=W.sources(held=[]))
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")
    assert finding(report, "revocation").status is FindingStatus.PASSED


def test_a_policy_without_revocation_never_passes():
    report = W.report(revocation=RevocationRule.NOT_CHECKED)
    ends(report, UNSETTLED, SubIndication.TRY_LATER, "signature.no_revocation_answer")
    assert finding(report, "path").status is FindingStatus.PASSED
    assert finding(report, "signature_value").status is FindingStatus.PASSED


def test_a_branch_without_a_responder_decides_by_lists_alone():
    sources = W.sources(None, lists(make_crl(W.authority)))
    report = W.report(sources=sources, revocation=RevocationRule.CRL_ONLY)
    assert report.indication is PASSED
    assert sources.requests == []


# Environments


def test_policy_and_trust_must_be_of_one_environment():
    with pytest.raises(TrustRefused):
        SignatureValidator(trust=W.trust(Environment.PROD), policy=POLICY, revocation=W.sources())


def test_production_demands_that_numbers_could_have_been_issued():
    with pytest.raises(TrustRefused):
        W.validator(
            trust=W.trust(Environment.PROD),
            environment=Environment.PROD,
            iin_checksum=ChecksumRule.WARN,
        )


def test_an_anchor_must_be_pinned_and_every_pin_met():
    der = W.root.der
    for pins in ([], ["00" * 32], [W.root.parsed.sha256, "00" * 32]):
        with pytest.raises(TrustRefused):
            TrustStore.pinned(Environment.TEST, anchors=[der], pins=pins, intermediates=[])
