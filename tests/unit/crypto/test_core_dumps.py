"""No process that holds keys or faces leaves its memory on the disk."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from crypto.core_dumps import forbid_core_dumps
from tests.support.vision.meter import Meter
from vision.worker import ProcessAnalysis
from workstation import bootstrap

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")

TELL = """
import atexit, ctypes, resource, sys
def tell():
    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
atexit.register(tell)
"""

CTL = """
sys.argv = ["workstation-ctl", "--version"]
from workstation.ctl import main
main()
"""

DESKTOP = """
import ui.app
def leave(_argv):
    raise SystemExit(0)
ui.app.read_options = leave
ui.app.main([])
"""


@pytest.mark.parametrize(
    "program", ["from crypto.core_dumps import *\nforbid_core_dumps()", CTL, DESKTOP]
)
def test_the_kernel_keeps_no_image_of_the_process(program):
    done = subprocess.run(
        [sys.executable, "-c", TELL + program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "(0, 0) 0"


def load_and_tell(path):
    """Load the analyser in the child and write what the kernel would do with its memory."""
    import ctypes
    import resource

    dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
    path.write_text(f"{resource.getrlimit(resource.RLIMIT_CORE)} {dumpable}")
    return Meter()


def test_nor_of_the_child_that_looks_at_faces(tmp_path):
    told = tmp_path / "told"
    analysis = ProcessAnalysis(load=partial(load_and_tell, told), prepare=forbid_core_dumps)
    analysis.start()
    analysis.close()
    assert told.read_text() == "(0, 0) 0"
    assert bootstrap.forbid_core_dumps is forbid_core_dumps
