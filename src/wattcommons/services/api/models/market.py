"""Bids, prices and results."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Freshness, Interval, Model, Neur, Price, Signature, Unix, WhCount


class IntervalResult(Model):
    """A past interval: what everybody may see. `price` is None where nobody could trade.

    `matched_wh` is None to who is not signed in where so few sold, or bought, that it would tell their own energy.
    """

    interval: Interval
    start: Unix
    end: Unix
    price: Price | None
    lo: Price
    hi: Price
    retail: Price
    feed_in: Price
    network_fee: Price
    matched_wh: WhCount | None
    participants: int
    left_out: bool
    settled: bool


class IntervalResults(Model):
    """A page, newest first. `next`: cursor of the next page."""

    items: list[IntervalResult]
    next: str | None
    freshness: Freshness


class GridPrice(Model):
    """Backup prices of one interval, past or to come."""

    interval: Interval
    start: Unix
    retail: Price
    feed_in: Price
    network_fee: Price


class GridPrices(Model):
    """Backup prices of consecutive intervals; equal neighbours are not merged."""

    items: list[GridPrice]


class Step(Model):
    """A step of a supply or demand curve: `wh` in all up to and including this price."""

    price: Price
    wh: WhCount


class Curves(Model):
    """Supply and demand of a past interval, steps merged until each holds several participants.

    `own_side` buy or sell, with the own limit, the Wh bid and the Wh traded.
    """

    result: IntervalResult
    supply: list[Step]
    demand: list[Step]
    withheld: bool
    own_side: str | None
    own_limit: Price | None
    own_wh: WhCount
    own_traded_wh: WhCount


class OrderTerms(Model):
    """An order's fields, exactly as signed (EIP-712 `Order`, or `SpreadOrder` where `shares`)."""

    participant: int = Field(ge=1, le=2**32 - 1)
    standing: bool
    shares: bool
    buy_limit: int = Field(ge=-(2**31), le=2**31 - 1, description="µ€/kWh, or ppm of the spread where `shares`")
    sell_limit: int = Field(ge=-(2**31), le=2**31 - 1)
    buy_cap_wh: int = Field(ge=0, le=2**24 - 1)
    sell_cap_wh: int = Field(ge=0, le=2**24 - 1)
    from_interval: Interval
    to_interval: Interval
    nonce: int = Field(ge=1, le=2**40 - 1)
    deadline: int = Field(ge=0, le=2**53)


class SignedOrder(Model):
    """An order and its member's signature."""

    order: OrderTerms
    signature: Signature


class OrderEnd(Model):
    """A cancellation as signed (EIP-712 `Cancel`)."""

    participant: int = Field(ge=1, le=2**32 - 1)
    standing: bool
    nonce: int = Field(ge=1, le=2**40 - 1)
    deadline: int = Field(ge=0, le=2**53)
    signature: Signature


class OrderShown(Model):
    """An order on the book. `state`: in_force, coming, replaced, ended or cancelled."""

    order: OrderTerms
    state: str
    placed: Unix
    from_time: Unix
    to_time: Unix | None


class Orders(Model):
    """A participant's bids. A new one takes `next_nonce`, counts from `first_open_interval`, if it lands by
    `gate_closes`."""

    participant: int
    in_force: OrderShown | None
    coming: list[OrderShown]
    past: list[OrderShown]
    next_nonce: int
    first_open_interval: Interval
    gate_closes: Unix
    now: Unix


class Intent(Model):
    """Something signed that was sent on. `state`: waiting, sent, done or refused, with code and detail."""

    id: str
    kind: str
    state: str
    created: Unix
    changed: Unix
    tx_hash: str | None
    refusal: str | None
    detail: str | None
    what_to_do: str | None


class Trade(Model):
    """One settled interval of a participant."""

    interval: Interval
    start: Unix
    bought_wh: WhCount
    sold_wh: WhCount
    price: Price | None
    local_neur: Neur
    saved_neur: Neur
    late: bool


class Trades(Model):
    """A page of settled intervals, newest first."""

    items: list[Trade]
    next: str | None
