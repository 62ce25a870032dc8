"""Signatures with time-stamps and validation material in them, made step by step."""

from datetime import UTC, datetime, timedelta

from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.cms.additions import Additions, write_additions
from crypto.cms.archive_timestamp import create_hash_index, embed_hash_index, encode_archive_input
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    NOW,
    Holder,
    ca_name,
    digest_oid,
    issue,
    usage,
    world,
)
from tests.support.pki.time_stamping import stamp

LONG = datetime(2060, 1, 1, tzinfo=UTC)
STAMPING = (
    (usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
)
DECADE = NOW + timedelta(days=3653)
ARCHIVE_ROOT = issue(
    ca_name("ROOT ARCHIVE"), "archive-root", None, CA_EXTENSIONS, serial=1, not_after=LONG
)
ARCHIVER = issue(
    ca_name("TSA ARCHIVE"), "archiver", ARCHIVE_ROOT, STAMPING, serial=2, not_after=LONG
)
"""An authority that outlives everybody of the world."""


def trust_both() -> TrustStore:
    """Return the trust in the root of the world and in that of the archiver."""
    w = world()
    roots = (w.root, ARCHIVE_ROOT)
    return TrustStore.pinned(
        Environment.TEST,
        anchors=[each.der for each in roots],
        pins=[each.parsed.sha256 for each in roots],
        intermediates=[w.authority.der],
    )


def add(cms: bytes, **additions) -> bytes:
    return write_additions(SignedData.parse(cms), Additions(**additions))


def add_stamp(cms: bytes, moment: datetime = NOW, authority: Holder | None = None) -> bytes:
    token = stamp(SignedData.parse(cms).signers[0].signature, moment, authority)
    return add(cms, unsigned={0: [attribute(oids.SIGNATURE_TIME_STAMP, token)]})


def add_archive_stamp(
    cms: bytes, moment: datetime = NOW, authority: Holder = ARCHIVER, content: bytes = CONTENT
) -> bytes:
    signed = SignedData.parse(cms)
    digest = default_registry().require_digest(digest_oid(authority.private))
    index = create_hash_index(signed, signed.signers[0], digest, {})
    octets = encode_archive_input(
        signed=signed,
        signer=signed.signers[0],
        content=content,
        index=index,
        digest=digest,
        digests={},
    )
    token = embed_hash_index(stamp(octets, moment, authority), index)
    return add(cms, unsigned={0: [attribute(oids.ARCHIVE_TIME_STAMP_V3, token)]})
