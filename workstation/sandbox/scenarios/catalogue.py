"""Every scenario the demo can play, each with the end it must have."""

from collections.abc import Callable
from dataclasses import replace

from vision.camera.simulated import SimulatedVariant as Before
from vision.results import Accommodation
from workstation.rules.operation import OperationKind
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.scenarios.scenario import Expected, Scenario, Script, person
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, NcaLayerMode, ReplyForm
from workstation.sandbox.services.registries import RegistryFault, RegistryRecord
from workstation.sandbox.world import Sandbox

__all__ = ["SAMPLE", "SCENARIOS", "scenario"]

_Arrange = Callable[[Sandbox], None]


def _ncalayer(mode: NcaLayerMode, key: CustomerKey | None = None) -> _Arrange:
    def arrange(sandbox: Sandbox) -> None:
        sandbox.ncalayer.behaviour = NcaLayerBehaviour(mode=mode, key=key)

    return arrange


def _ncalayer_of(form: ReplyForm) -> _Arrange:
    def arrange(sandbox: Sandbox) -> None:
        sandbox.ncalayer.behaviour = NcaLayerBehaviour(form=form)

    return arrange


def _authority(ocsp: OcspMode, crl: CrlMode) -> _Arrange:
    def arrange(sandbox: Sandbox) -> None:
        sandbox.authority.faults = AuthorityFaults(ocsp=ocsp, crl=crl)

    return arrange


def _registry(change: Callable[[RegistryRecord], RegistryRecord]) -> _Arrange:
    def arrange(sandbox: Sandbox) -> None:
        iin = person(CustomerKey.GOOD).iin
        sandbox.registries.put(iin, change(sandbox.registries.record(iin)))

    return arrange


def _number_of_another(sandbox: Sandbox) -> None:
    good, other = person(CustomerKey.GOOD), person(CustomerKey.OTHER_PERSON)
    for iin, change in ((good.iin, frozenset()), (other.iin, frozenset({good.new_phone}))):
        record = sandbox.registries.record(iin)
        sandbox.registries.put(iin, replace(record, phones=change))


def _not_running(sandbox: Sandbox) -> None:
    sandbox.ncalayer.close()


def _rejected(reason: str, message: str = "") -> Expected:
    return Expected("rejected", reason, message)


def _open(reason: str, message: str = "") -> Expected:
    return Expected("indeterminate", reason, message)


_APPROVED = Expected("approved", "decision.approved")
_STOPPED = "teller_aborted"

_STRAIGHT = (
    Scenario("approve", _APPROVED),
    Scenario("approve_registration", _APPROVED, kind=OperationKind.APP_REGISTRATION),
    Scenario("approve_loan", _APPROVED, kind=OperationKind.LOAN_ISSUE),
    Scenario("approve_by_phone", _APPROVED, script=Script.SIGN_ON_THE_PHONE),
    Scenario("approve_by_file", _APPROVED, script=Script.SIGN_ELSEWHERE),
    Scenario("park_and_return", _APPROVED, script=Script.PARK_AND_RETURN),
)

