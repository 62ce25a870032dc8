from dataclasses import replace
from math import inf, nan

import pytest

from tests.support.vision.observations import seen
from tests.support.vision.onnx_files import network_row
from vision.liveness.signals.presentation_attack import PresentationAttackWatch
from vision.results import Status

ROW = network_row(frames=7, live_ppm=500_000)


def judged(*answers, row=ROW):
    watch = PresentationAttackWatch(row)
    for number, live in enumerate(answers):
        watch.observe(replace(seen(33 * number), live=live))
    return watch.result()


def test_the_median_of_the_answers_is_judged_not_the_best_or_the_last():
    passed = judged(0.1, 0.2, 0.3, 0.6, 0.9, 0.9, 0.9)
    failed = judged(0.9, 0.9, 0.9, 0.4, 0.1, 0.1, 0.1)
    assert (passed.status, passed.value_ppm, passed.reason) == (Status.PASSED, 600_000, "")
    assert (failed.status, failed.value_ppm) == (Status.FAILED, 400_000)
    assert failed.reason == "liveness.artefact"


def test_the_bound_is_that_of_the_models_row_and_belongs_to_the_living():
    strict = network_row(live_ppm=900_000)
    assert judged(*[0.9] * 7, row=strict).status is Status.PASSED
    assert judged(*[0.899] * 7, row=strict).status is Status.FAILED


@pytest.mark.parametrize("answers", [0, 1, 6])
def test_too_few_answers_prove_nothing_however_sure(answers):
    result = judged(*[1.0] * answers)
    assert (result.status, result.reason) == (
        Status.INDETERMINATE,
        "liveness.artefact_unjudged",
    )


def test_frames_that_nobody_asked_about_do_not_count():
    assert judged(*[None] * 100).status is Status.INDETERMINATE
    assert judged(*[None, 0.9] * 7).status is Status.PASSED


@pytest.mark.parametrize("answer", [nan, inf])
def test_an_answer_that_is_no_number_is_none(answer):
    assert judged(*[answer] * 7).status is Status.INDETERMINATE
