"""Keys are made once, kept private, and open only for who sealed them."""

import base64
import os
import sys

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crypto.errors import KeyExists, KeyExposed, KeyMissing, KeyUnreadable, VaultUnwritable
from crypto.vault.dpapi import protect, unprotect
from crypto.vault.keyfile import MAX_SECRET_BYTES, read_secret, write_secret
from crypto.vault.keys import DpapiKeyStore, FileKeyStore
from tests.support.system.exposure import expose, hide, is_private
from tests.support.system.platforms import not_under_wine, on_windows

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def raw(key):
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


@pytest.fixture(name="folder")
def key_folder(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize("passphrase", [None, b"correct horse", b""])
def test_a_created_key_loads_again(folder, passphrase):
    store = FileKeyStore(folder, passphrase=passphrase)
    created = store.create("log")
    assert raw(store.load("log")) == raw(created)
    assert [path.name for path in folder.iterdir()] == ["log.key"]


def test_a_sealed_file_does_not_show_the_key(folder):
    key = FileKeyStore(folder, passphrase=b"secret").create("log")
    content = (folder / "log.key").read_bytes()
    assert base64.b64encode(raw(key)) not in content
    assert b"secret" not in content


def test_a_key_is_never_overwritten(folder):
    store = FileKeyStore(folder)
    first = store.create("log")
    with pytest.raises(KeyExists):
        store.create("log")
    assert raw(store.load("log")) == raw(first)
    assert len(list(folder.iterdir())) == 1


def test_each_name_has_its_own_key(folder):
    store = FileKeyStore(folder)
    assert raw(store.create("log")) != raw(store.create("permit"))
    with pytest.raises(KeyMissing):
        store.load("other")


@pytest.mark.parametrize("name", ["", "../log", "a/b", "LOG", ".hidden", "x" * 65, "a\n"])
def test_a_name_is_a_short_plain_word(folder, name):
    for call in (FileKeyStore(folder).create, FileKeyStore(folder).load):
        with pytest.raises(KeyMissing):
            call(name)


def test_a_wrong_passphrase_or_none_does_not_open(folder):
    FileKeyStore(folder, passphrase=b"right").create("log")
    FileKeyStore(folder).create("plain")
    for store, name in (
        (FileKeyStore(folder, passphrase=b"wrong"), "log"),
        (FileKeyStore(folder), "log"),
        (FileKeyStore(folder, passphrase=b"right"), "plain"),
    ):
        with pytest.raises(KeyUnreadable):
            store.load(name)


def test_a_sealed_file_under_another_name_does_not_open(folder):
    store = FileKeyStore(folder, passphrase=b"right")
    store.create("log")
    (folder / "log.key").rename(folder / "permit.key")
    with pytest.raises(KeyUnreadable):
        store.load("permit")


@pytest.mark.parametrize("passphrase", [None, b"right"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-5],
        lambda content: b"workstation-key/v2 " + content,
        lambda content: content + b"!",
        lambda content: content[:0],
        lambda content: content.replace(b"m=65536", b"m=8") + b"A",
        lambda content: content + b"A" * MAX_SECRET_BYTES,
    ],
)
def test_a_damaged_file_does_not_open(folder, spoil, passphrase):
    store = FileKeyStore(folder, passphrase=passphrase)
    store.create("log")
    path = folder / "log.key"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(KeyUnreadable):
        store.load("log")


def test_a_changed_bit_of_a_sealed_key_is_noticed(folder):
    store = FileKeyStore(folder, passphrase=b"right")
    store.create("log")
    path = folder / "log.key"
    content = bytearray(path.read_bytes())
    content[-10] = ord("A") if content[-10] != ord("A") else ord("B")
    path.write_bytes(content)
    with pytest.raises(KeyUnreadable):
        store.load("log")


@posix
def test_a_new_key_is_readable_by_its_owner_only(folder):
    old = os.umask(0)
    try:
        FileKeyStore(folder).create("log")
    finally:
        os.umask(old)
    assert (folder / "log.key").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666])
def test_a_key_that_others_may_read_is_refused(folder, mode):
    store = FileKeyStore(folder)
    store.create("log")
    (folder / "log.key").chmod(mode)
    with pytest.raises(KeyExposed):
        store.load("log")


def test_a_key_that_everybody_may_read_is_refused_until_it_is_private_again(folder):
    store = FileKeyStore(folder)
    created = store.create("log")
    assert is_private(folder / "log.key")
    expose(folder / "log.key")
    with pytest.raises(KeyExposed):
        store.load("log")
    hide(folder / "log.key")
    assert raw(store.load("log")) == raw(created)


def test_a_key_in_a_folder_that_others_may_change_is_refused(folder):
    store = FileKeyStore(folder)
    store.create("log")
    expose(folder)
    with pytest.raises(KeyExposed):
        store.load("log")


def test_a_folder_in_place_of_a_key_is_refused(folder):
    (folder / "other.key").mkdir(mode=0o700)
    with pytest.raises(KeyExposed):
        FileKeyStore(folder).load("other")


@not_under_wine("CreateSymbolicLinkW reports success and makes nothing")
def test_a_link_in_place_of_a_key_is_refused(folder):
    store = FileKeyStore(folder)
    store.create("log")
    try:
        (folder / "permit.key").symlink_to(folder / "log.key")
    except OSError:
        pytest.skip("this account may make no symbolic links")
    with pytest.raises(KeyExposed):
        store.load("permit")


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root reads everything")
def test_a_key_of_somebody_else_is_unreadable(folder):
    store = FileKeyStore(folder)
    store.create("log")
    (folder / "log.key").chmod(0)
    with pytest.raises(KeyUnreadable):
        store.load("log")


def test_a_folder_that_is_not_there_is_unwritable(folder):
    with pytest.raises(VaultUnwritable):
        FileKeyStore(folder / "absent").create("log")


@pytest.mark.skipif(sys.platform == "win32", reason="the other side of the rule is below")
def test_outside_windows_dpapi_refuses(folder):
    store = DpapiKeyStore(folder)
    with pytest.raises(KeyUnreadable):
        store.create("log")
    (folder / "log.dpapi").write_bytes(b"sealed elsewhere")
    (folder / "log.dpapi").chmod(0o600)
    with pytest.raises(KeyUnreadable):
        store.load("log")


@on_windows
def test_every_dpapi_key_of_many_loads_whatever_octets_it_is_sealed_into(folder):
    store = DpapiKeyStore(folder)
    created = {f"key-{number}": store.create(f"key-{number}") for number in range(64)}
    sealed = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"\x1a" in sealed  # the end of a file in the text mode of Windows' C run-time
    assert {name: raw(store.load(name)) for name in created} == {
        name: raw(key) for name, key in created.items()
    }


@on_windows
@pytest.mark.parametrize("secret", [bytes(range(256)), b"\r\n\x1a\n\r", b"\x1a" * 100, b"\n"])
def test_dpapi_gives_back_every_octet(folder, secret):
    write_secret(folder / "secret", protect(secret, b"name"))
    assert unprotect(read_secret(folder / "secret"), b"name") == secret
    write_secret(folder / "plain", secret)
    assert read_secret(folder / "plain") == secret


@pytest.mark.skipif(sys.platform != "win32", reason="DPAPI is Windows'")
def test_dpapi_keys_load_again_and_open_under_their_own_name_only(folder):
    store = DpapiKeyStore(folder)
    created = store.create("log")
    assert raw(store.load("log")) == raw(created)
    (folder / "log.dpapi").rename(folder / "permit.dpapi")
    with pytest.raises(KeyUnreadable):
        store.load("permit")
