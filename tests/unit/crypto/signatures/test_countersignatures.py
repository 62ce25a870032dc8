"""Counter-signatures have reports of their own and change nothing of what they stand at."""

import json
import subprocess

import pytest

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node, context
from crypto.cms.create import attribute
from crypto.report.report import Indication
from tests.support.pki.certificates import (
    CONTENT,
    GOOD,
    IIN,
    NOW,
    OTHER_IIN,
    PERSON_EXTENSIONS,
    OcspAnswer,
    digest_oid,
    issue,
    person_name,
    signature_oid,
    signer,
    world,
)
from tests.unit.crypto.signatures.test_documents import assembled, members, parts, signed_by
from workstation.documents.report_text import report_lines
from workstation.documents.texts import Texts

W = world()
NOTARY = issue(person_name(OTHER_IIN), "notary", W.authority, PERSON_EXTENSIONS, serial=1501)
RSA_NOTARY = issue(
    person_name(OTHER_IIN), "rsa-notary", W.authority, PERSON_EXTENSIONS, serial=1502
)
CMS = W.cms()


def fields(info):
    return [child.raw for child in Node.at(info, 0, len(info)).children()]


def value_of(info):
    return next(Node.at(f, 0, len(f)).content for f in reversed(fields(info)) if f[0] == 0x04)


def counter(over, holder=NOTARY, *, stated=None, attributes=True, extra=(), unsigned=()):
    digest = digest_oid(holder.private)
    hashed = default_registry().require_digest(digest).hash(over if stated is None else stated)
    signed = w.set_of(
        [
            attribute(oids.MESSAGE_DIGEST, w.octet_string(hashed)),
            attribute(oids.SIGNING_TIME, w.utc_time(NOW)),
            *extra,
        ]
    )
    certificate = holder.parsed
    return w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(digest),
        b"\xa0" + signed[1:] if attributes else b"",
        default_registry().signature_identifier(signature_oid(holder.private)),
        w.octet_string(signer(holder.private)(signed if attributes else over)),
        w.set_of(unsigned, context(1)) if unsigned else b"",
    )


def counter_attribute(*values):
    return attribute(oids.COUNTER_SIGNATURE, *values)


def signer_of(cms):
    return members(parts(cms)[-1])[0]


def countersigned(*attributes, cms=CMS, certificates=(NOTARY, RSA_NOTARY)):
    version, digests, content, bag, _ = parts(cms)
    info = w.sequence(*fields(signer_of(cms)), w.set_of(attributes, context(1)))
    every = w.set_of([*members(bag), *(c.der for c in certificates)], context(0))
    return assembled(version, digests, content, every, w.set_of([info]))


def answer(nonce):
    asked = [(W.identifier(holder), GOOD) for holder in (W.person, NOTARY, RSA_NOTARY)]
    return OcspAnswer(asked, nonce=nonce).encode(W.responder)


def document(cms):
    sources = W.sources(answer)
    return W.validator(sources).validate_document(cms, content=CONTENT, moment=NOW).signatures[0]


def details(report, code="countersignatures"):
    return [each.detail for each in report.findings if each.code == code]


VALUE = value_of(signer_of(CMS))


@pytest.mark.parametrize("holder", [NOTARY, RSA_NOTARY], ids=["ecdsa", "rsa"])
@pytest.mark.parametrize("attributes", [True, False], ids=["attributes", "bare"])
def test_a_good_one_is_judged_with_its_own_signer(holder, attributes):
    made = counter(VALUE, holder, attributes=attributes)
    report = document(countersigned(counter_attribute(made)))
    assert report.indication is Indication.TOTAL_PASSED
    assert report.subject.iin == IIN
    (other,) = report.countersignatures
    assert (other.indication, other.subject.iin) == (Indication.TOTAL_PASSED, OTHER_IIN)
    assert details(report) == ["judged:1"]
    assert details(other, "content") == ["countersigned"]


