import os
import signal
import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support.vision.documents import CARD, NO_DOCUMENT, seen_at
from tests.support.vision.observations import seen
from vision.errors import AnalysisBusy, AnalysisLost, ImageRefused, ModelMissing
from vision.frame import Frame
from vision.worker import ProcessAnalysis


@dataclass
class Meter:
    """Answers the mean of the pixels; certain sequence numbers misbehave.

    gate  frame 50 waits until this file is there
    """

    gate: Path = Path()

    def analyse(self, frame, *, embed):  # noqa: ARG002 - the protocol
        if frame.sequence == 13:
            os._exit(9)
        if frame.sequence == 99:
            time.sleep(60)
        if frame.sequence == 50:
            while not self.gate.exists():
                time.sleep(0.01)
        if frame.sequence == 7:
            raise ImageRefused("seven")
        return replace(
            seen(frame.sequence, faces=0, brightness=float(frame.pixels.mean())),
            captured_ns=frame.captured_ns,
        )

    def describe(self, image):
        if image.min() == 13:
            os._exit(9)
        return seen(0, faces=0, brightness=float(image.mean()))

    def describe_second(self, image):
        return None if image.max() == 0 else (float(image.mean()), *(0.0,) * 127)

    def observe_document(self, frame):
        if frame.sequence == 99:
            time.sleep(60)
        card = None if frame.pixels.max() == 0 else CARD
        return seen_at(frame, replace(NO_DOCUMENT, card=card))


def load_meter(gate=Path()):
    return Meter(gate)


def refuse_to_load():
    raise ModelMissing("test")


def frame(sequence: int, value: int = 1, side: int = 64) -> Frame:
    return Frame(sequence, sequence * 10, np.full((side, side, 3), value, np.uint8))


@pytest.fixture
def analysis():
    made = ProcessAnalysis(load=load_meter, live_deadline_s=3.0)
    yield made
    made.close()


def test_the_child_sees_the_pixels_of_the_frame_it_is_asked_about(analysis):
    answers = [analysis.analyse(frame(n, value=n), embed=False) for n in (1, 2, 3)]

    assert [(a.sequence, a.captured_ns, a.brightness) for a in answers] == [
        (1, 10, 1.0),
        (2, 20, 2.0),
        (3, 30, 3.0),
    ]


def test_the_second_opinion_comes_from_the_child_too(analysis):
    photo = np.full((90, 90, 3), 7, np.uint8)

    assert analysis.describe_second(photo) == (7.0, *(0.0,) * 127)
    assert analysis.describe_second(np.zeros_like(photo)) is None
    assert analysis.describe(photo).brightness == 7.0


def test_a_document_is_observed_in_the_child_too(analysis):
    without, shown = (analysis.observe_document(frame(n, value=n)) for n in (0, 5))

    assert without.card is None
    assert (shown.card, shown.sequence, shown.captured_ns) == (CARD, 5, 50)
    assert analysis.analyse(frame(6, value=6), embed=False).brightness == 6.0


def test_a_child_that_hangs_over_a_document_is_killed_within_its_deadline():
    analysis = ProcessAnalysis(load=load_meter, document_deadline_s=1.0)
    analysis.start()
    with closing(analysis), pytest.raises(AnalysisLost):
        analysis.observe_document(frame(99))

    assert analysis.child is None


def test_a_larger_frame_gets_a_larger_block(analysis):
    analysis.analyse(frame(1, value=5), embed=False)

    assert analysis.analyse(frame(2, value=6, side=512), embed=False).brightness == 6.0
    assert analysis.describe(np.full((900, 900, 3), 9, np.uint8)).brightness == 9.0


@pytest.mark.parametrize("turned", [False, True])
def test_a_photo_of_several_megabytes_arrives_whole_and_the_next_question_after_it(
    analysis, turned
):
    photo = (np.arange(1201 * 701 * 3) % 251).astype(np.uint8).reshape(1201, 701, 3)
    photo = np.rot90(photo) if turned else photo

    assert analysis.describe(photo).brightness == photo.mean()
    assert analysis.describe_second(photo)[0] == photo.mean()
    assert analysis.analyse(frame(4, value=4), embed=False).brightness == 4.0


def test_a_refusal_in_the_child_is_the_same_refusal_here(analysis):
    with pytest.raises(ImageRefused) as refused:
        analysis.analyse(frame(7), embed=False)

    assert refused.value.detail == "seven"
    assert analysis.analyse(frame(8), embed=False).sequence == 8


def test_a_child_that_dies_is_reported_and_replaced(analysis):
    with pytest.raises(AnalysisLost):
        analysis.analyse(frame(13), embed=False)

    assert analysis.analyse(frame(14), embed=False).sequence == 14


def test_a_child_killed_between_frames_is_reported_once_and_replaced(analysis):
    analysis.analyse(frame(1), embed=False)
    first = analysis.child
    assert first is not None
    analysis._process.kill()
    analysis._process.join(10)
    with pytest.raises(AnalysisLost):
        analysis.analyse(frame(2), embed=False)

    assert analysis.analyse(frame(3), embed=False).sequence == 3
    assert analysis.child != first


def test_a_child_killed_between_two_customers_is_replaced_without_a_word(analysis):
    analysis.analyse(frame(1), embed=False)
    analysis._process.kill()
    analysis._process.join(10)

    assert analysis.describe(frame(2).pixels).faces == 0
    assert analysis.analyse(frame(3), embed=False).sequence == 3


def test_a_hung_child_is_killed_within_its_deadline(analysis):
    analysis.start()
    started = time.monotonic()
    with pytest.raises(AnalysisLost):
        analysis.analyse(frame(99), embed=False)

    assert time.monotonic() - started < 20
    assert analysis.child is None


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nobody stops a process here")
@pytest.mark.timeout(60)
def test_a_stopped_child_that_takes_no_photo_gives_way_to_another(analysis, monkeypatch):
    monkeypatch.setattr("vision.worker._STILL_DEADLINE_S", 1.0)
    analysis.start()
    stopped = analysis.child
    os.kill(stopped, signal.SIGSTOP)

    assert analysis.describe(np.full((2000, 2000, 3), 99, np.uint8)).faces == 0
    assert analysis.child != stopped


def test_a_photo_that_two_children_died_of_is_given_to_no_third(analysis):
    with pytest.raises(AnalysisLost):
        analysis.describe(np.full((4, 4, 3), 13, np.uint8))

    assert analysis.child is None


def test_two_questions_at_once_are_refused(tmp_path):
    gate = tmp_path / "gate"
    analysis = ProcessAnalysis(load=partial(load_meter, gate), live_deadline_s=60.0)
    with closing(analysis):
        analysis.start()
        slow = threading.Thread(target=lambda: analysis.analyse(frame(50), embed=False))
        slow.start()
        try:
            while not analysis._asking.locked():
                assert slow.is_alive()
                time.sleep(0.001)
            with pytest.raises(AnalysisBusy):
                analysis.analyse(frame(1), embed=False)
        finally:
            gate.touch()
            slow.join()


def test_a_model_that_is_missing_is_said_at_start():
    analysis = ProcessAnalysis(load=refuse_to_load)
    with pytest.raises(ModelMissing):
        analysis.start()
    analysis.close()


def test_closing_ends_the_child_and_may_be_repeated(analysis):
    analysis.analyse(frame(1), embed=False)
    child = analysis._process

    analysis.close()
    analysis.close()

    assert not child.is_alive()
