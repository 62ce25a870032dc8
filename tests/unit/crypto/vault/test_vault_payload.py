"""What is sealed opens only with a recipient's key and only as the log entry committed to it."""

import base64
import hashlib
import hmac
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import PayloadMissing, PayloadRefused, PayloadTampered, VaultUnwritable
from crypto.vault import payload
from crypto.vault.payload import Recipient, disclose_payload, new_pid, open_payload, seal
from crypto.vault.payload_store import PayloadStore

ORIGIN = "bank.example/log/b0421-w07/g1"
PID = "00112233445566778899aabbccddeeff"
OFFICE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
SUPERVISOR = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
RECIPIENTS = (
    Recipient("office", OFFICE.public_key()),
    Recipient("supervisor", SUPERVISOR.public_key()),
)
SECRET = b"IIN 000000000000, template ..." * 40


def sealed(plaintext=SECRET, **changes):
    return seal(plaintext, **({"origin": ORIGIN, "pid": PID, "recipients": RECIPIENTS} | changes))


def opened(box, key=OFFICE, name="office", **changes):
    known = {"origin": ORIGIN, "commitment": box.commitment}
    return open_payload(box.file, box.wrapped[name], key, **(known | changes))


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=2000))
def test_every_recipient_opens_what_was_sealed(plaintext):
    box = sealed(plaintext)
    assert opened(box) == plaintext
    assert opened(box, SUPERVISOR, "supervisor") == plaintext


def test_the_commitment_has_the_published_members_and_says_nothing_of_the_content():
    box = sealed()
    assert box.commitment == {
        "alg": "A256GCM",
        "cm": base64.b64encode(box.binding).decode(),
        "ct": base64.b64encode(hashlib.sha256(box.file).digest()).decode(),
        "n": len(SECRET),
        "pid": PID,
        "to": [
            [name, base64.b64encode(hashlib.sha256(wrapped).digest()).decode()]
            for name, wrapped in box.wrapped.items()
        ],
    }
    assert sealed().commitment["cm"] != box.commitment["cm"]
    assert SECRET[:16] not in box.file


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "bank.example/log/other/g1"},
        {"origin": ""},
        {"commitment": {"pid": new_pid()}},
        {"commitment": {"pid": "x"}},
        {"commitment": {"pid": None}},
        {"commitment": {"ct": base64.b64encode(bytes(32)).decode()}},
        {"commitment": {"ct": "AAAA"}},
        {"commitment": {"ct": 5}},
        {"commitment": {"ct": "!"}},
        {"commitment": {"cm": base64.b64encode(bytes(32)).decode()}},
        {"commitment": {"cm": None}},
        {"commitment": {"n": 3}},
    ],
)
def test_a_payload_opens_only_under_its_own_log_entry(change):
    box = sealed()
    if "commitment" in change:
        change = {"commitment": box.commitment | change["commitment"]}
    with pytest.raises(PayloadTampered):
        opened(box, **change)


def test_a_changed_file_or_key_or_a_strangers_key_does_not_open():
    box, other = sealed(), sealed()
    with pytest.raises(PayloadTampered):
        opened(box, SUPERVISOR)
    known = {"origin": ORIGIN, "commitment": box.commitment}
    for file, wrapped in (
        (box.file[:-1] + bytes([box.file[-1] ^ 1]), box.wrapped["office"]),
        (b"", box.wrapped["office"]),
        (box.file, other.wrapped["office"]),
        (box.file, b""),
        (other.file, other.wrapped["office"]),
    ):
        with pytest.raises(PayloadTampered):
            open_payload(file, wrapped, OFFICE, **known)


def test_an_empty_file_with_a_fitting_hash_is_still_no_payload():
    box = sealed()
    digest = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    with pytest.raises(PayloadTampered):
        open_payload(
            b"",
            box.wrapped["office"],
            OFFICE,
            origin=ORIGIN,
            commitment=box.commitment | {"ct": digest},
        )


def test_what_cannot_be_sealed_is_refused(monkeypatch):
    monkeypatch.setattr(payload, "MAX_PAYLOAD_BYTES", 10)
    for change in (
        {"recipients": ()},
        {"recipients": (RECIPIENTS[0], RECIPIENTS[0])},
        {"recipients": tuple(Recipient(str(n), OFFICE.public_key()) for n in range(9))},
        {"pid": "short"},
        {"pid": PID.upper()},
        {"origin": "two\nlines"},
        {"plaintext": bytes(11)},
    ):
        with pytest.raises(PayloadRefused):
            sealed(**({"plaintext": b"x"} | change))


