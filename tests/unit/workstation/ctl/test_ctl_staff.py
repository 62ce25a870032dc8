import pytest

from crypto.log.file.clock import SystemClock
from tests.support.station.branch import Branch
from tests.support.station.charters import sign_folder
from tests.support.station.command_line import SECRET
from tests.support.station.passphrases import give_passphrase
from tests.support.vision.templates import face
from workstation.accounts.staff import StaffRecord
from workstation.ctl import staff as commands
from workstation.records.keys import open_key_store
from workstation.records.station_log import load_log_key, open_log
from workstation.settings.settings import load_settings

IIN = "920314400005"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    branch = Branch(tmp_path, monkeypatch).made()
    monkeypatch.setattr(commands, "_describe", lambda _console, _photo: face("a"))
    return branch


@pytest.fixture
def line(branch):
    return branch.line


def staff(line):
    loaded = load_settings(line.data)
    return commands.open_staff(loaded, open_key_store(loaded, give_passphrase))


def add(line, *extra):
    """Stage an account and let head office sign it."""
    result = line.run(
        "operator", "add", "T-9", "--name", "Айгүл", "--role", "teller", "--secret-stdin", *extra,
        stdin=SECRET + "\n",
    )  # fmt: skip
    sign_folder(line.data, line.enrolment_keys)
    return result


def test_an_account_is_added_with_the_iin_of_its_person(line):
    assert add(line, "--iin", IIN).exit_code == 0

    assert staff(line).is_staff_iin(IIN, "T-9")
    assert IIN.encode() not in (line.data / "operators.sqlite").read_bytes()


def test_a_mistyped_iin_adds_no_account(line):
    refused = add(line, "--iin", "920314400006")

    assert (refused.exit_code, "iin" in refused.stderr) == (1, True)
    assert add(line).exit_code == 0


def test_the_iin_of_an_account_of_before_is_told_later(line):
    add(line)

    assert line.run("operator", "iin", "T-9", IIN).exit_code == 0
    assert line.run("operator", "iin", "nobody", IIN).exit_code == 1
    assert staff(line).is_staff_iin(IIN)


def test_a_face_is_kept_with_a_recorded_consent_and_forgotten_when_it_ends(line):
    add(line)
    kept = line.json("operator", "face", "T-9", "--photo", "a.jpg", "--consent")
    seen = staff(line).nearest_staff(face("a"))
    gone = line.json("operator", "face", "T-9", "--remove")

    assert (kept["kept"], seen, gone["kept"]) == (True, 0, False)
    assert staff(line).nearest_staff(face("a")) is None
    assert gone["log_entry"] > kept["log_entry"]
    assert line.run("log", "verify").exit_code == 0
    for number, act in ((kept, "consent_given"), (gone, "consent_withdrawn")):
        shown = line.run("log", "show", "--seq", str(number["log_entry"])).stdout
        assert "staff.face" in shown
        assert act in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["T-9", "--photo", "a.jpg"],
        ["T-9"],
        ["T-9", "--photo", "a.jpg", "--consent", "--remove"],
        ["nobody", "--photo", "a.jpg", "--consent"],
    ],
)
def test_no_face_is_kept_without_consent_a_photo_or_an_account(line, arguments):
    add(line)

    assert line.run("operator", "face", *arguments).exit_code != 0
    assert StaffRecord("T-9", iin=False, face=False) in staff(line).records()


def test_nothing_is_kept_while_the_workstation_holds_the_log(line):
    add(line)
    loaded = load_settings(line.data)
    with open_log(
        loaded, load_log_key(loaded, open_key_store(loaded, give_passphrase)), SystemClock()
    ):
        result = line.run("operator", "face", "T-9", "--photo", "a.jpg", "--consent")

    assert result.exit_code == 4
    assert staff(line).nearest_staff(face("a")) is None
