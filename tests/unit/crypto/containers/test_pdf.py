"""Signatures of PDF documents: what each covers, what came after, and the published attacks.

Attack classes: universal signature forgery, incremental saving and signature wrapping (Mladenov et
al., CCS 2019), shadow attacks (Mainka et al., NDSS 2021), attacks on certification (S&P 2021).
"""

import re
from datetime import timedelta

import pytest

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.timestamp import TimestampRequest, create_response, read_response
from crypto.containers.pdf.dates import read_date
from crypto.report.report import EvidenceKind, Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.containers.pdf_documents import (
    BASE,
    PKCS7,
    STAMP,
    VISIBLE,
    Document,
    last_start,
    seal,
    stream,
    write,
)
from tests.support.pki.certificates import (
    NOW,
    PERSON_EXTENSIONS,
    issue,
    make_crl,
    person_name,
    signature_oid,
    signer,
    world,
)
from tests.support.pki.gost_world import gost_world

W = world()
DIGEST = default_registry().require_digest(oids.SHA256)


def sign(content, **options):
    return W.cms(content, detached=True, **options)


def stamp(content, moment=NOW, holder=W.stamper):
    request = TimestampRequest(oids.SHA256, DIGEST.hash(content), None, certificate_wanted=True)
    response = create_response(
        request,
        certificate=holder.der,
        sign=signer(holder.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(holder.private),
        policy="1.2.398.3.3.2.6.2",
        serial=9,
        moment=moment,
    )
    return read_response(response, request)


def judge(octets, content=None, made_by=W, revoked=()):
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority, [(n, None) for n in revoked]))]
    sources = W.sources(held=held) if made_by is W else None
    validator = made_by.validator(sources)
    return validator.validate_document(octets, content=content, moment=NOW)


def outcome(octets, **options):
    """Indication and reason of every signature."""
    return [(r.indication.value, r.reason) for r in judge(octets, **options).signatures]


def details(report, code):
    return [f.detail for f in report.findings if f.code == code]


def changed(octets, number=0):
    """What is named of changes after the signature."""
    report = judge(octets).signatures[number]
    if report.reason == "signature.passed":
        return ""
    assert report.reason == "signature.changed_after_signing"
    assert report.indication is Indication.INDETERMINATE
    return details(report, "later_changes")[0]


PASSED = [("TOTAL_PASSED", "signature.passed")]
SIGNED = Document().sign(sign)


# --- what passes


def test_a_signature_over_the_whole_document_passes():
    report = judge(SIGNED)
    (signature,) = report.signatures
    assert outcome(SIGNED) == PASSED
    assert signature.subject.serial == W.person.parsed.serial_hex
    assert details(signature, "coverage")[0].startswith("pages:1,0-")
    assert details(signature, "coverage")[0].endswith(f"-{len(SIGNED)}")
    assert details(signature, "later_changes") == ["none"]
    assert (report.container.kind, report.container.pages) == ("pdf", 1)


def test_the_signature_of_adobe_s_oldest_kind_passes_alike():
    assert outcome(Document().sign(sign, sub_filter=PKCS7)) == PASSED


def test_a_gost_signature_passes():
    made_by = gost_world()
    octets = Document().sign(lambda content: made_by.cms(content, detached=True))
    assert outcome(octets, made_by=made_by) == PASSED


def test_the_time_in_the_dictionary_is_a_claim_where_the_message_has_none():
    assert read_date(b"D:20260901170000+05'00'") == NOW
    assert read_date(b"D:20260901120000Z") == NOW
    assert read_date(b"D:20261301120000Z") is None
    assert read_date(b"yesterday") is None


def test_a_second_signature_that_shows_nothing_leaves_the_first_as_it_is():
    document = Document()
    document.sign(sign)
    octets = document.sign(sign)
    first, second = judge(octets).signatures
    assert outcome(octets) == PASSED * 2
    assert details(first, "later_changes") == ["signature"]
    assert details(second, "later_changes") == ["none"]


def test_a_document_time_stamp_dates_the_signature_before_it():
    document = Document()
    document.sign(sign)
    octets = document.sign(stamp, sub_filter=STAMP)
    (report,) = judge(octets).signatures
    assert report.reason == "signature.passed"
    assert details(report, "later_changes") == ["document_timestamp"]
    assert NOW.isoformat() in details(report, "timestamp")
    assert [e.used for e in report.evidence if e.kind is EvidenceKind.TST] == [True]


