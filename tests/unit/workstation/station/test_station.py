"""The station as a teller drives it: what each command does, and what it must not do."""

import os
import sys
from dataclasses import replace

import pytest

from crypto.carrier.errors import CarrierCancelled
from crypto.log.format.note import NoteVerifier
from crypto.report.report import Indication
from tests.support.pki import certificates as pki
from tests.support.station.scripted import Behaviour, failing, photo
from tests.support.station.stations import (
    AUDITOR,
    OTHER_TELLER,
    SECRET,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    form,
    signed,
)
from workstation.devices.signing_methods import SigningMethod
from workstation.registries.registry import AnswerStatus
from workstation.rules.checks import CheckId
from workstation.rules.operation import OperationKind
from workstation.session.states import State
from workstation.station import commands as c

PARTLY = {"attestations": ((CheckId.OLD_NUMBER_CALLED, False),)}


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as site:
        yield site


@pytest.fixture
def desk(site):
    return Desk(site)


def override(check=CheckId.OLD_NUMBER_CALLED, *, by=SUPERVISOR, reason="the number is dead"):
    return c.Override(by.id, check, reason, secret=SECRET)


def ended(desk):
    decision = desk.now.decision
    assert desk.now.state is State.RECORDED
    assert decision is not None
    return decision.outcome, decision.reason


# -- the straight path ------------------------------------------------------------------------


def test_the_straight_path_approves_with_one_result_one_permit_and_one_receipt(desk, site):
    desk.to(State.RECORDED)

    assert ended(desk) == ("approved", "decision.approved")
    assert len(site.results()) == len(site.permits()) == len(site.receipts()) == 1
    assert site.steps() == [
        "prechecks",
        "consent.given",
        "reference",
        "liveness.challenge",
        "liveness.attempt",
        "match",
        "statement",
        "signature",
    ]


def test_no_outcome_is_told_before_its_entry_is_in_the_log(desk, site):
    told_at = []
    inner = desk.told.session_changed

    def watch(snapshot):
        inner(snapshot)
        if snapshot.decision is not None:
            told_at.append((snapshot.decision.log_index, site.services.journal.log.size))

    desk.told.session_changed = watch
    desk.to(State.RECORDED)

    assert told_at
    assert all(index < size for index, size in told_at)


def test_every_step_is_signed_with_the_tellers_own_session_key(desk, site):
    desk.to(State.RECORDED)
    opened = NoteVerifier.parse(str(site.entries("session.open")[0].data["ses"]))

    for entry in site.entries():
        if entry.kind.startswith("verify."):
            assert entry.signers == (opened.name,)
            assert entry.actor == TELLER.id


# -- who may do what --------------------------------------------------------------------------


@pytest.mark.parametrize("who", [SUPERVISOR, AUDITOR])
def test_only_a_teller_begins_a_session(desk, site, who):
    desk.sign_in(who)
    desk.do(c.BeginOperation(form()))

    assert desk.status.notice == "role_missing"
    assert desk.now.state is State.IDLE
    assert site.entries("verify.begin") == []


@pytest.mark.parametrize(
    ("who", "allowed"), [(TELLER, "run_session"), (AUDITOR, "read_log"), (SUPERVISOR, "override")]
)
def test_the_screens_are_told_what_the_role_allows_and_nothing_after_signing_out(
    desk, who, allowed
):
    desk.sign_in(who)
    assert allowed in desk.status.allowed
    assert ("run_session" in desk.status.allowed) is (who is TELLER)
    desk.do(c.SignOut())
    assert desk.status.allowed == ()


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (TELLER, {"run_session"}),
        (SUPERVISOR, {"override", "read_log", "verify_log", "export_log"}),
        (AUDITOR, {"read_log", "verify_log", "export_log"}),
    ],
)
def test_the_screens_are_told_what_the_role_allows(desk, who, allowed):
    desk.sign_in(who)
    assert set(desk.status.allowed) == allowed
    desk.do(c.SignOut())

    assert (desk.status.operator, desk.status.allowed) == (None, ())


