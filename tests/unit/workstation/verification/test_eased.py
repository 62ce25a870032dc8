from dataclasses import replace

import pytest

import resources
from vision.results import Accommodation, AccommodationReason
from workstation.rules.policy_file import read_policy
from workstation.verification.biometrics import Eased

POLICY = read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())
KIND = "change_trusted_phone"
NO_TURN, NO_BLINK = Accommodation.WITHOUT_TURNING, Accommodation.WITHOUT_BLINKING
WISH = AccommodationReason.CUSTOMER_WISH


def test_nothing_eased_is_always_allowed_and_leaves_no_fact():
    assert Eased().is_allowed(replace(POLICY, accommodations=()), KIND)
    assert Eased(reason=WISH).facts() == {}


@pytest.mark.parametrize("each", Accommodation)
def test_the_shipped_policy_allows_every_accommodation_with_a_reason(each):
    assert Eased((each,), WISH).is_allowed(POLICY, KIND)
    assert not Eased((each,)).is_allowed(POLICY, KIND)


def test_one_that_the_policy_leaves_out_is_refused_in_any_company():
    strict = replace(POLICY, accommodations=(NO_TURN,))
    assert Eased((NO_TURN,), WISH).is_allowed(strict, KIND)
    assert not Eased((NO_TURN, NO_BLINK), WISH).is_allowed(strict, KIND)


def test_an_operation_that_offers_no_accessible_set_is_not_eased():
    def bare(each):
        return replace(each, required=tuple(replace(item, any_of=()) for item in each.required))

    barred = replace(POLICY, operations=tuple(bare(each) for each in POLICY.operations))
    assert not Eased((NO_TURN,), WISH).is_allowed(barred, KIND)
    assert Eased().is_allowed(barred, KIND)
