import threading

import pytest

from resources import LANGUAGES
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    ProbeRunner,
    ProbeState,
    conclude,
)
from workstation.documents.texts import Texts
from workstation.errors import SettingsRefused


def probe(run, deadline_s=20.0, subject="phone_owner"):
    return Probe(ProbeKind.REGISTRY, subject, run, deadline_s)


def good(_stopped=None):
    return conclude(ProbeKind.REGISTRY, "phone_owner", ProbeFinding.ANSWERS)


def test_every_kind_is_looked_at_in_one_area():
    placed = [kind for area in ProbeArea for kind in KINDS[area]]

    assert sorted(placed) == sorted(ProbeKind)


@pytest.mark.parametrize("finding", ProbeFinding)
def test_whatever_is_not_good_says_what_to_do_in_every_language(finding):
    found = conclude(ProbeKind.REGISTRY, "x", finding)

    assert (found.next_step == "") is (found.state is ProbeState.OK)
    for language in LANGUAGES:
        texts = Texts(language)
        assert texts.has(found.code)
        assert not found.next_step or texts.has(found.next_step)


def test_a_probe_that_ends_is_told_with_its_time():
    found = ProbeRunner().run(probe(good))

    assert (found.code, found.state) == ("probe.answers", ProbeState.OK)


def test_a_probe_that_hangs_is_said_to_hang_and_is_not_begun_again():
    runner, free, begun = ProbeRunner(), threading.Event(), []

    def hang(_stopped):
        begun.append(1)
        free.wait(30)
        return good()

    first = runner.run(probe(hang, 0.2))
    second = runner.run(probe(hang, 0.2))
    free.set()

    assert (first.code, second.code, len(begun)) == ("probe.hangs", "probe.hangs", 1)
    assert first.next_step == "probe_next.hangs"
    assert first.took_ms >= 200


def test_who_leaves_waits_for_no_probe():
    free = threading.Event()

    found = ProbeRunner().run(probe(lambda _: free.wait(30) and good(), 30), lambda: True)
    free.set()

    assert found.code == "probe.cancelled"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsRefused("920314400005 Нурланов"), "settings_refused"),
        (PermissionError("920314400005"), "PermissionError"),
        (RuntimeError("920314400005"), "internal"),
    ],
)
def test_an_error_becomes_its_code_and_never_its_text(error, code):
    def fail(_stopped):
        raise error

    found = ProbeRunner().run(probe(fail))

    assert (found.code, found.facts) == ("probe.failed", ((ProbeFact.CODE, code),))


def test_what_comes_from_outside_steers_no_terminal_and_no_eye():
    hostile = "C920\x1b[2J\u202egro.live\n<img src=//x>" + "x" * 500

    found = ProbeResult(
        ProbeKind.CAMERA, hostile, "probe.there", ProbeState.OK, ((ProbeFact.NAME, hostile),)
    )

    assert found.subject.isprintable()
    assert found.facts[0][1].isprintable()
    assert len(found.subject) == 200


def test_several_probes_are_handed_over_as_they_end():
    runner, free, taken = ProbeRunner(), threading.Event(), []
    slow = probe(lambda _: free.wait(30) and good(), 30, "slow")

    def take(found):
        taken.append(found.name)
        free.set()

    quick = probe(
        lambda _: conclude(ProbeKind.REGISTRY, "quick", ProbeFinding.ANSWERS), 30, "quick"
    )
    runner.run_all((slow, quick), take)

    assert taken == ["registry:quick", "registry:phone_owner"]
