"""Who may mint, burn and move the community's euro."""

from __future__ import annotations

from typing import Any

import pytest
from web3.exceptions import ContractCustomError

from tests.contracts.tokens.kit import NOBODY, REFERENCE, Stage, unauthorized

pytestmark = pytest.mark.contracts

EURO = 10**9
MARKET = "DepositMarketMock"
OTHER_REFERENCE = b"\x43" * 32
PERMIT = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


@pytest.fixture
def funded(stage: Stage) -> Stage:
    """The prosumer's wallet holds 100 €, the market 50 € for its account."""
    stage.do("CommunityEuro.mint", stage.address("prosumer"), 100 * EURO, REFERENCE, by="treasurer")
    stage.do("CommunityEuro.mintToAccount", 1, 50 * EURO, OTHER_REFERENCE, by="treasurer")
    return stage


def balance(stage: Stage, who: str) -> int:
    return int(stage.see("CommunityEuro.balanceOf", stage.address(who)))


def forbidden(stage: Stage, sender: str, receiver: str) -> tuple[str, str, str]:
    return ("EuroTransferForbidden", stage.address(sender).lower(), stage.address(receiver).lower())


def permit(stage: Stage, owner: str, spender: str, amount: int) -> None:
    """The owner allows the spender by signature; a stranger sends it."""
    deadline = stage.now() + 600
    nonce = stage.see("CommunityEuro.nonces", stage.address(owner))
    message = {
        "owner": stage.address(owner),
        "spender": stage.address(spender),
        "value": amount,
        "nonce": nonce,
        "deadline": deadline,
    }
    signature = stage.sign("CommunityEuro", PERMIT, message, owner, name="Village Euro")
    parts = (signature[64], signature[:32], signature[32:64])
    owner_address, spender_address = stage.address(owner), stage.address(spender)
    stage.do("CommunityEuro.permit", owner_address, spender_address, amount, deadline, *parts, by="stranger")


# ---------------------------------------------------------------------- mint


@pytest.mark.parametrize("who", ["stranger", "prosumer", "operator", "issuing body", "coach", "partner", "market"])
def test_every_restricted_function__without_the_role__reverts(stage: Stage, who: str) -> None:
    denied = unauthorized(stage, who)
    prosumer = stage.address("prosumer")
    assert stage.refused("CommunityEuro.mint", prosumer, 1, REFERENCE, by=who) == denied
    assert stage.refused("CommunityEuro.mintToAccount", 1, 1, REFERENCE, by=who) == denied
    assert stage.refused("CommunityEuro.redeemFrom", prosumer, 1, REFERENCE, by=who) == denied
    if who != "operator":
        assert stage.refused("CommunityEuro.setMemberTransfers", True, by=who) == denied


def test_set_member_transfers__treasurer__reverts(stage: Stage) -> None:
    assert stage.refused("CommunityEuro.setMemberTransfers", True, by="treasurer") == unauthorized(stage, "treasurer")


@pytest.mark.parametrize("receiver", ["stranger", "treasurer", "operator"])
def test_mint__to_no_member__reverts(stage: Stage, receiver: str) -> None:
    refused = stage.refused("CommunityEuro.mint", stage.address(receiver), 1, REFERENCE, by="treasurer")
    assert refused == ("EuroTransferForbidden", NOBODY, stage.address(receiver).lower())


def test_mint__to_the_market_itself__reverts(stage: Stage) -> None:
    refused = stage.refused("CommunityEuro.mint", stage.address(MARKET), 1, REFERENCE, by="treasurer")
    assert refused == ("EuroTransferForbidden", NOBODY, stage.address(MARKET).lower())


def test_mint__to_a_closed_account__reverts(stage: Stage) -> None:
    stage.registry("setClosed", 1, True)
    prosumer = stage.address("prosumer")
    refused = stage.refused("CommunityEuro.mint", prosumer, 1, REFERENCE, by="treasurer")
    assert refused == ("EuroTransferForbidden", NOBODY, prosumer.lower())


