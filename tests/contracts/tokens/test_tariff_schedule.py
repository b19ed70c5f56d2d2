"""Bands, dated defaults and single intervals of the tariff."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.tokens.kit import LEAD_S, LENGTH_S, Stage, unauthorized
from tests.support.devnet import rpc
from wattcommons.domain.tariff_schedule import TariffSchedule
from wattcommons.domain.tariffs import Tariff

pytestmark = pytest.mark.contracts

LIMIT = 1_000_000_000
LAST = 2**32 - 1
FIRST_BAND = [250_000, 100_000, 40_000]


def prices(stage: Stage, interval: int) -> list[int]:
    return list(stage.see("TariffSchedule.pricesAt", interval))


def band(stage: Stage, retail: int) -> int:
    """A new band's number; only its retail price matters here."""
    stage.do("TariffSchedule.addBand", retail, 0, 0, by="operator")
    return int(stage.see("TariffSchedule.bandCount"))


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("price", [LIMIT + 1, -LIMIT - 1, 2**31 - 1, -(2**31)])
def test_add_band__price_out_of_range__reverts(stage: Stage, position: int, price: int) -> None:
    triple = [0, 0, 0]
    triple[position] = price
    refused = stage.refused("TariffSchedule.addBand", *triple, by="operator")
    assert refused == ("TariffPriceOutOfRange", price, LIMIT)


@pytest.mark.parametrize("code", [0, 2, 65_535])
def test_set_default__unknown_band__reverts(stage: Stage, code: int) -> None:
    assert stage.refused("TariffSchedule.setDefault", code, LAST, by="operator") == ("TariffBandUnknown", code, 1)


@pytest.mark.parametrize("code", [0, 2, 65_535])
def test_band_info__unknown_band__reverts(stage: Stage, code: int) -> None:
    assert stage.refused("TariffSchedule.bandInfo", code, by="stranger") == ("TariffBandUnknown", code, 1)


@pytest.mark.parametrize("position", [0, 1, 15, 16, 17])
def test_schedule__unknown_band_anywhere__reverts(stage: Stage, position: int) -> None:
    codes = [1] * 18
    codes[position] = 2
    refused = stage.refused("TariffSchedule.schedule", stage.first, codes, by="operator")
    assert refused == ("TariffBandUnknown", 2, 1)


@pytest.mark.parametrize(
    ("function", "arguments"), [("setDefault", lambda i: (1, i)), ("schedule", lambda i: (i, [1]))]
)
def test_changes__gate_closed__revert_to_the_second(stage: Stage, function: str, arguments: Any) -> None:
    gate = stage.first * LENGTH_S - LEAD_S
    stage.travel(gate)
    stage.call(f"TariffSchedule.{function}", *arguments(stage.first)).call({"from": stage.address("operator")})
    stage.travel(gate + 1)
    refused = stage.refused(f"TariffSchedule.{function}", *arguments(stage.first), by="operator")
    assert refused == ("IntervalGateClosed", stage.first, stage.first + 1)


def test_schedule__no_codes__reverts(stage: Stage) -> None:
    refused = stage.refused("TariffSchedule.schedule", stage.first, [], by="operator")
    assert refused == ("TariffCodesInvalid", stage.first, 0)


def test_schedule__past_the_last_interval__reverts(stage: Stage) -> None:
    assert stage.refused("TariffSchedule.schedule", LAST, [1, 1], by="operator") == ("TariffCodesInvalid", LAST, 2)


@pytest.mark.parametrize("who", ["stranger", "prosumer", "treasurer", "issuing body", "coach", "partner", "market"])
def test_every_function__without_the_role__reverts(stage: Stage, who: str) -> None:
    denied = unauthorized(stage, who)
    assert stage.refused("TariffSchedule.addBand", 1, 1, 1, by=who) == denied
    assert stage.refused("TariffSchedule.setDefault", 1, LAST, by=who) == denied
    assert stage.refused("TariffSchedule.schedule", LAST, [1], by=who) == denied


# ---------------------------------------------------------------------- effects


@pytest.mark.parametrize("interval", [0, 1, 981_792, LAST])
def test_prices_at__new_schedule__first_band_for_ever(stage: Stage, interval: int) -> None:
    assert prices(stage, interval) == FIRST_BAND


