"""Which of several certificates signed: what was signed about it decides, else the key does."""

from dataclasses import dataclass

import pytest

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import attribute
from crypto.report.report import FindingStatus, Indication, SubIndication
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    OTHER_IIN,
    PERSON_EXTENSIONS,
    Holder,
    issue,
    person_name,
    signature_oid,
    signer,
    world,
)

W = world()
DIGEST = default_registry().require_digest(oids.SHA256)
STREEBOG = "1.2.398.3.10.1.3.3"
# Of the same issuer and serial number as the person's, by whoever sent the message.
NAMESAKES = [
    issue(
        person_name(OTHER_IIN),
        f"namesake-{number}",
        None,
        PERSON_EXTENSIONS,
        serial=1001,
        issuer_name=W.authority.certificate.subject,
    )
    for number in range(3)
]
SAME_KEY = issue(person_name(OTHER_IIN), "person", W.authority, PERSON_EXTENSIONS, serial=1001)


@dataclass(frozen=True)
class Stated:
    """What the signed attributes say of the certificate: digests by version; both may be said."""

    v2: bytes | None = None
    v1: bytes | None = None
    algorithm: str = ""

    def attributes(self) -> list[bytes]:
        found = []
        if self.v2 is not None:
            named = w.sequence(w.oid(self.algorithm)) if self.algorithm else b""
            identifier = w.sequence(named, w.octet_string(self.v2))
            encoded = w.sequence(w.sequence(identifier))
            found.append(attribute(oids.SIGNING_CERTIFICATE_V2, encoded))
        if self.v1 is not None:
            encoded = w.sequence(w.sequence(w.sequence(w.octet_string(self.v1))))
            found.append(attribute(oids.SIGNING_CERTIFICATE, encoded))
        return found


def sha256(holder: Holder) -> bytes:
    return DIGEST.hash(holder.der)


def sha1(holder: Holder) -> bytes:
    return default_registry().require_digest(oids.SHA1).hash(holder.der)


