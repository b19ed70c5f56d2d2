"""Points come from the coach, go to partners, and turn into vouchers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.kit import NOBODY, PARTNER, REFERENCE, Stage, unauthorized

pytestmark = pytest.mark.contracts

ECO = "Ecopoints"
POINTS = 5_000
PRICE = 2_000
REDEMPTION = {
    "Redemption": [
        {"name": "member", "type": "address"},
        {"name": "offer", "type": "uint32"},
        {"name": "priceMilliPoints", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint64"},
    ]
}
OPEN, USED, EXPIRED = 1, 2, 3


@pytest.fixture
def offer(stage: Stage) -> int:
    """An offer of the partner's, two vouchers, good for a day; the prosumer has five points."""
    stage.do(f"{ECO}.award", stage.address("prosumer"), POINTS, REFERENCE, by="GreenCoach")
    stage.do(f"{ECO}.publishOffer", PRICE, 2, stage.now() + 86_400, REFERENCE, by="partner")
    return int(stage.see(f"{ECO}.offerCount"))


def points(stage: Stage, who: str) -> int:
    return int(stage.see(f"{ECO}.balanceOf", stage.address(who)))


def signed(stage: Stage, offer: int, /, **changes: Any) -> tuple[Any, ...]:
    """Arguments of `redeemFor` for the prosumer. `changes` falsify what is signed."""
    by, domain = changes.pop("by", "prosumer"), changes.pop("domain", {})
    member, deadline = changes.pop("sent_for", "prosumer"), changes.pop("deadline", stage.now() + 600)
    message = {
        "member": stage.address(member),
        "offer": offer,
        "priceMilliPoints": PRICE,
        "nonce": stage.see(f"{ECO}.nonces", stage.address(member)),
        "deadline": deadline,
    }
    signature = stage.sign(ECO, REDEMPTION, message | changes, by, **domain)
    return (stage.address(member), offer, deadline, signature)


# ---------------------------------------------------------------------- award


@pytest.mark.parametrize("who", ["stranger", "prosumer", "operator", "coach", "partner", "treasurer", "deployer"])
def test_award__by_anyone_but_the_coach_contract__reverts(stage: Stage, who: str) -> None:
    refused = stage.refused(f"{ECO}.award", stage.address("prosumer"), 1, REFERENCE, by=who)
    assert refused == ("EcopointsOnlyCoach", stage.address(who).lower())


@pytest.mark.parametrize("receiver", ["stranger", "partner", "operator"])
def test_award__to_no_member__reverts(stage: Stage, receiver: str) -> None:
    refused = stage.refused(f"{ECO}.award", stage.address(receiver), 1, REFERENCE, by="GreenCoach")
    assert refused == ("EcopointsNotAccountHolder", stage.address(receiver).lower())


def test_award__member__recorded_with_its_reference(stage: Stage) -> None:
    receipt = stage.do(f"{ECO}.award", stage.address("prosumer"), 7, REFERENCE, by="GreenCoach")
    [event] = stage.events(receipt, f"{ECO}.Awarded")
    assert event == {"member": stage.address("prosumer"), "amount": 7, "awardReference": REFERENCE}
    assert stage.see(f"{ECO}.totalSupply") == 7
    assert stage.see(f"{ECO}.decimals") == 3


# ---------------------------------------------------------------------- transfers


@pytest.mark.parametrize("receiver", ["stranger", "neighbour", "operator", "prosumer", "GreenCoach", "Ecopoints"])
def test_transfer__to_no_partner__reverts(stage: Stage, offer: int, receiver: str) -> None:
    refused = stage.refused(f"{ECO}.transfer", stage.address(receiver), 1, by="prosumer")
    expected = ("EcopointsTransferForbidden", stage.address("prosumer").lower(), stage.address(receiver).lower())
    assert refused == expected


