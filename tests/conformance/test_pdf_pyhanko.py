"""pyHanko, an independent implementation, signs; what it wrote is judged by both.

Where a document is changed afterwards neither calls it whole; we are the stricter one about visible
signatures (docs/containers.md).
"""

import io

import pytest

from crypto.asn1 import oids
from crypto.cms.timestamp import TimestampRequest, create_response
from crypto.report.report import EvidenceKind
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import NOW, make_crl, signature_oid, signer, world

pytest.importorskip("pyhanko", reason="pyHanko is not installed: nobody to agree with")

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.crl import CertificateList
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.pdfgen.canvas import Canvas

W = world("rsa-person")


def certificate(holder):
    return asn1_x509.Certificate.load(holder.der)


def key(holder):
    return keys.PrivateKeyInfo.load(
        holder.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def store(*holders):
    found = SimpleCertificateStore()
    found.register_multiple([certificate(each) for each in holders])
    return found


SIGNER = signers.SimpleSigner(certificate(W.person), key(W.person), store(W.authority))


class Stamper(timestamps.TimeStamper):
    """Our own test authority, which pyHanko asks."""

    async def async_request_tsa_response(self, req):
        holder = W.stamper
        response = create_response(
            TimestampRequest.parse(req.dump()),
            certificate=holder.der,
            sign=signer(holder.private),
            digest_oid=oids.SHA256,
            signature_oid=signature_oid(holder.private),
            policy="1.2.398.3.3.2.6.2",
            serial=9,
            moment=NOW,
        )
        return tsp.TimeStampResp.load(response)


STAMPER = Stamper()


def page(*, compressed=True, pages=2):
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=int(compressed), invariant=1)
    for number in range(pages):
        canvas.drawString(72, 720, f"Pay 100 tenge, page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def sign(octets, *, name="S1", stamper=None, box=None, sub_filter=SigSeedSubFilter.PADES, **more):
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    metadata = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=sub_filter, **more
    )
    return signers.sign_pdf(writer, metadata, signer=SIGNER, timestamper=stamper).getvalue()


def stamp(octets):
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    stamper = signers.PdfTimeStamper(STAMPER)
    return stamper.timestamp_pdf(writer, "sha256", validation_context=None).getvalue()


def judge(octets):
    held = [W.root_crl(), ParsedCrl.parse(make_crl(W.authority))]
    return W.validator(W.sources(held=held)).validate_document(octets, content=None, moment=NOW)


def outcome(octets):
    return [(r.indication.value, r.reason) for r in judge(octets).signatures]


PASSED = ("TOTAL_PASSED", "signature.passed")


@pytest.mark.parametrize(
    "sub_filter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED]
)
@pytest.mark.parametrize("box", [None, (50, 50, 200, 100)])
def test_what_pyhanko_signs_passes(sub_filter, box):
    assert outcome(sign(page(), sub_filter=sub_filter, box=box)) == [PASSED]


def test_a_b_t_signature_of_pyhanko_is_dated_by_its_stamp():
    (report,) = judge(sign(page(), stamper=STAMPER)).signatures
    assert (report.indication.value, report.reason) == PASSED
    assert [e.used for e in report.evidence if e.kind is EvidenceKind.TST] == [True]


def test_a_document_time_stamp_of_pyhanko_dates_the_signature():
    (report,) = judge(stamp(sign(page()))).signatures
    assert (report.indication.value, report.reason) == PASSED
    assert [e.used for e in report.evidence if e.kind is EvidenceKind.TST] == [True]


def test_a_long_term_signature_of_pyhanko_passes():
    lists = [W.root_crl().raw, make_crl(W.authority)]
    context = ValidationContext(
        trust_roots=[certificate(W.root)],
        other_certs=[certificate(W.authority)],
        crls=[CertificateList.load(each) for each in lists],
        moment=NOW,
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
    octets = sign(
        page(),
        stamper=STAMPER,
        embed_validation_info=True,
        validation_context=context,
        use_pades_lta=True,
    )
    (report,) = judge(octets).signatures
    assert (report.indication.value, report.reason) == PASSED
    changes = next(f.detail for f in report.findings if f.code == "later_changes")
    assert changes == "document_timestamp,security_store"
    assert [e.used for e in report.evidence if e.kind is EvidenceKind.TST] == [True, True]


def test_two_signatures_of_pyhanko_pass():
    assert outcome(sign(sign(page()), name="S2")) == [PASSED, PASSED]


def test_a_visible_second_signature_leaves_the_first_open():
    octets = sign(sign(page()), name="S2", box=(50, 50, 200, 100))
    assert outcome(octets) == [("INDETERMINATE", "signature.changed_after_signing"), PASSED]


def test_cross_reference_and_object_streams_are_read():
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    buffer = io.BytesIO()
    copy = copy_into_new_writer(PdfFileReader(io.BytesIO(page())))
    copy.stream_xrefs = True
    container = copy.prepare_object_stream()
    copy.root["/Extra"] = copy.add_object(
        generic.DictionaryObject({generic.NameObject("/A"): generic.NumberObject(1)}),
        obj_stream=container,
    )
    copy.write(buffer)
    octets = buffer.getvalue()
    assert b"/ObjStm" in octets
    assert outcome(sign(octets)) == [PASSED]
    assert outcome(sign(sign(octets), name="S2")) == [PASSED, PASSED]


def rewritten(octets, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(octets))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def change_content(writer):
    first = writer.root["/Pages"]["/Kids"][0].get_object()
    first["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 9 9 l S"))
    writer.update_container(first)


def add_note(writer):
    first = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
        }
    )
    first["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(first)


def add_action(writer):
    writer.root["/OpenAction"] = generic.DictionaryObject()
    writer.update_root()


@pytest.mark.parametrize("change", [change_content, add_note, add_action])
def test_changes_that_pyhanko_writes_are_named(change):
    octets = rewritten(sign(page()), change)
    embedded = PdfFileReader(io.BytesIO(octets)).embedded_regular_signatures[0]
    embedded.compute_integrity_info()
    level = getattr(embedded.diff_result, "modification_level", ModificationLevel.OTHER)
    assert level not in {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
    assert outcome(octets) == [("INDETERMINATE", "signature.changed_after_signing")]
