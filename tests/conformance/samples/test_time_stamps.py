"""Small inputs of 2026-11-28 that were judged wrongly for what their time-stamps are."""

from datetime import UTC, datetime

import pytest

from crypto.path.trust import TrustStore
from crypto.report.policy import Environment, RevocationRule
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.support.pki.policies import policy

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def failing(samples):
    return samples / "eds" / "failing"


@pytest.fixture
def validator(failing):
    root = (failing / "root.cer").read_bytes()
    lists = [ParsedCrl.parse((failing / f"{name}.crl").read_bytes()) for name in ("root", "nca")]
    return SignatureValidator(
        trust=TrustStore.pinned(
            Environment.TEST,
            anchors=[root],
            pins=[Certificate.parse(root).sha256],
            intermediates=[(failing / "nca.cer").read_bytes()],
        ),
        policy=policy(revocation=RevocationRule.CRL_ONLY),
        revocation=OfflineSources((), tuple(lists)),
    )


def test_a_junk_token_that_was_appended_is_a_warning(failing, validator):
    cms = (failing / "junk-token-appended.der").read_bytes()
    (report,) = validator.validate_document(cms, content=None, moment=AT).signatures
    (stamp,) = [f for f in report.findings if f.code == "timestamp"]
    assert report.indication is Indication.TOTAL_PASSED
    assert stamp.status is FindingStatus.INDETERMINATE
    assert stamp.warning


def test_a_signer_whose_certificate_has_expired_since_passes_as_of_the_stamp(failing, validator):
    """NCANode #225: two signers, both stamped; the first one's certificate ended an hour later."""
    cms = (failing / "ncanode225-first-signer-expired.der").read_bytes()
    at = AT.replace(hour=14)
    reports = validator.validate_document(cms, content=None, moment=at).signatures
    assert [each.indication for each in reports] == [Indication.TOTAL_PASSED] * 2
    assert [each.proven_at_ms for each in reports] == [int(AT.timestamp() * 1000)] * 2
