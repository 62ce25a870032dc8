"""Alarms are written few at a time and kept for security until a supervisor has seen them."""

import json
import threading

import pytest

from crypto.errors import LogError
from crypto.report.alarm import Alarm, AlarmCode
from tests.support.station.log import LogSite
from workstation.records.alarms import ACKNOWLEDGED, ALARM, ALARM_FOLDER, AlarmRegister

RESPONDER = "http://ocsp.example/"
FORGED = Alarm.raise_about(AlarmCode.ANSWER_FORGED, RESPONDER, "signature_wrong", b"offered")
OLDER = Alarm.raise_about(AlarmCode.LIST_OLDER, "http://crl.example/a", "older_than_stored", b"l")
MINUTE = 60_000
T = 1_790_000_000_000


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path / "site")


@pytest.fixture
def log(site):
    with site.create() as store:
        yield store


@pytest.fixture
def register(tmp_path):
    return AlarmRegister(tmp_path)


def entries(log, kind=ALARM):
    return [entry for entry in log.entries() if entry.kind == kind]


def reopened(tmp_path, site):
    found = AlarmRegister(tmp_path)
    found.load(site.path, site.log_key.vkey)
    return found.open


def test_an_alarm_is_written_with_what_was_offered_kept_beside_it(register, log, tmp_path):
    register.report(FORGED)
    assert register.open == ()
    assert register.write(log, T)

    (entry,) = entries(log)
    assert entry.data == {
        "code": "answer_forged",
        "source": RESPONDER,
        "detail": "signature_wrong",
        "sha256": FORGED.sha256,
        "kept": "file",
        "count": 1,
    }
    assert (tmp_path / ALARM_FOLDER / f"{FORGED.sha256}.bin").read_bytes() == b"offered"
    assert [(each.code, each.count, each.entry) for each in register.open] == [
        ("answer_forged", 1, entry.seq)
    ]
    assert not register.write(log, T + MINUTE)


def test_a_flood_of_one_kind_grows_a_count_and_not_the_log(register, log):
    for minute in range(25):
        for _ in range(1000):
            register.report(FORGED)
        register.write(log, T + minute * MINUTE)

    written = entries(log)
    assert [each.data["count"] for each in written] == [1000, 10_000, 10_000]
    assert [each.data.get("first") for each in written] == [None, *[written[0].seq] * 2]
    assert [each.count for each in register.open] == [25_000]


def test_a_flood_of_octets_does_not_fill_the_disk(register, log, tmp_path):
    for number in range(100):
        octets = number.to_bytes(2) * 1024
        source = f"http://crl.example/{number}"
        register.report(Alarm.raise_about(AlarmCode.LIST_FORGED, source, "wrong", octets))
        register.write(log, T + number)
    assert len(list((tmp_path / ALARM_FOLDER).glob("*.bin"))) == 32
    assert [each.data["kept"] for each in entries(log)] == ["file"] * 32 + [""] * 33
    assert entries(log)[-1].data["source"] == "others"
    assert sum(each.count for each in register.open) == 100


def test_a_clock_that_is_set_back_does_not_silence_an_alarm(register, log):
    for moment in (T, T - 1, T - 2):
        register.report(FORGED)
        register.write(log, moment)
    assert len(entries(log)) == 3


