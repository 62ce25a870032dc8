from dataclasses import replace

import pytest

from tests.support.station import sessions
from workstation.session.comparison import ComparisonAnswer, ComparisonReason, confirms

MATCH = sessions.match()
REVIEW = sessions.review()


def test_another_person_who_explains_confirms_both_photos():
    assert confirms(REVIEW, MATCH, sessions.TELLER)


def test_nobody_confirms_nothing():
    assert not confirms(None, MATCH, sessions.TELLER)


@pytest.mark.parametrize(
    "change",
    [
        {"answer": ComparisonAnswer.DIFFERENT},
        {"reason": ComparisonReason.FEATURES_DIFFER},
        {"officer": ""},
        {"officer": "  "},
        {"officer": sessions.TELLER},
        {"officer": sessions.TELLER.lower()},
        {"officer": "\uff34-004217"},
        {"words": ""},
        {"words": "1234567890 12345 67890"},
        {"words": "fourteen abcdef"},
        {"probe_sha256": "00" * 32},
        {"reference_sha256": "00" * 32},
        {"probe_sha256": "cd" * 32, "reference_sha256": "ef" * 32},
    ],
)
def test_what_breaks_a_rule_confirms_nothing(change):
    assert not confirms(replace(REVIEW, **change), MATCH, sessions.TELLER)


@pytest.mark.parametrize(
    "reason", [each for each in ComparisonReason if each is not ComparisonReason.FEATURES_DIFFER]
)
def test_every_reason_for_one_person_counts_with_fifteen_letters(reason):
    fifteen = replace(REVIEW, reason=reason, words="fifteen letters w")

    assert confirms(fifteen, MATCH, sessions.TELLER)
