"""The file people bring: a signature in any armour, or something else that is named."""

import base64
import time
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from hypothesis import given
from hypothesis import strategies as st

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.signature_file import (
    FileKind,
    SignatureFileMalformed,
    WrongFileKind,
    count_bag,
    identify,
    open_signature_file,
)
from crypto.cms.timestamp import TimestampRequest, create_rejection, create_response, read_response
from crypto.errors import CryptoError
from tests.support.pki.certificates import (
    NOW,
    make_crl,
    person_name,
    signature_oid,
    signer,
    world,
)

W = world()
CMS = W.cms()


def pem(label, der, newline=b"\n"):
    lines = base64.encodebytes(der).replace(b"\n", newline)
    return b"-----BEGIN %s-----" % label + newline + lines + b"-----END %s-----" % label + newline


@pytest.mark.parametrize(
    "offered",
    [
        CMS,
        pem(b"CMS", CMS),
        pem(b"PKCS7", CMS, b"\r\n"),
        pem(b"CERTIFICATE", CMS),
        b"\xef\xbb\xbf" + pem(b"CMS", CMS),
        base64.b64encode(CMS),
        base64.encodebytes(CMS),
        b"\n  " + base64.b64encode(CMS) + b"  \n",
    ],
)
def test_a_signature_is_taken_out_of_any_armour(offered):
    assert open_signature_file(offered)[1] == CMS


def key_store():
    return pkcs12.serialize_key_and_certificates(
        b"x", W.person.private, W.person.certificate, None, serialization.NoEncryption()
    )


def private_key():
    return W.person.private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def encrypted_key():
    return W.person.private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )


