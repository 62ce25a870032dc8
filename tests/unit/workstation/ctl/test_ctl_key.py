"""`key`: looking at the keys opens none, and what protected them before opens them no more."""

import json
import tomllib

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.support.station.command_line import CommandLine
from tests.support.station.passphrases import PASSPHRASE
from tests.support.system.exposure import expose
from workstation.records.permit_keys import load_permit_key, permit_key_names, published_permit_keys
from workstation.settings.settings import KeyStoreKind
from workstation.settings.trust import read_trust

NEW = "новая фраза 2027 Иртыш"


@pytest.fixture
def plain(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    assert line.init().exit_code == 0
    return line


@pytest.fixture
def sealed(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    assert line.init(profile="production").exit_code == 0
    return line


def files(line):
    return sorted(path.name for path in (line.data / "keys").iterdir())


def store(line, passphrase=PASSPHRASE):
    from crypto.vault.keys import FileKeyStore, SealedKeyStore
    from crypto.vault.protectors import PassphraseProtector

    keys = line.data / "keys"
    if read_trust(line.data).keys.kind is KeyStoreKind.FILE:
        return FileKeyStore(keys)
    return SealedKeyStore(keys, PassphraseProtector(lambda _failures: passphrase))


def test_a_branch_is_made_with_sealed_keys_and_the_demo_with_plain_ones(plain, tmp_path):
    assert files(plain) == ["cool-down.key", "log.key", "permit.key"]
    settings = tomllib.loads((plain.data / "workstation.toml").read_text("utf-8"))
    assert settings["keys"]["kind"] == "file"


def test_a_branch_has_no_plain_keys(sealed):
    assert files(sealed) == ["cool-down.sealed", "log.sealed", "master.passphrase", "permit.sealed"]
    settings = tomllib.loads((sealed.data / "workstation.toml").read_text("utf-8"))
    assert settings["keys"]["kind"] == "sealed"


def test_a_branch_cannot_be_made_with_plain_keys(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    refused = line.init("--keys", "file", profile="production")
    assert refused.exit_code == 3
    assert "demo" in refused.stderr
    assert not line.data.exists()


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa"])
def test_a_weak_pass_phrase_protects_nothing(tmp_path, monkeypatch, weak):
    line = CommandLine(tmp_path, monkeypatch)
    monkeypatch.setattr("tests.support.station.command_line.PASSPHRASE", weak)
    refused = line.init(profile="production")
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "operator_refused")
    assert not line.data.exists()


def test_the_status_opens_nothing_and_says_who_could_read_the_keys(sealed):
    sealed.passphrase = None
    shown = sealed.json("key", "status")
    assert shown["kind"] == "sealed"
    assert shown["rotations"] == 0
    assert shown["first_log_key"] == shown["log_key_in_force"]
    assert {row["key"]: row["readers"] for row in shown["keys"]} == dict.fromkeys(
        ("master.passphrase", "cool-down", "log", "permit"), "this account"
    )
    expose(sealed.data / "keys" / "permit.sealed")
    (sealed.data / "keys" / "log.sealed").unlink()
    result = sealed.run("--json", "key", "status")
    readers = {row["key"]: row["readers"] for row in json.loads(result.stdout)["keys"]}
    assert (result.exit_code, readers["permit"], readers["log"]) == (4, "others", "missing")


def test_the_status_is_a_table_for_people(plain):
    shown = plain.run("key", "status").stdout
    assert "rotations: 0" in shown
    assert "this account" in shown


def test_the_log_key_is_rotated_by_hand_and_the_log_verifies_from_the_first(sealed):
    first = sealed.json("key", "status")["first_log_key"]
    rotated = sealed.json("key", "rotate", "log")
    assert rotated["log_key"] != first
    assert "log-2.sealed" in files(sealed)
    assert "log.sealed" not in files(sealed)
    shown = sealed.json("key", "status")
    assert (shown["first_log_key"], shown["log_key_in_force"]) == (first, rotated["log_key"])
    assert shown["rotations"] == 1
    assert sealed.run("log", "verify").exit_code == 0


def test_a_permit_key_is_published_before_it_is_used(plain):
    keys = store(plain)
    old = load_permit_key(keys).private_bytes_raw()
    prepared = plain.json("key", "rotate", "permit")
    assert prepared["public"].endswith("permit-2.pem")
    assert load_permit_key(keys).private_bytes_raw() == old
    assert plain.json("key", "rotate", "permit") == prepared

    switched = plain.json("key", "rotate", "permit", "--switch")
    assert switched["key_id"] == prepared["key_id"]
    assert permit_key_names(keys) == ("permit-2",)
    published = load_pem_public_key((plain.data / "enrolment" / "permit-2.pem").read_bytes())
    assert published == load_permit_key(keys).public_key()
    assert "permit.key" in plain.run("log", "show").stdout
    assert plain.run("log", "verify").exit_code == 0
    again = plain.run("key", "rotate", "permit", "--switch")
    assert (again.exit_code, again.stderr.split(":")[0]) == (4, "key_missing")


def test_every_published_permit_key_is_known_oldest_first(plain):
    for _ in range(11):
        plain.run("key", "rotate", "permit")
        plain.run("key", "rotate", "permit", "--switch")
    (plain.data / "enrolment" / "permit-x.pem").write_bytes(b"")
    names = [path.name for path in published_permit_keys(plain.data)]
    assert names == ["permit.pem", *(f"permit-{number}.pem" for number in range(2, 13))]


def test_the_log_key_is_not_switched(plain):
    assert plain.run("key", "rotate", "log", "--switch").exit_code == 3


def test_a_wrong_pass_phrase_opens_nothing_and_is_asked_once(sealed):
    sealed.passphrase = "another one 1948"
    refused = sealed.run("key", "rotate", "log")
    assert (refused.exit_code, refused.stderr.split(".")[0]) == (
        1,
        "key_locked: passphrase_wrong",
    )


def test_without_a_terminal_nobody_is_asked(sealed):
    sealed.passphrase = None
    refused = sealed.run("key", "rotate", "log")
    assert (refused.exit_code, refused.stderr.split(".")[0]) == (
        1,
        "key_locked: passphrase_missing",
    )


def test_plain_keys_of_before_are_sealed_and_destroyed(plain):
    before = {name: store(plain).load(name).private_bytes_raw() for name in ("log", "permit")}
    plain.passphrase = ""
    done = plain.json("key", "seal", stdin=f"{PASSPHRASE}\n")
    assert (done["before"], done["after"]) == ("file", "sealed")
    assert files(plain) == ["cool-down.sealed", "log.sealed", "master.passphrase", "permit.sealed"]
    assert {
        name: store(plain).load(name).private_bytes_raw() for name in ("log", "permit")
    } == before
    plain.passphrase = PASSPHRASE
    assert plain.run("key", "rotate", "log").exit_code == 0
    assert plain.run("log", "verify").exit_code == 0


def test_another_pass_phrase_takes_the_place_of_the_old_one(sealed):
    assert sealed.run("key", "seal", stdin=f"{NEW}\n").exit_code == 0
    assert sealed.run("key", "rotate", "log").exit_code == 1
    sealed.passphrase = NEW
    assert sealed.run("key", "rotate", "log").exit_code == 0


def test_a_wrong_pass_phrase_changes_no_protection(sealed):
    before = (sealed.data / "keys" / "master.passphrase").read_bytes()
    sealed.passphrase = "another one 1948"
    assert sealed.run("key", "seal", stdin=f"{NEW}\n").exit_code == 1
    assert (sealed.data / "keys" / "master.passphrase").read_bytes() == before


@pytest.mark.parametrize("step", ["_destroy_plain", "write_durably"])
def test_sealing_that_was_broken_off_is_given_again(plain, monkeypatch, step):
    class PowerCutError(Exception):
        pass

    def cut(*_arguments):
        raise PowerCutError

    plain.passphrase = ""
    with monkeypatch.context() as patched:
        patched.setattr(f"workstation.records.key_protection.{step}", cut)
        assert plain.run("key", "seal", stdin=f"{PASSPHRASE}\n").exit_code == 4
    if step == "_destroy_plain":
        # The settings say `sealed` already.
        plain.passphrase = PASSPHRASE
        assert "run `key seal`" in plain.run("key", "status").stdout
    assert plain.run("key", "seal", stdin=f"{PASSPHRASE}\n").exit_code == 0
    assert files(plain) == ["cool-down.sealed", "log.sealed", "master.passphrase", "permit.sealed"]


def test_settings_that_cannot_be_rewritten_safely_stay(plain):
    path = plain.data / "workstation.toml"
    text = path.read_text("utf-8").replace("[keys]\n", "[ keys ]\n")
    path.write_text(text, "utf-8")
    plain.passphrase = ""
    refused = plain.run("key", "seal", stdin=f"{PASSPHRASE}\n")
    assert (refused.exit_code, "$.keys.kind" in refused.stderr) == (3, True)
    assert path.read_text("utf-8") == text
    assert "log.key" in files(plain)


def test_no_pass_phrase_shows_in_a_console(sealed):
    from workstation.ctl.console import Console

    assert PASSPHRASE not in repr(Console(None, False, "en", PASSPHRASE))


def test_no_keys_are_sealed_as_plain_files(plain):
    assert plain.run("key", "seal", "--kind", "file").exit_code == 3
