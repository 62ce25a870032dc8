"""Measures presentation attacks on the shared clips: the tables of docs/biometrics.md.

    python -m tests.benchmarks.measure_attacks [clips] [light] [simulated]

Run by hand, takes a quarter of an hour (ten minutes more the first time, when the models look at
every frame). Reads the samples (WORKSTATION_SAMPLES or the folder beside the checkout).
"""

import itertools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from tests.support.vision.attempts import attempt, frames_missed
from tests.support.vision.observations import RECOMMENDED
from tests.support.vision.observed_clips import Observed, ObservedClips
from tests.support.vision.replay import replay_clip, to_and_fro
from vision.camera.simulated import SimulatedVariant
from vision.face.engines.crops import reduce_whole
from vision.frame import Frame, Pixels
from vision.liveness.passive import observe_clip
from vision.liveness.signals.device_edges import DeviceEdges
from vision.liveness.signals.presentation_attack import PresentationAttackWatch
from vision.liveness.signals.screen_light import ScreenLightWatch, draw_light_code
from vision.matching.exact_bounds import exact_bounds
from vision.models.manifest import PresentationAttack
from vision.results import Colour, PadResult, PadVerdict, SignalResult, Status
from vision.worker import InlineAnalysis

SEED = 9
FEW_SEEDS, MORE_SEEDS = 5, 20
SIMULATED_EVERY = 3
ATTEMPTS = 12
SPECIES = (
    "replay",
    "deepfake",
    "synthetic-flat",
    "synthetic-bent",
    "synthetic-loop",
    "simulated-flat",
)
REAL = "real"
CODES = 2
LATE_MS = 150
GAMMA = 2.2
HEAD = (0.15, 0.35, 0.15, 0.1)
"""What belongs to the head beside its box, in box sizes: left, above, right, below."""
SHARES = (0.0, 0.02, 0.03, 0.05, 0.08)
FULL = 255
WHITE = (FULL, FULL, FULL)
LIT = {
    REAL: ("head",),
    "synthetic-flat": ("head",),
    "replay": ("picture", "glass"),
    "deepfake": ("picture", "glass"),
}
"""What the screen's light falls on: a head, or paper, as it falls on skin; a whole picture that is
filmed from a screen; or it is mirrored by the glass in front of the face."""
OFTEN = frozenset(
    {
        SimulatedVariant.GENUINE,
        SimulatedVariant.PRINTED_PHOTO,
        SimulatedVariant.SCREEN_REPLAY,
        SimulatedVariant.LOOPED_VIDEO,
        SimulatedVariant.FROZEN,
        SimulatedVariant.NO_BLINK,
        SimulatedVariant.SWAP,
        SimulatedVariant.OTHER_PERSON,
    }
)


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def with_bounds(errors: int, trials: int) -> str:
    """Return a count with the exact 95 % upper bound of its rate."""
    return f"{errors} of {trials} (≤ {exact_bounds(errors, trials)[1]:.1%})"


@dataclass(frozen=True)
class Judged:
    """What every line of defence says of one clip.

    passive   reason of an attack found without a challenge, empty for none
    obeyed    commands it would have fulfilled by chance
    edges     straight edges beside the face (advisory)
    network   what the drop-in network says, None without one
    attempts  results under random orders
    """

    passive: str
    obeyed: tuple[str, ...]
    blinks: int
    edges: bool
    network: SignalResult | None
    attempts: tuple[PadResult, ...]

    @property
    def is_stopped_by_network(self) -> bool:
        """Say whether the network would have kept it from BONA_FIDE."""
        return self.network is not None and self.network.status is not Status.PASSED


