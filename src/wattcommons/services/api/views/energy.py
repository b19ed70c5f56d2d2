"""A participant's own energy and money."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from wattcommons.domain.intervals import IntervalLength, end_unix, start_unix
from wattcommons.domain.local_periods import Chart, start_of
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.models.energy import (
    CorrectionEntry,
    Energy,
    EnergyBucket,
    Flows,
    LatestReading,
    Supplies,
    Supply,
)
from wattcommons.services.api.views.common import BASES, freshness, kind_of, quality_of
from wattcommons.services.store.reads.corrections import CorrectionRow
from wattcommons.services.store.reads.flows import FlowSums, IntervalFlow
from wattcommons.services.store.reads.state import IndexState
from wattcommons.services.store.reads.supplies import Exchange

_LISTED: Final = 500


def total(sums: Sequence[FlowSums]) -> FlowSums:
    """All columns together."""
    whole = FlowSums()
    for one in sums:
        if one.read:
            whole = whole.plus(one)
    return whole


def flows(sums: FlowSums) -> Flows:
    """Sums over a time."""
    return Flows(**_flows(sums))


def energy(
    participant: int,
    basis: int,
    period: Period,
    chart: Chart,
    sums: Sequence[FlowSums],
    corrections: Sequence[CorrectionRow],
    length: IntervalLength,
    state: IndexState,
) -> Energy:
    """A chart with its columns."""
    corrected = sorted({one.interval for one in corrections})
    buckets = []
    for column, one in zip(chart.columns, sums, strict=True):
        start, end = start_of(column, length)
        buckets.append(
            # Counted by us: nothing in it needs to be checked again, and a week has 336 of them.
            EnergyBucket.model_construct(
                None,
                start=start,
                end=end,
                intervals=len(column),
                read=one.read,
                settled=one.settled,
                estimated=one.estimated,
                corrected=bisect_left(corrected, column.end) - bisect_left(corrected, column.first),
                **_flows(one),
            )
        )
    start, end = start_of(chart.whole, length)
    return Energy(
        participant=participant,
        basis=BASES[basis],
        period=period,
        start=start,
        end=end,
        total=flows(total(sums)),
        buckets=buckets,
        corrections=[correction(one, length) for one in corrections[-_LISTED:]],
        freshness=freshness(state),
    )


def correction(one: CorrectionRow, length: IntervalLength) -> CorrectionEntry:
    """A corrected reading beside the one before."""
    return CorrectionEntry(
        interval=one.interval,
        start=start_unix(one.interval, length),
        end=end_unix(one.interval, length),
        before_production_wh=one.before.production_wh,
        before_consumption_wh=one.before.consumption_wh,
        before_quality=quality_of(one.before.quality),
        production_wh=one.after.production_wh,
        consumption_wh=one.after.consumption_wh,
        value_neur=one.value_neur,
        booked_neur=one.booked_neur,
        reason=one.reason,
        at=one.at,
    )


def latest(found: IntervalFlow, price: int | None, length: IntervalLength) -> LatestReading:
    """The newest reading. Power is its mean over the interval, rounded down."""
    sums = found.sums
    return LatestReading(
        interval=found.interval,
        end=end_unix(found.interval, length),
        production_wh=sums.production_wh,
        consumption_wh=sums.consumption_wh,
        production_w=sums.production_wh * 60 // length.minutes,
        consumption_w=sums.consumption_wh * 60 // length.minutes,
        quality=quality_of(found.quality),
        settled=bool(sums.settled),
        bought_wh=sums.bought_wh,
        sold_wh=sums.sold_wh,
        grid_import_wh=sums.grid_import_wh,
        grid_export_wh=sums.grid_export_wh,
        own_use_wh=sums.own_use_wh,
        price=price,
    )


def supplies(
    participant: int,
    span: tuple[int, int],
    sums: FlowSums,
    bought: Sequence[Exchange],
    sold: Sequence[Exchange],
) -> Supplies:
    """Who supplied whom over `span` (unix seconds), by kind of plant."""
    return Supplies(
        participant=participant,
        start=span[0],
        end=span[1],
        own_use_wh=sums.own_use_wh,
        from_neighbours=_by_kind(bought),
        from_grid_wh=sums.grid_import_wh,
        to_neighbours=_by_kind(sold),
        to_grid_wh=sums.grid_export_wh,
    )


def _by_kind(exchanges: Sequence[Exchange]) -> list[Supply]:
    kinds: dict[str, Supply] = {}
    for one in exchanges:
        kind = kind_of(one.fuel)
        before = kinds.get(kind) or Supply(kind=kind, wh=0, neighbours=0, value_neur=0)
        kinds[kind] = Supply(
            kind=kind,
            wh=before.wh + one.wh,
            neighbours=before.neighbours + one.neighbours,
            value_neur=before.value_neur + one.value_neur,
        )
    return sorted(kinds.values(), key=lambda one: (-one.wh, one.kind))


def _flows(sums: FlowSums) -> dict[str, int]:
    return {
        "production_wh": sums.production_wh,
        "consumption_wh": sums.consumption_wh,
        "own_use_wh": sums.own_use_wh,
        "bought_wh": sums.bought_wh,
        "sold_wh": sums.sold_wh,
        "grid_import_wh": sums.grid_import_wh,
        "grid_export_wh": sums.grid_export_wh,
        "local_neur": sums.local_neur,
        "fee_neur": sums.fee_neur,
        "grid_neur": sums.grid_neur,
        "grid_only_neur": sums.grid_only_neur,
        "saved_neur": sums.saved_neur,
    }
