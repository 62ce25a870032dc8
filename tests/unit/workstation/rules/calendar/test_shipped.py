"""The versions that are shipped are one calendar from 20 August 2024 on."""

from datetime import date

import pytest

import resources
from vision.models.manifest import load_manifest
from workstation.rules.calendar.calendar import PolicyCalendar, PolicyVersion
from workstation.rules.checks import ALWAYS_HARD, CheckId
from workstation.rules.policy_file import read_policy
from workstation.rules.policy_vision import require_vision_tables

PATHS = sorted(resources.path("policies").glob("*.toml"))
POLICIES = [read_policy(path.read_bytes()) for path in PATHS]
THE_THREE = ("change_trusted_phone", "app_registration", "loan_issue")
OF_THEIR_DAY = POLICIES[:2]


def test_the_three_versions_follow_each_other_without_a_gap():
    calendar = PolicyCalendar.arrange([PolicyVersion(each) for each in POLICIES])
    assert [(each.policy.id, str(each.policy.valid_to)) for each in calendar.versions] == [
        ("kz-2024-08-20", "2026-01-18"),
        ("kz-2026-01-19", "2026-07-11"),
        ("kz-2026-07-12", "None"),
    ]
    assert calendar.require(date(2025, 6, 1)).policy.id == "kz-2024-08-20"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_version_is_called_by_its_id_and_its_first_day(path):
    policy = read_policy(path.read_bytes())
    assert path.stem == policy.id == f"kz-{policy.valid_from}"
    assert b"\r" not in path.read_bytes()
    require_vision_tables(policy, load_manifest().match)


@pytest.mark.parametrize("policy", OF_THEIR_DAY, ids=lambda policy: policy.id)
def test_what_was_no_law_then_is_the_banks_own_rule_or_not_there(policy):
    assert tuple(each.kind for each in policy.operations) == THE_THREE
    assert policy.idec_required == ()
    begun = [each for each in policy.rules if each.effective_from > policy.valid_from]
    assert begun == []
    demanded = {each.check for operation in policy.operations for each in operation.required}
    assert CheckId.AUTHORITY not in demanded
    assert {each.check for each in policy.rules if each.check is not None} >= demanded


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_version_demands_both_methods_firmly(policy):
    for operation in policy.operations:
        for check in ALWAYS_HARD:
            required = operation.requires(check)
            assert (required.hardness, required.when) == ("hard", ())


def test_three_commands_are_the_banks_in_2024_and_the_laws_in_2026():
    grades = [each.rule("B-02").grade for each in OF_THEIR_DAY]
    assert grades == ["bank", "press"]


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("E-03", "kz-2024-08-20"),
        ("L-02", "kz-2026-01-19"),
        ("F-01", "kz-2026-01-19"),
        ("B-05", "kz-2026-07-12"),
    ],
)
def test_a_rule_is_there_from_the_version_that_it_came_with(rule, first):
    having = [each.id for each in POLICIES if rule in {found.id for found in each.rules}]
    assert having[0] == first
    assert having == [each.id for each in POLICIES if each.id >= first]
