"""Every parser, given damaged real objects: read or refused with a CryptoError, never another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.cms.carriage import decode_signature_file
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampInfo, TimestampRequest, read_response
from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList
from crypto.pki.ocsp import OcspResponse
from crypto.pki.report import Indication
from tests.support.pki import CONTENT, IIN, NOW, Sources, revocation_list, world

W = world()
CMS = W.cms()
ANSWER = W.good(bytes(range(16)))
REQUEST = TimestampRequest(oids.SHA256, bytes(32), 1, certificate_wanted=True)
INFO = TimestampInfo("1.2.3", oids.SHA256, bytes(32), 1, NOW, 1)


def walk(der):
    return list(CertificateList.parse(der).entries())


PARSERS = {
    "certificate": (Certificate.parse, W.person.der),
    "authority": (Certificate.parse, W.authority.der),
    "list": (walk, revocation_list(W.authority, [(5, None), (1001, None)])),
    "ocsp": (OcspResponse.parse, W.good(bytes(16))),
    "cms": (SignedData.parse, CMS),
    "file": (decode_signature_file, CMS),
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
    report = W.validator(Sources(lambda _: given_answer, [W.root_list()])).validate(
        cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW
    )
    whole = cms == CMS and given_answer == ANSWER
    assert (report.indication is Indication.TOTAL_PASSED) == whole


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
