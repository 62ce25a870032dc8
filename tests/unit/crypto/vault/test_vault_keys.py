"""Keys are made once, kept private, and open only for who sealed them."""

import base64
import os
import sys
import traceback

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crypto.errors import (
    KeyExists,
    KeyExposed,
    KeyLocked,
    KeyMissing,
    KeyUnreadable,
    VaultUnwritable,
)
from crypto.vault.dpapi import protect, unprotect
from crypto.vault.keyfile import MAX_SECRET_BYTES, read_secret, write_secret
from crypto.vault.keys import FileKeyStore, SealedKeyStore
from crypto.vault.protectors import DpapiProtector, PassphraseProtector, refuse_unlock
from tests.support.station.passphrases import make_argon2_cheap
from tests.support.system.exposure import expose, hide, is_private
from tests.support.system.platforms import make_link, on_windows

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def raw(key):
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


@pytest.fixture(name="folder")
def key_folder(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


RIGHT = "дом у реки 48 Тобол"


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch):
    make_argon2_cheap(monkeypatch)


def opened_by(folder, *passphrases):
    """A sealed store whose person types these, one after the other, and then gives up."""

    def unlock(failures):
        if failures >= len(passphrases):
            raise KeyLocked("passphrase_wrong")
        return passphrases[failures]

    return SealedKeyStore(folder, PassphraseProtector(unlock))


@pytest.fixture(name="sealed")
def sealed_store(folder):
    store = opened_by(folder, RIGHT)
    store.begin()
    return store


def test_a_created_key_loads_again(folder):
    store = FileKeyStore(folder)
    created = store.create("log")
    assert raw(store.load("log")) == raw(created)
    assert [path.name for path in folder.iterdir()] == ["log.key"]


def test_a_created_key_loads_again_from_a_sealed_store(folder, sealed):
    created = sealed.create("log")
    assert raw(opened_by(folder, RIGHT).load("log")) == raw(created)
    assert sorted(path.name for path in folder.iterdir()) == ["log.sealed", "master.passphrase"]


def test_one_pass_phrase_asked_once_opens_every_key(folder, sealed):
    created = [raw(sealed.create(name)) for name in ("log", "permit", "cool-down")]
    asked = []
    store = SealedKeyStore(
        folder, PassphraseProtector(lambda failures: asked.append(failures) or RIGHT)
    )
    assert [raw(store.load(name)) for name in ("log", "permit", "cool-down")] == created
    assert asked == [0]


def test_a_wrong_pass_phrase_is_asked_for_again(folder, sealed):
    created = sealed.create("log")
    assert raw(opened_by(folder, "wrong", "wrong again", RIGHT).load("log")) == raw(created)


def test_ten_wrong_pass_phrases_are_enough(folder, sealed):
    sealed.create("log")
    asked = []
    store = SealedKeyStore(
        folder, PassphraseProtector(lambda failures: asked.append(failures) or "wrong")
    )
    with pytest.raises(KeyLocked, match="passphrase_wrong"):
        store.load("log")
    assert asked == list(range(10))


def test_a_pass_phrase_opens_however_its_letters_were_composed(folder):
    composed, decomposed = "\u0439од и \u0451лка", "\u0438\u0306од и \u0435\u0308лка"
    store = opened_by(folder, composed)
    store.begin()
    created = store.create("log")
    assert raw(opened_by(folder, decomposed).load("log")) == raw(created)


def test_nobody_to_ask_opens_nothing(folder, sealed):
    sealed.create("log")
    store = SealedKeyStore(folder, PassphraseProtector(refuse_unlock))
    with pytest.raises(KeyLocked, match="passphrase_missing"):
        store.load("log")
    assert store.names() == ("log",)


def test_a_sealed_file_does_not_show_the_key(folder, sealed):
    key = sealed.create("log")
    for path in folder.iterdir():
        content = path.read_bytes()
        assert base64.b64encode(raw(key)) not in content
        assert raw(key) not in base64.b64decode(content.rpartition(b" ")[2])
        assert RIGHT.encode() not in content


def test_a_store_is_begun_once(folder, sealed):
    with pytest.raises(KeyExists):
        sealed.begin()
    with pytest.raises(KeyMissing):
        opened_by(folder / "another", RIGHT).load("log")


def test_another_pass_phrase_takes_the_place_of_the_old_one(folder, sealed):
    created = sealed.create("log")
    another = PassphraseProtector(lambda _failures: "another one 7 now")
    sealed.add_protector(another)
    sealed.remove_other_protectors(another)
    assert raw(sealed.load("log")) == raw(created)
    assert raw(opened_by(folder, "another one 7 now").load("log")) == raw(created)
    with pytest.raises(KeyLocked):
        opened_by(folder, RIGHT).load("log")
    assert is_private(folder / "master.passphrase")


