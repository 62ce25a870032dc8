"""What the command line writes into streams of other encodings, and into none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]


def written(*arguments, encoding, **environment):
    """Return exit code, standard output and standard error of the command as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "workstation.ctl", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"} | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("encoding", ["cp1251", "cp866"])
def test_cyrillic_stays_in_a_redirected_file_and_kazakh_letters_stay_apart(encoding):
    code, out, err = written("--language", "kk", "policy", "show", encoding=encoding)
    assert (code, err) == (0, b"")
    text = out.decode(encoding)
    assert "аутентификаттау" in text
    assert "\\u049b" in text  # қ, and not a question mark that could be any letter
    assert "?" not in text


def test_a_dash_that_the_encoding_lacks_is_a_dash(tmp_path):
    _, out, err = written("--help", encoding="cp866")
    missing = tmp_path / "нет — «такого»"
    code, _, told = written("certificate", "show", str(missing), encoding="cp866:strict")
    assert (out.decode("cp866") != "", err, code) == (True, b"", 3)
    assert b"\\u2014" not in told


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "ascii", "utf-8"])
def test_json_is_json_whatever_the_stream(encoding):
    code, out, err = written("--json", "--language", "kk", "policy", "show", encoding=encoding)
    assert (code, err) == (0, b"")
    lines = [json.loads(line) for line in out.decode("utf-8").splitlines()]
    assert any("аутентификаттау қағидалары" in str(line) for line in lines)


def test_the_c_locale_ends_in_no_traceback():
    code, out, err = written(
        "--language", "ru", "policy", "show", encoding="", LC_ALL="C", PYTHONCOERCECLOCALE="0"
    )
    assert (code, err) == (0, b"")
    assert b"kz-2026-07-12" in out


@pytest.mark.parametrize(("argument", "code"), [("show", 0), ("nonesuch", 3)])
def test_without_streams_only_the_exit_code_speaks(argument, code):
    """As pythonw starts a program: both streams are None."""
    program = (
        "import sys; sys.stdout = sys.stderr = None; from workstation.ctl import main;"
        f"sys.argv = ['workstation-ctl', 'policy', {argument!r}]; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
