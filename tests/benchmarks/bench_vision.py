"""How fast the face analysis is, next to the library's own call on the same frames.

    python -m tests.benchmarks.bench_vision

Frames are the simulated customer's at 640x480, rendered beforehand. `fps` is wall-clock through the
child process, one frame in flight; `ms` are medians of CPU time in this process, one thread.
"""

import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import cv2

from vision.camera.simulated import SimulatedCamera, SimulatedVariant
from vision.face.analyser import FaceAnalyser
from vision.face.models import load_face_models
from vision.frame import Frame
from vision.results import LivenessCommand
from vision.worker import ProcessAnalysis

LIVE_FRAMES = 180
NAIVE_FRAMES = 12
EMBEDDED_FRAMES = 6


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def median_ms(call: Callable[[Any], object], arguments: list[Any]) -> float:
    """Return the median CPU milliseconds of one call."""
    times = []
    for argument in arguments:
        started = time.process_time()
        call(argument)
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


def rendered(count: int) -> tuple[list[Frame], float]:
    """Return the customer obeying one command after another, and CPU milliseconds per frame."""
    camera = SimulatedCamera(variant=SimulatedVariant.GENUINE, seed=1, paced=False)
    shown = [None, *LivenessCommand]
    frames = []
    started = time.process_time()
    for number in range(count):
        camera.show(shown[number * len(shown) // count])
        frames.append(camera.read())
    elapsed = time.process_time() - started
    camera.close()
    return frames, elapsed * 1000 / count


def child_rate(frames: list[Frame]) -> float:
    """Return frames per second through the analysis process."""
    analysis = ProcessAnalysis()
    analysis.start()
    try:
        analysis.analyse(frames[0], embed=False)
        started = time.perf_counter()
        for frame in frames[1:]:
            analysis.analyse(frame, embed=False)
        return (len(frames) - 1) / (time.perf_counter() - started)
    finally:
        analysis.close()


def naive_ms(frames: list[Frame]) -> float:
    """Return the cost of face_recognition.face_landmarks as its examples call it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its models import pkg_resources
        import face_recognition
    return median_ms(lambda frame: face_recognition.face_landmarks(frame.pixels), frames)


def main() -> None:
    """Print the measures, one per line."""
    cv2.setNumThreads(1)
    frames, simulator = rendered(LIVE_FRAMES)
    analyser = FaceAnalyser(load_face_models())
    seen = []
    live = median_ms(lambda frame: seen.append(analyser.analyse(frame, embed=False)), frames)
    embedded = median_ms(
        lambda frame: analyser.analyse(frame, embed=True), frames[:EMBEDDED_FRAMES]
    )
    naive = naive_ms(frames[:: LIVE_FRAMES // NAIVE_FRAMES])
    found = sum(each.faces > 0 for each in seen)
    say(f"simulated customer   {simulator:8.1f} ms/frame")
    say(f"analyse              {live:8.1f} ms/frame, face in {found} of {len(seen)}")
    say(f"analyse with embed   {embedded:8.1f} ms/frame")
    say(f"naive face_landmarks {naive:8.1f} ms/frame, {naive / live:.1f} times as long")
    say(f"child process        {child_rate(frames):8.1f} fps at 640x480")


if __name__ == "__main__":
    main()
