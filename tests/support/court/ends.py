"""Ways in which a case ends; each plays one at a station's desk."""

from tests.support.station.stations import OTHER_TELLER, SECRET, SUPERVISOR, TELLER, Desk
from workstation.devices.signing_methods import SigningMethod
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.parking.starting import settle_cases

__all__ = ["ENDS"]

SECOND = "white birds over the steppe"


def hold(site, desk):
    site.services.authenticator.set_duress_secret(TELLER.id, SECRET, SECOND)
    desk.to(State.CONFIRMATION)
    desk.do(c.SignIn(TELLER.id, SECOND))
    desk.do(c.Confirm())


def hand_over(site, desk):
    desk.to(State.CONFIRMATION)
    desk.do(c.HandOver(HandOverReason.DOUBT_ABOUT_PERSON))
    desk.do(c.AgreeReview(SUPERVISOR.id, "looked at both of the photos", secret=SECRET))
    desk.do(c.Confirm("read aloud"))


def suspect(site, desk):
    desk.to(State.CONFIRMATION)
    desk.do(c.RefuseOnSuspicion(SuspicionReason.GUIDED_BY_PHONE))


def take_up(site, desk):
    desk.to(State.PARKED)
    desk.do(c.SignOut())
    desk.sign_in(OTHER_TELLER)
    desk.take_up()
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))


def restart(site, desk):
    """Let it wait over a start of the program, which says that it waits still."""
    services = site.services
    desk.to(State.PARKED)
    desk.do(c.SignOut())
    services.journal.waiting.clear()
    settle_cases(services.journal, services.cases, services.clock.wall_ms(), services.alarms.report)
    again = Desk(site)
    again.sign_in()
    again.take_up()
    again.do(c.Abort("customer_left"))


def expire(site, desk):
    desk.to(State.PARKED)
    site.clock.tick(73 * 3_600_000)
    desk.do(c.SignOut())
    desk.station.tick()


ENDS = (hold, hand_over, suspect, take_up, restart, expire)
