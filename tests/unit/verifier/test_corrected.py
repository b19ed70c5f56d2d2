"""What a certificate earned through readings that stood one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.domain.units import Wh
from wattcommons.errors import RuleError
from wattcommons.verifier.corrected import Earned, earned

pytestmark = pytest.mark.unit


def reading(made: int, used: int, quality: Quality = Quality.CORRECTED) -> Reading:
    return Reading(Wh(made), Wh(used), quality)


def split(own_use: int, sold: int, minted: int) -> CertificateSplit:
    return CertificateSplit(Wh(own_use), Wh(sold), Wh(minted))


def test_earned__more_sold_than_was_left__refused() -> None:
    with pytest.raises(RuleError):
        earned([reading(100, 50, Quality.MEASURED)], 51)


def test_earned__never_corrected__the_issue_alone() -> None:
    found = earned([reading(100, 20, Quality.MEASURED)], 30)
    assert (found, found.issued_wh, found.producers_wh) == (Earned(split(20, 30, 50)), 100, 50)


def test_earned__up_and_down__more_and_less() -> None:
    found = earned([reading(100, 20, Quality.MEASURED), reading(130, 0), reading(90, 0), reading(95, 0)], 30)
    assert (found.split, found.more_wh, found.less_wh) == (split(20, 30, 50), 35, 40)
    assert (found.issued_wh, found.producers_wh) == (135, 85)


@pytest.mark.parametrize("first", [reading(100, 20, Quality.ESTIMATED), reading(0, 20, Quality.MEASURED)])
def test_earned__nothing_at_first__issued_by_the_correction(first: Reading) -> None:
    assert earned([first, reading(60, 20)], 0).split == split(20, 0, 40)


def test_earned__issued_by_a_correction_that_found_less_than_was_sold__only_what_there_was() -> None:
    assert earned([reading(100, 0, Quality.ESTIMATED), reading(60, 20)], 90).split == split(20, 40, 0)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=6), st.integers(0, 300))
def test_earned__any_corrections__issued_less_what_is_gone_is_what_was_made(
    figures: list[tuple[int, int]], wanted: int
) -> None:
    first, *rest = figures
    readings = [reading(*first, Quality.MEASURED), *(reading(*one) for one in rest)]
    found = earned(readings, min(wanted, first[0] - min(first)))
    assert found.issued_wh - found.less_wh == readings[-1].production_wh
