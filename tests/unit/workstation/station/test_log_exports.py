"""Exports of the log: who may, what is in them, what the log says of it, and what is left."""

import csv
import errno
import hashlib
import io

import pytest
from pypdf import PdfReader

from crypto.log.audit.audit import Expectations
from crypto.log.export.verify import verify_export
from crypto.log.file.faults import AuditStatus
from tests.support.station import two_administrators as office
from tests.support.station.stations import AUDITOR, SUPERVISOR, TELLER, Desk, a_site
from workstation.errors import OperationRefused
from workstation.log_export import draft as drafts
from workstation.log_export import table
from workstation.log_export.kind import ExportKind
from workstation.log_index.query import LogQuery
from workstation.records.audit.session_rules import SessionRules
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_exports import describe_query


@pytest.fixture
def desk(tmp_path):
    with a_site(tmp_path / "site") as site:
        desk = Desk(site)
        desk.to(State.CONSENT)
        desk.do(c.RefuseConsent())
        desk.do(c.NewSession())
        desk.sign_in(AUDITOR)
        yield desk


def export(desk, kind, path, **query):
    desk.ask(c.ExportLog(kind, path, LogQuery(**query)))
    desk.settle()
    return desk.status.export


def left(folder):
    return sorted(each.name for each in folder.iterdir() if each.name != "site")


def stated(desk):
    return [dict(entry.data) for entry in desk.site.entries("log.export")]


def test_a_table_opens_in_a_spreadsheet_and_the_log_says_who_took_it(desk, tmp_path):
    path = tmp_path / "log.csv"
    shown = export(desk, ExportKind.CSV, path, kinds=("verify.step", "verify.result"))
    octets = path.read_bytes()
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
    (entry,) = desk.site.entries("log.export")

    assert octets.startswith(b"\xef\xbb\xbf")
    assert (shown.running, shown.code, shown.rows) == (False, "", len(rows) - 1)
    assert [row[10] for row in rows[1:]] == ["verify.step", "verify.step", "verify.result"]
    assert "Клиент" in rows[-1][5] or "соглас" in rows[-1][5].lower()
    assert entry.actor == AUDITOR.id
    assert entry.data["sha256"] == hashlib.sha256(octets).hexdigest() == shown.sha256
    assert entry.data["query"] == {"kinds": ["verify.step", "verify.result"]}
    assert left(tmp_path) == ["log.csv"]
    assert path.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("cell", ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "|calc"])
def test_no_cell_is_a_formula(cell):
    assert table._defuse(cell).startswith("'")
    assert all(letter.isprintable() for letter in table._defuse(cell))


def test_pages_hold_the_entries_and_the_head_they_stand_under(desk, tmp_path):
    path = tmp_path / "log.pdf"
    size = desk.site.services.journal.log.size
    shown = export(desk, ExportKind.PDF, path)
    text = "".join(page.extract_text() for page in PdfReader(path).pages)

    assert (shown.code, shown.rows) == ("", size)
    assert desk.site.log_site.log_key.name in text
    assert desk.site.entries()[-1].kind == "log.export"
    assert "T-0042" in text


@pytest.mark.parametrize("name", ["tiles", "tiles.zip"])
def test_tiles_are_verified_by_anybody(desk, tmp_path, name):
    path = tmp_path / name
    shown = export(desk, ExportKind.TILES, path)
    services = desk.site.services
    expected = Expectations(
        log_key=services.log_key, trusted=services.log_trusted, rules=SessionRules
    )

    assert shown.code == ""
    assert verify_export(path, expected).status is AuditStatus.PASSED
    assert left(tmp_path) == [name]


def test_tiles_bring_the_charters_and_nothing_else_that_lies_beside_them(tmp_path, monkeypatch):
    branch, path = office.two_administrators(tmp_path, monkeypatch), tmp_path / "tiles"
    charters = branch.data / "charter"
    (charters / "0900.note").write_text("no charter", "utf-8")
    with office.OfficeDesk(branch) as opened:
        opened.do(c.SignIn(office.AUDITOR, office.OTHER))
        shown = export(opened.desk, ExportKind.TILES, path)

    brought = {each.name: each.read_bytes() for each in (path / "charter").iterdir()}
    assert (shown.running, shown.code) == (False, "")
    assert "0900.note" not in brought
    assert brought
    assert brought == {name: (charters / name).read_bytes() for name in brought}


def test_a_report_states_what_the_last_verification_has_found(desk, tmp_path):
    path = tmp_path / "report.pdf"
    desk.do(c.ExportLog(ExportKind.REPORT, path))
    assert desk.status.message == "export_unverified"

    desk.site.clock.wall += 3_600_000
    desk.do(c.SignOut())
    desk.sign_in(AUDITOR)
    desk.ask(c.VerifyLog())
    desk.settle()
    (notice,) = desk.status.verification.notices
    shown = export(desk, ExportKind.REPORT, path)
    text = "".join(page.extract_text() for page in PdfReader(path).pages)

    assert shown.code == ""
    assert "Журнал цел" in text
    assert "The log is whole" in text
    assert notice.code == "look.clock_step"
    assert "The computer's clock was set" in text.replace("\n", " ")
    assert f"{notice.count} · № {notice.first}" in text
    assert stated(desk)[-1]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert desk.site.log_site.log_key.name in text