@pytest.mark.parametrize("used_by", ["mint", "mintToAccount"])
def test_mint__reference_used__reverts_either_way(stage: Stage, used_by: str) -> None:
    prosumer = stage.address("prosumer")
    first: Any = prosumer if used_by == "mint" else 1
    stage.do(f"CommunityEuro.{used_by}", first, 5, REFERENCE, by="treasurer")
    expected = ("EuroReferenceUsed", REFERENCE)
    assert stage.refused("CommunityEuro.mint", prosumer, 5, REFERENCE, by="treasurer") == expected
    assert stage.refused("CommunityEuro.mintToAccount", 1, 5, REFERENCE, by="treasurer") == expected
    assert stage.see("CommunityEuro.totalSupply") == 5


def test_mint__no_reference_or_no_amount__reverts(stage: Stage) -> None:
    prosumer = stage.address("prosumer")
    assert stage.refused("CommunityEuro.mint", prosumer, 1, bytes(32), by="treasurer") == ("EuroReferenceZero",)
    assert stage.refused("CommunityEuro.mintToAccount", 1, 1, bytes(32), by="treasurer") == ("EuroReferenceZero",)
    assert stage.refused("CommunityEuro.mint", prosumer, 0, REFERENCE, by="treasurer") == ("EuroAmountZero",)
    assert stage.refused("CommunityEuro.mintToAccount", 1, 0, REFERENCE, by="treasurer") == ("EuroAmountZero",)


@pytest.mark.parametrize("participant", [0, 4, 2**32 - 1])
def test_mint_to_account__unknown_participant__reverts(stage: Stage, participant: int) -> None:
    refused = stage.refused("CommunityEuro.mintToAccount", participant, 1, REFERENCE, by="treasurer")
    assert refused == ("EuroParticipantUnknown", participant)


def test_mint_to_account__market_refuses__nothing_minted_and_reference_free(stage: Stage) -> None:
    stage.do(f"{MARKET}.refuse", True, by="deployer")
    with pytest.raises(ContractCustomError):  # the market's own error
        stage.call("CommunityEuro.mintToAccount", 1, 1, REFERENCE).call({"from": stage.address("treasurer")})
    stage.do(f"{MARKET}.refuse", False, by="deployer")
    stage.do("CommunityEuro.mintToAccount", 1, 1, REFERENCE, by="treasurer")
    assert balance(stage, MARKET) == 1


def test_mint__member__recorded_with_its_reference(stage: Stage) -> None:
    receipt = stage.do("CommunityEuro.mint", stage.address("prosumer"), 5, REFERENCE, by="treasurer")
    [event] = stage.events(receipt, "CommunityEuro.Deposited")
    expected = {"depositReference": REFERENCE, "account": stage.address("prosumer"), "participant": 0, "amount": 5}
    assert event == expected
    assert stage.see("CommunityEuro.depositUsed", REFERENCE)
    assert stage.see("CommunityEuro.decimals") == 9


def test_mint_to_account__participant__market_holds_and_credits_it(stage: Stage) -> None:
    receipt = stage.do("CommunityEuro.mintToAccount", 2, 7, REFERENCE, by="treasurer")
    [event] = stage.events(receipt, "CommunityEuro.Deposited")
    assert (event["participant"], event["account"], event["amount"]) == (2, stage.address(MARKET), 7)
    assert balance(stage, MARKET) == stage.see(f"{MARKET}.credited", 2) == 7


# ---------------------------------------------------------------------- transfers


