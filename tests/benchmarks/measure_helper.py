"""Measures the helper attack: sessions spliced from real clips, in pixels, with the real models.

    python -m tests.benchmarks.measure_helper [SESSIONS] [--before] [--own]

Run by hand, takes half an hour. Prints one line per session and counts per form. `--before` plays
the same ones with the rule of identity at commands switched off. `--own` plays sessions of one
person instead, built the same way of clips that own all three movements of an order: what the rule
costs. Reads the samples (WORKSTATION_SAMPLES or beside the checkout).
"""

import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.support.vision.media import media_folder
from tests.support.vision.observations import QUALITY, RECOMMENDED
from tests.support.vision.observed_clips import ObservedClips
from tests.support.vision.splice import Clip, Splice, find_calm, find_rest, find_segment, play
from vision.analysis import FaceAnalysis, InlineAnalysis
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.liveness.plan import TURNS, USUAL_PLAN
from vision.liveness.settings import LivenessSettings
from vision.matching.exact_bounds import exact_bounds
from vision.results import (
    CommandOutcome,
    LivenessChallenge,
    LivenessCommand,
    PadResult,
    PadVerdict,
)

SEED = 9
FEWEST_RESTING = 30
STRAIGHT = 0.15
FORMS = [
    (still, every, fade) for still in (False, True) for every in (0, 2, 3) for fade in (1, 3, 8)
]
OWN_FORMS = [(False, 0, fade) for fade in (1, 3, 8)]
VERTICAL = {LivenessCommand.LOOK_UP, LivenessCommand.LOOK_DOWN}
UNBOUND = replace(RECOMMENDED, identity_ppm=1_999_999, identity_changed_ppm=1_999_999)


@dataclass(frozen=True)
class Session:
    """One attack: victim, who helps at which command, and how it is mixed."""

    victim: str
    helpers: dict[LivenessCommand, str]
    form: tuple[bool, int, int]
    seed: int

    @property
    def challenge(self) -> LivenessChallenge:
        """Return the challenge: pauses by the seed, commands in the order of the helpers."""
        drawn = issue_challenge(settings=RECOMMENDED, rng=random.Random(self.seed))
        return replace(drawn, commands=tuple(self.helpers))


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def real_clips() -> dict[str, Clip]:
    """Return the clips of real people with a calm second, by file name."""
    observed = ObservedClips()
    found = {}
    for name in observed.names("real"):
        seen = tuple(each.seen for each in observed.read(name))
        calm = find_calm(seen)
        if calm is not None:
            found[name] = Clip(media_folder() / name, seen, calm)
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


def own_sessions(clips: dict[str, Clip]) -> Iterator[Session]:
    """Yield sessions of one person under every order whose movements the clip owns."""
    rng = random.Random(SEED)
    for name, clip in clips.items():
        owned = [
            command
            for command in USUAL_PLAN.commands
            if find_segment(clip, clip.neutral, command, RECOMMENDED)
        ]
        for order in itertools.permutations(owned, RECOMMENDED.commands):
            if TURNS & set(order) and not set(order) >= VERTICAL:
                for form in OWN_FORMS:
                    yield Session(name, dict.fromkeys(order, name), form, rng.randrange(1 << 30))


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
        session.challenge,
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
    clips = real_clips()
    say(f"{len(clips)} clips")
    verdicts: Counter[str] = Counter()
    by_form: Counter[tuple[tuple[bool, int, int], str]] = Counter()
    own = "--own" in arguments
    for session in own_sessions(clips) if own else draw_sessions(clips, count):
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
    say(f"BONA_FIDE {passed} of {total}, at most {exact_bounds(passed, total)[1]:.1%}")
    analysis.close()


if __name__ == "__main__":
    main(sys.argv[1:])
