"""The digest that binds a face to the statement: what it covers, and what it does not."""

from dataclasses import replace

import pytest

from tests.support.station import sessions
from vision.results import ModelReference
from workstation.rules.reference import ReferenceSource
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.exception import (
    ExceptionPhoto,
    ExceptionReason,
    ExceptionRequest,
    OfficerApproval,
)

GOOD = sessions.good_evidence()
LIVE = GOOD.attempts[0]
REQUEST = ExceptionRequest(ExceptionReason.NO_SET_FITS, "the customer cannot turn the head")
PHOTO = ExceptionPhoto("12" * 32, simulated=True)
APPROVAL = OfficerApproval("S-0031", "has known the customer for years", "12" * 32)


def digest(evidence=GOOD, live=LIVE, compared=None):
    return biometric_sha256(evidence, live, compared or sessions.match())


def test_the_same_evidence_has_the_same_digest():
    assert digest() == digest()


@pytest.mark.parametrize(
    "live",
    [
        replace(LIVE, challenge=replace(LIVE.challenge, nonce="22" * 16)),
        replace(LIVE, attempt=2),
        replace(LIVE, commands=LIVE.commands[:2]),
        replace(LIVE, commands=(replace(LIVE.commands[0], frame_sha256="00" * 32),)),
        replace(LIVE, signals=(replace(LIVE.signals[0], value_ppm=1),)),
        replace(LIVE, signals=()),
        replace(LIVE, models=(ModelReference("match", "model.onnx", "56" * 32),)),
    ],
)
def test_it_covers_the_attempt(live):
    assert digest(live=live) != digest()


@pytest.mark.parametrize(
    "change",
    [
        {"distance_ppm": 310_001},
        {"match_threshold_ppm": 400_001},
        {"probe_sha256": "00" * 32},
        {"reference_sha256": "00" * 32},
        {"models": (ModelReference("match", "model.onnx", "56" * 32),)},
    ],
)
def test_it_covers_the_comparison(change):
    assert digest(compared=replace(sessions.match(), **change)) != digest()


REVIEWED = replace(GOOD, comparison=sessions.review())
EXCEPTION = replace(GOOD, exception_request=REQUEST, exception_photo=PHOTO, approvals=(APPROVAL,))


@pytest.mark.parametrize(
    "other",
    [
        replace(GOOD, session="0" * 30),
        REVIEWED,
        replace(REVIEWED, comparison=sessions.review(officer="S-0032")),
        replace(REVIEWED, comparison=sessions.review(ComparisonAnswer.DIFFERENT)),
        replace(
            REVIEWED,
            comparison=replace(sessions.review(), reason=ComparisonReason.OLDER_PHOTO),
        ),
        replace(REVIEWED, comparison=replace(sessions.review(), words="the ears and the brows")),
        EXCEPTION,
        replace(EXCEPTION, exception_photo=None),
        replace(EXCEPTION, approvals=()),
        replace(EXCEPTION, exception_request=replace(REQUEST, words="the customer has no sight")),
    ],
)
def test_it_covers_the_session_the_review_and_the_exception(other):
    everything = {digest(each) for each in (GOOD, REVIEWED, EXCEPTION, other)}

    assert len(everything) == (3 if other in (REVIEWED, EXCEPTION) else 4)


def test_the_case_knows_where_its_photo_is_from_once_there_is_one():
    assert replace(GOOD, reference=None).facts.reference_source is None
    assert GOOD.facts.reference_source is ReferenceSource.REGISTRY
    assert replace(GOOD.facts, reference_source=None) == GOOD.subject
