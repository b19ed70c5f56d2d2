"""From what a client sends to what is asked of the chain, with the domain's rules on the way."""

from __future__ import annotations

from typing import Any, Final

from wattcommons.chain.accounts import checksummed
from wattcommons.chain.batch import Read, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.units import IntervalIndex, ParticipantIndex, Wh
from wattcommons.errors import RevertedError, RuleError
from wattcommons.services.api.intents import messages
from wattcommons.services.api.intents.messages import Asked, signature_of
from wattcommons.services.api.models.consents import ConsentEnd, ConsentGrant
from wattcommons.services.api.models.market import OrderEnd, SignedOrder
from wattcommons.services.api.models.registry import CancellationRequest, RedemptionRequest, StatementTerms
from wattcommons.services.api.problems import invalid, not_found

_FIELDS: Final = (
    ("buy limit", "order.buy_limit"),
    ("sell limit", "order.sell_limit"),
    ("buy cap", "order.buy_cap_wh"),
    ("sell cap", "order.sell_cap_wh"),
    ("standing order ends", "order.to_interval"),
    ("order ends at interval", "order.to_interval"),
    ("first interval", "order.from_interval"),
    ("nonce", "order.nonce"),
    ("deadline", "order.deadline"),
)


def order(contracts: Contracts, wallet: str, given: SignedOrder) -> Asked:
    """A bid. Raises ApiProblem 422 naming the field that breaks a rule."""
    terms = given.order
    try:
        checked = Order(
            ParticipantIndex(terms.participant),
            LimitKind.SHARE if terms.shares else LimitKind.FIXED,
            terms.standing,
            terms.buy_limit,
            terms.sell_limit,
            Wh(terms.buy_cap_wh),
            Wh(terms.sell_cap_wh),
            IntervalIndex(terms.from_interval),
            IntervalIndex(terms.to_interval),
            terms.nonce,
            terms.deadline,
        )
    except RuleError as error:
        where = next((field for words, field in _FIELDS if words in error.message), "order")
        raise invalid(where, error.message, error.hint, code="rule") from None
    return messages.order_asked(contracts, wallet, checked, signature_of(given.signature))


def order_end(contracts: Contracts, wallet: str, given: OrderEnd) -> Asked:
    """The end of bids."""
    return messages.order_end_asked(
        contracts,
        wallet,
        given.participant,
        given.nonce,
        given.deadline,
        signature_of(given.signature),
        standing=given.standing,
    )


def cancellation(contracts: Contracts, wallet: str, given: CancellationRequest) -> Asked:
    """Certificates used up. Raises ApiProblem 422 for lists of unequal length."""
    if len(given.ids) != len(given.amounts_wh):
        raise invalid(
            "amounts_wh", f"{len(given.amounts_wh)} amounts for {len(given.ids)} certificates", "give one each"
        )
    for where, values, most in (("ids", given.ids, 2**256), ("amounts_wh", given.amounts_wh, 2**256)):
        if any(value >= most for value in values):
            raise invalid(where, "a number is out of range")
    statement = statement_of(given.terms)
    return messages.cancellation_asked(
        contracts,
        wallet,
        given.ids,
        given.amounts_wh,
        statement,
        _nonce(given.nonce),
        given.deadline,
        signature_of(given.signature),
    )


def statement_of(terms: StatementTerms) -> tuple[Any, ...]:
    """What a cancellation is for, as the contract's struct."""
    return (
        bytes.fromhex(terms.beneficiary[2:]),
        bytes.fromhex(terms.purpose[2:]),
        terms.period_from,
        terms.period_to,
        terms.country.encode("ascii"),
        bytes.fromhex(terms.statement_hash[2:]),
    )


def redemption(contracts: Contracts, wallet: str, given: RedemptionRequest) -> Asked:
    """Points spent at the offer's own price. Raises ApiProblem 404 for an unknown offer, NodeUnavailable."""
    try:
        [price] = read_all(contracts, [Read("Ecopoints", "offerInfo", (given.offer,))])
    except RevertedError:
        raise not_found("there is no such offer") from None
    return messages.redemption_asked(
        contracts,
        wallet,
        given.offer,
        _price(price),
        _nonce(given.nonce),
        given.deadline,
        signature_of(given.signature),
    )


def consent(contracts: Contracts, wallet: str, given: ConsentGrant) -> Asked:
    """A consent given. Raises ApiProblem 422 naming the field that breaks a rule."""
    try:
        granularity = Granularity[given.granularity.upper()]
    except KeyError:
        words = ", ".join(one.name.lower() for one in Granularity)
        raise invalid(
            "granularity", f"{given.granularity[:40]!r} is no granularity", f"choose one of {words}"
        ) from None
    directions = (Directions.IMPORT if given.imports else Directions(0)) | (
        Directions.EXPORT if given.exports else Directions(0)
    )
    try:
        terms = ConsentTerms(
            ParticipantIndex(given.participant),
            Account(checksummed(given.grantee)),
            directions,
            granularity,
            given.frequency,
            bytes.fromhex(given.purpose[2:]),
            given.valid_from,
            given.valid_until,
        )
    except RuleError as error:
        raise invalid("consent", error.message, error.hint, code="rule") from None
    if given.request >= 2**64:
        raise invalid("request", "there is no such request")
    return messages.consent_asked(
        contracts, wallet, given.request, terms, _nonce(given.nonce), given.deadline, signature_of(given.signature)
    )


def consent_end(contracts: Contracts, wallet: str, given: ConsentEnd, *, reject: bool) -> Asked:
    """A consent taken back, or a request rejected."""
    return messages.consent_end_asked(
        contracts, wallet, given.consent, given.deadline, signature_of(given.signature), reject=reject
    )


def _nonce(nonce: int) -> int:
    if nonce >= 2**256:
        raise invalid("nonce", "the nonce is out of range")
    return nonce


def _price(offer: Any) -> int:
    return int(offer[4] if isinstance(offer, (tuple, list)) else offer)