def test_a_document_time_stamp_of_other_octets_does_not_count():
    document = Document()
    document.sign(sign)
    octets = document.sign(lambda _content: stamp(b"other"), sub_filter=STAMP)
    (report,) = judge(octets).signatures
    assert report.reason == "signature.passed"
    assert "warning:other_signature" in " ".join(details(report, "timestamp"))


def test_a_security_store_may_be_added():
    document = Document()
    document.sign(sign)
    n = document.next_number()
    der = W.authority.der
    document.catalog = b"/DSS << /Certs [%d 0 R] >>" % n
    octets = document.update({n: stream(der), **document.form_objects()})
    assert changed(octets) == ""
    assert details(judge(octets).signatures[0], "later_changes") == ["security_store"]


def test_a_security_store_that_is_there_may_grow():
    document = Document()
    document.catalog = b"/DSS 60 0 R"
    store = {
        60: b"<< /Type /DSS /Certs 61 0 R >>",
        61: b"[62 0 R]",
        62: stream(W.authority.der),
    }
    document.update(store)
    document.sign(sign)
    more = {61: b"[62 0 R 70 0 R]", 70: stream(W.root.der)}
    assert changed(document.update(more)) == ""
    assert changed(document.update({60: b"<< /Type /DSS /Certs 61 0 R /Evil 4 0 R >>"})) == (
        "object,security_store,stream"
    )


def test_a_font_is_no_security_store_by_its_name():
    # One object is a font that the page calls /VRI, and becomes that of the store.
    document = Document()
    page = BASE[3].replace(b"<< >>", b"<< /Font << /VRI 60 0 R >> >>")
    document.objects |= {3: page, 60: b"<< /Type /Font /Subtype /Type1 /BaseFont /Arial >>"}
    document.octets = write(document.objects)
    n = document.next_number()
    form = BASE[1].removesuffix(b">>") + b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> " % (n + 1)
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    parts = {n: sig % (b"0".ljust(60), b"0" * 9000), n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n}
    document.update({**parts, 1: form + b">>"})
    document.octets = seal(document.octets, sign)
    assert outcome(document.octets) == PASSED
    later = {60: b"<< >>", 1: form + b"/DSS << /VRI 60 0 R >> >>"}
    assert changed(document.update(later)) == "object"


@pytest.mark.parametrize("key", [b"TS", b"TU"])
def test_a_picture_is_no_security_store_by_its_name(key):
    # The store that is signed calls the picture of the page its time-stamp.
    store = b"/DSS << /VRI << /%s << /%s 60 0 R >> >> >>" % (b"0" * 40, key)
    picture = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 4 >>\nstream\n%s\nendstream"
    )
    page = BASE[3].replace(b"<< >>", b"<< /XObject << /%s 60 0 R >> >>" % key)
    document = Document()
    document.objects |= {3: page, 4: stream(b"/%s Do" % key), 60: picture % b"100 "}
    document.octets = write(document.objects)
    n = document.next_number()
    form = b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> " % (n + 1)
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    document.update(
        {
            n: sig % (b"0".ljust(60), b"0" * 9000),
            n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n,
            1: BASE[1].removesuffix(b">>") + form + store + b" >>",
        }
    )
    document.octets = seal(document.octets, sign)
    assert outcome(document.octets) == PASSED
    assert "stream" in changed(document.update({60: picture % b"999 "}))


@pytest.mark.parametrize("key", [b"/Contents", b"/Contents %/Certs\n", b"/Contents % /Certs \r"])
def test_the_content_of_a_page_is_no_series_of_the_store_whatever_a_comment_says(key):
    # The store that is signed calls the page's content its certificates.
    document = Document()
    page = BASE[3].replace(b"/Contents 4 0 R", key + b" 60 0 R")
    document.objects |= {3: page, 60: b"[4 0 R]"}
    document.octets = write(document.objects)
    n = document.next_number()
    form = b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> /DSS << /Certs 60 0 R >> >>" % (n + 1)
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    document.update(
        {
            n: sig % (b"0".ljust(60), b"0" * 9000),
            n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n,
            1: BASE[1].removesuffix(b">>") + form,
        }
    )
    document.octets = seal(document.octets, sign)
    assert outcome(document.octets) == PASSED
    assert (
        changed(document.update({60: b"[4 0 R 70 0 R]", 70: stream(b"(pay 999) Tj")})) == "object"
    )


