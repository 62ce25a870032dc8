"""`policy replay` on the thousand sessions: what it counts, what it says first, how it ends."""

import json
import shutil
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

import resources
from tests.support.station.log import flip, vandalise
from tests.support.station.recorded import COUNT, recorded_log
from workstation.ctl import program

SHIPPED = resources.path("policies", "kz-2026-07-12.toml")


@pytest.fixture
def files(tmp_path):
    """Return the options that name log and key, and a place for a draft."""
    log = recorded_log()
    key = tmp_path / "log.vkey"
    key.write_text(f"{log.vkey}\n")
    return {"log": log.path, "key": key, "draft": tmp_path / "draft.toml"}


def run(files, *options, changes=(), before=("--json",)):
    text = SHIPPED.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    files["draft"].write_text(text, "utf-8")
    named = [each for name in ("log", "key", "draft") for each in (f"--{name}", str(files[name]))]
    return CliRunner().invoke(program, [*before, "policy", "replay", *named, *options])


def test_the_policy_of_the_records_changes_none_of_them(files):
    said = json.loads(run(files).stdout)

    assert said["log"] == "proven"
    assert (said["records"], said["same"], said["broken"]) == (COUNT, COUNT, 0)
    assert said["complete"] is True
    assert {each["change"] for each in said["rows"]} == {"same"}


def test_a_stricter_score_names_the_rule_and_the_sessions_that_it_would_refuse(files):
    said = json.loads(
        run(files, changes=[("idec_match_percent = 95", "idec_match_percent = 98")]).stdout
    )
    refused = [each for each in said["rows"] if each["change"] == "refused"]

    assert said["refused"] == sum(each["records"] for each in refused) > 20
    assert {each["reason"] for each in refused} == {"authority.below"}
    # Where the machine is undecided the authority's word stands for the comparison, too.
    assert {each["check"] for each in refused} == {"authority", "match"}
    assert {each["rule"] for each in refused} == {"B-05", "B-01.match"}
    assert all(len(each["sessions"]) in {1, 2, 3} for each in refused)


def test_a_shorter_wait_refuses_nobody_and_is_counted_apart(files):
    said = json.loads(run(files, changes=[("hours = 8,", "hours = 6,")]).stdout)

    assert said["shorter"] > 0
    assert said["refused"] == said["let_in"] == said["longer"] == 0


def test_operation_and_days_narrow_the_records(files):
    of_loans = json.loads(run(files, "--operation", "loan_issue").stdout)
    before = json.loads(run(files, "--to", "2020-01-01").stdout)
    after = json.loads(run(files, "--from", "2020-01-01").stdout)

    assert 0 < of_loans["records"] < COUNT
    assert {each["operation"] for each in of_loans["rows"]} == {"loan_issue"}
    assert (before["records"], after["records"]) == (0, COUNT)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_people_read_totals_and_rows_in_their_language(files, language):
    changes = [("minimum_age = 18", "minimum_age = 21")]
    said = run(files, changes=changes, before=("--language", language)).stdout

    assert "[" not in said
    assert {
        "kk": "Бас тартылар еді",
        "ru": "Было бы отказано",
        "en": "Would be refused",
    }[language] in said
    assert "age.too_young" not in said


def test_ctrl_c_leaves_what_was_read_and_says_so(files, monkeypatch):
    asked = []

    @contextmanager
    def pressed_soon():
        yield lambda: asked.append(1) or len(asked) > 4

    monkeypatch.setattr("workstation.ctl.policy_replay.interruptible", pressed_soon)
    said = json.loads(run(files).stdout)

    assert said["complete"] is False
    assert 0 < said["records"] == said["same"] < COUNT


def test_a_log_that_does_not_verify_is_said_first_and_read_up_to_there(files, tmp_path):
    copied = tmp_path / "log.sqlite"
    shutil.copy(files["log"], copied)
    vandalise(copied, flip("body", "entry", "seq = 900"))
    result = run(files | {"log": copied}, before=())

    assert result.exit_code == 2
    assert result.stdout.splitlines()[0] == "Log: leaf at 900"
    told = json.loads(run(files | {"log": copied}).stdout)
    assert told["complete"] is False
    assert 0 < told["records"] < COUNT


def test_a_folder_of_a_station_is_found_its_log_and_key(files, tmp_path):
    folder = tmp_path / "station"
    for made in ("log", "enrolment"):
        (folder / made).mkdir(parents=True)
    shutil.copy(files["log"], folder / "log" / "log.sqlite")
    shutil.copy(files["key"], folder / "enrolment" / "log.vkey")
    files["draft"].write_bytes(SHIPPED.read_bytes())
    options = ["policy", "replay", "--log", str(folder), "--draft", str(files["draft"])]
    said = json.loads(CliRunner().invoke(program, ["--json", *options]).stdout)

    assert said["same"] == COUNT


def test_a_draft_that_no_station_would_take_is_refused(files):
    result = run(files, changes=[("commands_min = 3", "commands_min = 2")])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "policy_refused"
