"""A production station's folder in a thief's hands: no key, no person and no permit comes out."""

import base64
import json
import re
import shutil
import zlib
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pypdf import PdfReader

from crypto.errors import CryptoError, KeyLocked
from crypto.files.access_list import make_private
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import FileKeyStore, SealedKeyStore
from crypto.vault.protectors import PassphraseProtector, refuse_unlock
from tests.support.pki import certificates as pki
from tests.support.station.branch import Branch
from tests.support.station.command_line import SECRET
from tests.support.station.days import work_a_day
from tests.support.station.log import ToldClock
from tests.support.station.passphrases import PASSPHRASE, give_passphrase
from tests.support.station.permits import PermitLog, facts
from tests.support.station.stations import NAME, NEW_PHONE, OLD_PHONE
from workstation import bootstrap
from workstation.documents.permit import issue
from workstation.errors import WorkstationError
from workstation.records.keys import read_vkeys
from workstation.records.log_keys import log_key_names

DAY_MS = 86_400_000
GUESSES = ("", "password", "Password123!", "qwertyuiop123", SECRET, PASSPHRASE[:-1])


@pytest.fixture
def clock():
    return ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Where the first test leaves the station after its day, for the others to copy."""
    return tmp_path_factory.mktemp("worked") / "branch"


@pytest.fixture
def branch(tmp_path, monkeypatch, clock, worked):
    made = Branch(tmp_path, monkeypatch)
    if worked.exists():
        shutil.copytree(worked, tmp_path, dirs_exist_ok=True)
        for path in (tmp_path, *tmp_path.rglob("*")):
            make_private(path, folder=path.is_dir())
    else:
        work_a_day(made.made(), clock)
        shutil.copytree(tmp_path, worked)
    return made


@pytest.fixture
def stolen(branch, tmp_path):
    """The image of the disk; head office's files and the removable disk are elsewhere."""
    return shutil.copytree(branch.data, tmp_path / "stolen" / "station")


def contents(folder):
    """Every file as a thief's tools show it: as it lies, and what its streams unpack to."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        raw = path.read_bytes()
        yield path, raw
        if path.suffix == ".pdf":
            # Its letters are numbers of glyphs, which a reader turns into text.
            for page in PdfReader(path).pages:
                yield path, page.extract_text().encode()
        for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
            data = found[1]
            with suppress(ValueError):
                data = base64.a85decode(data.strip().removesuffix(b"~>"))
            with suppress(zlib.error):
                yield path, zlib.decompress(data)


def spellings(secret):
    """A text as programs write it; of octets, raw, hexadecimal and base64 at each alignment."""
    if isinstance(secret, str):
        octets = [secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")]
        octets += [json.dumps(secret)[1:-1].encode()]
    else:
        octets = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    for each in list(octets):
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + each)
            # Without the characters that depend on what stands before and behind.
            octets.append(coded[4 if shift else 0 : len(coded) // 4 * 4 - 4])
    return [each for each in octets if len(each) >= 6]


def found_in(folder, secrets):
    wanted = {name: spellings(secret) for name, secret in secrets.items()}
    return [
        (name, path.relative_to(folder).as_posix())
        for path, raw in contents(folder)
        for name, octets in wanted.items()
        if any(each in raw for each in octets)
    ]


def opened_keys(branch):
    store = SealedKeyStore(branch.data / "keys", PassphraseProtector(give_passphrase))
    return {name: store.load(name).private_bytes_raw() for name in store.names()}


def test_the_search_finds_what_is_there(tmp_path):
    (tmp_path / "a").write_bytes(b"x" + base64.b64encode(b"ab" + NAME.encode()))
    (tmp_path / "b").write_bytes(NAME.encode("utf-16-le"))
    (tmp_path / "c").write_bytes(
        b"stream\n" + zlib.compress(f"of {NAME}".encode()) + b"\nendstream"
    )
    (tmp_path / "d").write_bytes(bytes(range(32)).hex().encode())
    found = found_in(tmp_path, {"name": NAME, "seed": bytes(range(32))})
    assert found == [("name", "a"), ("name", "b"), ("name", "c"), ("seed", "d")]


def test_no_private_key_lies_in_the_folder(branch, stolen):
    keys = opened_keys(branch)
    assert len(keys) == 3
    assert found_in(stolen, keys) == []
    assert FileKeyStore(stolen / "keys").names() == ()


def test_no_pass_phrase_and_no_secret_lies_in_the_folder(stolen):
    assert found_in(stolen, {"pass phrase": PASSPHRASE, "secret": SECRET}) == []


def test_no_person_is_named_in_the_folder(stolen):
    surname, *_ = NAME.split()
    person = {
        "iin": pki.IIN,
        "name": NAME,
        "surname": surname,
        "new phone": NEW_PHONE.removeprefix("+"),
        "old phone": OLD_PHONE.removeprefix("+"),
    }
    assert found_in(stolen, person) == []


def test_no_key_opens_without_the_pass_phrase(stolen):
    keys = stolen / "keys"

    def guess(failures):
        if failures >= len(GUESSES):
            raise KeyLocked("passphrase_wrong")
        return GUESSES[failures]

    store = SealedKeyStore(keys, PassphraseProtector(refuse_unlock))
    assert len(store.names()) == 3
    for name in store.names():
        with pytest.raises(KeyLocked, match="passphrase_missing"):
            store.load(name)
        with pytest.raises(KeyLocked, match="passphrase_wrong"):
            SealedKeyStore(keys, PassphraseProtector(guess)).load(name)


def start(branch, folder, clock, unlock):
    """Start the thief's copy; return what it says, empty when it starts."""
    try:
        bootstrap.close(bootstrap.build(folder, branch.overrides(clock), unlock))
    except (WorkstationError, CryptoError) as refused:
        return refused.code
    return ""


