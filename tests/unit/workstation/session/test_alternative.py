"""When another way speaks against the customer, so that the next session has to wait."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.session.alternative import REFUSING, has_failed_way

PALM = sessions.other_way_evidence(LivenessWay.PALM).way_answers[0]
VIDEO = sessions.other_way_evidence(LivenessWay.VIDEO_IDENTIFICATION).way_answers[0]
NO_MATCH = replace(PALM, status=CheckStatus.FAILED, reason="palm.no_match")
NOT_FOUND = replace(VIDEO, status=CheckStatus.FAILED, reason="video_identification.not_found")
UNSEEN = replace(PALM, status=CheckStatus.INDETERMINATE, reason="palm.bad_capture")


@pytest.mark.parametrize("reason", sorted(REFUSING))
def test_somebody_else_counts_at_once(reason):
    assert has_failed_way((replace(PALM, status=CheckStatus.FAILED, reason=reason),))


def test_a_way_that_failed_as_often_as_it_may_but_once_counts():
    assert not has_failed_way((NO_MATCH,))
    assert has_failed_way((NO_MATCH, NO_MATCH))
    assert has_failed_way((NO_MATCH, UNSEEN, NO_MATCH))


def test_failures_of_two_ways_are_not_added_up():
    assert not has_failed_way((NO_MATCH, NOT_FOUND))


def test_what_says_nothing_about_the_customer_costs_nothing():
    assert not has_failed_way(())
    assert not has_failed_way((PALM, VIDEO))
    assert not has_failed_way((UNSEEN, UNSEEN, UNSEEN))
