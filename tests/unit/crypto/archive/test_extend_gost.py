"""ГОСТ: signer, authority and hash index by its algorithms, alone and beside RSA and ECDSA."""

import pytest

from crypto.algorithms.registry import default_registry
from crypto.archive.extend import ArchiveLevel, SignatureExtender, TimestampSource
from crypto.asn1 import oids
from crypto.cms.archive_timestamp import read_archive_timestamp
from crypto.cms.signed_data import SignedData
from crypto.gost.private_key import GostKind
from crypto.path.trust import TrustStore
from crypto.report.policy import Environment, RevocationRule
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.archives import ARCHIVE_ROOT, ARCHIVER, STAMPING
from tests.support.pki.certificates import CONTENT, NOW, ca_name, digest_oid, make_crl, world
from tests.support.pki.gost_world import gost_crl, gost_issue, gost_key, gost_world
from tests.support.pki.time_stamping import stamp

REGISTRY = default_registry()
KINDS = [GostKind.GOST3410_2015_512, GostKind.GOST34310_2004]


def authority(kind):
    return gost_issue(
        ca_name("TSA GOST"), gost_key(kind, "stamper"), gost_world(kind).root, STAMPING, serial=102
    )


def extend(holder_world, lists, stamper):
    roots = {each.der: each for each in (holder_world.root, ARCHIVE_ROOT, gost_world().root)}
    trust = TrustStore.pinned(
        Environment.TEST,
        anchors=list(roots),
        pins=[each.parsed.sha256 for each in roots.values()],
        intermediates=[holder_world.authority.der],
    )
    sources = holder_world.sources(None, lists)
    validator = holder_world.validator(sources, trust=trust, revocation=RevocationRule.CRL_ONLY)
    source = TimestampSource(
        digest_oid(stamper.private), lambda octets: stamp(octets, NOW, stamper)
    )
    extender = SignatureExtender(validator.constraints, sources, lambda _: None, lambda: NOW)
    return extender.extend(holder_world.cms(), CONTENT, ArchiveLevel.LTA, source)


def index_digest(cms):
    signed = SignedData.parse(cms)
    (archived,) = [e for e in signed.signers[0].unsigned if e.oid == oids.ARCHIVE_TIME_STAMP_V3]
    read_archive_timestamp(
        archived.values[0].raw,
        signed=signed,
        signer=signed.signers[0],
        content=CONTENT,
        registry=REGISTRY,
        digests=(digests := {}),
    )
    return {name.split("@")[0] for name in digests}


@pytest.mark.parametrize("kind", KINDS[:1])
def test_a_gost_signature_is_archived_by_a_gost_authority(kind):
    w = gost_world(kind)
    lists = [w.root_crl(), w.person_crl(), ParsedCrl.parse(gost_crl(w.root))]
    extended = extend(w, lists, authority(kind))
    assert extended.report.indication is Indication.TOTAL_PASSED
    assert index_digest(extended.cms) == {REGISTRY.require_digest(digest_oid(w.root.private)).name}


@pytest.mark.parametrize("kind", KINDS)
def test_a_gost_signature_is_archived_by_another_authority(kind):
    w = gost_world(kind)
    lists = [w.root_crl(), w.person_crl(), ParsedCrl.parse(make_crl(ARCHIVE_ROOT))]
    extended = extend(w, lists, ARCHIVER)
    assert extended.report.indication is Indication.TOTAL_PASSED
    assert index_digest(extended.cms) == {REGISTRY.require_digest(oids.SHA256).name}


def test_another_signature_is_archived_by_a_gost_authority():
    g, w = gost_world(), world()
    lists = [w.root_crl(), ParsedCrl.parse(make_crl(w.authority)), g.root_crl()]
    extended = extend(w, lists, authority(KINDS[0]))
    assert extended.report.indication is Indication.TOTAL_PASSED
