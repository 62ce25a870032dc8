"""Scenarios of customers whom the commands do not fit, and how another way is taken."""

from vision.camera.simulated import SimulatedVariant as Before
from vision.results import Accommodation
from workstation.registries.identification_wire import IdentificationVerdict
from workstation.rules.alternatives import LivenessWay
from workstation.sandbox.demo import DemoStation
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.arranging import APPROVED, Arrange, rejected
from workstation.sandbox.scenarios.driver import InlineDriver
from workstation.sandbox.scenarios.scenario import Scenario, Script, person
from workstation.sandbox.world import Sandbox
from workstation.session.alternative import WayReason
from workstation.session.states import State
from workstation.station import commands as c

__all__ = ["OTHER_WAYS", "take_other_way"]

_WAYS = {
    Script.TAKE_PALM: LivenessWay.PALM,
    Script.TAKE_VIDEO: LivenessWay.VIDEO_IDENTIFICATION,
    Script.TAKE_VIDEO_OF_ANOTHER: LivenessWay.VIDEO_IDENTIFICATION,
}


def set_palm(verdict: IdentificationVerdict) -> Arrange:
    """Let the palm scanner's centre find this."""

    def arrange(sandbox: Sandbox) -> None:
        sandbox.identification.palm = verdict

    return arrange


def take_other_way(driver: InlineDriver, demo: DemoStation, scenario: Scenario) -> None:
    """Take the way that the script names until it leads on; nothing without one."""
    way = _WAYS.get(scenario.script)
    if way is None or driver.snapshot.state is not State.LIVENESS:
        return
    consent = driver.snapshot.language
    driver.do(c.RequestAlternative(way, WayReason.COMMANDS_DO_NOT_FIT, consent))
    driver.do(c.TakeExceptionPhoto())
    driver.feed_frames()
    number = _identify(driver, demo, scenario)
    while _is_asking(driver):
        failures = driver.snapshot.alternative.failures
        driver.do(c.AskCentre(number))
        if driver.snapshot.alternative.failures == failures:
            return


def _is_asking(driver: InlineDriver) -> bool:
    return driver.snapshot.state is State.ALTERNATIVE


def _identify(driver: InlineDriver, demo: DemoStation, scenario: Scenario) -> str:
    """Have the customer identified by the bank's centre; return the number, empty for a palm."""
    verification = driver.station.verification
    if verification is None or scenario.script is Script.TAKE_PALM:
        return ""
    whose = scenario.customer
    if scenario.script is Script.TAKE_VIDEO_OF_ANOTHER:
        whose = CustomerKey.OTHER_PERSON
    operation = verification.case.operation.sha256()
    return demo.sandbox.identification.identify_by_video(person(whose).iin, operation)


OTHER_WAYS: tuple[Scenario, ...] = (
    # An attempt that decides nothing first, then the set that asks for no blink.
    Scenario(
        "cannot_blink",
        APPROVED,
        camera=Before.NO_BLINK,
        script=Script.EASE_SECOND_ATTEMPT,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    # A photo cannot blink either.
    Scenario(
        "cannot_blink_refused",
        rejected("liveness.flat"),
        camera=Before.PRINTED_PHOTO,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    Scenario("palm_instead", APPROVED, camera=Before.NO_BLINK, script=Script.TAKE_PALM),
    Scenario(
        "palm_of_another",
        rejected("palm.other_person"),
        camera=Before.NO_BLINK,
        script=Script.TAKE_PALM,
        arrange=set_palm(IdentificationVerdict.OTHER_PERSON),
    ),
    # The palm is the customer's, the face is not.
    Scenario(
        "palm_without_the_face",
        rejected("match.non_match"),
        camera=Before.OTHER_PERSON,
        script=Script.TAKE_PALM,
    ),
    Scenario(
        "palm_back_to_the_face",
        rejected("liveness.attempts_exhausted", "palm.no_match"),
        camera=Before.NO_BLINK,
        script=Script.TAKE_PALM,
        arrange=set_palm(IdentificationVerdict.NOT_MATCHED),
    ),
    Scenario("video_identified", APPROVED, camera=Before.NO_BLINK, script=Script.TAKE_VIDEO),
    Scenario(
        "video_of_another_customer",
        rejected("video_identification.other_person"),
        camera=Before.NO_BLINK,
        script=Script.TAKE_VIDEO_OF_ANOTHER,
    ),
)
