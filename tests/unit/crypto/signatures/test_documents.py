"""Documents signed elsewhere: several signers, BER, other versions; each signature by itself."""

import json

import pytest

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node, context
from crypto.cms.create import attribute
from crypto.report.report import FindingStatus, Indication
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    issue,
    person_name,
    world,
)

W = world()
SECOND = issue(person_name(), "rsa-second", W.authority, PERSON_EXTENSIONS, serial=1003)
INDEFINITE = b"\x00\x00"


def parts(cms):
    """Version, digests, content, certificates, signers of a message, as encoded."""
    root = Node.at(cms, 0, len(cms))
    return [part.raw for part in list(root.children())[1].only_child().children()]


def members(encoded):
    return [child.raw for child in Node.at(encoded, 0, len(encoded)).children()]


def assembled(version, digests, content, certificates, *rest):
    body = w.sequence(version, digests, content, certificates, *rest)
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def signed_by(*messages):
    """Join the signers of messages over one content, as Kalkan adds a signature."""
    opened = [parts(cms) for cms in messages]
    version, digests, content, *_ = opened[0]
    certificates = w.set_of({c for p in opened for c in members(p[3])}, context(0))
    return assembled(
        version, digests, content, certificates, w.set_of(s for p in opened for s in members(p[-1]))
    )


def document(cms, content=CONTENT):
    return W.validator().validate_document(cms, content=content, moment=NOW)


def challenge(cms):
    return W.validator().validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)


def spoilt(cms):
    return cms[:-5] + bytes([cms[-5] ^ 1]) + cms[-4:]


def status(report, code):
    return [(f.status, f.detail) for f in report.findings if f.code == code]


def answer(nonce):
    from tests.support.pki.certificates import GOOD, OcspAnswer

    asked = [(W.identifier(holder), GOOD) for holder in (W.person, SECOND)]
    return OcspAnswer(asked, nonce=nonce).encode(W.responder)


def both(cms, content=CONTENT):
    return W.validator(W.sources(answer)).validate_document(cms, content=content, moment=NOW)


def test_one_signature_is_a_document_too():
    report = document(W.cms())
    assert report.indication is Indication.TOTAL_PASSED
    assert len(report.signatures) == 1
    assert json.loads(json.dumps(report.to_json())) == report.to_json()


def test_every_signature_of_a_document_is_judged_by_itself():
    report = both(signed_by(W.cms(), W.cms(holder=SECOND)))
    assert report.indication is Indication.TOTAL_PASSED
    assert {r.subject.serial for r in report.signatures} == {
        W.person.parsed.serial_hex,
        SECOND.parsed.serial_hex,
    }
    assert {r.content_sha256 for r in report.signatures} == {report.signatures[0].content_sha256}


def test_one_bad_signature_fails_the_document_and_leaves_the_other_as_it_is():
    report = both(signed_by(W.cms(), spoilt(W.cms(holder=SECOND))))
    assert report.indication is Indication.TOTAL_FAILED
    assert {r.indication for r in report.signatures} == {
        Indication.TOTAL_PASSED,
        Indication.TOTAL_FAILED,
    }


def test_a_detached_document_needs_its_content():
    cms = signed_by(W.cms(detached=True), W.cms(holder=SECOND, detached=True))
    assert both(cms).indication is Indication.TOTAL_PASSED
    assert both(cms, None).indication is Indication.INDETERMINATE
    assert both(cms, b"else").indication is Indication.TOTAL_FAILED


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (b"", "signature.not_a_signature"),
        (b"hello, world", "signature.not_a_signature"),
        (W.person.der, "signature.not_a_signature"),
        (W.cms()[:-1], "signature.malformed"),
    ],
)
def test_what_is_no_message_has_one_failed_report(offered, reason):
    report = document(offered)
    assert [r.reason for r in report.signatures] == [reason]
    assert report.indication is Indication.TOTAL_FAILED


def test_a_document_signed_by_too_many_is_refused():
    signed = [W.cms(signing_time=NOW.replace(minute=minute)) for minute in range(33)]
    (report,) = document(signed_by(*signed)).signatures
    assert (report.indication, report.reason) == (Indication.TOTAL_FAILED, "signature.malformed")


def test_the_signers_claim_of_time_is_only_a_claim():
    report = document(W.cms(signing_time=NOW.replace(year=2020))).signatures[0]
    assert status(report, "signing_time") == [(FindingStatus.INDETERMINATE, "warning:claim_only")]
    assert report.signed_at_claim_ms is not None


# BER


def streamed(cms):
    """Write a message as streaming signers do: indefinite lengths, content in pieces."""
    version, digests, content, certificates, *rest = parts(cms)
    octets = w.tlv(0x24, w.octet_string(CONTENT[:9]), w.octet_string(CONTENT[9:]))
    stated = members(content)[0]
    wrapped = b"\x30\x80" + stated + b"\xa0\x80" + octets + INDEFINITE * 2
    inside = Node.at(certificates, 0, len(certificates)).content
    body = b"".join([version, digests, wrapped, b"\xa0\x80" + inside + INDEFINITE, *rest])
    return b"\x30\x80" + w.oid(oids.SIGNED_DATA) + b"\xa0\x80\x30\x80" + body + INDEFINITE * 3


