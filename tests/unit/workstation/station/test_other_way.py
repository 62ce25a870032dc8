"""Palm and video identification at the desk: asked about this case, and the face still counts."""

from dataclasses import replace

import pytest

from tests.support.station.scripted import Behaviour
from tests.support.station.stations import Desk, a_site
from vision.camera.delivery import Delivery
from vision.camera.watchdog import CameraTrouble
from workstation.devices.signing_methods import SigningMethod
from workstation.registries.registry import AnswerStatus
from workstation.rules.alternatives import LivenessWay
from workstation.session.alternative import MOST_FAILURES, WayReason
from workstation.session.states import State
from workstation.station import commands as c

PALM, VIDEO = LivenessWay.PALM, LivenessWay.VIDEO_IDENTIFICATION
NUMBER = "V-2026-0017"
PASSED, FAILED, NONE = AnswerStatus.PASSED, AnswerStatus.FAILED, AnswerStatus.INDETERMINATE


def request(way, consent="ru"):
    return c.RequestAlternative(way, WayReason.COMMANDS_DO_NOT_FIT, consent)


def ask(way):
    return c.AskCentre(NUMBER if way is VIDEO else "")


@pytest.mark.parametrize("way", [PALM, VIDEO])
def test_a_good_answer_and_a_matching_photo_lead_on_to_the_permit(desk, site, way):
    desk.to_other_way(way)
    desk.do(ask(way))
    assert desk.now.state is State.SIGNATURE, desk.now.message
    desk.do(c.Sign(SigningMethod.NCALAYER))

    assert desk.outcome == ("approved", "decision.approved")
    (asked,) = site.centres[way].asked
    stated = site.results()[0]
    check = next(each for each in stated["checks"] if each["check"] == "liveness")
    claims = next(each for each in site.claims()["checks"] if each["check"] == "liveness")
    assert check["reason"] == claims["reason"] == f"liveness.{way}"
    assert check["rule"] == {PALM: "B-07", VIDEO: "B-08"}[way]
    assert stated["way"]["id"] == way
    assert stated["way"]["nonce"] == asked.nonce
    assert stated["way"]["reference"] == (NUMBER if way is VIDEO else "P-0001")


def test_the_question_is_about_this_customer_operation_photo_and_session(desk, site):
    desk.to_other_way(VIDEO)
    desk.do(ask(VIDEO))
    (asked,) = site.centres[VIDEO].asked
    verification = desk.station.verification
    steps = {e.data["step"]: e.data for e in site.entries("verify.step")}

    assert asked.iin == verification.case.client.iin.digits
    assert asked.operation_sha256 == verification.case.operation.sha256()
    assert asked.photo_sha256 == steps["exception.photo"]["sha256"]
    assert asked.since_ms == verification.started_ms
    assert asked.number == NUMBER
    assert asked.nonce == steps["way.requested"]["nonce"]
    assert steps["way.requested"]["reason"] == "commands_do_not_fit"


def test_the_log_has_no_octets_of_the_centre_and_the_sealed_payload_has(desk, site):
    desk.to_other_way(PALM)
    desk.do(ask(PALM))
    desk.do(c.Sign(SigningMethod.NCALAYER))
    (result,) = site.entries("verify.result")
    payload = site.opened_payload(result)

    assert payload["identification"] == "c2NyaXB0ZWQgaWRlbnRpZmljYXRpb24="
    assert payload["frames"][-1]["label"] == "exception"
    steps = [e.data for e in site.entries("verify.step")]
    assert not any("scripted identification" in str(each) for each in steps)


def test_the_palm_is_not_asked_for_without_the_customers_own_consent(desk, site):
    desk.to(State.LIVENESS)
    assert "ладон" in desk.now.alternative.consent
    desk.do(request(PALM, consent=""))
    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "palm.no_consent")

    desk.do(request(PALM, consent="kk"))
    assert desk.now.state is State.ALTERNATIVE
    (step,) = [e.data for e in site.entries("verify.step") if e.data["step"] == "way.requested"]
    policy = site.services.policy
    assert step["consent"] == policy.documents.palm_consent.sha256("kk")