def test_nobody_begins_a_session_without_signing_in(desk, site):
    desk.do(c.BeginOperation(form()))

    assert (desk.status.notice, desk.status.notice_field) == ("operation_refused", "operator")
    assert len(site.entries()) == 1


@pytest.mark.parametrize("who", [None, TELLER])
def test_the_log_is_verified_only_for_a_role_that_may(desk, who):
    if who is not None:
        desk.sign_in(who)
    desk.do(c.VerifyLog())

    assert desk.status.notice == ("role_missing" if who else "operation_refused")
    assert desk.status.verification is None


def test_an_auditor_is_told_that_the_log_is_whole(desk):
    desk.sign_in(AUDITOR)
    desk.ask(c.VerifyLog())
    assert desk.status.verification.running
    assert desk.station.handle(c.VerifyLog()) is None  # once at a time
    desk.settle()

    found = desk.status.verification
    assert (found.running, found.ok, found.first_bad) == (False, True, -1)


def test_a_verification_of_the_log_that_breaks_does_not_run_for_ever(desk):
    desk.sign_in(AUDITOR)
    task = desk.station.handle(c.VerifyLog())
    desk.station.finished(task, RuntimeError("broken"))

    assert desk.status.verification is None
    assert desk.status.notice == "internal"


def test_verifying_the_log_is_not_what_a_session_waits_for(desk):
    desk.sign_in(AUDITOR)
    desk.ask(c.VerifyLog())

    assert desk.now.busy == ""


# -- signing in and unlocking -----------------------------------------------------------------


def test_unlocking_by_the_same_operator_keeps_the_session(desk, site):
    before = desk.to(State.LIVENESS).session
    desk.sign_in()

    assert (desk.now.session, desk.now.state) == (before, State.LIVENESS)
    assert desk.status.sign_ins == 2
    assert len(site.entries("session.open")) == 1


def test_another_operator_ends_the_session_indeterminate(desk, site):
    desk.to(State.LIVENESS)
    desk.sign_in(OTHER_TELLER)

    assert desk.now.state is State.IDLE
    assert desk.status.operator == OTHER_TELLER
    assert [item["outcome"] for item in site.results()] == ["indeterminate"]


def test_a_wrong_secret_on_the_locked_screen_is_told_there_and_ends_nothing(desk):
    desk.to(State.LIVENESS)
    desk.do(c.SignIn(TELLER.id, "not the secret"))

    assert desk.status.notice == "operator_refused"
    assert desk.now.notice == ""
    assert desk.now.state is State.LIVENESS


def test_the_locked_screen_says_how_long_to_wait(desk):
    desk.to(State.CONSENT)
    for _ in range(4):
        desk.do(c.SignIn(TELLER.id, "not the secret"))

    assert (desk.status.notice, desk.status.seconds) == ("operator_locked", 30)


def test_signing_out_aborts_into_the_log(desk, site):
    desk.to(State.SIGNATURE)
    desk.do(c.SignOut())

    assert desk.now.state is State.IDLE
    assert [item["reason"] for item in site.results()] == ["teller_aborted"]
    assert site.entries()[-1].kind == "session.close"


@pytest.mark.parametrize(
    "command",
    [
        c.GiveConsent("ru"),
        c.RefuseConsent(),
        c.Abort("teller_aborted"),
        c.SignOut(),
        c.SelectLanguage("kk"),
        c.VerifyLog(),
        c.NewSession(),
        c.BeginOperation(form()),
    ],
)
def test_a_locked_station_obeys_nothing_before_the_next_sign_in(desk, site, command):
    before = desk.to(State.CONSENT)
    desk.do(c.Lock())
    size, language = site.services.journal.log.size, desk.status.language
    desk.do(command)
    refused = desk.status.notice

    assert (refused, desk.now, desk.status.language) == ("station_locked", before, language)
    assert site.services.journal.log.size == size

    desk.do(c.SignIn(TELLER.id, "not the secret"))
    desk.do(c.GiveConsent("ru"))
    assert desk.now.state is State.CONSENT

    desk.sign_in()
    desk.do(c.GiveConsent("ru"))
    assert (desk.now.state, desk.status.notice) == (State.REFERENCE, "")