@pytest.mark.parametrize("price", [LIMIT, -LIMIT, 0, -1])
def test_add_band__at_the_limits__kept_with_sign(stage: Stage, price: int) -> None:
    receipt = stage.do("TariffSchedule.addBand", price, -price, price, by="operator")
    [event] = stage.events(receipt, "TariffSchedule.BandAdded")
    assert event == {"band": 2, "retail": price, "feedIn": -price, "networkFee": price}
    assert stage.see("TariffSchedule.bandInfo", 2) == (price, -price, price)


def test_schedule__last_interval__accepted(stage: Stage) -> None:
    other = band(stage, 7)
    stage.do("TariffSchedule.schedule", LAST, [other], by="operator")
    assert prices(stage, LAST) == [7, 0, 0]
    assert prices(stage, LAST - 1) == FIRST_BAND


@pytest.mark.parametrize("count", [1, 15, 16, 17, 33])
@pytest.mark.parametrize("offset", [0, 1, 15])
def test_schedule__any_alignment__touches_exactly_its_intervals(stage: Stage, offset: int, count: int) -> None:
    other = band(stage, 7)
    start = (stage.first // 16 + 1) * 16 + offset
    receipt = stage.do("TariffSchedule.schedule", start, [other] * count, by="operator")
    assert stage.events(receipt, "TariffSchedule.BandsScheduled") == [
        {"firstInterval": start, "codes": [other] * count}
    ]
    around = [stage.see("TariffSchedule.bandAt", i) for i in range(start - 2, start + count + 2)]
    assert around == [1, 1] + [other] * count + [1, 1]


def test_schedule__code_zero__returns_to_the_default_of_the_day(stage: Stage) -> None:
    day, night = band(stage, 1), band(stage, 2)
    start = stage.first + 100
    stage.do("TariffSchedule.schedule", start, [night, night], by="operator")
    stage.do("TariffSchedule.setDefault", day, start + 1, by="operator")
    stage.do("TariffSchedule.schedule", start + 1, [0], by="operator")
    assert [stage.see("TariffSchedule.bandAt", start + i) for i in (-1, 0, 1)] == [1, night, day]


def test_set_default__an_earlier_date__replaces_later_ones(stage: Stage) -> None:
    first, second = band(stage, 1), band(stage, 2)
    stage.do("TariffSchedule.setDefault", first, stage.first + 20, by="operator")
    receipt = stage.do("TariffSchedule.setDefault", second, stage.first + 10, by="operator")
    [event] = stage.events(receipt, "TariffSchedule.DefaultBandSet")
    assert event == {"band": second, "fromInterval": stage.first + 10}
    assert [stage.see("TariffSchedule.bandAt", stage.first + i) for i in (9, 10, 20, 99)] == [1, second, second, second]


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 3), st.integers(0, 40)),
        st.tuples(st.integers(0, 40), st.lists(st.integers(0, 3), min_size=1, max_size=20)),
    ),
    max_size=6,
)


@settings(max_examples=15)
@given(changes=CHANGES)
def test_any_changes__every_interval__agrees_with_the_domain(built: Stage, changes: list[Any]) -> None:
    snapshot = rpc(built.web3, "evm_snapshot")
    reference = TariffSchedule()
    reference.add_band(Tariff(*FIRST_BAND))
    reference.set_default(1, 0, 0)
    for retail in (1, 2):
        reference.add_band(Tariff(retail, 0, 0))
        band(built, retail)
    for left, right in changes:
        if isinstance(right, list):
            built.do("TariffSchedule.schedule", built.first + left, right, by="operator")
            reference.set_codes(built.first + left, right, built.first)
        else:
            built.do("TariffSchedule.setDefault", left, built.first + right, by="operator")
            reference.set_default(left, built.first + right, built.first)
    found = [built.see("TariffSchedule.bandAt", built.first + i) for i in range(-1, 62)]
    expected = [reference.code_at(built.first + i) for i in range(-1, 62)]
    assert rpc(built.web3, "evm_revert", snapshot)
    assert found == expected