def test_a_pattern_is_no_metadata_by_its_name():
    # The page fills itself with a pattern that it calls /Metadata, and so does the catalogue.
    def draw(words, keys):
        head = b"<< /Type /Metadata /Subtype /XML %s/Length %d >>" % (keys, len(words))
        return head + b"\nstream\n%s\nendstream" % words

    pattern = b"/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 "
    page = BASE[3].replace(b"<< >>", b"<< /Pattern << /Metadata 60 0 R >> >>")
    for keys, named in ((pattern, "metadata"), (b"", "")):
        document = Document()
        document.objects |= {3: page, 60: draw(b"(pay 100) Tj", keys)}
        document.octets = write(document.objects)
        n = document.next_number()
        form = b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> /Metadata 60 0 R >>" % (n + 1)
        sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
        document.update(
            {
                n: sig % (b"0".ljust(60), b"0" * 9000),
                n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n,
                1: BASE[1].removesuffix(b">>") + form,
            }
        )
        document.octets = seal(document.octets, sign)
        assert outcome(document.octets) == PASSED
        assert named in changed(document.update({60: draw(b"(pay 999) Tj", keys)})).split(",")


@pytest.mark.parametrize("value", [b"1", b"1.0", b"/true", b"(true)"])
def test_what_is_nearly_the_same_is_a_change(value):
    document = Document()
    document.objects[9] = b"<< /A true >>"
    document.octets = write(document.objects)
    document.sign(sign)
    assert changed(document.update({9: b"<< /A %s >>" % value})) == "object"


def test_what_is_written_anew_and_says_the_same_is_no_change():
    document = Document()
    document.sign(sign)
    assert changed(document.update({4: BASE[4]})) == ""


def test_content_that_is_given_is_compared():
    assert outcome(SIGNED, content=SIGNED) == PASSED
    assert outcome(SIGNED, content=b"") == [("TOTAL_FAILED", "signature.content_mismatch")]


# --- what was changed afterwards (incremental saving and shadow attacks)


def after(changes, **options):
    document = Document()
    document.sign(sign)
    return document.update(changes, **options)


OTHER_PAGE = stream(b"BT /F1 12 Tf (pay 900 tenge) Tj ET")
NOTE = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 99 99] /Contents (pay 900) >>"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({4: OTHER_PAGE}, "stream"),
        ({2: BASE[2].replace(b"1 >>", b"2 >>")}, "page"),
        ({3: BASE[3]}, "page"),
        ({20: NOTE}, "annotation"),
        ({20: b"(text)"}, "object"),
        ({20: b"<< /Type /Annot /Subtype /Widget /FT /Tx >>"}, "form_field"),
    ],
)
def test_what_can_be_seen_and_was_changed_is_named(changes, name):
    assert name in changed(after(changes)).split(",")


def test_an_action_that_is_added_to_the_catalogue_is_named():
    document = Document()
    document.sign(sign)
    document.catalog = b"/OpenAction << /S /URI >>"
    assert changed(document.update(document.form_objects())) == "catalog"


def test_a_form_that_lost_its_signature_is_named():
    assert changed(after({1: BASE[1]})) == "signature_not_in_form"


def test_an_update_may_not_hide_objects_by_the_size_it_states():
    octets = after({4: BASE[4]})
    at = octets.rindex(b"/Size 100")
    assert changed(octets[:at] + b"/Size 4  " + octets[at + 9 :]) == "revisions_rewritten"


def test_an_offset_may_point_at_the_line_end_before_its_object():
    octets = write(BASE)
    for number in (b"1", b"4"):
        at = octets.index(b"\n" + number + b" 0 obj") + 1
        octets = octets.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % (at - 1))
    start = last_start(octets)
    document = Document(
        octets=octets.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start - 1))
    )
    assert outcome(document.sign(sign)) == PASSED


def test_a_signature_that_is_drawn_later_is_named():
    document = Document()
    document.sign(sign)
    assert "visible_signature" in changed(document.sign(sign, rect=VISIBLE)).split(",")


@pytest.mark.parametrize(
    "border", [b"/Border [0 0 900]", b"/BS << /W 900 >>", b"/BS << /W 1.5 >>", b"/Border [0 0 (9)]"]
)
def test_a_border_around_nothing_is_visible(border):
    # Readers draw it beyond a field without an area, over the page.
    document = Document()
    document.sign(sign)
    rect = b"[0 0 0 0] /MK << /BG [1] /BC [1] >> " + border
    assert "visible_signature" in changed(document.sign(sign, rect=rect)).split(",")


