"""People of a bank who sign policies, by Ed25519 keys or GOST keys in tokens; their folders."""

import hashlib
import re
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import resources
from crypto.cms.create import sign_cms
from crypto.gost.private_key import GostKind
from crypto.log.format.note import NoteSigner
from tests.support.pki.certificates import NOW, PERSON_EXTENSIONS, person_name
from tests.support.pki.gost_world import GostHolder, gost_issue, gost_key
from workstation.rules.calendar.signers import PolicySigner
from workstation.rules.calendar.signing import sign_policy
from workstation.rules.policy_file import read_policy

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_bytes()


def key_of(name: str) -> NoteSigner:
    """Return the key of a name, the same every run."""
    seed = hashlib.sha256(f"policy/{name}".encode()).digest()
    return NoteSigner(f"bank.example/policy/{name}", Ed25519PrivateKey.from_private_bytes(seed))


def token_of(name: str, extensions=PERSON_EXTENSIONS, **changes) -> GostHolder:
    """Return a self-issued certificate with a GOST 2015 key."""
    key = gost_key(GostKind.GOST3410_2015_512, f"policy/{name}")
    return gost_issue(person_name(), key, None, extensions, serial=7001, **changes)


RISK, COMPLIANCE, STRANGER = key_of("risk"), key_of("compliance"), key_of("stranger")
TOKEN = token_of("board")
SIGNERS = (
    PolicySigner("risk", note=RISK.verifier),
    PolicySigner("compliance", note=COMPLIANCE.verifier),
    PolicySigner("board", certificate=TOKEN.parsed),
)


def cms_of(holder: GostHolder, text: bytes, moment: datetime = NOW, *, detached=True) -> bytes:
    """Sign as a token does."""
    return sign_cms(
        text,
        certificate=holder.der,
        sign=holder.private.sign,
        digest_oid=holder.private.digest_oid,
        signature_oid=holder.private.signature_oid,
        signing_time=moment,
        detached=detached,
    )


def dated(name: str, valid_from: str, valid_to: str = "", policy: bytes = SHIPPED) -> bytes:
    """Return a policy under another id and with other days."""
    text = policy.decode()
    text = re.sub(r'^id = "kz-[0-9-]+"', f'id = "{name}"', text, count=1, flags=re.MULTILINE)
    days = f"valid_from = {valid_from}" + (f"\nvalid_to = {valid_to}" if valid_to else "")
    return re.sub(r"^valid_from = .*$", days, text, count=1, flags=re.MULTILINE).encode()


def put(folder: Path, octets: bytes, *signers: NoteSigner, valid_to=None) -> Path:
    """Write a policy into a folder and sign it."""
    policy = read_policy(octets)
    path = folder / f"{policy.id}.toml"
    path.write_bytes(octets)
    for each in signers:
        sign_policy(path, policy, each, valid_to)
    return path
