"""Orders signed by hand, expected refusals, and wallets that are contracts or were replaced."""

from __future__ import annotations

from typing import Any

from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from tests.support.artifacts import deploy
from tests.support.community import KEYS, Community, member_key, order_struct
from tests.support.village import LOFT, SPA
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import cancel_message, domain_of
from wattcommons.domain.orders import Order

REFUSALS = (
    "None",
    "NotMember",
    "Expired",
    "NonceUsed",
    "GateClosed",
    "PeriodInvalid",
    "LimitInvalid",
    "TooManyPending",
)


def skipped(village: Community, sent: Any) -> list[tuple[int, int, str, int]]:
    """Participant, nonce, reason and detail of every order of a batch that had no effect."""
    return [
        (event["participant"], event["nonce"], REFUSALS[event["reason"]], event["detail"])
        for event in village.events(sent, "OrderBook.OrderSkipped")
    ]


def without_effect(village: Community, struct: tuple[Any, ...], signature: bytes, reason: str, detail: int) -> None:
    """Refused signed and relayed, with a good order before and after it; and refused when the member sends it."""
    participant, nonce = struct[0], struct[9]
    before = village.see("OrderBook.lastNonce", participant)
    nonce_of_good = village.see("OrderBook.lastNonce", SPA) + 1
    good = [village.signed_order(village.order(i, village.open(), nonce=nonce_of_good)) for i in (SPA, LOFT)]
    sent = village.do("OrderBook.placeOrders", [good[0], (struct, signature), good[1]])
    assert skipped(village, sent) == [(participant, nonce, reason, detail)]
    assert [event["participant"] for event in village.events(sent, "OrderBook.OrderPlaced")] == [SPA, LOFT]
    assert village.see("OrderBook.lastNonce", participant) == before
    if reason != "NotMember":
        refused = village.refused("OrderBook.placeOrder", struct, by=member_key(participant))
        assert refused == ("OrderRefused", participant, nonce, REFUSALS.index(reason), detail)


def refused_order(village: Community, order: Order, reason: str, detail: int, **changes: Any) -> None:
    """As `without_effect`, for an order signed by its member; `changes` are put in where the types refuse them."""
    fields = dict(zip(FIELDS, order_struct(order), strict=True)) | changes
    without_effect(village, tuple(fields.values()), raw_signature(village, fields), reason, detail)


FIELDS = (
    "participant",
    "standing",
    "shares",
    "buy",
    "sell",
    "buyCapWhPerInterval",
    "sellCapWhPerInterval",
    "fromInterval",
    "toInterval",
    "nonce",
    "deadlineUnix",
)


def raw_signature(village: Community, fields: dict[str, Any]) -> bytes:
    """The member's signature over any values, by the types as the contract documents them."""
    names = (
        ("buySharePpm", "sellSharePpm") if fields["shares"] else ("buyLimitMicroEurPerKwh", "sellLimitMicroEurPerKwh")
    )
    types = ["uint32", "bool", "int32", "int32", "uint24", "uint24", "uint32", "uint32", "uint40", "uint64"]
    labels = ["participant", "standing", *names, *FIELDS[5:]]
    values = [fields[name] for name in FIELDS if name != "shares"]
    primary = "SpreadOrder" if fields["shares"] else "Order"
    domain = domain_of(village.deployment, "OrderBook").as_dict()
    listed = [{"name": name, "type": kind} for name, kind in zip(labels, types, strict=True)]
    message = encode_typed_data(domain, {primary: listed}, dict(zip(labels, values, strict=True)))
    return sign(member_key(fields["participant"]), message)


def replace_wallet(village: Community, member: int, wallet: str) -> None:
    """Replace a member's key: operator, second approver, delay."""
    village.do("MemberRegistry.proposeReplacement", member, wallet, by=village.operator)
    village.do("MemberRegistry.approveReplacement", member, wallet, by=village.approver)
    village.travel(village.now() + village.terms.replacement_delay_s + 1)
    village.do("MemberRegistry.executeReplacement", member)


def wallet_of(village: Community, participant: int, manner: str) -> LocalAccount:
    """Put a contract wallet of that manner in the place of a member's; the key that owns it."""
    manners = ("Good", "BurnsGas", "AnswersHuge", "AnswersShort", "AnswersDirty", "Reverts", "Slow")
    owner = KEYS.service("wallet owner")
    mock = deploy(village.web3, "ContractWalletMock", owner.address, manners.index(manner))
    village.become(member_key(participant).address, str(mock.address))
    return owner


def cancel_signature(
    village: Community, participant: int, standing: bool, nonce: int, by: LocalAccount | None = None
) -> bytes:
    """A member's cancellation, good for fifty seconds."""
    domain = domain_of(village.deployment, "OrderBook")
    message = cancel_message(domain, participant, standing=standing, nonce=nonce, deadline=village.now() + 50)
    return sign(by or member_key(participant), message)
