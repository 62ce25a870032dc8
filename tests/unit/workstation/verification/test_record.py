from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.support.station import sessions
from vision.liveness.signals.signals import INTERRUPTED
from vision.results import MatchVerdict, PadVerdict
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus
from workstation.session.alternative import WayAnswer
from workstation.session.evidence import Ending, EndingKind
from workstation.verification.record import has_failed_face

BONA_FIDE = sessions.attempt()
UNDECIDED = sessions.attempt(PadVerdict.UNDECIDED)
ATTACK = sessions.attempt(PadVerdict.ATTACK)
CUT_OFF = replace(UNDECIDED, reason=INTERRUPTED)
LEFT = Ending(EndingKind.ABORT, "aborted")
BAD_PALM = WayAnswer(LivenessWay.PALM, CheckStatus.FAILED, "palm.not_matched", "", "", "", "")
OTHER_PALM = replace(BAD_PALM, reason="palm.other_person")
BROKEN = Ending(EndingKind.FAULT, "analysis_lost")


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({}, False),
        ({"attempts": (), "match": None}, False),
        ({"attempts": (ATTACK,), "match": None}, True),
        ({"attempts": (UNDECIDED,), "match": None}, False),
        ({"attempts": (UNDECIDED, UNDECIDED), "match": None}, False),
        ({"attempts": (UNDECIDED,) * 3, "match": None}, True),
        ({"attempts": (UNDECIDED,), "earlier": 2, "match": None}, True),
        ({"attempts": (UNDECIDED, UNDECIDED), "match": None, "ending": LEFT}, True),
        ({"attempts": (UNDECIDED,), "earlier": 1, "match": None, "ending": LEFT}, True),
        ({"attempts": (UNDECIDED,), "match": None, "ending": LEFT}, False),
        ({"attempts": (UNDECIDED, UNDECIDED), "match": None, "ending": BROKEN}, False),
        ({"attempts": (CUT_OFF, UNDECIDED), "match": None, "ending": LEFT}, False),
        ({"attempts": (CUT_OFF,) * 3, "match": None}, False),
        ({"match": sessions.match(MatchVerdict.NON_MATCH)}, True),
        ({"match": sessions.match(MatchVerdict.UNDECIDED)}, False),
        ({"attempts": (), "match": None, "way_answers": (BAD_PALM,)}, False),
        ({"attempts": (), "match": None, "way_answers": (BAD_PALM, BAD_PALM)}, True),
        ({"attempts": (), "match": None, "way_answers": (OTHER_PALM,)}, True),
    ],
)
def test_only_a_false_person_used_up_attempts_and_another_face_are_failures(changed, failed):
    usual = {"attempts": (BONA_FIDE,), "earlier": 0, "match": sessions.match(), "ending": None}
    usual |= {"way_answers": ()}

    assert has_failed_face(SimpleNamespace(**(usual | changed)), attempts_max=3) is failed
