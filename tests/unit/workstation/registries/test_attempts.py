"""No bytes whatever make the register of attempts raise or count what was not said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.registries.attempts import AttemptEvent, AttemptRegistry, AttemptTally

IIN = "920314400005"


class Scripted:
    """An endpoint whose answer is chosen, with the question's own id where it says ID."""

    def __init__(self, answer):
        self.answer = answer
        self.questions = []

    def clock_ms(self):
        return 0

    def post(self, path, question, request_id, _form, _cancelled):
        self.questions.append((path, json.loads(question)))
        return None if self.answer is None else self.answer.replace(b"ID", request_id.encode())


def count(answer):
    return AttemptRegistry(Scripted(answer)).count(IIN, 5)


def test_the_question_says_who_and_since_when():
    endpoint = Scripted(b'{"request_id":"ID","refusals":2,"lifted":false}')

    assert AttemptRegistry(endpoint).count(IIN, 5) == AttemptTally(2, lifted=False)
    ((path, question),) = endpoint.questions
    assert (path, question["iin"], question["since_ms"]) == ("/attempts/count", IIN, "5")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b'{"request_id":"other","refusals":2,"lifted":false}',
        b'{"request_id":"ID","refusals":2}',
        b'{"request_id":"ID","refusals":"2","lifted":false}',
        b'{"request_id":"ID","refusals":-1,"lifted":false}',
        b'{"request_id":"ID","refusals":100001,"lifted":false}',
        b'{"request_id":"ID","refusals":1,"refusals":0,"lifted":false}',
        b'{"request_id":"ID","refusals":1,"lifted":false,"note":1}',
    ],
)
def test_what_is_not_the_answer_is_none(answer):
    assert count(answer) is None


def test_an_event_is_taken_by_one_word_only():
    def report(answer):
        registry = AttemptRegistry(Scripted(answer))
        return registry.report(IIN, AttemptEvent.REFUSED, 5, "e1")

    assert report(b'{"request_id":"ID","recorded":"yes"}')
    assert not report(b'{"request_id":"ID","recorded":"no"}')
    assert not report(b'{"request_id":"ID"}')


@given(st.binary(max_size=200))
def test_any_bytes_are_no_answer_or_a_count(untrusted):
    assert count(untrusted) is None or count(untrusted).refusals >= 0
