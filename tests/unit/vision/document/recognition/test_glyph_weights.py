"""The weights of the reader: small, of a stated origin, made by a program that repeats itself."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import resources
from tests.support.system.platforms import not_under_wine
from vision.camera.simulation.document_page import render_text_line
from vision.document.recognition.glyphs import (
    ALPHABET,
    BETWEEN,
    PITCH,
    WINDOW,
    GlyphNetwork,
    normalise,
)

ROOT = Path(__file__).resolve().parents[5]


def test_the_weights_are_small_and_their_digest_stands_with_their_origin():
    octets = resources.path("documents", "mrz-glyphs.npz").read_bytes()

    assert len(octets) <= 300_000
    origin = resources.path("documents", "ORIGIN.md").read_text(encoding="utf-8")
    assert hashlib.sha256(octets).hexdigest() in origin


@pytest.mark.parametrize("cut", ["OCRB", "OCRBS"])
def test_every_character_of_the_font_is_known_and_what_lies_between(cut):
    drawn = 255 - render_text_line(ALPHABET, cut, PITCH).astype(np.float32)
    room = np.full((WINDOW[0], drawn.shape[1]), 255, np.float32)
    room[2 : 2 + drawn.shape[0]] = drawn
    logs = GlyphNetwork.from_resources().evaluate(normalise(room))

    first = round((PITCH - 0.5 - (WINDOW[1] - 1) / 2) / 2)
    places = first + np.arange(len(ALPHABET)) * PITCH // 2
    assert "".join(ALPHABET[each] for each in logs[places, :BETWEEN].argmax(axis=1)) == ALPHABET
    assert np.mean(logs[places[:-1] + PITCH // 4].argmax(axis=1) == BETWEEN) > 0.9


def test_light_and_contrast_do_not_change_a_strip():
    strip = np.random.default_rng(1).uniform(0, 200, (WINDOW[0], 200)).astype(np.float32)

    assert normalise(strip) == pytest.approx(normalise(strip + 40), abs=1e-3)
    assert np.abs(normalise(strip)).max() <= 4


@not_under_wine("the program starts itself again in its own place")
def test_training_twice_gives_the_same_octets(tmp_path):
    digests = set()
    for name in ("one", "two"):
        target = tmp_path / f"{name}.npz"
        program = [sys.executable, str(ROOT / ".ci" / "mrz-weights"), str(target), "--steps", "2"]
        subprocess.run(program, check=True, capture_output=True)
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1
