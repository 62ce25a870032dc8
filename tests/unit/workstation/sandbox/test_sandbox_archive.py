"""A signature of the sandbox archived by its time-stamping service, over HTTP, in every family."""

import pytest

from crypto.archive.extend import ArchiveLevel, SignatureExtender, TimestampSource
from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData
from crypto.gost.kinds import GostKind, facts
from crypto.net.url import HttpUrl
from crypto.report.report import Indication
from crypto.revocation.context import ValidationContext
from crypto.tsp.client import TimestampService, request_timestamp
from tests.support.station.sandbox import DOCUMENT, MOMENT, obtained, request_of
from tests.unit.workstation.sandbox.test_sandbox_validation import Bench, fetching
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, NcaLayerMode

STREEBOG_512 = facts(GostKind.GOST3410_2015_512).digest_oid


@pytest.fixture
def bench(sandbox):
    made = Bench(sandbox)
    made.bring_lists()
    yield made
    made.store.close()


def archive(bench, sandbox, key, digest_oid):
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(NcaLayerMode.SIGN, key=key)
    cms = obtained(sandbox, request_of(key))
    constraints = bench.validator.constraints
    sources = fetching(sandbox, bench.store)
    service = TimestampService(
        url=HttpUrl.parse(sandbox.authority.tsa_url),
        digest_oid=digest_oid,
        policy_oid="",
        timeout_s=5,
    )

    def create_context():
        return ValidationContext.create(
            constraints.policy,
            trust=constraints.trust,
            timestamp_trust=constraints.timestamp_trust,
            sources=sources,
            moment=MOMENT,
        )

    extender = SignatureExtender(constraints, sources, bench.store.raw, lambda: MOMENT)
    stamping = TimestampSource(
        digest_oid, lambda octets: request_timestamp(service, octets, create_context)
    )
    return extender.extend(cms, DOCUMENT, ArchiveLevel.LTA, stamping)


@pytest.mark.parametrize(
    ("key", "digest_oid"),
    [
        (CustomerKey.GOOD, STREEBOG_512),
        (CustomerKey.GOOD, oids.SHA256),
        (CustomerKey.RSA, oids.SHA512),
        (CustomerKey.LEGACY, STREEBOG_512),
    ],
)
def test_a_customers_signature_is_archived_by_the_service(bench, sandbox, key, digest_oid):
    extended = archive(bench, sandbox, key, digest_oid)
    assert extended.report.indication is Indication.TOTAL_PASSED
    signed = SignedData.parse(extended.cms)
    assert [each.oid for each in signed.signers[0].unsigned] == [
        oids.SIGNATURE_TIME_STAMP,
        oids.ARCHIVE_TIME_STAMP_V3,
    ]
    # The customer's answer of the responder, the lists of the store about everybody else.
    assert sum(node.tag == 0xA1 for node in signed.lists) == 1
    assert len(signed.lists) > 1
