"""The basis of a record names nobody and says all that the law tells people apart by."""

import hashlib
from dataclasses import replace

import pytest

from crypto.canonical_json import canonical_json
from crypto.report.policy import TimestampRule
from tests.support.station import sessions
from tests.support.station.operations import operation
from tests.support.station.sessions import facts, good_evidence, policy, reference
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.rules.people.signer import SIGNER_OF_BEFORE
from workstation.rules.reference import ReferenceSource
from workstation.session.alternative import WayAnswer, WayReason, WayRequest
from workstation.session.basis import describe_basis, digest_liveness, digest_signature
from workstation.session.evidence import Ending, EndingKind


def test_a_loan_is_described_by_bands_and_yes_or_no():
    evidence = replace(good_evidence("loan_issue"), subject=facts(age=22))

    assert describe_basis(policy(), evidence) == {
        "v": 3,
        "age": [21, 55],
        "amount": [75, 150],
        "mci": sessions.MCI_KZT,
        "facts": {
            "resident": True,
            "first_loan": False,
            "married": False,
            "channel": "branch",
            "old_number": None,
            "foreign_number": None,
            "currency": None,
        },
        "roles": ["customer"],
        "way": "",
        "photo": {"source": "registry", "age_days": 400},
        "ending": None,
        "cool_down_ms": 86_400_000,
        "liveness": digest_liveness(policy()),
        "signature": digest_signature(policy()),
    }


def test_an_amount_in_another_currency_or_of_a_year_without_index_has_no_band():
    loan = good_evidence("loan_issue")
    foreign = replace(loan, operation=operation("loan_issue", amount="1 USD"))
    without_index = replace(loan, subject=replace(facts(), mci_kzt=None))

    for evidence in (foreign, without_index):
        assert describe_basis(policy(), evidence)["amount"] is None


def test_a_document_is_described_by_what_was_found_and_never_by_its_last_day():
    evidence = replace(good_evidence(), reference=reference(ReferenceSource.CHIP))
    photo = describe_basis(policy(), evidence)["photo"]

    assert photo == {
        "source": "chip",
        "age_days": 400,
        "document": [True, "passed", "TOTAL_PASSED"],
    }


def test_an_early_end_is_named():
    evidence = replace(good_evidence(), ending=Ending(EndingKind.ABORT, "teller_aborted"))

    assert describe_basis(policy(), evidence)["ending"] == ["abort", "teller_aborted"]


@pytest.mark.parametrize("value", [1_990, "KAZ-012345678"])
def test_a_fact_that_could_be_somebodys_is_not_written(value):
    subject = replace(facts(), resident=value)

    with pytest.raises(AssertionError):
        describe_basis(policy(), replace(good_evidence(), subject=subject))


def test_digests_change_with_what_steers_an_attempt_and_not_with_what_is_judged_again():
    shipped = policy()

    def turned(name: str) -> str:
        table = tuple((each, value + (each == name)) for each, value in shipped.liveness)
        return digest_liveness(replace(shipped, liveness=table))

    assert turned("loop_ratio_ppm") == digest_liveness(shipped)
    assert turned("hold_ms") != digest_liveness(shipped)
    assert digest_signature(replace(shipped, minimum_rsa_bits=3072)) != digest_signature(shipped)
    stricter = replace(shipped.signer, start_tolerance_s=0)
    assert digest_signature(replace(shipped, signer=stricter)) != digest_signature(shipped)


def test_demands_that_no_earlier_policy_could_state_change_no_earlier_digest():
    before = replace(policy(), signer=SIGNER_OF_BEFORE, timestamp=TimestampRule.NONE)
    required = replace(before, timestamp=TimestampRule.REQUIRED)
    wanted = replace(before, timestamp=TimestampRule.WANTED)

    # As records were written before these demands could be stated.
    stated = {
        "carrier": before.carrier.value,
        "identification": before.identification.value,
        "last_days": {family: day.isoformat() for family, day in before.last_days},
        "ages": [before.ocsp_max_age_s, before.crl_max_age_s, before.ca_crl_max_age_s],
        "clock_tolerance_s": before.clock_tolerance_s,
        "minimum_rsa_bits": before.minimum_rsa_bits,
    }
    assert digest_signature(before) == hashlib.sha256(canonical_json(stated)).hexdigest()[:16]
    assert digest_signature(wanted) == digest_signature(before)
    assert digest_signature(required) != digest_signature(before)


def test_what_nobody_knows_is_named_as_unknown_and_a_currency_by_its_code():
    loan = good_evidence("loan_issue")
    unknown = replace(loan, subject=replace(facts(), age=None))
    assert describe_basis(policy(), unknown)["age"] is None
    dollars = replace(loan, subject=replace(facts(), currency="USD"))
    assert describe_basis(policy(), dollars)["facts"]["currency"] == "USD"


def test_the_way_in_the_place_of_the_commands_is_named_while_it_is_asked_for_and_afterwards():
    asked = WayRequest(LivenessWay.PALM, WayReason.COMMANDS_FAILED, "ab" * 16)
    assert describe_basis(policy(), replace(good_evidence(), way=asked))["way"] == "palm"
    answer = WayAnswer(
        LivenessWay.PALM, CheckStatus.PASSED, "palm.same", "P-1", "ab" * 16, "cd" * 32, "ef" * 32
    )
    answered = replace(good_evidence(), way_answers=(answer,))
    assert describe_basis(policy(), answered)["way"] == "palm"
