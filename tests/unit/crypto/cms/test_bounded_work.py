"""What a hostile message may cost: nothing large is hashed that cannot matter.

GOST hashes in plain Python take seconds per megabyte, so what counts is how many octets reach a
hash, whatever the hash is.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509

from crypto.algorithms.algorithm import DigestAlgorithm
from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Node
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampInfo
from crypto.report.report import FindingStatus, Indication
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    OcspAnswer,
    ca_name,
    issue,
    make_crl,
    person_name,
    trust_of,
    usage,
    world,
)
from tests.support.pki.policies import POLICY, policy
from tests.support.pki.time_stamping import stamp

W = world()
MEGABYTE = 1 << 20
DAY = timedelta(days=1)


@dataclass
class Meter:
    """Counts the octets that reach any digest of a registry."""

    octets: int = 0

    def watched(self, digest: DigestAlgorithm) -> DigestAlgorithm:
        meter = self

        class Counting:
            def __init__(self) -> None:
                self.hasher = digest.new()

            def update(self, data: bytes, /) -> None:
                meter.octets += len(data)
                self.hasher.update(data)

            def digest(self) -> bytes:
                return self.hasher.digest()

        return replace(digest, new=Counting)


def judged(cms, sources=None):
    meter = Meter()
    validator = SignatureValidator(
        trust=W.trust(),
        policy=POLICY,
        revocation=sources or W.sources(),
        registry=default_registry().with_digests(meter.watched),
    )
    report = validator.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
    return report, meter.octets


def status(report, code):
    return [f.status for f in report.findings if f.code == code]


def test_the_meter_of_these_tests_sees_what_is_hashed():
    report, octets = judged(W.cms())
    assert report.indication is Indication.TOTAL_PASSED
    assert len(CONTENT) < octets < MEGABYTE


def test_attached_content_that_is_not_what_was_given_to_sign_is_never_hashed():
    report, octets = judged(W.cms(bytes(MEGABYTE)))
    assert report.reason == "signature.content_mismatch"
    assert octets < MEGABYTE
    assert status(report, "message_digest") == []
    assert status(report, "signature_value") == [FindingStatus.PASSED]


def test_large_content_signed_without_attributes_is_not_hashed_either():
    report, octets = judged(_message(_signer_info(), bytes(MEGABYTE)))
    assert report.reason == "signature.content_mismatch"
    assert octets < MEGABYTE
    assert status(report, "signature_value") == []


def documents(cms):
    meter = Meter()
    validator = SignatureValidator(
        trust=W.trust(),
        policy=POLICY,
        revocation=W.sources(),
        registry=default_registry().with_digests(meter.watched),
    )
    return validator.validate_document(cms, content=None, moment=NOW), meter.octets


def signed_by_many(signer_infos, content):
    body = w.sequence(
        w.integer(1),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(w.oid(oids.DATA), w.explicit(0, w.octet_string(content))),
        w.set_of([W.person.der], 0xA0),
        w.tlv(0x31, b"".join(signer_infos)),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def test_a_content_is_hashed_once_however_many_have_signed_it():
    content = bytes(MEGABYTE + 1)
    # Once: an ECDSA signature made anew may be an octet longer or shorter.
    message = W.cms(content)
    one = SignedData.parse(message)
    root = Node.at(message, 0, len(message))
    signed = root.fields()
    signed.any()
    body = list(signed.any().only_child().children())
    info = next(body[-1].children()).raw
    report, octets = documents(signed_by_many([info] * 8, content))
    assert len(one.signers) == 1
    assert len(report.signatures) == 8
    assert report.indication is Indication.TOTAL_PASSED
    assert len(content) < octets < 2 * len(content)


def test_of_many_large_signatures_without_attributes_only_the_first_is_hashed():
    content = bytes(MEGABYTE + 1)
    report, octets = documents(signed_by_many([_signer_info()] * 8, content))
    assert octets < 2 * len(content)
    details = [
        each.detail
        for signature in report.signatures
        for each in signature.findings
        if each.code == "signed_attributes" and each.status is FindingStatus.FAILED
    ]
    assert details == ["absent_again"] * 7


def _message(signer_info, content=CONTENT, certificates=(W.person.der,)):
    body = w.sequence(
        w.integer(1),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(w.oid(oids.DATA), w.explicit(0, w.octet_string(content))),
        w.set_of(list(certificates), 0xA0),
        w.set_of([signer_info]),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def _signer_info(attributes=b"", signature=b"\x01"):
    certificate = W.person.parsed
    return w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(oids.SHA256),
        attributes,
        default_registry().signature_identifier(oids.ECDSA_WITH_SHA256),
        w.octet_string(signature),
    )


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        (
            _signer_info(w.set_of([attribute("1.2.3", w.octet_string(bytes(70_000)))], 0xA0)),
            "attributes_long",
        ),
        # Hashed as a whole for every time-stamp that claims to be over it.
        (_signer_info(signature=bytes(9_000)), "signature_long"),
    ],
)
def test_signed_attributes_and_signatures_nobody_makes_are_malformed(hostile, code):
    with pytest.raises(DerError, match=code):
        SignedData.parse(_message(hostile))


def test_a_huge_certificate_beside_a_signature_is_no_hint():
    padding = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(20_000)), False)
    huge = issue(person_name(), "person", W.authority, (*PERSON_EXTENSIONS, padding), serial=2001)
    parsed = SignedData.parse(_message(_signer_info(), certificates=(W.person.der, huge.der)))
    assert (len(parsed.certificates), parsed.unreadable) == (1, 1)


def test_a_time_stamp_with_a_huge_content_is_malformed():
    info = TimestampInfo("1.2.3", oids.SHA256, bytes(32), 1, NOW, None).encode()
    assert TimestampInfo.parse(info).moment == NOW
    blob = w.sequence(w.sequence(w.oid("1.2.3"), w.octet_string(bytes(20_000))))
    parsed = Node.at(info, 0, len(info))
    extensions = w.tlv(0xA1, Node.at(blob, 0, len(blob)).content)
    long = w.sequence(*(child.raw for child in parsed.children()), extensions)
    with pytest.raises(DerError, match="too_large"):
        TimestampInfo.parse(long)


def test_an_answer_is_hashed_once_however_many_certificates_of_the_issuer_it_brings():
    # The issuer's name and public key are known to everybody: who is on the way can put both
    # into certificates of his own.
    posers = [
        issue(
            W.authority.certificate.subject, "authority", W.root, CA_EXTENSIONS, serial=300 + n
        ).der
        for n in range(16)
    ]
    padding = w.sequence(w.oid("1.2.3.4"), w.octet_string(bytes(100_000)))

    def answer(nonce):
        made = OcspAnswer(
            [(W.identifier(), GOOD)], nonce=nonce, embedded=posers, extra=padding
        ).encode(W.authority)
        return _spoilt(made)

    report, octets = judged(W.cms(), W.sources(answer))
    assert report.reason == "signature.answer_forged"
    assert octets < 250_000


def _spoilt(answer):
    """Change an octet of what is signed, so that no signature holds."""
    at = answer.index(bytes(1000)) + 500
    return answer[:at] + b"\x01" + answer[at + 1 :]


def test_an_anchor_that_signs_itself_does_not_pass_without_an_answer_about_it():
    extensions = (
        (usage("digital_signature", "content_commitment", "key_cert_sign"), True),
        CA_EXTENSIONS[0],
        *PERSON_EXTENSIONS[1:],
    )
    anchor = issue(person_name(), "anchor-person", None, extensions, serial=1)
    lenient = policy(require_consistent_profile=False)
    validator = SignatureValidator(trust=trust_of(anchor), policy=lenient, revocation=W.sources())
    report = validator.validate(
        W.cms(holder=anchor), expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )
    assert report.indication is Indication.INDETERMINATE
    assert report.reason == "signature.no_revocation_answer"


def forged_list(number, octets):
    """A list in the name of the signer's CA, of so many octets, that nobody has signed."""
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), bytes(octets))
    return make_crl(FORGER, number=number, extensions=[(padding, False)])