def test_a_supervisor_does_not_review_at_a_locked_station(desk, site):
    desk.sign_in()
    desk.to(State.REVIEW, **PARTLY)
    desk.do(c.Lock())
    desk.do(override())

    assert desk.now.state is State.REVIEW
    assert desk.status.notice == "station_locked"


def test_a_session_goes_on_at_a_locked_station(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.do(c.Lock())
    desk.look()
    desk.settle()

    assert desk.now.state is State.SIGNATURE


def test_whoever_passes_may_sign_out_of_a_locked_station_without_a_session(desk, site):
    desk.sign_in()
    desk.do(c.Lock())
    desk.do(c.SignOut())
    desk.sign_in(OTHER_TELLER)
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_station_that_nobody_has_signed_in_to_cannot_be_locked(desk):
    desk.do(c.Lock())
    desk.do(c.SelectLanguage("kk"))

    assert (desk.status.language, desk.status.notice) == ("kk", "")


def test_a_locked_station_can_be_closed(desk, site):
    desk.to(State.LIVENESS)
    desk.do(c.Lock())
    desk.station.close("closed")

    assert [item["outcome"] for item in site.results()] == ["indeterminate"]


def test_models_that_are_ready_do_not_wipe_the_notice_of_a_refused_sign_in(desk):
    desk.do(c.SignIn(TELLER.id, "not the secret"))
    desk.station.models_ready()

    assert desk.status.models_ready
    assert desk.status.notice == "operator_refused"


def test_models_that_do_not_load_are_told(desk):
    desk.station.models_ready("model_missing")

    assert (desk.status.models_ready, desk.status.notice) == (False, "model_missing")


# -- commands at the wrong moment -------------------------------------------------------------

WRONG = {
    State.PRECHECKS: [c.GiveConsent("ru"), c.StartLiveness(), c.Sign(SigningMethod.NCALAYER)],
    State.CONSENT: [c.UseReferenceCamera(), c.StartLiveness(), c.CustomerReturned()],
    State.REFERENCE: [c.GiveConsent("ru"), c.ParkSession(), c.StartLiveness(), c.NewSession()],
    State.LIVENESS: [
        c.RefuseConsent(),
        c.UseReferenceCamera(),
        c.Sign(SigningMethod.NCALAYER),
        override(),
    ],
    State.SIGNATURE: [c.CustomerReturned(), c.StartLiveness(), c.NewSession(), override()],
    State.PARKED: [c.Sign(SigningMethod.NCALAYER), c.ParkSession(), c.StartLiveness()],
}


@pytest.mark.parametrize("state", WRONG)
def test_a_command_at_the_wrong_moment_is_refused_and_changes_nothing(desk, site, state):
    before, size = desk.to(state), site.services.journal.log.size
    other = site.folder / "other.png"
    other.write_bytes(photo(person=2))
    wrong = list(WRONG[state])
    if state is not State.REFERENCE:
        # It must not replace the photo that is compared.
        wrong.append(c.UseReferenceFile(other))
    for command in wrong:
        assert desk.station.handle(command) is None
        assert desk.now == replace(before, notice="illegal_transition"), command
        assert site.services.journal.log.size == size, command


def test_a_second_session_is_refused_while_one_runs(desk, site):
    before = desk.to(State.CONSENT).session
    desk.do(c.BeginOperation(form()))

    assert (desk.status.notice, desk.status.notice_field) == ("operation_refused", "session")
    assert desk.now.session == before
    assert len(site.entries("verify.begin")) == 1


@pytest.mark.parametrize(
    "command",
    [c.GiveConsent("ru"), c.StartLiveness(), c.ParkSession(), c.UseReferenceCamera(), override()],
)
def test_a_session_command_without_a_session_is_refused(desk, site, command):
    desk.sign_in()
    size = site.services.journal.log.size
    desk.do(command)

    assert desk.status.notice == "operation_refused"
    assert site.services.journal.log.size == size


@pytest.mark.parametrize("command", [c.SelectLanguage("de"), c.SelectLanguage("../ru")])
def test_a_language_that_is_not_offered_is_refused(desk, command):
    desk.do(command)

    assert (desk.status.notice_field, desk.status.language) == ("language", "ru")


@pytest.mark.parametrize("language", ["de", "../../settings/initial", "\0"])
def test_consent_to_a_text_that_does_not_exist_is_refused(desk, language):
    desk.to(State.CONSENT)
    desk.do(c.GiveConsent(language))

    assert desk.now.state is State.CONSENT
    assert desk.status.notice_field == "language"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("iin", {"untrusted_iin": "12"}),
        ("name", {"untrusted_name": ""}),
        ("new_phone", {"untrusted_new_phone": "+1"}),
        ("language", {"language": "de"}),
    ],
)
def test_a_form_that_is_not_in_order_names_its_field_and_begins_nothing(desk, site, field, changes):
    desk.sign_in()
    desk.do(c.BeginOperation(form(**changes)))

    assert (desk.status.notice, desk.status.notice_field) == ("operation_refused", field)
    assert site.entries("verify.begin") == []


