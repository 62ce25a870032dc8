"""Scenarios of the shipped operations beside the first three: each approved, and each refused."""

from dataclasses import replace

from workstation.registries.person import PersonStatus
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    STOPPED,
    change_person_record,
    change_registry_record,
    give_new_number_away,
    left_open,
    rejected,
)
from workstation.sandbox.scenarios.scenario import Scenario, Script

__all__ = ["OPERATIONS"]

_ALERT = change_registry_record(lambda record: replace(record, alert="hit"))
_VICTIM = change_registry_record(lambda record: replace(record, alert="victim"))
_DECEASED = change_person_record(lambda record: replace(record, status=PersonStatus.DECEASED))
_DAY = replace(APPROVED, wait_hours=24)

OPERATIONS = (
    Scenario("device_bound", APPROVED, kind="device_binding"),
    Scenario(
        "device_of_another",
        rejected("phone_owner.other_person"),
        kind="device_binding",
        arrange=give_new_number_away,
    ),
    Scenario("card_issued", APPROVED, kind="card_issue"),
    Scenario("card_of_the_dead", rejected("person.deceased"), kind="card_issue", arrange=_DECEASED),
    Scenario("limit_changed", APPROVED, kind="card_limit"),
    Scenario(
        "large_limit_alone",
        left_open(STOPPED, ""),
        kind="card_limit",
        typed=(("amount", "9 000 000"),),
    ),
    Scenario(
        "unblock_waits",
        _DAY,
        kind="unblock_after_antifraud",
        script=Script.OVERRIDE_FINDING,
    ),
    Scenario(
        "unblock_coached",
        rejected("questionnaire.concern"),
        kind="unblock_after_antifraud",
        answers=(("security_called", True),),
    ),
    Scenario(
        "unblock_told_by_phone",
        rejected("own_will.concern"),
        kind="unblock_after_antifraud",
        answers=(("told_what_to_do", True),),
    ),
    Scenario(
        "payment_to_a_safe_account",
        rejected("own_will.concern"),
        kind="large_payment",
        answers=(("safe_account", True),),
    ),
    Scenario("payment_to_a_new_payee", APPROVED, kind="large_payment"),
    Scenario(
        "payment_of_a_victim",
        rejected("antifraud.victim"),
        kind="large_payment",
        arrange=_VICTIM,
    ),
    Scenario("deposit_withdrawn", APPROVED, kind="deposit_withdrawal"),
    Scenario(
        "deposit_for_a_stranger",
        rejected("questionnaire.concern"),
        kind="deposit_withdrawal",
        answers=(("money_known", False),),
    ),
    Scenario("account_opened", APPROVED, kind="account_opening"),
    Scenario(
        "account_for_a_known_fraud",
        rejected("antifraud.hit"),
        kind="account_opening",
        arrange=_ALERT,
    ),
    Scenario("power_given", APPROVED, kind="power_of_attorney"),
    Scenario(
        "power_with_a_revoked_key",
        rejected("signature.revoked"),
        kind="power_of_attorney",
        customer=CustomerKey.REVOKED,
    ),
    Scenario("data_updated", APPROVED, kind="aml_update"),
    Scenario(
        "data_update_refused",
        rejected("consent.refused"),
        kind="aml_update",
        script=Script.REFUSE_CONSENT,
    ),
    Scenario(
        "cooling_off",
        replace(APPROVED, wait_hours=8),
        kind="loan_issue",
        typed=(("amount", "700 000"),),
    ),
    Scenario(
        "cooling_off_refused",
        rejected("loan_refusal.active"),
        kind="loan_issue",
        arrange=change_registry_record(lambda record: replace(record, refusal="active")),
    ),
)