def test_transfer_from__approved_stranger_to_itself__reverts(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.approve", stage.address("stranger"), 10, by="prosumer")
    ends = (stage.address("prosumer"), stage.address("stranger"))
    refused = stage.refused(f"{ECO}.transferFrom", *ends, 1, by="stranger")
    assert refused == ("EcopointsTransferForbidden", ends[0].lower(), ends[1].lower())


@pytest.mark.parametrize("receiver", ["second partner", "prosumer", "stranger"])
def test_transfer__by_a_partner__reverts(stage: Stage, offer: int, receiver: str) -> None:
    stage.do(f"{ECO}.transfer", stage.address("partner"), 10, by="prosumer")
    refused = stage.refused(f"{ECO}.transfer", stage.address(receiver), 1, by="partner")
    assert refused == ("EcopointsNotAccountHolder", stage.address("partner").lower())


def test_transfer__closed_account__reverts(stage: Stage, offer: int) -> None:
    stage.registry("setClosed", 1, True)
    expected = ("EcopointsNotAccountHolder", stage.address("prosumer").lower())
    assert stage.refused(f"{ECO}.transfer", stage.address("partner"), 1, by="prosumer") == expected
    assert stage.refused(f"{ECO}.redeem", offer, by="prosumer") == expected


def test_transfer__partner_whose_role_ended__reverts(stage: Stage, offer: int) -> None:
    stage.do("AccessManager.revokeRole", PARTNER, stage.address("partner"), by="deployer")
    expected = ("EcopointsTransferForbidden", stage.address("prosumer").lower(), stage.address("partner").lower())
    assert stage.refused(f"{ECO}.transfer", stage.address("partner"), 1, by="prosumer") == expected
    assert stage.refused(f"{ECO}.redeem", offer, by="prosumer") == expected


def test_transfer__member_to_partner__moves(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.transfer", stage.address("partner"), 10, by="prosumer")
    assert (points(stage, "prosumer"), points(stage, "partner")) == (POINTS - 10, 10)


# ---------------------------------------------------------------------- offers


@pytest.mark.parametrize("who", ["stranger", "prosumer", "operator", "coach", "treasurer", "deployer"])
def test_publish_offer__by_no_partner__reverts(stage: Stage, who: str) -> None:
    arguments = (PRICE, 1, stage.now() + 100, REFERENCE)
    assert stage.refused(f"{ECO}.publishOffer", *arguments, by=who) == unauthorized(stage, who)


@pytest.mark.parametrize(("price", "stock", "ahead"), [(0, 1, 100), (1, 0, 100), (1, 1, 0), (1, 1, -1)])
def test_publish_offer__free_none_or_past__reverts(stage: Stage, price: int, stock: int, ahead: int) -> None:
    until = stage.now() + ahead
    refused = stage.refused(f"{ECO}.publishOffer", price, stock, until, REFERENCE, by="partner")
    assert refused == ("EcopointsOfferInvalid", price, stock, until)


@pytest.mark.parametrize("unknown", [0, 2, 2**32 - 1])
def test_offer_functions__unknown_offer__revert(stage: Stage, offer: int, unknown: int) -> None:
    expected = ("EcopointsOfferUnknown", unknown)
    assert stage.refused(f"{ECO}.offerInfo", unknown, by="stranger") == expected
    assert stage.refused(f"{ECO}.closeOffer", unknown, by="partner") == expected
    assert stage.refused(f"{ECO}.redeem", unknown, by="prosumer") == expected
    assert stage.refused(f"{ECO}.redeemFor", *signed(stage, unknown), by="stranger") == expected


@pytest.mark.parametrize("who", ["stranger", "prosumer", "operator", "second partner"])
def test_close_offer__of_another_partner__reverts(stage: Stage, offer: int, who: str) -> None:
    refused = stage.refused(f"{ECO}.closeOffer", offer, by=who)
    assert refused == ("EcopointsNotOfferPartner", offer, stage.address(who).lower())


def test_close_offer__closed__no_more_vouchers_but_old_ones_stay_good(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    stage.do(f"{ECO}.closeOffer", offer, by="partner")
    assert stage.refused(f"{ECO}.redeem", offer, by="prosumer") == ("EcopointsOfferClosed", offer)
    assert stage.refused(f"{ECO}.closeOffer", offer, by="partner") == ("EcopointsOfferClosed", offer)
    stage.do(f"{ECO}.useVoucher", 1, by="partner")
    assert stage.see(f"{ECO}.voucherInfo", 1) == (1, offer, USED)


def test_publish_offer__partner__terms_as_given(stage: Stage) -> None:
    until = stage.now() + 100
    receipt = stage.do(f"{ECO}.publishOffer", PRICE, 3, until, REFERENCE, by="second partner")
    [event] = stage.events(receipt, f"{ECO}.OfferPublished")
    assert (event["offer"], event["partner"]) == (1, stage.address("second partner"))
    terms = (stage.address("second partner"), 3, until, False, PRICE, REFERENCE)
    assert stage.see(f"{ECO}.offerInfo", 1) == terms


# ---------------------------------------------------------------------- redemption


def test_redeem__too_few_points__reverts(stage: Stage, offer: int) -> None:
    refused = stage.refused(f"{ECO}.redeem", offer, by="neighbour")
    assert refused == ("ERC20InsufficientBalance", stage.address("neighbour").lower(), 0, PRICE)


def test_redeem__by_a_stranger__reverts(stage: Stage, offer: int) -> None:
    refused = stage.refused(f"{ECO}.redeem", offer, by="stranger")
    assert refused == ("EcopointsNotAccountHolder", stage.address("stranger").lower())


def test_redeem__stock_used_up__reverts(stage: Stage, offer: int) -> None:
    for _ in range(2):
        stage.do(f"{ECO}.redeem", offer, by="prosumer")
    assert stage.refused(f"{ECO}.redeem", offer, by="prosumer") == ("EcopointsOfferSoldOut", offer)
    assert stage.see(f"{ECO}.offerInfo", offer)[1] == 0


def test_redeem__expired__reverts_from_the_second_on(stage: Stage, offer: int) -> None:
    until = stage.see(f"{ECO}.offerInfo", offer)[2]
    stage.travel(until - 1)
    stage.call(f"{ECO}.redeem", offer).call({"from": stage.address("prosumer")})
    stage.travel(until)
    assert stage.refused(f"{ECO}.redeem", offer, by="prosumer") == ("EcopointsOfferExpired", offer, until)


def test_redeem__member__points_to_the_partner_and_a_voucher(stage: Stage, offer: int) -> None:
    receipt = stage.do(f"{ECO}.redeem", offer, by="prosumer")
    [event] = stage.events(receipt, f"{ECO}.VoucherIssued")
    prosumer = stage.address("prosumer")
    assert event == {"voucher": 1, "offer": offer, "member": 1, "wallet": prosumer, "price": PRICE}
    assert (points(stage, "prosumer"), points(stage, "partner")) == (POINTS - PRICE, PRICE)
    assert stage.see(f"{ECO}.voucherInfo", 1) == (1, offer, OPEN)
    assert stage.see(f"{ECO}.voucherCount") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "neighbour"},
        {"by": "partner"},
        {"offer": 2},
        {"priceMilliPoints": PRICE - 1},
        {"nonce": 1},
        {"domain": {"chainId": 1}},
        {"domain": {"verifyingContract": NOBODY}},
        {"domain": {"name": "Watt Commons GuaranteeOfOrigin"}},
    ],
    ids=str,
)
def test_redeem_for__something_else_signed__reverts(stage: Stage, offer: int, changes: dict[str, Any]) -> None:
    refused = stage.refused(f"{ECO}.redeemFor", *signed(stage, offer, **changes), by="stranger")
    assert refused == ("EcopointsSignatureInvalid", stage.address("prosumer").lower())


