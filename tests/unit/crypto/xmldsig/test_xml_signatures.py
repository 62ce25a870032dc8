"""XML signatures of НУЦ files: the one form that is judged, and everything that tries to be it."""

import base64
import hashlib
import json
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.cms.signature_file import FileKind, identify
from crypto.gost.kinds import GostKind, facts
from crypto.report.report import FindingStatus, Indication, SubIndication
from crypto.xmldsig.errors import XmlFormUnsupported, XmlNotInstalled, XmlSignatureMalformed
from crypto.xmldsig.reader import read_signed_xml
from tests.support.pki.certificates import NOW, signer, world
from tests.support.pki.gost_world import gost_world

pytest.importorskip("lxml", reason="lxml, the optional part xml, is not installed")

W = world("rsa-person")
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DSIG}enveloped-signature"
KZ = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
RSA = (f"{MORE}rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256")
GOST = {
    GostKind.GOST3410_2015_512: (
        f"{KZ}gostr34102015-gostr34112015-512",
        f"{KZ}gostr34112015-512",
    ),
    GostKind.GOST34310_2004: (f"{MORE}gost34310-gost34311", f"{MORE}gost34311"),
}
# Written by hand from the recommendation: attributes sorted, quotes doubled, tags paired.
DOCUMENT = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<a b='2' a=\"1\"><c/>ә&#13;<![CDATA[<]]>%s tail</a>"
)
CANONICAL = '<a a="1" b="2"><c></c>ә&#xD;&lt; tail</a>'.encode()


def sha256(octets):
    return hashlib.sha256(octets).digest()