def request_for_certificate():
    built = x509.CertificateSigningRequestBuilder().subject_name(person_name())
    return built.sign(W.person.private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def bare_ocsp():
    response = W.good(bytes(16))
    _, wrapped = Node.at(response, 0, len(response)).children()
    return list(wrapped.only_child().children())[1].content


STAMPED = TimestampRequest(oids.SHA256, bytes(32), 1, certificate_wanted=True)


@cache
def timestamp_response():
    return create_response(
        STAMPED,
        certificate=W.stamper.der,
        sign=signer(W.stamper.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(W.stamper.private),
        policy="1.2.3",
        serial=1,
        moment=NOW,
    )


def timestamp_token():
    return read_response(timestamp_response(), STAMPED)


def bag(*holders, lists=(), content=b"", signers=()):
    """Make what RFC 5652 5.1 calls the degenerate case: certificates and lists, nobody signed."""
    body = w.sequence(
        w.integer(1),
        w.set_of([]),
        w.sequence(w.oid(oids.DATA), content),
        w.set_of([each.der for each in holders], 0xA0) if holders else b"",
        w.set_of(lists, 0xA1) if lists else b"",
        w.set_of(signers),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body))


def test_what_a_bag_holds_is_counted():
    assert count_bag(bag(W.person, W.authority, W.root)) == (3, 0)
    assert count_bag(as_ber(bag(W.person, lists=[make_crl(W.authority)]))) == (1, 1)
    made = pkcs7.serialize_certificates([W.person.certificate], serialization.Encoding.DER)
    assert identify(made) == (FileKind.CERTIFICATE_BAG, made)
    assert count_bag(made) == (1, 0)


def test_content_without_a_signer_is_no_bag():
    content = w.explicit(0, w.octet_string(b"text"))
    assert identify(bag(W.person, content=content))[0] is FileKind.SIGNED_CMS
    assert W.report(bag(W.person, content=content)).reason == "signature.no_signers"


@pytest.mark.parametrize(
    "offered",
    [
        bag(W.person),
        W.person.der,
        make_crl(W.authority),
        W.good(bytes(16)),
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"prose, no armour",
    ],
)
def test_a_report_calls_another_kind_of_file_no_damage(offered):
    report = W.report(offered)
    assert report.reason == "signature.not_a_signature"
    assert [each.detail for each in report.findings] == [
        f"wrong_file_kind:{identify(offered)[0].value}"
    ]


def as_ber(der):
    return b"\x30\x80" + Node.at(der, 0, len(der)).content + b"\x00\x00"


@pytest.mark.parametrize(
    ("offered", "kind"),
    [
        (lambda: W.person.der, "certificate"),
        (lambda: pem(b"CERTIFICATE", W.person.der), "certificate"),
        (lambda: pem(b"CMS", W.person.der), "certificate"),
        (lambda: make_crl(W.authority), "crl"),
        (key_store, "pkcs12"),
        (lambda: base64.b64encode(key_store()), "pkcs12"),
        (lambda: b"\x30\x80\x02\x01\x03\x30\x80", "pkcs12"),
        (private_key, "private_key"),
        (lambda: pem(b"PRIVATE KEY", private_key()), "private_key"),
        (encrypted_key, "private_key"),
        (lambda: W.good(bytes(16)), "ocsp_response"),
        (lambda: base64.b64encode(W.good(bytes(16))), "ocsp_response"),
        (bare_ocsp, "ocsp_response"),
        (request_for_certificate, "certificate_request"),
        (timestamp_response, "timestamp_response"),
        (lambda: create_rejection("bad_request"), "timestamp_response"),
        (timestamp_token, "timestamp_token"),
        (lambda: as_ber(timestamp_token()), "timestamp_token"),
        (lambda: b"%PDF-1.7\n%...", "pdf"),
        (lambda: b"PK\x03\x04....", "archive"),
        (lambda: b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.etsi.asic-e+zip", "asic"),
        (lambda: b'<?xml version="1.0"?><root/>', "xml"),
        (lambda: b'<a><S xmlns="http://www.w3.org/2000/09/xmldsig#"/></a>', "xml_signature"),
        (lambda: b"\xff\xfe" + "<root/>".encode("utf-16-le"), "xml"),
        (lambda: b"hello, world", "text"),
        (lambda: "Өтініш: нөмірді өзгерту".encode() * 300, "text"),
        (lambda: "Өтініш".encode("utf-16"), "text"),
        (lambda: b"\xfe\xed\xfe\xed\x00\x00\x00\x02", "java_key_store"),
        (lambda: b"", "empty"),
        (lambda: b" \r\n ", "empty"),
        (lambda: bytes.fromhex("300b06092a864886f70d010701"), "other_cms"),
        (lambda: bag(W.person, W.authority), "certificate_bag"),
        (lambda: pem(b"PKCS7", bag(W.person)), "certificate_bag"),
        (lambda: as_ber(bag(W.person)), "certificate_bag"),
        (lambda: bag(W.person) + b"\n", "certificate_bag"),
        (lambda: bag(lists=[make_crl(W.authority)]), "certificate_bag"),
    ],
)
def test_another_kind_of_file_is_named(offered, kind):
    assert identify(offered())[0] == kind
    with pytest.raises(WrongFileKind) as refused:
        open_signature_file(offered())
    assert refused.value.code == "wrong_file_kind"
    assert refused.value.detail == kind


@pytest.mark.parametrize(
    "offered",
    [
        b"M" * 5,
        b"\x00\x01\x02 no text",
        "Заявка клиента, 700".encode("cp1251"),
        w.sequence(w.oid("1.2.3")),
        w.sequence(w.integer(7), w.null()),
        STAMPED.encode(),
        w.sequence(w.sequence(), w.sequence(), w.bit_string(b"")),
        b"\x30\x00",
        b"0",
        pem(b"CMS", CMS) + pem(b"CMS", CMS),
        pem(b"CMS", CMS)[:-10],
        b"0" * (25 * 1024 * 1024),
    ],
)
def test_what_is_nothing_known_is_refused(offered):
    with pytest.raises(SignatureFileMalformed):
        open_signature_file(offered)


@given(st.binary(max_size=200))
def test_any_bytes_after_the_beginning_of_an_object_have_a_kind(data):
    assert identify(w.sequence(data))[0] in FileKind
    assert identify(b"\x30\x80" + data)[0] in FileKind


def test_a_signature_in_ber_is_a_signature_and_comes_back_as_it_was():
    assert open_signature_file(as_ber(CMS))[1] == as_ber(CMS)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    try:
        open_signature_file(data)
    except (SignatureFileMalformed, WrongFileKind) as refused:
        code = refused.code
    else:
        code = "decoded"
    assert code in {"decoded", "signature_file_malformed", "wrong_file_kind"}


@pytest.mark.parametrize(
    "hostile",
    [
        b"A " * 2_000_000,
        b"-----BEGIN CMS-----" + b"\n" * 4_000_000,
        b"-----BEGIN CMS-----" + b"-----BEGIN CMS-----" * 200_000,
        b"\n" * 4_000_000 + b"=",
    ],
)
def test_hostile_armour_takes_linear_time(hostile):
    started = time.process_time()
    with pytest.raises(CryptoError):
        open_signature_file(hostile)

    # Milliseconds here; the quadratic pattern that stood here once took hours.
    assert time.process_time() - started < 5
