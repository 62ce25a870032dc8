"""Lists, OCSP and time-stamps over real HTTP, whole and with every fault."""

import hashlib
import http.client
import secrets
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import SEQUENCE, Limits, parse
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_status import evaluate_crls
from crypto.revocation.status import RevocationStatus
from tests.support.pki.contexts import validation_context
from tests.support.pki.sandbox_urls import delta_crl_url, nca_crl_url, root_crl_url
from tests.support.station.sandbox import MOMENT, person
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.hierarchies import CERTIFICATE_HOLD, KEY_COMPROMISE, SUPERSEDED
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.pki.timestamps import TsaMode

LIMITS = Limits(octets=1 << 20, depth=32, elements=10_000)


def fetched(url, body=None, method=None):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    try:
        connection.request(method or ("GET" if body is None else "POST"), parts.path, body=body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def nca(sandbox, family=Family.GOST2015):
    return sandbox.pki.hierarchies[family].nca


def listed(sandbox, url=None):
    status, body = fetched(url or nca_crl_url(sandbox.authority, Family.GOST2015))
    assert status == 200
    return body


def ocsp_request(sandbox, key=CustomerKey.GOOD, nonce=b"\x01" * 16, *, sha=None, issuer=None):
    certificate = sandbox.pki.customers[key].certificate
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate,
        (issuer or nca(sandbox, person(key).family)).certificate,
        sha or hashes.SHA256(),
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def ocsp_asked(sandbox, request):
    status, body = fetched(sandbox.authority.ocsp_url, request)
    assert status == 200
    return body


@pytest.mark.parametrize("family", list(Family))
def test_the_crls_are_signed_fresh_and_name_the_revoked(sandbox, family):
    hierarchy = sandbox.pki.hierarchies[family]
    for url, issuer in (
        (nca_crl_url(sandbox.authority, family), hierarchy.nca),
        (root_crl_url(sandbox.authority, family), hierarchy.root),
    ):
        body = listed(sandbox, url)
        found = x509.load_der_x509_crl(body)
        own = ParsedCrl.parse(body)
        check = own.verify(issuer.parsed, default_registry(), KeyPolicy({}))
        assert check.outcome is SignatureOutcome.VALID
        assert found.last_update_utc < MOMENT < found.next_update_utc
        revoked = sandbox.pki.revocations(family) if issuer is hierarchy.nca else {}
        named = {s: r.reason for s, r in revoked.items() if not r.lately}
        assert {e.serial_number: e.extensions[0].value.reason for e in found} == {
            serial: reason_of(reason) for serial, reason in named.items()
        }


def reason_of(code):
    return {
        KEY_COMPROMISE: x509.ReasonFlags.key_compromise,
        SUPERSEDED: x509.ReasonFlags.superseded,
        CERTIFICATE_HOLD: x509.ReasonFlags.certificate_hold,
    }[code]


def test_what_was_revoked_lately_stands_in_the_delta_alone_and_the_delta_amends(sandbox):
    issuer = nca(sandbox).parsed
    lately = sandbox.pki.customers[CustomerKey.REVOKED_LATELY].parsed
    full = ("full", ParsedCrl.parse(listed(sandbox)))
    delta = ("delta", ParsedCrl.parse(listed(sandbox, delta_crl_url(sandbox.authority))))
    day = timedelta(days=1)
    alone = evaluate_crls(lately, issuer, [full], validation_context(moment=MOMENT), day)
    both = evaluate_crls(lately, issuer, [full, delta], validation_context(moment=MOMENT), day)
    assert (alone.status, both.status) == (RevocationStatus.GOOD, RevocationStatus.REVOKED)
    assert both.crl_reason == SUPERSEDED


def test_a_crl_can_be_stale_empty_truncated_or_absent(sandbox):
    sandbox.authority.faults = AuthorityFaults(crl=CrlMode.STALE)
    assert x509.load_der_x509_crl(listed(sandbox)).next_update_utc < MOMENT
    sandbox.authority.faults = AuthorityFaults(crl=CrlMode.EMPTY)
    assert listed(sandbox) == b""
    sandbox.authority.faults = AuthorityFaults(crl=CrlMode.TRUNCATED)
    with pytest.raises(ValueError, match="parsing"):
        x509.load_der_x509_crl(listed(sandbox))
    sandbox.authority.faults = AuthorityFaults(crl=CrlMode.DOWN)
    with pytest.raises(http.client.RemoteDisconnected):
        listed(sandbox)


@pytest.mark.parametrize("key", list(CustomerKey))
@pytest.mark.parametrize("sha", [hashes.SHA1(), hashes.SHA256()])
def test_ocsp_answers_for_customers_with_an_authorised_signature(sandbox, key, sha):
    body = ocsp_asked(sandbox, ocsp_request(sandbox, key, b"n" * 8, sha=sha))
    answer = ocsp.load_der_ocsp_response(body)
    revoked = {
        CustomerKey.REVOKED,
        CustomerKey.HELD,
        CustomerKey.REVOKED_LATELY,
        CustomerKey.RSA_REVOKED,
    }
    status = ocsp.OCSPCertStatus.REVOKED if key in revoked else ocsp.OCSPCertStatus.GOOD
    assert answer.certificate_status is status
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 8
    (responder,) = answer.certificates
    hierarchy = sandbox.pki.hierarchies[person(key).family]
    assert responder == hierarchy.ocsp.certificate
    assert answer.responder_name == responder.subject
    assert answer.this_update_utc == answer.produced_at_utc == MOMENT
    assert isinstance(answer.hash_algorithm, type(sha))
    assert signature_outcome(answer, hierarchy.ocsp) is SignatureOutcome.VALID


def signature_outcome(answer, responder):
    """Verify by the responder's key, which `cryptography` cannot when it is GOST."""
    family = responder.parsed
    return (
        default_registry()
        .verify(
            algorithm=replace(family.algorithm, oid=answer.signature_algorithm_oid.dotted_string),
            key=family.key,
            message=answer.tbs_response_bytes,
            signature=answer.signature,
            policy=KeyPolicy({}),
        )
        .outcome
    )


def test_ocsp_without_a_nonce_answers_without_one(sandbox):
    answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, ocsp_request(sandbox, nonce=None)))
    assert len(answer.extensions) == 0