def test_a_second_press_of_start_does_not_issue_a_second_challenge(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.do(c.StartLiveness())

    assert site.steps().count("liveness.challenge") == 1


def test_the_customer_is_asked_by_one_carrier_at_a_time(desk):
    desk.to(State.SIGNATURE)
    assert desk.station.handle(c.Sign(SigningMethod.NCALAYER)) is not None

    assert desk.station.handle(c.Sign(SigningMethod.NCALAYER)) is None
    assert desk.now.notice == "illegal_transition"
    assert desk.now.busy == "ncalayer"


# -- pre-checks, consent, reference photo -----------------------------------------------------


def test_a_hard_precheck_that_fails_rejects(desk, site):
    site.registries.says["antifraud"] = (AnswerStatus.FAILED, "antifraud.hit")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert ended(desk) == ("rejected", "antifraud.hit")
    assert site.permits() == []


def test_a_registry_that_is_silent_leaves_the_session_open_ended(desk, site):
    site.registries.says["phone_owner"] = (AnswerStatus.INDETERMINATE, "phone_owner.no_answer")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert ended(desk) == ("indeterminate", "phone_owner.no_answer")
    assert site.permits() == []


def test_registries_that_break_end_the_session_as_a_fault(desk, site):
    site.registries.breaks = RuntimeError("broken")
    desk.sign_in()
    desk.do(c.BeginOperation(form()))

    assert ended(desk) == ("indeterminate", "internal")


def test_answers_that_come_after_an_abort_are_ignored(desk, site):
    desk.sign_in()
    desk.ask(c.BeginOperation(form()))
    task = desk.pending
    desk.do(c.Abort("teller_aborted"))
    desk.pending = task
    desk.settle()

    assert ended(desk) == ("indeterminate", "teller_aborted")
    assert len(site.results()) == 1


def test_refused_consent_rejects_before_anything_is_captured(desk, site):
    desk.to(State.CONSENT)
    desk.do(c.RefuseConsent())

    assert ended(desk) == ("rejected", "consent.refused")
    assert desk.now.reference_jpeg == b""


def test_a_counter_of_refusals_that_cannot_be_read_approves_nothing(desk, site):
    desk.sign_in()
    site.services.cool_down.close()
    desk.do(c.BeginOperation(form()))

    assert ended(desk) == ("indeterminate", "internal")


def test_a_refusal_that_cannot_be_counted_is_a_refusal_all_the_same(desk, site):
    desk.to(State.CONSENT)
    site.services.cool_down.close()
    desk.do(c.RefuseConsent())

    assert ended(desk) == ("rejected", "consent.refused")


def _unreadable(folder):
    return folder / "is-not-there.png", "reference.unreadable"


def _a_folder(folder):
    return folder, "reference.unreadable"


def _a_pipe(folder):
    """A file that is none: a FIFO, on Windows a device, which answers in every folder."""
    if sys.platform == "win32":
        return folder / "NUL", "reference.unreadable"
    os.mkfifo(folder / "pipe")
    return folder / "pipe", "reference.unreadable"


def _a_zero(folder):
    return folder / "a\0b", "reference.unreadable"


def _too_large(folder):
    with (folder / "large.png").open("wb") as file:
        file.truncate((20 << 20) + 1)
    return folder / "large.png", "reference.too_large"


def _no_image(folder):
    (folder / "text.png").write_bytes(b"no image at all")
    return folder / "text.png", "reference.image_refused"


def _no_face(folder):
    (folder / "wall.png").write_bytes(photo(faces=0))
    return folder / "wall.png", "reference.no_face"


@pytest.mark.parametrize(
    "make", [_unreadable, _a_folder, _a_pipe, _a_zero, _too_large, _no_image, _no_face]
)
def test_a_bad_reference_photo_can_be_mended_with_another(desk, site, make):
    path, code = make(site.folder)
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceFile(path))
    assert (desk.now.state, desk.now.notice) == (State.REFERENCE, code)
    desk.do(c.UseReferenceFile(site.photo))

    assert (desk.now.state, desk.now.notice) == (State.LIVENESS, "")
    assert site.steps()[-2:] == ["reference.refused", "reference"]