def judge(
    observed: Sequence[Observed],
    frames: Sequence[Frame],
    row: PresentationAttack | None,
    count: int,
) -> Judged:
    """Let every line of defence judge one clip, the challenge in `count` attempts."""
    report = observe_clip(
        ((each.seen, frame) for each, frame in zip(observed, frames, strict=True)), RECOMMENDED
    )
    edges, network = DeviceEdges(), row and PresentationAttackWatch(row)
    for each, frame in zip(observed, frames, strict=True):
        edges.observe(frame, each.seen.box)
        if network:
            network.observe(each.seen)
    rng = random.Random(SEED)
    attempts = tuple(
        replay_clip(observed, frames, start=rng.randrange(len(frames)), seed=rng.randrange(1 << 30))
        for _ in range(count)
    )
    return Judged(
        passive=report.reason if report.verdict is PadVerdict.ATTACK else "",
        obeyed=report.obeyed,
        blinks=report.blinks,
        edges=edges.finding.status is Status.FAILED,
        network=network.result() if network else None,
        attempts=attempts,
    )


def is_accepted(result: PadResult) -> bool:
    """Say whether an attempt ended BONA_FIDE."""
    return result.verdict is PadVerdict.BONA_FIDE


def reasons(attempts: Iterable[PadResult]) -> str:
    """Return how often attempts ended for which reason."""
    counted = Counter(each.reason.removeprefix("liveness.") for each in attempts)
    return ", ".join(f"{number} `{reason}`" for reason, number in counted.most_common())


def measure_clips(clips: ObservedClips) -> None:
    """Print one row per clip of an attack, then one per species."""
    row = clips.manifest.presentation_attack
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    say("| clip | species | passive | obeys, blinks | 12 attempts | network | edges |")
    say("|---|---|---|---|---|---|---|")
    for kind in (*SPECIES, "simulated-live", REAL):
        for name in clips.names(kind):
            count = 0 if kind == REAL else ATTEMPTS
            judged = judge(clips.read(name), clips.frames(name), row, count)
            by_kind[kind].append(judged)
            live = f"{judged.network.value_ppm / 1e6:.2f}" if judged.network else "-"
            obeyed = ",".join(judged.obeyed) or "-"
            say(
                f"| {name} | {kind} | {judged.passive or '-'} | {obeyed}; {judged.blinks} "
                f"| {reasons(judged.attempts)} | {live} | {'yes' if judged.edges else '-'} |"
            )
    say("\n| species | clips accepted | attempts accepted | ATTACK | passive | network | edges |")
    say("|---|---|---|---|---|---|---|")
    for kind, group in by_kind.items():
        attempts = [each for judged in group for each in judged.attempts]
        passed = sum(is_accepted(each) for each in attempts)
        accepted = sum(any(map(is_accepted, each.attempts)) for each in group)
        attacks = sum(each.verdict is PadVerdict.ATTACK for each in attempts)
        passive = Counter(each.passive for each in group if each.passive)
        stopped = sum(each.is_stopped_by_network for each in group)
        say(
            f"| {kind} | {with_bounds(accepted, len(group))} "
            f"| {with_bounds(passed, len(attempts))} | {attacks} "
            f"| {dict(passive)} | {stopped} | {sum(each.edges for each in group)} |"
        )


def gain_table(colour: Colour, share: float) -> Pixels:
    """Return the table that lights a picture: the screen brings `share` of the room's light."""
    levels = np.arange(FULL + 1)[:, None]
    gain = 1 + share * (np.array(colour) / FULL) ** GAMMA
    lit = levels * (gain / (1 + share)) ** (1 / GAMMA)
    return np.clip(lit.round(), 0, FULL).astype(np.uint8)[None]


def gloss_table(colour: Colour, share: float) -> Pixels:
    """Return the table of a glass that mirrors `share` of a white picture's light."""
    linear = (np.arange(FULL + 1)[:, None] / FULL) ** GAMMA
    lit = FULL * (linear + share * (np.array(colour) / FULL) ** GAMMA) ** (1 / GAMMA)
    return np.clip(lit.round(), 0, FULL).astype(np.uint8)[None]


def light(frame: Frame, box: tuple[int, int, int, int] | None, table: Pixels) -> Frame:
    """Return the frame with the light on everything, or on the head only."""
    pixels = frame.pixels.copy()
    part = pixels
    if box is not None:
        left, top, right, bottom = box
        across, down = right - left, bottom - top
        part = pixels[
            max(0, round(top - HEAD[1] * down)) : max(0, round(bottom + HEAD[3] * down)),
            max(0, round(left - HEAD[0] * across)) : max(0, round(right + HEAD[2] * across)),
        ]
    if part.size:
        part[:] = cv2.LUT(np.ascontiguousarray(part), table)
    return replace(frame, pixels=pixels)


