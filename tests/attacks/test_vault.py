"""Whoever deletes, changes or plants evidence beside the log is named; what a kill leaves goes."""

import hashlib
import shutil
import sqlite3
from contextlib import closing

import pytest

from crypto.errors import VaultUnwritable
from crypto.vault.payload import new_pid, seal
from crypto.vault.payload_store import PayloadStore
from tests.support.station.days import work_a_day, worked_branch
from workstation import bootstrap
from workstation.records.vault import read_recipients
from workstation.settings.settings import load_settings

RANDOM = "0123456789abcdef"


@pytest.fixture
def branch(tmp_path, monkeypatch, worked):
    return worked_branch(tmp_path, monkeypatch, worked)


@pytest.fixture
def vault(branch):
    return branch.data / "vault"


def payloads(vault):
    return sorted(vault.glob("*.payload"))


def execute(vault, *statements):
    with closing(sqlite3.connect(vault / "payload_keys.db")) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount


def verify(branch):
    """Return the exit code of `vault verify`, and the codes of what it names, sorted."""
    result = branch.line.run("--json", "vault", "verify")
    said = branch.line.json("vault", "verify")
    return result.exit_code, sorted(each.split(" ")[0] for each in said["problems"])


def start(branch):
    """Start and stop the station; return what the log says that it cleaned."""
    services = branch.opened()
    try:
        found = [each for each in services.journal.log.entries() if each.kind == "cleaned"]
        return [dict(each.data) for each in found]
    finally:
        bootstrap.close(services)


def results(branch):
    services = branch.opened()
    try:
        return [e.seq for e in services.journal.log.entries() if e.kind == "verify.result"]
    finally:
        bootstrap.close(services)


def seal_stray(branch):
    """Seal a payload that no entry will name."""
    loaded = load_settings(branch.data)
    origin = loaded.values.station.origin
    return seal(b"x" * 500, origin=origin, pid=new_pid(), recipients=read_recipients(loaded))


def test_a_station_as_it_works_is_whole(branch):
    said = branch.line.json("vault", "verify")
    assert (said["verdict"], said["payloads"], said["found"]) == ("whole", 2, 0)
    assert said["lists"] > 0
    assert branch.line.json("log", "verify")["evidence"] == "complete"
    assert start(branch) == []
    assert len(payloads(branch.data / "vault")) == 2


def delete_file(vault):
    payloads(vault)[0].unlink()


def flip_a_bit(vault):
    octets = bytearray(payloads(vault)[0].read_bytes())
    octets[100] ^= 1
    payloads(vault)[0].write_bytes(octets)


def swap_two(vault):
    one, other = payloads(vault)
    one.rename(vault / "aside")
    other.rename(one)
    (vault / "aside").rename(other)


def delete_keys(vault):
    execute(vault, "DELETE FROM payload_key WHERE pid = (SELECT min(pid) FROM payload_key)")


def exchange_keys(vault):
    execute(vault, "UPDATE payload_key SET wrapped = zeroblob(112)")


def swap_keys(vault):
    execute(vault, "UPDATE payload_key SET file = (SELECT max(file) FROM payload_key)")


def add_a_reader(vault):
    execute(
        vault,
        "INSERT INTO payload_key SELECT pid, 'friend', file, wrapped FROM payload_key LIMIT 1",
    )


def delete_database(vault):
    for each in vault.glob("payload_keys.db*"):
        each.unlink()


def delete_vault(vault):
    shutil.rmtree(vault)


def replace_a_list(vault):
    min((vault.parent / "evidence-lists").iterdir()).write_bytes(b"another list")


def delete_a_list(vault):
    min((vault.parent / "evidence-lists").iterdir()).unlink()


def plant_a_file(vault):
    octets = b"planted"
    (vault / f"{hashlib.sha256(octets).hexdigest()}.payload").write_bytes(octets)


