"""Two administrators change a station at the desktop; one alone changes nothing."""

import re
import shutil
from typing import get_args

import pytest

import resources
from tests.support.pki.policy_signers import COMPLIANCE, RISK, STRANGER, dated, put
from tests.support.station.branch import start
from tests.support.station.command_line import SECRET
from tests.support.station.stations import NAME, Desk, form
from tests.support.station.two_administrators import (
    AUDITOR,
    FIRST,
    OTHER,
    SECOND,
    OfficeDesk,
    two_administrators,
)
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.parties import Role
from workstation.session.states import State
from workstation.station import administration_commands as a
from workstation.station import commands as c

FORCED = "берег у моря 9 Каспий"
NEW = "лодка на озере 7 Балхаш"
SHIPPED = resources.path("policies", "kz-2026-07-12.toml")


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return two_administrators(tmp_path, monkeypatch)


def add(desk, number="T-0100", role=Role.TELLER):
    return desk.do(a.StageAccount(number, "Нұрланова А.", role, NEW))


def signs_in(branch, number, secret):
    services = branch.opened()
    try:
        desk = Desk(branch.site(services))
        desk.do(c.SignIn(number, secret))
        return desk.status.operator is not None
    finally:
        bootstrap.close(services)


def approve(desk):
    desk.plug()
    desk.do(c.SignIn("T-0042", SECRET))
    desk.do(c.BeginOperation(form(untrusted_name=NAME)))
    desk.do(c.GiveConsent("ru"))
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.now.state is State.RECORDED


def draft(folder, attempts=9):
    """A policy of the bank's own: one number is another, and so is its id."""
    text = SHIPPED.read_text("utf-8").replace('id = "kz-2026-07-12"', 'id = "bank-draft"', 1)
    path = folder / "bank-draft.toml"
    changed, count = re.subn(
        r"(?m)^cool_down_attempts = \d+", f"cool_down_attempts = {attempts}", text
    )
    assert count == 1
    path.write_text(changed, "utf-8")
    return path


