"""A monkey at the counter, signed in: whatever it does, nothing breaks and nothing is approved.

WORKSTATION_MONKEY=20x500 plays the whole; by default fewer seeds are played.
"""

import os
from pathlib import Path

import pytest

from tests.support.desktop.counter import LiveCounter
from tests.support.desktop.monkey import Monkey
from ui.navigation import Page

SEEDS, EVENTS = (int(each) for each in os.environ.get("WORKSTATION_MONKEY", "3x200").split("x"))
TOLD = Path(os.environ.get("WORKSTATION_MONKEY_TOLD", os.devnull))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_is_pressed_nothing_breaks_and_nothing_is_approved_without_evidence(
    open_window, site, tmp_path, qtlog, seed
):
    def warnings():
        return [record.message for record in qtlog.records if not record.ignored]

    counter = LiveCounter(open_window, site)
    counter.sign_in()
    monkey = Monkey(counter, seed, tmp_path, warnings)

    monkey.play(EVENTS)

    pages = " ".join(sorted(page.value for page in monkey.seen))
    with TOLD.open("a", encoding="utf-8") as told:
        told.write(f"{seed}: approved={len(monkey.approved)} pages={pages}\n")
    assert len(monkey.seen & set(Page)) > 3
