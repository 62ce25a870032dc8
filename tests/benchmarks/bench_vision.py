"""How fast the face analysis is, next to the library's own calls on the same frames.

    python -m tests.benchmarks.bench_vision [--long]

Frames are the simulated customer's, and of real clips where the shared samples are at hand, at
640x480 and 1280x720. `ms` are CPU time in this process, one thread; `fps` is wall-clock through the
child process, one frame in flight. The child's memory is watched over half a minute of frames at 30
a second, over five minutes of them with `--long`.
"""

import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.support.vision.documents import front
from tests.support.vision.media import media_folder
from vision.camera.simulated import SimulatedCamera, SimulatedVariant
from vision.camera.simulation.document_scene import photograph, random_scene
from vision.document.card import find_card
from vision.document.observer import DocumentAnalyser
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import load_engines
from vision.frame import Frame, Pixels
from vision.models.manifest import load_manifest
from vision.results import FaceObservation, LivenessCommand
from vision.worker import ProcessAnalysis

LIVE_FRAMES = 180
CLIP_FRAMES = 60
NAIVE_FRAMES = 8
USUAL_STREAM, LONG_STREAM = 900, 9_000
SETTLED = 300
TEMPLATE_EVERY = 10
DOCUMENTS = 24
CLIPS = ("lp_d0.mp4", "pr_left.mp4", "ap_real.mp4", "st_aoc.mp4")
SIZES = ((640, 480), (1280, 720))


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def times_ms(call: Callable[[Any], object], arguments: list[Any]) -> list[float]:
    """Return the CPU milliseconds of each call."""
    times = []
    for argument in arguments:
        started = time.process_time()
        call(argument)
        times.append((time.process_time() - started) * 1000)
    return times


def median_and_p95(times: list[float]) -> str:
    """Return both as text."""
    return f"{statistics.median(times):6.1f} ms, p95 {np.percentile(times, 95):6.1f}"


