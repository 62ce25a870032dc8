"""RFC 3161: requests and responses, and what a token inside a signature is worth."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Node
from crypto.cms.create import attribute
from crypto.cms.timestamp import (
    TimestampInfo,
    TimestampRequest,
    create_rejection,
    create_response,
    read_response,
)
from crypto.report.report import EvidenceKind, FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import (
    CONTENT,
    NOW,
    ca_name,
    issue,
    make_crl,
    signature_oid,
    signer,
    usage,
    world,
)
from tests.unit.crypto.signatures.test_documents import assembled, parts

W = world()
POLICY_OID = "1.2.398.3.3.2.6.2"
DIGEST = default_registry().require_digest(oids.SHA256)


def request_for(stamped, nonce=4711):
    return TimestampRequest(oids.SHA256, DIGEST.hash(stamped), nonce, certificate_wanted=True)


def response_to(request, *, holder=W.stamper, moment=NOW):
    return create_response(
        request,
        certificate=holder.der,
        sign=signer(holder.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(holder.private),
        policy=POLICY_OID,
        serial=9,
        moment=moment,
    )


def stamped_cms(*, over=None, change=lambda token: token, **options):
    def unsigned(signature):
        request = request_for(signature if over is None else over)
        token = read_response(response_to(request, **options), request)
        return [attribute(oids.SIGNATURE_TIME_STAMP, change(token))]

    return W.cms(unsigned=unsigned)


def report_of(cms, revoked=()):
    entries = [(serial, None) for serial in revoked]
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority, entries))]
    return W.report(cms, W.sources(held=held))


def document_report(cms, revoked=()):
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority, [(n, None) for n in revoked]))]
    validator = W.validator(W.sources(held=held))
    (report,) = validator.validate_document(cms, content=CONTENT, moment=NOW).signatures
    return report


def stamp_findings(report):
    return [f for f in report.findings if f.code == "timestamp"]


def token_evidence(report):
    return next(e for e in report.evidence if e.kind is EvidenceKind.TST)


@pytest.mark.parametrize("nonce", [None, 0, 1 << 63])
def test_a_request_survives_a_round_trip(nonce):
    request = request_for(b"x", nonce)
    assert TimestampRequest.parse(request.encode()) == request


def test_a_response_answers_its_request_only():
    request = request_for(b"x")
    response = response_to(request)
    assert read_response(response, request)
    with pytest.raises(DerError):
        read_response(response, request_for(b"y"))
    with pytest.raises(DerError):
        read_response(response, replace(request, nonce=4712))
    with pytest.raises(DerError):
        read_response(create_rejection("bad_request"), request)


def test_the_info_survives_a_round_trip():
    info = TimestampInfo(POLICY_OID, oids.SHA256, DIGEST.hash(b"x"), 1, NOW, None)
    assert TimestampInfo.parse(info.encode()) == info


def test_a_good_token_is_used_and_its_time_reported():
    report = report_of(stamped_cms())
    assert report.indication is Indication.TOTAL_PASSED
    item = token_evidence(report)
    assert (item.used, item.reason) == (True, "counted")
    assert NOW.isoformat() in {f.detail for f in report.findings if f.code == "timestamp"}


def tampered(token):
    return token[:-3] + bytes([token[-3] ^ 1]) + token[-2:]


def with_values(*values):
    return W.cms(unsigned=lambda _: [attribute(oids.SIGNATURE_TIME_STAMP, *values)])


JUNK = b"\x05\x00"
WORTHLESS = {
    "another_signature": (lambda: stamped_cms(over=b"another signature"), "other_signature"),
    "wrong_signature": (lambda: stamped_cms(change=tampered), "token_refused:signature_value"),
    "clock_ahead": (lambda: stamped_cms(moment=NOW + timedelta(seconds=61)), "clock_ahead:61"),
    "before_its_certificate": (
        lambda: stamped_cms(moment=NOW - timedelta(days=700)),
        "authority_not_in_force",
    ),
    "no_authority": (lambda: stamped_cms(holder=W.person), "authority_purpose"),
    "junk": (lambda: with_values(JUNK), "token_unreadable"),
    "text": (lambda: with_values(b"\x0c\x04junk"), "token_unreadable"),
    "another_message": (lambda: with_values(W.cms()), "token_unreadable"),
    "rejection": (lambda: with_values(create_rejection("bad_request")), "token_unreadable"),
}


@pytest.mark.parametrize(("cms", "reason"), WORTHLESS.values(), ids=WORTHLESS)
@pytest.mark.parametrize("kind", ["fresh", "document"])
def test_a_token_that_does_not_hold_takes_nothing_from_the_signature(cms, reason, kind):
    """EN 319 102-1 5.6.3: anybody can append one to what somebody else has signed."""
    report = report_of(cms()) if kind == "fresh" else document_report(cms())
    assert report.indication is Indication.TOTAL_PASSED
    (stamp,) = stamp_findings(report)
    assert stamp.warning
    assert stamp.detail.startswith(f"warning:{reason}")
    assert not token_evidence(report).used


def test_each_token_of_several_is_judged_by_itself():
    def unsigned(signature):
        request = request_for(signature)
        good = read_response(response_to(request), request)
        return [
            attribute(oids.SIGNATURE_TIME_STAMP, JUNK),
            attribute(oids.SIGNATURE_TIME_STAMP, good),
            attribute(oids.SIGNATURE_TIME_STAMP, tampered(good)),
        ]

    report = document_report(W.cms(unsigned=unsigned))
    assert report.indication is Indication.TOTAL_PASSED
    stated = Counter(f.status for f in stamp_findings(report))
    assert stated == {FindingStatus.INDETERMINATE: 2, FindingStatus.PASSED: 1}


def test_tokens_beyond_the_bound_are_said_and_not_looked_at():
    report = report_of(with_values(*(w.octet_string(bytes((n,))) for n in range(20))))
    assert report.indication is Indication.TOTAL_PASSED
    stamps = stamp_findings(report)
    assert "warning:too_many:20" in {f.detail for f in stamps}
    assert len(stamps) == 9


def test_a_clock_within_the_tolerance_is_not_ahead():
    report = report_of(stamped_cms(moment=NOW + timedelta(seconds=60)))
    assert token_evidence(report).used


def test_a_purpose_that_is_not_critical_and_alone_is_no_authority():
    purposes = [x509.ObjectIdentifier(oids.TIME_STAMPING), x509.ObjectIdentifier(oids.CLIENT_AUTH)]
    for chosen, critical in ((purposes, True), (purposes[:1], False)):
        holder = issue(
            ca_name("TSA TEST"),
            "stamper",
            W.authority,
            ((usage("digital_signature"), True), (x509.ExtendedKeyUsage(chosen), critical)),
            serial=101,
        )
        report = report_of(stamped_cms(holder=holder))
        assert report.indication is Indication.TOTAL_PASSED
        assert token_evidence(report).reason == "authority_purpose"


def test_an_authority_that_is_revoked_or_of_unknown_status_gives_no_time():
    for report, reason in (
        (report_of(stamped_cms(), revoked=[101]), "authority_revoked"),
        (W.report(stamped_cms()), "authority_status:no_list"),
    ):
        assert report.indication is Indication.TOTAL_PASSED
        assert not token_evidence(report).used
        assert token_evidence(report).reason == reason
        assert {f.status for f in stamp_findings(report)} == {FindingStatus.INDETERMINATE}


def test_an_authority_of_an_unknown_hierarchy_gives_no_time():
    stranger = issue(
        ca_name("TSA"),
        "stamper",
        None,
        (
            (usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
        ),
        serial=1,
    )
    report = report_of(stamped_cms(holder=stranger))
    assert report.indication is Indication.TOTAL_PASSED
    assert token_evidence(report).reason == "authority_path:no_issuer_found"


def with_certificate_first(token, extra):
    """Put a certificate before the authority's own: nobody signed the bag."""
    opened = parts(token)
    bag = Node.at(opened[3], 0, len(opened[3]))
    opened[3] = w.tlv(0xA0, extra + bag.content)
    return assembled(*opened)


def test_a_namesake_of_the_authority_in_a_token_takes_nothing_from_it():
    namesake = issue(
        ca_name("TSA TEST"),
        "another-stamper",
        None,
        (),
        serial=101,
        issuer_name=W.authority.certificate.subject,
    )
    report = report_of(stamped_cms(change=lambda t: with_certificate_first(t, namesake.der)))
    (found,) = stamp_findings(report)
    assert found.status is FindingStatus.PASSED