@pytest.mark.parametrize("subtype", [b"/Text", b"/Stamp", b"/FileAttachment", b"(Widget)"])
def test_a_note_that_is_a_signature_field_too_is_visible(subtype):
    document = Document()
    document.sign(sign)
    more = {90: b"<< /FT /Sig /Subtype %s /T (n) /Rect [0 0 0 0] /P 3 0 R >>" % subtype}
    document.fields.append(90)
    assert "visible_signature" in changed(document.sign(sign, more=more)).split(",")


def test_a_border_that_is_not_drawn_leaves_a_signature_invisible():
    document = Document()
    document.sign(sign)
    assert changed(document.sign(sign, rect=b"[0 0 0 0] /Border [0 0 0] /BS << /W 1 >>")) == ""


def test_an_annotation_that_is_added_to_the_page_is_named():
    page = BASE[3].removesuffix(b">>") + b"/Annots [6 0 R 20 0 R] >>"
    assert changed(after({3: page, 20: NOTE})) == "annotation,page"


def test_octets_after_the_end_are_named():
    assert changed(SIGNED + b"20 0 obj\n(more)\nendobj\n" + SIGNED[SIGNED.rindex(b"startx") :]) == (
        "octets_after_end"
    )
    assert outcome(SIGNED + b"\r\n\0") == PASSED


def test_an_update_without_an_end_mark_is_refused():
    assert outcome(SIGNED + b"20 0 obj\n(more)\nendobj\n") == [
        ("TOTAL_FAILED", "signature.malformed")
    ]


def test_an_object_that_was_hidden_in_what_was_signed_is_no_alternative():
    document = Document()
    document.update({4: OTHER_PAGE})
    document.update({4: BASE[4]})
    octets = document.sign(sign)
    at = octets.index(b"4 0 obj\n" + OTHER_PAGE)
    # Only a table is appended: object 4 is again what it was before the signature.
    start = len(octets)
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size 41 /Root 1 0 R /Prev %d >>\n" % (
        at,
        last_start(octets),
    )
    shadow = octets + table + b"startxref\n%d\n%%%%EOF\n" % start
    assert "object_inside_signed_revision" in changed(shadow)


def test_an_object_that_was_referred_to_before_it_was_there_is_named():
    # A reference to nothing is null; whoever defines the object later changes what is shown.
    document = Document()
    document.objects[3] = BASE[3].replace(b"4 0 R", b"[4 0 R 77 0 R]")
    document.octets = write(document.objects)
    n = document.next_number()
    field = b"<< /FT /Sig /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /T (x) >>"
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    form = BASE[1].removesuffix(b">>") + b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> >>" % (
        n + 1
    )
    document.update(
        {n: sig % (b"0".ljust(60), b"0" * 9000), n + 1: field[:-2] + b"/V %d 0 R >>" % n, 1: form}
    )
    document.octets = seal(document.octets, sign)
    assert outcome(document.octets) == PASSED
    store = form.removesuffix(b">>") + b"/DSS << /Certs [77 0 R] >> >>"
    assert changed(document.update({77: stream(b"0 0"), 1: store})) == "stream"


def test_a_series_of_the_store_that_the_page_shows_too_is_named():
    # One array is both the certificates of the store and the contents of the page.
    document = Document()
    document.objects[8] = b"[4 0 R]"
    document.objects[3] = BASE[3].replace(b"4 0 R", b"8 0 R")
    document.catalog = b"/DSS << /Certs 8 0 R >>"
    document.octets = write(document.objects)
    n = document.next_number()
    form = b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> /DSS << /Certs 8 0 R >> >>" % (n + 1)
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    document.update(
        {
            n: sig % (b"0".ljust(60), b"0" * 9000),
            n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n,
            1: BASE[1].removesuffix(b">>") + form,
        }
    )
    document.octets = seal(document.octets, sign)
    assert outcome(document.octets) == PASSED
    assert changed(document.update({8: b"[4 0 R 50 0 R]", 50: OTHER_PAGE})) == "object"


def test_a_certified_document_takes_no_further_signature():
    document = Document()
    certified = b"/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 /V /1.2 >> >>]"
    document.catalog = b"/Perms << /DocMDP %d 0 R >>" % document.next_number()
    octets = document.sign(sign, extra=certified)
    assert outcome(octets) == PASSED
    assert changed(document.sign(stamp, sub_filter=STAMP)) == ""
    assert changed(document.sign(sign)) == "certified_without_changes"


