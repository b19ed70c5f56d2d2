"""A participant's monthly statement."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Freshness, Interval, Model, Neur, Price, Unix, WhCount


class StatementSums(Model):
    """PROD = AUTOPROD + SURPLUS and CONS = AUTOCONS + COMPLEMENT; own use stands beside them (see `basis`).

    Money: received above zero, paid below. Means in µ€/kWh are rounded, everything else is exact.
    """

    intervals: int
    production_wh: WhCount = Field(description="all that the readings say, own use included")
    consumption_wh: WhCount
    own_use_wh: WhCount
    prod_wh: WhCount
    autoprod_wh: WhCount
    surplus_wh: WhCount
    cons_wh: WhCount
    autocons_wh: WhCount
    complement_wh: WhCount
    autocons_mean_price: Price | None
    autoprod_mean_price: Price | None
    autocons_neur: Neur
    autoprod_neur: Neur
    fee_neur: Neur
    complement_neur: Neur
    surplus_neur: Neur
    total_neur: Neur
    supplier_only_neur: Neur
    saving_neur: Neur


class StatementPart(Model):
    """The sums under one tariff."""

    retail: Price
    feed_in: Price
    network_fee: Price
    sums: StatementSums


class MonthlyStatement(Model):
    """A statement. Always provisional: only the network operator's own monthly data are definitive.

    `number` is None while the month runs. Of `expected_intervals` (ended, of the participant's ownership) `unread` have
    no reading and `waiting` are not settled: these are missing in the sums.
    """

    status: str = Field(description="provisional", examples=["provisional"])
    number: int | None
    month: str = Field(examples=["2026-04"])
    over: bool
    start: Unix
    end: Unix
    first_interval: Interval
    end_interval: Interval
    community: str
    controller: str
    participant: int
    label: str | None
    name: str | None
    prm: str | None
    basis: str
    source: str
    expected_intervals: int
    unread: int
    waiting: int
    estimated: int
    corrected: int
    corrections_neur: Neur = Field(description="what corrections changed, in the sums already")
    late: int
    complete: bool
    fee_billed_by_community: bool
    grid_billed_by_community: bool
    total: StatementSums
    parts: list[StatementPart]
    freshness: Freshness
