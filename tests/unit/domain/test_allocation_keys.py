from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.allocation_keys import allocation_keys
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit


def test_keys__more_supplied_than_injected__refused() -> None:
    with pytest.raises(RuleError, match="11 Wh are supplied of 10 Wh"):
        allocation_keys({2: 11}, 10)


def test_keys__negative_supply__refused() -> None:
    with pytest.raises(RuleError):
        allocation_keys({2: -1, 3: 2}, 10)


@pytest.mark.parametrize("decimals", [-1, 7])
def test_keys__impossible_decimals__refused(decimals: int) -> None:
    with pytest.raises(RuleError, match="0 to 6"):
        allocation_keys({2: 1}, 10, decimals)


def test_keys__nothing_injected__all_zero() -> None:
    assert allocation_keys({2: 0, 3: 0}, 0) == {2: 0, 3: 0}


def test_keys__three_equal_thirds__the_lowest_index_gets_the_last_unit() -> None:
    assert allocation_keys({4: 1, 3: 1, 5: 1}, 3) == {3: 3_334, 4: 3_333, 5: 3_333}


def test_keys__part_to_the_grid__has_no_key() -> None:
    assert allocation_keys({2: 250, 3: 250}, 1_000) == {2: 2_500, 3: 2_500}


def test_keys__largest_remainder__comes_first() -> None:
    # 14.285… % and 28.571… %: together 42.857… %, of which 42 whole ones in units of a percent
    assert allocation_keys({2: 1, 3: 2}, 7, 0) == {2: 14, 3: 28}
    assert allocation_keys({2: 1, 3: 2, 4: 4}, 7, 0) == {2: 14, 3: 29, 4: 57}


@given(
    st.dictionaries(st.integers(1, 50), st.integers(0, 10_000), max_size=12), st.integers(0, 10_000), st.integers(0, 6)
)
def test_keys__any_supply__never_above_100_and_never_a_unit_away(
    supplied: dict[int, int], unsold: int, decimals: int
) -> None:
    injected = sum(supplied.values()) + unsold
    keys = allocation_keys(supplied, injected, decimals)
    whole = 100 * 10**decimals
    assert sum(keys.values()) <= whole
    if injected:
        assert sum(keys.values()) == sum(supplied.values()) * whole // injected
        assert all(abs(keys[one] * injected - wh * whole) < injected for one, wh in supplied.items())
        assert all(not keys[one] for one, wh in supplied.items() if not wh)
    if injected and not unsold:
        assert sum(keys.values()) == whole