def test_the_reference_photo_is_taken_with_the_camera(desk, site):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.do(c.UseReferenceCamera())
    assert desk.station.wants_frames
    desk.look()

    assert desk.now.state is State.LIVENESS
    assert not desk.station.wants_frames
    desk.live()
    assert desk.now.state is State.SIGNATURE


def test_a_photo_with_a_missing_camera_is_a_notice(desk):
    desk.to(State.REFERENCE)
    desk.do(c.UseReferenceCamera())

    assert desk.now.notice == "camera_unavailable"
    assert not desk.station.wants_frames


def test_a_camera_that_is_lost_before_the_photo_is_a_notice(desk):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.do(c.UseReferenceCamera())
    desk.station.camera_failed("camera_lost")

    assert (desk.now.state, desk.now.notice) == (State.REFERENCE, "camera_lost")
    assert not desk.station.wants_frames


def test_a_wish_for_a_photo_does_not_outlive_its_session(desk):
    desk.to(State.REFERENCE)
    desk.plug()
    desk.do(c.UseReferenceCamera())
    desk.do(c.Abort("teller_aborted"))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))
    desk.do(c.GiveConsent("ru"))

    assert desk.now.state is State.REFERENCE
    assert not desk.station.wants_frames


def test_an_analysis_that_is_lost_over_the_photo_ends_the_session(desk, site):
    desk.to(State.REFERENCE)
    site.analysis.lost = True
    desk.do(c.UseReferenceFile(site.photo))

    assert ended(desk) == ("indeterminate", "analysis_lost")


# -- liveness ---------------------------------------------------------------------------------


def test_a_missing_camera_before_an_attempt_is_a_notice(desk, site):
    desk.to(State.LIVENESS)
    desk.do(c.StartLiveness())

    assert (desk.now.state, desk.now.notice) == (State.LIVENESS, "camera_unavailable")


def test_three_failed_attempts_reject(desk, site):
    desk.to(State.LIVENESS)
    for number in (1, 2, 3):
        assert desk.now.attempt == number
        desk.live(Behaviour(obeys=False))

    assert ended(desk) == ("rejected", "liveness.attempts_exhausted")
    assert site.steps().count("liveness.attempt") == 3
    nonces = [e.data["nonce"] for e in site.entries("verify.step") if "nonce" in e.data]
    assert len(set(nonces)) == 3


def test_an_attack_rejects_at_once_and_two_make_the_customer_wait(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(frozen=True))
    assert ended(desk) == ("rejected", "liveness.frozen")
    assert site.steps().count("liveness.attempt") == 1
    desk.do(c.NewSession())
    desk.to(State.LIVENESS)
    desk.live(Behaviour(frozen=True))
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert ended(desk) == ("rejected", "cool_down.active")


def test_another_living_person_rejects(desk, site):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(person=2))

    assert ended(desk) == ("rejected", "match.non_match")
    assert site.permits() == []