def test_ocsp_tells_when_and_why_a_key_was_revoked(sandbox):
    for key, reason in (
        (CustomerKey.REVOKED, x509.ReasonFlags.key_compromise),
        (CustomerKey.HELD, x509.ReasonFlags.certificate_hold),
    ):
        answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, ocsp_request(sandbox, key)))
        serial = sandbox.pki.customers[key].parsed.serial
        revocation = sandbox.pki.revocations(Family.GOST2015)[serial]
        assert answer.revocation_time_utc == revocation.since
        assert answer.revocation_reason is reason


def test_ocsp_does_not_know_a_certificate_never_issued(sandbox):
    known = ocsp.load_der_ocsp_request(ocsp_request(sandbox))
    request = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        known.issuer_name_hash, known.issuer_key_hash, 12345, hashes.SHA256()
    )
    answer = ocsp_asked(sandbox, request.build().public_bytes(Encoding.DER))
    status = ocsp.load_der_ocsp_response(answer).certificate_status
    assert status is ocsp.OCSPCertStatus.UNKNOWN


def test_ocsp_refuses_other_issuers_and_malformed_requests(sandbox):
    foreign = ocsp_request(sandbox, issuer=sandbox.pki.hierarchies[Family.GOST2015].root)
    answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, foreign))
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    for request in (b"", b"junk", b"\x30\x00", ocsp_request(sandbox)[:-4]):
        answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, request))
        assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_every_ocsp_fault_shows(sandbox):
    nonce = secrets.token_bytes(16)
    request = ocsp_request(sandbox, nonce=nonce)

    def under(mode):
        sandbox.authority.faults = AuthorityFaults(ocsp=mode)
        return ocsp_asked(sandbox, request)

    stale = ocsp.load_der_ocsp_response(under(OcspMode.STALE))
    assert stale.this_update_utc <= MOMENT - timedelta(days=7)
    other = ocsp.load_der_ocsp_response(under(OcspMode.WRONG_NONCE))
    found = other.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    assert found != nonce
    assert len(found) == len(nonce)
    later = ocsp.load_der_ocsp_response(under(OcspMode.TRY_LATER))
    assert later.response_status is ocsp.OCSPResponseStatus.TRY_LATER
    with pytest.raises(ValueError, match="parsing"):
        ocsp.load_der_ocsp_response(under(OcspMode.GARBAGE))
    with pytest.raises(http.client.RemoteDisconnected):
        under(OcspMode.DOWN)


