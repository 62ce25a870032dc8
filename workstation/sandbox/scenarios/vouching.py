"""Scenarios of who vouches for the face, and of what else has to be in order."""

from dataclasses import replace
from datetime import date

from vision.camera.simulated import SimulatedVariant as Before
from workstation.registries.person import PersonStatus
from workstation.sandbox.pki.crl_writer import CrlMode
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    NO_PORTRAIT,
    STOPPED,
    change_person_record,
    change_policy,
    employ_customer,
    end_policy,
    give_old_number_away,
    left_open,
    refused,
    rejected,
    remember_under_another_iin,
    remove_authority,
    set_face_authority,
    set_revocation,
)
from workstation.sandbox.scenarios.scenario import Scenario, Script
from workstation.sandbox.services.face_authority import ComparisonFault
from workstation.sandbox.services.person_registry import PersonFault

__all__ = ["VOUCHING"]

_VOUCHING = (
    # An impostor with the customer's key, before the camera and in the photo that is offered.
    Scenario(
        "self_reference",
        rejected("reference.live_person"),
        camera=Before.OTHER_PERSON,
        script=Script.TAKE_SELF_AS_DOCUMENT,
        arrange=NO_PORTRAIT,
    ),
    # What only the teller vouches for waits for a second person, who does not come.
    Scenario(
        "foreign_reference_file",
        left_open(STOPPED),
        camera=Before.OTHER_PERSON,
        script=Script.OFFER_FOREIGN_FILE,
        arrange=NO_PORTRAIT,
    ),
    Scenario(
        "file_not_allowed",
        left_open(STOPPED, "reference.source_not_allowed"),
        kind="app_registration",
        arrange=NO_PORTRAIT,
    ),
    *(
        Scenario(
            f"portrait_{name}",
            left_open(STOPPED, reason),
            kind="app_registration",
            arrange=change_person_record(change),
        )
        for name, reason, change in (
            (
                "without_face",
                "reference.no_face",
                lambda record: replace(record, fault=PersonFault.NO_FACE),
            ),
            (
                "of_two",
                "reference.several_faces",
                lambda record: replace(record, fault=PersonFault.TWO_FACES),
            ),
            (
                "too_old",
                "reference.too_old",
                lambda record: replace(record, taken=date(2010, 1, 1)),
            ),
        )
    ),
    Scenario(
        "portrait_from_the_future",
        left_open("person.future_photo"),
        arrange=change_person_record(
            lambda record: replace(record, fault=PersonFault.FUTURE_PHOTO)
        ),
    ),
    Scenario(
        "customer_deceased",
        rejected("person.deceased"),
        arrange=change_person_record(lambda record: replace(record, status=PersonStatus.DECEASED)),
    ),
    Scenario(
        "document_expired",
        rejected("person.document_expired"),
        arrange=change_person_record(lambda record: replace(record, valid_until=date(2020, 1, 1))),
    ),
)

_AUTHORITY = (
    Scenario(
        "loan_without_authority",
        left_open("authority.not_configured"),
        kind="loan_issue",
        prepare=remove_authority,
    ),
    Scenario(
        "registration_without_authority",
        left_open("authority.not_configured"),
        kind="app_registration",
        prepare=remove_authority,
    ),
    *(
        Scenario(
            f"authority_{fault.value}",
            expected,
            kind="app_registration",
            arrange=set_face_authority(fault),
        )
        for fault, expected in (
            (ComparisonFault.BELOW, rejected("authority.below")),
            (ComparisonFault.NO_MATCH, rejected("authority.no_match")),
            (ComparisonFault.SILENT, left_open(STOPPED, "authority.no_answer")),
            (ComparisonFault.OTHER_NONCE, left_open("authority.other_nonce")),
            (ComparisonFault.OTHER_IIN, left_open("authority.other_iin")),
            (ComparisonFault.MALFORMED, left_open("authority.malformed")),
        )
    ),
    Scenario(
        "authority_replayed",
        left_open("authority.replayed"),
        kind="app_registration",
        script=Script.REPLAY_THE_AUTHORITY,
    ),
)

_FINDINGS = (
    # Soft ones wait for a supervisor, who looks into them; silent ones are read in the log later.
    Scenario(
        "old_number_of_other",
        rejected("review.refused"),
        script=Script.REFUSE_FINDING,
        arrange=give_old_number_away,
    ),
    Scenario(
        "other_name",
        rejected("review.refused"),
        script=Script.REFUSE_FINDING,
        arrange=change_person_record(
            lambda record: replace(record, name="Каримова Динара Болатқызы")
        ),
    ),
    Scenario(
        "young_key",
        APPROVED,
        script=Script.OVERRIDE_FINDING,
        # The sandbox's certificates are a month old.
        prepare=change_policy(lambda policy: replace(policy, key_age_hours=31 * 24)),
    ),
    Scenario("teller_is_customer", APPROVED, prepare=employ_customer),
    Scenario("same_face_two_iin", APPROVED, prepare=remember_under_another_iin),
)

_BEGIN = (
    Scenario(
        "authority_lists_stale",
        refused("begin.lists_missing"),
        arrange=set_revocation(OcspMode.DOWN, CrlMode.STALE),
    ),
    Scenario("policy_ended_overnight", refused("begin.policy_ended"), prepare=end_policy),
    Scenario(
        "log_broken_at_the_counter",
        refused("begin.log_broken", log_ok=False),
        script=Script.BREAK_THE_LOG,
    ),
)

VOUCHING: tuple[Scenario, ...] = (*_VOUCHING, *_AUTHORITY, *_FINDINGS, *_BEGIN)
