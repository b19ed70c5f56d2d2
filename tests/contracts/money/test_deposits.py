"""Paying in: every euro credited is a euro held, and only those who may move or mint it do."""

from __future__ import annotations

import pytest

from tests.contracts.money.kit import EURO, held, owed, pay_in, permit, purse, reference
from tests.support.community import Community, member_key
from tests.support.village import FLAT, MILL, SPA

pytestmark = pytest.mark.contracts


def test_deposit__by_the_member__is_credited_and_held(bank: Community) -> None:
    member = purse(bank, FLAT, 10 * EURO)
    bank.do("CommunityEuro.approve", bank.address("EnergyMarket"), 7 * EURO, by=member)
    sent = bank.do("EnergyMarket.deposit", FLAT, 7 * EURO, by=member)
    [event] = bank.events(sent, "EnergyMarket.AccountDeposited")
    assert event == {"participant": FLAT, "from": member.address, "amount": 7 * EURO}
    assert (bank.balances()[FLAT], held(bank), owed(bank)) == (7 * EURO,) * 3
    assert bank.see("CommunityEuro.balanceOf", member.address) == 3 * EURO


def test_deposit__for_a_neighbour__is_credited_there(bank: Community) -> None:
    member = purse(bank, FLAT, EURO)
    bank.do("CommunityEuro.approve", bank.address("EnergyMarket"), EURO, by=member)
    bank.do("EnergyMarket.deposit", SPA, EURO, by=member)
    assert (bank.balances()[FLAT], bank.balances()[SPA]) == (0, EURO)


def test_deposit__of_what_is_not_there__is_refused(bank: Community) -> None:
    member = purse(bank, FLAT, EURO)
    market = bank.address("EnergyMarket").lower()
    refused = bank.refused("EnergyMarket.deposit", FLAT, EURO, by=member)
    assert refused == ("ERC20InsufficientAllowance", market, 0, EURO)
    bank.do("CommunityEuro.approve", bank.address("EnergyMarket"), 2**256 - 1, by=member)
    refused = bank.refused("EnergyMarket.deposit", FLAT, EURO + 1, by=member)
    assert refused == ("ERC20InsufficientBalance", member.address.lower(), EURO, EURO + 1)
    assert bank.refused("EnergyMarket.deposit", FLAT, 0, by=member) == ("MarketAmountZero",)
    assert bank.refused("EnergyMarket.deposit", 7, 1, by=member) == ("RegistryParticipantUnknown", 7)
    assert bank.refused("EnergyMarket.deposit", 0, 1, by=member) == ("RegistryParticipantUnknown", 0)
    most = 2**127 - 1
    assert bank.refused("EnergyMarket.deposit", FLAT, most + 1, by=member) == ("MarketAmountTooLarge", most + 1)


def test_deposit__with_a_permit__needs_no_other_transaction(bank: Community) -> None:
    member = purse(bank, FLAT, EURO)
    deadline = bank.now() + 100
    signature = permit(bank, member, EURO, deadline)
    bank.do("EnergyMarket.depositWithPermit", FLAT, EURO, deadline, *signature)
    assert (bank.balances()[FLAT], held(bank)) == (EURO, EURO)
    again = bank.refused("EnergyMarket.depositWithPermit", FLAT, EURO, deadline, *signature)
    assert again[0] == "ERC20InsufficientAllowance"


def test_deposit__with_a_permit_somebody_used_before__still_lands(bank: Community) -> None:
    member = purse(bank, FLAT, EURO)
    deadline = bank.now() + 100
    signature = permit(bank, member, EURO, deadline)
    bank.do("CommunityEuro.permit", member.address, bank.address("EnergyMarket"), EURO, deadline, *signature)
    bank.do("EnergyMarket.depositWithPermit", FLAT, EURO, deadline, *signature)
    assert bank.balances()[FLAT] == EURO


def test_deposit__with_a_forged_or_expired_permit__is_refused(bank: Community) -> None:
    member = purse(bank, FLAT, EURO)
    deadline = bank.now() + 100
    for signature in (permit(bank, bank.stranger, EURO, deadline), permit(bank, member, 2 * EURO, deadline)):
        refused = bank.refused("EnergyMarket.depositWithPermit", FLAT, EURO, deadline, *signature)
        assert refused[0] == "ERC20InsufficientAllowance"
    late = permit(bank, member, EURO, bank.now() - 1)
    refused = bank.refused("EnergyMarket.depositWithPermit", FLAT, EURO, bank.now() - 1, *late)
    assert refused[0] == "ERC20InsufficientAllowance"
    other = bank.refused("EnergyMarket.depositWithPermit", SPA, EURO, deadline, *permit(bank, member, EURO, deadline))
    assert other[0] == "ERC20InsufficientAllowance"


def test_mint_to_account__by_the_treasurer__is_credited_once_a_reference(bank: Community) -> None:
    pay_in(bank, FLAT, 5 * EURO)
    assert (bank.balances()[FLAT], held(bank)) == (5 * EURO, 5 * EURO)
    for function, account in (("mintToAccount", SPA), ("mint", member_key(SPA).address)):
        refused = bank.refused(f"CommunityEuro.{function}", account, EURO, reference(1), by=bank.treasurer)
        assert refused == ("EuroReferenceUsed", reference(1))


def test_mint__by_anyone_but_the_treasurer__is_refused(bank: Community) -> None:
    for account in (bank.stranger, bank.operator, member_key(MILL), bank.metering_operator):
        expected = ("AccessManagedUnauthorized", account.address.lower())
        assert bank.refused("CommunityEuro.mintToAccount", MILL, EURO, reference(9), by=account) == expected
        assert bank.refused("EnergyMarket.setCreditLimit", MILL, EURO, by=account) == expected
        assert bank.refused("EnergyMarket.withdrawPooled", account.address, False, 1, by=account) == expected


def test_credit_deposit__by_anyone_but_the_euro__is_refused(bank: Community) -> None:
    """No balance comes from a word: not even the treasurer can write one."""
    for account in (bank.stranger, bank.treasurer, member_key(MILL)):
        refused = bank.refused("EnergyMarket.creditDeposit", MILL, EURO, by=account)
        assert refused == ("MarketOnlyEuro", account.address.lower())


def test_transfer__straight_to_the_market__is_refused(bank: Community) -> None:
    """No token lies at the market that is credited to nobody."""
    member = purse(bank, FLAT, EURO)
    market = bank.address("EnergyMarket")
    refused = bank.refused("CommunityEuro.transfer", market, EURO, by=member)
    assert refused == ("EuroTransferForbidden", member.address.lower(), market.lower())
