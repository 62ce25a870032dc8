"""The last look of a set-up: what `doctor` sees of the whole station, in the window's language."""

from ui.context import UiContext
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.set_up import SetUp

__all__ = ["look_at_whole"]


def look_at_whole(ctx: UiContext, set_up: SetUp) -> list[SetUpFinding]:
    """Return everything that is not good about a station, as `doctor` says it."""
    # Imported here: the command line comes with all of its commands.
    from workstation.ctl.doctor_station import check_station
    from workstation.ctl.doctor_words import word_check

    texts = ctx.texts
    checks = check_station(set_up.at(), set_up.now(), (), set_up.unlock)
    found = [each for each in checks if each.state != "good" and each.name != "station"]
    rows = [word_check(each, texts).cells for each in found]
    return [
        SetUpFinding.make(FindingState(check.state), "said", name=str(row[1]), text=str(row[2]))
        for check, row in zip(found, rows, strict=True)
    ]