@pytest.mark.parametrize("judge", [challenge, lambda cms: document(cms).signatures[0]])
def test_a_message_in_ber_is_accepted_with_a_finding(judge):
    report = judge(streamed(W.cms()))
    assert report.indication is Indication.TOTAL_PASSED
    assert status(report, "format") == [(FindingStatus.INDETERMINATE, "warning:ber")]
    assert report.content_sha256 == challenge(W.cms()).content_sha256


def test_a_message_in_ber_tampered_with_is_refused():
    cms = streamed(W.cms())
    assert document(cms.replace(CONTENT[9:20], b"x" * 11)).indication is Indication.TOTAL_FAILED
    assert document(cms + b"\x01").indication is Indication.TOTAL_FAILED
    assert document(cms[:-2]).indication is Indication.TOTAL_FAILED


def test_signed_attributes_in_ber_are_hashed_in_der_as_the_standard_says():
    cms = W.cms()
    signer = members(parts(cms)[-1])[0]
    version, identifier, digest, attributes, *tail = members(signer)
    inside = Node.at(attributes, 0, len(attributes)).content
    rewritten = w.sequence(version, identifier, digest, b"\xa0\x80" + inside + INDEFINITE, *tail)
    report = challenge(assembled(*parts(cms)[:-1], w.set_of([rewritten])))
    assert report.indication is Indication.TOTAL_PASSED
    assert status(report, "format") == [(FindingStatus.INDETERMINATE, "warning:ber")]


# Departures from RFC 5652 that change no meaning


def with_version(cms, version):
    return assembled(w.integer(version), *parts(cms)[1:])


def with_signer_version(cms, version):
    signer = members(members(cms_signers(cms))[0])
    return assembled(*parts(cms)[:-1], w.set_of([w.sequence(w.integer(version), *signer[1:])]))


def cms_signers(cms):
    return parts(cms)[-1]


def without_announced_digest(cms):
    version, _, *rest = parts(cms)
    return assembled(version, w.set_of([w.algorithm(oids.SHA512)]), *rest)


@pytest.mark.parametrize(
    ("cms", "departure"),
    [
        (with_version(W.cms(), 3), "signed_data_version_3"),
        (with_signer_version(W.cms(), 3), "signer_version_3"),
        (without_announced_digest(W.cms()), "digest_not_announced"),
    ],
)
def test_a_departure_is_a_finding_in_a_document_and_refused_in_a_challenge(cms, departure):
    (judged,) = document(cms).signatures
    assert judged.indication is Indication.TOTAL_PASSED
    assert (FindingStatus.INDETERMINATE, f"warning:{departure}") in status(judged, "format")
    fresh = challenge(cms)
    assert (fresh.indication, fresh.reason) == (Indication.TOTAL_FAILED, "signature.malformed")


@pytest.mark.parametrize("version", [0, 2, 6])
def test_a_version_nobody_writes_is_refused_everywhere(version):
    assert document(with_version(W.cms(), version)).indication is Indication.TOTAL_FAILED
    assert document(with_signer_version(W.cms(), version)).indication is Indication.TOTAL_FAILED


def test_the_signer_may_be_named_by_key_identifier():
    cms = W.cms()
    signer = members(members(cms_signers(cms))[0])
    named = w.tlv(0x80, W.person.parsed.subject_key_id)
    by_key = w.sequence(w.integer(3), named, *signer[2:])
    changed = assembled(w.integer(3), *parts(cms)[1:-1], w.set_of([by_key]))
    assert challenge(changed).indication is Indication.TOTAL_PASSED


def test_signed_attributes_out_of_order_are_hashed_as_they_stand():
    # DER sorts a SET OF. Whoever signed them unsorted signed these octets, and gets a warning.
    from crypto.algorithms.registry import default_registry
    from tests.support.pki.certificates import signature_oid, signer

    digest = default_registry().require_digest(oids.SHA256).hash(CONTENT)
    ordered = sorted(
        [
            attribute(oids.CONTENT_TYPE, w.oid(oids.DATA)),
            attribute(oids.MESSAGE_DIGEST, w.octet_string(digest)),
        ],
        reverse=True,
    )
    octets = w.tlv(0x31, *ordered)
    holder = W.person.parsed
    info = w.sequence(
        w.integer(1),
        w.sequence(holder.issuer.raw, w.integer(holder.serial)),
        w.algorithm(oids.SHA256),
        b"\xa0" + octets[1:],
        default_registry().signature_identifier(signature_oid(W.person.private)),
        w.octet_string(signer(W.person.private)(octets)),
    )
    report = challenge(assembled(*parts(W.cms())[:-1], w.set_of([info])))
    assert report.indication is Indication.TOTAL_PASSED
    assert (FindingStatus.INDETERMINATE, "warning:order_is_not_der") in status(
        report, "signed_attributes"
    )
