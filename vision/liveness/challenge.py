"""What an attempt asks for: a random order of commands that a recording cannot know.

At least one turn is always among them, because only a turn tells a head from a picture of it;
up and down never come together, because a nodding clip would serve both.
"""

from itertools import permutations
from random import Random

from vision.liveness.settings import LivenessSettings
from vision.results import LivenessChallenge, LivenessCommand

__all__ = ["TURNS", "issue_challenge", "possible_orders"]

TURNS = frozenset({LivenessCommand.TURN_LEFT, LivenessCommand.TURN_RIGHT})
NODS = frozenset({LivenessCommand.LOOK_UP, LivenessCommand.LOOK_DOWN})

NONCE_BITS = 128


def possible_orders(commands: int) -> tuple[tuple[LivenessCommand, ...], ...]:
    """Return every admissible order of `commands` distinct commands (42 for three)."""
    return tuple(
        order
        for order in permutations(LivenessCommand, commands)
        if not NODS.issubset(order) and not TURNS.isdisjoint(order)
    )


def issue_challenge(
    *,
    settings: LivenessSettings,
    rng: Random,
    previous: LivenessChallenge | None = None,
) -> LivenessChallenge:
    """Draw a challenge uniformly from the admissible orders.

    The order of the `previous` attempt is left out, so that a recording of it is of no use. More is
    not left out: every further exclusion would make the next order easier to guess.

    rng  secrets.SystemRandom in production; one with a seed in tests only
    """
    orders = [
        order
        for order in possible_orders(settings.commands)
        if previous is None or order != previous.commands
    ]
    commands = orders[rng.randrange(0, len(orders))]
    pauses = tuple(
        rng.randrange(settings.pause_least_ms, settings.pause_most_ms + 1) for _ in commands
    )
    nonce = f"{rng.getrandbits(NONCE_BITS):032x}"
    return LivenessChallenge(nonce=nonce, commands=commands, pauses_ms=pauses)
