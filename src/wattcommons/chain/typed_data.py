"""Everything that is signed, as EIP-712 messages: one function a message, fields named with their unit.

The contracts hold the same type strings; tests/vectors/eip712.json pins the digests for every language. A gateway's
proof of its key is the exception: it stays among people and programs, and no contract knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_account.messages import SignableMessage, encode_typed_data

from wattcommons.chain.deployment import Deployment
from wattcommons.domain.consents import ConsentTerms
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.packing import pack_readings
from wattcommons.domain.readings import Run

VERSION: Final = "1"
SIGNED_NAMES: Final = {
    "MeterLedger": "Watt Commons MeterLedger",
    "OrderBook": "Watt Commons OrderBook",
    "EnergyMarket": "Watt Commons EnergyMarket",
    "MemberRegistry": "Watt Commons MemberRegistry",
    "GuaranteeOfOrigin": "Watt Commons GuaranteeOfOrigin",
    "Ecopoints": "Watt Commons Ecopoints",
    "ConsentRegistry": "Watt Commons ConsentRegistry",
}
"""Contract -> `name` of its EIP-712 domain."""

_RUN: Final = "uint32 participant,uint32 firstInterval,bytes readings"
_ORDER_TAIL: Final = (
    "uint24 buyCapWhPerInterval,uint24 sellCapWhPerInterval,uint32 fromInterval,uint32 toInterval,"
    "uint40 nonce,uint64 deadlineUnix"
)
_ORDER: Final = (
    "uint32 participant,bool standing,int32 buyLimitMicroEurPerKwh,int32 sellLimitMicroEurPerKwh," + _ORDER_TAIL
)
_SPREAD_ORDER: Final = "uint32 participant,bool standing,int32 buySharePpm,int32 sellSharePpm," + _ORDER_TAIL
_CANCEL: Final = "uint32 participant,bool standing,uint40 nonce,uint64 deadlineUnix"
_WITHDRAWAL: Final = "uint32 participant,uint256 amountNeur,uint256 nonce,uint64 deadlineUnix"
_ENROLMENT: Final = (
    "uint32 member,uint8 basis,uint8 source,uint24 importPowerW,uint24 exportPowerW,address gateway,"
    "uint32 fromInterval,bytes32 commitment,uint64 deadline"
)
_ROTATION: Final = "uint32 participant,address gateway,uint8 source,uint32 fromInterval,uint32 nonce,uint64 deadline"
_GATEWAY_PROOF: Final = "address gateway,uint32 participant"
_REDEMPTION: Final = "address member,uint32 offer,uint256 priceMilliPoints,uint256 nonce,uint64 deadline"
_STATEMENT: Final = (
    "bytes32 beneficiary,bytes32 purpose,uint64 periodFrom,uint64 periodTo,bytes2 country,bytes32 statementHash"
)
_CANCELLATION: Final = "address holder,uint256[] ids,uint256[] amounts,Statement terms,uint256 nonce,uint64 deadline"
_CONSENT: Final = (
    "uint64 request,uint32 participant,address grantee,uint8 directions,uint8 granularity,uint8 readsPerDay,"
    "bytes32 purpose,uint64 validFromUnix,uint64 validUntilUnix,uint256 nonce,uint64 deadlineUnix"
)
_CONSENT_ANSWER: Final = "uint64 consent,uint64 deadlineUnix"
_PERMIT: Final = "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline"


@dataclass(frozen=True)
class SigningDomain:
    """Where a signature counts: one contract on one chain. Elsewhere it is worth nothing."""

    name: str
    chain_id: int
    contract: str

    def as_dict(self) -> dict[str, Any]:
        """The EIP-712 domain."""
        return {
            "name": self.name,
            "version": VERSION,
            "chainId": self.chain_id,
            "verifyingContract": self.contract,
        }


def domain_of(deployment: Deployment, contract: str) -> SigningDomain:
    """The signing domain of one of a deployment's contracts."""
    name = SIGNED_NAMES.get(contract) or f"{deployment.terms.name} euro"
    return SigningDomain(name, deployment.chain_id, deployment.address(contract))


def run_message(domain: SigningDomain, run: Run) -> SignableMessage:
    """What a gateway signs: a run of readings. Domain: MeterLedger."""
    values = [run.participant, run.first, pack_readings(run.readings)]
    return _message(domain, "Run", _RUN, values)


def order_struct(order: Order) -> tuple[Any, ...]:
    """An order as the order book's struct."""
    return (
        order.participant,
        order.standing,
        order.shares,
        order.buy_limit,
        order.sell_limit,
        order.buy_cap_wh,
        order.sell_cap_wh,
        order.from_interval,
        order.to_interval,
        order.nonce,
        order.deadline,
    )


def order_message(domain: SigningDomain, order: Order) -> SignableMessage:
    """What a member signs to bid, in prices or in shares of the spread. Domain: OrderBook."""
    participant, standing, _shares, *rest = order_struct(order)
    values = [participant, standing, *rest]
    if order.kind is LimitKind.SHARE:
        return _message(domain, "SpreadOrder", _SPREAD_ORDER, values)
    return _message(domain, "Order", _ORDER, values)


def cancel_message(
    domain: SigningDomain, participant: int, *, standing: bool, nonce: int, deadline: int
) -> SignableMessage:
    """What a member signs to cancel orders. Domain: OrderBook."""
    return _message(domain, "Cancel", _CANCEL, [participant, standing, nonce, deadline])


