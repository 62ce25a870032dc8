"""Every parser, given damaged real objects: read or refused with a CryptoError, never another."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.ber import definite
from crypto.asn1.der import Limits, Node
from crypto.cms.create import attribute
from crypto.cms.signature_file import open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampInfo, TimestampRequest, extract_token, read_response
from crypto.errors import CryptoError
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import CONTENT, IIN, NOW, Sources, make_crl, world

W = world()
CMS = W.cms()
BER = b"\x30\x80" + Node.at(CMS, 0, len(CMS)).content + b"\x00\x00"
LONG_TERM = W.cms(
    unsigned=lambda _: [
        attribute(
            "1.2.840.113549.1.9.16.2.24",
            w.sequence(w.explicit(0, w.sequence(make_crl(W.authority)))),
        ),
        attribute("1.2.840.113549.1.9.16.2.23", w.sequence(W.authority.der)),
    ]
)
SIGNED = hashlib.sha256(CONTENT).hexdigest()
ANSWER = W.good(bytes(range(16)))
REQUEST = TimestampRequest(oids.SHA256, bytes(32), 1, certificate_wanted=True)
INFO = TimestampInfo("1.2.3", oids.SHA256, bytes(32), 1, NOW, 1)


def walk(der):
    return list(ParsedCrl.parse(der).entries())


PARSERS = {
    "certificate": (Certificate.parse, W.person.der),
    "authority": (Certificate.parse, W.authority.der),
    "list": (walk, make_crl(W.authority, [(5, None), (1001, None)])),
    "ocsp": (OcspResponse.parse, W.good(bytes(16))),
    "cms": (SignedData.parse, CMS),
    "cms-ber": (SignedData.parse, BER),
    "ber": (lambda d: definite(d, Limits(1 << 20, 40, 10_000)), BER),
    "tsp-token": (lambda d: SignedData.parse(extract_token(d)), W.cms()),
    "file": (open_signature_file, CMS),
    "tsp-request": (TimestampRequest.parse, REQUEST.encode()),
    "tsp-info": (TimestampInfo.parse, INFO.encode()),
    "tsp-response": (lambda d: read_response(d, REQUEST), W.cms()),
}


@st.composite
def damaged(draw, original):
    """Cut, splice, overwrite or repeat parts of a real object."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 12))
        kind = draw(st.sampled_from(["cut", "insert", "overwrite", "repeat"]))
        piece = draw(st.binary(min_size=length, max_size=length))
        if kind == "cut":
            del data[at : at + length]
        elif kind == "insert":
            data[at:at] = piece
        elif kind == "overwrite":
            data[at : at + length] = piece
        else:
            data[at:at] = data[at : at + length * 8]
    return bytes(data)


@pytest.mark.parametrize("name", sorted(PARSERS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_object_is_read_or_refused(name, data):
    parse, original = PARSERS[name]
    offered = data.draw(st.one_of(damaged(original), st.binary(max_size=120)))
    try:
        outcome = parse(offered) is not None
    except CryptoError as refused:
        outcome = bool(refused.code)
    assert outcome


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_validator_never_raises_and_never_accepts_what_was_damaged(data):
    cms = data.draw(st.one_of(damaged(CMS), st.just(CMS), st.binary(max_size=200)))
    given_answer = data.draw(st.one_of(damaged(ANSWER), st.just(ANSWER)))
    report = W.validator(Sources(lambda _: given_answer, [W.root_crl()])).validate(
        cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )
    whole = cms == CMS and given_answer == ANSWER
    assert (report.indication is Indication.TOTAL_PASSED) == whole


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_document_damaged_anywhere_is_judged_and_never_raises(data):
    offered = data.draw(st.one_of(damaged(LONG_TERM), damaged(BER)))
    judged = W.validator().validate_document(offered, content=CONTENT, moment=NOW)
    passed = judged.indication is Indication.TOTAL_PASSED
    # What nobody signed may be damaged and the document still be good: its content is what it was.
    assert not passed or {r.content_sha256 for r in judged.signatures} == {SIGNED}
    assert judged.signatures


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x30\x80" * 100_000,
        b"\x30\x84\xff\xff\xff\xff" + bytes(100),
        b"\x30\x84\x00\x00\xff\xff" * 1000,
        b"\xa0\x03" * 50_000,
    ],
)
def test_nesting_and_lengths_out_of_bounds_are_refused_at_once(bomb):
    for parse, _ in PARSERS.values():
        with pytest.raises(CryptoError):
            parse(bomb)
