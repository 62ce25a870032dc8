from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.templates import cosine_distance, mean_template

FIRST = (1.0, *(0.0,) * 127)
SECOND = (0.0, 1.0, *(0.0,) * 126)


def templates():
    numbers = st.lists(st.floats(-1, 1), min_size=128, max_size=128)
    return numbers.filter(lambda each: hypot(*each) > 0.1).map(
        lambda each: tuple(value / hypot(*each) for value in each)
    )


@given(templates(), templates())
def test_the_distance_is_symmetric_zero_to_itself_and_at_most_two(first, other):
    assert cosine_distance(first, first) == pytest.approx(0, abs=1e-9)
    assert cosine_distance(first, other) == cosine_distance(other, first)
    assert -1e-9 <= cosine_distance(first, other) <= 2 + 1e-9


@given(templates(), templates())
def test_the_mean_has_length_one_and_is_as_near_to_either(first, other):
    mean = mean_template([first, other])
    if hypot(*(a + b for a, b in zip(first, other, strict=True))) > 0.1:
        assert hypot(*mean) == pytest.approx(1)
        assert cosine_distance(mean, first) == pytest.approx(cosine_distance(mean, other))


def test_the_mean_does_not_depend_on_the_length_of_a_template():
    longer = tuple(5 * value for value in SECOND)
    assert mean_template([FIRST, longer]) == pytest.approx(mean_template([FIRST, SECOND]))


def test_a_template_without_a_direction_is_no_error():
    nothing = (0.0,) * 128
    assert mean_template([nothing]) == nothing
    assert mean_template([nothing, FIRST]) == FIRST
