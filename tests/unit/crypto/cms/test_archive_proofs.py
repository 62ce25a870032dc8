"""Archive time-stamps in a validation: what they prove, and that none takes anything away."""

from datetime import UTC, datetime, timedelta

import pytest

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node
from crypto.cms.additions import encode_ocsp_choice
from crypto.cms.create import attribute
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.archives import (
    ARCHIVE_ROOT,
    DECADE,
    add,
    add_archive_stamp,
    add_stamp,
    trust_both,
)
from tests.support.pki.certificates import CONTENT, NOW, make_crl, world
from tests.support.pki.time_stamping import stamp

W = world()
LIST, ROOT_LIST = make_crl(W.authority), W.root_crl().raw
ARCHIVED = NOW + timedelta(minutes=1)
OF_LATER = make_crl(
    ARCHIVE_ROOT, this_update=DECADE - timedelta(hours=1), next_update=DECADE + timedelta(hours=1)
)


def with_material(cms=None, lists=(LIST, ROOT_LIST)):
    return add(
        add_stamp(cms or W.cms(), NOW),
        certificates=[W.authority.der, W.root.der],
        revocation=[*lists, encode_ocsp_choice(W.good(None))],
    )


def judge(cms, moment=DECADE, content=CONTENT):
    held = [ParsedCrl.parse(OF_LATER if moment == DECADE else make_crl(ARCHIVE_ROOT))]
    now = [ParsedCrl.parse(LIST), ParsedCrl.parse(ROOT_LIST)] if moment != DECADE else []
    sources = W.sources(None, [*held, *now])
    validator = W.validator(sources, trust=trust_both())
    (report,) = validator.validate_document(cms, content=content, moment=moment).signatures
    return report


def archive_steps(report):
    return [each for each in report.findings if each.code == "archive_timestamp"]


def test_ten_years_later_an_archived_signature_passes_as_of_its_time_stamp():
    report = judge(add_archive_stamp(with_material(), ARCHIVED))
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    assert datetime.fromtimestamp(report.proven_at_ms / 1000, UTC) == NOW
    assert [each.status for each in archive_steps(report)] == [FindingStatus.PASSED]


def test_an_archive_stamp_alone_proves_its_own_time():
    cms = add(
        W.cms(),
        certificates=[W.authority.der, W.root.der],
        revocation=[LIST, ROOT_LIST, encode_ocsp_choice(W.good(None))],
    )
    report = judge(add_archive_stamp(cms, ARCHIVED))
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    assert datetime.fromtimestamp(report.proven_at_ms / 1000, UTC) == ARCHIVED


def test_without_the_archive_stamp_nothing_is_proven_any_more():
    assert judge(with_material()).indication is Indication.INDETERMINATE


def test_material_that_came_after_the_archive_stamp_is_not_proven():
    stamped = add_archive_stamp(with_material(lists=[LIST]), ARCHIVED)
    assert judge(add(stamped, revocation=[ROOT_LIST])).indication is Indication.INDETERMINATE


def test_a_time_stamp_without_proven_status_leaves_the_time_to_the_archive_stamp():
    stamped = add_archive_stamp(with_material(lists=[ROOT_LIST]), ARCHIVED)
    report = judge(add(stamped, revocation=[LIST]))
    assert report.indication is Indication.TOTAL_PASSED
    assert datetime.fromtimestamp(report.proven_at_ms / 1000, UTC) == ARCHIVED


def test_a_later_archive_stamp_dates_the_earlier_one():
    inner = add_archive_stamp(with_material(), ARCHIVED, W.stamper)
    assert judge(inner).indication is Indication.INDETERMINATE
    report = judge(add_archive_stamp(inner, ARCHIVED + timedelta(days=30)))
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    assert [each.status for each in archive_steps(report)] == [FindingStatus.PASSED] * 2


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        (attribute(oids.ARCHIVE_TIME_STAMP_V3, stamp(b"x")), "archive_refused:index_missing"),
        (attribute(oids.ARCHIVE_TIME_STAMP_V3, w.null()), "token_unreadable"),
        (
            attribute(oids.ARCHIVE_TIME_STAMP_V2, stamp(b"x")),
            "archive_refused:not_supported:archive-time-stamp-v2",
        ),
        (
            attribute(oids.ARCHIVE_TIME_STAMP, stamp(b"x")),
            "archive_refused:not_supported:archive-time-stamp",
        ),
        (
            attribute(oids.LONG_TERM_VALIDATION, w.sequence()),
            "archive_refused:not_supported:long-term-validation",
        ),
    ],
)
def test_an_archive_stamp_that_does_not_count_warns_and_takes_nothing_away(added, reason):
    report = judge(add(with_material(), unsigned={0: [added]}), NOW + timedelta(minutes=2))
    assert report.indication is Indication.TOTAL_PASSED, (report.reason, report.findings)
    (step,) = archive_steps(report)
    assert step.warning
    assert step.detail.startswith(f"warning:{reason}")


def test_an_archive_stamp_of_other_content_does_not_count():
    cms = add_archive_stamp(with_material(W.cms(detached=True)), ARCHIVED, content=b"other")
    report = judge(cms)
    assert report.indication is Indication.INDETERMINATE
    assert archive_steps(report)[0].detail == "warning:other_signature"


def test_a_challenge_looks_at_no_archive_stamp():
    report = W.report(add_archive_stamp(with_material(), ARCHIVED))
    assert archive_steps(report) == []


def test_a_response_alone_among_the_lists_is_read_as_such():
    response = W.good(None)
    basic = list(Node.at(response, 0, len(response)).children())[1].only_child()
    raw = list(basic.children())[1].content
    cms = add(W.cms(), revocation=[w.tlv(0xA1, w.oid(oids.OCSP_BASIC), raw)])
    report = judge(cms, NOW)
    assert any(each.kind == "ocsp" and each.source == "signature" for each in report.evidence)
