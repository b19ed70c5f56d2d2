"""Who supplied whom, and fills as bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.unit.domain.books import Market, markets, vectors
from wattcommons.domain.auction import clear
from wattcommons.domain.fills import Fill, pack_fills, unpack_fills
from wattcommons.domain.supply_lines import SupplyLine, overlap, supply_lines
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.unit, pytest.mark.fuzz]

LINES = vectors("lines.json")


def fills_of(case: dict[str, Any]) -> tuple[Fill, ...]:
    return tuple(Fill(**fill) for fill in case["fills"])


@pytest.mark.parametrize("case", LINES["refused"], ids=lambda case: case["name"])
def test_supply_lines__fills_that_do_not_cover_the_line__refused(case: dict[str, Any]) -> None:
    with pytest.raises(RuleError, match="give all fills of the interval"):
        supply_lines(fills_of(case))


@pytest.mark.parametrize(
    ("participant", "wh", "offset"),
    [(0, 1, 0), (1, 0, 0), (1, 16_777_216, 0), (1, -16_777_216, 0), (1, 1, -1), (1, 1, 2**40)],
)
def test_fill__out_of_range__refused(participant: int, wh: int, offset: int) -> None:
    with pytest.raises(RuleError):
        Fill(participant, wh, offset)


def test_unpack_fills__broken_length__refused() -> None:
    with pytest.raises(RuleError, match="packed fills have 14 bytes"):
        unpack_fills(bytes(14))


@pytest.mark.parametrize("case", LINES["cases"], ids=lambda case: case["name"])
def test_supply_lines__fills_by_hand__lines_by_hand(case: dict[str, Any]) -> None:
    assert supply_lines(fills_of(case)) == tuple(SupplyLine(**line) for line in case["lines"])


@pytest.mark.parametrize("case", LINES["cases"], ids=lambda case: case["name"])
def test_pack_fills__fills_by_hand__bytes_by_hand_and_back(case: dict[str, Any]) -> None:
    packed = bytes.fromhex(case["packed"][2:])
    assert pack_fills(fills_of(case)) == packed
    assert unpack_fills(packed) == fills_of(case)


def test_pack_fills__largest_values__fit() -> None:
    fill = Fill(2**32 - 1, -16_777_215, 2**40 - 1)
    assert pack_fills([fill]).hex() == "ffffffff" + "ff000001" + "ffffffffff"
    assert unpack_fills(pack_fills([fill])) == (fill,)


@given(markets())
def test_supply_lines__any_clearing__account_for_every_wh(market: Market) -> None:
    result = clear(market.book, market.floor, market.ceiling)
    lines = supply_lines(result.fills)
    assert len(lines) <= max(len(result.fills) - 1, 0)
    assert all(line.wh > 0 for line in lines)
    for fill in result.fills:
        parts = [line.wh for line in lines if fill.participant in (line.seller, line.buyer)]
        assert sum(parts) == abs(fill.wh)
    assert [line.offset for line in lines] == [sum(line.wh for line in lines[:n]) for n in range(len(lines))]


@given(markets())
def test_overlap__two_fills__the_same_line(market: Market) -> None:
    fills = clear(market.book, market.floor, market.ceiling).fills
    pairs = [overlap(one, other) for one in fills for other in fills if one.wh > 0]
    assert sorted(line for line in pairs if line) == sorted(supply_lines(fills))


def test_overlap__either_order__same_line() -> None:
    seller, buyer = Fill(12, 180, 320), Fill(5, -400, 0)
    assert overlap(seller, buyer) == overlap(buyer, seller) == SupplyLine(12, 5, 80, 320)
    assert overlap(seller, Fill(20, -100, 500)) is None
    assert overlap(seller, seller) is None
