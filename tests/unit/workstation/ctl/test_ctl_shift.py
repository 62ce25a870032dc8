"""`shift show|close|export`: the same count and the same entry as at the desk."""

import json

import pytest

from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from workstation.shift.closing import HEADS_FOLDER, SHIFTS_FOLDER


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def close(branch, by="S-0031", secret=SECRET):
    return branch.line.run(
        "--json", "shift", "close", "--by", by, "--secret-stdin", stdin=f"{secret}\n"
    )


def test_a_supervisor_ends_a_shift_at_the_command_line_and_the_audit_agrees(branch):
    none = branch.line.run("shift", "export")
    refused = close(branch, secret="wrong wrong wrong")
    done = close(branch)
    shown = json.loads(branch.line.run("--json", "shift", "show").stdout)

    assert (none.exit_code, refused.exit_code) != (0, 0)
    assert done.exit_code == 0, done.stderr
    stated = json.loads(done.stdout)
    assert stated["sign_ins_failed"] == 1
    assert shown["entries"]["start"] == stated["entries"]["size"]
    outbox = branch.data / "outbox"
    (head,) = (outbox / HEADS_FOLDER).iterdir()
    (report,) = (outbox / SHIFTS_FOLDER).iterdir()
    assert report.read_bytes().startswith(b"%PDF")
    verified = branch.line.run("log", "verify", "--head", str(head))
    assert verified.exit_code == 0, verified.stderr + verified.stdout

    head.unlink()
    assert branch.line.run("shift", "export").exit_code == 0
    assert head.is_file()


def test_nobody_but_a_supervisor_ends_a_shift(branch):
    assert "role_missing" in close(branch, "T-0042").stdout
