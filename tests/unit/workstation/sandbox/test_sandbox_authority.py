"""Lists, OCSP and time-stamps over real HTTP, whole and with every fault."""

import hashlib
import http.client
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp

from crypto.pki import der_values as v
from crypto.pki import der_writer as w
from crypto.pki import oids
from crypto.pki.der import SEQUENCE, Limits, parse
from tests.support.sandbox import MOMENT
from workstation.sandbox.authority import AuthorityFaults
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.revocation import CrlMode, OcspMode
from workstation.sandbox.timestamps import TsaMode

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


def listed(sandbox, url=None):
    status, body = fetched(url or sandbox.authority.nca_crl_url)
    assert status == 200
    return body


def ocsp_request(sandbox, key=CustomerKey.GOOD, nonce=b"\x01" * 16, *, sha=None, issuer=None):
    certificate = sandbox.pki.customers[key].certificate
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        certificate, (issuer or sandbox.pki.nca).certificate, sha or hashes.SHA256()
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def ocsp_asked(sandbox, request):
    status, body = fetched(sandbox.authority.ocsp_url, request)
    assert status == 200
    return body


def test_the_lists_are_signed_fresh_and_name_the_revoked(sandbox):
    nca = x509.load_der_x509_crl(listed(sandbox))
    root = x509.load_der_x509_crl(listed(sandbox, sandbox.authority.root_crl_url))
    assert nca.is_signature_valid(sandbox.pki.nca.certificate.public_key())
    assert root.is_signature_valid(sandbox.pki.root.certificate.public_key())
    assert [e.serial_number for e in nca] == list(sandbox.pki.revocations())
    assert list(root) == []
    for found in (nca, root):
        assert found.last_update_utc < MOMENT < found.next_update_utc


def test_a_list_can_be_stale_empty_truncated_or_absent(sandbox):
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


@pytest.mark.parametrize(
    ("key", "status"),
    [
        (CustomerKey.GOOD, ocsp.OCSPCertStatus.GOOD),
        (CustomerKey.REVOKED, ocsp.OCSPCertStatus.REVOKED),
        (CustomerKey.EXPIRED, ocsp.OCSPCertStatus.GOOD),
    ],
)
@pytest.mark.parametrize("sha", [hashes.SHA1(), hashes.SHA256()])
def test_ocsp_answers_for_customers_with_an_authorised_signature(sandbox, key, status, sha):
    answer = ocsp.load_der_ocsp_response(
        ocsp_asked(sandbox, ocsp_request(sandbox, key, b"n" * 8, sha=sha))
    )
    assert answer.certificate_status is status
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 8
    (responder,) = answer.certificates
    responder.verify_directly_issued_by(sandbox.pki.nca.certificate)
    responder.public_key().verify(
        answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256()
    )
    assert answer.responder_name == responder.subject
    assert answer.this_update_utc == answer.produced_at_utc == MOMENT
    assert isinstance(answer.hash_algorithm, type(sha))


def test_ocsp_without_a_nonce_answers_without_one(sandbox):
    answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, ocsp_request(sandbox, nonce=None)))
    assert len(answer.extensions) == 0


def test_ocsp_tells_when_and_why_a_key_was_revoked(sandbox):
    request = ocsp_request(sandbox, CustomerKey.REVOKED)
    answer = ocsp.load_der_ocsp_response(ocsp_asked(sandbox, request))
    assert [answer.revocation_time_utc] == list(sandbox.pki.revocations().values())
    assert answer.revocation_reason is x509.ReasonFlags.key_compromise


def test_ocsp_does_not_know_a_certificate_never_issued(sandbox):
    nca = ocsp.load_der_ocsp_request(ocsp_request(sandbox))
    request = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        nca.issuer_name_hash, nca.issuer_key_hash, 12345, hashes.SHA256()
    )
    answer = ocsp_asked(sandbox, request.build().public_bytes(Encoding.DER))
    status = ocsp.load_der_ocsp_response(answer).certificate_status
    assert status is ocsp.OCSPCertStatus.UNKNOWN


def test_ocsp_refuses_other_issuers_and_malformed_requests(sandbox):
    foreign = ocsp_request(sandbox, issuer=sandbox.pki.root)
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


def time_stamp_request(digest, nonce=7):
    imprint = w.sequence(w.algorithm(oids.SHA256), w.octet_string(digest))
    return w.sequence(w.integer(1), imprint, w.integer(nonce), w.boolean(True))


def stamped(sandbox, request):
    status, body = fetched(sandbox.authority.tsa_url, request)
    assert status == 200
    fields = parse(body, LIMITS).fields()
    granted = v.integer(next(fields.take(SEQUENCE).children()))
    return granted, fields.any().raw if fields.more() else b""


def test_a_time_stamp_holds_imprint_nonce_and_time_under_the_services_certificate(sandbox):
    digest = hashlib.sha256(b"signature value").digest()
    granted, token = stamped(sandbox, time_stamp_request(digest, nonce=0x1234567890))
    assert granted == 0
    assert digest in token
    assert w.integer(0x1234567890) in token
    assert w.generalized_time(MOMENT) in token
    assert pkcs7.load_der_pkcs7_certificates(token) == [sandbox.pki.tsa.certificate]


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


@pytest.mark.parametrize("request_body", [b"", b"junk", time_stamp_request(b"short")])
def test_a_malformed_time_stamp_request_is_rejected(sandbox, request_body):
    assert stamped(sandbox, request_body) == (2, b"")


def test_the_issuers_certificate_is_served_and_nothing_else(sandbox):
    assert fetched(sandbox.authority.certificate_url) == (200, sandbox.pki.nca.der)
    assert fetched(sandbox.authority.certificate_url + "x")[0] == 404
    assert fetched(sandbox.authority.ocsp_url)[0] == 404


def test_a_request_without_a_sane_length_is_refused(sandbox):
    parts = urlsplit(sandbox.authority.ocsp_url)
    for length in ("-1", "x", str(1 << 40)):
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
        connection.putrequest("POST", parts.path)
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 400
        connection.close()