_FACE = (
    Scenario("printed_photo", _rejected("liveness.flat"), camera=Before.PRINTED_PHOTO),
    Scenario(
        "replay",
        _rejected("liveness.attempts_exhausted", "liveness.wrong_action"),
        camera=Before.SCREEN_REPLAY,
    ),
    Scenario("looped_video", _rejected("liveness.looped"), camera=Before.LOOPED_VIDEO),
    Scenario("frozen", _rejected("liveness.frozen"), camera=Before.FROZEN),
    Scenario("other_person", _rejected("match.non_match"), camera=Before.OTHER_PERSON),
    Scenario("swap", _rejected("liveness.identity_changed"), camera=Before.SWAP),
    Scenario("helper", _rejected("liveness.identity_changed"), camera=Before.HELPER),
    Scenario("helper_still", _rejected("liveness.identity_changed"), camera=Before.HELPER_STILL),
    Scenario(
        "cut",
        _rejected("liveness.attempts_exhausted", "liveness.scene_changed"),
        camera=Before.CUT,
    ),
    Scenario(
        "bent_print",
        _rejected("liveness.attempts_exhausted"),
        camera=Before.BENT_PRINT,
    ),
    Scenario("without_turning", _APPROVED, accommodations=(Accommodation.WITHOUT_TURNING,)),
    Scenario(
        "without_blinking",
        _APPROVED,
        camera=Before.NO_BLINK,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    Scenario(
        "replay_without_blinking",
        _rejected("liveness.attempts_exhausted", "liveness.no_light"),
        camera=Before.PREPARED_CLIPS,
        accommodations=(Accommodation.WITHOUT_BLINKING,),
    ),
    Scenario("spectacles", _APPROVED, camera=Before.SPECTACLES),
    Scenario("undecided", _open("match.undecided"), camera=Before.LOOKALIKE),
    Scenario(
        "no_blink",
        _rejected("liveness.attempts_exhausted", "liveness.no_blink"),
        camera=Before.NO_BLINK,
    ),
    Scenario(
        "exception_two_officers",
        _APPROVED,
        camera=Before.NO_BLINK,
        script=Script.EXCEPTION_TWO_OFFICERS,
    ),
    Scenario(
        "exception_same_officer",
        _open(_STOPPED, "exception.same_officer"),
        camera=Before.NO_BLINK,
        script=Script.EXCEPTION_SAME_OFFICER,
    ),
    Scenario(
        "no_face",
        _rejected("liveness.attempts_exhausted", "liveness.no_face"),
        camera=Before.NO_FACE,
    ),
    Scenario(
        "two_faces",
        _rejected("liveness.attempts_exhausted", "liveness.second_face"),
        camera=Before.TWO_FACES,
    ),
    Scenario(
        "too_dark",
        _rejected("liveness.attempts_exhausted", "liveness.too_dark"),
        camera=Before.TOO_DARK,
    ),
    Scenario(
        "too_far",
        _rejected("liveness.attempts_exhausted", "liveness.face_too_small"),
        camera=Before.TOO_FAR,
    ),
    Scenario(
        "back_light",
        _rejected("liveness.attempts_exhausted", "liveness.back_light"),
        camera=Before.BACK_LIGHT,
    ),
    Scenario(
        "blur",
        _rejected("liveness.attempts_exhausted", "liveness.blurred"),
        camera=Before.BLUR,
    ),
    Scenario("camera_black", _open(_STOPPED, "camera_black"), camera=Before.BLACK),
    Scenario(
        "camera_virtual_device",
        _open(_STOPPED, "camera_unresponsive"),
        camera=Before.VIRTUAL_DEVICE,
    ),
    Scenario("low_rate", _APPROVED, camera=Before.LOW_RATE),
    Scenario("camera_lost", _open("camera_lost"), camera=Before.LOST),
    Scenario(
        "camera_unavailable",
        _open(_STOPPED, "camera_unavailable"),
        script=Script.CAMERA_UNAVAILABLE,
    ),
    Scenario("analysis_killed", _open("analysis_lost"), script=Script.KILL_ANALYSIS),
)

_KEYS = (
    # Everybody else in the demo holds a key of ГОСТ 34.10-2015 with 512 bits.
    Scenario("revoked", _rejected("signature.revoked"), customer=CustomerKey.REVOKED),
    Scenario("held", _rejected("signature.revoked"), customer=CustomerKey.HELD),
    Scenario(
        "revoked_in_delta_only",
        _rejected("signature.revoked"),
        customer=CustomerKey.REVOKED_LATELY,
        arrange=_authority(OcspMode.DOWN, CrlMode.NORMAL),
    ),
    Scenario("expired", _rejected("signature.expired"), customer=CustomerKey.EXPIRED),
    Scenario("approve_rsa", _APPROVED, customer=CustomerKey.RSA),
    Scenario("revoked_rsa", _rejected("signature.revoked"), customer=CustomerKey.RSA_REVOKED),
    # The policy retires this family on the last day of its last authority.
    Scenario(
        "retired_gost_2004",
        _open("signature.algorithm_too_weak"),
        customer=CustomerKey.LEGACY,
    ),
    Scenario("short_key", _open("signature.algorithm_too_weak"), customer=CustomerKey.SHORT_KEY),
    Scenario(
        "old_ncalayer",
        _APPROVED,
        arrange=_ncalayer_of(ReplyForm.COMMON_UTILS),
    ),
)

_SIGNATURE = (
    Scenario(
        "other_iin",
        _rejected("signature.iin_mismatch"),
        arrange=_ncalayer(NcaLayerMode.WRONG_CERTIFICATE),
    ),
    Scenario(
        "wrong_usage",
        _rejected("signature.wrong_key_usage"),
        customer=CustomerKey.WRONG_USAGE,
        arrange=_ncalayer(NcaLayerMode.SIGN, CustomerKey.WRONG_USAGE),
    ),
    Scenario(
        "tampered_cms",
        _rejected("signature.content_mismatch"),
        arrange=_ncalayer(NcaLayerMode.TAMPER),
    ),
    Scenario(
        "stale_nonce",
        _rejected("signature.content_mismatch"),
        arrange=_ncalayer(NcaLayerMode.STALE),
    ),
    Scenario(
        "ocsp_down_stale_crl",
        _open("signature.no_revocation_answer"),
        arrange=_authority(OcspMode.DOWN, CrlMode.STALE),
    ),
    Scenario(
        "ocsp_down_fresh_crl",
        _APPROVED,
        arrange=_authority(OcspMode.DOWN, CrlMode.NORMAL),
    ),
    Scenario("ncalayer_absent", _open(_STOPPED, "carrier_unreachable"), arrange=_not_running),
    Scenario(
        "customer_cancels",
        _open(_STOPPED, "carrier_cancelled"),
        arrange=_ncalayer(NcaLayerMode.CANCEL),
    ),
)

_STATION = (
    Scenario(
        "phone_of_another",
        _rejected("phone_owner.other_person"),
        arrange=_number_of_another,
    ),
    Scenario(
        "antifraud_hit",
        _rejected("antifraud.hit"),
        arrange=_registry(lambda record: replace(record, alert="hit")),
    ),
    Scenario(
        "registry_silent",
        _open("phone_owner.no_answer"),
        arrange=_registry(lambda record: replace(record, fault=RegistryFault.DOWN)),
    ),
    Scenario(
        "loan_refused_by_customer",
        _rejected("loan_refusal.active"),
        kind=OperationKind.LOAN_ISSUE,
        arrange=_registry(lambda record: replace(record, refusal="active")),
    ),
    Scenario("iin_checksum", _rejected("iin.checksum"), iin="920314400006"),
    Scenario("consent_refused", _rejected("consent.refused"), script=Script.REFUSE_CONSENT),
    Scenario("teller_aborts", _open(_STOPPED), script=Script.ABORT_IN_LIVENESS),
    Scenario("log_unwritable", Expected("", "log_unwritable"), script=Script.LOG_UNWRITABLE),
    Scenario(
        "supervisor_overrides_soft",
        _APPROVED,
        script=Script.OVERRIDE_SOFT,
        old_number_called=False,
    ),
    Scenario(
        "supervisor_waives_hard",
        _rejected("review.refused", "override.hard_check"),
        script=Script.WAIVE_HARD,
        old_number_called=False,
    ),
)

_ATTEMPTS = (
    Scenario(
        "three_failed_attempts",
        _rejected("liveness.attempts_exhausted", "liveness.interrupted"),
        script=Script.THREE_FAILURES,
    ),
)

SCENARIOS: tuple[Scenario, ...] = (
    *_STRAIGHT,
    *_FACE,
    *_ATTEMPTS,
    *_KEYS,
    *_SIGNATURE,
    *_STATION,
)

SAMPLE = Scenario("sample_key", _rejected("signature.iin_mismatch"))
"""The demo's customer signs with a published key of another test hierarchy.

The persons in those keys have numbers nobody can be issued, so that no session can be opened for
them: a sample key is always somebody else's, and what it is worth itself is among the findings.
"""


def scenario(name: str) -> Scenario | None:
    """Return the scenario of that name, if there is one."""
    return next((each for each in SCENARIOS if each.name == name), None)
