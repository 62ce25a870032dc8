"""Signatures with time-stamps and validation material in them, made step by step."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.archive.errors import ExtensionRefused
from crypto.archive.extend import ArchiveLevel, SignatureExtender, TimestampSource
from crypto.asn1 import oids
from crypto.cms.additions import Additions, write_additions
from crypto.cms.archive_timestamp import create_hash_index, embed_hash_index, encode_archive_input
from crypto.cms.create import attribute
from crypto.cms.signed_data import SignedData
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    GOOD,
    NOW,
    PERSON_EXTENSIONS,
    Holder,
    OcspAnswer,
    ca_name,
    digest_oid,
    issue,
    make_crl,
    person_name,
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
OTHER = issue(person_name(), "other-person", world().authority, PERSON_EXTENSIONS, serial=1002)


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


def list_of(issuer, at):
    hour = timedelta(hours=1)
    return ParsedCrl.parse(make_crl(issuer, this_update=at - hour, next_update=at + hour))


def lists(at=NOW):
    return [list_of(issuer, at) for issuer in (world().root, world().authority, ARCHIVE_ROOT)]


def good(nonce):
    w = world()
    people = (w.person, OTHER, world("rsa-person").person)
    statuses = [(w.identifier(each), GOOD) for each in people]
    return OcspAnswer(statuses, nonce=nonce).encode(w.responder)


class Station:
    """Whoever extends: its clock, its sources, and the authority that stamps for it."""

    def __init__(self, at=NOW, sources=None, authority=ARCHIVER, make=stamp):
        self.at = at
        self.sources = sources or world().sources(good, lists(at))
        self.authority = authority
        self.make = make
        self.stamped = []

    def request(self, octets):
        self.stamped.append(octets)
        return self.make(octets, self.at, self.authority)

    def validator(self):
        return world().validator(self.sources, trust=trust_both())

    def extend(self, cms, level, content=CONTENT, signers=()):
        extender = SignatureExtender(
            self.validator().constraints, self.sources, lambda _: None, lambda: self.at
        )
        source = TimestampSource(digest_oid(self.authority.private), self.request)
        return extender.extend(cms, content, level, source, signers)

    def refusal(self, cms, level=ArchiveLevel.LTA, **options):
        with pytest.raises(ExtensionRefused) as refused:
            self.extend(cms, level, **options)
        return refused.value
