"""A content that differs in line ends alone is refused, and the report says what differs."""

import pytest

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.line_ends import equal_but_line_ends, vary_line_ends
from crypto.report.report import Indication, SubIndication
from tests.support.pki.certificates import IIN, NOW, signature_oid, signer, world

W = world()
TEXT = "Өтініш: нөмірді өзгерту\nнөмір +7 700 000 00 00\n".encode()
MARK = b"\xef\xbb\xbf"
SAME = {
    "CRLF": TEXT.replace(b"\n", b"\r\n"),
    "CR": TEXT.replace(b"\n", b"\r"),
    "byte order mark": MARK + TEXT,
    "mark and CRLF": MARK + TEXT.replace(b"\n", b"\r\n"),
    "no last line end": TEXT[:-1],
    "CRLF, no last line end": TEXT[:-1].replace(b"\n", b"\r\n"),
}
OTHER = {
    "a digit": TEXT.replace(b"700", b"701"),
    "a blank": TEXT.replace(b"+7", b"+7 "),
    "lines joined": TEXT.replace(b"\n", b""),
    "a line more": TEXT.replace(b"\n", b"\n\n", 1),
    "a tab": TEXT.replace(b" ", b"\t"),
    "nothing": b"",
}


def document(cms, content):
    return W.validator().validate_document(cms, content=content, moment=NOW).signatures[0]


def fresh(cms, content):
    return W.validator().validate(cms, expected_content=content, expected_iin=IIN, moment=NOW)


@pytest.mark.parametrize("door", [document, fresh])
@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize(("given", "signed"), [(TEXT, s) for s in SAME.values()], ids=SAME)
def test_line_ends_are_said_to_differ_and_nothing_passes(door, detached, given, signed):
    for one, other in ((given, signed), (signed, given)):
        report = door(W.cms(one, detached=detached), other)
        assert report.indication is Indication.TOTAL_FAILED
        assert report.sub_indication is SubIndication.HASH_FAILURE
        assert report.reason == "signature.content_line_ends"


@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize("signed", OTHER.values(), ids=OTHER)
def test_any_other_text_is_another_text(detached, signed):
    report = document(W.cms(signed, detached=detached), TEXT)
    assert report.reason == "signature.content_mismatch"


def bare(content):
    certificate = W.person.parsed
    info = w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(oids.SHA256),
        default_registry().signature_identifier(signature_oid(W.person.private)),
        w.octet_string(signer(W.person.private)(content)),
    )
    body = w.sequence(
        w.integer(1),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(w.oid(oids.DATA)),
        w.set_of([W.person.der], 0xA0),
        w.set_of([info]),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def test_a_signature_without_attributes_is_explained_as_well():
    crlf = TEXT.replace(b"\n", b"\r\n")
    assert document(bare(crlf), crlf).indication is Indication.TOTAL_PASSED
    assert document(bare(crlf), TEXT).reason == "signature.content_line_ends"
    assert document(bare(crlf), b"else").reason == "signature.crypto_failure"


def test_the_search_for_an_explanation_is_bounded():
    assert len(list(vary_line_ends(TEXT))) <= 18
    assert list(vary_line_ends(b"x\n" * 40_000)) == []


def test_octets_of_no_text_are_compared_like_any_other():
    assert not equal_but_line_ends(b"\x00\x01", b"\x00\x02")
    assert equal_but_line_ends(b"a\r\nb", b"a\nb\n")
    assert equal_but_line_ends(b"\n" * 99, b"\r\n" * 99)
    assert not equal_but_line_ends(b"a", b"a" + b"\n" * 50)