def test_payload_ids_do_not_repeat():
    assert len({new_pid() for _ in range(100)}) == 100


# The store


@pytest.fixture(name="store")
def payload_store(tmp_path):
    with PayloadStore(tmp_path) as store:
        yield store


def everything_in(folder):
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_kept_payload_comes_back_after_a_restart(tmp_path):
    box = sealed()
    with PayloadStore(tmp_path) as store:
        store.keep(box)
    with PayloadStore(tmp_path) as store:
        file, wrapped = store.load(PID, "office")
    assert open_payload(file, wrapped, OFFICE, origin=ORIGIN, commitment=box.commitment) == SECRET
    assert (tmp_path / f"{box.digest.hex()}.payload").read_bytes() == box.file
    assert SECRET[:16] not in everything_in(tmp_path)


def test_a_payload_is_kept_once(store):
    box = sealed()
    store.keep(box)
    for again in (box, sealed()):
        with pytest.raises(PayloadRefused):
            store.keep(again)


def test_a_file_left_by_a_crash_is_not_written_over(store, tmp_path):
    box = sealed()
    (tmp_path / f"{box.digest.hex()}.payload").write_bytes(b"left")
    with pytest.raises(PayloadRefused):
        store.keep(box)


def test_an_erased_payload_leaves_no_copy_of_its_keys(store, tmp_path):
    young, old = sealed(), sealed(pid=new_pid())
    store.keep(old)
    store.keep(young)
    assert young.wrapped["office"] in everything_in(tmp_path)
    store.erase(PID)
    left = everything_in(tmp_path)
    assert young.wrapped["office"] not in left
    assert young.wrapped["supervisor"] not in left
    assert young.file not in left
    assert old.wrapped["office"] in left
    for name in ("office", "supervisor"):
        with pytest.raises(PayloadMissing):
            store.load(PID, name)
    with pytest.raises(PayloadMissing):
        store.erase(PID)
    assert store.load(old.pid, "office")[0] == old.file


def test_an_interrupted_erasure_is_finished_by_repeating_it(store, tmp_path):
    box = sealed()
    store.keep(box)
    store._db.execute("UPDATE payload_key SET wrapped = x''")
    with pytest.raises(PayloadMissing):
        store.load(PID, "office")
    store.erase(PID)
    assert box.file not in everything_in(tmp_path)


def test_a_lost_file_is_missing(store, tmp_path):
    box = sealed()
    store.keep(box)
    (tmp_path / f"{box.digest.hex()}.payload").unlink()
    with pytest.raises(PayloadMissing):
        store.load(PID, "office")
    with pytest.raises(PayloadMissing):
        store.load(PID, "stranger")


def test_an_erasure_that_a_reader_holds_up_says_so(store, tmp_path):
    box = sealed()
    store.keep(box)
    store._db.execute("PRAGMA busy_timeout=0")
    reader = sqlite3.connect(tmp_path / "payload_keys.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM payload_key").fetchall()
    with pytest.raises(VaultUnwritable):
        store.erase(PID)
    reader.close()
    store.erase(PID)
    assert box.wrapped["office"] not in everything_in(tmp_path)


def test_a_full_disk_keeps_nothing_half(store):
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count={pages}")
    boxes = [sealed(pid=new_pid()) for _ in range(40)]
    kept = []
    with pytest.raises(VaultUnwritable):
        keep_all(store, boxes, kept)
    store._db.execute("PRAGMA max_page_count=10000")
    store.keep(boxes[-1])
    assert all(store.load(box.pid, "supervisor")[0] == box.file for box in kept)


def keep_all(store, boxes, kept):
    for box in boxes:
        store.keep(box)
        kept.append(box)


def test_a_folder_that_is_not_there_is_unwritable(tmp_path):
    with pytest.raises(VaultUnwritable):
        PayloadStore(tmp_path / "absent")


def test_the_store_says_for_whom_a_key_is_wrapped_until_it_is_erased(store):
    store.keep(sealed())
    assert store.recipients(PID) == ("office", "supervisor")
    store.erase(PID)
    assert store.recipients(PID) == ()


def test_the_salt_opens_the_commitment_to_whoever_has_the_plaintext():
    box = sealed()
    shown = disclose_payload(
        box.file, box.wrapped["office"], OFFICE, origin=ORIGIN, commitment=box.commitment
    )
    bound = hmac.digest(shown.salt, b"tv-payload/v1\n" + shown.plaintext, "sha256")
    assert base64.b64encode(bound).decode() == box.commitment["cm"]
    assert "salt" not in repr(shown)