def test_redeem_for__deadline_passed__reverts(stage: Stage, offer: int) -> None:
    deadline = stage.now() + 10
    arguments = signed(stage, offer, deadline=deadline)
    stage.travel(deadline + 1)
    assert stage.refused(f"{ECO}.redeemFor", *arguments, by="stranger") == ("EcopointsSignatureExpired", deadline)


def test_redeem_for__signed__once(stage: Stage, offer: int) -> None:
    arguments = signed(stage, offer)
    stage.do(f"{ECO}.redeemFor", *arguments, by="stranger")
    assert points(stage, "prosumer") == POINTS - PRICE
    refused = stage.refused(f"{ECO}.redeemFor", *arguments, by="stranger")
    assert refused == ("EcopointsSignatureInvalid", stage.address("prosumer").lower())


def test_redeem_for__contract_wallet__by_its_owner(stage: Stage, offer: int) -> None:
    owner = stage.address("prosumer")
    wallet = deploy(stage.web3, "ContractWalletMock", owner, 0, sender=stage.address("deployer"))
    stage.registry("setMember", 3, wallet.address)
    stage.do(f"{ECO}.award", wallet.address, PRICE, REFERENCE, by="GreenCoach")
    stage.do(f"{ECO}.redeemFor", *signed(stage, offer, sent_for=wallet.address), by="stranger")
    assert stage.see(f"{ECO}.voucherInfo", 1)[0] == 3