def withdrawal_message(
    domain: SigningDomain, participant: int, amount_neur: int, nonce: int, deadline: int
) -> SignableMessage:
    """What a member signs to be paid out. Domain: EnergyMarket."""
    return _message(domain, "Withdrawal", _WITHDRAWAL, [participant, amount_neur, nonce, deadline])


def enrolment_message(domain: SigningDomain, terms: Sequence[Any]) -> SignableMessage:
    """What member and metering operator sign to enrol; `terms` in the order of the contract's struct."""
    return _message(domain, "Enrolment", _ENROLMENT, list(terms))


def rotation_message(domain: SigningDomain, terms: Sequence[Any]) -> SignableMessage:
    """What member and metering operator sign to replace a gateway key; `terms` in the struct's order."""
    return _message(domain, "Rotation", _ROTATION, list(terms))


def gateway_proof(domain: SigningDomain, gateway: str, participant: int) -> SignableMessage:
    """What a gateway signs to show that it has its key, before anybody enrols it. Domain: MemberRegistry.

    `participant` 0: for an enrolment, whose index nobody knows yet; else for the rotation of that participant's key.
    No contract checks it and none of theirs takes it for something else, as its type is its own; so it is not among
    the vectors that the contracts share.
    """
    return _message(domain, "GatewayProof", _GATEWAY_PROOF, [gateway, participant])


def redemption_message(
    domain: SigningDomain, member: str, offer: int, price_mpt: int, nonce: int, deadline: int
) -> SignableMessage:
    """What a member signs to spend Ecopoints. Domain: Ecopoints."""
    return _message(domain, "Redemption", _REDEMPTION, [member, offer, price_mpt, nonce, deadline])


def cancellation_message(
    domain: SigningDomain,
    holder: str,
    ids: Sequence[int],
    amounts: Sequence[int],
    statement: Sequence[Any],
    nonce: int,
    deadline: int,
) -> SignableMessage:
    """What a holder signs to cancel certificates; `statement` in the struct's order. Domain: GuaranteeOfOrigin."""
    terms = dict(zip((field["name"] for field in _fields(_STATEMENT)), statement, strict=True))
    values = [holder, list(ids), list(amounts), terms, nonce, deadline]
    return _message(domain, "Cancellation", _CANCELLATION, values, {"Statement": _fields(_STATEMENT)})


def cancellation_request(
    domain: SigningDomain,
    holder: str,
    ids: Sequence[int],
    amounts: Sequence[int],
    statement: Sequence[Any],
    nonce: int,
    deadline: int,
) -> dict[str, Any]:
    """What `cancellation_message` signs, as a wallet's `eth_signTypedData_v4` takes it: numbers as decimal strings."""
    names = [field["name"] for field in _fields(_CANCELLATION)]
    terms = {
        field["name"]: f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
        for field, value in zip(_fields(_STATEMENT), statement, strict=True)
    }
    values = [holder, [str(one) for one in ids], [str(one) for one in amounts], terms, str(nonce), str(deadline)]
    own = "string name,string version,uint256 chainId,address verifyingContract"
    types = {"EIP712Domain": own, "Cancellation": _CANCELLATION, "Statement": _STATEMENT}
    return {
        "types": {name: _fields(fields) for name, fields in types.items()},
        "primaryType": "Cancellation",
        "domain": domain.as_dict(),
        "message": dict(zip(names, values, strict=True)),
    }


def consent_struct(terms: ConsentTerms) -> tuple[Any, ...]:
    """A consent's terms as the consent registry's struct."""
    return (
        terms.participant,
        terms.grantee,
        int(terms.directions),
        int(terms.granularity),
        terms.reads_per_day,
        terms.purpose,
        terms.valid_from,
        terms.valid_until,
    )


def consent_message(
    domain: SigningDomain, request: int, terms: ConsentTerms, nonce: int, deadline: int
) -> SignableMessage:
    """What a member signs to give a consent; `request`: the one it answers, 0 for none. Domain: ConsentRegistry."""
    return _message(domain, "Consent", _CONSENT, [request, *consent_struct(terms), nonce, deadline])


def rejection_message(domain: SigningDomain, consent: int, deadline: int) -> SignableMessage:
    """What a member signs to say no to a request for a consent. Domain: ConsentRegistry."""
    return _message(domain, "Rejection", _CONSENT_ANSWER, [consent, deadline])


def revocation_message(domain: SigningDomain, consent: int, deadline: int) -> SignableMessage:
    """What a member signs to take a consent back: its number is enough. Domain: ConsentRegistry."""
    return _message(domain, "Revocation", _CONSENT_ANSWER, [consent, deadline])


def permit_message(domain: SigningDomain, owner: str, spender: str, value: int, nonce: int, deadline: int) -> Any:
    """ERC-2612: what a member signs to let somebody move euro. Domain: CommunityEuro."""
    return _message(domain, "Permit", _PERMIT, [owner, spender, value, nonce, deadline])


def _message(
    domain: SigningDomain,
    primary: str,
    fields: str,
    values: Sequence[Any],
    others: dict[str, list[dict[str, str]]] | None = None,
) -> SignableMessage:
    types = {primary: _fields(fields), **(others or {})}
    names = [field["name"] for field in types[primary]]
    return encode_typed_data(domain.as_dict(), types, dict(zip(names, values, strict=True)))


def _fields(text: str) -> list[dict[str, str]]:
    pairs = (item.split(" ") for item in text.split(","))
    return [{"type": kind, "name": name} for kind, name in pairs]
