"""A production station with two administrators, opened as the desktop opens it."""

import shutil
from tempfile import TemporaryDirectory

from crypto.files.access_list import make_private
from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from tests.support.station.stations import Desk
from workstation import bootstrap
from workstation.accounts.secret import SecretCost
from workstation.station import administration_commands as a
from workstation.station import commands as c

__all__ = ["AUDITOR", "FIRST", "OTHER", "SECOND", "OfficeDesk", "two_administrators"]

FIRST, SECOND, AUDITOR = "a-001", "a-002", "U-0007"
OTHER = "сад у реки 31 Ишим"
"""The second administrator's secret."""


_MADE: list["TemporaryDirectory[str]"] = []


def two_administrators(tmp_path, monkeypatch):
    """Return a branch whose second administrator, and an auditor, head office has signed."""
    # The real cost of Argon2id is measured where it belongs, not once per sign-in.
    monkeypatch.setattr(SecretCost.__init__, "__defaults__", (64, 1, 1))
    branch = Branch(tmp_path, monkeypatch)
    branch.signs = False
    if _MADE:
        # Made once for all tests of the run; every further one begins with a copy.
        shutil.copytree(_MADE[0].name, branch.folder, dirs_exist_ok=True)
        for path in (branch.folder, *branch.folder.rglob("*")):
            make_private(path, folder=path.is_dir())
        return branch
    branch.made()
    branch.signs = False
    for number, name, role in ((SECOND, "Б", "admin"), (AUDITOR, "В", "auditor")):
        made = branch.line.run(
            *("operator", "add", number, "--name", name, "--role", role, "--secret-stdin"),
            stdin=f"{OTHER}\n",
        )
        assert made.exit_code == 0, made.output
    branch.sign()
    _MADE.append(TemporaryDirectory(prefix="office-"))
    shutil.copytree(branch.folder, _MADE[0].name, dirs_exist_ok=True)
    return branch


class OfficeDesk:
    """The station, opened; an administrator's commands, and what is shown after them."""

    def __init__(self, branch):
        self.branch = branch
        self.services = branch.opened()
        self.desk = Desk(branch.site(self.services))

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.desk.station.close("closed")
        bootstrap.close(self.services)

    @property
    def view(self):
        """What the administrator's pages show."""
        return self.desk.status.administration

    @property
    def message(self):
        """What the station said last."""
        return self.desk.status.message

    def sign_in(self, operator=FIRST, secret=SECRET):
        """Sign in, and look."""
        self.desk.do(c.SignIn(operator, secret))
        assert self.desk.status.operator is not None, self.message
        self.do(a.LookAtAdministration())

    def do(self, command):
        """Perform a command and all work that follows; return what the station said."""
        self.desk.do(command)
        return self.message

    def propose(self, secret=SECRET):
        """Propose what waits."""
        return self.do(a.ProposeChanges(secret))

    def countersign(self, secret=OTHER, proposer_secret=SECRET, sha256=None):
        """Agree to the proposal that is shown."""
        seen = self.view.proposal.sha256 if sha256 is None else sha256
        return self.do(a.CountersignChanges(seen, secret, proposer_secret))

    @property
    def kinds(self):
        """The kinds of the log's entries."""
        return [each.kind for each in self.services.journal.log.entries()]
