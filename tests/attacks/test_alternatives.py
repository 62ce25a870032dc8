"""Attacks on the other ways: a number or a palm's verdict moved to where it does not belong."""

from dataclasses import replace

import pytest

from crypto.jws import JwsKey
from tests.support.station import sessions
from workstation.accounts.authority_register import AuthorityRegister
from workstation.errors import SettingsRefused
from workstation.registries.endpoint import RegistryEndpoint
from workstation.registries.identification import IdentificationCentre, IdentificationRequest
from workstation.registries.identification_wire import IdentificationVerdict
from workstation.registries.registry import AnswerStatus
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.sandbox.people import PEOPLE, CustomerKey
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.services.identification import IdentificationFault, SandboxIdentification
from workstation.session.alternative import REFUSING
from workstation.session.decision import Outcome, decide

PALM, VIDEO = LivenessWay.PALM, LivenessWay.VIDEO_IDENTIFICATION
NOW_MS = 1_795_000_000_000
BEGAN_MS = NOW_MS - 60_000
OPERATION = sessions.OPERATION.sha256()
PASSED, NONE = AnswerStatus.PASSED, AnswerStatus.INDETERMINATE
CUSTOMER, OTHER = (
    next(each for each in PEOPLE if each.key is key).iin
    for key in (CustomerKey.GOOD, CustomerKey.OTHER_PERSON)
)


@pytest.fixture
def signer(tmp_path):
    return AnswerSigner.open(tmp_path)


@pytest.fixture
def service(signer):
    running = SandboxIdentification(signer, lambda: NOW_MS)
    running.start()
    yield running
    running.close()


@pytest.fixture
def centre(service, signer, tmp_path):
    claim = AuthorityRegister(tmp_path / "authority.sqlite").claim
    return build(service, signer.public, claim)


def build(service, key: JwsKey, claim):
    def make(way):
        endpoint = RegistryEndpoint(service.url, way.value, 5, (), lambda: NOW_MS, keys=(key,))
        return IdentificationCentre(way, endpoint, claim)

    return make


def request(number="", *, iin=CUSTOMER, nonce="22" * 16, operation=OPERATION):
    return IdentificationRequest(
        iin=iin,
        nonce=nonce,
        operation_sha256=operation,
        photo_sha256=sessions.PHOTO,
        since_ms=BEGAN_MS,
        clock_tolerance_s=60,
        number=number,
    )


def found(answer):
    return answer.status, answer.reason


def identify(centre, way, asked):
    return found(centre(way).identify(asked, cancelled=lambda: False))


def test_a_number_counts_once_whoever_types_it_again(centre, service):
    number = service.identify_by_video(CUSTOMER, OPERATION)

    assert identify(centre, VIDEO, request(number)) == (PASSED, "video_identification.identified")
    again = identify(centre, VIDEO, request(number, nonce="33" * 16))
    assert again == (NONE, "video_identification.replayed")


def test_a_number_that_was_refused_elsewhere_is_still_good_for_its_own_operation(centre, service):
    number = service.identify_by_video(CUSTOMER, OPERATION)
    identify(centre, VIDEO, request(number, operation="ab" * 32))
    assert identify(centre, VIDEO, request(number))[0] is PASSED


def test_a_number_of_another_operation_is_none(centre, service):
    number = service.identify_by_video(CUSTOMER, "ab" * 32)
    said = identify(centre, VIDEO, request(number))
    assert said == (NONE, "video_identification.other_operation")


def test_a_number_of_another_customer_is_that_of_somebody_else(centre, service):
    number = service.identify_by_video(OTHER, OPERATION)
    said = identify(centre, VIDEO, request(number))
    assert said == (AnswerStatus.FAILED, "video_identification.other_person")


