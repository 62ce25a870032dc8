from tests.support.station.log import ToldClock
from workstation.verification.retry import Retry


def test_nobody_is_waited_for_before_a_question():
    retry = Retry(ToldClock())

    assert (retry.since_ms, retry.again_ms, retry.due) == (None, 0, False)


def test_a_question_under_way_is_never_due():
    clock = ToldClock()
    retry = Retry(clock)
    retry.begin()
    clock.tick(3_600_000)

    assert not retry.due


def test_pauses_double_up_to_half_a_minute():
    clock = ToldClock()
    retry = Retry(clock)
    pauses = []
    for _ in range(6):
        retry.begin()
        retry.pause()
        pauses.append(retry.again_ms - clock.wall_ms())
        clock.tick(pauses[-1] - 1)
        assert not retry.due
        clock.tick(1)
        assert retry.due

    assert pauses == [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]


def test_a_wall_clock_that_is_set_back_delays_no_question():
    clock = ToldClock()
    retry = Retry(clock)
    retry.begin()
    retry.pause()
    clock.tick(2_000)
    clock.wall -= 3_600_000

    assert retry.due


def test_after_the_answer_the_next_wait_begins_anew():
    clock = ToldClock()
    retry = Retry(clock)
    for _ in range(3):
        retry.begin()
        retry.pause()
    retry.end()
    retry.begin()
    retry.pause()

    assert (retry.since_ms, retry.again_ms - clock.wall_ms()) == (clock.wall_ms(), 2_000)
