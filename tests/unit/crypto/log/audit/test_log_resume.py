"""An audit goes on from where an earlier one came to, and believes nothing that it does not see."""

import shutil
from dataclasses import replace

import pytest

from crypto.errors import NoteMalformed
from crypto.log.audit.audit import audit
from crypto.log.audit.resume import ResumePoint, make_resume_point
from crypto.log.file.faults import AuditFinding, AuditStatus, LogFault, Tier
from tests.support.station.log import LogSite, flip, vandalise
from tests.support.station.log_audit import SIZE, cut, expectations, found


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


class Rules:
    """Rules that count, so that what they know is the same after a resumed audit."""

    def __init__(self):
        self.kinds = []

    def check(self, entry):
        self.kinds.append((entry.seq, entry.kind, entry.actor, dict(entry.data), entry.t_ms))

    def finish(self):
        return AuditFinding("rule.odd", 0) if len(self.kinds) % 2 else None

    @property
    def findings(self):
        return ()


def verify(site, resume=None, tier=Tier.RULES, cancelled=None, **changes):
    known = expectations(site, **({"minimum_size": 1, "rules": Rules} | changes))
    report = audit(site.path, known, tier, resume=resume, cancelled=cancelled)
    return report, make_resume_point(report, known)


def half(site, **changes):
    """End an audit at its second look, after one tile."""
    looks = iter([False, True])
    report, point = verify(site, cancelled=lambda: next(looks), **changes)
    assert report.fault is LogFault.CANCELLED
    return point


@pytest.mark.parametrize("tier", list(Tier))
def test_a_resumed_audit_says_what_a_whole_one_says(site, tier):
    whole, _ = verify(site, tier=tier)
    point = half(site, tier=tier)
    assert point.size == 256
    resumed, further = verify(site, ResumePoint.parse(point.encode()), tier)

    assert (resumed.resumed, replace(resumed, resumed=0)) == (256, whole)
    assert further.size == SIZE


def test_what_came_since_is_verified_with_all_that_was_known_before(site):
    _, point = verify(site)
    with site.open() as store:
        store.append("x", {"a": 1})
    resumed, _ = verify(site, point)

    # The session that the teller left open is closed by the log with its count.
    assert (resumed.status, resumed.resumed) == (AuditStatus.FAILED, SIZE)
    assert resumed.reason == "rule.odd"
    assert verify(site, point, Tier.RULES, rules=None)[0].resumed == SIZE


@pytest.mark.parametrize("seq", [0, 17, 255, 256, SIZE - 1])
def test_a_change_below_the_point_is_named_all_the_same(site, seq):
    point = half(site)
    vandalise(site.path, flip("body", "entry", f"seq = {seq}"))

    report, further = verify(site, point)
    assert (found(report), further) == ((LogFault.LEAF, seq), None)
    # The point spares nothing where its tree is not there.
    assert report.resumed == (0 if seq < 256 else 256)


def test_a_tree_that_is_not_the_points_was_rewritten(site):
    point = replace(half(site), root=bytes(32))

    for tier in (Tier.INTEGRITY, Tier.RULES):
        report, _ = verify(site, replace(point, basis=half(site, tier=tier).basis), tier)
        assert found(report) == (LogFault.FORKED, 255)
        assert (report.since, report.resumed) == (0, 0)


def test_a_log_shorter_than_the_point_was_rolled_back(site):
    _, point = verify(site)
    cut(site, 200)

    assert found(verify(site, point)[0]) == (LogFault.ROLLED_BACK, 200)


def test_a_point_of_another_tier_or_other_keys_is_passed_over(site):
    _, point = verify(site)

    assert verify(site, point, Tier.ATTRIBUTION)[0].resumed == 0
    trusted = (site.supervisor.verifier, site.session_key.verifier)
    assert verify(site, point, trusted=trusted)[0].resumed == 0


def test_a_fault_leaves_no_point(site):
    vandalise(site.path, flip("body", "entry", "seq = 299"))

    assert verify(site)[1] is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"v":"tv-log-resume/v1","size":0,"root":"","basis":""}',
        b'{"v":"tv-log-resume/v1","size":5,"root":"AAAA","basis":"AAAA"}',
        b'{"v":"tv-log-resume/v2","size":5,"root":"AAAA","basis":"AAAA"}',
        b'{"v":"tv-log-resume/v1","size":5,"root":"=","basis":"AAAA"}',
    ],
)
def test_what_is_no_point_is_refused(text):
    with pytest.raises(NoteMalformed):
        ResumePoint.parse(text)
