"""Armour is taken off and kinds are told by content; nothing else than CarrierProtocol escapes."""

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st

from crypto.carrier.armour import read_armoured
from crypto.carrier.errors import CarrierProtocol
from crypto.cms.signature_file import FileKind, identify
from tests.support.pki.certificates import world
from tests.support.station.sandbox import obtained, request_of

BINARY = bytes.fromhex("30820102") + bytes(range(256)) + b"\xff\x00"


def pem(label: str, body: bytes) -> bytes:
    text = base64.encodebytes(body).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n".encode()


@pytest.mark.parametrize("label", ["CMS", "PKCS7", "SIGNED DATA"])
def test_pem_of_any_label_is_taken_off(label):
    assert read_armoured(pem(label, BINARY)) == BINARY
    assert read_armoured(b"\r\n" + pem(label, BINARY).replace(b"\n", b"\r\n")) == BINARY


def test_base64_in_one_line_or_many_is_taken_off():
    assert read_armoured(base64.b64encode(BINARY)) == BINARY
    assert read_armoured(base64.encodebytes(BINARY)) == BINARY


def test_binary_is_returned_as_it_is():
    assert read_armoured(BINARY) == BINARY


@pytest.mark.parametrize(
    "text",
    [
        pem("CMS", BINARY) * 2,
        pem("CMS", BINARY).replace(b"END CMS", b"END PKCS7"),
        pem("CMS", BINARY)[:-12],
        b"-----BEGIN CMS",
        b"-----BEGIN cms-----\nAAAA\n-----END cms-----",
        b"AAA",
        b"AA=A",
        b"no base64 at all!",
    ],
)
def test_anything_but_one_whole_object_is_refused(text):
    with pytest.raises(CarrierProtocol) as refused:
        read_armoured(text)
    assert refused.value.detail == "armour"


@pytest.mark.timeout(10)
def test_a_megabyte_of_spaces_takes_no_quadratic_time():
    with pytest.raises(CarrierProtocol):
        read_armoured(b"-----BEGIN CMS-----\n" + b" " * 1_000_000 + b"!")
    with pytest.raises(CarrierProtocol):
        read_armoured(b"A" + b" " * 1_000_000 + b"!")


@given(st.binary(max_size=300))
def test_any_bytes_are_returned_or_refused(untrusted):
    with contextlib.suppress(CarrierProtocol):
        assert isinstance(read_armoured(untrusted), bytes)
    assert identify(untrusted)[0] in FileKind


@given(st.binary(min_size=1, max_size=200))
def test_what_was_armoured_comes_back(body):
    assert read_armoured(pem("CMS", body)) == body


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b" \r\n", FileKind.EMPTY),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"PK\x03\x04", FileKind.ARCHIVE),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", FileKind.JAVA_KEY_STORE),
        (b"<?xml version='1.0'?><a/>", FileKind.XML),
        (b"\xef\xbb\xbf<a/>", FileKind.XML),
        (b"hello", FileKind.UNKNOWN),
        (b"0", FileKind.UNKNOWN),
        (b"\x30\x80\x02\x01\x03\x30\x80", FileKind.PKCS12),
        (b"\x30\x00", FileKind.UNKNOWN),
    ],
)
def test_the_kind_is_told_by_content(content, kind):
    assert identify(content)[0] is kind


def test_a_signature_a_certificate_and_key_stores_are_told_apart(sandbox):
    customer = world().person
    cms = obtained(sandbox, request_of())
    store = pkcs12.serialize_key_and_certificates(
        b"key",
        customer.private,
        customer.certificate,
        None,
        serialization.BestAvailableEncryption(b"x"),
    )
    key = customer.private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    assert identify(cms)[0] is identify(pem("CMS", cms))[0] is FileKind.SIGNED_CMS
    assert identify(base64.b64encode(cms))[0] is FileKind.SIGNED_CMS
    assert (
        identify(customer.der)[0]
        is identify(pem("CERTIFICATE", customer.der))[0]
        is FileKind.CERTIFICATE
    )
    assert identify(store)[0] is identify(base64.b64encode(store))[0] is FileKind.PKCS12
    assert identify(key)[0] is identify(pem("PRIVATE KEY", key))[0] is FileKind.PRIVATE_KEY


def test_the_key_stores_and_signatures_of_the_public_kit_are_recognised(samples):
    stores = sorted((samples / "eds" / "p12").glob("*.p12"))
    signatures = sorted((samples / "eds" / "cms").glob("*.cms"))
    certificates = sorted((samples / "eds" / "certs").glob("*.cer"))
    assert stores
    assert signatures
    assert certificates
    assert {identify(path.read_bytes())[0] for path in stores} == {FileKind.PKCS12}
    assert {identify(path.read_bytes())[0] for path in signatures} == {FileKind.SIGNED_CMS}
    assert {identify(path.read_bytes())[0] for path in certificates} == {FileKind.CERTIFICATE}
