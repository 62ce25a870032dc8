import random
import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vision.observations import RECOMMENDED
from vision.liveness.challenge import issue_challenge, possible_orders
from vision.liveness.plan import TURNS
from vision.results import LivenessCommand


def test_three_commands_have_forty_two_orders_and_all_are_drawn():
    rng = random.Random(1)
    drawn = Counter(issue_challenge(settings=RECOMMENDED, rng=rng).commands for _ in range(4_000))
    assert set(drawn) == set(possible_orders(3))
    assert len(drawn) == 42
    assert min(drawn.values()) > 40  # expected 95 each: uniform, not merely possible


@given(st.integers())
def test_a_challenge_has_distinct_commands_a_turn_and_never_both_nods(seed):
    challenge = issue_challenge(settings=RECOMMENDED, rng=random.Random(seed))
    assert len(set(challenge.commands)) == len(challenge.commands) == 3
    assert TURNS & set(challenge.commands)
    assert not {LivenessCommand.LOOK_UP, LivenessCommand.LOOK_DOWN} <= set(challenge.commands)


@given(st.integers())
def test_pauses_are_within_bounds_and_the_nonce_has_128_bits_in_hex(seed):
    challenge = issue_challenge(settings=RECOMMENDED, rng=random.Random(seed))
    assert len(challenge.pauses_ms) == 3
    assert all(
        RECOMMENDED.pause_least_ms <= pause <= RECOMMENDED.pause_most_ms
        for pause in challenge.pauses_ms
    )
    assert len(challenge.nonce) == 32
    assert int(challenge.nonce, 16) < 1 << 128


@given(st.integers())
def test_the_next_attempt_never_asks_for_the_same_order(seed):
    rng = random.Random(seed)
    first = issue_challenge(settings=RECOMMENDED, rng=rng)
    second = issue_challenge(settings=RECOMMENDED, rng=rng, previous=first)
    assert first.commands != second.commands


def test_the_system_source_of_randomness_fits():
    rng = secrets.SystemRandom()
    nonces = {issue_challenge(settings=RECOMMENDED, rng=rng).nonce for _ in range(50)}
    assert len(nonces) == 50


@pytest.mark.parametrize(("commands", "orders"), [(3, 42), (4, 48)])
def test_every_length_that_settings_allow_can_be_drawn(commands, orders):
    assert len(possible_orders(commands)) == orders
