"""Measures the helper attack: sessions spliced from real clips, in pixels, with the real models.

Run by hand, takes half an hour: python -m tests.benchmarks.measure_helper [SESSIONS] [--before]
Prints one line per session and counts per form. `--before` plays the same ones with the rule of
identity at commands switched off. Reads the samples (WORKSTATION_SAMPLES or beside the checkout).
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.support.vision.media import clip_kinds, media_folder
from tests.support.vision.observations import QUALITY, RECOMMENDED
from tests.support.vision.splice import Clip, Splice, find_rest, find_segment, play, read_clip
from vision.analysis import FaceAnalysis, InlineAnalysis
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.liveness.settings import LivenessSettings
from vision.results import CommandOutcome, LivenessCommand, PadResult, PadVerdict

SEED = 9
FEWEST_RESTING = 30
STRAIGHT = 0.15
FORMS = [
    (still, every, fade) for still in (False, True) for every in (0, 2, 3) for fade in (1, 3, 8)
]
UNBOUND = replace(RECOMMENDED, identity_ppm=1_999_999, identity_changed_ppm=1_999_999)


@dataclass(frozen=True)
class Session:
    """One attack: victim, who helps at which command, and how it is mixed."""

    victim: str
    helpers: dict[LivenessCommand, str]
    form: tuple[bool, int, int]
    seed: int


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def real_clips(analysis: FaceAnalysis) -> dict[str, Clip]:
    """Return the clips of real people with a calm second, by file name."""
    media = media_folder()
    found = {}
    for name, kind in clip_kinds(media).items():
        if kind == "real":
            clip = read_clip(media / name, analysis)
            if clip is not None:
                found[name] = clip
    return found


def can_pause(clip: Clip) -> bool:
    """Say whether this customer rests long and straight enough to be a victim."""
    first, last = find_rest(clip, RECOMMENDED)
    return last - first >= FEWEST_RESTING and abs(clip.neutral.turn) < STRAIGHT


def draw_sessions(clips: dict[str, Clip], count: int) -> Iterator[Session]:
    """Draw attacks: every victim, order and form comes up about as often as any other."""
    rng = random.Random(SEED)
    everybody = sorted(clips)
    victims = [name for name in everybody if can_pause(clips[name])]
    number = 0
    while number < count:
        victim = victims[number % len(victims)]
        seed = rng.randrange(1 << 30)
        challenge = issue_challenge(settings=RECOMMENDED, rng=random.Random(seed))
        helpers = {}
        for command in challenge.commands:
            for name in rng.sample(everybody, len(everybody)):
                neutral = clips[victim].neutral
                if name != victim and find_segment(clips[name], neutral, command, RECOMMENDED):
                    helpers[command] = name
                    break
        number += 1
        if len(helpers) == len(challenge.commands):
            yield Session(victim, helpers, FORMS[number % len(FORMS)], seed)


def run(
    session: Session,
    clips: dict[str, Clip],
    analysis: FaceAnalysis,
    settings: LivenessSettings = RECOMMENDED,
) -> PadResult:
    """Play one attack."""
    still, every, fade = session.form
    splice = Splice.of(
        clips[session.victim],
        {command: clips[name] for command, name in session.helpers.items()},
        RECOMMENDED,
        still=still,
        every=every,
        fade=fade,
    )
    check = LivenessCheck(
        issue_challenge(settings=RECOMMENDED, rng=random.Random(session.seed)),
        settings,
        replace(QUALITY, brightness_min=20, sharpness_ppm=1),
        attempt=1,
        simulated=True,
        models=analysis.models,
    )
    return play(check, splice, analysis, seed=session.seed)


def main(arguments: list[str]) -> None:
    """Play the sessions and count the verdicts."""
    count = next((int(each) for each in arguments if each.isdigit()), 240)
    settings = UNBOUND if "--before" in arguments else RECOMMENDED
    analysis = InlineAnalysis()
    clips = real_clips(analysis)
    say(f"{len(clips)} clips")
    verdicts: Counter[str] = Counter()
    by_form: Counter[tuple[tuple[bool, int, int], str]] = Counter()
    for session in draw_sessions(clips, count):
        result = run(session, clips, analysis, settings)
        met = sum(each.outcome is CommandOutcome.MET for each in result.commands)
        far = next(each for each in result.signals if each.name == "command_identity")
        verdict = f"{result.verdict} {result.reason}"
        verdicts[verdict] += 1
        by_form[session.form, str(result.verdict)] += 1
        helpers = " ".join(f"{key}={name}" for key, name in session.helpers.items())
        distance = f"met {met} farthest {far.value_ppm / 1e6:.3f}"
        say(f"{session.victim} {session.form} {distance} {verdict} {helpers}")
    for verdict, number in verdicts.most_common():
        say(f"| {verdict} | {number} |")
    for (form, verdict), number in sorted(by_form.items()):
        say(f"| still {form[0]} every {form[1]} fade {form[2]} | {verdict} | {number} |")
    total = sum(verdicts.values())
    passed = sum(n for key, n in verdicts.items() if key.startswith(PadVerdict.BONA_FIDE))
    say(f"BONA_FIDE {passed} of {total}")
    analysis.close()


if __name__ == "__main__":
    main(sys.argv[1:])
