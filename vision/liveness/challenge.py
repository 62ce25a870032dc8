"""What an attempt asks for: a random order of commands that a recording cannot know.

At least one movement that tells a head from a picture of it is always among them: a turn, or coming
closer. Up and down never come together, because a nodding clip would serve both.
"""

from itertools import permutations
from random import Random

from vision.liveness.plan import USUAL_PLAN, AttemptPlan
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.screen_light import draw_light_code
from vision.results import LivenessChallenge, LivenessCommand

__all__ = ["issue_challenge", "possible_orders"]

NODS = frozenset({LivenessCommand.LOOK_UP, LivenessCommand.LOOK_DOWN})

NONCE_BITS = 128


def possible_orders(
    commands: int, plan: AttemptPlan = USUAL_PLAN
) -> tuple[tuple[LivenessCommand, ...], ...]:
    """Return every admissible order of `commands` distinct commands (42 of three in the usual)."""
    return tuple(
        order
        for order in permutations(plan.commands, commands)
        if not NODS.issubset(order) and not any(each.isdisjoint(order) for each in plan.needed)
    )


def issue_challenge(
    *,
    settings: LivenessSettings,
    rng: Random,
    plan: AttemptPlan = USUAL_PLAN,
    screen: bool = False,
    previous: LivenessChallenge | None = None,
) -> LivenessChallenge:
    """Draw a challenge uniformly from the admissible orders.

    The order of the `previous` attempt is left out, so that a recording of it is of no use. More is
    not left out: every further exclusion would make the next order easier to guess.

    rng     secrets.SystemRandom in production; one with a seed in tests only
    screen  the customer's screen is there to show a light code, if the plan wants one
    """
    orders = [
        order
        for order in possible_orders(settings.commands, plan)
        if previous is None or order != previous.commands
    ]
    commands = orders[rng.randrange(0, len(orders))]
    pauses = tuple(
        rng.randrange(settings.pause_least_ms, settings.pause_most_ms + 1) for _ in commands
    )
    nonce = f"{rng.getrandbits(NONCE_BITS):032x}"
    light = draw_light_code(settings.light_symbols, rng) if screen and plan.screen_light else ()
    return LivenessChallenge(nonce=nonce, commands=commands, pauses_ms=pauses, light=light)
