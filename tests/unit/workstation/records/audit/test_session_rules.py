"""The rules of a station's own entries: each breach is named on the entry that shows it."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.audit.audit import audit
from crypto.log.file.faults import AuditFinding, AuditStatus, LogFault, Tier
from crypto.log.format.note import NoteSigner
from tests.support.station.credentials import create_staffed, credential_of
from tests.support.station.log import LogSite, log_signer
from tests.support.station.log_audit import expectations
from tests.support.station.stations import SUPERVISOR, TELLER
from workstation.records.audit.session_rules import SessionRules
from workstation.records.journal import Journal
from workstation.session.decision import Decision, Outcome

LOG = log_signer()


def key(name):
    return NoteSigner(f"bank.example/ses/{name}", Ed25519PrivateKey.generate())


T, S, A = key("teller"), key("supervisor"), key("other")
PASSED = {"check": "match", "status": "passed", "reason": "match.passed", "hard": "hard"}
SOFT = {"check": "limit", "status": "failed", "reason": "limit.high", "hard": "soft"}


@dataclass
class Written:
    """Entries as a log would hold them, fed to the rules one by one."""

    rules: SessionRules = field(default_factory=SessionRules)
    size: int = 0
    breach: AuditFinding | None = None

    def add(self, kind, who="", by=None, /, t=1_000_000, **data):
        signer = LOG if by is None else by
        line = SimpleNamespace(name=signer.name, key_id=signer.verifier.key_id)
        entry = SimpleNamespace(
            seq=self.size, kind=kind, t_ms=t, actor=who, data=data, lines=(line,), leaf=b""
        )
        self.breach = self.breach or self.rules.check(entry)
        self.size += 1
        return self

    def open(self, signer, actor, role):
        return self.add("session.open", actor, ses=signer.vkey, actor=actor, role=role)

    def step(self, kind, by=T, who="T-1", case="one", **data):
        return self.add(kind, who, by, case=case, **data)

    def result(self, outcome="approved", checks=(PASSED,), **data):
        stated = {"outcome": outcome, "begin": 3, "checks": list(checks), **data}
        return self.step("verify.result", **stated)

    def named(self):
        return None if self.breach is None else (self.breach.code, self.breach.index)


def desk():
    """A log with a boot, a teller, a supervisor at 2, and a case that began at 3."""
    written = Written().add("boot").open(T, "T-1", "teller").open(S, "S-1", "supervisor")
    return written.step("verify.begin", profile="production")


def override(written, by=S, actor="S-1", reason="seen", refused=""):
    act = {"act": "override", "check": "limit", "reason": reason, "refused": refused}
    return written.step("review", by, actor, **act)


OVERRIDDEN = {
    "checks": [PASSED, SOFT],
    "overrides": [{"check": "limit", "by": "S-1", "reason": "seen"}],
}
BY_OFFICERS = [{**PASSED, "check": "liveness", "reason": "liveness.exception"}]
COMPARED = [{**PASSED, "reason": "match.reviewed"}]


def vouch(written, signer, actor):
    act = {"act": "exception", "photo": "ab", "reason": "known here", "refused": ""}
    return written.step("review", signer, actor, **act)


def compare(written, answer="same"):
    act = {"act": "comparison", "answer": answer, "why": "features_agree", "refused": ""}
    return written.step("review", S, "S-1", **act)


def vouched(*officers):
    return [{"by": each, "photo": "ab", "reason": "known here"} for each in officers]


PROVENANCE = {"provenance": {"reviewer": "S-1", "review_reason": "features_agree"}}


BY_PALM = [{**PASSED, "check": "liveness", "reason": "liveness.palm"}]
WAY = {"id": "palm", "nonce": "22", "reference": "P-1"}


def answer(written, status="passed", **changes):
    stated = {"way": "palm", "nonce": "22", "reference": "P-1", **changes}
    return written.step("verify.step", step="way.answer", status=status, **stated)


def test_a_palm_that_its_centre_has_confirmed_is_earned():
    assert answer(desk()).result(checks=BY_PALM, way=WAY).named() is None
    assert answer(desk(), "failed").result("rejected", way=WAY).named() is None


@pytest.mark.parametrize(
    "written",
    [
        desk().result(checks=BY_PALM, way=WAY),
        answer(desk(), "failed").result(checks=BY_PALM, way=WAY),
        answer(desk(), nonce="33").result(checks=BY_PALM, way=WAY),
        answer(desk(), way="video_identification").result(checks=BY_PALM, way=WAY),
        answer(desk(), reference="").result(checks=BY_PALM, way={**WAY, "reference": ""}),
        answer(desk()).result(checks=BY_PALM),
        answer(desk()).result(checks=BY_PALM, way="palm"),
        answer(desk()).result(way=WAY),
    ],
)
def test_a_palm_that_nobody_confirmed_is_named(written):
    assert written.named()[0] == "rule.not_reviewed"


def test_an_approved_case_with_its_permit_keeps_the_rules():
    written = desk().step("verify.step", step="consent.given").result()
    written.step("verify.permit", result=5, nbf=1000)

    assert written.named() is None
    assert (written.rules.finish(), written.rules.findings) == (None, ())


@pytest.mark.parametrize(
    "written",
    [
        override(desk()).result(**OVERRIDDEN),
        vouch(vouch(desk().open(A, "S-2", "supervisor"), S, "S-1"), A, "S-2").result(
            checks=BY_OFFICERS, exception=vouched("S-1", "S-2")
        ),
        compare(desk()).result(checks=COMPARED, **PROVENANCE),
        compare(desk(), "different").result("rejected", **PROVENANCE),
        override(desk(), refused="override.no_reason").result("rejected"),
        desk().step("review", S, "S-1", act="refuse", reason="").result("rejected"),
        # One who may not is refused, and has signed that all the same.
        override(desk(), T, "T-1", refused="override.same_person").result("rejected"),
        desk().result(checks=[PASSED, {**SOFT, "hard": "silent"}]),
    ],
)
def test_what_second_persons_signed_counts(written):
    assert written.named() is None


@pytest.mark.parametrize(
    ("written", "code", "index"),
    [
        (desk().result().result(), "second_result", 5),
        (desk().result().step("verify.step", step="match"), "after_result", 5),
        (override(desk().result()), "after_result", 5),
        (desk().step("verify.begin"), "case_twice", 4),
        (desk().step("verify.begin", case=""), "unknown_case", 4),
        (desk().step("verify.step", case="two"), "unknown_case", 4),
        (desk().step("review", S, "S-1", case="two", act="refuse"), "unknown_case", 4),
        (desk().add("verify.result", "log", case="two"), "unknown_case", 4),
        (desk().step("verify.begin", S, "S-1", case="two"), "role", 4),
        (desk().step("verify.step", LOG, "T-1"), "no_session", 4),
        (desk().step("verify.step", T, "T-2"), "no_session", 4),
        (desk().step("verify.begin", LOG, "T-1", case="two"), "no_session", 4),
        (desk().step("review", LOG, "S-1", act="refuse"), "no_session", 4),
        (desk().add("session.close", "T-1", T, ses=T.vkey).result(), "no_session", 5),
        (desk().open(A, "T-9", "teller").step("verify.step", A, "T-9"), "other_session", 5),
        (desk().open(A, "T-9", "chief"), "role", 4),
        (
            desk().add("session.open", "T-8", ses=A.vkey, actor="T-9", role="teller"),
            "no_session",
            4,
        ),
        (desk().result(begin=2), "result", 4),
        (desk().result("fine"), "result", 4),
        (desk().result(checks=[]), "unearned", 4),
        (desk().result(checks=[PASSED, SOFT]), "unearned", 4),
        (desk().result(checks=[{**PASSED, "status": "failed"}]), "unearned", 4),
        (desk().step("review", S, "S-1", act="refuse").result(), "unearned", 5),
        (desk().result(**OVERRIDDEN), "not_reviewed", 4),
        (override(desk(), reason="other").result(**OVERRIDDEN), "not_reviewed", 5),
        (override(desk(), refused="override.no_reason").result(**OVERRIDDEN), "not_reviewed", 5),
        (desk().result(checks=[PASSED, SOFT], overrides=["x"]), "not_reviewed", 4),
        (desk().result(exception=vouched("S-1")), "not_reviewed", 4),
        (
            vouch(desk(), S, "S-1").result(checks=BY_OFFICERS, exception=vouched("S-1")),
            "not_reviewed",
            5,
        ),
        (desk().result(checks=COMPARED), "not_reviewed", 4),
        (desk().result(checks=COMPARED, **PROVENANCE), "not_reviewed", 4),
        (compare(desk(), "different").result(checks=COMPARED, **PROVENANCE), "not_reviewed", 5),
        (override(desk().open(A, "T-1", "supervisor"), A, "T-1"), "self_review", 5),
        (override(desk().open(A, "t-1", "supervisor"), A, "t-1"), "self_review", 5),
        (override(desk().open(A, "T-9", "teller"), A, "T-9"), "role", 5),
        (desk().step("verify.permit", result=4, nbf=1000), "permit", 4),
        (desk().result("rejected").step("verify.permit", result=4, nbf=1000), "permit", 5),
        (desk().result().step("verify.permit", result=3, nbf=1000), "permit", 5),
        (desk().result(wait_hours=24).step("verify.permit", result=4, nbf=1000), "permit", 5),
        (desk().result().step("verify.permit", T, "T-2", result=4), "no_session", 5),
        (
            desk()
            .result()
            .step("verify.permit", result=4, nbf=1000)
            .step("verify.permit", result=4, nbf=1000),
            "permit_twice",
            6,
        ),
        (desk().step("verify.begin", case="two", profile="demo"), "profile", 4),
        (desk().result(profile="demo"), "profile", 4),
        (desk().step("cool_down.lift", T, "T-1", cases=[]), "role", 4),
        (desk().step("cool_down.lift", LOG, "S-1", cases=[]), "no_session", 4),
        (desk().step("lookup.person", LOG, "T-1"), "no_session", 4),
        (desk().step("security.acknowledged", T, "T-1", alarms=[]), "role", 4),
        (desk().step("security.acknowledged", LOG, "S-1", alarms=[]), "no_session", 4),
    ],
)
def test_a_breach_is_named_where_it_is(written, code, index):
    assert written.named() == (f"rule.{code}", index)


def test_what_needs_no_case_is_signed_by_who_may():
    written = desk().step("cool_down.lift", S, "S-1", cases=[]).step("lookup.person", T, "T-1")

    assert written.add("faces.replaced", "log", file="x").named() is None


def test_an_alarm_that_no_supervisor_has_acknowledged_is_worth_a_look():
    written = desk().add("security.alarm", "log", code="list_forged", count=1)
    written.add("security.alarm", "log", code="list_older", count=1)
    written.add("security.alarm", "log", code="list_older", count=9, first=5)
    assert written.named() is None
    assert written.rules.findings == (AuditFinding("look.alarm", 4), AuditFinding("look.alarm", 5))

    seen = [{"entry": 5, "count": 10}]
    written.step("security.acknowledged", S, "S-1", alarms=seen)
    assert written.named() is None
    assert written.rules.findings == (AuditFinding("look.alarm", 4),)


def died(written):
    """The process ended: its session is closed by the next start."""
    return written.add("boot").add("session.close", ses=T.vkey, n=1, reason="died")


def interrupted(written, **changes):
    stated = {"outcome": "indeterminate", "reason": "interrupted", "checks": [], "begin": 3}
    return written.add("verify.result", "log", case="one", **(stated | changes))


def test_the_next_start_ends_what_a_dead_process_left_open():
    written = interrupted(died(desk())).open(A, "T-9", "teller")

    assert written.named() is None
    assert written.rules.findings == (AuditFinding("look.interrupted", 3),)


@pytest.mark.parametrize(
    ("written", "code", "index"),
    [
        # A case that the log's key ends while its teller is there was ended by nobody.
        (interrupted(desk()), "result", 4),
        (interrupted(desk().add("boot")), "result", 5),
        (interrupted(died(desk()), outcome="approved"), "result", 6),
        (interrupted(died(desk()), checks=[PASSED]), "result", 6),
        (interrupted(died(desk()), reason="decision.approved"), "result", 6),
        # Left without a result although somebody works again: laid on where it began.
        (died(desk()).open(A, "T-9", "teller"), "no_result", 3),
    ],
)
def test_a_case_without_its_own_result_is_named(written, code, index):
    assert written.named() == (f"rule.{code}", index)


FILE = "ab" * 32
B = key("third")


def parked(file=FILE):
    return desk().step("verify.step", step="parked", begin=3, file=file)


def came_back(written, by=A, who="T-9", file=FILE):
    return written.step("verify.step", by, who, step="came_back", begin=3, file=file)


def kept(written, who="log", by=None, **changes):
    stated = {"case": "one", "begin": 3, "step": 4, "file": FILE, "parked_ms": 1} | changes
    return written.add("case.parked", who, by, **stated)


def test_a_case_that_waits_is_taken_up_by_another_teller_in_another_run():
    written = kept(parked().add("session.close", "T-1", T, ses=T.vkey).add("boot"))
    written = came_back(written.open(A, "T-9", "teller"))
    written = written.step("verify.result", A, "T-9", outcome="approved", begin=3, checks=[PASSED])

    assert written.named() is None
    assert written.rules.findings == ()


def test_a_case_that_waits_may_be_ended_by_a_teller_and_by_the_log():
    by_teller = parked().open(A, "T-9", "teller").step("verify.step", A, "T-9", step="aborted")
    by_log = interrupted(parked(), reason="case.expired")

    assert (by_teller.named(), by_log.named()) == (None, None)


def test_who_had_the_case_before_it_waited_reviews_nothing_in_it():
    written = came_back(parked().open(A, "T-9", "teller"))
    written = override(written.open(B, "T-1", "supervisor"), B, "T-1")

    assert written.named() == ("rule.self_review", 8)


@pytest.mark.parametrize(
    ("written", "code", "index"),
    [
        # Another file than the newest step names: attempts would be given back.
        (came_back(parked().open(A, "T-9", "teller"), file="cd" * 32), "parked", 6),
        (parked().step("verify.step", step="liveness.attempt"), "parked", 5),
        (parked().result("indeterminate", reason="customer_left"), "parked", 5),
        (override(parked().open(S, "S-1", "supervisor")), "parked", 6),
        (came_back(parked(), S, "S-1"), "other_session", 5),
        (came_back(desk().open(A, "T-9", "teller")), "other_session", 5),
        (kept(parked(), file="cd" * 32), "parked", 5),
        (kept(parked(), begin=2), "parked", 5),
        (kept(parked(), "T-1", T), "parked", 5),
        (kept(desk()), "parked", 4),
        (kept(parked(), case="another"), "unknown_case", 5),
        (interrupted(parked()), "result", 5),
        (interrupted(parked(), reason="case.expired", checks=[PASSED]), "result", 5),
        (interrupted(died(desk()), reason="case.expired"), "result", 6),
    ],
)
def test_a_case_that_goes_on_from_elsewhere_is_named(written, code, index):
    assert written.named() == (f"rule.{code}", index)


def test_steps_of_the_clock_are_findings_and_those_within_a_case_are_told_apart():
    written = Written().add("boot").add("clock.step").open(T, "T-1", "teller")
    written.step("verify.begin").add("clock.step")

    assert written.named() is None
    assert written.rules.findings == (
        AuditFinding("look.clock_step", 1),
        AuditFinding("look.clock_in_case", 4),
    )


def test_what_the_journal_writes_keeps_the_rules_and_a_forged_result_does_not(tmp_path):
    site = LogSite(tmp_path)
    decision = Decision(Outcome.REJECTED, "consent.refused", ())
    with create_staffed(site, TELLER, SUPERVISOR) as log:
        journal = Journal(log, origin=site.log_key.name)
        teller, supervisor = (
            journal.sign_in(each, credential_of(each), authentication="password")
            for each in (TELLER, SUPERVISOR)
        )
        begin = journal.record_begin(teller, "one", {"profile": "demo"})
        journal.record_step(teller, "one", "consent.refused", {})
        journal.record_review(supervisor, "one", {"act": "refuse", "reason": ""})
        journal.record_result(teller, "one", decision, {"begin": begin})

    expected = expectations(site, minimum_size=1, rules=SessionRules)
    assert audit(site.path, expected, Tier.RULES).status is AuditStatus.PASSED

    with site.open() as log:
        approved = {"case": "one", "outcome": "approved", "begin": begin, "checks": []}
        forged = log.append("verify.result", approved, actor="log").entry.seq
    report = audit(site.path, expected, Tier.RULES)
    assert (report.fault, report.reason, report.index) == (
        LogFault.RULE,
        "rule.second_result",
        forged,
    )


def test_an_erasure_of_what_a_legal_hold_keeps_is_named_and_one_after_it_is_not():
    held = Written().add("legal_hold.set", pid="p").add("payload.erase", pid="other")
    assert held.breach is None
    assert held.add("payload.erase", pid="p").breach == AuditFinding("rule.erased_while_held", 2)
    lifted = Written().add("legal_hold.set", pid="p").add("legal_hold.lifted", pid="p")
    assert lifted.add("payload.erase", pid="p").breach is None


# -- two people -----------------------------------------------------------------------------------

GUARDIAN = {"person": "guardian"}
OF_GUARDIAN = {**SOFT, **GUARDIAN}
SECOND = {"second": {**GUARDIAN, **PROVENANCE}}
BOTH_COMPARED = [PASSED, {**COMPARED[0], **GUARDIAN}]
BOTH_EXCEPTED = [*BY_OFFICERS, {**BY_OFFICERS[0], **GUARDIAN}]


def override_of(written, **person):
    act = {"act": "override", "check": "limit", "reason": "seen", "refused": "", **person}
    return written.step("review", S, "S-1", **act)


def overrides(**person):
    return [{**person, "check": "limit", "by": "S-1", "reason": "seen"}]


def test_an_act_about_the_second_person_counts_for_that_one():
    checks = [PASSED, OF_GUARDIAN]
    written = override_of(desk(), **GUARDIAN)

    assert written.result(checks=checks, overrides=overrides(**GUARDIAN)).named() is None
    assert compare(desk()).result(checks=BOTH_COMPARED, **SECOND).named() is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (
            override_of(desk(), **GUARDIAN).result(
                checks=[PASSED, SOFT], overrides=overrides(**GUARDIAN)
            ),
            "unearned",
        ),
        (
            override_of(desk()).result(
                checks=[PASSED, OF_GUARDIAN], overrides=overrides(**GUARDIAN)
            ),
            "not_reviewed",
        ),
        (
            override_of(desk()).result(checks=[PASSED, SOFT, OF_GUARDIAN], overrides=overrides()),
            "unearned",
        ),
        (compare(desk()).result(checks=BOTH_COMPARED), "not_reviewed"),
        (desk().result(checks=BOTH_COMPARED, **SECOND), "not_reviewed"),
        (
            vouch(vouch(desk(), S, "S-1"), S, "S-1").result(
                checks=BOTH_EXCEPTED,
                exception=[*vouched("S-1"), {**vouched("S-1")[0], **GUARDIAN}],
            ),
            "not_reviewed",
        ),
    ],
)
def test_what_was_done_about_one_person_does_not_count_for_the_other(written, code):
    assert written.named()[0] == f"rule.{code}"


# -- the teller's last word, and a hold -------------------------------------------------------

V2 = {"v": 2}
SHOWN = {"shown": "approved", "reason": "decision.approved"}
LOOKED = {"act": "second_look", "reason": "looked at both photos"}
RESULT_V2 = {"basis": V2}


def handed_over():
    return desk().step("verify.step", step="handed_over").step("verify.step", step="confirmed")


def looked(written):
    return written.step("review", S, "S-1", **LOOKED)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (desk().result(), None),
        (desk().result(basis={"v": 1}), None),
        (desk().result(**RESULT_V2), "unearned"),
        (desk().step("verify.step", step="confirmed").result(**RESULT_V2), None),
        (
            desk()
            .step("verify.step", step="suspicion")
            .step("verify.step", step="confirmed")
            .result(**RESULT_V2),
            "unearned",
        ),
        (desk().step("verify.step", step="suspicion").result("rejected", **RESULT_V2), None),
        (handed_over().result(**RESULT_V2), "unearned"),
        (
            handed_over().result(
                **RESULT_V2, second_look={"by": "S-1", "reason": "looked at both photos"}
            ),
            "not_reviewed",
        ),
        (desk().result("indeterminate", reason="duress", hold=SHOWN, **RESULT_V2), None),
        (desk().result("indeterminate", reason="duress", **RESULT_V2), "result"),
        (
            desk().result("indeterminate", reason="duress", hold={"shown": "yes"}, **RESULT_V2),
            "result",
        ),
        (desk().result("indeterminate", reason="duress", hold=True, **RESULT_V2), "result"),
        (desk().result("rejected", reason="duress", hold=SHOWN, **RESULT_V2), "result"),
        (
            desk()
            .step("verify.step", step="confirmed")
            .result(reason="decision.approved", hold=SHOWN, **RESULT_V2),
            "result",
        ),
    ],
)
def test_an_approval_is_confirmed_and_a_hold_decides_nothing(written, rule):
    found = None if written.breach is None else written.breach.code

    assert found == (None if rule is None else f"rule.{rule}")


def test_a_second_look_that_was_signed_closes_the_hand_over():
    written = desk().open(S, "S-1", "supervisor").step("verify.step", step="handed_over")
    written = looked(written).step("verify.step", step="confirmed")
    look = {"by": "S-1", "reason": "looked at both photos"}

    assert written.result(**RESULT_V2, second_look=look).breach is None


HOLD = {"reason": "duress", "hold": SHOWN, **RESULT_V2}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (desk().result("indeterminate", **HOLD).step("verify.hold", result=4), None),
        (desk().result("indeterminate", **HOLD).step("verify.hold", result=3), "permit"),
        (desk().result().step("verify.hold", result=4), "permit"),
        (
            desk()
            .result("indeterminate", **HOLD | {"hold": {"shown": "rejected"}})
            .step("verify.hold", result=4),
            "permit",
        ),
        (desk().result("indeterminate", **HOLD).step("verify.permit", result=4), "permit"),
        (
            desk()
            .result("indeterminate", **HOLD)
            .step("verify.hold", result=4)
            .step("verify.permit", result=4),
            "permit_twice",
        ),
        (
            desk()
            .result("indeterminate", **HOLD)
            .step("verify.hold", result=4)
            .step("verify.hold", result=4),
            "permit_twice",
        ),
        (
            desk().result("indeterminate", **HOLD).step("verify.hold", A, "T-2", result=4),
            "no_session",
        ),
    ],
)
def test_a_hold_stands_where_a_permit_would_and_is_followed_by_none(written, rule):
    found = None if written.breach is None else written.breach.code

    assert found == (None if rule is None else f"rule.{rule}")