def time_stamp_request(digest, nonce=7, oid=oids.SHA256):
    imprint = w.sequence(w.algorithm(oid), w.octet_string(digest))
    return w.sequence(w.integer(1), imprint, w.integer(nonce), w.boolean(True))


def stamped(sandbox, request):
    status, body = fetched(sandbox.authority.tsa_url, request)
    assert status == 200
    fields = parse(body, LIMITS).fields()
    granted = v.integer(next(fields.take(SEQUENCE).children()))
    return granted, fields.any().raw if fields.more() else b""


@pytest.mark.parametrize(
    ("oid", "family", "policy"),
    [
        (oids.SHA256, Family.RSA, 2),
        (oids.SHA512, Family.RSA, 2),
        ("1.2.398.3.10.1.3.3", Family.GOST2015, 4),
        ("1.2.398.3.10.1.3.1", Family.GOST2004, 1),
    ],
)
def test_the_imprints_digest_chooses_the_service_that_stamps(sandbox, oid, family, policy):
    digest = default_registry().require_digest(oid).hash(b"signature value")
    granted, token = stamped(sandbox, time_stamp_request(digest, 0x1234567890, oid))
    assert granted == 0
    assert digest in token
    assert w.integer(0x1234567890) in token
    assert w.generalized_time(MOMENT) in token
    assert w.oid(f"1.2.398.3.3.2.6.{policy}") in token
    tsa = sandbox.pki.hierarchies[family].tsa
    assert pkcs7.load_der_pkcs7_certificates(token) == [tsa.certificate]


def test_every_fault_of_the_time_stamping_service_shows(sandbox):
    digest = hashlib.sha256(b"signature value").digest()

    def under(mode):
        sandbox.authority.faults = AuthorityFaults(tsa=mode)
        return stamped(sandbox, time_stamp_request(digest))

    assert under(TsaMode.REJECT) == (2, b"")
    assert digest not in under(TsaMode.WRONG_IMPRINT)[1]
    assert w.integer(6) in under(TsaMode.WRONG_NONCE)[1]
    with pytest.raises(http.client.RemoteDisconnected):
        under(TsaMode.DOWN)
    sandbox.authority.faults = AuthorityFaults(tsa=TsaMode.GARBAGE)
    assert fetched(sandbox.authority.tsa_url, time_stamp_request(digest))[1].startswith(b"<html>")


@pytest.mark.parametrize(
    "request_body",
    [
        b"",
        b"junk",
        time_stamp_request(b"short"),
        time_stamp_request(b"x" * 16, oid="1.2.840.113549.2.5"),
    ],
)
def test_a_malformed_time_stamp_request_is_rejected(sandbox, request_body):
    assert stamped(sandbox, request_body) == (2, b"")


def test_the_issuers_certificates_are_served_and_nothing_else(sandbox):
    for family in Family:
        url = sandbox.authority.certificate_url(family)
        assert fetched(url) == (200, nca(sandbox, family).der)
    assert fetched(url + "x")[0] == 404
    assert fetched(sandbox.authority.ocsp_url)[0] == 404


def test_every_crl_has_an_address_and_only_crls_do(sandbox):
    authority = sandbox.authority
    retired = {root_crl_url(authority, Family.GOST2004), nca_crl_url(authority, Family.GOST2004)}
    # The shipped policy would refuse the lists of the family it retires.
    assert retired.isdisjoint(authority.crl_urls)
    urls = {*authority.crl_urls, *retired}
    assert len(urls) == 2 * len(Family) + 1
    for url in urls:
        assert ParsedCrl.parse(listed(sandbox, url)).this_update < MOMENT


def test_a_request_without_a_sane_length_is_refused(sandbox):
    parts = urlsplit(sandbox.authority.ocsp_url)
    for length in ("-1", "x", str(1 << 40)):
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
        connection.putrequest("POST", parts.path)
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 400
        connection.close()
