"""Paying out: to the member alone, above the reserve, and only what is there."""

from __future__ import annotations

import pytest

from tests.contracts.market.scene import SHORT, recorded
from tests.contracts.money.kit import EURO, held, owed, pay_in, purse, withdrawal, without_reserve
from tests.support.community import KEYS, Community, made, member_key
from tests.support.village import FLAT, MILL, SPA
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.credit import reserve_neur
from wattcommons.domain.readings import max_wh

pytestmark = pytest.mark.contracts

SOLD = SHORT | {MILL: made(1_500)}
"""The mill draws nothing."""


def test_withdraw__by_anyone_else__is_refused(bank: Community) -> None:
    pay_in(bank, FLAT, 100 * EURO)
    for account in (bank.stranger, bank.operator, bank.treasurer, member_key(MILL)):
        refused = bank.refused("EnergyMarket.withdraw", FLAT, 1, by=account)
        assert refused == ("MarketNotMember", FLAT, account.address.lower())


def test_withdraw__up_to_the_reserve__and_not_a_nano_euro_more(bank: Community) -> None:
    pay_in(bank, FLAT, 100 * EURO)
    member = member_key(FLAT)
    reserve = bank.see("EnergyMarket.reserveOf", FLAT)
    uncleared = bank.open() - bank.see("EnergyMarket.firstUncleared")
    most = max_wh(9_000, bank.terms.length)
    assert reserve == reserve_neur(uncleared, most, most, bank.tariff) > 0
    free = 100 * EURO - reserve
    assert bank.refused("EnergyMarket.withdraw", FLAT, 0, by=member) == ("MarketAmountZero",)
    for amount in (free + 1, 100 * EURO, 100 * EURO + 1, 2**256 - 1):
        refused = bank.refused("EnergyMarket.withdraw", FLAT, amount, by=member)
        assert refused == ("MarketWithdrawalExceedsBalance", FLAT, 100 * EURO, reserve, amount)
    sent = bank.do("EnergyMarket.withdraw", FLAT, free, by=member)
    [event] = bank.events(sent, "EnergyMarket.AccountWithdrawn")
    assert event == {"participant": FLAT, "to": member.address, "amount": free}
    assert (bank.balances()[FLAT], held(bank), owed(bank)) == (reserve,) * 3
    assert bank.see("CommunityEuro.balanceOf", member.address) == free


def test_reserve__grows_with_what_is_not_cleared__and_shrinks_when_it_is(bank: Community) -> None:
    """Credit is kept for everything uncleared together, not checked order by order and forgotten."""
    before = bank.see("EnergyMarket.reserveOf", FLAT)
    settled = recorded(bank)
    bank.do("EnergyMarket.catchUp", 100)
    each = max_wh(9_000, bank.terms.length) * bank.tariff.retail
    assert bank.see("EnergyMarket.firstUncleared") == bank.first
    assert bank.see("EnergyMarket.reserveOf", FLAT) == (bank.open() - bank.first) * each
    bank.advance(settled)
    assert bank.see("EnergyMarket.reserveOf", FLAT) == (bank.open() - bank.first - 1) * each
    bank.travel(bank.now() + 5 * bank.length_s)
    assert bank.see("EnergyMarket.reserveOf", FLAT) == (bank.open() - bank.first - 1) * each > before


def test_withdraw__of_a_debt__is_refused(bank: Community) -> None:
    bank.advance(recorded(bank))
    balance = bank.balances()[FLAT]
    assert balance < 0
    refused = bank.refused("EnergyMarket.withdraw", FLAT, 1, by=member_key(FLAT))
    assert refused == ("MarketWithdrawalExceedsBalance", FLAT, balance, bank.see("EnergyMarket.reserveOf", FLAT), 1)


def test_withdraw__beyond_what_the_market_holds__is_refused_until_others_pay(bank: Community) -> None:
    without_reserve(bank, MILL)
    bank.advance(recorded(bank, SOLD))
    earned = bank.balances()[MILL]
    assert earned > 0
    member = member_key(MILL)
    refused = bank.refused("EnergyMarket.withdraw", MILL, earned, by=member)
    assert refused == ("MarketWithdrawalExceedsLiquidity", 0, earned)
    pay_in(bank, SPA, earned - 1)
    refused = bank.refused("EnergyMarket.withdraw", MILL, earned, by=member)
    assert refused == ("MarketWithdrawalExceedsLiquidity", earned - 1, earned)
    pay_in(bank, FLAT, 1, number=2)
    bank.do("EnergyMarket.withdraw", MILL, earned, by=member)
    assert (held(bank), owed(bank)) == (0, 0)
    again = bank.refused("EnergyMarket.withdraw", MILL, 1, by=member)
    assert again == ("MarketWithdrawalExceedsBalance", MILL, 0, 0, 1)