WRONG = {
    "over another signature value": lambda: counter(b"x" * 64),
    "a digest of the content": lambda: counter(VALUE, stated=CONTENT),
    "a content type": lambda: counter(
        VALUE, extra=[attribute(oids.CONTENT_TYPE, w.oid(oids.DATA))]
    ),
    "a spoilt value": lambda: counter(VALUE)[:-1] + bytes((counter(VALUE)[-1] ^ 1,)),
    "two digests": lambda: counter(
        VALUE, extra=[attribute(oids.MESSAGE_DIGEST, w.octet_string(b"x"))]
    ),
    "the signature itself": lambda: signer_of(CMS),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_wrong_one_fails_alone(make):
    report = document(countersigned(counter_attribute(make())))
    assert report.indication is Indication.TOTAL_PASSED
    assert [each.indication for each in report.countersignatures] == [Indication.TOTAL_FAILED]
    assert details(report) == ["warning:not_passed:1"]


def test_one_of_an_unknown_signer_is_undecided_alone():
    report = document(countersigned(counter_attribute(counter(VALUE)), certificates=()))
    assert report.indication is Indication.TOTAL_PASSED
    (other,) = report.countersignatures
    assert other.reason == "signature.no_signing_certificate"


def test_a_counter_signature_does_not_save_a_wrong_signature():
    spoilt = signed_by(W.cms(b"else"))
    made = counter(value_of(signer_of(spoilt)))
    report = document(countersigned(counter_attribute(made), cms=spoilt))
    assert report.indication is Indication.TOTAL_FAILED
    assert [each.indication for each in report.countersignatures] == [Indication.TOTAL_PASSED]


def test_several_values_and_several_attributes_are_each_judged():
    report = document(
        countersigned(
            counter_attribute(counter(VALUE), counter(b"else")),
            counter_attribute(counter(VALUE, RSA_NOTARY)),
        )
    )
    stated = sorted(each.indication.value for each in report.countersignatures)
    assert stated == ["TOTAL_FAILED", "TOTAL_PASSED", "TOTAL_PASSED"]
    assert details(report) == ["warning:not_passed:1"]


def test_one_level_is_judged_and_the_next_is_listed():
    first = counter(VALUE)
    second = counter(value_of(first), RSA_NOTARY)
    nested = counter(VALUE, unsigned=[counter_attribute(second)])
    report = document(countersigned(counter_attribute(nested)))
    (other,) = report.countersignatures
    assert other.indication is Indication.TOTAL_PASSED
    assert other.countersignatures == ()
    assert details(other) == ["warning:not_judged:1"]


@pytest.mark.parametrize(
    "junk", [b"\x04\x00", w.sequence(), w.sequence(w.integer(9)), w.integer(1)]
)
def test_what_cannot_be_read_is_counted(junk):
    report = document(countersigned(counter_attribute(junk, counter(VALUE))))
    assert report.indication is Indication.TOTAL_PASSED
    assert "warning:unreadable:1" in details(report)
    assert len(report.countersignatures) == 1


def test_no_more_than_four_are_judged_of_a_signature():
    many = counter_attribute(*(counter(VALUE) for _ in range(9)))
    report = document(countersigned(many))
    assert len(report.countersignatures) == 4
    assert "warning:not_judged:5" in details(report)


def test_no_more_than_eight_are_judged_of_a_document():
    one = countersigned(counter_attribute(*(counter(VALUE) for _ in range(4))))
    whole = signed_by(*(one for _ in range(1)))
    info = members(parts(whole)[-1])[0]
    version, digests, content, bag, _ = parts(whole)
    crowded = assembled(version, digests, content, bag, w.tlv(0x31, info * 4))
    found = W.validator(W.sources(answer)).validate_document(crowded, content=CONTENT, moment=NOW)
    assert [len(each.countersignatures) for each in found.signatures] == [4, 4, 0, 0]
    assert found.indication is Indication.TOTAL_PASSED


def test_in_a_challenge_they_are_listed_and_nobody_is_asked_about_them():
    sources = W.sources()
    report = W.report(countersigned(counter_attribute(counter(VALUE))), sources)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.countersignatures == ()
    assert details(report) == ["warning:not_judged:1"]
    assert len(sources.requests) == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_they_are_exported_and_printed_beneath_what_they_stand_at(language):
    report = document(countersigned(counter_attribute(counter(b"else"))))
    (exported,) = json.loads(json.dumps(report.to_json()))["countersignatures"]
    assert exported["indication"] == "TOTAL_FAILED"
    texts = Texts(language)
    lines = list(report_lines(report, texts))
    head = lines.index(f"--- {texts.tr('report.countersignature')} 1")
    assert "TOTAL_PASSED" in lines[0]
    assert "TOTAL_FAILED" in lines[head + 1]
    assert all(line.startswith("    ") for line in lines[head + 1 :])


def test_openssl_reads_what_these_tests_make(tmp_path):
    file = tmp_path / "one.der"
    file.write_bytes(countersigned(counter_attribute(counter(VALUE))))
    printed = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", str(file)],
        capture_output=True,
        check=True,
    ).stdout
    assert b"countersignature" in printed.lower()
