"""Every scenario the demo can play, each with the end it must have."""

from dataclasses import replace

from vision.camera.simulated import SimulatedVariant as Before
from vision.results import Accommodation
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    STOPPED,
    change_registry_record,
    give_new_number_away,
    left_open,
    refused,
    rejected,
    set_ncalayer,
    set_reply_form,
    set_revocation,
    stop_ncalayer,
)
from workstation.sandbox.scenarios.customers import CUSTOMERS
from workstation.sandbox.scenarios.documents import DOCUMENTS
from workstation.sandbox.scenarios.operations import OPERATIONS
from workstation.sandbox.scenarios.other_way import OTHER_WAYS
from workstation.sandbox.scenarios.questions import QUESTIONS
from workstation.sandbox.scenarios.scenario import Expected, Scenario, Script
from workstation.sandbox.scenarios.time_stamps import TIME_STAMPS
from workstation.sandbox.scenarios.two_people import TWO_PEOPLE
from workstation.sandbox.scenarios.vouching import VOUCHING
from workstation.sandbox.services.ncalayer import NcaLayerMode, ReplyForm
from workstation.sandbox.services.registries import RegistryFault

__all__ = ["SAMPLE", "SCENARIOS", "scenario"]

_STRAIGHT = (
    Scenario("approve", APPROVED),
    Scenario("approve_registration", APPROVED, kind="app_registration"),
    Scenario("approve_loan", replace(APPROVED, wait_hours=24), kind="loan_issue"),
    Scenario("approve_by_phone", APPROVED, script=Script.SIGN_ON_THE_PHONE),
    Scenario("approve_by_file", APPROVED, script=Script.SIGN_ELSEWHERE),
    Scenario("park_and_return", APPROVED, script=Script.PARK_AND_RETURN),
)