def signed_info(
    digest, *, uris=RSA, uri='URI=""', transforms=(ENVELOPED, f"{C14N}#WithComments"), c14n=C14N
):
    steps = "".join(f'<ds:Transform Algorithm="{each}"></ds:Transform>' for each in transforms)
    return (
        f'<ds:SignedInfo xmlns:ds="{DSIG}">'
        f'<ds:CanonicalizationMethod Algorithm="{c14n}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{uris[0]}"></ds:SignatureMethod>'
        f"<ds:Reference {uri}><ds:Transforms>{steps}</ds:Transforms>"
        f'<ds:DigestMethod Algorithm="{uris[1]}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )


def text(octets):
    return base64.encodebytes(octets).decode().replace("\n", "&#13;\n")


def key_info(holder):
    return (
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{text(holder.der)}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo>"
    )


def signature(info, value, info_in_file=None, *, keys=None, extra=""):
    return (
        f'<ds:Signature xmlns:ds="{DSIG}">\n{info_in_file or info}'
        f"<ds:SignatureValue>{text(value)}</ds:SignatureValue>"
        f"{key_info(W.person) if keys is None else keys}{extra}</ds:Signature>"
    )


def made(document=DOCUMENT, canonical=CANONICAL, **options):
    """Sign a document whose canonical form was written by hand."""
    change = options.pop("change", lambda info: info)
    parts = {name: options.pop(name) for name in ("keys", "extra") if name in options}
    info = signed_info(base64.b64encode(sha256(canonical)).decode(), **options)
    value = signer(W.person.private)(info.encode())
    return (document % signature(info, value, change(info), **parts)).encode()


def judged(untrusted, made_by=W):
    document = made_by.validator().validate_document(untrusted, content=None, moment=NOW)
    (report,) = document.signatures
    return report


def finding(report, code):
    return next(f for f in report.findings if f.code == code)


def test_a_document_whose_canonical_form_was_written_by_hand_passes():
    report = judged(made())
    assert report.indication is Indication.TOTAL_PASSED
    assert report.content_sha256 == hashlib.sha256(CANONICAL).hexdigest()
    assert finding(report, "signing_time").detail == "warning:absent"
    assert len(report.chain) == 3
    assert json.loads(json.dumps(report.to_json())) == report.to_json()
    assert identify(made())[0] is FileKind.XML_SIGNATURE


@pytest.mark.parametrize("kind", GOST)
def test_gost_by_the_identifiers_of_the_centre(kind):
    there = gost_world(kind)
    digest = base64.b64encode(facts(kind).digest(CANONICAL)).decode()
    info = signed_info(digest, uris=GOST[kind])
    value = there.person.private.sign(info.encode())
    report = judged(
        (DOCUMENT % signature(info, value, keys=key_info(there.person))).encode(), there
    )
    assert report.indication is Indication.TOTAL_PASSED
    broken = (DOCUMENT % signature(info, value[::-1], keys=key_info(there.person))).encode()
    assert judged(broken, there).sub_indication is SubIndication.SIG_CRYPTO_FAILURE


@pytest.mark.parametrize("transforms", [(ENVELOPED,), (ENVELOPED, C14N)])
def test_canonicalisation_may_be_stated_or_left_to_the_rule(transforms):
    assert judged(made(transforms=transforms)).indication is Indication.TOTAL_PASSED


def test_namespaces_and_xml_attributes_around_the_signature_are_part_of_what_is_signed():
    # C14N 1.0: the apex shows every namespace in force, used or not, and inherited xml: attributes.
    document = '<a xmlns="urn:d" xmlns:u="urn:u" xml:lang="kk"><b xml:lang="ru">%s</b></a>'
    canonical = b'<a xmlns="urn:d" xmlns:u="urn:u" xml:lang="kk"><b xml:lang="ru"></b></a>'
    plain = signed_info(base64.b64encode(sha256(canonical)).decode())
    apex = plain.replace(
        f'<ds:SignedInfo xmlns:ds="{DSIG}">',
        f'<ds:SignedInfo xmlns="urn:d" xmlns:ds="{DSIG}" xmlns:u="urn:u" xml:lang="ru">',
    )
    value = signer(W.person.private)(apex.encode())
    report = judged((document % signature(plain, value)).encode())
    assert report.indication is Indication.TOTAL_PASSED


def test_text_after_the_signature_belongs_to_the_document():
    changed = made().replace(b" tail", b" tale")
    assert judged(changed).reason == "signature.content_mismatch"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"b='2'", b"b='3'"),
        (b"<c/>", b"<c/><c/>"),
        (b"<c/>", b"<c x=''/>"),
        (b"</a>", b"</a><?run it?>"),
        (b"&#13;<![", b"<!["),
    ],
)
def test_any_change_of_the_document_is_found(old, new):
    original = made()
    assert old in original
    at = original.index(old)
    changed = original[:at] + new + original[at + len(old) :]
    assert judged(changed).reason == "signature.content_mismatch"


def test_an_expired_certificate_leaves_a_document_undecided():
    """Nothing in the file says when it was signed (EN 319 102-1 table 5)."""
    later = NOW + timedelta(days=500)
    (report,) = W.validator().validate_document(made(), content=None, moment=later).signatures
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
    )


def test_a_change_of_signed_info_is_found():
    changed = made(change=lambda info: info.replace("SignedInfo xmlns", 'SignedInfo Id="x" xmlns'))
    assert judged(changed).sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_comment_is_not_signed_and_the_report_says_so():
    report = judged(made().replace(b"<c/>", b"<c/><!-- added -->"))
    assert report.indication is Indication.TOTAL_PASSED
    assert finding(report, "content").status is FindingStatus.INDETERMINATE
    assert finding(report, "content").detail == "warning:comments_not_signed"


def test_a_content_that_was_given_is_compared():
    for content, passes in ((CANONICAL, True), (b"anything else", False)):
        report = W.validator().validate_document(made(), content=content, moment=NOW)
        assert (report.indication is Indication.TOTAL_PASSED) == passes
    assert report.signatures[0].reason == "signature.content_mismatch"


