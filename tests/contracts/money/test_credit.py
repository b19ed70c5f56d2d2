"""Post-paid credit: a debt is booked, never a failure; who owes too much trades no more from the next open interval."""

from __future__ import annotations

import pytest

from tests.contracts.market.scene import EVEN, fills_of, recorded
from tests.contracts.money.kit import EURO, pay_in
from tests.support.community import Community
from tests.support.village import BARN, FLAT, MILL, SPA

pytestmark = pytest.mark.contracts


def test_check_credit__beyond_the_limit__counts_from_the_first_open_interval_only(bank: Community) -> None:
    bank.travel(bank.first * bank.length_s)
    opened = bank.open()
    bank.do("EnergyMarket.setCreditLimit", SPA, 0, by=bank.treasurer)
    sent = bank.do("EnergyMarket.checkCredit", SPA)
    [event] = bank.events(sent, "EnergyMarket.CreditEligibilitySet")
    assert event == {"participant": SPA, "eligible": False, "fromInterval": opened}
    assert [bank.see("EnergyMarket.eligibleAt", SPA, i) for i in (opened - 1, opened)] == [True, False]
    for interval in range(bank.first, opened + 1):
        settled = recorded(bank, EVEN, interval=interval)
        if interval == opened:
            orders = {i: bank.standing_order(i) for i in bank.participants if i != BARN}
            settled = bank.settlement(interval, EVEN, orders, ineligible=[SPA])
        bank.advance(settled)
        assert (SPA in fills_of(settled)) == (interval < opened)
        assert bank.outcome(interval).matched_wh == settled.clearing.matched_wh


def test_check_credit__after_a_payment__counts_again_from_the_next_open_interval(bank: Community) -> None:
    bank.do("EnergyMarket.setCreditLimit", SPA, 0, by=bank.treasurer)
    bank.do("EnergyMarket.checkCredit", SPA)
    barred = bank.open()
    bank.travel(barred * bank.length_s)
    pay_in(bank, SPA, 100 * EURO)
    assert not bank.see("EnergyMarket.eligibleAt", SPA, bank.open())
    bank.do("EnergyMarket.checkCredit", SPA)
    opened = bank.open()
    found = [bank.see("EnergyMarket.eligibleAt", SPA, i) for i in (barred - 1, barred, opened - 1, opened)]
    assert found == [True, False, False, True]


def test_check_credit__by_anyone__changes_nothing_that_is_so_already(bank: Community) -> None:
    assert bank.see("EnergyMarket.checkCredit", FLAT) is True
    assert len(bank.do("EnergyMarket.checkCredit", FLAT).logs) == 0
    bank.do("EnergyMarket.setCreditLimit", FLAT, 0, by=bank.treasurer)
    assert len(bank.events(bank.do("EnergyMarket.checkCredit", FLAT), "EnergyMarket.CreditEligibilitySet")) == 1
    assert bank.events(bank.do("EnergyMarket.checkCredit", FLAT), "EnergyMarket.CreditEligibilitySet") == []


def test_check_credit__to_the_nano_euro__at_the_limit_is_enough(bank: Community) -> None:
    reserve = bank.see("EnergyMarket.reserveOf", FLAT)
    bank.do("EnergyMarket.setCreditLimit", FLAT, reserve, by=bank.treasurer)
    assert bank.see("EnergyMarket.checkCredit", FLAT) is True
    bank.do("EnergyMarket.setCreditLimit", FLAT, reserve - 1, by=bank.treasurer)
    assert bank.see("EnergyMarket.checkCredit", FLAT) is False
    pay_in(bank, FLAT, 1)
    assert bank.see("EnergyMarket.checkCredit", FLAT) is True


def test_check_credit__near_the_limit__warns(bank: Community) -> None:
    reserve = bank.see("EnergyMarket.reserveOf", FLAT)
    for limit, warned in ((reserve * 5 // 4 + 5, False), (reserve * 5 // 4 - 5, True)):
        bank.do("EnergyMarket.setCreditLimit", FLAT, limit, by=bank.treasurer)
        warnings = bank.events(bank.do("EnergyMarket.checkCredit", FLAT), "EnergyMarket.CreditLow")
        expected = {"participant": FLAT, "available": -reserve, "creditLimit": limit}
        assert warnings == ([expected] if warned else [])
    assert bank.see("EnergyMarket.eligibleAt", FLAT, bank.open())


def test_check_credit__of_one__bars_no_other(bank: Community) -> None:
    bank.do("EnergyMarket.setCreditLimit", SPA, 0, by=bank.treasurer)
    for participant in bank.participants:
        bank.do("EnergyMarket.checkCredit", participant)
    opened = bank.open()
    assert [bank.see("EnergyMarket.eligibleAt", i, opened) for i in bank.participants] == [True, True, False] + [
        True
    ] * 3


def test_settle__a_debt_beyond_all_credit__is_booked_and_stops_nobody(bank: Community) -> None:
    bank.do("EnergyMarket.setCreditLimit", 0, 0, by=bank.treasurer)
    settled = recorded(bank, EVEN)
    bank.advance(settled)
    balances = bank.balances()
    assert balances[SPA] == fills_of(settled)[SPA] * (settled.clearing.price or 0) < 0
    assert balances[MILL] > 0
    assert bank.see("EnergyMarket.checkCredit", SPA) is False


def test_set_credit_limit__of_one__goes_before_the_default(bank: Community) -> None:
    assert bank.see("EnergyMarket.creditLimitOf", FLAT) == bank.terms.credit_limit_neur
    bank.do("EnergyMarket.setCreditLimit", FLAT, 0, by=bank.treasurer)
    bank.do("EnergyMarket.setCreditLimit", 0, 7, by=bank.treasurer)
    assert [bank.see("EnergyMarket.creditLimitOf", i) for i in (FLAT, SPA)] == [0, 7]
    most = 2**127 - 1
    refused = bank.refused("EnergyMarket.setCreditLimit", FLAT, most + 1, by=bank.treasurer)
    assert refused == ("MarketAmountTooLarge", most + 1)
