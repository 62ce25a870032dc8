"""Tampering with what lies beside the log: settings, charter, accounts, keys, evidence."""

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import resources
from crypto.log.file.clock import SystemClock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import SealedKeyStore
from crypto.vault.protectors import PassphraseProtector
from tests.support.attacks.tampering import Change, Tool, table
from tests.support.attacks.worked import Copy
from tests.support.pki import certificates as pki
from tests.support.station.log import private_key
from tests.support.station.passphrases import give_passphrase
from workstation.charter.archive import CharterArchive
from workstation.charter.signatures import sign_charter

__all__ = ["FOLDER_CLASSES"]

_DIGEST = hashlib.sha256(b"another").hexdigest()


def _file(name: str, make: Callable[[bytes], bytes | None]) -> Change:
    """Change a file of the station's folder, the first of its pattern; None removes it."""

    def change(scene: Copy) -> None:
        path = min(scene.data.glob(name))
        made = make(path.read_bytes())
        path.unlink() if made is None else path.write_bytes(made)

    return change


def _gone(_octets: bytes) -> None:
    return None


def _flip(octets: bytes) -> bytes:
    at = len(octets) // 2
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _set(old: str, new: str) -> Change:
    """Edit the settings."""

    def make(octets: bytes) -> bytes:
        made, count = re.subn(old.encode(), new.encode(), octets, count=1)
        assert count, old
        return made

    return _file("workstation.toml", make)


def _both(*changes: Change) -> Change:
    def change(scene: Copy) -> None:
        for each in changes:
            each(scene)

    return change


def _copy_in(source: Path, name: str) -> Change:
    def change(scene: Copy) -> None:
        shutil.copy(source, scene.data / name)

    return change


def _own_authority(scene: Copy) -> None:
    own = pki.issue(pki.ca_name("ROOT OF MINE"), "own-root", None, pki.CA_EXTENSIONS, serial=66)
    (scene.data / "trust" / "own.cer").write_bytes(own.der)
    pin = f'\nanchors = [\n  {{ path = "trust/own.cer", sha256 = "{own.parsed.sha256}" }},'
    _set(r"\nanchors = \[", pin)(scene)


def _policy(*, pinned: bool) -> Change:
    def change(scene: Copy) -> None:
        path = scene.data / "policy.toml"
        before = path.read_bytes()
        after = re.sub(rb"(?m)^cool_down_attempts = \d+", b"cool_down_attempts = 10", before)
        path.write_bytes(after)
        if pinned:
            old, new = (hashlib.sha256(each).hexdigest() for each in (before, after))
            _set(old, new)(scene)

    return change


def _gateway(scene: Copy) -> None:
    own = pki.issue(pki.ca_name("ROOT OF MINE"), "own-root", None, pki.CA_EXTENSIONS, serial=66)
    pem = own.certificate.public_bytes(Encoding.PEM)
    (scene.folder / "gateway.pem").write_bytes(pem)


def _own_charter(scene: Copy) -> None:
    """Sign what the station has become by a key called head office's."""
    _set("index = 0", "index = 1")(scene)
    newest = max((scene.data / "charter").glob("*.note"))
    kept = max(CharterArchive(scene.data).read_all(), key=lambda each: each.charter.number)
    mine = NoteSigner(kept.note.lines[0].name, private_key(0x33))
    newest.write_bytes(sign_charter(kept.charter, mine).octets)


def _old_charter(scene: Copy) -> None:
    folder = scene.data / "charter"
    first, *_, newest = sorted(folder.glob("*.note"))
    shutil.copy(first, newest)


def _accounts(*statements: str) -> Change:
    return _database("operators.sqlite", *statements)


def _database(name: str, *statements: str) -> Change:
    def change(scene: Copy) -> None:
        path = min(scene.data.glob(name))
        with closing(sqlite3.connect(path)) as database, database:
            for each in statements:
                assert database.execute(each).rowcount, each

    return change


def _exchange(*names: str) -> Change:
    """Exchange the contents of two files, the first two of the pattern where one is given."""

    def change(scene: Copy) -> None:
        one, other = (
            sorted(scene.data.glob(names[0]))[:2]
            if len(names) == 1
            else (scene.data / each for each in names)
        )
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)

    return change


def _own_keys(scene: Copy) -> None:
    """Put keys of one's own in the place of the station's, under its own pass phrase."""
    names = SealedKeyStore(scene.data / "keys", PassphraseProtector(give_passphrase)).names()
    for path in _files(scene.data / "keys"):
        path.unlink()
    own = SealedKeyStore(scene.data / "keys", PassphraseProtector(give_passphrase))
    own.begin()
    for each in names:
        own.create(each)


