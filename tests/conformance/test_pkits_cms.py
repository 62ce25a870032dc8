"""The 224 signed messages of NIST PKITS 1.0.1: signature, path and revocation judged together.

They come with PyPI's `cryptography-vectors`. NIST named each message after what must become of
it, under the default settings; nine belong to tests that have no default settings and are only
tampered with here.
"""

import base64
import email
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from crypto.asn1 import writer as w
from crypto.asn1.der import Node, context
from tests.conformance.cms_adapter import pkits_cms

AT = datetime(2020, 1, 1, tzinfo=UTC)
WITHOUT_DEFAULTS = {
    "SignedAllCertificatesSamePoliciesTest13",
    "SignedAnyPolicyTest14",
    "SignedCPSPointerQualifierTest20",
    "SignedUserNoticeQualifierTest18",
    "SignedValidPolicyMappingTest1",
    "SignedValidPolicyMappingTest12",
    "SignedValidPolicyMappingTest3",
    "SignedValidPolicyMappingTest5",
    "SignedValidPolicyMappingTest6",
}
INVALID_UNDER_ANOTHER_NAME = {
    "SignedMissingCRLTest1",
    *(f"SignedDifferentPoliciesTest{number}" for number in (4, 5, 7, 8, 9, 12)),
}


@dataclass(frozen=True)
class Message:
    trust_anchor: bytes
    message: bytes
    content: bytes
    at: datetime = AT


def folder() -> Path:
    found = find_spec("cryptography_vectors")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the PKITS data come with cryptography-vectors, which is not installed")
    return Path(found.submodule_search_locations[0]) / "x509" / "PKITS_data"


@pytest.fixture(scope="module")
def messages() -> dict[str, Message]:
    data = folder()
    anchor = (data / "certs" / "TrustAnchorRootCertificate.crt").read_bytes()
    found = {path.stem: opened(path, anchor) for path in sorted((data / "smime").glob("*.eml"))}
    assert len(found) == 224
    return found


def opened(path: Path, anchor: bytes) -> Message:
    """Read a multipart/signed mail; what was signed has the line ends of the wire (RFC 8551)."""
    raw = path.read_bytes().replace(b"\r\n", b"\n")
    parts = email.message_from_bytes(raw)
    boundary = f"\n--{parts.get_boundary()}".encode()
    content = raw.split(boundary)[1].removeprefix(b"\n").replace(b"\n", b"\r\n")
    signature = parts.get_payload()[1].get_payload()
    return Message(anchor, base64.b64decode(signature), content)


def must_pass(name: str) -> bool:
    return "Invalid" not in name and name not in INVALID_UNDER_ANOTHER_NAME


def test_every_message_ends_as_nist_named_it(messages):
    judged = {
        name: pkits_cms(message).accept
        for name, message in messages.items()
        if name not in WITHOUT_DEFAULTS
    }
    assert {name: must_pass(name) for name in judged} == judged
    assert sum(judged.values()) > 80


def test_no_message_survives_another_content_or_a_bit_of_its_signature(messages):
    valid = {name: message for name, message in messages.items() if must_pass(name)}
    accepted = [
        name
        for name, message in valid.items()
        for each in tampered(message)
        if pkits_cms(each).accept
    ]
    assert accepted == []
    assert len(valid) > 90


def tampered(message: Message) -> tuple[Message, Message]:
    content = message.content[:-3] + b"X" + message.content[-2:]
    signature = bytearray(message.message)
    signature[-9] ^= 1
    return (
        replace(message, content=content),
        replace(message, message=bytes(signature)),
    )


def test_a_message_without_the_lists_it_needs_establishes_nothing(messages):
    name = "SignedValidSignaturesTest1"
    message = messages[name]
    oid, wrapped = Node.at(message.message, 0, len(message.message)).children()
    kept = [part.raw for part in wrapped.only_child().children() if part.tag != context(1)]
    bare = replace(message, message=w.sequence(oid.raw, w.explicit(0, w.sequence(*kept))))
    assert pkits_cms(message).accept
    assert not pkits_cms(bare).accept
    assert "no_list" in pkits_cms(bare).why
