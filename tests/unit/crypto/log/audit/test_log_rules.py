"""Rules of whoever writes the entries are asked of each; an audit can be watched and ended."""

import shutil

import pytest

from crypto.log.audit.audit import audit
from crypto.log.file.faults import AuditFinding, AuditStatus, LogFault, Tier
from tests.support.station.log import LogSite, flip, vandalise
from tests.support.station.log_audit import SIZE, expectations, found, verdict


@pytest.fixture(name="site")
def copied_site(good_log, tmp_path):
    shutil.copytree(good_log, tmp_path / "site")
    return LogSite(tmp_path / "site")


class Rules:
    """Rules that break where they are told to."""

    def __init__(self, *, at=None, index=None, end=None):
        self.at, self.index, self.end, self.seen = at, index, end, []

    def check(self, entry):
        self.seen.append(entry.seq)
        return AuditFinding("rule.test", self.index) if entry.seq == self.at else None

    def finish(self):
        return self.end

    @property
    def findings(self):
        return (AuditFinding("look", 3),) if self.seen else ()


def test_rules_see_every_entry_in_order_and_their_findings_are_reported(site):
    rules = Rules()

    report = verdict(site, Tier.RULES, rules=lambda: rules)

    assert (report.status, report.reason, report.ruled) == (AuditStatus.PASSED, "", True)
    assert rules.seen == list(range(SIZE))
    assert report.findings == (AuditFinding("look", 3),)


def test_a_broken_rule_is_named_on_the_entry_that_the_rules_name(site):
    report = verdict(site, Tier.RULES, rules=lambda: Rules(at=20, index=17))

    assert found(report) == (LogFault.RULE, 17)
    assert (report.status, report.rule, report.reason) == (
        AuditStatus.FAILED,
        "rule.test",
        "rule.test",
    )


def test_a_rule_that_only_the_end_breaks_is_named(site):
    report = verdict(site, Tier.EVERY_HEAD, rules=lambda: Rules(end=AuditFinding("rule.end", 9)))

    assert (found(report), report.reason) == ((LogFault.RULE, 9), "rule.end")


@pytest.mark.parametrize(("tier", "rules"), [(Tier.ATTRIBUTION, Rules), (Tier.RULES, None)])
def test_the_report_says_when_no_rules_were_asked(site, tier, rules):
    report = verdict(site, tier, rules=rules)

    assert (report.status, report.ruled, report.findings) == (AuditStatus.PASSED, False, ())


def test_the_logs_own_fault_comes_before_a_broken_rule(site):
    vandalise(site.path, flip("body", "entry", "seq = 17"))

    report = verdict(site, Tier.RULES, rules=lambda: Rules(at=18, index=18))

    assert (found(report), report.reason) == ((LogFault.LEAF, 17), "leaf")


@pytest.mark.parametrize("tier", list(Tier))
def test_whoever_waits_is_told_how_far_it_is(site, tier):
    told = []

    audit(site.path, expectations(site), tier, progress=lambda *now: told.append(now))

    assert told[0] == (0, SIZE)
    assert told == sorted(told)
    assert len(told) > 1


@pytest.mark.parametrize("tier", list(Tier))
def test_an_audit_that_is_ended_says_nothing_of_the_log(site, tier):
    asked = []

    def cancelled():
        asked.append(None)
        return len(asked) > 1

    report = audit(site.path, expectations(site), tier, cancelled=cancelled)

    assert (report.status, report.fault, report.index) == (
        AuditStatus.INDETERMINATE,
        LogFault.CANCELLED,
        None,
    )
    assert report.size < SIZE
