"""A witness is made, told whose logs to watch, and asked over the network or by a disk."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.log.audit.reader import LogReader
from crypto.log.format.checkpoint import open_checkpoint
from crypto.log.format.cosignature import COSIGNATURE, cosigned_at
from crypto.log.format.note import NoteVerifier
from crypto.net.connection import ANY_MACHINE
from crypto.net.url import HttpUrl
from tests.support.station.log import LogSite
from tests.support.station.witnesses import grow, reader
from workstation.ctl import program
from workstation.witness.ask import WitnessOutcome, ask_witness, http_post
from workstation.witness.requests import join_steps, plan_steps

ROOT = Path(__file__).resolve().parents[4]
NAME = "bank.kz/witness/almaty1-ws08"


def run(*arguments, stdin=""):
    return CliRunner().invoke(program, [str(each) for each in arguments], input=stdin)


@pytest.fixture
def witness(tmp_path):
    folder = tmp_path / "witness"
    made = run("witness", "init", folder, "--name", NAME, "--keys", "file")
    assert made.exit_code == 0
    return folder


@pytest.fixture
def site(tmp_path):
    made = LogSite(tmp_path / "site")
    with made.create() as store:
        grow(store, 4)
    (tmp_path / "log.vkey").write_text(made.log_key.vkey + "\n")
    return made


@pytest.fixture
def watched(site, witness, tmp_path):
    assert run("witness", "add", witness, tmp_path / "log.vkey").exit_code == 0
    return site


def public(witness):
    return NoteVerifier.parse((witness / "witness.vkey").read_text().strip(), algorithm=COSIGNATURE)


def write_request(site, path, old=0):
    with reader(site) as log, log.snapshot() as view:
        path.write_bytes(join_steps(plan_steps(view, old)))
    return path


def test_a_witness_is_made_once(witness):
    again = run("witness", "init", witness, "--name", NAME, "--keys", "file")

    assert again.exit_code == 1
    assert "already_initialised" in again.stderr


def test_a_name_that_is_none_makes_nothing(tmp_path):
    assert run("witness", "init", tmp_path / "w", "--name", "a b", "--keys", "file").exit_code != 0
    assert not (tmp_path / "w").exists()


def test_the_key_of_a_witness_is_sealed_unless_it_is_said_otherwise(tmp_path, site):
    folder, phrase = tmp_path / "sealed", "дом у реки 48 Тобол"
    made = run("--passphrase-stdin", "witness", "init", folder, "--name", NAME, stdin=phrase + "\n")
    assert made.exit_code == 0
    assert run("witness", "add", folder, tmp_path / "log.vkey").exit_code == 0
    request = write_request(site, tmp_path / "request")

    assert run("witness", "cosign", folder, request).exit_code == 1
    given = run("--passphrase-stdin", "witness", "cosign", folder, request, stdin=phrase + "\n")
    assert given.exit_code == 0


def test_a_log_is_added_by_its_first_key_once(watched, witness, tmp_path):
    listed = json.loads(run("--json", "witness", "list", witness).stdout)

    assert (listed["origin"], listed["size"], listed["refused"]) == (watched.log_key.name, 0, [])
    assert run("witness", "add", witness, tmp_path / "log.vkey").exit_code == 1


def test_a_request_on_a_disk_is_answered_beside_it(watched, witness, tmp_path):
    request = write_request(watched, tmp_path / "request")

    result = run("witness", "cosign", witness, request)

    assert result.exit_code == 0, result.output
    note = (tmp_path / "request.cosigned").read_bytes()
    head = open_checkpoint(note, watched.log_key.verifier)
    assert head.size == 5
    assert cosigned_at(head.checkpoint, head.lines[-1], public(witness)) is not None
    assert "5" in run("witness", "list", witness).stdout
    kept = json.loads(run("--json", "witness", "head", witness, watched.log_key.name).stdout)
    assert kept["head"].encode() in note
    shown = run("witness", "head", witness, watched.log_key.name).stdout
    assert open_checkpoint(shown.split("head:\n")[1].encode(), watched.log_key.verifier)
    assert run("witness", "head", witness, "bank.kz/log/other").exit_code == 3


def test_a_rolled_back_log_is_refused_on_a_disk_and_listed(watched, witness, tmp_path):
    shutil.copytree(watched.path.parent, tmp_path / "kept")
    with watched.open() as store:
        grow(store, 3)
    run("witness", "cosign", witness, write_request(watched, tmp_path / "new"))
    shutil.rmtree(watched.path.parent)
    shutil.copytree(tmp_path / "kept", watched.path.parent)

    result = run("witness", "cosign", witness, write_request(watched, tmp_path / "old"))

    assert result.exit_code == 2
    assert (tmp_path / "old.cosigned").read_bytes() == b"refused 409 9\n"
    listed = json.loads(run("--json", "witness", "list", witness).stdout)
    assert (listed["older"], listed["forked"]) == (1, 0)


def test_a_request_that_only_asks_from_elsewhere_accuses_nobody(watched, witness, tmp_path):
    run("witness", "cosign", witness, write_request(watched, tmp_path / "first"))
    with watched.open() as store:
        grow(store, 3)

    assert run("witness", "cosign", witness, write_request(watched, tmp_path / "r")).exit_code == 1
    assert (tmp_path / "r.cosigned").read_bytes() == b"refused 409 5\n"


def test_a_stranger_s_log_is_refused_on_a_disk(site, witness, tmp_path):
    assert run("witness", "cosign", witness, write_request(site, tmp_path / "r")).exit_code == 1
    assert (tmp_path / "r.cosigned").read_bytes() == b"refused 404 -\n"


def test_a_folder_without_a_witness_is_said(site, tmp_path):
    assert run("witness", "list", tmp_path).exit_code == 4
    assert run("witness", "cosign", tmp_path, tmp_path / "none").exit_code == 4


def test_a_key_that_is_not_the_published_one_is_not_used(watched, witness, tmp_path):
    other = tmp_path / "other"
    run("witness", "init", other, "--name", NAME, "--keys", "file")
    shutil.copy(other / "witness.vkey", witness)

    request = write_request(watched, tmp_path / "request")
    assert "key_refused" in run("witness", "cosign", witness, request).stderr


# A job that a shell started in the background ignores SIGINT, and so do its children.
HEARS_CTRL_C = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " runpy.run_module('workstation.ctl', run_name='__main__')"
)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a child")
def test_a_witness_serves_until_it_is_interrupted_and_survives_a_kill(watched, witness):
    for end in (signal.SIGKILL, signal.SIGINT):
        command = [sys.executable, "-c", HEARS_CTRL_C, "--json", "witness", "serve"]
        with subprocess.Popen(
            [*command, str(witness), "--listen", "127.0.0.1", "--port", "0"],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        ) as served:
            url = json.loads(served.stdout.readline())["listening"]
            post = http_post(HttpUrl.parse(url), dialling=ANY_MACHINE, timeout_s=10)
            with LogReader(watched.path, watched.log_key.vkey) as log:
                asked = ask_witness(log, public(witness), post, 0)
            served.send_signal(end)
            code = served.wait(20)
        assert asked.outcome is WitnessOutcome.COSIGNED
        assert code == (0 if end == signal.SIGINT else -signal.SIGKILL)


def test_an_address_that_is_taken_is_said(witness):
    result = run("witness", "serve", witness, "--listen", "203.0.113.7", "--port", "0")

    assert result.exit_code == 4
    assert "witness_unusable" in result.stderr