_FACE = (
    Scenario("printed_photo", rejected("liveness.flat"), camera=Before.PRINTED_PHOTO),
    Scenario(
        "replay",
        rejected("liveness.attempts_exhausted", "liveness.wrong_action"),
        camera=Before.SCREEN_REPLAY,
    ),
    Scenario("looped_video", rejected("liveness.looped"), camera=Before.LOOPED_VIDEO),
    Scenario("frozen", rejected("liveness.frozen"), camera=Before.FROZEN),
    Scenario("other_person", rejected("match.non_match"), camera=Before.OTHER_PERSON),
    Scenario("swap", rejected("liveness.identity_changed"), camera=Before.SWAP),
    Scenario("helper", rejected("liveness.identity_changed"), camera=Before.HELPER),
    Scenario("helper_still", rejected("liveness.identity_changed"), camera=Before.HELPER_STILL),
    Scenario(
        "cut",
        rejected("liveness.attempts_exhausted", "liveness.scene_changed"),
        camera=Before.CUT,
    ),
    Scenario(
        "bent_print",
        rejected("liveness.attempts_exhausted"),
        camera=Before.BENT_PRINT,
    ),
    Scenario("without_turning", APPROVED, accommodations=(Accommodation.WITHOUT_TURNING,)),
    Scenario(
        "without_blinking",
        APPROVED,
        camera=Before.NO_BLINK,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    Scenario(
        "replay_without_blinking",
        rejected("liveness.attempts_exhausted", "liveness.no_light"),
        camera=Before.PREPARED_CLIPS,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    Scenario("spectacles", APPROVED, camera=Before.SPECTACLES),
    Scenario("undecided", left_open(STOPPED), camera=Before.LOOKALIKE),
    Scenario(
        "undecided_reviewed",
        APPROVED,
        camera=Before.LOOKALIKE,
        script=Script.COMPARE_AS_SUPERVISOR,
    ),
    Scenario(
        "undecided_same_person",
        left_open(STOPPED, "role_missing"),
        camera=Before.LOOKALIKE,
        script=Script.COMPARE_AS_TELLER,
    ),
    Scenario(
        "no_blink",
        rejected("liveness.attempts_exhausted", "liveness.no_blink"),
        camera=Before.NO_BLINK,
    ),
    Scenario(
        "exception_two_officers",
        APPROVED,
        camera=Before.NO_BLINK,
        script=Script.EXCEPTION_TWO_OFFICERS,
    ),
    Scenario(
        "exception_same_officer",
        left_open(STOPPED, "exception.same_officer"),
        camera=Before.NO_BLINK,
        script=Script.EXCEPTION_SAME_OFFICER,
    ),
    Scenario(
        "no_face",
        rejected("liveness.attempts_exhausted", "liveness.no_face"),
        camera=Before.NO_FACE,
    ),
    Scenario(
        "two_faces",
        rejected("liveness.attempts_exhausted", "liveness.second_face"),
        camera=Before.TWO_FACES,
    ),
    Scenario(
        "too_dark",
        rejected("liveness.attempts_exhausted", "liveness.too_dark"),
        camera=Before.TOO_DARK,
    ),
    Scenario(
        "too_far",
        rejected("liveness.attempts_exhausted", "liveness.face_too_small"),
        camera=Before.TOO_FAR,
    ),
    Scenario(
        "back_light",
        rejected("liveness.attempts_exhausted", "liveness.back_light"),
        camera=Before.BACK_LIGHT,
    ),
    Scenario(
        "blur",
        rejected("liveness.attempts_exhausted", "liveness.blurred"),
        camera=Before.BLUR,
    ),
    Scenario("camera_black", left_open(STOPPED, "camera_black"), camera=Before.BLACK),
    Scenario(
        "camera_virtual_device",
        refused("camera_unresponsive"),
        camera=Before.VIRTUAL_DEVICE,
    ),
    Scenario("low_rate", APPROVED, camera=Before.LOW_RATE),
    Scenario("camera_lost", left_open(STOPPED, "camera_lost"), camera=Before.LOST),
    Scenario(
        "camera_unavailable",
        refused("camera_unavailable"),
        script=Script.CAMERA_UNAVAILABLE,
    ),
    Scenario("analysis_killed", left_open(STOPPED, "analysis_lost"), script=Script.KILL_ANALYSIS),
)

_KEYS = (
    # Everybody else in the demo holds a key of ГОСТ 34.10-2015 with 512 bits.
    Scenario("revoked", rejected("signature.revoked"), customer=CustomerKey.REVOKED),
    Scenario("held", rejected("signature.revoked"), customer=CustomerKey.HELD),
    Scenario(
        "revoked_in_delta_only",
        rejected("signature.revoked"),
        customer=CustomerKey.REVOKED_LATELY,
        arrange=set_revocation(OcspMode.DOWN, CrlMode.NORMAL),
    ),
    Scenario("expired", rejected("signature.expired"), customer=CustomerKey.EXPIRED),
    Scenario("approve_rsa", APPROVED, customer=CustomerKey.RSA),
    Scenario("revoked_rsa", rejected("signature.revoked"), customer=CustomerKey.RSA_REVOKED),
    # The policy retires this family on the last day of its last authority.
    Scenario(
        "retired_gost_2004",
        left_open("signature.algorithm_too_weak"),
        customer=CustomerKey.LEGACY,
    ),
    Scenario(
        "short_key", left_open("signature.algorithm_too_weak"), customer=CustomerKey.SHORT_KEY
    ),
    Scenario(
        "old_ncalayer",
        APPROVED,
        arrange=set_reply_form(ReplyForm.COMMON_UTILS),
    ),
)

_SIGNATURE = (
    Scenario(
        "other_iin",
        rejected("signature.iin_mismatch"),
        arrange=set_ncalayer(NcaLayerMode.WRONG_CERTIFICATE),
    ),
    Scenario(
        "wrong_usage",
        rejected("signature.wrong_key_usage"),
        customer=CustomerKey.WRONG_USAGE,
        arrange=set_ncalayer(NcaLayerMode.SIGN, CustomerKey.WRONG_USAGE),
    ),
    Scenario(
        "tampered_cms",
        rejected("signature.content_mismatch"),
        arrange=set_ncalayer(NcaLayerMode.TAMPER),
    ),
    Scenario(
        "stale_nonce",
        rejected("signature.content_mismatch"),
        arrange=set_ncalayer(NcaLayerMode.STALE),
    ),
    Scenario(
        "ocsp_down_stale_crl",
        left_open("signature.no_revocation_answer"),
        arrange=set_revocation(OcspMode.DOWN, CrlMode.STALE_ABOUT_CUSTOMERS),
    ),
    Scenario(
        "ocsp_forged",
        left_open("signature.answer_forged"),
        arrange=set_revocation(OcspMode.FORGED, CrlMode.NORMAL),
    ),
    Scenario(
        "ocsp_replayed",
        left_open("signature.answer_replayed"),
        arrange=set_revocation(OcspMode.WRONG_NONCE, CrlMode.NORMAL),
    ),
    Scenario(
        "ocsp_down_fresh_crl",
        APPROVED,
        arrange=set_revocation(OcspMode.DOWN, CrlMode.NORMAL),
    ),
    Scenario("ncalayer_absent", left_open(STOPPED, "carrier_unreachable"), arrange=stop_ncalayer),
    Scenario(
        "customer_cancels",
        left_open(STOPPED, "carrier_cancelled"),
        arrange=set_ncalayer(NcaLayerMode.CANCEL),
    ),
)

_STATION = (
    Scenario(
        "phone_of_another",
        rejected("phone_owner.other_person"),
        arrange=give_new_number_away,
    ),
    Scenario(
        "antifraud_hit",
        rejected("antifraud.hit"),
        arrange=change_registry_record(lambda record: replace(record, alert="hit")),
    ),
    Scenario(
        "registry_silent",
        left_open(STOPPED, "phone_owner.no_answer"),
        arrange=change_registry_record(lambda record: replace(record, fault=RegistryFault.DOWN)),
    ),
    Scenario(
        "registry_back",
        replace(APPROVED, message="phone_owner.no_answer"),
        script=Script.REGISTRY_BACK,
        arrange=change_registry_record(lambda record: replace(record, fault=RegistryFault.DOWN)),
    ),
    Scenario(
        "loan_refused_by_customer",
        rejected("loan_refusal.active"),
        kind="loan_issue",
        arrange=change_registry_record(lambda record: replace(record, refusal="active")),
    ),
    # A slip of the keyboard begins no session and costs the customer nothing.
    Scenario(
        "two_typos",
        replace(APPROVED, message="iin.checksum"),
        script=Script.MISTYPE_TWICE,
    ),
    Scenario("consent_refused", rejected("consent.refused"), script=Script.REFUSE_CONSENT),
    Scenario("teller_aborts", left_open(STOPPED), script=Script.ABORT_IN_LIVENESS),
    Scenario("log_unwritable", Expected("", "log_unwritable"), script=Script.LOG_UNWRITABLE),
    Scenario(
        "supervisor_overrides_soft",
        APPROVED,
        script=Script.OVERRIDE_SOFT,
        answers=(("old_number_called", False),),
    ),
    Scenario(
        "supervisor_waives_hard",
        rejected("review.refused", "override.hard_check"),
        script=Script.WAIVE_HARD,
        answers=(("old_number_called", False),),
    ),
)

_ATTEMPTS = (
    Scenario(
        "three_failed_attempts",
        rejected("liveness.attempts_exhausted", "liveness.interrupted"),
        script=Script.THREE_FAILURES,
    ),
)

SCENARIOS: tuple[Scenario, ...] = (
    *_STRAIGHT,
    *OPERATIONS,
    *_FACE,
    *_ATTEMPTS,
    *_KEYS,
    *_SIGNATURE,
    *_STATION,
    *VOUCHING,
    *DOCUMENTS,
    *CUSTOMERS,
    *TWO_PEOPLE,
    *OTHER_WAYS,
    *QUESTIONS,
    *TIME_STAMPS,
)

SAMPLE = Scenario("sample_key", rejected("signature.iin_mismatch"))
"""The demo's customer signs with a published key of another test hierarchy.

The persons in those keys have numbers nobody can be issued, so that no session can be opened for
them: a sample key is always somebody else's, and what it is worth itself is among the findings.
"""


def scenario(name: str) -> Scenario | None:
    """Return the scenario of that name, if there is one."""
    return next((each for each in SCENARIOS if each.name == name), None)