def _files(folder: Path) -> Iterator[Path]:
    return (each for each in sorted(folder.iterdir()) if each.is_file())


def _own_vkey(name: str) -> Change:
    def make(octets: bytes) -> bytes:
        known = octets.decode().split("+")[0]
        return f"{NoteSigner(known, private_key(0x33)).vkey}\n".encode()

    return _file(f"enrolment/{name}", make)


def _own_permit_key(scene: Copy) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (scene.data / "enrolment" / "permit.pem").write_bytes(pem)


def _begin_anew(scene: Copy) -> int:
    """Begin another log under the same name, with every key beside it one's own."""
    key = NoteSigner(scene.worked.origin, private_key(0x33))
    office = NoteSigner(f"{scene.worked.origin.split('/')[0]}/sup/a-001", private_key(0x34))
    scene.log.unlink()
    scene.heads.unlink()
    for beside in scene.log.parent.iterdir():
        beside.unlink()
    released = ReleasedHead(scene.heads)
    genesis = {"rules": 2, "profile": "production"}
    LogStore.create(
        scene.log, origin=key.name, log_key=key, genesis=genesis, cosigners=[office],
        clock=SystemClock(), released=released,
    ).close()  # fmt: skip
    (scene.data / "enrolment" / "log.vkey").write_text(key.vkey + "\n")
    (scene.data / "enrolment" / "trusted.vkeys").write_text(office.vkey + "\n")
    return 0


_TELLER_COPY = (
    "INSERT INTO operators SELECT 'T-0666', name, role, vkey, credential, 0, created_ms,"
    " changed_ms FROM operators WHERE id = 'T-0042'"
)
_MOVE = (
    "UPDATE operators SET credential = t.credential, vkey = t.vkey FROM (SELECT * FROM operators"
    " WHERE id = 'T-0042') AS t WHERE operators.id = 'S-0031'"
)
_KEY_ROWS = "vault/payload_keys.db"