def test_a_camera_lost_in_an_attempt_ends_the_session(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    desk.station.camera_failed("camera_lost")

    assert ended(desk) == ("indeterminate", "camera_lost")
    assert desk.status.camera_notice == "camera_lost"
    assert len(site.results()) == 1


def test_an_analysis_lost_in_an_attempt_ends_the_session(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    site.analysis.lost = True
    desk.look()

    assert ended(desk) == ("indeterminate", "analysis_lost")


def test_an_abort_in_an_attempt_leaves_nothing_that_wants_frames(desk, site):
    desk.to(State.LIVENESS)
    desk.plug()
    desk.do(c.StartLiveness())
    desk.look(most=20)
    desk.do(c.Abort("window_closed"))

    assert ended(desk) == ("indeterminate", "window_closed")
    assert not desk.station.wants_frames


@pytest.mark.parametrize("name", ["Ка\u0438\u0306мера", "x" * 500, "bad\udcff", "e\u0301" * 90])
def test_whatever_a_camera_calls_itself_can_be_written(desk, name):
    desk.to(State.LIVENESS)
    camera = desk.plug()
    camera._identity = replace(camera.identity, name=name, hardware_id=name)
    desk.station.camera_opened(camera)
    desk.do(c.StartLiveness())

    assert desk.now.attempt_running
    assert desk.now.fault == ""


# -- signature --------------------------------------------------------------------------------


def test_a_cancelled_dialog_can_be_tried_again(desk, site):
    again = site.carrier.answer
    site.carrier.answer = failing(CarrierCancelled("customer"))
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert (desk.now.state, desk.now.notice) == (State.SIGNATURE, "carrier_cancelled")
    site.carrier.answer = again
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert ended(desk)[0] == "approved"


def test_a_carrier_that_breaks_ends_the_session_as_a_fault(desk, site):
    site.carrier.answer = failing(RuntimeError("broken"))
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert ended(desk) == ("indeterminate", "internal")


def test_a_signature_over_another_text_rejects(desk, site):
    def other(request, _cancelled):
        return signed(replace(request, document=b"something else"), site.services.now())

    site.carrier.answer = other
    desk.to(State.SIGNATURE)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert ended(desk) == ("rejected", "signature.content_mismatch")
    assert desk.now.signature.indication == Indication.TOTAL_FAILED.value
    assert site.permits() == []


def test_a_signed_file_serves_as_well(desk, site):
    desk.to(State.SIGNATURE)
    file = site.folder / "signed.cms"
    file.write_bytes(pki.world().cms(desk.now.statement.encode(), signing_time=site.services.now()))
    desk.do(c.Sign(SigningMethod.FILE, file))

    assert ended(desk)[0] == "approved"


def test_an_expired_statement_is_replaced_before_it_is_signed(desk, site):
    before = desk.to(State.SIGNATURE).statement
    site.clock.tick(site.services.policy.statement_ttl_ms + 1)
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert site.carrier.asked[0].document.decode() != before
    assert site.steps().count("statement") == 2
    assert ended(desk)[0] == "approved"


def test_a_signature_that_arrives_after_the_abort_is_ignored(desk, site):
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    task = desk.pending
    desk.do(c.Abort("teller_aborted"))
    desk.pending = task
    desk.settle()

    assert ended(desk) == ("indeterminate", "teller_aborted")
    assert len(site.results()) == 1
    assert site.permits() == []


def test_a_signature_of_before_the_pause_is_not_judged_against_the_new_statement(desk, site):
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    late = desk.pending
    outcome = late.run()
    desk.do(c.ParkSession())
    desk.do(c.CustomerReturned())
    desk.live()
    assert desk.now.state is State.SIGNATURE
    assert desk.station.finished(late, outcome) is None

    assert desk.now.state is State.SIGNATURE
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert ended(desk)[0] == "approved"


def test_a_validation_of_before_the_pause_is_ignored_too(desk, site):
    desk.to(State.SIGNATURE)
    asked = desk.station.handle(c.Sign(SigningMethod.NCALAYER))
    judging = desk.station.finished(asked, asked.run())
    outcome = judging.run()
    desk.do(c.ParkSession())
    desk.do(c.CustomerReturned())
    desk.live()
    desk.station.finished(judging, outcome)

    assert desk.now.state is State.SIGNATURE
    assert desk.now.signature is None


def test_stopping_tells_the_carrier_and_nobody_after_it(desk, site):
    stopped = []
    site.carrier.answer = lambda request, cancelled: (
        stopped.append(cancelled),
        signed(request, site.services.now()),
    )[1]
    desk.to(State.SIGNATURE)
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    waiting, outcome = desk.pending, desk.pending.run()
    desk.station.handle(c.StopSigning())
    assert stopped[0]()
    desk.station.finished(waiting, CarrierCancelled("teller"))
    desk.ask(c.Sign(SigningMethod.NCALAYER))
    desk.pending.run()

    assert outcome
    assert stopped[0]()
    assert not stopped[1]()


# -- parking ----------------------------------------------------------------------------------


def test_who_comes_back_shows_their_face_anew_to_another_nonce(desk, site):
    desk.to(State.PARKED)
    desk.do(c.CustomerReturned())
    assert (desk.now.state, desk.now.statement, desk.now.match) == (State.LIVENESS, "", None)
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert ended(desk)[0] == "approved"
    nonces = [
        entry.data["nonce"]
        for entry in site.entries("verify.step")
        if entry.data["step"] == "liveness.challenge"
    ]
    assert len(set(nonces)) == 2


def test_attempts_that_failed_before_the_pause_still_count(desk):
    desk.to(State.LIVENESS)
    desk.live(Behaviour(obeys=False))
    desk.live(Behaviour(obeys=False))
    desk.live()
    desk.do(c.ParkSession())
    desk.do(c.CustomerReturned())
    assert desk.now.attempt == 3
    desk.live(Behaviour(obeys=False))

    assert ended(desk) == ("rejected", "liveness.attempts_exhausted")


def test_the_time_away_does_not_count_against_the_deadline(desk, site):
    desk.to(State.PARKED)
    site.clock.tick(6 * 3_600_000)
    desk.station.tick()
    assert desk.now.state is State.PARKED
    desk.do(c.CustomerReturned())
    desk.station.tick()
    assert desk.now.state is State.LIVENESS
    site.clock.tick(site.services.policy.session_deadline_ms + 1)
    desk.station.tick()

    assert ended(desk) == ("indeterminate", "deadline")


# -- review -----------------------------------------------------------------------------------


def test_an_open_soft_check_goes_to_a_supervisor_and_both_names_to_the_permit(desk, site):
    desk.to(State.REVIEW, **PARTLY)
    assert desk.now.review == (CheckId.OLD_NUMBER_CALLED,)
    desk.do(override())

    assert ended(desk)[0] == "approved"
    claims = site.claims()
    assert (claims["teller"], claims["supervisor"]) == (TELLER.id, SUPERVISOR.id)
    assert site.results()[0]["overrides"] == [
        {"check": "old_number_called", "by": SUPERVISOR.id, "reason": "the number is dead"}
    ]


def test_a_hard_check_is_never_waived_and_the_wish_is_signed_by_the_supervisor(desk, site):
    desk.to(State.REVIEW, **PARTLY)
    desk.do(override(CheckId.MATCH))

    assert (desk.now.state, desk.now.notice) == (State.REVIEW, "override.hard_check")
    (review,) = site.entries("review")
    assert review.actor == SUPERVISOR.id
    assert review.data["refused"] == "override.hard_check"
    opened = [e for e in site.entries("session.open") if e.data["actor"] == SUPERVISOR.id]
    assert review.signers == (NoteVerifier.parse(str(opened[0].data["ses"])).name,)
    closed = site.entries("session.close")
    assert closed[-1].data["ses"] == opened[0].data["ses"]
    desk.do(c.RefuseReview(SUPERVISOR.id, "no", secret=SECRET))
    assert ended(desk) == ("rejected", "review.refused")
    assert site.permits() == []


@pytest.mark.parametrize("who", [TELLER, OTHER_TELLER, AUDITOR])
def test_only_a_supervisor_reviews(desk, site, who):
    desk.to(State.REVIEW, **PARTLY)
    size = site.services.journal.log.size
    desk.do(override(by=who))

    assert (desk.now.state, desk.now.notice) == (State.REVIEW, "role_missing")
    assert site.services.journal.log.size == size


def test_a_supervisor_with_the_wrong_secret_reviews_nothing(desk, site):
    desk.to(State.REVIEW, **PARTLY)
    desk.do(replace(override(), secret="guessed wrongly"))

    assert (desk.now.state, desk.now.notice) == (State.REVIEW, "operator_refused")
    assert site.entries("review") == []


def test_an_override_without_a_reason_is_not_granted(desk, site):
    desk.to(State.REVIEW, **PARTLY)
    desk.do(override(reason=" \n\t"))

    assert (desk.now.state, desk.now.notice) == (State.REVIEW, "override.no_reason")
    assert site.permits() == []


# -- cool-down --------------------------------------------------------------------------------


def test_after_two_refusals_the_customer_waits_a_day(desk, site):
    desk.sign_in()
    for _ in range(2):
        desk.do(c.BeginOperation(form()))
        desk.do(c.RefuseConsent())
        desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))
    assert ended(desk) == ("rejected", "cool_down.active")
    site.clock.tick(site.services.policy.cool_down_ms + 1)
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_sessions_that_ended_without_a_refusal_do_not_make_anybody_wait(desk):
    desk.sign_in()
    for _ in range(3):
        desk.do(c.BeginOperation(form()))
        desk.do(c.Abort("teller_aborted"))
        desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


