"""Messages embedded in a PDF: the document cards that services hand out."""

import pytest

from crypto.report.report import Indication
from tests.support.containers.asic_containers import repeat_signer
from tests.support.containers.pdf_documents import BASE, Document, card, embedded, write
from tests.support.pki.certificates import CONTENT, NOW, world

W = world()
PAGES = ("INDETERMINATE", "signature.pages_not_signed")


def judge(octets, content=None):
    return W.validator().validate_document(octets, content=content, moment=NOW)


def outcome(octets, **options):
    return [(r.indication.value, r.reason) for r in judge(octets, **options).signatures]


def finding(report, code):
    return [(f.status.value, f.detail) for f in report.findings if f.code == code]


def test_a_card_is_judged_over_its_original_and_never_for_its_pages():
    document = judge(card(CONTENT, W.cms(detached=True)))
    (report,) = document.signatures
    assert (report.indication.value, report.reason) == PAGES
    assert finding(report, "coverage") == [("indeterminate", "embedded_file:1/2")]
    assert finding(report, "signature_value")[0][0] == "passed"
    assert finding(report, "message_digest")[0][0] == "passed"
    assert [(f.kind, f.signatures) for f in document.container.files] == [
        ("text", 1),
        ("signed_cms", 0),
    ]


def test_a_card_with_an_attached_message_is_judged_over_its_own_content():
    (report,) = judge(card(W.cms())).signatures
    assert (report.indication.value, report.reason) == PAGES
    assert finding(report, "coverage") == [("indeterminate", "unknown")]


def test_every_message_of_a_card_is_judged_over_its_own_file():
    document = judge(card(b"first", W.cms(b"second", detached=True), b"second"))
    assert [f.signatures for f in document.container.files] == [0, 0, 1]
    assert finding(document.signatures[0], "coverage") == [("indeterminate", "embedded_file:3/3")]


def test_a_message_over_none_of_the_files_has_no_content():
    document = judge(card(b"else", W.cms(detached=True)))
    (report,) = document.signatures
    assert finding(report, "coverage") == [("indeterminate", "unknown")]
    assert finding(report, "content")[0][0] == "indeterminate"
    assert report.indication is Indication.INDETERMINATE


def test_a_message_over_the_document_before_it_was_embedded_is_found():
    before = write(BASE)
    (report,) = judge(card(W.cms(before, detached=True), before=before)).signatures
    assert finding(report, "coverage") == [("indeterminate", "earlier_revision_or_given")]
    assert finding(report, "message_digest")[0][0] == "passed"


def test_a_wrong_message_is_wrong_whatever_the_pages():
    cms = W.cms(detached=True)
    spoilt = cms[:-5] + bytes([cms[-5] ^ 1]) + cms[-4:]
    (report,) = judge(card(CONTENT, spoilt)).signatures
    assert report.indication is Indication.TOTAL_FAILED


def test_a_card_that_is_signed_itself_is_signed_with_what_is_in_it():
    document = Document()
    n = 40
    document.objects |= embedded(n, CONTENT) | embedded(n + 2, W.cms(detached=True))
    names = b"/Names << /EmbeddedFiles << /Names [(a) 40 0 R (b) 42 0 R] >> >>"
    document.octets = write(document.objects)
    document.catalog = names
    octets = document.sign(lambda content: W.cms(content, detached=True))
    assert outcome(octets) == [("TOTAL_PASSED", "signature.passed")] * 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"(plain.pdf)", "plain.pdf"),
        (b"<FEFF0434043E0433043E0432043E0440>", "договор"),
        (b"(\\357\\273\\277\\320\\260)", "а"),
    ],
)
def test_names_are_read_in_the_encodings_of_pdf(name, text):
    assert judge(card(CONTENT, names=[name])).container.files[0].name == text


def test_a_card_without_a_message_has_no_signature_and_says_what_is_in_it():
    document = judge(card(CONTENT))
    assert outcome(card(CONTENT)) == [("INDETERMINATE", "signature.pdf_not_signed")]
    assert len(document.container.files) == 1


def test_a_file_that_inflates_without_end_is_not_read():
    files = judge(card(*[bytes(70 << 20)] * 3)).container.files
    assert [each.kind for each in files] == ["unreadable"] * 3


def test_a_filter_that_is_not_read_leaves_the_file_unreadable():
    octets = card(CONTENT).replace(b"/FlateDecode", b"/LZWDecode  "[:12])
    assert judge(octets).container.files[0].kind == "unreadable"


def test_signers_of_all_messages_of_a_card_are_counted_together():
    message = repeat_signer(W.cms(b"x", detached=True), 30)
    reports = judge(card(b"x", message, message, message)).signatures
    assert [r.reason for r in reports].count("signature.pages_not_signed") == 60
    assert finding(reports[-1], "format")[-1] == ("indeterminate", "too_many_signatures")


@pytest.mark.parametrize("behind", [b"\n", b"\r\n", b"\x00\x00"])
def test_padding_behind_an_embedded_message_is_a_finding(behind):
    (report,) = judge(card(CONTENT, W.cms(detached=True) + behind)).signatures
    assert (report.indication.value, report.reason) == PAGES
    assert finding(report, "format")[0][1] in {"warning:line_end", "warning:zero_padding"}