def test_a_destroyed_key_is_gone(folder, sealed):
    plain = FileKeyStore(folder)
    for store in (plain, sealed):
        store.create("log")
        store.create("permit")
        store.destroy("log")
        store.destroy("log")
        assert store.names() == ("permit",)
        with pytest.raises(KeyMissing):
            store.load("log")


def test_a_destroyed_key_is_overwritten_first(folder):
    store = FileKeyStore(folder)
    seed = base64.b64encode(raw(store.create("log")))
    os.link(folder / "log.key", folder / "seen")
    assert seed in (folder / "seen").read_bytes()
    store.destroy("log")
    assert seed not in (folder / "seen").read_bytes()


def test_a_key_that_cannot_be_destroyed_says_so(folder):
    (folder / "log.key").mkdir()
    with pytest.raises(VaultUnwritable):
        FileKeyStore(folder).destroy("log")


def test_a_sealed_key_of_another_store_does_not_open(folder, sealed):
    sealed.create("log")
    other = folder / "other"
    other.mkdir(mode=0o700)
    second = opened_by(other, RIGHT)
    second.begin()
    (folder / "log.sealed").rename(other / "log.sealed")
    with pytest.raises(KeyUnreadable):
        second.load("log")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-8],
        lambda content: content.replace(b"passphrase", b"dpapi"),
        lambda content: content + b"!",
        lambda content: content[:0],
    ],
)
def test_a_damaged_master_key_opens_nothing(folder, sealed, spoil):
    sealed.create("log")
    path = folder / "master.passphrase"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(KeyUnreadable):
        opened_by(folder, RIGHT).load("log")


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


def test_a_sealed_file_under_another_name_does_not_open(folder, sealed):
    sealed.create("log")
    (folder / "log.sealed").rename(folder / "permit.sealed")
    with pytest.raises(KeyUnreadable):
        sealed.load("permit")


@pytest.mark.parametrize("kind", ["plain", "sealed"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-5],
        lambda content: b"workstation-key/v3 " + content,
        lambda content: content + b"!",
        lambda content: content[:0],
        lambda content: content[:-8],
        lambda content: content + b"A" * MAX_SECRET_BYTES,
    ],
)
def test_a_damaged_file_does_not_open(folder, sealed, spoil, kind):
    store = sealed if kind == "sealed" else FileKeyStore(folder)
    store.create("log")
    path = store.path("log")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(KeyUnreadable):
        store.load("log")


def test_a_changed_bit_of_a_sealed_key_is_noticed(folder, sealed):
    sealed.create("log")
    path = folder / "log.sealed"
    content = bytearray(path.read_bytes())
    content[-10] = ord("A") if content[-10] != ord("A") else ord("B")
    path.write_bytes(content)
    with pytest.raises(KeyUnreadable):
        sealed.load("log")


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


def test_a_link_in_place_of_a_key_is_refused(folder):
    store = FileKeyStore(folder)
    store.create("log")
    make_link(folder / "permit.key", folder / "log.key")
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
    store = SealedKeyStore(folder, DpapiProtector())
    with pytest.raises(KeyUnreadable):
        store.begin()
    (folder / "master.dpapi").write_bytes(b"workstation-master/v1 dpapi " + base64.b64encode(b"x"))
    (folder / "master.dpapi").chmod(0o600)
    with pytest.raises(KeyUnreadable):
        store.create("log")


@on_windows
@pytest.mark.parametrize("secret", [bytes(range(256)), b"\r\n\x1a\n\r", b"\x1a" * 100, b"\n"])
def test_dpapi_gives_back_every_octet(folder, secret):
    write_secret(folder / "secret", protect(secret, b"name"))
    assert unprotect(read_secret(folder / "secret"), b"name") == secret
    write_secret(folder / "plain", secret)
    assert read_secret(folder / "plain") == secret


@on_windows
def test_dpapi_keys_load_again(folder):
    store = SealedKeyStore(folder, DpapiProtector())
    store.begin()
    created = store.create("log")
    assert raw(SealedKeyStore(folder, DpapiProtector()).load("log")) == raw(created)


def test_no_text_form_and_no_traceback_shows_a_pass_phrase_or_a_key(folder, sealed):
    key = sealed.create("log")
    told = [repr(sealed), repr(sealed._protector), str(vars(sealed._protector))]
    for store in (opened_by(folder, RIGHT[:-1]), SealedKeyStore(folder, DpapiProtector())):
        with pytest.raises((KeyLocked, KeyMissing)) as refused:
            store.load("log")
        told += traceback.format_exception(refused.value)
    for secret in (RIGHT, RIGHT[:-1], raw(key).hex(), repr(raw(key))):
        assert not any(secret in text for text in told)
