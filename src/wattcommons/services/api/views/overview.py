"""The community's sums as everybody may see them."""

from __future__ import annotations

from collections.abc import Sequence

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.local_periods import Chart, start_of
from wattcommons.domain.units import PPM
from wattcommons.services.api.models.common import Period
from wattcommons.services.api.models.community import CommunityBucket, MixPart, Overview
from wattcommons.services.api.views.common import freshness, kind_of
from wattcommons.services.store.reads.community import CommunitySums, Kind, Numbers
from wattcommons.services.store.reads.state import IndexState

NOTHING = CommunitySums(*[0] * len(CommunitySums._fields))
_TOGETHER = "other"


def overview(
    period: Period,
    chart: Chart,
    numbers: Numbers,
    sums: Sequence[CommunitySums] | None,
    mix: Sequence[MixPart],
    length: IntervalLength,
    state: IndexState,
) -> Overview:
    """Sums over a period; `sums` None: they are withheld."""
    start, end = start_of(chart.whole, length)
    whole = NOTHING if sums is None else CommunitySums(*(sum(column) for column in zip(*sums, strict=True)))
    local = whole.own_use_wh + whole.matched_wh
    return Overview(
        period=period,
        start=start,
        end=end,
        members=numbers.members,
        participants=numbers.participants,
        producers=numbers.producers,
        production_wh=whole.production_wh,
        consumption_wh=whole.consumption_wh,
        own_use_wh=whole.own_use_wh,
        matched_wh=whole.matched_wh,
        grid_import_wh=whole.grid_import_wh,
        grid_export_wh=whole.grid_export_wh,
        saved_neur=whole.saved_neur,
        self_consumption_ppm=_share(local, whole.production_wh),
        self_sufficiency_ppm=_share(local, whole.consumption_wh),
        price=_mean(whole.value_neur, whole.matched_wh),
        mix=[] if sums is None else list(mix),
        buckets=[] if sums is None else _buckets(chart, sums, length),
        withheld=sums is None,
        freshness=freshness(state),
    )


def mix(kinds: Sequence[Kind], least: int) -> list[MixPart]:
    """Production by kind of plant. Kinds of fewer than `least` plants are put together as `other`, the smallest other
    kinds with them while they are still too few; too few in all, there is no mix.
    """
    found: dict[str, MixPart] = {}
    for one in kinds:
        kind = kind_of(one.fuel)
        found[kind] = _joined(kind, [*([found[kind]] if kind in found else []), _part(kind, one)])
    shown = sorted(found.values(), key=lambda part: (part.plants, part.kind))
    few = [part for part in shown if part.plants < least]
    rest = [part for part in shown if part.plants >= least]
    while few and sum(part.plants for part in few) < least and rest:
        few.append(rest.pop(0))
    if few:
        together = _joined(_TOGETHER, few)
        if together.plants < least:
            return []
        named = [part for part in rest if part.kind == _TOGETHER]
        rest = [part for part in rest if part.kind != _TOGETHER]
        rest.append(_joined(_TOGETHER, [together, *named]))
    return sorted(rest, key=lambda part: (-part.production_wh, part.kind))


def _buckets(chart: Chart, sums: Sequence[CommunitySums], length: IntervalLength) -> list[CommunityBucket]:
    buckets = []
    for column, one in zip(chart.columns, sums, strict=True):
        start, end = start_of(column, length)
        buckets.append(
            CommunityBucket.model_construct(
                start=start,
                end=end,
                production_wh=one.production_wh,
                consumption_wh=one.consumption_wh,
                own_use_wh=one.own_use_wh,
                matched_wh=one.matched_wh,
                grid_import_wh=one.grid_import_wh,
                grid_export_wh=one.grid_export_wh,
                price=_mean(one.value_neur, one.matched_wh),
                retail=_mean(one.retail, one.intervals),
                feed_in=_mean(one.feed_in, one.intervals),
            )
        )
    return buckets


def _part(kind: str, one: Kind) -> MixPart:
    return MixPart(kind=kind, production_wh=one.production_wh, plants=one.plants)


def _joined(kind: str, parts: Sequence[MixPart]) -> MixPart:
    return MixPart(
        kind=kind,
        production_wh=sum(part.production_wh for part in parts),
        plants=sum(part.plants for part in parts),
    )


def _mean(total: int, count: int) -> int | None:
    """Rounded down; None of nothing."""
    return total // count if count else None


def _share(part: int, whole: int) -> int | None:
    return part * PPM // whole if whole else None