def test_a_case_that_is_not_there_is_no_pack(desk, tmp_path):
    shown = export(desk, ExportKind.COURT, tmp_path / "pack.zip", case="77777")

    assert shown.code == "export_no_case"
    assert left(tmp_path) == []
    assert stated(desk) == []


@pytest.mark.parametrize("who", [None, TELLER])
def test_only_a_role_that_may_exports(desk, tmp_path, who):
    desk.do(c.SignOut())
    if who is not None:
        desk.sign_in(who)
    desk.do(c.ExportLog(ExportKind.CSV, tmp_path / "log.csv"))

    assert desk.status.message == ("role_missing" if who else "operation_refused")
    assert left(tmp_path) == []


def test_a_supervisor_may_export(desk, tmp_path):
    desk.do(c.SignOut())
    desk.sign_in(SUPERVISOR)

    assert export(desk, ExportKind.CSV, tmp_path / "log.csv").code == ""


def test_what_is_there_already_is_not_touched(desk, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("mine")

    assert export(desk, ExportKind.CSV, path).code == "export_exists"
    assert path.read_text() == "mine"
    assert left(tmp_path) == ["log.csv"]
    assert stated(desk) == []


def test_a_folder_that_is_gone_is_named(desk, tmp_path):
    assert export(desk, ExportKind.CSV, tmp_path / "stick" / "log.csv").code == "export_gone"
    assert stated(desk) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "export_full"),
        (errno.EIO, "export_gone"),
        (errno.EACCES, "export_unwritable"),
        (errno.EROFS, "export_unwritable"),
    ],
)
@pytest.mark.parametrize("kind", [ExportKind.CSV, ExportKind.PDF])
def test_a_disk_that_fails_in_mid_export_leaves_nothing(
    desk, tmp_path, monkeypatch, number, code, kind
):
    def fail(path):
        raise OSError(number, "disk")

    monkeypatch.setattr(drafts, "sync_file", fail)

    assert export(desk, kind, tmp_path / "log.out").code == code
    assert left(tmp_path) == []
    assert stated(desk) == []


def test_a_stick_that_is_pulled_before_the_name_is_given_leaves_nothing(
    desk, tmp_path, monkeypatch
):
    def fail(draft, path):
        raise OSError(errno.ENODEV, "gone")

    monkeypatch.setattr(drafts, "rename_durably", fail)

    assert export(desk, ExportKind.CSV, tmp_path / "log.csv").code == "export_gone"
    assert left(tmp_path) == []


def test_an_export_is_ended_and_leaves_nothing(desk, tmp_path):
    task = desk.station.handle(c.ExportLog(ExportKind.CSV, tmp_path / "log.csv"))
    assert desk.status.export.running
    assert desk.station.handle(c.ExportLog(ExportKind.CSV, tmp_path / "other.csv")) is None
    assert desk.status.message == "export_runs"
    desk.do(c.StopExport())
    with pytest.raises(OperationRefused) as ended:
        task.run()
    desk.station.finish(task, ended.value)

    assert (desk.status.export.running, desk.status.export.code) == (False, "export_cancelled")
    assert left(tmp_path) == []
    assert export(desk, ExportKind.CSV, tmp_path / "log.csv").code == ""


def test_who_has_left_meanwhile_takes_nothing_along(desk, tmp_path):
    task = desk.station.handle(c.ExportLog(ExportKind.CSV, tmp_path / "log.csv"))
    draft = task.run()
    desk.do(c.SignOut())
    desk.station.finish(task, draft)

    assert desk.status.export.code == "export_cancelled"
    assert left(tmp_path) == []
    assert stated(desk) == []


def test_a_log_that_cannot_be_written_lets_nothing_out(desk, tmp_path):
    task = desk.station.handle(c.ExportLog(ExportKind.CSV, tmp_path / "log.csv"))
    draft = task.run()
    desk.site.clock.full_at = 0
    desk.station.finish(task, draft)

    assert desk.status.export.code == "log_unwritable"
    assert left(tmp_path) == []


def test_how_far_it_is_is_shown(desk, tmp_path):
    desk.station.handle(c.ExportLog(ExportKind.CSV, tmp_path / "log.csv"))
    desk.station._back_office._exports._run.tell(3, 9)
    desk.station.tick()

    assert (desk.status.export.done, desk.status.export.total) == (3, 9)


def test_typed_words_are_not_repeated_in_the_log():
    asked = LogQuery(text="Иванов", operator="T-0042", since_ms=5)

    assert describe_query(asked) == {"since_ms": 5, "operator": "T-0042", "words": True}
