"""Power added up to an index: exact while samples follow each other, silent where they do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.power_meter import PowerState, integrate

pytestmark = pytest.mark.unit


def test_integrate__sample_not_later__tells_nothing() -> None:
    assert integrate(PowerState(1_000, 50), 1_000, 80, 60_000) is None


def test_integrate__samples_too_far_apart__nothing_made_up() -> None:
    found = integrate(PowerState(0, 5_000, 7), 60_001, 80, 60_000)
    assert found is not None
    assert (found.broken, found.state) == (True, PowerState(60_001, 80, 7))


def test_integrate__one_kw_for_a_minute__sixteen_and_two_thirds_wh() -> None:
    found = integrate(PowerState(0, 1_000), 60_000, 0, 60_000)
    assert found is not None
    assert (found.broken, found.state.index) == (False, 16_666)


@given(st.lists(st.tuples(st.integers(1, 60_000), st.integers(0, 36_000)), min_size=1))
def test_integrate__any_samples__index_is_the_sum_cut_off_once(samples: list[tuple[int, int]]) -> None:
    state, at, exact = PowerState(0, 0), 0, 0
    for wait, power in samples:
        exact += state.power_w * wait
        at += wait
        found = integrate(state, at, power, 60_000)
        assert found is not None
        state = found.state
    assert state.index == exact // 3_600