@pytest.mark.parametrize("receiver", ["stranger", "neighbour", "treasurer", "prosumer"])
def test_transfer__between_wallets__reverts(funded: Stage, receiver: str) -> None:
    refused = funded.refused("CommunityEuro.transfer", funded.address(receiver), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", receiver)


def test_transfer__straight_to_the_market__reverts(funded: Stage) -> None:
    refused = funded.refused("CommunityEuro.transfer", funded.address(MARKET), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", MARKET)


def test_transfer_from__stranger_with_allowance_to_the_market__reverts(funded: Stage) -> None:
    funded.do("CommunityEuro.approve", funded.address("stranger"), 10, by="prosumer")
    arguments = (funded.address("prosumer"), funded.address(MARKET), 1)
    refused = funded.refused("CommunityEuro.transferFrom", *arguments, by="stranger")
    assert refused == forbidden(funded, "prosumer", MARKET)


def test_transfer_from__market_without_allowance__reverts(funded: Stage) -> None:
    arguments = (funded.address("prosumer"), funded.address(MARKET), 1)
    refused = funded.refused("CommunityEuro.transferFrom", *arguments, by=MARKET)
    assert refused == ("ERC20InsufficientAllowance", funded.address(MARKET).lower(), 0, 1)


@pytest.mark.parametrize("receiver", ["stranger", "treasurer", MARKET])
def test_transfer__market_to_no_member__reverts(funded: Stage, receiver: str) -> None:
    refused = funded.refused("CommunityEuro.transfer", funded.address(receiver), 1, by=MARKET)
    assert refused == forbidden(funded, MARKET, receiver)


def test_deposit_by_permit_and_withdrawal__member_and_market__move(funded: Stage) -> None:
    permit(funded, "prosumer", MARKET, 30 * EURO)
    arguments = (funded.address("prosumer"), funded.address(MARKET), 30 * EURO)
    funded.do("CommunityEuro.transferFrom", *arguments, by=MARKET)
    assert (balance(funded, "prosumer"), balance(funded, MARKET)) == (70 * EURO, 80 * EURO)
    funded.do("CommunityEuro.transfer", funded.address("neighbour"), 80 * EURO, by=MARKET)
    assert (balance(funded, "neighbour"), balance(funded, MARKET)) == (80 * EURO, 0)


def test_closed_account__gets_its_money_out_but_pays_nothing_in(funded: Stage) -> None:
    funded.do("CommunityEuro.approve", funded.address(MARKET), EURO, by="prosumer")
    funded.registry("setClosed", 1, True)
    arguments = (funded.address("prosumer"), funded.address(MARKET), EURO)
    refused = funded.refused("CommunityEuro.transferFrom", *arguments, by=MARKET)
    assert refused == forbidden(funded, "prosumer", MARKET)
    funded.do("CommunityEuro.transfer", funded.address("prosumer"), 50 * EURO, by=MARKET)
    funded.do("CommunityEuro.redeem", 150 * EURO, REFERENCE, by="prosumer")
    assert funded.see("CommunityEuro.totalSupply") == 0


def test_member_transfers__opened_and_closed__between_active_members_only(funded: Stage) -> None:
    receipt = funded.do("CommunityEuro.setMemberTransfers", True, by="operator")
    assert funded.events(receipt, "CommunityEuro.MemberTransfersSet") == [{"open": True}]
    funded.do("CommunityEuro.transfer", funded.address("neighbour"), 1, by="prosumer")
    refused = funded.refused("CommunityEuro.transfer", funded.address("stranger"), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", "stranger")
    refused = funded.refused("CommunityEuro.transfer", funded.address(MARKET), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", MARKET)
    funded.registry("setClosed", 2, True)
    refused = funded.refused("CommunityEuro.transfer", funded.address("neighbour"), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", "neighbour")
    funded.do("CommunityEuro.setMemberTransfers", False, by="operator")
    refused = funded.refused("CommunityEuro.transfer", funded.address("third member"), 1, by="prosumer")
    assert refused == forbidden(funded, "prosumer", "third member")


# ---------------------------------------------------------------------- redeem


def test_redeem__more_than_held_or_nothing__reverts(funded: Stage) -> None:
    held = 100 * EURO
    refused = funded.refused("CommunityEuro.redeem", held + 1, REFERENCE, by="prosumer")
    assert refused == ("ERC20InsufficientBalance", funded.address("prosumer").lower(), held, held + 1)
    assert funded.refused("CommunityEuro.redeem", 0, REFERENCE, by="prosumer") == ("EuroAmountZero",)


def test_redeem__by_the_market_or_a_stranger__reverts(funded: Stage) -> None:
    for who in (MARKET, "stranger"):
        refused = funded.refused("CommunityEuro.redeem", 1, REFERENCE, by=who)
        assert refused == ("EuroTransferForbidden", funded.address(who).lower(), NOBODY)


def test_redeem__own_tokens__burned_with_a_reference_anyone_may_repeat(funded: Stage) -> None:
    for _ in range(2):
        receipt = funded.do("CommunityEuro.redeem", 40 * EURO, REFERENCE, by="prosumer")
    [event] = funded.events(receipt, "CommunityEuro.Redeemed")
    assert (event["payoutReference"], event["amount"]) == (REFERENCE, 40 * EURO)
    assert balance(funded, "prosumer") == 20 * EURO
    assert not funded.see("CommunityEuro.payoutUsed", REFERENCE)


def test_redeem_from__without_allowance__reverts(funded: Stage) -> None:
    refused = funded.refused("CommunityEuro.redeemFrom", funded.address("prosumer"), 1, REFERENCE, by="treasurer")
    assert refused == ("ERC20InsufficientAllowance", funded.address("treasurer").lower(), 0, 1)


def test_redeem_from__reference_used_or_empty__reverts(funded: Stage) -> None:
    permit(funded, "prosumer", "treasurer", 2 * EURO)
    prosumer = funded.address("prosumer")
    funded.do("CommunityEuro.redeemFrom", prosumer, EURO, REFERENCE, by="treasurer")
    refused = funded.refused("CommunityEuro.redeemFrom", prosumer, EURO, REFERENCE, by="treasurer")
    assert refused == ("EuroReferenceUsed", REFERENCE)
    refused = funded.refused("CommunityEuro.redeemFrom", prosumer, EURO, bytes(32), by="treasurer")
    assert refused == ("EuroReferenceZero",)
    assert funded.see("CommunityEuro.payoutUsed", REFERENCE)
    assert balance(funded, "prosumer") == 99 * EURO


# ---------------------------------------------------------------------- recovery


def test_recover__wallet_not_replaced__reverts(funded: Stage) -> None:
    prosumer = funded.address("prosumer")
    assert funded.refused("CommunityEuro.recover", prosumer, by="stranger") == ("EuroNoSuccessor", prosumer.lower())


def test_replaced_wallet__neither_sends_nor_redeems_nor_receives(funded: Stage) -> None:
    old = funded.address("prosumer")
    funded.do("CommunityEuro.setMemberTransfers", True, by="operator")
    funded.do("CommunityEuro.approve", funded.address(MARKET), EURO, by="prosumer")
    funded.registry("replaceWallet", 1, funded.address("new wallet"))
    for receiver in ("neighbour", MARKET, "stranger"):
        refused = funded.refused("CommunityEuro.transfer", funded.address(receiver), 1, by="prosumer")
        assert refused == forbidden(funded, "prosumer", receiver)
    arguments = (old, funded.address(MARKET), EURO)
    assert funded.refused("CommunityEuro.transferFrom", *arguments, by=MARKET) == forbidden(funded, "prosumer", MARKET)
    refused = funded.refused("CommunityEuro.redeem", 1, REFERENCE, by="prosumer")
    assert refused == ("EuroTransferForbidden", old.lower(), NOBODY)
    assert funded.refused("CommunityEuro.transfer", old, 1, by=MARKET) == forbidden(funded, MARKET, "prosumer")
    refused = funded.refused("CommunityEuro.mint", old, 1, b"\x44" * 32, by="treasurer")
    assert refused == ("EuroTransferForbidden", NOBODY, old.lower())


def test_recover__twice_replaced__all_to_the_last_wallet(funded: Stage) -> None:
    old = funded.address("prosumer")
    funded.registry("replaceWallet", 1, funded.address("new wallet"))
    funded.registry("replaceWallet", 1, funded.address("newest wallet"))
    receipt = funded.do("CommunityEuro.recover", old, by="stranger")
    [event] = funded.events(receipt, "CommunityEuro.Recovered")
    assert event == {"oldWallet": old, "newWallet": funded.address("newest wallet"), "amount": 100 * EURO}
    assert (balance(funded, "prosumer"), balance(funded, "newest wallet")) == (0, 100 * EURO)
    funded.do("CommunityEuro.redeem", 100 * EURO, REFERENCE, by="newest wallet")
