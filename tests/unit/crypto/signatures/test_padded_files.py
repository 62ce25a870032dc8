"""What editors, mail and fields of fixed size put behind a signature is a finding, no damage."""

import base64

import pytest

from crypto.carrier.armour import read_armoured
from crypto.cms.signature_file import FileKind, identify, remove_padding
from crypto.report.report import FindingStatus, Indication
from tests.support.pki.certificates import CONTENT, NOW, make_crl, world
from tests.unit.crypto.signatures.test_documents import streamed

W = world()
CMS = W.cms()
BER = streamed(CMS)
PADDING = {
    b"\n": "line_end",
    b"\r\n": "line_end",
    b"\n\n\r\n": "line_end",
    b"\x00": "zero_padding",
    bytes(4096): "zero_padding",
}
REFUSED = [b"\x00\n", b"\n\x00", b" ", b"x", b"\n\x00\n", b"\x1a", CMS, b"\x00" * 9 + b"\x01"]


def document(cms):
    return W.validator().validate_document(cms, content=CONTENT, moment=NOW).signatures[0]


@pytest.mark.parametrize("door", [W.report, document])
@pytest.mark.parametrize("message", [CMS, BER], ids=["DER", "BER"])
@pytest.mark.parametrize(("padding", "code"), PADDING.items())
def test_line_ends_and_zeros_behind_a_signature_are_said(door, message, padding, code):
    report = door(message + padding)
    assert report.indication is Indication.TOTAL_PASSED
    stated = [each.detail for each in report.findings if each.code == "format"]
    assert f"warning:{code}" in stated
    assert report.cms_sha256 == door(message).cms_sha256


@pytest.mark.parametrize("armour", [lambda der: der, base64.b64encode], ids=["DER", "base64"])
@pytest.mark.parametrize("rest", REFUSED, ids=repr)
def test_anything_else_behind_a_signature_is_refused(armour, rest):
    report = W.report(armour(CMS + rest))
    assert report.indication is Indication.TOTAL_FAILED
    found = next(each for each in report.findings if each.code == "format")
    assert found.status is FindingStatus.FAILED
    assert "trailing_bytes" in found.detail


def test_zeros_inside_of_the_armour_are_padding_as_well():
    assert W.report(base64.b64encode(CMS + bytes(7))).indication is Indication.TOTAL_PASSED


def test_octets_of_the_object_are_never_taken_for_padding():
    for last in range(256):
        der = b"\x30\x03\x02\x01" + bytes((last,))
        assert remove_padding(der) == (der, "")
    assert remove_padding(b"\x30\x80\x02\x01\x00\x00\x00") == (b"\x30\x80\x02\x01\x00\x00\x00", "")
    cut = CMS[:-1].rstrip(b"\n\x00") + b"\n"
    assert remove_padding(cut) == (cut, "")


def test_every_kind_of_file_is_recognised_with_a_line_end_behind_it():
    crl = make_crl(W.root)
    assert identify(crl + b"\r\n") == (FileKind.CRL, crl)
    assert identify(W.person.der + b"\n") == (FileKind.CERTIFICATE, W.person.der)


def test_what_a_carrier_hands_over_has_no_padding():
    for padding in PADDING:
        assert read_armoured(CMS + padding) == CMS
        assert read_armoured(base64.b64encode(CMS + padding)) == CMS
