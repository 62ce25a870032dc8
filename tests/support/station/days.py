"""Days at a branch: one customer from sign-in to permit, and a branch that worked before."""

import shutil
from pathlib import Path

import pytest

from crypto.files.access_list import make_private
from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from tests.support.station.log import ToldClock
from tests.support.station.stations import NAME, Desk, form
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State
from workstation.station import commands as c

__all__ = ["work_a_day", "worked_branch"]


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


def worked_branch(folder: Path, monkeypatch: pytest.MonkeyPatch, worked: Path) -> Branch:
    """Return a branch that served two customers; `worked` is where the first one is kept."""
    made = Branch(folder, monkeypatch)
    if worked.exists():
        shutil.copytree(worked, folder, dirs_exist_ok=True)
        for path in (folder, *folder.rglob("*")):
            make_private(path, folder=path.is_dir())
    else:
        work_a_day(made.made(), None)
        work_a_day(made, None)
        shutil.copytree(folder, worked)
    return made