def test_the_doctor_finds_the_keys_of_a_station_whose_log_key_was_rotated(branch):
    seen = {each["what"]: each for each in branch.doctor()[0]}
    assert seen["keys"] == {"type": "check", "what": "keys", "state": "good", "seen": "sealed"}
    assert seen["log"]["state"] == "good"


def test_the_copy_does_not_start_without_the_pass_phrase(branch, stolen, clock):
    assert start(branch, stolen, clock, None) == "key_locked"


@pytest.mark.parametrize("kind", ["sealed", "file"])
def test_keys_of_the_thiefs_own_do_not_start_it(branch, stolen, clock, kind):
    keys = stolen / "keys"
    for path in keys.iterdir():
        path.unlink()
    own = SealedKeyStore(keys, PassphraseProtector(lambda _failures: "the thief's own 1"))
    if kind == "sealed":
        own.begin()
    store = own if kind == "sealed" else FileKeyStore(keys)
    for name in ("log", "permit", "cool-down"):
        store.create(name)
    settings = stolen / "workstation.toml"
    settings.write_text(settings.read_text("utf-8").replace('"sealed"', f'"{kind}"'), "utf-8")
    refused = start(branch, stolen, clock, lambda _failures: "the thief's own 1")
    assert refused == ("key_refused" if kind == "sealed" else "settings_refused")


def test_no_permit_can_be_made_from_the_folder(branch, stolen, tmp_path):
    forged, key = tmp_path / "forged.jws", Ed25519PrivateKey.generate()
    (vkey,) = read_vkeys(stolen / "enrolment" / "log.vkey")
    log = PermitLog(NoteSigner(vkey.name, Ed25519PrivateKey.generate()))
    forged.write_text(issue(log.permit(facts(iss=vkey.name)), key) + "\n")
    result = branch.line.run(
        "permit", "verify", str(forged), "--audience", "core-banking",
        "--key", str(stolen / "enrolment" / "permit.pem"), data=False,
    )  # fmt: skip
    assert (result.exit_code, result.stderr.split(".")[0]) == (1, "permit_refused: kid")


def test_the_station_does_not_go_on_with_the_log_of_before_its_rotation(branch, clock):
    store = SealedKeyStore(branch.data / "keys", PassphraseProtector(give_passphrase))
    (yesterday,) = log_key_names(store)
    names = ("log/log.sqlite", "released/heads")
    before = {name: (branch.data / name).read_bytes() for name in names}
    clock.tick(DAY_MS)
    clock.run = "tomorrow"
    bootstrap.close(branch.opened(clock))
    (today,) = log_key_names(store)
    assert today != yesterday
    for name, octets in before.items():
        (branch.data / name).write_bytes(octets)
    assert start(branch, branch.data, clock, give_passphrase) == "key_refused"