def test_an_invented_number_is_not_found(centre):
    said = identify(centre, VIDEO, request("VIDEO-999999"))
    assert said == (AnswerStatus.FAILED, "video_identification.not_found")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (IdentificationFault.FUTURE, "other_time"),
        (IdentificationFault.BEFORE_THE_SESSION, "other_time"),
        (IdentificationFault.OTHER_IIN, "other_iin"),
        (IdentificationFault.OTHER_NONCE, "other_nonce"),
        (IdentificationFault.OTHER_PHOTO, "other_photo"),
        (IdentificationFault.OTHER_OPERATION, "other_operation"),
        (IdentificationFault.UNNUMBERED, "unnumbered"),
        (IdentificationFault.MALFORMED, "malformed"),
        (IdentificationFault.UNSIGNED, "malformed"),
        (IdentificationFault.FOREIGN_KEY, "malformed"),
        (IdentificationFault.OTHER_TYPE, "malformed"),
        (IdentificationFault.DOWN, "no_answer"),
    ],
)
@pytest.mark.parametrize("way", [PALM, VIDEO])
def test_what_is_not_about_this_session_is_nothing(centre, service, way, fault, reason):
    number = service.identify_by_video(CUSTOMER, OPERATION) if way is VIDEO else ""
    service.fault = fault
    assert identify(centre, way, request(number)) == (NONE, f"{way}.{reason}")


def test_a_verdict_about_a_palm_is_not_played_again(centre, service):
    assert identify(centre, PALM, request())[0] is PASSED
    service.fault = IdentificationFault.REPLAYED
    assert identify(centre, PALM, request(nonce="33" * 16)) == (NONE, "palm.other_nonce")
    assert identify(centre, PALM, request()) == (NONE, "palm.replayed")


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (IdentificationVerdict.NOT_MATCHED, AnswerStatus.FAILED),
        (IdentificationVerdict.OTHER_PERSON, AnswerStatus.FAILED),
        (IdentificationVerdict.ATTACK, AnswerStatus.FAILED),
        (IdentificationVerdict.BAD_CAPTURE, NONE),
        (IdentificationVerdict.NOT_ENROLLED, NONE),
    ],
)
def test_only_an_identified_palm_passes(centre, service, verdict, status):
    service.palm = verdict
    assert identify(centre, PALM, request()) == (status, f"palm.{verdict}")


def test_somebody_whom_nobody_enrolled_has_no_palm(centre):
    assert identify(centre, PALM, request(iin="111111111111")) == (NONE, "palm.not_enrolled")


def test_what_could_be_used_twice_is_not_used(service, signer):
    def broken(_reference, _nonce):
        raise SettingsRefused("authority.sqlite")

    said = identify(build(service, signer.public, broken), PALM, request())
    assert said == (NONE, "palm.unrecorded")


def test_a_service_that_holds_no_key_of_the_centre_identifies_nobody(service, tmp_path):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    key = AnswerSigner.open(foreign).public
    said = identify(build(service, key, lambda _reference, _nonce: True), PALM, request())
    assert said == (NONE, "palm.malformed")


def test_a_way_that_the_policy_does_not_offer_is_refused_with_a_perfect_answer():
    policy = sessions.policy()

    def without(required):
        return replace(required, any_of=tuple(w for w in required.any_of if w.id != PALM))

    operations = tuple(
        replace(each, required=tuple(without(item) for item in each.required))
        for each in policy.operations
    )
    evidence = sessions.other_way_evidence(PALM)
    assert decide(policy, evidence).outcome is Outcome.APPROVED
    decision = decide(replace(policy, operations=operations), evidence)
    assert (decision.outcome, decision.reason) == (
        Outcome.REJECTED,
        "liveness.way_not_offered",
    )


def test_a_palm_that_failed_and_a_number_that_was_not_checked_are_not_one_way():
    palm = sessions.other_way_evidence(PALM)
    failed = replace(palm.way_answers[0], status=CheckStatus.FAILED, reason="palm.no_match")
    video = sessions.other_way_evidence(VIDEO)
    mixed = sessions.signed(replace(video, way_answers=(failed,)))
    moved = sessions.signed(replace(video, way_answers=palm.way_answers))

    for evidence in (mixed, moved):
        assert decide(sessions.policy(), evidence).outcome is not Outcome.APPROVED


@pytest.mark.parametrize("reason", sorted(REFUSING))
def test_whom_a_centre_has_refused_passes_by_no_other_way_afterwards(reason):
    palm = sessions.other_way_evidence(PALM)
    refused = replace(palm.way_answers[0], status=CheckStatus.FAILED, reason=reason)
    again = sessions.signed(replace(palm, way_answers=(refused, *palm.way_answers)))
    commands = sessions.good_evidence()
    back = sessions.signed(replace(commands, way_answers=(refused,)))

    for evidence in (again, back):
        decision = decide(sessions.policy(), evidence)
        assert (decision.outcome, decision.reason) == (Outcome.REJECTED, reason)