def test_alarms_may_be_reported_in_any_thread(register, log):
    def report():
        for _ in range(500):
            register.report(FORGED)

    threads = [threading.Thread(target=report) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    register.write(log, T)
    assert [each.count for each in register.open] == [2000]


def test_what_the_log_refuses_is_written_later(register, log):
    class Refusing:
        def append(self, *_args, **_named):
            raise LogError("full")

    register.report(FORGED)
    register.report(OLDER)
    with pytest.raises(LogError):
        register.write(Refusing(), T)
    register.write(log, T)
    assert {each.data["code"] for each in entries(log)} == {"answer_forged", "list_older"}


def test_open_alarms_outlive_the_process(register, log, site, tmp_path):
    register.report(FORGED)
    register.write(log, T)
    assert reopened(tmp_path, site) == register.open


@pytest.mark.parametrize("damage", [None, b"", b"[]x", b'[{"code":"x"}]', b'{"a":1}'])
def test_whoever_removes_or_spoils_the_file_silences_nothing(register, log, site, tmp_path, damage):
    for moment in (T, T + 11 * MINUTE):
        register.report(FORGED)
        register.report(OLDER)
        register.write(log, moment)
    path = tmp_path / ALARM_FOLDER / "open.json"
    path.unlink() if damage is None else path.write_bytes(damage)

    found = reopened(tmp_path, site)
    assert {(each.code, each.count, each.entry) for each in found} == {
        (each.code, each.count, each.entry) for each in register.open
    }
    assert path.is_file()


def test_another_program_leaves_its_alarms_to_the_station(register, log, tmp_path):
    beside = AlarmRegister(tmp_path)
    beside.report(OLDER)
    assert beside.defer() == (OLDER,)
    assert beside.defer() == ()

    register.collect()
    register.write(log, T)
    (entry,) = entries(log)
    assert (entry.data["code"], entry.data["kept"]) == ("list_older", "file")
    register.collect()
    assert not register.write(log, T + 20 * MINUTE)


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b"{}",
        b'{"code":"made_up","source":"a","detail":"b","sha256":"","count":1}',
        b'{"code":"list_older","source":"a","detail":"b","sha256":"","count":"many"}',
        b"[" * 5000,
    ],
)
def test_what_is_left_there_and_is_no_alarm_is_removed(register, log, tmp_path, left):
    folder = tmp_path / ALARM_FOLDER
    folder.mkdir()
    (folder / "deferred-00.json").write_bytes(left)
    register.collect()
    assert not register.write(log, T)
    assert list(folder.glob("deferred-*")) == []


def test_a_text_that_no_entry_can_hold_keeps_no_later_alarm_out(register, log, tmp_path):
    folder = tmp_path / ALARM_FOLDER
    folder.mkdir()
    left = {"code": "list_older", "source": "a\u0301\n" * 400, "detail": "e\u0301", "sha256": ""}
    (folder / "deferred-00.json").write_text(json.dumps(left | {"count": 2**60}))
    register.collect()
    register.report(FORGED)
    assert register.write(log, T)
    assert [each.data["code"] for each in entries(log)] == ["list_older", "answer_forged"]


def test_a_name_from_outside_reaches_no_file(register, log, tmp_path):
    (tmp_path / "secret.bin").write_bytes(b"x")
    register.report(Alarm(AlarmCode.LIST_OLDER, "a", "b", "../secret"))
    register.write(log, T)
    assert entries(log)[0].data["kept"] == ""


def test_what_was_seen_makes_room_and_the_newest_of_it_stays(register, log, tmp_path):
    class Journal:
        def record_acknowledgement(self, who, alarms):
            self.said = who, alarms

    journal, folder = Journal(), tmp_path / ALARM_FOLDER
    for round_ in range(3):
        for number in range(20):
            source = f"http://crl.example/{round_}/{number}"
            octets = bytes([round_, number])
            register.report(Alarm.raise_about(AlarmCode.LIST_FORGED, source, "wrong", octets))
        register.write(log, T + round_)
        seen = register.acknowledge(journal, "S-1")
        assert (len(seen), register.open, list(folder.glob("*.bin"))) == (20, (), [])
    assert all(each.data["kept"] == "file" for each in entries(log))
    left = {each.read_bytes()[0] for each in (folder / "seen").iterdir()}
    assert len(list((folder / "seen").iterdir())) == 32
    assert left == {1, 2}
    assert len(journal.said[1]) == 20


def test_nothing_is_acknowledged_before_there_is_an_alarm(register):
    assert register.acknowledge(None, None) == ()


def test_the_kind_of_an_acknowledgement_is_that_of_the_journal():
    assert ACKNOWLEDGED == "security.acknowledged"