def test_another_face_is_refused_whatever_the_palm_says(tmp_path):
    with a_site(tmp_path) as site:
        desk = Desk(site)
        desk.to_other_way(PALM, photo=False)
        desk.photograph(Behaviour(person=2))
        desk.do(ask(PALM))

        assert desk.outcome[0] == "rejected"
        assert desk.outcome[1].startswith("match.")


@pytest.mark.parametrize(
    ("way", "finding"),
    [
        (PALM, "other_person"),
        (PALM, "attack"),
        (VIDEO, "other_person"),
        (VIDEO, "refused"),
    ],
)
def test_who_turns_out_to_be_somebody_else_is_refused_and_it_is_counted(desk, site, way, finding):
    desk.to_other_way(way)
    site.centres[way].says = (FAILED, finding)
    desk.do(ask(way))

    assert desk.outcome == ("rejected", f"{way}.{finding}")
    assert site.permits() == []
    iin = desk.station.verification.case.client.iin.digits
    assert site.services.cool_down.refusals_since(iin, 0).refusals == 1


def test_the_third_failure_leads_back_to_the_face_and_the_way_is_not_offered_again(desk, site):
    desk.to_other_way(PALM)
    site.centres[PALM].says = (FAILED, "no_match")
    for number in range(1, MOST_FAILURES):
        desk.do(ask(PALM))
        assert (desk.now.state, desk.now.alternative.failures) == (State.ALTERNATIVE, number)
        assert desk.now.message == "palm.no_match"
    desk.do(ask(PALM))

    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "palm.no_match")
    assert desk.now.alternative.offered == (VIDEO,)
    desk.do(request(PALM))
    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "liveness.way_not_offered")

    desk.live()
    assert desk.now.state is State.SIGNATURE
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome == ("approved", "decision.approved")
    (stated,) = site.results()
    assert "way" not in stated
    assert len(site.centres[PALM].asked) == MOST_FAILURES


def test_who_leaves_after_two_failures_has_them_counted(desk, site):
    desk.to_other_way(PALM)
    site.centres[PALM].says = (FAILED, "no_match")
    desk.do(ask(PALM))
    desk.do(ask(PALM))
    desk.do(c.Abort("teller_aborted"))

    iin = desk.station.verification.case.client.iin.digits
    assert site.services.cool_down.refusals_since(iin, 0).refusals == 1


def test_a_palm_that_is_not_enrolled_leads_back_at_once_and_costs_nothing(desk, site):
    desk.to_other_way(PALM)
    site.centres[PALM].says = (NONE, "not_enrolled")
    desk.do(ask(PALM))
    assert (desk.now.state, desk.now.message) == (State.LIVENESS, "palm.not_enrolled")
    desk.do(c.Abort("teller_aborted"))

    iin = desk.station.verification.case.client.iin.digits
    assert site.services.cool_down.refusals_since(iin, 0).refusals == 0


def test_silence_is_no_failure_and_may_be_asked_again(desk, site):
    desk.to_other_way(VIDEO)
    site.centres[VIDEO].says = (NONE, "no_answer")
    for _ in range(MOST_FAILURES + 1):
        desk.do(ask(VIDEO))
    assert (desk.now.state, desk.now.alternative.failures) == (State.ALTERNATIVE, 0)
    assert desk.now.message == "video_identification.no_answer"
    site.centres[VIDEO].says = (PASSED, "identified")
    desk.do(ask(VIDEO))
    assert desk.now.state is State.SIGNATURE


def test_nothing_is_asked_without_a_photo_and_a_number(desk, site):
    desk.to_other_way(VIDEO, photo=False)
    desk.do(ask(VIDEO))
    assert desk.now.message == "way.no_photo"
    desk.photograph()
    for number in ("", " ", "12", "V 17", "V-17\n2", "x" * 65, "../../etc"):
        desk.do(c.AskCentre(number))
        assert desk.now.message == "way.no_number", number
    assert site.centres[VIDEO].asked == []