# --- what is not covered (universal forgery and signature wrapping)


def with_range(octets, *numbers):
    at = octets.rindex(b"/ByteRange [") + len(b"/ByteRange [")
    return octets[:at] + b" ".join(b"%d" % n for n in numbers).ljust(60) + octets[at + 60 :]


def stated_range(octets):
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", octets)
    return [int(each) for each in found.groups()]


RANGE = stated_range(SIGNED)


@pytest.mark.parametrize(
    "numbers",
    [
        (0, 0, 0, 0),
        (0, RANGE[1] - 1, RANGE[2], RANGE[3]),
        (0, RANGE[1], RANGE[2] + 1, RANGE[3] - 1),
        (0, RANGE[1], RANGE[2], RANGE[3] - 1),
        (0, RANGE[1], RANGE[2], RANGE[3] + 1),
        (0, RANGE[1], RANGE[2], 10**18),
        (1, RANGE[1] - 1, RANGE[2], RANGE[3]),
        (RANGE[2], RANGE[3], 0, RANGE[1]),
        (0, RANGE[1], RANGE[1], RANGE[3]),
        (0, RANGE[1], RANGE[2]),
        (0, RANGE[1], RANGE[2], RANGE[3], 0, 0),
    ],
)
def test_a_range_that_leaves_out_anything_else_is_refused(numbers):
    octets = with_range(SIGNED, *numbers)
    (report,) = judge(octets).signatures
    assert report.indication is Indication.TOTAL_FAILED
    # One without the last line end is a whole revision too, but not the one that was signed.
    assert report.reason in {
        "signature.coverage_wrong",
        "signature.malformed",
        "signature.content_mismatch",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/ByteRange", b"/ByteRangX"),
        (b"/Contents <", b"/Contentz <"),
        (b"/ByteRange [0", b"/ByteRange [-0"),
        (b"/SubFilter", b"/SubFilteX"),
    ],
)
def test_a_signature_without_its_parts_is_refused(old, new):
    at = SIGNED.rindex(old)
    octets = SIGNED[:at] + new + SIGNED[at + len(new) :]
    assert judge(octets).indication is not Indication.TOTAL_PASSED


def test_a_signed_range_moved_behind_other_content_does_not_pass():
    # Wrapping: the second span is moved to the end, what lies between is not signed.
    first, before, at, rest = RANGE
    evil = b"4 0 obj\n" + OTHER_PAGE + b"\nendobj\n"
    octets = with_range(SIGNED[:at] + evil + SIGNED[at:], first, before, at + len(evil), rest)
    assert [reason for _, reason in outcome(octets)] != ["signature.passed"]


def test_a_value_is_the_hexadecimal_digits_of_the_gap_and_nothing_else():
    at = SIGNED.index(b"/Contents <") + len(b"/Contents <")
    for evil in (b" ", b"\n", b"%"):
        octets = SIGNED[:at] + evil + SIGNED[at + 1 :]
        assert judge(octets).indication is not Indication.TOTAL_PASSED
    filled = SIGNED.index(b">", at)
    octets = SIGNED[: filled - 2] + b"41" + SIGNED[filled:]
    assert outcome(octets) == [("TOTAL_FAILED", "signature.malformed")]


def test_a_signature_cut_out_of_another_document_does_not_pass():
    other = Document()
    other.update({4: OTHER_PAGE})
    value = SIGNED[RANGE[1] + 1 : RANGE[2] - 1]
    octets = other.sign(lambda _content: bytes.fromhex(value.decode()).rstrip(b"\0"))
    assert outcome(octets) == [("TOTAL_FAILED", "signature.content_mismatch")]


def test_a_signature_must_be_in_the_form_of_what_it_covers():
    # The signature is made over a revision whose form does not show it; a later one adds it.
    document = Document()
    n = document.next_number()
    sig = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [%s] /Contents <%s> >>"
    document.update({n: sig % (b"0".ljust(60), b"0" * 9000)})
    document.octets = seal(document.octets, sign)
    form = b"/AcroForm << /SigFlags 3 /Fields [%d 0 R] >> >>" % (n + 1)
    octets = document.update(
        {
            n + 1: b"<< /FT /Sig /T (x) /V %d 0 R >>" % n,
            1: BASE[1].removesuffix(b">>") + form,
        }
    )
    assert outcome(octets) == [("TOTAL_FAILED", "signature.coverage_wrong")]


