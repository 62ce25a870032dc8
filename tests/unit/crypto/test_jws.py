"""A JWS is genuine by a known key, of the expected type and in one spelling, or it is none."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from crypto.jws import JwsKey, JwsKeyRefused, JwsRefused, sign_jws, verify_jws

ED = Ed25519PrivateKey.generate()
EC = generate_private_key(SECP256R1())
KEYS = [JwsKey("ed", ED.public_key()), JwsKey("ec", EC.public_key())]
PRIVATE = {"ed": ED, "ec": EC}
TYPE = "test+jwt"


def refusal(untrusted, **changes):
    with pytest.raises(JwsRefused) as refused:
        verify_jws(untrusted, KEYS, **{"typ": TYPE, **changes})
    return refused.value.detail


def encoded(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header, payload=b"{}"):
    """Sign whatever header there is with the Ed25519 key."""
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(ED.sign(text.encode()))}"


@pytest.mark.parametrize("kid", PRIVATE)
def test_what_a_known_key_signed_is_returned_with_the_key(kid):
    found = verify_jws(sign_jws(b'{"a":1}', PRIVATE[kid], kid=kid, typ=TYPE), KEYS, typ=TYPE)
    assert (found.payload, found.key.kid) == (b'{"a":1}', kid)


def test_the_example_of_rfc_7515_appendix_a3_verifies_as_es256():
    numbers = {
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
    point = b"\x04" + b"".join(base64.urlsafe_b64decode(each + "=") for each in numbers.values())
    ber = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point
    key = JwsKey.read("a3", ber)
    text = (
        "eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ"
    )
    signature = (
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q=="
    )
    assert key.algorithm == "ES256"
    key.verify(base64.urlsafe_b64decode(signature), text.encode())


@pytest.mark.parametrize("kid", PRIVATE)
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_octet_is_refused(kid, part):
    parts = sign_jws(b'{"amount":1}', PRIVATE[kid], kid=kid, typ=TYPE).split(".")
    raw = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    raw[7] ^= 1
    parts[part] = encoded(bytes(raw))
    assert refusal(".".join(parts))


def test_the_key_decides_on_the_algorithm_and_not_the_header():
    header = {"alg": "ES256", "kid": "ed", "typ": TYPE}
    assert refusal(signed(json.dumps(header).encode())) == "alg"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"alg": "none"}, "alg"),
        ({"alg": "HS256"}, "alg"),
        ({"alg": ["EdDSA"]}, "alg"),
        ({"typ": "other+jwt"}, "typ"),
        ({"kid": "nobody"}, "kid"),
        ({"kid": None}, "kid"),
        ({"kid": ["ed"]}, "kid"),
        ({"crit": []}, "header"),
        ({"b64": False}, "header"),
        ({"jwk": {}}, "header"),
        ({"x5u": "https://a.example"}, "header"),
    ],
)
def test_the_header_states_what_is_expected_and_nothing_else(changes, why):
    header = {"alg": "EdDSA", "kid": "ed", "typ": TYPE, **changes}
    assert refusal(signed(json.dumps(header).encode())) == why


def test_a_member_of_the_header_that_stands_twice_is_refused():
    header = f'{{"alg":"none","alg":"EdDSA","kid":"ed","typ":"{TYPE}"}}'
    assert refusal(signed(header.encode())) == "header"


@pytest.mark.parametrize("length", [0, 63, 65, 72])
def test_a_signature_of_another_length_is_refused(length):
    head, body, _ = sign_jws(b"{}", EC, kid="ec", typ=TYPE).split(".")
    wrong = encoded(bytes(length))
    assert refusal(f"{head}.{body}.{wrong}") in {"form", "signature"}


def test_zeros_are_no_ecdsa_signature():
    # CVE-2022-21449: r = s = 0 verified under every key.
    head, body, _ = sign_jws(b"{}", EC, kid="ec", typ=TYPE).split(".")
    assert refusal(f"{head}.{body}.{encoded(bytes(64))}") == "signature"


@given(st.text(max_size=200))
def test_any_text_is_refused(untrusted):
    assert refusal(untrusted)


@given(st.binary(max_size=100))
def test_any_header_is_refused_that_is_not_the_one(header):
    assert refusal(signed(header))


def certificate(key):
    name = x509.Name([])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(1))
        .sign(key, None if isinstance(key, Ed25519PrivateKey) else SHA256())
        .public_bytes
    )


@pytest.mark.parametrize("kid", PRIVATE)
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_key_is_read_from_four_forms_and_is_the_same_key(kid, encoding):
    private = PRIVATE[kid]
    bare = private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    digests = {JwsKey.read(kid, each).sha256 for each in (bare, certificate(private)(encoding))}
    assert digests == {JwsKey(kid, private.public_key()).sha256}


@pytest.mark.parametrize(
    "key", [generate_private_key(SECP384R1()), generate_rsa(65537, 2048)], ids=["P-384", "RSA"]
)
def test_another_kind_of_key_is_refused(key):
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(JwsKeyRefused):
        JwsKey.read("k", pem)


@given(st.binary(max_size=200))
def test_any_octets_are_a_key_or_refused(untrusted):
    with pytest.raises(JwsKeyRefused):
        JwsKey.read("k", untrusted)
