"""A participant's own energy and money."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import (
    Freshness,
    Interval,
    Model,
    Neur,
    Period,
    Price,
    Quality,
    Unix,
    WhCount,
)


class Flows(Model):
    """Sums over a time. PROD = own use + sold (AUTOPROD) + grid export (SURPLUS);
    CONS = own use + bought (AUTOCONS) + grid import (COMPLEMENT)."""

    production_wh: WhCount
    consumption_wh: WhCount
    own_use_wh: WhCount
    bought_wh: WhCount
    sold_wh: WhCount
    grid_import_wh: WhCount
    grid_export_wh: WhCount
    local_neur: Neur = Field(description="received for sold less paid for bought")
    fee_neur: Neur = Field(description="network fee on what was bought")
    grid_neur: Neur = Field(description="received from, or paid to (negative), the grid")
    grid_only_neur: Neur = Field(description="the same energy without neighbours")
    saved_neur: Neur


class EnergyBucket(Flows):
    """One column: [start, end). `settled` intervals of `intervals`; readings not settled yet are in production and
    consumption alone."""

    start: Unix
    end: Unix
    intervals: int
    read: int
    settled: int
    estimated: int
    corrected: int


class CorrectionEntry(Model):
    """A settled reading that the metering operator put right: what stood there before, what stands there now, and what
    that is worth (received above zero). The columns and sums have it in them already.
    """

    interval: Interval
    start: Unix
    end: Unix
    before_production_wh: WhCount
    before_consumption_wh: WhCount
    before_quality: Quality
    production_wh: WhCount
    consumption_wh: WhCount
    value_neur: Neur
    booked_neur: Neur = Field(
        description="what of it the community booked: all, or nothing where the grid is billed apart"
    )
    reason: str
    at: Unix


class Energy(Model):
    """Energy over a period in columns: intervals of a day or a week, days of a month, months of a year."""

    participant: int
    basis: str
    period: Period
    start: Unix
    end: Unix
    total: Flows
    buckets: list[EnergyBucket]
    corrections: list[CorrectionEntry] = Field(description="the last 500 of the period, by interval")
    freshness: Freshness


class Supply(Model):
    """Wh exchanged with neighbours' plants of one kind, `neighbours` of them; nobody is named."""

    kind: str
    wh: WhCount
    neighbours: int
    value_neur: Neur


class Supplies(Model):
    """Who supplied whom, by kind of plant, over a period."""

    participant: int
    start: Unix
    end: Unix
    own_use_wh: WhCount
    from_neighbours: list[Supply]
    from_grid_wh: WhCount
    to_neighbours: list[Supply]
    to_grid_wh: WhCount


class LatestReading(Model):
    """The newest reading. Power is its mean over the interval."""

    interval: Interval
    end: Unix
    production_wh: WhCount
    consumption_wh: WhCount
    production_w: int
    consumption_w: int
    quality: Quality
    settled: bool
    bought_wh: WhCount
    sold_wh: WhCount
    grid_import_wh: WhCount
    grid_export_wh: WhCount
    own_use_wh: WhCount
    price: Price | None


class TargetNow(Model):
    """The month's target: met while `forecast_wh` stays below `target_wh`."""

    period: int
    first_interval: Interval
    end_interval: Interval
    start: Unix
    end: Unix
    expectation_wh: WhCount
    target_wh: WhCount
    used_wh: WhCount
    missing_intervals: int
    forecast_wh: WhCount
    outcome: str = Field(description="open, award, miss, no_data or account_closed")
    points_mpt: Neur
    forecast_points_mpt: Neur
    alert: str | None = Field(description="on_course, close or above")


class Home(Model):
    """Now, today and this month at a glance."""

    participant: int
    latest: LatestReading | None
    today: Flows
    month: Flows
    target: TargetNow | None
    points_mpt: Neur
    freshness: Freshness


class TargetDay(Model):
    """One local day of a target's progress. `allowed_wh`: the target's part up to the day's end."""

    start: Unix
    used_wh: WhCount
    total_wh: WhCount
    allowed_wh: WhCount


class TargetProgress(Model):
    """A target, its formula in numbers, and how it goes."""

    target: TargetNow
    formula: str
    days: list[TargetDay]
    forecast_bill_neur: Neur
    forecast_grid_only_neur: Neur
    advice: str = Field(description="code of one piece of advice")
    advice_values: dict[str, int]


class Targets(Model):
    """A participant's targets: the current one in full, those before in short."""

    participant: int
    current: TargetProgress | None
    past: list[TargetNow]
