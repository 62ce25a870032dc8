"""An OCSP response is read strictly in every part, though its certificates are opened apart."""

from datetime import timedelta

import pytest

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Limits, parse
from crypto.revocation.ocsp import OcspResponse
from tests.support.pki.certificates import GOOD, NOW, OcspAnswer, revoked_status, world

W = world()
LIMITS = Limits(octets=1 << 20, depth=24, elements=20_000)
ANSWER = OcspAnswer([(W.identifier(W.person), GOOD)]).encode(W.responder)


def parts():
    body = parse(ANSWER, LIMITS).elements()[1].only_child().elements()[1]
    signed, algorithm, signature, _certificates = parse(body.content, LIMITS).elements()
    return [signed.raw, algorithm.raw, signature.raw]


def rewritten(*fields, after=b""):
    basic = w.sequence(*fields) + after
    body = w.sequence(w.oid(oids.OCSP_BASIC), w.octet_string(basic))
    return w.sequence(w.integer(0, 0x0A), w.explicit(0, body))


def holding(*certificates):
    return rewritten(*parts(), w.explicit(0, w.sequence(*certificates)))


def test_the_certificates_it_holds_are_read_as_certificates():
    read = OcspResponse.parse(holding(W.responder.der, W.authority.der))
    assert read.certificates == (W.responder.parsed, W.authority.parsed)


@pytest.mark.parametrize(
    ("untrusted", "detail"),
    [
        (holding(*[W.responder.der] * 17), "ocsp_certificates"),
        (holding(*[w.sequence()] * 5000), "too_many"),
        (holding(W.responder.der[:-1]), "truncated"),
        (holding(w.sequence(w.sequence())), "field_missing"),
        (rewritten(*parts(), after=w.null()), "trailing_bytes"),
        (rewritten(*parts(), w.null()), "field_unexpected"),
        (rewritten(parts()[0], b"\x30\x02\x30\x05", parts()[2]), "truncated"),
        (rewritten(b"\x30\x02\x30\x05", *parts()[1:]), "truncated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_sound_anywhere_in_it_refuses_the_whole(untrusted, detail):
    with pytest.raises(DerError) as refused:
        OcspResponse.parse(untrusted)
    assert refused.value.detail.startswith(detail)


@pytest.mark.parametrize("days", [-30, 30])
def test_a_revocation_counts_since_its_invalidity_date_where_that_is_earlier(days):
    revoked_at = NOW - timedelta(days=1)
    invalid = revoked_at + timedelta(days=days)
    value = w.octet_string(w.generalized_time(invalid))
    stated = w.sequence(w.oid(oids.INVALIDITY_DATE), value)
    said = OcspAnswer([(W.identifier(), revoked_status(revoked_at))], about_each=stated)
    (single,) = OcspResponse.parse(said.encode(W.responder)).singles
    assert single.revoked_at == min(revoked_at, invalid)