def test_a_photo_that_was_taken_again_is_asked_about_anew(desk, site):
    desk.to_other_way(PALM)
    site.centres[PALM].says = (NONE, "bad_capture")
    desk.do(ask(PALM))
    desk.photograph()
    desk.do(ask(PALM))
    first, second = site.centres[PALM].asked
    assert first.nonce == second.nonce
    assert desk.now.state is State.ALTERNATIVE


def test_the_code_for_the_centres_officer_is_of_this_operation(desk):
    desk.to_other_way(VIDEO)
    code = desk.now.alternative.code
    digest = desk.station.verification.case.operation.sha256()
    assert code.replace(" ", "") == digest[:16]
    assert [len(part) for part in code.split()] == [4, 4, 4, 4]


def test_the_teller_may_go_back_to_the_commands(desk, site):
    desk.to_other_way(PALM)
    desk.do(c.LeaveAlternative())
    assert desk.now.state is State.LIVENESS
    assert desk.now.alternative.jpeg == b""
    desk.live()
    desk.do(c.Sign(SigningMethod.NCALAYER))
    assert desk.outcome == ("approved", "decision.approved")


def test_only_what_policy_and_settings_offer_may_be_asked_for(tmp_path):
    with a_site(tmp_path, centres={}) as site:
        desk = Desk(site)
        desk.to(State.LIVENESS)
        assert desk.now.alternative.offered == ()
        assert desk.now.alternative.consent == ""
        for way in LivenessWay:
            desk.do(request(way))
            assert (desk.now.state, desk.now.message) == (
                State.LIVENESS,
                "liveness.way_not_offered",
            )


def test_after_an_attack_nothing_is_offered(desk, site):
    desk.to(State.LIVENESS)
    assert desk.now.alternative.offered == (PALM, VIDEO)
    attempts = desk.station.verification.session.evidence
    assert attempts.attempts == ()


def test_a_camera_that_gives_no_image_takes_no_photo(desk):
    desk.to_other_way(PALM, photo=False)
    desk.plug(Behaviour(faces=0))
    desk.do(c.TakeExceptionPhoto())
    assert desk.now.alternative.photo_awaited
    desk.station.camera_watched(Delivery((CameraTrouble.BLACK,), None))
    assert not desk.now.alternative.photo_awaited
    assert desk.now.state is State.ALTERNATIVE


def test_a_way_is_not_asked_for_while_an_attempt_runs_nor_answered_elsewhere(desk):
    desk.to(State.LIVENESS)
    desk.do(ask(PALM))
    assert desk.now.state is State.LIVENESS
    desk.do(c.StartLiveness())
    desk.do(request(PALM))
    assert desk.now.state is State.LIVENESS
    assert desk.now.attempt_running


def test_an_unknown_language_of_the_consent_is_refused(desk):
    desk.to(State.LIVENESS)
    desk.do(request(PALM, consent="de"))
    assert desk.now.state is State.LIVENESS


def test_an_answer_that_comes_after_the_way_was_left_is_nobodys(desk, site):
    desk.to_other_way(PALM)
    task = desk.station.handle(ask(PALM))
    desk.do(c.LeaveAlternative())
    desk.station.finish(task, task.run())
    assert desk.station.verification.state is State.LIVENESS
    assert desk.station.verification.session.evidence.way_answers == ()


def test_a_centre_that_breaks_is_a_fault_of_ours(desk, site, monkeypatch):
    def breaks(*_given, **_named):
        raise RuntimeError

    desk.to_other_way(PALM)
    monkeypatch.setattr(site.centres[PALM], "identify", breaks)
    desk.do(ask(PALM))
    assert desk.outcome == ("indeterminate", "internal")


def test_the_policy_of_the_case_decides_what_is_offered(tmp_path):
    with a_site(tmp_path) as site:
        policy = site.services.policy
        bare = tuple(
            replace(each, required=tuple(replace(item, any_of=()) for item in each.required))
            for each in policy.operations
        )
        site.services = replace(site.services, policy=replace(policy, operations=bare))
        desk = Desk(site)
        desk.to(State.LIVENESS)
        assert desk.now.alternative.offered == ()
