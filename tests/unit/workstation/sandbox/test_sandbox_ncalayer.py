"""What the loopback NCALayer signs in each mode, told from the signature itself."""

import base64
import hashlib
import json
import ssl

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs7
from websockets.sync.client import connect

from crypto.pki import der_writer as w
from crypto.pki import oids
from crypto.pki.der import OCTET_STRING, SET, Limits, context, parse
from tests.support.sandbox import DOCUMENT, obtained, request_of
from workstation.sandbox.ncalayer import NcaLayerBehaviour, NcaLayerMode
from workstation.sandbox.people import CustomerKey

LIMITS = Limits(octets=1 << 20, depth=32, elements=10_000)


def opened(cms):
    """Content, message digest, signed attributes and signature, by the structure of RFC 5652."""
    signed = list(list(parse(cms, LIMITS).children())[1].only_child().children())
    content = list(signed[2].children())[1].only_child().content
    (info,) = signed[-1].children()
    attributes = next(n for n in info.children() if n.tag == context(0))
    signature = next(n for n in info.children() if n.tag == OCTET_STRING).content
    marker = w.oid(oids.MESSAGE_DIGEST)
    (digest,) = (
        list(a.children())[1].only_child().content
        for a in attributes.children()
        if next(a.children()).raw == marker
    )
    return content, digest, w.tlv(SET, attributes.content), signature


def signed_under(sandbox, mode, document=DOCUMENT, key=None):
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode, key=key)
    return obtained(sandbox, request_of(document=document))


def signer_of(sandbox, cms):
    (certificate,) = pkcs7.load_der_pkcs7_certificates(cms)
    return next(k for k, c in sandbox.pki.customers.items() if c.certificate == certificate)


def check_signature(cms):
    (certificate,) = pkcs7.load_der_pkcs7_certificates(cms)
    _, _, attributes, signature = opened(cms)
    certificate.public_key().verify(signature, attributes, padding.PKCS1v15(), hashes.SHA256())


def test_signing_is_real(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.SIGN)
    content, digest, _, _ = opened(cms)
    assert content == DOCUMENT
    assert digest == hashlib.sha256(DOCUMENT).digest()
    check_signature(cms)
    damaged = bytearray(cms)
    damaged[-1] ^= 1
    with pytest.raises(InvalidSignature):
        check_signature(bytes(damaged))


def test_tampering_alters_the_content_under_a_sound_signature(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.TAMPER)
    content, digest, _, _ = opened(cms)
    check_signature(cms)
    assert content != DOCUMENT
    assert digest == hashlib.sha256(DOCUMENT).digest()


def test_a_stale_signature_is_sound_but_over_the_document_before(sandbox):
    signed_under(sandbox, NcaLayerMode.SIGN, b"yesterday's document")
    cms = signed_under(sandbox, NcaLayerMode.STALE)
    check_signature(cms)
    assert opened(cms)[0] == b"yesterday's document"


def test_a_wrong_certificate_belongs_to_another_person(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.WRONG_CERTIFICATE)
    check_signature(cms)
    assert signer_of(sandbox, cms) is CustomerKey.OTHER_PERSON
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(NcaLayerMode.WRONG_CERTIFICATE)
    other = obtained(sandbox, request_of(CustomerKey.OTHER_PERSON))
    assert signer_of(sandbox, other) is CustomerKey.GOOD


@pytest.mark.parametrize("key", list(CustomerKey))
def test_a_chosen_key_signs_whatever_the_filters_say(sandbox, key):
    cms = signed_under(sandbox, NcaLayerMode.SIGN, key=key)
    assert signer_of(sandbox, cms) is key
    check_signature(cms)


def talk(sandbox, *messages):
    context_ = ssl.create_default_context(cadata=sandbox.pki.tls_root.der)
    with connect(sandbox.ncalayer.url, ssl=context_, proxy=None) as connection:
        heard = [connection.recv(timeout=5)]
        for message in messages:
            connection.send(message)
            heard.append(connection.recv(timeout=5))
    return heard


def test_it_greets_echoes_heartbeats_and_refuses_what_it_does_not_offer(sandbox):
    old = json.dumps({"module": "kz.gov.pki.knca.applet.Applet", "method": "signXml", "args": []})
    greeting, echo, module, garbage = talk(sandbox, "--heartbeat--", old, "{")
    assert json.loads(greeting) == {"result": {"version": "1.4"}}
    assert echo == "--heartbeat--"
    assert json.loads(module) == {"success": False, "errorCode": "MODULE_NOT_FOUND"}
    assert json.loads(garbage)["code"] == "INVALID_SIGNING_PARAMS"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"format": "xml"},
        {"data": ""},
        {"data": "not base64"},
        {"data": ["AAAA", "AAAA"]},
        {"signingParams": {"decode": True, "encapsulate": False, "digested": False}},
        {"signingParams": {"decode": True, "encapsulate": True, "digested": True}},
        {"signingParams": {}},
        {"signerParams": {"iin": 5}},
    ],
)
def test_it_signs_nothing_but_an_attached_cms_of_one_document(sandbox, spoilt):
    args = {
        "format": "cms",
        "data": base64.b64encode(DOCUMENT).decode(),
        "signingParams": {"decode": True, "encapsulate": True, "digested": False},
        "signerParams": {"chain": []},
    } | spoilt
    message = {"module": "kz.gov.pki.knca.basics", "method": "sign", "args": args}
    _, reply = talk(sandbox, json.dumps(message))
    assert json.loads(reply)["code"] == "INVALID_SIGNING_PARAMS"
