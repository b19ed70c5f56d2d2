"""From a signed request to what is checked and sent: one function a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wattcommons.chain.batch import Read, call_of
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.signing import digest_of
from wattcommons.chain.typed_data import (
    cancel_message,
    cancellation_message,
    consent_message,
    consent_struct,
    domain_of,
    order_message,
    order_struct,
    redemption_message,
    rejection_message,
    revocation_message,
)
from wattcommons.domain.consents import ConsentTerms
from wattcommons.domain.orders import Order

ORDER: Final = "order"
ORDER_END: Final = "order_end"
CANCELLATION: Final = "cancellation"
REDEMPTION: Final = "redemption"
CONSENT: Final = "consent"
CONSENT_END: Final = "consent_end"


@dataclass(frozen=True)
class Asked:
    """Something a wallet signed. `rehearsal`: the read that fails as the transaction would, in the name of
    `rehearsed_by`; `payload`: what to send, as the store keeps it. `unchecked`: the rehearsal does not look at the
    signature.
    """

    kind: str
    wallet: str
    message: Any = field(repr=False)
    signature: bytes = field(repr=False)
    rehearsal: Read
    payload: dict[str, Any] = field(repr=False)
    rehearsed_by: str | None = None
    unchecked: bool = False

    @property
    def digest(self) -> bytes:
        """The 32 bytes that were signed: the same message twice is the same."""
        return digest_of(self.message)


def signature_of(text: str) -> bytes:
    """A signature as wallets write it; the recovery id of the few that count it from 0 is put right."""
    raw = bytes.fromhex(text[2:])
    return raw[:64] + bytes([raw[64] + 27]) if len(raw) == 65 and raw[64] < 2 else raw


def order_asked(contracts: Contracts, wallet: str, order: Order, signature: bytes) -> Asked:
    """A bid."""
    struct = order_struct(order)
    return Asked(
        ORDER,
        wallet,
        order_message(domain_of(contracts.deployment, "OrderBook"), order),
        signature,
        Read("OrderBook", "placeOrder", (struct,)),
        {"order": list(struct), "signature": signature.hex(), "participant": order.participant, "nonce": order.nonce},
        rehearsed_by=wallet,
        unchecked=True,
    )


def order_end_asked(
    contracts: Contracts,
    wallet: str,
    participant: int,
    nonce: int,
    deadline: int,
    signature: bytes,
    *,
    standing: bool,
) -> Asked:
    """The end of bids."""
    message = cancel_message(
        domain_of(contracts.deployment, "OrderBook"), participant, standing=standing, nonce=nonce, deadline=deadline
    )
    read = Read("OrderBook", "cancelOrdersFor", (participant, standing, nonce, deadline, signature))
    return _single(contracts, ORDER_END, wallet, message, signature, read, participant=participant, nonce=nonce)


def cancellation_asked(
    contracts: Contracts,
    holder: str,
    ids: Sequence[int],
    amounts: Sequence[int],
    terms: Sequence[Any],
    nonce: int,
    deadline: int,
    signature: bytes,
) -> Asked:
    """Certificates used up."""
    domain = domain_of(contracts.deployment, "GuaranteeOfOrigin")
    message = cancellation_message(domain, holder, ids, amounts, terms, nonce, deadline)
    arguments = (holder, list(ids), list(amounts), tuple(terms), deadline, signature)
    read = Read("GuaranteeOfOrigin", "cancelFor", arguments)
    return _single(contracts, CANCELLATION, holder, message, signature, read)


def redemption_asked(
    contracts: Contracts, member: str, offer: int, price_mpt: int, nonce: int, deadline: int, signature: bytes
) -> Asked:
    """Points spent."""
    message = redemption_message(
        domain_of(contracts.deployment, "Ecopoints"), member, offer, price_mpt, nonce, deadline
    )
    read = Read("Ecopoints", "redeemFor", (member, offer, deadline, signature))
    return _single(contracts, REDEMPTION, member, message, signature, read)


def consent_asked(
    contracts: Contracts, wallet: str, asked: int, terms: ConsentTerms, nonce: int, deadline: int, signature: bytes
) -> Asked:
    """A consent given; `asked`: the request it answers, 0 for none."""
    message = consent_message(domain_of(contracts.deployment, "ConsentRegistry"), asked, terms, nonce, deadline)
    read = Read("ConsentRegistry", "grantFor", (asked, consent_struct(terms), deadline, signature))
    return _single(contracts, CONSENT, wallet, message, signature, read, participant=terms.participant)


def consent_end_asked(
    contracts: Contracts, wallet: str, consent: int, deadline: int, signature: bytes, *, reject: bool
) -> Asked:
    """A consent taken back, or a request for one rejected."""
    domain = domain_of(contracts.deployment, "ConsentRegistry")
    message = rejection_message(domain, consent, deadline) if reject else revocation_message(domain, consent, deadline)
    read = Read("ConsentRegistry", "rejectFor" if reject else "revokeFor", (consent, deadline, signature))
    return _single(contracts, CONSENT_END, wallet, message, signature, read)


def _single(
    contracts: Contracts, kind: str, wallet: str, message: Any, signature: bytes, read: Read, **facts: int
) -> Asked:
    call = call_of(contracts, read.contract, read.function, *read.arguments)
    payload = {"to": call.to, "data": call.data.hex(), "label": call.label, **facts}
    return Asked(kind, wallet, message, signature, read, payload)