# ---------------------------------------------------------------------- vouchers


@pytest.mark.parametrize("who", ["stranger", "prosumer", "operator", "second partner"])
def test_use_voucher__by_another__reverts(stage: Stage, offer: int, who: str) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    refused = stage.refused(f"{ECO}.useVoucher", 1, by=who)
    assert refused == ("EcopointsNotOfferPartner", offer, stage.address(who).lower())


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
def test_use_voucher__unknown__reverts(stage: Stage, offer: int, unknown: int) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    assert stage.refused(f"{ECO}.useVoucher", unknown, by="partner") == ("EcopointsVoucherUnknown", unknown)
    assert stage.see(f"{ECO}.voucherInfo", unknown) == (0, 0, 0)


def test_use_voucher__twice__reverts(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    receipt = stage.do(f"{ECO}.useVoucher", 1, by="partner")
    assert stage.events(receipt, f"{ECO}.VoucherUsed") == [{"voucher": 1, "offer": offer}]
    assert stage.refused(f"{ECO}.useVoucher", 1, by="partner") == ("EcopointsVoucherUsed", 1)


def test_use_voucher__expired__reverts_and_nothing_is_refunded(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    until = stage.see(f"{ECO}.offerInfo", offer)[2]
    stage.travel(until - 1)
    stage.call(f"{ECO}.useVoucher", 1).call({"from": stage.address("partner")})
    stage.travel(until)
    assert stage.refused(f"{ECO}.useVoucher", 1, by="partner") == ("EcopointsVoucherExpired", 1, until)
    assert stage.see(f"{ECO}.voucherInfo", 1) == (1, offer, EXPIRED)
    assert points(stage, "partner") == PRICE


# ---------------------------------------------------------------------- recovery


def test_recover__wallet_not_replaced__reverts(stage: Stage, offer: int) -> None:
    refused = stage.refused(f"{ECO}.recover", stage.address("prosumer"), by="stranger")
    assert refused == ("EcopointsNoSuccessor", stage.address("prosumer").lower())


def test_recover__replaced__points_and_vouchers_follow_the_member(stage: Stage, offer: int) -> None:
    stage.do(f"{ECO}.redeem", offer, by="prosumer")
    stage.registry("replaceWallet", 1, stage.address("new wallet"))
    refused = stage.refused(f"{ECO}.transfer", stage.address("partner"), 1, by="prosumer")
    assert refused == ("EcopointsNotAccountHolder", stage.address("prosumer").lower())
    receipt = stage.do(f"{ECO}.recover", stage.address("prosumer"), by="stranger")
    assert stage.events(receipt, f"{ECO}.Recovered")[0]["amount"] == POINTS - PRICE
    assert (points(stage, "prosumer"), points(stage, "new wallet")) == (0, POINTS - PRICE)
    assert stage.see(f"{ECO}.voucherInfo", 1)[0] == stage.see(
        "MemberRegistryMock.memberOfWallet", stage.address("new wallet")
    )
