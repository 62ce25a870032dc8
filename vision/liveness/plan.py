"""What one attempt asks for and what must pass: the usual set and the accessible ones.

An accommodation never only takes away: whoever does not turn shows the depth of the head by coming
closer, whoever does not blink shows it too and is lit by the screen. So each set has its own
required signals, and all of them must pass. A station's presentation-attack model is asked for in
every set.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from vision.liveness.settings import LivenessSettings
from vision.models.manifest import PresentationAttack
from vision.results import Accommodation, LivenessCommand

__all__ = ["TURNS", "USUAL_PLAN", "AttemptPlan", "adjust", "plan_attempt"]

TURNS = frozenset({LivenessCommand.TURN_LEFT, LivenessCommand.TURN_RIGHT})
NEAR = frozenset({LivenessCommand.COME_CLOSER})

MILLION = 1_000_000

USUAL_COMMANDS = (
    LivenessCommand.TURN_LEFT,
    LivenessCommand.TURN_RIGHT,
    LivenessCommand.LOOK_UP,
    LivenessCommand.LOOK_DOWN,
    LivenessCommand.OPEN_MOUTH,
)
DISTANCE_COMMANDS = (LivenessCommand.COME_CLOSER, LivenessCommand.LEAN_BACK)

USUAL_SIGNALS = (
    "capture",
    "commands",
    "identity",
    "command_identity",
    "cut",
    "blink",
    "parallax",
    "planar",
    "loop",
    "freeze",
)
"""In the order in which they name the reason of an UNDECIDED. `perspective` and `screen_light` are
recorded beside them and decide only in a set that requires them."""


@dataclass(frozen=True, slots=True)
class AttemptPlan:
    """What an attempt with these accommodations is made of.

    commands      the movements that may be asked for
    needed        of each of these groups every challenge contains at least one
    required      signals that must pass, in the order in which they name a reason
    screen_light  the customer's screen must light the face
    blinks        a blink must be seen
    network       row of the station's presentation-attack model, None without one
    """

    accommodations: tuple[Accommodation, ...]
    commands: tuple[LivenessCommand, ...]
    needed: tuple[frozenset[LivenessCommand], ...]
    required: tuple[str, ...]
    screen_light: bool
    blinks: bool
    network: PresentationAttack | None = None


def plan_attempt(
    accommodations: Collection[Accommodation] = (), network: PresentationAttack | None = None
) -> AttemptPlan:
    """Return the plan of an attempt with these accommodations, the usual one without any.

    network  the manifest's row of the presentation-attack model: where there is one its signal is
             required
    """
    turns = Accommodation.WITHOUT_TURNING not in accommodations
    blinks = Accommodation.WITHOUT_BLINKING not in accommodations
    commands = [each for each in USUAL_COMMANDS if turns or each not in TURNS]
    dropped = set[str]()
    added: list[str] = []
    needed: list[frozenset[LivenessCommand]] = [TURNS] if turns else []
    if not turns:
        dropped.add("parallax")
    if not blinks:
        dropped.add("blink")
        added.append("screen_light")
    if dropped:
        commands += DISTANCE_COMMANDS
        needed.append(NEAR)
        added.insert(0, "perspective")
    if network is not None:
        added.append(network.role)
    return AttemptPlan(
        accommodations=tuple(each for each in Accommodation if each in accommodations),
        commands=tuple(commands),
        needed=tuple(needed),
        required=(*(each for each in USUAL_SIGNALS if each not in dropped), *added),
        screen_light=not blinks,
        blinks=blinks,
        network=network,
    )


USUAL_PLAN = plan_attempt()


def adjust(settings: LivenessSettings, plan: AttemptPlan) -> LivenessSettings:
    """Return the settings of an attempt by this plan: more time where it was granted.

    How fast a command may be obeyed, how long it is held and what counts as a movement stay.
    """
    if Accommodation.MORE_TIME not in plan.accommodations:
        return settings
    factor = settings.more_time_ppm
    return replace(
        settings,
        position_deadline_ms=settings.position_deadline_ms * factor // MILLION,
        command_deadline_ms=settings.command_deadline_ms * factor // MILLION,
        neutral_deadline_ms=settings.neutral_deadline_ms * factor // MILLION,
        session_deadline_ms=settings.session_deadline_ms * factor // MILLION,
        blink_extra_ms=settings.blink_extra_ms * factor // MILLION,
    )