def test_withdraw_for__signed_by_the_member__is_carried_out_once(bank: Community) -> None:
    without_reserve(bank, MILL)
    pay_in(bank, MILL, 10 * EURO)
    deadline = bank.now() + 100
    order = withdrawal(bank, MILL, 3 * EURO, 0, deadline)
    bank.do("EnergyMarket.withdrawFor", *order)
    assert bank.see("CommunityEuro.balanceOf", member_key(MILL).address) == 3 * EURO
    assert bank.refused("EnergyMarket.withdrawFor", *order) == ("MarketNonceInvalid", MILL, 1, 0)
    skipping = withdrawal(bank, MILL, EURO, 2, deadline)
    assert bank.refused("EnergyMarket.withdrawFor", *skipping) == ("MarketNonceInvalid", MILL, 1, 2)
    bank.do("EnergyMarket.withdrawFor", *withdrawal(bank, MILL, EURO, 1, deadline))
    assert bank.balances()[MILL] == 6 * EURO


def test_withdraw_for__expired_forged_or_altered__is_refused(bank: Community) -> None:
    without_reserve(bank, MILL)
    pay_in(bank, MILL, 10 * EURO)
    deadline = bank.now() + 100
    good = withdrawal(bank, MILL, EURO, 0, deadline)
    wrong = ("MarketSignatureInvalid", member_key(MILL).address.lower())
    for forger in (bank.stranger, bank.treasurer, member_key(FLAT)):
        assert bank.refused("EnergyMarket.withdrawFor", *withdrawal(bank, MILL, EURO, 0, deadline, by=forger)) == wrong
    for altered in ((MILL, 2 * EURO, *good[2:]), (*good[:3], deadline + 1, good[4]), (*good[:4], b"\0" * 65)):
        assert bank.refused("EnergyMarket.withdrawFor", *altered) == wrong
    for domain in (
        SigningDomain("Watt Commons EnergyMarket", 1, bank.address("EnergyMarket")),
        SigningDomain("Watt Commons EnergyMarket", bank.deployment.chain_id, bank.address("OrderBook")),
    ):
        foreign = withdrawal(bank, MILL, EURO, 0, deadline, domain=domain)
        assert bank.refused("EnergyMarket.withdrawFor", *foreign) == wrong
    unknown = bank.refused("EnergyMarket.withdrawFor", 7, *good[1:])
    assert unknown == ("MarketSignatureInvalid", "0x" + "00" * 20)
    bank.travel(deadline + 1)
    assert bank.refused("EnergyMarket.withdrawFor", *good) == ("MarketSignatureExpired", deadline)


def test_withdraw__by_the_old_key_after_its_replacement__is_refused(bank: Community) -> None:
    """A lost key, once replaced, gets nothing out any more; the new one does."""
    without_reserve(bank, MILL)
    pay_in(bank, MILL, 10 * EURO)
    old, new = member_key(MILL), KEYS.service("new wallet")
    bank.do("MemberRegistry.proposeReplacement", MILL, new.address, by=bank.operator)
    bank.do("MemberRegistry.approveReplacement", MILL, new.address, by=bank.approver)
    bank.travel(bank.now() + bank.terms.replacement_delay_s + 1)
    bank.do("MemberRegistry.executeReplacement", MILL)
    assert bank.refused("EnergyMarket.withdraw", MILL, EURO, by=old) == ("MarketNotMember", MILL, old.address.lower())
    signed = withdrawal(bank, MILL, EURO, 0, bank.now() + 100, by=old)
    assert bank.refused("EnergyMarket.withdrawFor", *signed) == ("MarketSignatureInvalid", new.address.lower())
    bank.do("EnergyMarket.withdraw", MILL, EURO, by=new)
    assert bank.see("CommunityEuro.balanceOf", new.address) == EURO


def test_withdraw__by_a_closed_member__still_gets_the_money_out(bank: Community) -> None:
    without_reserve(bank, MILL)
    pay_in(bank, MILL, EURO)
    bank.do("MemberRegistry.setMemberActive", MILL, False, by=bank.operator)
    bank.do("EnergyMarket.withdraw", MILL, EURO, by=member_key(MILL))
    assert bank.see("CommunityEuro.balanceOf", member_key(MILL).address) == EURO


def test_market__whatever_happened__holds_the_sum_of_all_accounts(bank: Community) -> None:
    """Deposits, a clearing that leaves debts, payouts: accounts add up to the tokens held."""
    without_reserve(bank, MILL)
    member = purse(bank, SPA, 9 * EURO)
    bank.do("CommunityEuro.approve", bank.address("EnergyMarket"), 9 * EURO, by=member)
    bank.do("EnergyMarket.deposit", SPA, 4 * EURO, by=member)
    pay_in(bank, FLAT, EURO)
    bank.advance(recorded(bank, SOLD))
    assert min(bank.balances().values()) < 0
    bank.do("EnergyMarket.withdraw", MILL, bank.balances()[MILL], by=member_key(MILL))
    assert owed(bank) == held(bank) == 5 * EURO - bank.see("CommunityEuro.balanceOf", member_key(MILL).address)