FOLDER_CLASSES = (
    *table(
        "settings and policy",
        ("the demo profile", _set('"production"', '"demo"'), "charter_refused profile_changed"),
        ("an authority of one's own", _own_authority, "charter_refused file_added"),
        ("a certificate replaced", _file("trust/*.cer", _flip), "charter_refused file_replaced"),
        ("the policy edited and pinned", _policy(pinned=True), "charter_refused policy_replaced"),
        ("the policy edited", _policy(pinned=False), "policy_refused $.policy.sha256"),
        (
            "another recipient of evidence",
            _set(r'x25519 = "[0-9a-f]{64}"', f'x25519 = "{"9" * 64}"'),
            "charter_refused recipient_replaced",
        ),
        ("the registries' anchor replaced", _gateway, "charter_refused file_replaced"),
        (
            "another registry",
            _set("gateway.bank.example/owner", "mine.example/owner"),
            "charter_refused setting_changed",
        ),
        (
            "another audience",
            _set('"core-banking"', '"core-mine"'),
            "charter_refused setting_changed",
        ),
        ("plain keys", _set(r'\nkind = "sealed"', '\nkind = "file"'), "settings_refused"),
        (
            "test authorities",
            _set('environment = "prod"', 'environment = "test"'),
            "settings_refused $.trust.environment",
        ),
        (
            "heads beside the log",
            _set('released = "[^"]*"', 'released = "log/../log/heads"'),
            "settings_refused $.log.released",
        ),
        ("another name of the log", _set("/g1", "/g2"), "log_tampered released_missing"),
        (
            "models of one's own",
            _copy_in(resources.path("models", "models.toml"), "models.toml"),
            "charter_refused file_added",
        ),
        ("the settings removed", _file("workstation.toml", _gone), "not_initialised"),
        tool=Tool.START,
    ),
    *table(
        "charter",
        ("removed", _both(_file("charter/000002.note", _gone)), "charter_refused missing"),
        (
            "edited",
            _file("charter/000002.note", lambda octets: octets.replace(b"teller", b"admin", 1)),
            "charter_refused missing",
        ),
        ("an older one put back", _old_charter, "charter_refused missing"),
        ("one under a key of one's own", _own_charter, "charter_refused missing"),
        tool=Tool.START,
    ),
    *table(
        "accounts",
        ("one more", _accounts(_TELLER_COPY), "charter_refused account_added: T-0666"),
        (
            "another role",
            _accounts("UPDATE operators SET role = 'supervisor' WHERE id = 'T-0042'"),
            "charter_refused account_role_changed",
        ),
        ("a credential moved", _accounts(_MOVE), "charter_refused account_key_replaced"),
        (
            "one disabled",
            _accounts("UPDATE operators SET disabled = 1 WHERE id = 'S-0031'"),
            "charter_refused account_disabled",
        ),
        (
            "one removed",
            _accounts("DELETE FROM operators WHERE id = 'a-001'"),
            "charter_refused account_removed",
        ),
        (
            "another number",
            _accounts("UPDATE operators SET id = 'T-0043' WHERE id = 'T-0042'"),
            "charter_refused account",
        ),
        (
            "another spelling of a number",
            _accounts("UPDATE operators SET id = 't-0042' WHERE id = 'T-0042'"),
            "charter_refused account",
        ),
        (
            "another public key",
            _accounts("UPDATE operators SET vkey = 'x' WHERE id = 'T-0042'"),
            "charter_refused account",
        ),
        ("the file removed", _file("operators.sqlite", _gone), "not_initialised operators.sqlite"),
        tool=Tool.START,
    ),
    *table(
        "accounts",
        ("counts of failures deleted", _accounts("DELETE FROM lockout"), "sign_in.counts_lost"),
        ("enrolled faces removed", _file("faces.sqlite", _gone), "faces.replaced"),
        tool=Tool.START_ENTRY,
    ),
    *table(
        "keys and enrolment",
        ("the log key removed", _file("keys/log-2.sealed", _gone), "key_missing log"),
        ("a bit of the log key", _file("keys/log-2.sealed", _flip), "key_unreadable"),
        (
            "the permit key's file under the log's name",
            _exchange("keys/log-2.sealed", "keys/permit.sealed"),
            "key_unreadable log-2",
        ),
        ("the permit key removed", _file("keys/permit.sealed", _gone), "key_missing permit"),
        ("the master key removed", _file("keys/master.passphrase", _gone), "key_missing master"),
        (
            "a bit of the master key",
            _file("keys/master.passphrase", _flip),
            "key_locked passphrase_wrong",
        ),
        ("keys of one's own", _own_keys, "key_refused"),
        ("the log's public key replaced", _own_vkey("log.vkey"), "key_refused enrolment/log.vkey"),
        (
            "the log's public key removed",
            _file("enrolment/log.vkey", _gone),
            "not_initialised log.vkey",
        ),
        ("head office's key replaced", _own_vkey("trusted.vkeys"), "charter_refused genesis"),
        (
            "head office's key removed",
            _file("enrolment/trusted.vkeys", _gone),
            "not_initialised trusted.vkeys",
        ),
        tool=Tool.START,
    ),
    *table(
        "keys and enrolment",
        ("the log's public key replaced, log", _own_vkey("log.vkey"), "genesis"),
        ("head office's key replaced, log", _own_vkey("trusted.vkeys"), "unknown_signer"),
    ),
    *table(
        "keys and enrolment",
        ("the permit's public key replaced", _own_permit_key, "key_refused"),
        tool=Tool.DOCTOR,
    ),
    *table(
        "keys and enrolment",
        ("the log begun anew, every key beside it", _begin_anew, "genesis"),
        tool=Tool.ELSEWHERE,
    ),
    *table(
        "sealed evidence",
        ("a payload removed", _file("vault/*.payload", _gone), "file_missing"),
        ("a bit of a payload", _file("vault/*.payload", _flip), "file_changed"),
        ("two payloads exchanged", _exchange("vault/*.payload"), "file_changed"),
        ("a payload emptied", _file("vault/*.payload", lambda _: b""), "file_changed"),
        (
            "keys of a payload removed",
            _database(
                _KEY_ROWS, "DELETE FROM payload_key WHERE pid = (SELECT min(pid) FROM payload_key)"
            ),
            "key_missing",
        ),
        (
            "keys of a payload spoiled",
            _database(_KEY_ROWS, "UPDATE payload_key SET wrapped = zeroblob(112)"),
            "key_changed",
        ),
        (
            "keys named for another",
            _database(_KEY_ROWS, "UPDATE payload_key SET recipient = 'x'"),
            "key_missing",
        ),
        ("every key removed", _file(_KEY_ROWS, _gone), "key_missing"),
        ("a list removed", _file("evidence-lists/*", _gone), "list_missing"),
        ("a bit of a list", _file("evidence-lists/*", _flip), "list_changed"),
        ("two lists exchanged", _exchange("evidence-lists/*"), "list_changed"),
        tool=Tool.VAULT_VERIFY,
    ),
)
