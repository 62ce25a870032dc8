"""Measures what honest people lose on the shared clips: the tables of docs/biometrics.md.

    python -m tests.benchmarks.measure_bona_fide [positioning] [blinks] [holds] [chance]

Run by hand, takes a quarter of an hour (ten minutes more the first time, when the models look at
every frame). Reads the samples (WORKSTATION_SAMPLES or the folder beside the checkout).
"""

import csv
import random
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tests.benchmarks.measure_attacks import REAL, SEED, say, with_bounds
from tests.support.vision.media import media_folder
from tests.support.vision.observations import QUALITY, RECOMMENDED
from tests.support.vision.observed_clips import Observed, ObservedClips
from tests.support.vision.replay import replay_clip
from tests.support.vision.splice import find_calm
from vision.face.quality import assess
from vision.frame import Frame
from vision.liveness.course import Hold
from vision.liveness.plan import TURNS, USUAL_PLAN
from vision.liveness.positioning import Positioning
from vision.liveness.posture import MILLION, Deviation, Posture, neutral_of, share
from vision.liveness.signals.blink import BlinkWatch
from vision.liveness.signals.identity import is_comparable
from vision.results import CommandOutcome, LivenessCommand, Status
from vision.templates import cosine_distance, mean_template

ORDERS = 6
BETWEEN_WINDOWS_S = 1.0
SHORTEST_WINDOW_S = 2.0


def at_ms(observed: Sequence[Observed], index: int) -> int:
    """Return the moment of a frame since the first."""
    return (observed[index].seen.captured_ns - observed[0].seen.captured_ns) // 1_000_000


@dataclass(frozen=True)
class Waited:
    """How long a clip took to the neutral second, None when it never came, and what was in its way.

    obstacles  frames by the advice that the screen gave
    jaw        median width in pixels
    """

    reached_ms: int | None
    obstacles: Counter[str]
    jaw: float


def wait(observed: Sequence[Observed]) -> Waited:
    """Let a clip take up position."""
    positioning = Positioning(RECOMMENDED)
    obstacles: Counter[str] = Counter()
    reached = None
    for index, each in enumerate(observed):
        findings = assess(each.seen, QUALITY).findings
        unmet = [each.code for each in findings if each.status is not Status.PASSED]
        obstacles.update(unmet or ["none"])
        positioning.observe(at_ms(observed, index), each.seen, unmet)
        if positioning.neutral is not None:
            reached = at_ms(observed, index)
            break
    jaws = [each.seen.jaw_width for each in observed if each.seen.landmarks]
    return Waited(reached, obstacles, statistics.median(jaws) if jaws else 0.0)


def measure_positioning(clips: ObservedClips) -> None:
    """Print which clips reach the neutral second, and the obstacles of the others."""
    totals: Counter[tuple[str, bool]] = Counter()
    for name in clips.names():
        kind, waited = clips.kinds[name], wait(clips.read(name))
        large = waited.jaw >= QUALITY.jaw_width_px
        ends = "never" if waited.reached_ms is None else f"{waited.reached_ms / 1000:.1f} s"
        say(f"{name} {kind} jaw {waited.jaw:.0f} {ends} {dict(waited.obstacles.most_common(4))}")
        if large:
            totals[kind, waited.reached_ms is not None] += 1
    for kind in sorted({kind for kind, _ in totals}):
        reached = totals[kind, True]
        say(f"| {kind} | {reached} of {reached + totals[kind, False]} large enough |")


def labelled_blinks() -> dict[str, list[tuple[int, int]]]:
    """Return the hand-labelled blinks of every labelled clip as first and last frame."""
    labels: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with (media_folder() / "blinks.csv").open() as stream:
        for row in csv.DictReader(stream):
            labels[row["clip"]]  # a clip without a blink is labelled too
            if row["start_frame"]:
                labels[row["clip"]].append((int(row["start_frame"]), int(row["end_frame"])))
    return labels


def find_blinks(observed: Sequence[Observed]) -> list[int]:
    """Return the frames at which a blink was confirmed."""
    watch, ends = BlinkWatch(RECOMMENDED), []
    for index, each in enumerate(observed):
        before = len(watch.blinks)
        watch.observe(at_ms(observed, index), each.seen)
        ends += [index] * (len(watch.blinks) - before)
    return ends


def measure_blinks(clips: ObservedClips) -> None:
    """Compare confirmed blinks with the labelled ones; on pictures there is none."""
    hits = total = extra = 0
    for name, labels in labelled_blinks().items():
        ends = find_blinks(clips.read(name))
        late = 8
        found = [any(first < end <= last + late for end in ends) for first, last in labels]
        beside = sum(not any(a < end <= b + late for a, b in labels) for end in ends)
        hits, total, extra = hits + sum(found), total + len(labels), extra + beside
        say(f"{name}: {sum(found)} of {len(labels)}, {beside} beside the labels; ends {ends}")
    say(f"labelled blinks found {hits} of {total}, {extra} beside the labels")
    for kind in ("synthetic-flat", "synthetic-bent", "simulated-flat", REAL):
        names = clips.names(kind)
        blinking = sum(bool(find_blinks(clips.read(name))) for name in names)
        say(f"| {kind} | a blink in {blinking} of {len(names)} |")