FORGER = issue(ca_name("NCA TEST"), "forger", None, CA_EXTENSIONS, serial=2)
AGED = issue(
    person_name(), "person", W.authority, PERSON_EXTENSIONS, serial=1001, not_after=NOW + DAY
)


def test_forged_lists_inside_a_stored_signature_are_hashed_a_few_times_at_most():
    """Whose signer and whose time-stamping authority have no other list: all are looked at."""
    stated = w.sequence(*(forged_list(n, MEGABYTE // 4) for n in range(16)))

    def unsigned(signature):
        return [
            attribute(oids.SIGNATURE_TIME_STAMP, stamp(signature)),
            attribute(oids.REVOCATION_VALUES, w.sequence(w.explicit(0, stated))),
        ]

    cms = W.cms(holder=AGED, unsigned=unsigned)
    for moment in (NOW + 5 * DAY, NOW + 4000 * DAY):
        meter = Meter()
        validator = SignatureValidator(
            trust=W.trust(),
            policy=POLICY,
            revocation=W.sources(None),
            registry=default_registry().with_digests(meter.watched),
        )
        (report,) = validator.validate_document(cms, content=CONTENT, moment=moment).signatures
        assert report.reason == "signature.stamp_not_counted"
        assert meter.octets < 5 * len(cms)