def test_two_administrators_add_an_operator_and_both_stand_in_the_log(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        assert add(desk) == ""
        assert [(each.code, each.at) for each in desk.view.waiting] == [("account_added", "T-0100")]
        assert desk.propose() == "changes.proposed"
        desk.sign_in(SECOND, OTHER)
        assert desk.view.proposal.by == FIRST
        assert [each.at for each in desk.view.proposal.changes] == ["T-0100"]
        assert desk.countersign() == "changes.enacted"
        assert desk.view.waiting == ()
        assert desk.view.proposal is None
        assert len(desk.view.history[0].signers) == 2
        assert desk.view.charter == desk.view.history[0].number
        wanted = ["change.staged", "change.proposed", "key.enrol", "charter.change"]
        assert [each for each in desk.kinds if each in wanted][-4:] == wanted
    assert start(branch) == ""
    assert signs_in(branch, "T-0100", NEW)
    assert branch.line.run("log", "verify").exit_code == 0


def test_a_change_of_accounts_is_in_force_without_a_new_start(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk)
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        desk.countersign()
        desk.desk.do(c.SignIn("T-0100", NEW))
        assert desk.desk.status.operator.id == "T-0100"
        # The session that opened names the charter that is now in force: no start goes back.
        opened = [e for e in desk.services.journal.log.entries() if e.kind == "session.open"][-1]
        changed = [e for e in desk.services.journal.log.entries() if e.kind == "charter.change"]
        assert opened.data["charter"] == changed[-1].data["sha256"]
    assert start(branch) == ""


def test_one_administrator_alone_adds_nobody(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk, role=Role.SUPERVISOR)
        desk.propose()
        assert desk.countersign(SECRET, SECRET) == "changes.signature"
        assert "charter.change" not in desk.kinds[-4:]
    assert not signs_in(branch, "T-0100", NEW)


def test_an_administrator_of_this_minute_countersigns_nothing(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk, "a-666", Role.ADMIN)
        desk.propose()
        sha256 = desk.view.proposal.sha256
        desk.desk.do(c.SignIn("a-666", NEW))
        assert desk.message == "operator_refused"
        desk.sign_in()
        assert desk.countersign(NEW, SECRET, sha256) == "changes.signature"
    assert start(branch) == ""


def test_a_secret_that_is_wrong_signs_nothing(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk)
        before = desk.kinds.count("charter.change")
        assert desk.propose(NEW) == "operator_refused"
        assert desk.view.proposal is None
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        assert desk.countersign(NEW) == "operator_refused"
        assert desk.countersign(OTHER, NEW) == "operator_refused"
        assert desk.kinds.count("charter.change") == before
        assert desk.kinds.count("sign_in.failed") == 3


def test_what_was_changed_after_it_was_read_is_not_signed(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk)
        desk.propose()
        seen = desk.view.proposal.sha256
        add(desk, "T-0666")
        desk.do(a.LookAtAdministration())
        assert desk.view.proposal.stale
        desk.sign_in(SECOND, OTHER)
        assert desk.countersign(sha256=seen) == "changes.proposal"
        # Proposed anew it is another proposal than the one that was read.
        desk.sign_in()
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        assert desk.countersign(sha256=seen) == "changes.proposal"
        assert desk.countersign() == "changes.enacted"


def test_settings_edited_between_proposal_and_countersignature_are_refused(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk)
        desk.propose()
        text = branch.settings.read_text("utf-8")
        branch.settings.write_text(text.replace("index = 0", "index = 1"), "utf-8")
        desk.sign_in(SECOND, OTHER)
        assert any(each.code == "setting_changed" for each in desk.view.waiting)
        assert desk.view.proposal.stale
        assert desk.countersign() == "changes.proposal"
        branch.settings.write_text(text, "utf-8")
        assert desk.countersign() == "changes.enacted"
    assert start(branch) == ""


def test_nobody_changes_the_own_account_and_the_last_administrator_stays(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        own = (a.StageRole(FIRST, Role.SUPERVISOR, NEW), a.StageDisabling(FIRST))
        assert [desk.do(each) for each in own] == ["changes.own_account"] * 2
        assert desk.do(a.StageDisabling(SECOND)) == ""
        # Who would sign it is who it is about.
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        assert desk.countersign() == "changes.own_account"
        assert desk.do(a.WithdrawChanges()) == "changes.withdrawn"
        assert desk.view.waiting == ()


REFUSED = (
    (a.StageAccount("T 1", "Имя", Role.TELLER, NEW), "staff.id"),
    (a.StageAccount("T-0101", " ", Role.TELLER, NEW), "staff.name"),
    (a.StageAccount("T-0101", "Имя", Role.TELLER, "коротко"), "staff.secret_too_short"),
    (a.StageAccount("t-0042", "Имя", Role.TELLER, NEW), "staff.exists"),
    (a.StageSecret("T-9999", NEW), "staff.unknown"),
    (a.StateStaffIin("T-0042", "123456789012"), "staff.iin"),
)


def test_a_supervisor_has_not_the_iin_of_a_teller(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        first = desk.do(a.StateStaffIin("T-0042", "920314400005"))
        add(desk, "S-0107", Role.SUPERVISOR)
        before = len(desk.kinds)
        second = desk.do(a.StateStaffIin("S-0107", "920314400005"))

        assert (first, second) == ("", "staff.iin_taken")
        assert desk.kinds[before:] == []


def test_what_makes_no_account_is_said_and_not_written(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        before = len(desk.kinds)
        assert [desk.do(command) for command, _ in REFUSED] == [said for _, said in REFUSED]
        assert len(desk.kinds) == before


def test_a_locked_number_is_unlocked_in_the_administrators_name(branch):
    with OfficeDesk(branch) as desk:
        for _ in range(4):
            desk.desk.do(c.SignIn("T-0042", NEW))
        desk.sign_in()
        (row,) = [each for each in desk.view.staff if each.id == "T-0042"]
        assert row.locked_s > 0
        desk.do(a.UnlockAccount("T-0042"))
        (row,) = [each for each in desk.view.staff if each.id == "T-0042"]
        assert row.locked_s == 0
        entry = next(e for e in desk.services.journal.log.entries() if e.kind == "sign_in.unlocked")
        assert entry.data["account"] == "T-0042"


def test_nobody_ends_the_lock_of_a_second_administrators_number(branch):
    with OfficeDesk(branch) as desk:
        for _ in range(4):
            desk.desk.do(c.SignIn(SECOND, NEW))
        desk.sign_in()
        before = len(desk.kinds)
        said = desk.do(a.UnlockAccount(SECOND.lower()))
        (row,) = [each for each in desk.view.staff if each.id == SECOND]

        assert (said, row.locked_s > 0) == ("staff.admin_waits", True)
        assert desk.kinds[before:] == []


def test_nobody_but_an_administrator_sees_or_does_any_of_it(branch):
    commands = (
        a.LookAtAdministration(),
        a.StageAccount("T-0100", "Имя", Role.TELLER, NEW),
        a.StageRole("T-0042", Role.ADMIN, NEW),
        a.StageSecret("T-0042", NEW),
        a.StageDisabling("T-0042"),
        a.UnlockAccount("T-0042"),
        a.StateStaffIin("T-0042", "920314400005"),
        a.ImportPolicy(SHIPPED),
        a.ReplayDraft(),
        a.StopReplay(),
        a.ProposeChanges(SECRET),
        a.CountersignChanges("", SECRET, SECRET),
        a.WithdrawChanges(),
        a.RotateLogKey(),
        a.PreparePermitKey(),
        a.SwitchPermitKey(),
        a.ResealKeys("", NEW),
        a.OrderHold(0, "1", False, SECRET, FIRST, SECRET),
        a.OrderErasure(0, "1", "court", SECRET, FIRST, SECRET),
    )
    assert {type(each) for each in commands} == set(get_args(a.AdministrationCommand))
    with OfficeDesk(branch) as desk:
        for who, secret in ((AUDITOR, OTHER), ("T-0042", SECRET), ("S-0031", SECRET)):
            desk.desk.do(c.SignIn(who, secret))
            before = len(desk.kinds)
            assert {desk.do(each) for each in commands} == {"role_missing"}
            assert (desk.view, len(desk.kinds)) == (None, before)


def test_what_an_administrator_saw_is_gone_when_another_signs_in(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        assert desk.view is not None
        desk.desk.do(c.SignIn("T-0042", SECRET))
        assert desk.view is None


def test_a_policy_is_brought_staged_countersigned_and_in_force_at_the_next_start(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        before = desk.services.policy.sha256
        desk.sign_in()
        assert desk.do(a.ImportPolicy(draft(tmp_path))) == "policy_import.staged"
        assert desk.view.draft.id == "bank-draft"
        assert any(each.at for each in desk.view.draft.changes)
        codes = {each.code for each in desk.view.waiting}
        assert {"policy_added", "policy_removed"} <= codes or "policy_replaced" in codes
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        assert desk.countersign() == "changes.restart"
        assert desk.services.policy.sha256 == before
        desk.desk.do(c.SignIn("T-0042", SECRET))
        desk.desk.plug()
        desk.desk.do(c.BeginOperation(form()))
        assert desk.message == "begin.restart"
    services = branch.opened()
    try:
        assert services.policy.id == "bank-draft"
    finally:
        bootstrap.close(services)
    assert branch.line.run("log", "verify").exit_code == 0


def test_a_staged_policy_does_not_keep_the_station_from_starting(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        desk.do(a.ImportPolicy(draft(tmp_path)))
        files = sorted(each.name for each in branch.data.glob("policy-*.toml"))
        assert len(files) == 1
    assert start(branch) == ""
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        assert desk.view.draft.id == "bank-draft"
        desk.do(a.WithdrawChanges())
        assert (desk.view.draft, desk.view.waiting) == (None, ())
        assert list(branch.data.glob("policy-*.toml")) == []


def test_a_power_cut_before_the_settings_were_put_in_place_is_finished_at_the_start(
    branch, tmp_path, monkeypatch
):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        desk.do(a.ImportPolicy(draft(tmp_path)))
        desk.propose()
        desk.sign_in(SECOND, OTHER)
        with monkeypatch.context() as cut:
            cut.setattr(
                "workstation.administration.changes.StagedSettings.put_in_place",
                lambda *_given: (_ for _ in ()).throw(OSError("power")),
            )
            with pytest.raises(OSError, match="power"):
                desk.countersign()
    services = branch.opened()
    try:
        assert services.policy.id == "bank-draft"
    finally:
        bootstrap.close(services)


def broken(folder, how):
    path = draft(folder)
    octets = path.read_bytes()
    match how:
        case "half":
            path.write_bytes(octets[: len(octets) // 2])
        case "future":
            path.write_bytes(octets + b"\n[a_table_of_next_year]\nx = 1\n")
        case "later":
            days = b'valid_from = "2026-07-12"'
            later = octets.replace(days, b'valid_from = "2099-01-01"')
            path.write_bytes(later.replace(b"valid_from = 2026-07-12", b"valid_from = 2099-01-01"))
        case "link":
            real = folder / "real.toml"
            shutil.move(path, real)
            path.symlink_to(real)
        case "gone":
            path.unlink()
        case "same":
            path.write_bytes(SHIPPED.read_bytes())
    return path


BROKEN = {
    "half": "policy_import.malformed",
    "future": "policy_import.malformed",
    "later": "policy_import.not_in_force",
    "link": "policy_import.link",
    "gone": "policy_import.unreadable",
    "same": "policy_import.same",
}


def test_a_policy_that_is_none_is_a_sentence_and_changes_nothing(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        before = (len(desk.kinds), branch.settings.read_bytes())
        for how, said in BROKEN.items():
            brought = tmp_path / how
            brought.mkdir()
            assert desk.do(a.ImportPolicy(broken(brought, how))) == said, how
            assert (len(desk.kinds), branch.settings.read_bytes()) == before
            assert desk.view.draft is None


def test_a_staged_policy_exchanged_on_the_disk_is_refused(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        desk.do(a.ImportPolicy(draft(tmp_path)))
        desk.propose()
        (staged,) = branch.data.glob("policy-*.toml")
        staged.write_bytes(draft(tmp_path, attempts=10).read_bytes())
        desk.sign_in(SECOND, OTHER)
        before = desk.kinds.count("charter.change")
        assert desk.countersign(sha256=a_proposal(branch)) == "changes.proposal"
        assert desk.kinds.count("charter.change") == before


def a_proposal(branch):
    from workstation.charter.archive import CharterArchive

    return CharterArchive(branch.data).proposal().sha256


def test_keys_are_rotated_and_what_core_banking_needs_is_published(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        before = {each.name for each in desk.view.keys}
        assert desk.do(a.SwitchPermitKey()) == "keys.not_prepared"
        desk.do(a.RotateLogKey())
        desk.do(a.PreparePermitKey())
        assert [each.name for each in desk.view.keys if each.waits] == ["permit-2"]
        assert (branch.data / "enrolment" / "permit-2.pem").is_file()
        desk.do(a.SwitchPermitKey())
        after = {each.name for each in desk.view.keys}
        assert "permit" not in after
        assert after != before
        assert "key.rotate" in desk.kinds
        assert desk.kinds.count("keys.changed") == 3
    assert start(branch) == ""
    assert branch.line.run("log", "verify").exit_code == 0


def test_the_keys_are_sealed_anew_under_another_pass_phrase(branch):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        assert desk.do(a.ResealKeys(NEW, OTHER)) == "key_locked"
        assert desk.do(a.ResealKeys(branch.line.passphrase, "коротко")) == "staff.secret_too_short"
        assert desk.do(a.ResealKeys(branch.line.passphrase, NEW)) == ""
    assert start(branch).startswith("key_locked")
    services = bootstrap.build(branch.data, None, lambda _failures: NEW)
    bootstrap.close(services)


def test_evidence_is_held_by_two_and_erased_by_nobody_while_it_is(branch):
    with OfficeDesk(branch) as desk:
        approve(desk.desk)
        desk.sign_in()
        (row,) = desk.view.retention
        assert (row.hold, row.due) == (None, False)

        def hold(second=SECOND, **changed):
            return desk.do(
                a.OrderHold(row.number, "пр. 7", changed.get("lift", False), SECRET, second, OTHER)
            )

        assert hold(FIRST) == "changes.signature"
        assert hold() == ""
        (held,) = desk.view.retention
        assert held.hold is not None
        erase = a.OrderErasure(row.number, "пр. 8", "court", SECRET, SECOND, OTHER)
        assert desk.do(erase) == "retention.refused"
        assert hold(lift=True) == ""
        early = a.OrderErasure(row.number, "пр. 8", "term_past", SECRET, SECOND, OTHER)
        assert desk.do(early) == "retention.refused"
        assert desk.do(erase) == ""
        assert (desk.view.retention, desk.view.erased) == ((), 1)
    assert branch.line.run("log", "verify").exit_code == 0


def test_a_second_secret_of_who_is_forced_signs_nothing(branch):
    typed = f"{OTHER}\n{FORCED}\n"
    given = branch.line.run("operator", "duress", SECOND, "--secret-stdin", stdin=typed)
    assert given.exit_code == 0, given.output
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        add(desk)
        desk.propose()
        desk.sign_in(SECOND, FORCED)
        before = desk.kinds.count("charter.change")
        assert desk.countersign(FORCED) == "changes.proposal"
        assert desk.kinds.count("charter.change") == before


def test_what_waits_and_cannot_be_read_hides_no_page_and_is_withdrawn(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        desk.do(a.ImportPolicy(draft(tmp_path)))
        desk.propose()
        (branch.data / "charter" / "staged.settings.toml").write_bytes(b"profile = ")
        (branch.data / "charter" / "proposal.note").write_bytes(b"nothing\n")
        desk.do(a.LookAtAdministration())
        assert desk.view.fault
        assert len(desk.view.staff) > 3
        assert desk.propose() == "settings_refused"
        assert desk.do(a.WithdrawChanges()) == "changes.withdrawn"
        assert (desk.view.fault, desk.view.waiting) == ("", ())
        assert list(branch.data.glob("policy-*.toml")) == []


def test_a_policy_brought_over_settings_that_were_edited_undoes_nothing_unseen(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        desk.sign_in()
        desk.do(a.ImportPolicy(draft(tmp_path)))
        text = branch.settings.read_text("utf-8")
        branch.settings.write_text(text.replace("index = 0", "index = 1"), "utf-8")
        desk.do(a.LookAtAdministration())
        assert desk.view.fault.startswith("settings_changed")
        assert desk.propose() == "changes.settings_changed"


@pytest.fixture
def signed_rules(branch):
    """The branch follows versions that two people of the bank sign."""
    folder = branch.data / "policies"
    folder.mkdir(mode=0o700, exist_ok=True)
    put(folder, dated("kz-a", "2026-07-12", "2099-12-31"), RISK, COMPLIANCE)
    signers = ", ".join(
        f'{{ name = "{name}", vkey = "{key.verifier.vkey}" }}'
        for name, key in (("risk", RISK), ("compliance", COMPLIANCE))
    )
    text = branch.settings.read_text("utf-8")
    table = f'[policy]\nfolder = "policies"\nsigners = [{signers}]\n'
    changed = re.sub(r"(?ms)^\[policy\].*?(?=^\[|\Z)", lambda _found: table + "\n", text, count=1)
    branch.settings.write_text(changed, "utf-8")
    branch.sign()
    return branch


def test_a_version_that_two_signers_signed_is_kept_and_another_banks_is_not(signed_rules, tmp_path):
    def brought(name, since, *signers):
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        place.mkdir()
        return desk.do(a.ImportPolicy(put(place, dated(name, since), *signers)))

    folder = signed_rules.data / "policies"
    with OfficeDesk(signed_rules) as desk:
        desk.sign_in()
        assert [(each.id, each.in_force) for each in desk.view.policies] == [("kz-a", True)]
        before = sorted(each.name for each in folder.iterdir())
        assert brought("kz-b", "2100-01-01", STRANGER, RISK) == "policy_import.signature"
        assert brought("kz-b", "2100-01-01", RISK) == "policy_import.signature"
        assert brought("kz-b", "2100-01-01") == "policy_import.signature"
        assert brought("kz-b", "2100-03-01", RISK, COMPLIANCE) == "policy_import.calendar"
        assert sorted(each.name for each in folder.iterdir()) == before
        assert "policy.imported" not in desk.kinds
        assert brought("kz-b", "2100-01-01", RISK, COMPLIANCE) == "policy_import.kept"
        shown = [(each.id, each.signers) for each in desk.view.policies]
        assert shown == [("kz-a", ("risk", "compliance")), ("kz-b", ("risk", "compliance"))]
        # What two signers of the bank have signed needs no charter.
        assert desk.view.waiting == ()
    assert start(signed_rules) == ""


def test_past_sessions_are_judged_by_the_rules_that_wait_and_it_can_be_ended(branch, tmp_path):
    with OfficeDesk(branch) as desk:
        approve(desk.desk)
        desk.sign_in()
        assert desk.do(a.ReplayDraft()) == "rules.no_draft"
        desk.do(a.ImportPolicy(draft(tmp_path)))
        before = len(desk.kinds)
        desk.do(a.ReplayDraft())
        found = desk.view.replay
        assert (found.records, found.complete, dict(found.counts)["same"]) == (1, True, 1)

        desk.desk.ask(a.ReplayDraft())
        assert desk.view.replay.running
        desk.desk.station.handle(a.StopReplay())
        desk.desk.settle()
        assert (desk.view.replay.running, desk.view.replay.complete) == (False, False)
        # Nothing is written by looking.
        assert len(desk.kinds) == before
