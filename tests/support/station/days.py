"""A day at a branch: one customer from sign-in to permit."""

from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from tests.support.station.log import ToldClock
from tests.support.station.stations import NAME, Desk, form
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c

__all__ = ["work_a_day"]


def work_a_day(branch: Branch, clock: ToldClock | None) -> None:
    """Serve one customer from sign-in to permit, as on any day."""
    services = branch.opened(clock)
    try:
        desk = Desk(branch.site(services))
        desk.plug()
        desk.do(c.SignIn("T-0042", SECRET))
        desk.do(c.BeginOperation(form(untrusted_name=NAME)))
        desk.do(c.GiveConsent("ru"))
        desk.live()
        desk.do(c.Sign(SigningMethod.NCALAYER))
        assert desk.now.state is State.RECORDED, (desk.now.state, desk.now.message)
    finally:
        bootstrap.close(services)
