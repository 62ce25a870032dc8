"""Records of 2025 under the rules of then, and what the rules of 2026 make of them."""

from dataclasses import replace
from datetime import date

import pytest

import resources
from crypto.log.audit.reader import LogReader
from tests.support.station.recorded import RecordedLog, write_sessions
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Cause, Change
from workstation.replay.report import ReplayReport, Selection, replay_log
from workstation.rules.policy import Policy
from workstation.rules.policy_file import read_policy

COUNT = 120
DAY = date(2025, 6, 2)


def shipped(name: str) -> Policy:
    return read_policy(resources.path("policies", f"{name}.toml").read_bytes())


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> RecordedLog:
    folder = tmp_path_factory.mktemp("of-2025")
    return write_sessions(folder, COUNT, policy=shipped("kz-2024-08-20"), day=DAY)


def replayed(log: RecordedLog, policy: Policy, selection: Selection | None = None) -> ReplayReport:
    with LogReader(log.path, log.vkey) as reader, reader.snapshot() as view:
        return replay_log(
            view,
            DraftPolicy(policy, {}),
            selection or Selection(),
            progress=lambda *_: None,
            cancelled=lambda: False,
        )


def test_records_of_2025_come_to_their_own_outcome_under_the_rules_of_2024(log):
    report = replayed(log, shipped("kz-2024-08-20"))

    assert (report.records, report.count(Change.SAME), report.broken) == (COUNT, COUNT, 0)


def test_the_rules_of_2026_let_nobody_in_whom_those_of_2024_refused(log):
    then, now = shipped("kz-2024-08-20"), shipped("kz-2026-07-12")
    assert replayed(log, now).count(Change.LET_IN) == 0
    # Signatures of then were not held against the demands of 2026: what else those sessions lack
    # is seen under the demands of then.
    demands = {"signer": then.signer, "crl_max_age_s": then.crl_max_age_s}
    report = replayed(log, replace(now, **demands))

    assert report.records == COUNT
    assert report.count(Change.SAME) < COUNT
    assert report.count(Change.LET_IN) == 0
    asked = {each.check for each in report.rows if each.cause is Cause.NOT_ASKED}
    assert asked


def test_records_are_chosen_by_the_day_in_kazakhstan(log):
    policy = shipped("kz-2024-08-20")

    assert replayed(log, policy, Selection(first=DAY, last=DAY)).records == COUNT
    assert replayed(log, policy, Selection(first=date(2025, 6, 3))).records == 0
