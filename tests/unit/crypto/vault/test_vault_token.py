"""A token opens the station's keys with its PIN, and nothing else does; run with SoftHSM2."""

import pytest

from crypto.errors import KeyLocked, KeyMissing, KeyUnreadable
from crypto.vault.keys import SealedKeyStore
from crypto.vault.token_protector import TokenChoice, TokenProtector
from tests.support.station.command_line import CommandLine
from tests.support.system.soft_token import (
    LIBRARY,
    PIN,
    add_tokens,
    needs_package,
    needs_token,
)

pytestmark = [needs_token, needs_package]

LABEL = "STATION"


@pytest.fixture(scope="module", autouse=True)
def tokens():
    add_tokens(LABEL, "OTHER", "TWO", "TWO")


@pytest.fixture
def folder(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    return keys


def protector(*pins, label=LABEL, module=LIBRARY):
    typed = []

    def unlock(failures):
        typed.append(failures)
        return pins[failures] if failures < len(pins) else pins[-1]

    made = TokenProtector(TokenChoice(module, label, ""), unlock)
    made.typed = typed
    return made


def test_keys_open_with_the_token_and_its_pin(folder):
    store = SealedKeyStore(folder, protector(PIN))
    store.begin()
    created = store.create("log").private_bytes_raw()
    again = SealedKeyStore(folder, protector(PIN))
    assert again.load("log").private_bytes_raw() == created
    assert again._protector.typed == [0]
    assert (folder / "master.token").exists()


def test_the_tokens_key_cannot_be_taken_out():
    import pkcs11

    protector(PIN).protect(bytes(32))
    with pkcs11.lib(str(LIBRARY)).get_token(token_label=LABEL).open(user_pin=PIN) as session:
        (private,) = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
        assert private[pkcs11.Attribute.SENSITIVE]
        assert not private[pkcs11.Attribute.EXTRACTABLE]


def test_one_key_of_the_token_serves_every_wrapping():
    first, second = protector(PIN).protect(bytes(32)), protector(PIN).protect(bytes(32))
    assert first[:32] == second[:32]
    assert first != second
    assert protector(PIN).unprotect(second) == bytes(32)


def test_a_second_pin_may_be_typed_and_no_third():
    wrapped = protector(PIN).protect(b"m" * 32)
    right = protector("0000", PIN)
    assert right.unprotect(wrapped) == b"m" * 32
    assert right.typed == [0, 1]
    wrong = protector("0000")
    with pytest.raises(KeyLocked, match="pin_wrong"):
        wrong.unprotect(wrapped)
    assert wrong.typed == [0, 1]
    assert protector(PIN).unprotect(wrapped) == b"m" * 32


@pytest.mark.parametrize(
    ("label", "seen"), [("NOWHERE", "not there"), ("TWO", "several"), ("OTHER", "no key called")]
)
def test_another_token_opens_nothing(label, seen):
    wrapped = protector(PIN).protect(bytes(32))
    with pytest.raises(KeyMissing, match=seen):
        protector(PIN, label=label).unprotect(wrapped)


def test_what_another_token_wrapped_is_refused(folder):
    other = protector(PIN, label="OTHER").protect(bytes(32))
    with pytest.raises(KeyUnreadable, match="another key"):
        protector(PIN).unprotect(other)


def test_damaged_wrapping_is_refused():
    wrapped = protector(PIN).protect(bytes(32))
    with pytest.raises(KeyUnreadable, match="token"):
        protector(PIN).unprotect(wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


def test_a_file_that_is_no_module_is_named(tmp_path):
    (tmp_path / "module.so").write_bytes(b"no library")
    with pytest.raises(KeyMissing, match="module"):
        protector(PIN, module=tmp_path / "module.so").protect(bytes(32))


def test_a_stations_keys_move_to_the_token(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    line.init(profile="production")
    refused = line.run("key", "seal", "--kind", "token", stdin=f"{PIN}\n")
    assert (refused.exit_code, "$.keys.token" in refused.stderr) == (3, True)
    path = line.data / "workstation.toml"
    table = f'[keys.token]\nmodule = "{LIBRARY}"\nlabel = "{LABEL}"\nserial = ""\n'
    path.write_text(path.read_text().replace("[vault]\n", f"{table}\n[vault]\n"))

    assert line.run("key", "seal", "--kind", "token", stdin=f"{PIN}\n").exit_code == 0
    names = sorted(each.name for each in (line.data / "keys").iterdir())
    assert names == ["cool-down.sealed", "log.sealed", "master.token", "permit.sealed"]
    assert line.run("key", "rotate", "log").exit_code == 1
    line.passphrase = PIN
    assert line.run("key", "rotate", "log").exit_code == 0
    assert line.run("log", "verify").exit_code == 0
