"""Head office at a terminal reads what it signs, and is asked before it is signed."""

import pytest

from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET


@pytest.fixture
def line(tmp_path, monkeypatch):
    """A production station in which an account waits for head office's signature."""
    made = Branch(tmp_path, monkeypatch).made()
    typed = f"{SECRET}\n"
    names = ("add", "t-9", "--name", "Чужой", "--role", "teller", "--secret-stdin")
    assert made.line.run("operator", *names, stdin=typed).exit_code == 0
    return made.line


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)


def sign(line, *options, typed=""):
    before = ("--language", "ru", "charter", "sign")
    return line.run(*before, "--enrolment-keys", str(line.enrolment_keys), *options, stdin=typed)


def in_force(line):
    return line.json("charter", "show")["charter"]


@pytest.mark.parametrize("typed", ["n\n", "\n", ""], ids=["no", "nothing", "end of input"])
def test_what_is_not_agreed_to_is_not_signed(line, terminal, typed):
    before = in_force(line)
    done = sign(line, typed=typed)

    assert done.exit_code == 1
    assert "t-9" in done.stderr
    assert "Подписать это от имени головного офиса?" in done.stderr
    assert in_force(line) == before
    # It waits as before, and the log is free for the next try.
    assert sign(line, typed="y\n").exit_code == 0
    assert in_force(line) == before + 1


def test_what_is_changed_while_it_is_read_is_not_signed(line, terminal, monkeypatch):
    before = in_force(line)

    def read_and_wait(*_question, **_options):
        settings = line.data / "workstation.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")

    monkeypatch.setattr("workstation.ctl.charter.click.confirm", read_and_wait)
    done = sign(line)

    assert done.exit_code != 0
    assert in_force(line) == before


@pytest.mark.parametrize("options", [("--yes",), ()], ids=["told", "script"])
def test_who_says_so_and_a_script_are_not_asked(line, monkeypatch, options):
    if options:
        monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
    before = in_force(line)
    done = sign(line, *options)

    assert done.exit_code == 0
    assert "Подписать" not in done.stderr
    assert in_force(line) == before + 1
