"""CAdES-LT and -LTA material inside a message: listed, used by nobody, and no burden."""

import pytest
from cryptography import x509

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.create import attribute
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from tests.support.pki.certificates import CONTENT, IIN, NOW, make_crl, trust_of, world

W = world()
CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
LIST = make_crl(W.authority, [(1001, x509.ReasonFlags.key_compromise)])
ANSWER = W.good(bytes(16))


def judged(cms, validator=None):
    return (validator or W.validator()).validate(
        cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )


def with_unsigned(*attributes):
    return W.cms(unsigned=lambda _: attributes)


def with_choices(*choices):
    """Put RevocationInfoChoices into the message, between certificates and signers."""
    cms = W.cms()
    root = Node.at(cms, 0, len(cms))
    *body, signers = [p.raw for p in list(root.children())[1].only_child().children()]
    crls = w.tlv(0xA1, *choices)
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, w.sequence(*body, crls, signers)))


def basic(response):
    """Take the BasicOCSPResponse out of its envelope."""
    _, wrapped = Node.at(response, 0, len(response)).children()
    return list(wrapped.only_child().children())[1].content


def values():
    return attribute(
        REVOCATION_VALUES,
        w.sequence(
            w.explicit(0, w.sequence(LIST)),
            w.explicit(1, w.sequence(basic(ANSWER))),
        ),
    )


def embedded(report):
    return {(e.kind.value, e.reason) for e in report.evidence if e.source == "signature"}


def test_lists_and_answers_inside_are_evidence_that_was_not_used():
    report = judged(with_unsigned(values()))
    # The list inside calls the signer revoked; it came with the message, so nobody asked it.
    assert report.indication is Indication.TOTAL_PASSED
    assert embedded(report) == {("crl", "embedded"), ("ocsp", "embedded")}
    assert not any(e.used for e in report.evidence if e.source == "signature")
    times = {e.this_update_ms for e in report.evidence if e.source == "signature"}
    stated = ParsedCrl.parse(LIST).this_update, OcspResponse.parse(ANSWER).produced_at
    assert times == {int(at.timestamp() * 1000) for at in stated}


def test_a_good_answer_inside_does_not_help_a_signer_whose_status_nobody_knows():
    report = judged(with_unsigned(values()), W.validator(W.sources(None)))
    assert report.reason == "signature.no_revocation_answer"


def test_lists_beside_the_certificates_are_listed_too():
    ocsp = w.tlv(0xA1, w.oid("1.3.6.1.5.5.7.16.2"), ANSWER)
    unknown = w.tlv(0xA1, w.oid("1.2.3"), w.null())
    report = judged(with_choices(LIST, ocsp, unknown))
    assert report.indication is Indication.TOTAL_PASSED
    assert embedded(report) == {("crl", "embedded"), ("ocsp", "embedded")}


def test_certificates_inside_help_to_build_the_path_only():
    cms = with_unsigned(attribute(CERTIFICATE_VALUES, w.sequence(W.authority.der, b"\x05\x00")))
    alone = W.validator(trust=trust_of(W.root))
    assert judged(cms, alone).indication is Indication.TOTAL_PASSED
    assert judged(W.cms(), alone).reason == "signature.no_chain"


@pytest.mark.parametrize(
    "oid",
    [
        "1.2.840.113549.1.9.16.2.27",
        "1.2.840.113549.1.9.16.2.48",
        "0.4.0.1733.2.4",
        "0.4.0.1733.2.2",
    ],
)
def test_an_archive_timestamp_of_any_version_is_listed_and_left(oid):
    report = judged(with_unsigned(attribute(oid, w.sequence(w.octet_string(b"whatever")))))
    assert report.indication is Indication.TOTAL_PASSED
    assert embedded(report) == {("tst", "embedded")}


@pytest.mark.parametrize(
    "odd",
    [
        w.null(),
        w.sequence(),
        w.sequence(w.oid("1.2.3")),
        w.sequence(w.oid("1.2.3"), w.set_of([])),
        w.sequence(w.oid("1.2.3"), w.null(), w.null()),
        b"\x30\x03\x30\x09\x00",
        attribute(REVOCATION_VALUES, b"\x30\x02\xa0\x7f"),
    ],
)
def test_an_unsigned_attribute_that_cannot_be_read_is_counted_and_breaks_nothing(odd):
    report = judged(with_unsigned(values(), odd))
    assert report.indication is Indication.TOTAL_PASSED
    assert ("crl", "embedded") in embedded(report)


def test_more_unsigned_attributes_than_anybody_writes_are_left_alone_together():
    many = [attribute(f"1.2.3.{n}", w.null()) for n in range(65)]
    report = judged(with_unsigned(*many))
    assert report.indication is Indication.TOTAL_PASSED
    (found,) = [f for f in report.findings if f.code == "unsigned_attributes"]
    assert found.detail == "warning:unreadable:1"


def test_unreadable_attributes_are_reported():
    report = judged(with_unsigned(w.null(), w.sequence()))
    found = [f for f in report.findings if f.code == "unsigned_attributes"]
    assert [(f.status, f.detail) for f in found] == [
        (FindingStatus.INDETERMINATE, "warning:unreadable:2")
    ]


def test_material_that_is_not_what_it_should_be_is_listed_as_unreadable():
    odd = attribute(
        REVOCATION_VALUES,
        w.sequence(w.explicit(0, w.sequence(w.sequence())), w.explicit(1, w.sequence(w.null()))),
    )
    report = judged(with_unsigned(odd))
    assert report.indication is Indication.TOTAL_PASSED
    assert embedded(report) == {("crl", "embedded:unreadable"), ("ocsp", "embedded:unreadable")}


def big_list(entries):
    """A list as large as production's, of entries that nobody will walk."""
    small = ParsedCrl.parse(LIST)
    tbs = list(Node.at(small.tbs, 0, len(small.tbs)).children())
    entry = w.sequence(w.integer(1 << 150), w.utc_time(NOW))
    revoked = w.sequence(entry * entries)
    rebuilt = w.sequence(*(p.raw for p in tbs[:5]), revoked, *(p.raw for p in tbs[6:]))
    algorithm = list(Node.at(LIST, 0, len(LIST)).children())[1].raw
    return w.sequence(rebuilt, algorithm, w.bit_string(bytes(64)))


@pytest.mark.parametrize("place", ["attribute", "choice", "ber"])
def test_a_list_of_production_size_inside_costs_no_walk_over_its_entries(place):
    held = big_list(420_000)
    assert len(held) > 15 * 1024 * 1024
    if place == "attribute":
        value = w.sequence(w.explicit(0, w.sequence(held)))
        cms = with_unsigned(attribute(REVOCATION_VALUES, value))
    else:
        cms = with_choices(held)
    if place == "ber":
        cms = b"\x30\x80" + Node.at(cms, 0, len(cms)).content + b"\x00\x00"
    # Its entries are more elements than a message may have: who walked them would refuse it.
    report = judged(cms)
    assert report.indication is Indication.TOTAL_PASSED
    assert ("crl", "embedded") in embedded(report)


def test_a_message_over_the_limit_is_refused_before_it_is_read():
    report = judged(W.cms(bytes(49 * 1024 * 1024)))
    assert report.reason == "signature.malformed"
