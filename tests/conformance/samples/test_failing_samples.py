"""Small inputs that were judged wrongly on 2026-11-28, with the outcome that is right."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.path.trust import TrustStore
from crypto.report.policy import Environment, RevocationRule
from crypto.report.report import Indication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.sources import OfflineSources
from crypto.signatures.validator import SignatureValidator
from crypto.x509.certificate import Certificate
from tests.support.pki.policies import policy

FOLDER = Path(os.environ.get("WORKSTATION_SAMPLES", "/nowhere")) / "eds" / "failing"
MOMENT = datetime(2026, 9, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="WORKSTATION_SAMPLES is not set")


def judge(name: str, *, moment: datetime = MOMENT):
    root = (FOLDER / "root.cer").read_bytes()
    trust = TrustStore.pinned(
        Environment.TEST,
        anchors=[root],
        pins=[Certificate.parse(root).sha256],
        intermediates=[(FOLDER / "nca.cer").read_bytes()],
    )
    lists = (ParsedCrl.parse((FOLDER / each).read_bytes()) for each in ("root.crl", "nca.crl"))
    validator = SignatureValidator(
        trust=trust,
        policy=policy(revocation=RevocationRule.CRL_ONLY),
        revocation=OfflineSources((), tuple(lists)),
    )
    document = validator.validate_document(
        (FOLDER / name).read_bytes(), content=None, moment=moment
    )
    return document.signatures


def stated(report, code: str) -> list[str]:
    return [each.detail for each in report.findings if each.code == code]


def test_the_good_one_passes():
    (report,) = judge("good.der")
    assert report.indication is Indication.TOTAL_PASSED


def test_rsa_without_null_is_accepted_with_a_finding():
    (report,) = judge("rsa-digestinfo-without-null.der")
    assert report.indication is Indication.TOTAL_PASSED
    assert stated(report, "signature_encoding") == ["warning:digest_info_without_null"]


def test_the_digest_that_was_signed_names_the_right_certificate_of_two():
    (report,) = judge("junk-certificate-same-issuer-serial.der")
    assert report.indication is Indication.TOTAL_PASSED
    assert "warning:namesakes:2" in stated(report, "signing_certificate")
