"""A draft's changes are told by operation and rule, and which way each of them goes."""

import re
from dataclasses import fields, replace

import pytest

import resources
from vision.face.quality import QualitySettings
from vision.liveness.settings import LivenessSettings
from vision.matching.settings import MatchSettings
from workstation.rules.calendar.difference import ChangeKind, Effect, compare_policies
from workstation.rules.calendar.directions import DIRECTIONS
from workstation.rules.policy import FaceRules
from workstation.rules.policy_file import read_policy
from workstation.rules.policy_tables import LimitsTable

SHIPPED = resources.path("policies", "kz-2026-07-12.toml").read_text(encoding="utf-8")
OLD = read_policy(SHIPPED.encode())
_WHEN = '{ fact = "amount_mci", at_least = 1_000 },'


def changes(pattern, new):
    text, count = re.subn(pattern, new, SHIPPED, count=1, flags=re.MULTILINE)
    assert count == 1
    return compare_policies(OLD, read_policy(text.encode()))


def test_every_number_of_a_policy_has_a_direction_or_is_said_to_have_none():
    wanted = {f"limits.{each}" for each in LimitsTable.__struct_fields__}
    wanted |= {f"faces.{each.name}" for each in fields(FaceRules)}
    wanted |= {"authority.idec_match_percent", "vision.exception_officers"}
    for table, shape in (
        ("liveness", LivenessSettings),
        ("match", MatchSettings),
        ("reference_quality", QualitySettings),
        ("live_quality", QualitySettings),
    ):
        wanted |= {f"vision.{table}.{each.name}" for each in fields(shape)}
    assert DIRECTIONS.keys() == wanted


def test_a_policy_is_no_other_than_itself():
    assert compare_policies(OLD, OLD) == ()
    assert compare_policies(OLD, replace(OLD, id="x", sha256="y", valid_to=OLD.valid_from)) == ()


@pytest.mark.parametrize(
    ("pattern", "new", "effect", "kind", "at"),
    [
        (r"^attempts_max = 3", "attempts_max = 2", "stricter", "number", "limits.attempts_max"),
        (r"^commands_min = 3", "commands_min = 4", "stricter", "number", "limits.commands_min"),
        (
            r"^cool_down_ms = \S+",
            "cool_down_ms = 60_000",
            "looser",
            "number",
            "limits.cool_down_ms",
        ),
        (
            r"^exception_officers = 2",
            "exception_officers = 0",
            "stricter",
            "number",
            "vision.exception_officers",
        ),
        (
            r"^exception_officers = 2",
            "exception_officers = 3",
            "stricter",
            "number",
            "vision.exception_officers",
        ),
        (
            r"^match_ppm = \S+",
            "match_ppm = 500_000",
            "stricter",
            "number",
            "vision.match.match_ppm",
        ),
        (
            r"^baseline_ms = \S+",
            "baseline_ms = 1_100",
            "other",
            "number",
            "vision.liveness.baseline_ms",
        ),
        (r'  "more_time",\n', "", "stricter", "forbidden", "accommodations"),
        (r"^kzt = 4325", "kzt = 4326", "other", "member", "mci_kzt"),
        (r'^carrier = "any"', 'carrier = "hardware"', "other", "changed", "carrier"),
    ],
)
def test_what_is_about_all_operations_goes_by_the_table_of_directions(
    pattern, new, effect, kind, at
):
    (found,) = changes(pattern, new)
    assert (found.effect, found.kind, found.operation, found.at) == (effect, kind, "", at)


@pytest.mark.parametrize(
    ("pattern", "new", "effect", "kind", "at", "rule"),
    [
        (
            r'  \{ check = "not_staff", hardness = "silent", rule = "S-01" \},\n',
            "",
            "looser",
            "check_removed",
            "not_staff",
            "S-01",
        ),
        (
            r'(check = "not_staff", hardness = )"silent"',
            r'\1"soft"',
            "stricter",
            "hardness",
            "not_staff",
            "S-01",
        ),
        (
            r'(check = "old_phone_owner", hardness = )"soft"',
            r'\1"silent"',
            "looser",
            "hardness",
            "old_phone_owner",
            "P-01.old_number",
        ),
        (
            r'  \{ source = "bank", greatest_age_days = 1_825 \},\n',
            "",
            "stricter",
            "source_removed",
            "bank",
            "",
        ),
        (
            r'(source = "registry", greatest_age_days = )3_650',
            r"\g<1>0",
            "looser",
            "number",
            "registry.greatest_age_days",
            "",
        ),
        (r'"palm", "video', '"video', "stricter", "way_removed", "liveness", "B-02"),
    ],
)
def test_a_change_of_one_operation_names_it_and_the_rule(pattern, new, effect, kind, at, rule):
    (found,) = changes(pattern, new)
    assert (found.effect, found.kind, found.at, found.rule) == (effect, kind, at, rule)
    assert found.operation == "change_trusted_phone"


@pytest.mark.parametrize(
    ("new", "effect"),
    [
        ("", "stricter"),
        (_WHEN.replace("1_000", "900"), "stricter"),
        (_WHEN.replace("1_000", "2_000"), "looser"),
        (_WHEN.replace("at_least", "above"), "other"),
        (_WHEN + ' { fact = "resident", equals = true },', "looser"),
    ],
)
def test_a_check_that_is_asked_for_more_often_is_stricter(new, effect):
    (found,) = changes(re.escape(_WHEN), new)
    assert (found.effect, found.kind) == (effect, ChangeKind.CONDITIONS)
    assert (found.operation, found.at, found.rule) == ("loan_issue", "spouse_consent", "L-05")


def test_a_longer_wait_is_one_more_and_one_less():
    found = changes(r"hours = 24, rule = \"L-02\"", 'hours = 48, rule = "L-02"')
    assert [(each.kind, each.before, each.after) for each in found] == [
        ("wait_removed", "24 h amount_mci above 255", ""),
        ("wait_added", "", "48 h amount_mci above 255"),
    ]


def test_words_are_texts_and_no_rule():
    (found,) = changes(r'^ru = "Критические операции', 'ru = "Все критические операции')
    assert (found.effect, found.at, found.rule) == (Effect.TEXT, "E-03", "E-03")


def test_operations_that_come_and_go_are_told():
    fewer = replace(OLD, operations=OLD.operations[1:])
    (gone,) = compare_policies(OLD, fewer)
    (come,) = compare_policies(fewer, OLD)
    assert (gone.effect, gone.kind) == ("stricter", "operation_removed")
    assert (come.effect, come.kind) == ("other", "operation_added")
