"""What the loopback NCALayer signs in each mode, told from the signature itself."""

import base64
import json
import ssl
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7
from websockets.sync.client import connect

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import OCTET_STRING, SET, Limits, context, parse
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import TimestampInfo
from crypto.gost.private_key import GostKind
from tests.support.station.sandbox import DOCUMENT, obtained, request_of
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, NcaLayerMode, ReplyForm

LIMITS = Limits(octets=1 << 20, depth=32, elements=10_000)
EVERY_KEY = KeyPolicy({"gost2015": 256})


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


def signed_under(sandbox, mode, document=DOCUMENT, key=None, *, timestamp=False):
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode, key=key)
    return obtained(sandbox, replace(request_of(document=document), timestamp=timestamp))


def signer_of(sandbox, cms):
    (certificate,) = pkcs7.load_der_pkcs7_certificates(cms)
    return next(k for k, c in sandbox.pki.customers.items() if c.certificate == certificate)


def signature_outcome(sandbox, cms):
    """Verify the signature over the signed attributes by the key in the certificate."""
    signer = sandbox.pki.customers[signer_of(sandbox, cms)]
    _, _, attributes, signature = opened(cms)
    check = default_registry().verify(
        algorithm=AlgorithmIdentifier(signer.key.signature_oid, None),
        key=signer.parsed.key,
        message=attributes,
        signature=signature,
        policy=EVERY_KEY,
    )
    return check.outcome


def digest_of(sandbox, cms, document):
    oid = sandbox.pki.customers[signer_of(sandbox, cms)].key.digest_oid
    return default_registry().require_digest(oid).hash(document)


def test_signing_is_real(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.SIGN)
    content, digest, _, _ = opened(cms)
    assert content == DOCUMENT
    assert digest == digest_of(sandbox, cms, DOCUMENT)
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID
    damaged = bytearray(cms)
    damaged[-1] ^= 1
    assert signature_outcome(sandbox, bytes(damaged)) is SignatureOutcome.WRONG


def test_the_customer_of_the_demo_holds_a_key_as_it_is_issued_today(sandbox):
    signer = sandbox.pki.customers[signer_of(sandbox, signed_under(sandbox, NcaLayerMode.SIGN))]
    assert signer.key.kind is GostKind.GOST3410_2015_512


def test_tampering_alters_the_content_under_a_sound_signature(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.TAMPER)
    content, digest, _, _ = opened(cms)
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID
    assert content != DOCUMENT
    assert digest == digest_of(sandbox, cms, DOCUMENT)


def test_a_stale_signature_is_sound_but_over_the_document_before(sandbox):
    signed_under(sandbox, NcaLayerMode.SIGN, b"yesterday's document")
    cms = signed_under(sandbox, NcaLayerMode.STALE)
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID
    assert opened(cms)[0] == b"yesterday's document"


def test_a_wrong_certificate_belongs_to_another_person(sandbox):
    cms = signed_under(sandbox, NcaLayerMode.WRONG_CERTIFICATE)
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID
    assert signer_of(sandbox, cms) is CustomerKey.OTHER_PERSON
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(NcaLayerMode.WRONG_CERTIFICATE)
    other = obtained(sandbox, request_of(CustomerKey.OTHER_PERSON))
    assert signer_of(sandbox, other) is CustomerKey.GOOD


@pytest.mark.parametrize("key", list(CustomerKey))
def test_a_chosen_key_signs_whatever_the_filters_say(sandbox, key):
    cms = signed_under(sandbox, NcaLayerMode.SIGN, key=key)
    assert signer_of(sandbox, cms) is key
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID


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


def test_a_time_stamp_by_the_signers_own_family_is_added_when_asked_for(sandbox):
    for key in (CustomerKey.GOOD, CustomerKey.RSA, CustomerKey.LEGACY):
        cms = signed_under(sandbox, NcaLayerMode.SIGN, key=key, timestamp=True)
        (signer,) = SignedData.parse(cms).signers
        (stamp,) = (a for a in signer.unsigned if a.oid == oids.SIGNATURE_TIME_STAMP)
        (token,) = stamp.values
        info = TimestampInfo.parse(SignedData.parse(token.raw).content)
        holder = sandbox.pki.customers[key].key
        assert info.digest_oid == holder.digest_oid
        digest = default_registry().require_digest(info.digest_oid)
        assert info.imprint == digest.hash(signer.signature)


def old(method, *args, uuid="u-1"):
    module = "kz.gov.pki.knca.commonUtils"
    return json.dumps({"module": module, "method": method, "args": args, "uuid": uuid})


def test_the_oldest_generation_has_no_basics_and_names_its_tokens(sandbox):
    plugged = ("AKKaztokenStore",)
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(form=ReplyForm.COMMON_UTILS, tokens=plugged)
    basics = json.dumps({"module": "kz.gov.pki.knca.basics", "method": "sign", "args": {}})
    _, module, named = talk(sandbox, basics, old("getActiveTokens"))
    assert json.loads(module) == {"success": False, "errorCode": "MODULE_NOT_FOUND"}
    assert json.loads(named)["responseObject"] == ["AKKaztokenStore"]
    assert json.loads(named)["uuid"] == "u-1"


@pytest.mark.parametrize(
    "args",
    [
        ("AKKaztokenStore", "SIGNATURE", "AAAA", True),
        ("PKCS12", "AUTHENTICATION", "AAAA", True),
        ("PKCS12", "SIGNATURE", "AAAA", False),
        ("PKCS12", "SIGNATURE", "", True),
        ("PKCS12", "SIGNATURE", True),
    ],
)
def test_the_older_module_signs_nothing_but_an_attached_cms_with_a_store_it_has(sandbox, args):
    _, reply = talk(sandbox, old("createCAdESFromBase64", *args))
    assert json.loads(reply)["code"] == "INVALID_SIGNING_PARAMS"


def test_the_older_module_signs_with_base64_and_an_unknown_method_is_no_module(sandbox):
    document = base64.b64encode(DOCUMENT).decode()
    asked = old("createCAdESFromBase64", "PKCS12", "SIGNATURE", document, True)
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(form=ReplyForm.COMMON_UTILS)
    _, reply, unknown = talk(sandbox, asked, old("signXmls"))
    cms = base64.b64decode(json.loads(reply)["responseObject"], validate=True)
    assert opened(cms)[0] == DOCUMENT
    assert signature_outcome(sandbox, cms) is SignatureOutcome.VALID
    assert json.loads(unknown)["errorCode"] == "MODULE_NOT_FOUND"
