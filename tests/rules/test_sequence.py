"""Which values stand out of place."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.rules.sequence import out_of_order


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([], []),
        ([1], []),
        ([1, 2, 2, 3], []),
        ([2, 1], [1]),
        ([1, 9, 2, 3, 4], [1]),
        ([2, 3, 4, 1], [3]),
        ([1, 2, 4, 3, 5], [3]),
        ([1, 4, 3, 2, 5], [3]),  # the second and the fourth have changed places
        ([1, 5, 3, 4, 2, 6], [4]),
        ([2, 1, 4, 3], [1, 3]),
        ([6, 3, 3], [0]),
        ([3, 4, 1, 2], [2, 3]),
    ],
)
def test_only_what_breaks_the_order_is_named(values: list[int], places: list[int]) -> None:
    assert out_of_order(values) == places


@given(st.lists(st.integers(0, 6), max_size=9))
def test_as_few_as_explain_it(values: list[int]) -> None:
    longest = max(
        len(kept)
        for size in range(len(values) + 1)
        for kept in combinations(values, size)
        if list(kept) == sorted(kept)
    )
    places = out_of_order(values)
    left = [value for place, value in enumerate(values) if place not in places]
    if left == sorted(left):
        assert len(places) == len(values) - longest
    else:  # rows that have changed places are told once
        assert len(places) < len(values) - longest