def message(certificates, stated: Stated, *, bare: bool = False, by_key: bool = False) -> bytes:
    attributes = w.set_of(
        [
            attribute(oids.CONTENT_TYPE, w.oid(oids.DATA)),
            attribute(oids.MESSAGE_DIGEST, w.octet_string(DIGEST.hash(CONTENT))),
            *stated.attributes(),
        ]
    )
    person = W.person.parsed
    named = w.sequence(person.issuer.raw, w.integer(person.serial))
    info = w.sequence(
        w.integer(3 if by_key else 1),
        w.tlv(0x80, person.subject_key_id or b"") if by_key else named,
        w.algorithm(oids.SHA256),
        b"" if bare else b"\xa0" + attributes[1:],
        default_registry().signature_identifier(signature_oid(W.person.private)),
        w.octet_string(signer(W.person.private)(CONTENT if bare else attributes)),
    )
    body = w.sequence(
        w.integer(3 if by_key else 1),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(w.oid(oids.DATA), w.explicit(0, w.octet_string(CONTENT))),
        w.set_of(certificates, 0xA0),
        w.set_of([info]),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def fresh(cms: bytes):
    return W.report(cms)


def document(cms: bytes):
    found = W.validator().validate_document(cms, content=CONTENT, moment=NOW)
    return found.signatures[0]


def details(report, code="signing_certificate"):
    return [(each.status, each.detail) for each in report.findings if each.code == code]


DOORS = pytest.mark.parametrize("door", [fresh, document])
STATED = {
    "version 2": Stated(v2=sha256(W.person)),
    "version 1": Stated(v1=sha1(W.person)),
    "both versions": Stated(v2=sha256(W.person), v1=sha1(W.person)),
    "a digest by name": Stated(
        v2=default_registry().require_digest(STREEBOG).hash(W.person.der), algorithm=STREEBOG
    ),
}


@DOORS
@pytest.mark.parametrize("stated", STATED.values(), ids=STATED)
@pytest.mark.parametrize("others", [1, 3])
def test_the_digest_that_was_signed_chooses(door, stated, others):
    crowd = [W.person.der, *(each.der for each in NAMESAKES[:others])]
    report = door(message(crowd, stated))
    assert report.indication is Indication.TOTAL_PASSED
    assert report.subject.iin == IIN
    found = details(report)
    assert (FindingStatus.INDETERMINATE, f"warning:namesakes:{others + 1}") in found
    assert (FindingStatus.PASSED, "") in found


def test_the_digest_chooses_among_certificates_of_one_key():
    crowd = [SAME_KEY.der, W.person.der]
    assert fresh(message(crowd, Stated(v2=sha256(W.person)))).subject.iin == IIN
    other = fresh(message(crowd, Stated(v2=sha256(SAME_KEY))))
    assert other.subject.iin == OTHER_IIN
    assert other.reason == "signature.iin_mismatch"


def test_a_key_identifier_may_name_several_too():
    crowd = [SAME_KEY.der, W.person.der]
    report = document(message(crowd, Stated(v2=sha256(W.person)), by_key=True))
    assert (report.indication, report.subject.iin) == (Indication.TOTAL_PASSED, IIN)


@DOORS
def test_when_the_digest_names_none_of_them_it_is_said(door):
    report = door(message([W.person.der, NAMESAKES[0].der], Stated(v2=sha256(W.stamper))))
    assert report.indication is Indication.TOTAL_FAILED
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert report.reason == "signature.signing_certificate_mismatch"
    assert details(report) == [(FindingStatus.FAILED, "none_of:2")]


def test_versions_that_name_different_certificates_name_none():
    stated = Stated(v2=sha256(W.person), v1=sha1(NAMESAKES[0]))
    report = fresh(message([W.person.der, NAMESAKES[0].der], stated))
    assert report.reason == "signature.signing_certificate_mismatch"


@pytest.mark.parametrize("bare", [False, True])
def test_without_a_digest_the_key_chooses(bare):
    crowd = [*(each.der for each in NAMESAKES), W.person.der]
    report = document(message(crowd, Stated(), bare=bare))
    assert (report.indication, report.subject.iin) == (Indication.TOTAL_PASSED, IIN)


def test_without_a_digest_two_certificates_of_one_key_settle_nothing():
    report = document(message([SAME_KEY.der, W.person.der], Stated()))
    assert report.indication is Indication.INDETERMINATE
    assert report.reason == "signature.signing_certificate_ambiguous"


def test_a_digest_that_is_not_supported_settles_nothing():
    stated = Stated(v2=sha256(W.person), algorithm="1.2.3.4")
    report = fresh(message([W.person.der, NAMESAKES[0].der], stated))
    assert report.reason == "signature.signing_certificate_ambiguous"


def test_more_of_them_than_are_tried_settle_nothing():
    crowd = [
        issue(
            person_name(OTHER_IIN),
            f"crowd-{number}",
            None,
            PERSON_EXTENSIONS,
            serial=1001,
            issuer_name=W.authority.certificate.subject,
        ).der
        for number in range(17)
    ]
    report = fresh(message([W.person.der, *crowd], Stated(v2=sha256(W.person))))
    assert report.reason == "signature.signing_certificate_ambiguous"
    assert (FindingStatus.INDETERMINATE, "namesakes:18") in details(report)


def test_a_certificate_that_cannot_be_read_is_not_called_missing():
    cut = w.sequence(w.sequence(w.integer(2)))
    report = fresh(message([cut], Stated(v2=sha256(W.person))))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    assert report.reason == "signature.signing_certificate_unreadable"
    missing = fresh(message([W.stamper.der], Stated(v2=sha256(W.person))))
    assert missing.reason == "signature.no_signing_certificate"


def test_the_same_certificate_twice_is_one():
    report = fresh(message([W.person.der, W.person.der], Stated(v2=sha256(W.person))))
    assert report.indication is Indication.TOTAL_PASSED
    assert details(report) == [(FindingStatus.PASSED, "")]
