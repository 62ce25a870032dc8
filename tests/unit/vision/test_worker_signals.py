"""The analysis child and the signals of a real operating system."""

import os
import select
import signal
import subprocess
import sys

import numpy as np
import pytest

from tests.support.vision.meter import load_meter
from vision.frame import Frame
from vision.worker import ProcessAnalysis

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pidfd is Linux")

PARENT = """
import sys
import numpy as np
from tests.support.vision.meter import load_meter
from vision.frame import Frame
from vision.worker import ProcessAnalysis

analysis = ProcessAnalysis(load=load_meter)
answer = analysis.analyse(Frame(1, 10, np.full((64, 64, 3), 7, np.uint8)), embed=False)
print(analysis.child, answer.brightness, flush=True)
sys.stdin.read()
analysis.close()
"""


@pytest.fixture
def parent():
    started = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield started
    started.kill()
    started.communicate()


def ended(descriptor: int, within_s: float) -> bool:
    """Wait for the end of a process through its descriptor."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(within_s * 1000))


def test_the_child_ends_when_its_parent_is_killed(parent):
    child = os.pidfd_open(int(parent.stdout.readline().split()[0]))
    parent.send_signal(signal.SIGKILL)

    assert ended(child, within_s=20)
    os.close(child)


def test_an_ordinary_end_leaves_no_child_and_no_word_about_leaks(parent):
    number, brightness = parent.stdout.readline().split()
    child = os.pidfd_open(int(number))
    _, complaints = parent.communicate("", timeout=30)

    assert brightness == "7.0"
    assert ended(child, within_s=5)
    assert complaints == ""
    assert parent.returncode == 0
    os.close(child)


def test_an_interrupt_from_the_terminal_does_not_stop_the_child():
    analysis = ProcessAnalysis(load=load_meter)
    try:
        analysis.start()
        child = analysis.child
        os.kill(child, signal.SIGINT)
        answer = analysis.analyse(Frame(2, 20, np.full((64, 64, 3), 9, np.uint8)), embed=False)

        assert answer.brightness == 9.0
        assert analysis.child == child
    finally:
        analysis.close()


def test_the_child_never_imports_qt_or_the_layers_above():
    loaded = (
        "import sys, vision.worker, vision.face.analyser, vision.face.engines.loading;"
        "above = [m for m in sys.modules if m.split('.')[0] in {'PySide6', 'ui', 'workstation'}];"
        "sys.exit(bool(above))"
    )
    subprocess.run([sys.executable, "-c", loaded], check=True, timeout=60)