def sees_light(
    observed: Sequence[Observed],
    frames: Sequence[Frame],
    code: tuple[Colour, ...],
    way: tuple[str, float],
) -> bool:
    """Say whether the signal passes when the code lights a clip in this way, played to and fro."""
    what, share = way
    watch = ScreenLightWatch(code, RECOMMENDED)
    watch.start(0)
    tables = {
        colour: (gloss_table if what == "glass" else gain_table)(colour, share)
        for colour in (*code, WHITE)
    }
    interval_ms = (frames[-1].captured_ns - frames[0].captured_ns) / 1e6 / (len(frames) - 1)
    for number, place in enumerate(to_and_fro(len(frames))):
        at_ms = round(number * interval_ms)
        if watch.is_over(at_ms):
            break
        shown = watch.colour(at_ms - LATE_MS) if at_ms >= LATE_MS else None
        seen = observed[place].seen
        box = None if what == "picture" else seen.box
        watch.observe(at_ms, seen, light(frames[place], box, tables[shown or WHITE]))
    return watch.result().status is Status.PASSED


def halve(
    observed: Sequence[Observed], frames: Sequence[Frame]
) -> tuple[list[Observed], list[Frame]]:
    """Return a clip at half its size, boxes too: the signal takes means of very many pixels."""
    small = [replace(each, pixels=reduce_whole(each.pixels, 2)) for each in frames]
    boxes = [each.seen.box for each in observed]
    halves = [None if box is None else tuple(side // 2 for side in box) for box in boxes]
    seen = [
        replace(each, seen=replace(each.seen, box=half))
        for each, half in zip(observed, halves, strict=True)
    ]
    return seen, small


def measure_light(clips: ObservedClips) -> None:
    """Print how many clips pass as lit: faces and prints by the room, screens in their own ways."""
    rng = random.Random(SEED)
    codes = [draw_light_code(RECOMMENDED.light_symbols, rng) for _ in range(CODES)]
    counts: Counter[tuple[str, str, float]] = Counter()
    for kind, whats in LIT.items():
        for name in clips.names(kind):
            observed, frames = halve(clips.read(name), clips.frames(name))
            passed = Counter(
                (what, share)
                for code, what, share in itertools.product(codes, whats, SHARES)
                if sees_light(observed, frames, code, (what, share))
            )
            for way, number in passed.items():
                counts[(kind, *way)] += number
            say(f"{name} {kind} {dict(passed)}")
    say("\n| species | light on | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |")
    say("|---|---|" + "---|" * len(SHARES))
    for kind, whats in LIT.items():
        total = CODES * len(clips.names(kind))
        for what in whats:
            cells = [f"{counts[kind, what, share]} of {total}" for share in SHARES]
            say(f"| {kind} | {what} | " + " | ".join(cells) + " |")


def measure_simulated() -> None:
    """Let every simulated customer take attempts, every third frame analysed; print verdicts."""
    analysis = InlineAnalysis()
    with frames_missed(SIMULATED_EVERY):
        for variant in SimulatedVariant:
            seeds = MORE_SEEDS if variant in OFTEN else FEW_SEEDS
            verdicts = Counter(
                f"{result.verdict} {result.reason}"
                for result in (attempt(variant, seed, analysis).result for seed in range(seeds))
            )
            named = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
            say(f"| {variant} | {seeds} | {named} |")
    analysis.close()


def main(arguments: list[str]) -> None:
    """Run the named measurements."""
    cv2.setNumThreads(1)
    known: dict[str, Callable[[], None]] = {
        "clips": lambda: measure_clips(ObservedClips()),
        "light": lambda: measure_light(ObservedClips()),
        "simulated": measure_simulated,
    }
    for name in arguments or known:
        known[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
