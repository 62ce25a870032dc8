from dataclasses import fields, replace

import pytest

from tests.support.vision.observations import RECOMMENDED
from vision.errors import VisionSettingsRefused
from vision.liveness.settings import LivenessSettings


@pytest.mark.parametrize("name", [each.name for each in fields(LivenessSettings)])
def test_no_number_may_switch_a_check_off(name):
    with pytest.raises(VisionSettingsRefused, match=name):
        replace(RECOMMENDED, **{name: 0})


@pytest.mark.parametrize(
    "change",
    [
        {"commands": 2},
        {"commands": 5},
        {"pause_most_ms": RECOMMENDED.pause_least_ms},
        {"blink_confirm_ppm": 800_000},
        {"parallax_flat_ppm": RECOMMENDED.parallax_ppm},
    ],
)
def test_contradictory_numbers_are_refused(change):
    with pytest.raises(VisionSettingsRefused):
        replace(RECOMMENDED, **change)


def test_nothing_has_a_default():
    with pytest.raises(TypeError):
        LivenessSettings()