@pytest.mark.parametrize(
    ("attack", "codes"),
    [
        (delete_file, ["file_missing"]),
        (flip_a_bit, ["file_changed"]),
        (swap_two, ["file_changed", "file_changed"]),
        (delete_keys, ["key_missing"]),
        (exchange_keys, ["key_changed", "key_changed"]),
        (swap_keys, ["keys_of_another_file"]),
        (add_a_reader, ["key_added"]),
        (delete_database, ["key_missing", "key_missing"]),
        (delete_vault, ["vault_missing", "vault_missing"]),
        (replace_a_list, ["list_changed"]),
        (delete_a_list, ["list_missing"]),
        (plant_a_file, ["named_by_no_entry"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_done_to_the_evidence_is_named(branch, vault, attack, codes):
    attack(vault)
    left = files(branch.data)
    assert verify(branch) == (2, codes)
    # Whoever looks makes nothing: what is gone stays gone.
    assert files(branch.data) == left


def files(folder):
    """List the files and folders but those of SQLite's own beside a database that is read."""
    found = (str(each) for each in folder.rglob("*"))
    return sorted(each for each in found if not each.endswith(("-wal", "-shm")))


@pytest.mark.parametrize("attack", [delete_file, delete_keys, delete_database, delete_a_list])
def test_log_and_doctor_name_what_is_missing_without_reading_the_files(branch, vault, attack):
    index = results(branch)[0] if attack is delete_a_list else None
    attack(vault)
    said = branch.line.run("--json", "log", "verify")
    assert said.exit_code == 2
    assert '"evidence": "incomplete"' in said.stdout
    if index is not None:
        assert f"list_missing {index} " in said.stdout
    assert any("see `vault verify`" in each for each in branch.bad())


def test_an_edited_length_in_the_entry_is_the_logs_matter_and_a_cut_file_is_named(branch, vault):
    one = payloads(vault)[0]
    one.write_bytes(one.read_bytes()[:-1])
    assert verify(branch) == (2, ["file_changed"])
    assert branch.line.json("log", "verify")["evidence"] == "incomplete"


def test_what_was_sealed_and_never_entered_goes_at_the_next_start(branch, vault):
    stray = seal_stray(branch)
    with PayloadStore(vault) as store:
        store.keep(stray)
    assert verify(branch)[1] == ["named_by_no_entry", "named_by_no_entry"]
    assert start(branch) == [{"payloads": 1, "erasures": 0}]
    assert verify(branch) == (0, [])
    assert len(payloads(vault)) == 2
    assert start(branch) == [{"payloads": 1, "erasures": 0}]


def test_a_file_that_was_written_before_its_keys_goes_too(branch, vault):
    stray = seal_stray(branch)
    with PayloadStore(vault) as store:
        store.keep(stray)
    execute(vault, f"DELETE FROM payload_key WHERE pid = '{stray.pid}'")
    assert start(branch) == [{"payloads": 1, "erasures": 0}]
    assert verify(branch) == (0, [])


def test_nothing_that_an_entry_names_goes_though_the_vault_calls_it_unsettled(branch, vault):
    execute(vault, "INSERT OR REPLACE INTO unsettled SELECT pid, file FROM payload_key")
    execute(vault, "UPDATE settled SET size = 0")
    assert start(branch) == []
    assert verify(branch) == (0, [])


def test_what_the_log_before_may_name_stays(branch, vault):
    with PayloadStore(vault) as store:
        store.keep(seal_stray(branch))
    execute(vault, "UPDATE settled SET origin = 'bank.kz/log/a-07/g0'")
    assert start(branch) == []
    assert len(payloads(vault)) == 3


def test_a_planted_row_takes_no_file_along_that_another_payload_has(branch, vault):
    execute(vault, "INSERT INTO unsettled SELECT 'aaaa', file FROM payload_key LIMIT 1")
    start(branch)
    assert verify(branch) == (0, [])


def test_drafts_of_a_killed_process_go_and_what_they_point_at_stays(branch, vault):
    elsewhere = branch.folder / "diploma.txt"
    elsewhere.write_text("mine", encoding="utf-8")
    digest, jti = "0" * 64, "0" * 32
    drafts = [
        vault / f".{digest}.payload.{RANDOM}",
        branch.data / "evidence-lists" / f".{digest}.{RANDOM}",
        branch.data / "outbox" / f".receipt-000012.pdf.{RANDOM}",
    ]
    for each in drafts[:2]:
        each.write_bytes(b"half")
    drafts[2].symlink_to(elsewhere)
    permits = load_settings(branch.data)
    fresh = permits.path(permits.values.permit.folder) / f".{jti}.jws.{RANDOM}"
    fresh.write_bytes(b"another station is writing this")
    others = [vault / ".notes", branch.data / "outbox" / f".offer.pdf.{RANDOM}"]
    for each in others:
        each.write_bytes(b"nobody's draft")
    (vault / f".{'1' * 64}.payload.{RANDOM}").mkdir()
    assert any("3 drafts left" in each["seen"] for each in branch.doctor()[0])
    assert start(branch) == [{"drafts": 3}]
    assert not any(each.is_symlink() or each.exists() for each in drafts)
    assert [each.name for each in (elsewhere, fresh, *others) if not each.exists()] == []


def test_the_station_signs_in_after_all_that(branch, vault):
    delete_database(vault)
    work_a_day(branch, None)
    assert verify(branch) == (2, ["key_missing", "key_missing"])


def test_a_vault_that_is_full_lets_the_station_start(branch, vault, monkeypatch):
    def refuse(*_):
        raise VaultUnwritable("disk full")

    monkeypatch.setattr(PayloadStore, "settle", refuse)
    assert start(branch) == []
