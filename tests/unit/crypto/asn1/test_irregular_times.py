"""A fraction of a second in a certificate or a list is accepted, and the report says so.

RFC 5280 forbids it in both; authorities were seen to write it.
"""

from datetime import timedelta

import pytest

from crypto.asn1 import writer as w
from crypto.gost.kinds import GostKind
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from tests.support.pki.certificates import END, NOW, PERSON_EXTENSIONS, START, person_name
from tests.support.pki.gost_world import gost_crl, gost_issue, gost_key, gost_world

W = gost_world()


def fractional(moment, digits=b"25"):
    return w.tlv(0x18, f"{moment:%Y%m%d%H%M%S}.".encode() + digits + b"Z")


def person(not_after):
    return gost_issue(
        person_name(),
        gost_key(GostKind.GOST3410_2015_512, "person"),
        W.authority,
        PERSON_EXTENSIONS,
        serial=1001,
        times=(w.utc_time(START), not_after),
    )


def report(holder, held):
    cms = W.cms(holder=holder)
    return W.report(cms, W.sources(lambda _: W.good(bytes(range(16))), held))


@pytest.mark.parametrize("digits", [b"25", b"000000001"])
def test_a_certificate_with_a_fraction_is_valid_and_the_report_tells_of_it(digits):
    found = report(person(fractional(END, digits)), [W.root_crl()])
    assert found.indication is Indication.TOTAL_PASSED
    told = [f for f in found.findings if f.code == "certificate_times"]
    assert [(f.status, f.detail) for f in told] == [
        (FindingStatus.INDETERMINATE, "warning:fractions"),
    ]


def test_a_certificate_with_whole_seconds_has_no_such_finding():
    found = report(person(w.utc_time(END)), [W.root_crl()])
    assert found.indication is Indication.TOTAL_PASSED
    assert "certificate_times" not in {f.code for f in found.findings}


def test_the_fraction_counts_in_the_comparison():
    late = person(fractional(NOW, b"5"))
    assert late.parsed.not_after == NOW + timedelta(milliseconds=500)


def test_a_list_with_a_fraction_counts_and_the_evidence_tells_of_it():
    times = (fractional(NOW - timedelta(hours=1)), w.utc_time(NOW + timedelta(days=1)))
    held = ParsedCrl.parse(gost_crl(W.root, times=times))
    found = report(W.person, [held])
    assert found.indication is Indication.TOTAL_PASSED
    (item,) = [e for e in found.evidence if e.sha256 == held.sha256]
    assert (item.used, item.reason) == (True, "counted_fractions")
