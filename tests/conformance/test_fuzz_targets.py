"""Every parser of foreign octets, on damaged real objects: it reads or refuses, in bounds.

The targets are those of `tests.fuzz`, where they can be run for as long as one likes.
"""

import importlib.util
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, attempt, seeds_of

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1 << 20
BOMBS = {
    "indefinite lengths": b"\x30\x80" * 100_000,
    "indefinite strings": b"\x24\x80" * 100_000,
    "explicit tags": b"\xa0\x03" * 50_000,
    "a length of four octets": b"\x30\x84\xff\xff\xff\xff" + bytes(100),
    "elements without end": b"\x30\x83\x09\x27\xc0" + b"\x05\x00" * 300_000,
    "a name of many parts": b"\x30\x83\x01\x86\xa0" + b"\x31\x00" * 50_000,
    "armour of line ends": b"-----BEGIN CMS-----" + b"\n" * 400_000,
    "deep JSON": b"[" * 200_000,
    "nested JSON": b'{"a":' * 100_000,
    "a long number": b'{"id":' + b"9" * 200_000 + b"}",
    "zeros": bytes(300_000),
}


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


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {"evidence-pack"}))
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


@pytest.mark.parametrize("name", TARGETS)
def test_a_bomb_is_refused_within_a_bounded_memory(name):
    for said, bomb in BOMBS.items():
        tracemalloc.start()
        try:
            assert attempt(TARGETS[name], bomb) in {True, False}
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 40 * MEBIBYTE, said


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed here"
)
def test_a_target_runs_under_atheris():
    command = [sys.executable, "-m", "tests.fuzz.run", "ber", "-runs=300", "-seed=1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 300 runs" in done.stderr
