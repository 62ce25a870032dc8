from dataclasses import replace

import pytest

import resources
from tests.support.vision.observations import RECOMMENDED
from vision.models.manifest import load_manifest
from workstation.errors import PolicyRefused
from workstation.rules.policy_file import read_policy
from workstation.rules.policy_vision import (
    live_quality_settings,
    liveness_settings,
    match_settings,
    reference_quality_settings,
    require_vision_tables,
)

SHIPPED = read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())
MODEL = load_manifest().match
TABLES = ["liveness", "match", "reference_quality", "live_quality"]


def refusal(policy):
    with pytest.raises(PolicyRefused) as refused:
        require_vision_tables(policy, MODEL)
    return refused.value.detail


def changed(name, **values):
    table = dict(getattr(SHIPPED, name)) | values
    return replace(SHIPPED, **{name: tuple(table.items())})


def test_the_shipped_tables_build_every_setting_of_the_vision_room():
    require_vision_tables(SHIPPED, MODEL)
    assert liveness_settings(SHIPPED) == RECOMMENDED
    assert match_settings(SHIPPED, MODEL).match_ppm == MODEL.match_ppm == 550_000
    assert reference_quality_settings(SHIPPED) != live_quality_settings(SHIPPED)


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_threshold_is_named(name):
    table = getattr(SHIPPED, name)
    for missing, _ in table:
        short = replace(SHIPPED, **{name: tuple(each for each in table if each[0] != missing)})
        assert refusal(short) == f"$.vision.{name}.{missing} is missing"


@pytest.mark.parametrize("name", TABLES)
def test_an_unknown_threshold_is_named(name):
    assert refusal(changed(name, surprise=1)) == f"$.vision.{name}.surprise is unknown"


def test_a_threshold_that_switches_a_check_off_is_refused():
    assert "blinks" in refusal(changed("liveness", blinks=0))
    assert "match_ppm" in refusal(changed("match", match_ppm=0))


@pytest.mark.parametrize(
    "loose",
    [{"match_ppm": MODEL.match_ppm + 1}, {"review_ppm": MODEL.review_ppm + 1}, {"frames": 2}],
)
def test_a_policy_may_not_be_looser_than_the_model_it_judges_by(loose):
    (name,) = loose
    assert refusal(changed("match", **loose)) == (
        f"$.vision: match.{name} is looser than the model's own"
    )


def test_a_policy_may_be_stricter_than_the_model():
    strict = changed("match", match_ppm=300_000, review_ppm=400_000, frames=7)
    assert match_settings(strict, MODEL).match_ppm == 300_000


def test_an_attempt_has_at_least_the_commands_the_policy_demands():
    assert "commands" in refusal(replace(SHIPPED, commands_min=4))