def described_holds(
    observed: Sequence[Observed],
) -> Iterator[list[float]]:
    """Yield of every movement that was held by chance the distances of its described frames.

    To the calm second; a command takes the median of the first three, and stays open where there
    are fewer.
    """
    calm = find_calm([each.seen for each in observed])
    if calm is None:
        return
    second = observed[calm[0] : calm[1]]
    templates = [each.template for each in second if each.template is not None]
    if not templates:
        return
    mean = mean_template(templates[:: max(1, len(templates) // 6)])
    for command in USUAL_PLAN.commands:
        posture = Posture(neutral_of([each.seen for each in second]), RECOMMENDED)
        hold, kept, last, longest = Hold(), [], -1_000, 0
        for index, each in enumerate(observed):
            now_ms = at_ms(observed, index)
            smoothed = posture.measure(now_ms, each.seen)
            held = smoothed is not None and obeys(smoothed, command)
            held_ms = hold.note(now_ms, holds=held)
            if held and posture.now is not None and each.template is not None:
                comparable = is_comparable(each.described(), posture.now, command, RECOMMENDED)
                if comparable and now_ms - last >= RECOMMENDED.identity_spacing_ms:
                    kept.append(cosine_distance(each.template, mean))
                    last = now_ms
            longest = max(longest, held_ms)
            if not held or index == len(observed) - 1:
                if longest >= RECOMMENDED.hold_ms:
                    yield kept
                kept, last, longest = [], -1_000, 0


def obeys(deviation: Deviation, command: LivenessCommand) -> bool:
    """Say whether a smoothed movement would fulfil a command, a turn with its relief."""
    if share(deviation, command, RECOMMENDED) < 1:
        return False
    relief = deviation.relief(command) * MILLION >= RECOMMENDED.parallax_ppm
    return command not in TURNS or relief


def measure_holds(clips: ObservedClips) -> None:
    """Print how many own movements the rule of identity at commands would lose.

    First as a command would take them, then every three frames of a longer hold for themselves.
    """
    commands: list[float] = []
    threes: list[float] = []
    short = people = 0
    count = RECOMMENDED.identity_frames
    for name in clips.names(REAL):
        holds = list(described_holds(clips.read(name)))
        described = [hold for hold in holds if len(hold) >= count]
        short += len(holds) - len(described)
        people += bool(described)
        commands += [statistics.median(hold[:count]) for hold in described]
        threes += [
            statistics.median(hold[first : first + count])
            for hold in described
            for first in range(0, len(hold) - count + 1, count)
        ]
        say(f"{name}: {len(described)} of {len(holds)} holds described")
    for what, distances in (("commands", commands), ("threes of frames", threes)):
        lost = sum(each * MILLION > RECOMMENDED.identity_ppm for each in distances)
        say(f"{what} lost {with_bounds(lost, len(distances))}")
        say(f"median {statistics.median(distances):.3f}, farthest {max(distances):.3f}")
    say(f"of {people} clips; {short} holds ended before {count} frames")


def count_met(
    observed: Sequence[Observed], frames: Sequence[Frame], start: int, rng: random.Random
) -> list[int]:
    """Return how many commands each of some random orders was met in, empty if none was shown."""
    met = []
    for _ in range(ORDERS):
        result = replay_clip(observed, frames, start=start, seed=rng.randrange(1 << 30))
        if not result.commands[0].shown_ms:
            return []  # what it shows before the first command does not depend on the order
        met.append(sum(each.outcome is CommandOutcome.MET for each in result.commands))
    return met


def measure_chance(clips: ObservedClips) -> None:
    """Print how often a clip that knows nothing of the order meets it, by windows and orders."""
    rng = random.Random(SEED)
    for kinds in ((REAL,), ("replay", "deepfake"), ("synthetic-flat", "synthetic-bent")):
        counts: Counter[int] = Counter()
        windows = started = 0
        for name in clips.names(*kinds):
            observed, frames = clips.read(name), blank(clips.frames(name))
            rate = (len(frames) - 1) / (at_ms(observed, len(frames) - 1) / 1000)
            last = len(frames) - int(SHORTEST_WINDOW_S * rate)
            for start in range(0, last, int(BETWEEN_WINDOWS_S * rate)):
                met = count_met(observed, frames, start, rng)
                windows += 1
                started += bool(met)
                counts.update(met)
        total = counts.total()
        say(
            f"{'/'.join(kinds)}: {windows} windows, {started} reach a command, {total} attempts; "
            f"met none {counts[0]}, one {counts[1]}, two {counts[2]}, "
            f"all three {with_bounds(counts[3], total)}"
        )


def blank(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames without their pixels: commands are met by what was seen in them."""
    return [
        replace(each, pixels=np.broadcast_to(np.uint8(0), each.pixels.shape)) for each in frames
    ]


def main(arguments: list[str]) -> None:
    """Run the named measurements."""
    cv2.setNumThreads(1)
    clips = ObservedClips()
    known = {
        "positioning": measure_positioning,
        "blinks": measure_blinks,
        "holds": measure_holds,
        "chance": measure_chance,
    }
    for name in arguments or known:
        known[name](clips)


if __name__ == "__main__":
    main(sys.argv[1:])