def rendered(count: int) -> list[Frame]:
    """Return the simulated customer obeying one command after another."""
    camera = SimulatedCamera(variant=SimulatedVariant.GENUINE, seed=1, paced=False)
    shown = [None, *LivenessCommand]
    frames = []
    for number in range(count):
        camera.show(shown[number * len(shown) // count])
        frames.append(camera.read())
    camera.close()
    return frames


def clip_frames() -> Iterator[list[Frame]]:
    """Yield the first frames of some real clips; nothing where the samples are not at hand."""
    try:
        folder = media_folder() / "video"
    except SystemExit as missing:
        say(f"real clips: {missing}")
        return
    for name in CLIPS:
        capture = cv2.VideoCapture(str(folder / name))
        frames = []
        while len(frames) < CLIP_FRAMES and (read := capture.read())[0]:
            pixels = cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
            number = len(frames)
            frames.append(Frame(number, number * 40_000_000, np.asarray(pixels, np.uint8)))
        capture.release()
        yield frames


def at_size(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture enlarged to fit and put in the middle of a grey frame."""
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    fitted = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    canvas = np.full((height, width, 3), 128, np.uint8)
    left, top = (width - fitted.shape[1]) // 2, (height - fitted.shape[0]) // 2
    canvas[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return canvas


def measure_child(frames: list[Frame], stream: int) -> None:
    """Print what the child takes to load, its rate, and its memory over a stream of frames.

    Every tenth frame is described.
    """
    analysis = ProcessAnalysis()
    started = time.perf_counter()
    analysis.start()
    loaded = time.perf_counter() - started
    try:
        analysis.describe(frames[0].pixels)
        analysis.describe_second(frames[0].pixels)
        analysis.analyse(frames[0], embed=True)
        started = time.perf_counter()
        for frame in frames[1:]:
            analysis.analyse(frame, embed=False)
        rate = (len(frames) - 1) / (time.perf_counter() - started)
        say(f"child process        {rate:.1f} fps, loaded in {loaded:.2f} s")
        settled = 0.0
        started = time.perf_counter()
        for number in range(stream):
            frame = replace(frames[number % len(frames)], sequence=len(frames) + number)
            analysis.analyse(frame, embed=number % TEMPLATE_EVERY == 0)
            if number == SETTLED:
                settled = memory_mb(analysis.child)
        spent = time.perf_counter() - started
        grown = memory_mb(analysis.child) - settled
        say(
            f"  {stream} frames, {stream / spent:.1f} fps, every tenth described: "
            f"{settled:.1f} MB after {SETTLED}, {grown:+.1f} MB at the end"
        )
    finally:
        analysis.close()


def memory_mb(process: int | None) -> float:
    """Return the resident memory of a process in MB, 0 where Linux does not tell it."""
    status = Path(f"/proc/{process}/status")
    if not status.is_file():
        return 0.0
    return int(status.read_text().split("VmRSS:")[1].split()[0]) / 1024


def measure_size(clips: list[list[Frame]], width: int, height: int) -> None:
    """Print the costs of frames of one size."""
    analyser = FaceAnalyser(load_engines(load_manifest()))
    sized = [
        [replace(each, pixels=at_size(each.pixels, width, height)) for each in clip]
        for clip in clips
    ]
    live, again, template = [], [], []
    seen: list[FaceObservation] = []

    def look(frame: Frame) -> None:
        seen.append(analyser.analyse(frame, embed=False))

    def describe(frame: Frame) -> None:
        analyser.analyse(frame, embed=True)

    for clip in sized:
        analyser.analyse(clip[0], embed=False)
        live += times_ms(look, clip[1:])
        for frame in clip[::10]:
            first, second, third = (replace(frame, sequence=number) for number in range(3))
            again += times_ms(look, [first])
            (plain,), (described,) = times_ms(look, [second]), times_ms(describe, [third])
            template.append(described - plain)
    found, total = sum(each.faces > 0 for each in seen), len(seen)
    everything = [frame for clip in sized for frame in clip]
    some = [frame.pixels for frame in everything[:: max(1, len(everything) // NAIVE_FRAMES)]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import face_recognition
    naive = statistics.median(times_ms(face_recognition.face_locations, some))
    naive += statistics.median(times_ms(face_recognition.face_landmarks, some))
    ratio = naive / statistics.median(live)
    say(f"{width}x{height}")
    say(f"  followed frame     {median_and_p95(live)}; a face in {found} of {total}")
    say(f"  acquisition        {median_and_p95(again)}")
    say(f"  template           {median_and_p95(template)}")
    say(f"  face_locations + face_landmarks {naive:6.1f} ms, {ratio:.1f} times as long")


def measure_documents() -> None:
    """Print what one observation of a document costs, beside finding a face in the same frame."""
    analyser = DocumentAnalyser(load_engines(load_manifest()))
    scenes = [random_scene(seed, (500, 900)) for seed in range(DOCUMENTS)]
    frames = [
        Frame(0, 0, photograph(front(seed=number % 4), scene))
        for number, scene in enumerate(scenes)
    ]

    def find_face(frame: Frame) -> None:
        analyser.analyse(frame, embed=False)

    face = times_ms(find_face, frames)
    seen = times_ms(analyser.observe_document, frames)
    outlines = times_ms(find_card, [frame.pixels for frame in frames])
    ratio = statistics.median(seen) / statistics.median(face)
    say("document, 1280x720")
    say(f"  outline            {median_and_p95(outlines)}")
    say(f"  observation        {median_and_p95(seen)}; {ratio:.1f} times an acquisition")


def main(arguments: list[str]) -> None:
    """Print the measures, one per line."""
    cv2.setNumThreads(1)
    started = time.process_time()
    frames = rendered(LIVE_FRAMES)
    say(f"simulated customer   {(time.process_time() - started) * 1000 / LIVE_FRAMES:.1f} ms/frame")
    for name, clips in (("simulated", [frames]), ("real clips", list(clip_frames()))):
        for width, height in SIZES if clips else ():
            say(f"{name}, ")
            measure_size(clips, width, height)
    measure_documents()
    measure_child(frames, LONG_STREAM if "--long" in arguments else USUAL_STREAM)


if __name__ == "__main__":
    main(sys.argv[1:])