def test_a_digest_split_by_a_comment_is_refused():
    # Canonical forms drop the comment; a careless reader takes the text before it (CVE-2025-29774).
    changed = made(change=lambda info: info.replace("<ds:DigestValue>", "<ds:DigestValue><!--x-->"))
    assert judged(changed).reason == "signature.malformed"


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"uri": 'URI="#part"'}, "reference_to_a_part"),
        ({"uri": 'URI="http://example.test/x"'}, "reference_to_a_part"),
        ({"uri": 'URI="#xpointer(/)"'}, "reference_to_a_part"),
        ({"uri": ""}, "reference_to_a_part"),
        ({"transforms": ()}, "transforms"),
        ({"transforms": (C14N,)}, "transforms"),
        ({"transforms": (ENVELOPED, ENVELOPED)}, "transforms"),
        ({"transforms": (C14N, ENVELOPED)}, "transforms"),
        (
            {"transforms": (ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116")},
            "transforms",
        ),
        ({"transforms": (ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116")}, "transforms"),
        ({"transforms": (ENVELOPED, "http://www.w3.org/2001/10/xml-exc-c14n#")}, "transforms"),
        ({"c14n": "http://www.w3.org/2001/10/xml-exc-c14n#"}, "canonicalization"),
        ({"extra": "<ds:Object/>"}, "Signature:SignedInfo,SignatureValue,KeyInfo,Object"),
    ],
)
def test_another_form_is_not_supported_rather_than_wrong(options, part):
    report = judged(made(**options))
    assert (report.indication, report.reason) == (
        Indication.INDETERMINATE,
        "signature.xml_form_not_supported",
    )
    assert finding(report, "format").detail == part


def test_a_second_reference_is_not_supported():
    def doubled(info):
        at, end = info.index("<ds:Reference"), info.index("</ds:SignedInfo>")
        return info[:end] + info[at:end] + info[end:]

    assert finding(judged(made(change=doubled)), "format").detail.startswith("SignedInfo:")


def test_a_signature_wrapped_around_another_is_not_supported():
    original = made().decode().partition("?>")[2]
    wrapped = f"<forged><evil/>{original}</forged>".encode()
    assert judged(wrapped).indication is not Indication.TOTAL_PASSED
    two = made().replace(b"<c/>", f'<c/><ds:Signature xmlns:ds="{DSIG}"/>'.encode())
    assert finding(judged(two), "format").detail == "signatures_2"


def test_a_signature_that_is_the_document_itself_is_not_enveloped():
    info = signed_info(base64.b64encode(sha256(b"")).decode())
    alone = signature(info, signer(W.person.private)(info.encode())).encode()
    assert finding(judged(alone), "format").detail == "not_enveloped"


@pytest.mark.parametrize(
    ("uris", "sub"),
    [
        ((f"{DSIG}hmac-sha1", RSA[1]), SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        (("http://example.test/none", RSA[1]), SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        ((RSA[0], "http://example.test/none"), SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        ((RSA[0], f"{DSIG}sha1"), SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
        ((f"{DSIG}rsa-sha1", RSA[1]), SubIndication.CRYPTO_CONSTRAINTS_FAILURE),
    ],
)
def test_only_known_and_strong_algorithms_verify(uris, sub):
    report = judged(made(uris=uris))
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, sub)


@pytest.mark.parametrize("keys", ["", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>"])
def test_without_a_certificate_there_is_no_signer(keys):
    report = judged(made(keys=keys))
    assert report.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_another_persons_certificate_does_not_verify():
    report = judged(made(keys=key_info(world("rsa-other").person)))
    assert report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_further_certificates_only_help_to_build_the_path():
    second = key_info(W.authority).replace("<ds:KeyInfo>", "").replace("</ds:KeyInfo>", "")
    keys = key_info(W.person).replace("</ds:KeyInfo>", second + "</ds:KeyInfo>")
    assert judged(made(keys=keys)).indication is Indication.TOTAL_PASSED


# Hostile files

ENTITIES = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>'
NAMESPACES = b"".join(b"<c xmlns:n%d='u'/>" % n for n in range(2001))
MANY = b" ".join(b"xmlns:n%d='u'" % n for n in range(200))
ATTRIBUTES = b"".join(b" a%d=''" % n for n in range(257))
EXTERNAL = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/never.dtd">'


def with_replaced(old, new):
    return made(change=lambda info: info.replace(old, new))


@pytest.mark.parametrize(
    ("hostile", "detail"),
    [
        (made().replace(b"?>\n", b"?>\n" + ENTITIES.encode()), "document_type"),
        (made().replace(b"?>\n", b"?>\n" + EXTERNAL.encode()), "document_type"),
        (made().replace(b"UTF-8", b"UTF-7"), "encoding"),
        (made().replace(b"UTF-8", b"windows-1251"), "encoding"),
        (made().decode().encode("utf-16"), "xml"),
        (made().replace(b"<c/>", b"<c>"), "xml"),
        (made().replace("ә".encode(), b"\xff"), "xml"),
        (made().replace(b"<c/>", b"<c/>&undefined;"), "xml"),
        (made().replace(b"<c/>", b"<c/>" * 200_001), "too_many"),
        (
            made().replace(b"<c/>", b"".join(b"<c xmlns:n%d='u'/>" % n for n in range(2001))),
            "too_many",
        ),
        (
            made().replace(b"<c/>", b"<c%s/>" % b"".join(b" a%d=''" % n for n in range(257))),
            "too_many",
        ),
        (made().replace(b"<c/>", b"<c>" * 300 + b"</c>" * 300), "xml"),
        (made().replace(b"<c/>", b"<c xmlns='relative'/>"), "canonical_form"),
        (made() + b" " * (16 * 1024 * 1024), "too_large"),
        (made().replace(b"<ds:DigestValue>", b"<ds:DigestValue>" + b"A" * 70_000), "too_large"),
        (
            made(change=lambda info: info.replace("</ds:Reference>", "</ds:Reference>x")),
            "stray_text",
        ),
        (
            made(change=lambda info: info.replace("</ds:Reference>", "</ds:Reference><?x?>")),
            "stray_node",
        ),
        (
            made(change=lambda info: info.replace("=</ds:DigestValue>", "!</ds:DigestValue>")),
            "base64",
        ),
    ],
)
def test_a_hostile_file_is_refused_as_malformed(hostile, detail):
    with pytest.raises(XmlSignatureMalformed, match=detail):
        read_signed_xml(hostile)
    assert judged(hostile).indication is not Indication.TOTAL_PASSED


@given(at=st.integers(0, len(made()) - 1), octet=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_any_octet_changed_is_refused_or_changes_nothing_that_was_signed(at, octet):
    original = made()
    changed = original[:at] + bytes([octet]) + original[at + 1 :]
    try:
        read = read_signed_xml(changed)
    except (XmlSignatureMalformed, XmlFormUnsupported):
        return
    if judged(changed).indication is Indication.TOTAL_PASSED:
        whole = read_signed_xml(original)
        assert (read.content, read.signed_info, read.certificates[0]) == (
            whole.content,
            whole.signed_info,
            whole.certificates[0],
        )


PIECES = [
    b" xmlns='u'",
    b" xmlns:n=''",
    b" xml:lang='kk'",
    b" a='1'",
    b"<x/>",
    b"<!---->",
    b"<?p?>",
    b"<![CDATA[x]]>",
    b"&#0;",
    b"&amp;",
    b"\x00",
    b"</a>",
    b"<n:x xmlns:n='http://[::1'/>",
]


@given(at=st.integers(0, len(made())), piece=st.sampled_from(PIECES))
@settings(max_examples=300, deadline=None)
def test_any_piece_put_anywhere_is_read_or_refused(at, piece):
    original = made()
    try:
        read = read_signed_xml(original[:at] + piece + original[at:])
    except (XmlSignatureMalformed, XmlFormUnsupported) as refused:
        outcome = refused.code
    else:
        outcome = read.signature_uri
    assert outcome


def test_without_lxml_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(XmlNotInstalled) as missing:
        judged(made())
    assert (missing.value.code, missing.value.detail) == ("xml_not_installed", "lxml")


def test_a_challenge_is_never_answered_in_xml():
    report = W.validator().validate(made(), expected_content=None, expected_iin=None, moment=NOW)
    refused = (Indication.TOTAL_FAILED, "signature.not_a_signature")
    assert (report.indication, report.reason) == refused
