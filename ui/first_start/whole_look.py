"""The last look of a set-up: the whole station by `doctor`, its devices and services by probes."""

from ui.context import UiContext
from workstation.diagnosis.probe import ProbeResult, ProbeState
from workstation.documents.texts import Texts
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.set_up import SetUp

__all__ = ["look_at_whole", "tell_probe"]


def look_at_whole(ctx: UiContext, set_up: SetUp) -> list[SetUpFinding]:
    """Return everything that is not good about a station, as `doctor` says it, and its parts."""
    return [*_look_by_doctor(ctx.texts, set_up), *_try_parts(ctx.texts, set_up)]


def _look_by_doctor(texts: Texts, set_up: SetUp) -> list[SetUpFinding]:
    # Imported here: the command line comes with all of its commands.
    from workstation.ctl.doctor_station import check_station
    from workstation.ctl.doctor_words import word_check

    checks = check_station(set_up.at(), set_up.now(), (), set_up.unlock)
    found = [each for each in checks if each.state != "good" and each.name != "station"]
    rows = [word_check(each, texts).cells for each in found]
    return [
        SetUpFinding.make(FindingState(check.state), "said", name=str(row[1]), text=str(row[2]))
        for check, row in zip(found, rows, strict=True)
    ]


def _try_parts(texts: Texts, set_up: SetUp) -> list[SetUpFinding]:
    """Try camera, ways to sign and services; what is not there now keeps nobody from the end."""
    from workstation.diagnosis.areas import ProbeArea
    from workstation.diagnosis.diagnosis import Diagnosis
    from workstation.diagnosis.probe import ProbeRunner
    from workstation.first_start.lists import opened_lists
    from workstation.settings.settings import load_settings

    found: list[ProbeResult] = []
    with opened_lists(set_up.at(), set_up.now()) as lists:
        loaded = load_settings(set_up.at())
        diagnosis = Diagnosis(loaded, lambda: lists, running=False, now=set_up.now)
        areas = (ProbeArea.DEVICES, ProbeArea.SERVICES)
        probes = [probe for area in areas for probe in diagnosis.find_probes(area)]
        ProbeRunner().run_all(probes, found.append)
    return [tell_probe(texts, each) for each in sorted(found, key=lambda result: result.name)]


def tell_probe(texts: Texts, result: ProbeResult) -> SetUpFinding:
    """Return what a probe found; what is not there now keeps nobody from going on."""
    from workstation.ctl.probe_text import word_result

    state = FindingState.GOOD if result.state is ProbeState.OK else FindingState.WARNING
    _, what, seen = word_result(texts, result)
    todo = texts.tr(result.next_step) if result.next_step else ""
    return SetUpFinding.make(state, "said", name=what, text=f"{seen}. {todo}" if todo else seen)
