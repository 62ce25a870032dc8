"""A report in words: what a person reads about a time-stamp that does not count."""

from dataclasses import replace

import pytest

from crypto.report.report import (
    EvidenceItem,
    EvidenceKind,
    Indication,
    SignatureReport,
)
from workstation.documents.report_text import report_lines
from workstation.documents.texts import Texts


def report_with(reason):
    token = EvidenceItem(EvidenceKind.TST, "signature", "ab" * 32, 0, used=False, reason=reason)
    return SignatureReport(
        indication=Indication.TOTAL_PASSED,
        sub_indication=None,
        reason="signature.passed",
        subject=None,
        chain=(),
        findings=(),
        evidence=(token,),
        cms_sha256="",
        content_sha256="",
        validated_at_ms=0,
        signed_at_claim_ms=None,
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "61 s ahead of this computer's clock: check and set this computer's clock"),
        ("ru", "опережают часы этого компьютера на 61 с: проверьте и установите часы компьютера"),
        ("kk", "осы компьютердің сағатынан 61 секунд озық: компьютердің сағатын тексеріп"),
    ],
)
def test_a_clock_difference_is_worded_as_one(language, words):
    text = "\n".join(report_lines(report_with("clock_ahead:61"), Texts(language)))
    assert words in text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_proven_time_is_said_and_none_is_not(language):
    texts = Texts(language)
    words = texts.tr("report.proven_at")
    report = report_with("counted")
    assert words not in "\n".join(report_lines(report, texts))
    dated = "\n".join(report_lines(replace(report, proven_at_ms=1000), texts))
    assert f"{texts.tr('report_line.proven_at')}: 1970-01-01T00:00:01+00:00: {words}" in dated
