"""What an administrator's pages of devices ask of the station: who may, and what comes of it."""

import tomllib

import pytest

import resources
from tests.support.station.command_line import SECRET
from tests.support.station.stations import NAME, form
from tests.support.station.two_administrators import (
    OTHER,
    SECOND,
    OfficeDesk,
    two_administrators,
)
from workstation import bootstrap
from workstation.diagnosis.areas import ProbeArea
from workstation.session.states import State
from workstation.station import administration_commands as a
from workstation.station import commands as c

SHIPPED = resources.path("policies", "kz-2026-07-12.toml")
NEW_CAMERA = "1bcf:2c99 1-4"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return two_administrators(tmp_path, monkeypatch)


def allowed(path):
    return tomllib.loads(path.read_text("utf-8"))["camera"]["allowed"]


@pytest.mark.parametrize(
    "command",
    [c.RunProbes(ProbeArea.SERVICES), c.AllowCamera(NEW_CAMERA, allowed=True), c.UpdateLists()],
)
def test_a_teller_has_nothing_tried_and_no_camera_allowed(branch, command):
    before = branch.settings.read_bytes()
    with OfficeDesk(branch) as office:
        office.do(command)
        assert office.message == "operation_refused"
        office.desk.plug()
        office.do(c.SignIn("T-0042", SECRET))
        assert office.do(command) == "role_missing"
        assert (office.desk.status.probes, office.desk.status.probing) == ((), ())
        assert "change.staged" not in office.kinds
    assert branch.settings.read_bytes() == before


def test_a_camera_counts_once_two_have_signed_and_changes_nothing_before(branch):
    before = branch.settings.read_bytes()
    with OfficeDesk(branch) as office:
        office.sign_in()
        assert office.do(c.AllowCamera(NEW_CAMERA, allowed=True)) == "camera_list.staged_sign"
        assert branch.settings.read_bytes() == before
        assert "change.staged" in office.kinds

    with OfficeDesk(branch) as office:
        # What waits keeps no station from starting, nor a teller from working.
        office.desk.plug()
        office.do(c.SignIn("T-0042", SECRET))
        office.do(c.BeginOperation(form(untrusted_name=NAME)))
        assert office.desk.now.state is State.CONSENT
        office.do(c.Abort("customer_left"))
        office.do(c.SignOut())
        office.sign_in()
        assert "$.camera.allowed" in [each.at for each in office.view.waiting]
        assert office.propose() == "changes.proposed"
        office.sign_in(SECOND, OTHER)
        assert office.countersign() == "changes.restart"

    assert allowed(branch.settings) == [NEW_CAMERA]
    bootstrap.close(branch.opened())


def test_a_policy_that_is_brought_leaves_a_camera_waiting(branch, tmp_path):
    text = SHIPPED.read_text("utf-8").replace('id = "kz-2026-07-12"', 'id = "bank-draft"', 1)
    (tmp_path / "bank-draft.toml").write_text(text, "utf-8")
    with OfficeDesk(branch) as office:
        office.sign_in()
        office.do(c.AllowCamera(NEW_CAMERA, allowed=True))
        assert office.do(a.ImportPolicy(tmp_path / "bank-draft.toml")) == "policy_import.staged"
        office.do(c.AllowCamera("046d:0825 1-2", allowed=True))
    staged = branch.data / "charter" / "staged.settings.toml"
    assert allowed(staged) == [NEW_CAMERA, "046d:0825 1-2"]
    assert "policy-" in tomllib.loads(staged.read_text("utf-8"))["policy"]["path"]


def test_two_cameras_wait_together(branch):
    with OfficeDesk(branch) as office:
        office.sign_in()
        office.do(c.AllowCamera(NEW_CAMERA, allowed=True))
        office.do(c.AllowCamera("046d:0825 1-2", allowed=True))
    assert allowed(branch.data / "charter" / "staged.settings.toml") == [
        NEW_CAMERA,
        "046d:0825 1-2",
    ]
