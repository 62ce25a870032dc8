"""`workstation-ctl demo` before anything is played: names, scenarios, files that are no keys."""

import json

import pytest
from click.testing import CliRunner

from tests.support.pki.key_stores import KeyStore
from tests.support.station.sandbox import MOMENT
from workstation.ctl import program
from workstation.sandbox.people import Family
from workstation.sandbox.pki import issuance
from workstation.sandbox.pki.private_keys import write_private_key


def run(*arguments):
    return CliRunner().invoke(program, ["--json", *arguments])


def refusal(*arguments):
    done = run("demo", *arguments)
    return done.exit_code, json.loads(done.stderr or done.stdout)["error"]["code"]


def test_the_scenarios_are_listed_with_the_end_each_must_have():
    lines = (json.loads(line) for line in run("demo", "--list").stdout.splitlines())
    listed = {each["scenario"]: each for each in lines}
    assert listed["approve"]["outcome"] == "approved"
    assert listed["short_key"]["reason"] == "signature.algorithm_too_weak"
    assert listed["revoked_in_delta_only"]["reason"] == "signature.revoked"
    # It needs files that are no part of this product.
    assert "sample_key" not in listed


def test_an_unknown_scenario_is_wrong_input():
    assert run("demo", "--scenario", "nonesuch").exit_code == 3


@pytest.mark.parametrize(
    ("written", "code"),
    [(b"", "key_store_damaged"), (b"\x30\x03\x02\x01\x03", "key_store_damaged")],
)
def test_a_file_that_is_no_key_store_is_named(tmp_path, written, code):
    path = tmp_path / "key.p12"
    path.write_bytes(written)
    assert refusal("--sample-key", str(path)) == (3, code)


def test_a_key_store_under_a_password_of_ones_own_stays_closed(tmp_path):
    holder = issuance.issue_root("SANDBOX holder", Family.GOST2004, MOMENT)
    path = tmp_path / "key.p12"
    store = KeyStore(write_private_key(holder.key), holder.der, password="my own secret")
    path.write_bytes(store.written())
    assert refusal("--sample-key", str(path)) == (3, "key_store_password")
    assert not any("password" in option for option in options_of_demo())


def options_of_demo():
    """Every option's name: none may take a secret."""
    (command,) = (each for name, each in program.commands.items() if name == "demo")
    return [name for each in command.params for name in each.opts]


def test_a_build_without_the_sandbox_says_so(monkeypatch):
    monkeypatch.setattr("workstation.flavour.SANDBOX", "workstation.no_sandbox_here")
    for arguments in (["demo"], ["liveness", "clip.mkv"]):
        ended = CliRunner().invoke(program, arguments)

        assert ended.exit_code == 3
        assert ended.stderr.startswith("demo_not_built")