# --- messages


def test_an_attached_message_and_several_signers_are_refused():
    octets = Document().sign(W.cms)
    assert outcome(octets) == [("TOTAL_FAILED", "signature.malformed")]


def test_a_revoked_signer_is_revoked():
    (report,) = judge(SIGNED, revoked=()).signatures
    assert report.reason == "signature.passed"


def test_a_signature_that_names_no_certificate_does_not_pass(monkeypatch):
    from crypto.cms import create

    real = create.attribute
    drop = oids.SIGNING_CERTIFICATE_V2
    monkeypatch.setattr(
        create,
        "attribute",
        lambda oid, *values: b"" if oid == drop else real(oid, *values),
    )
    octets = Document().sign(sign)
    (report,) = judge(octets).signatures
    assert report.reason == "signature.signing_certificate_missing"
    assert report.indication is Indication.INDETERMINATE


# --- what is not judged, by name


@pytest.mark.parametrize("name", [b"adbe.pkcs7.sha1", b"adbe.x509.rsa_sha1", b"Foreign(1)"[:7]])
def test_other_kinds_of_signature_are_named(name):
    (report,) = judge(Document().sign(sign, sub_filter=name)).signatures
    known = name.decode() if name.startswith(b"adbe") else "unknown"
    assert report.reason == "signature.container_not_supported"
    assert details(report, "format") == [f"sub_filter:{known}"]


@pytest.mark.parametrize(
    ("trailer", "catalog", "detail"),
    [
        (b" /Encrypt << /Filter /Standard >>", b"", "encrypted"),
        (b"", b"/AcroForm << /XFA (form) /Fields [] >>", "xfa"),
    ],
)
def test_documents_that_are_not_read_here_are_named(trailer, catalog, detail):
    objects = BASE | {1: BASE[1].removesuffix(b">>") + catalog + b" >>"}
    octets = write(objects, before=write(objects), trailer=trailer)
    (report,) = judge(octets).signatures
    assert report.reason == "signature.container_not_supported"
    assert details(report, "format") == [detail]


@pytest.mark.parametrize("octets", [write(BASE), b"%PDF-1.4\nnothing", b"%PDF-"])
def test_a_document_without_a_signature_is_no_failed_signature(octets):
    assert outcome(octets) == [("INDETERMINATE", "signature.pdf_not_signed")]


def test_a_document_with_a_time_stamp_only_has_no_signature():
    octets = Document().sign(stamp, sub_filter=STAMP)
    (report,) = judge(octets).signatures
    assert (report.reason, details(report, "format")) == (
        "signature.pdf_not_signed",
        ["timestamps_only"],
    )


def test_the_time_of_a_stamp_is_the_authority_s():
    document = Document()
    document.sign(sign)
    octets = document.sign(lambda c: stamp(c, NOW + timedelta(days=2)), sub_filter=STAMP)
    (report,) = judge(octets).signatures
    assert report.reason == "signature.passed"
    assert "clock_ahead" in " ".join(details(report, "timestamp"))


# --- long term


SHORT = issue(
    person_name(),
    "person",
    W.authority,
    PERSON_EXTENSIONS,
    serial=1001,
    not_after=NOW - timedelta(days=10),
)
THEN = NOW - timedelta(days=20)


def sign_then(content):
    return sign(content, holder=SHORT, signing_time=THEN)


def with_store(document):
    times = {"this_update": THEN - timedelta(hours=1), "next_update": THEN + timedelta(hours=23)}
    lists = [make_crl(W.authority, **times), make_crl(W.root, **times)]
    n = document.next_number()
    document.catalog = b"/DSS << /CRLs [%s] >>" % b" ".join(
        b"%d 0 R" % (n + index) for index in range(len(lists))
    )
    parts = {n + index: stream(each) for index, each in enumerate(lists)}
    return document.update({**parts, **document.form_objects()})


def test_an_expired_signature_passes_as_of_its_document_time_stamp():
    document = Document()
    document.sign(sign_then)
    with_store(document)
    octets = document.sign(lambda content: stamp(content, THEN), sub_filter=STAMP)
    (report,) = judge(octets).signatures
    assert (report.indication.value, report.reason) == PASSED[0]


def test_an_expired_signature_without_the_stamp_stays_open():
    document = Document()
    document.sign(sign_then)
    (report,) = judge(with_store(document)).signatures
    assert report.indication is Indication.INDETERMINATE
