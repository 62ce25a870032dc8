"""Every parser of foreign octets, on damaged real objects: it reads or refuses, in bounds.

The targets are those of `tests.fuzz`, where they can be run for as long as one likes.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, attempt, seeds_of

ROOT = Path(__file__).resolve().parents[2]


@st.composite
def damaged(draw, whole):
    """Cut, splice, overwrite, repeat or turn bits of one of the seeds."""
    octets = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(octets) - 1, 0)))
        piece = draw(st.binary(max_size=12))
        match draw(st.sampled_from(["cut", "insert", "overwrite", "repeat", "turn"])):
            case "cut":
                del octets[at : at + len(piece)]
            case "insert":
                octets[at:at] = piece
            case "overwrite":
                octets[at : at + len(piece)] = piece
            case "repeat":
                octets[at:at] = octets[at : at + len(piece) * 8]
            case _ if octets:
                octets[at % len(octets)] ^= 1 << draw(st.integers(0, 7))
    return bytes(octets)


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_of_a_target_are_read(name):
    assert all(attempt(TARGETS[name], seed) for seed in seeds_of(name))


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(data=st.data())
def test_damaged_octets_are_read_or_refused(name, data):
    target = TARGETS[name]
    octets = data.draw(st.one_of(damaged(seeds_of(name)), st.binary(max_size=100)))
    assert attempt(target, octets) in {True, False}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_bombs_are_refused_within_a_bounded_memory():
    done = ran("tests.fuzz.bombs")
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 64  # MiB; the largest bomb is two


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed here"
)
def test_a_target_runs_under_atheris():
    done = ran("tests.fuzz.run", "ber", "-runs=300", "-seed=1")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 300 runs" in done.stderr


def ran(*module_and_arguments):
    command = [sys.executable, "-m", *module_and_arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
