"""Every code that the log can hold has words: read off the calls that write them."""

import pytest

from resources import LANGUAGES
from tests.support.station.log_codes import (
    written_kinds,
    written_members,
    written_reasons,
    written_steps,
)
from workstation.documents.texts import Texts
from workstation.log_index.words import find_code
from workstation.session.decision import Outcome

TEXTS = [Texts(language) for language in LANGUAGES]


def missing(codes):
    return sorted(code for code in codes if not all(texts.has(code) for texts in TEXTS))


def test_every_kind_of_entry_has_words():
    kinds = written_kinds()

    assert {"session.open", "verify.result", "review", "log.export", "witness.alarm"} <= kinds
    assert missing(f"entry.{kind}" for kind in kinds) == []


def test_every_step_of_a_session_has_words():
    steps = written_steps()

    assert {"aborted", "consent.refused", "deadline", "match", "parked", "fault"} <= steps
    assert missing(f"outcome.{step}" for step in steps) == []


def test_every_act_and_outcome_has_words():
    acts = written_members("act")

    assert {"override", "refuse", "comparison", "exception", "second_look"} <= acts
    assert missing(f"outcome.{each}" for each in (*acts, *Outcome)) == []


@pytest.mark.parametrize("texts", TEXTS, ids=LANGUAGES)
def test_every_reason_of_an_entry_has_words(texts):
    reasons = written_reasons()

    assert {"signed_out", "another_operator", "interrupted", "lifted", "way.no_photo"} <= reasons
    assert [each for each in sorted(reasons) if not find_code(texts, each)] == []