# -- faults and deadlines ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [State.PRECHECKS, State.CONSENT, State.REFERENCE, State.LIVENESS, State.SIGNATURE]
)
def test_a_session_that_takes_too_long_ends_with_one_record(desk, site, state):
    desk.to(state)
    site.clock.tick(site.services.policy.session_deadline_ms + 1)
    desk.station.tick()
    desk.station.tick()

    assert ended(desk) == ("indeterminate", "deadline")
    assert len(site.results()) == 1


@pytest.mark.parametrize(
    "state", [State.PRECHECKS, State.CONSENT, State.LIVENESS, State.SIGNATURE, State.PARKED]
)
def test_a_fault_ends_any_state_with_one_record_and_the_next_session_runs(desk, site, state):
    desk.to(state)
    desk.station.fault("internal")
    desk.station.fault("internal")
    assert ended(desk) == ("indeterminate", "internal")
    assert len(site.results()) == 1
    desk.do(c.NewSession())
    desk.do(c.BeginOperation(form()))

    assert desk.now.state is State.CONSENT


def test_a_fault_without_a_session_changes_nothing(desk, site):
    desk.station.fault("internal")

    assert desk.now.state is State.IDLE
    assert len(site.entries()) == 1


@pytest.mark.parametrize("reason", ["Иванов И. 900101300423", "x" * 65, "a b", "e\u0301"])
def test_an_abort_reason_that_is_no_code_never_reaches_the_log(desk, site, reason):
    desk.to(State.CONSENT)
    desk.do(c.Abort(reason))

    assert ended(desk) == ("indeterminate", "teller_aborted")


def test_revocation_lists_that_cannot_be_read_end_no_session(desk, site):
    desk.to(State.CONSENT)
    site.services.revocation.store.close()
    desk.station.lists_updated()

    assert desk.status.crl_this_update_ms == 0
    assert desk.now.state is State.CONSENT


def test_closing_the_station_ends_the_session_in_the_log(desk, site):
    desk.to(State.SIGNATURE)
    desk.station.close("closed")

    assert [item["outcome"] for item in site.results()] == ["indeterminate"]
    assert site.entries()[-1].data["reason"] == "closed"


@pytest.mark.parametrize("kind", [OperationKind.APP_REGISTRATION, OperationKind.LOAN_ISSUE])
def test_the_other_operations_are_approved_the_same_way(desk, site, kind):
    changes = {
        "kind": kind,
        "untrusted_device": "Pixel 9",
        "untrusted_amount_kzt": "500 000",
        "untrusted_term_months": "12",
        "attestations": ((CheckId.QUESTIONNAIRE, True),),
    }
    desk.to(State.RECORDED, **changes)

    assert ended(desk)[0] == "approved"
    assert site.claims()["operation"] == kind.value
