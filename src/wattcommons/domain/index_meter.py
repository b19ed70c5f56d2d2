"""From samples of a cumulative index to energies of whole intervals, to the Wh.

The index at an interval's boundary is read off the samples around it, and an interval's energy is the difference of
two such readings. Sums therefore telescope: whatever the samples, the gaps and the restarts, the energies of all
intervals add up to the difference of the index at the first and the last boundary.

    a sample at the boundary's very moment                        its index: measured
    samples no further apart than `bridge_ms` around a boundary   index there by proportion of time: measured
    further apart, index unmoved                                  nothing flowed: measured
    further apart, index moved                                    by proportion of time too, but estimated: the total
                                                                  is known, when it flowed is not
    more than `most_split` boundaries without a sample            not split: the total is kept as one `Gap`

A sample that cannot be true (an index that drops, more energy than the connection carries) is refused with a
MeterDataError and changes nothing. The state between two samples is a value, `IndexState`, so that it can be kept in
the same transaction as what came out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, MilliWh
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import IntervalIndex, Wh
from wattcommons.errors import MeterDataError

_MS_AN_HOUR: Final = 3_600_000
_TOLERANCE: Final = (11, 10)
"""Power may pass the connection's limit by a tenth, as in the ledger's own check."""
_SLACK: Final = 100 * MWH_A_WH
"""Coarsest step of a meter's display, 0.1 kWh: two samples may lie on both sides of one."""


@dataclass(frozen=True, slots=True)
class IndexSample:
    """What a meter showed. `at`: unix ms by a trusted clock; `index`: mWh as shown, 0 or more.

    `steady`: ms by a clock that is never set, or None; comparable only between samples of one `session`.
    """

    at: int
    index: MilliWh
    steady: int | None = None
    session: str = ""


@dataclass(frozen=True, slots=True)
class IndexRules:
    """How samples of one meter and channel are taken.

    `power_w`: most the connection carries. `bridge_ms`: longest time between two samples across a boundary that
    still counts as measured. `most_split`: most intervals one gap is split over. `modulus`: mWh at which the display
    wraps to 0, None where it never does. `jump_ms`: most by which the clock may be set between two samples that
    still fix a boundary. `exact`: False where the index itself is an estimate (integrated power).
    """

    length: IntervalLength
    power_w: int
    bridge_ms: int = 120_000
    most_split: int = 336
    modulus: int | None = None
    jump_ms: int = 2_000
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Boundary:
    """The running total at the end of the interval before `interval`, mWh."""

    interval: IntervalIndex
    total: MilliWh
    exact: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """What has to be kept between two samples.

    `total` is the index with its wraps added. `boundary` is None until the first one is known.
    """

    last: IndexSample
    total: MilliWh
    boundary: Boundary | None = None


@dataclass(frozen=True, slots=True)
class IntervalEnergy:
    """Energy of one whole interval. `exact`: measured; else estimated."""

    interval: IntervalIndex
    energy: Wh
    exact: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Intervals that no sample fell into or beside, with the energy that is known to have flowed in all of them.

    `first` to `end` (exclusive) are the intervals touched, `energy` what flowed in them altogether, `from_ms` and
    `to_ms` the samples around. `split`: their energies were given out, estimated; else they are known only together.
    """

    first: IntervalIndex
    end: IntervalIndex
    energy: Wh
    from_ms: int
    to_ms: int
    split: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What one sample led to: the state to keep and what can be told of finished intervals, in order of time.

    `ignored`: the sample lies no later than the last one (the clock was set back) and only waits for time to pass.
    """

    state: IndexState
    energies: tuple[IntervalEnergy, ...] = ()
    gap: Gap | None = None
    ignored: bool = False


def start_index(sample: IndexSample) -> IndexState:
    """The state after the first sample of a meter: nothing before it is known."""
    return IndexState(sample, sample.index)


def take_index(state: IndexState, sample: IndexSample, rules: IndexRules) -> Taken:
    """Takes the next sample. Raises MeterDataError (`negative`, `index-drop`, `absurd`) for one that cannot be true."""
    last = state.last
    moved = _moved(state, sample, rules)
    if sample.at <= last.at:
        return Taken(state, ignored=True)
    total = MilliWh(state.total + moved)
    length_ms = rules.length.seconds * 1_000
    first, end = last.at // length_ms + 1, sample.at // length_ms + 1  # boundaries in (last.at, sample.at]
    if first == end:
        return Taken(replace(state, last=sample, total=total))
    if end - first > rules.most_split:
        return _held(state, sample, moved, rules)
    steady = _steady(last, sample)
    set_meanwhile = steady is not None and abs(steady - (sample.at - last.at)) > rules.jump_ms
    bridged = sample.at - last.at <= rules.bridge_ms
    boundary, energies, unsure = state.boundary, [], False
    for number in range(first, end):
        known = not moved or (not set_meanwhile and (bridged or number * length_ms == sample.at))
        unsure |= not known
        share = _share(state, sample, moved, number * length_ms)
        following = Boundary(IntervalIndex(number), share, known and rules.exact)
        if boundary is not None:
            energies.append(_between(boundary, following))
        boundary = following
    gap = None
    if unsure and not bridged:
        gap = Gap(IntervalIndex(first - 1), IntervalIndex(end), Wh(moved // MWH_A_WH), last.at, sample.at, split=True)
    return Taken(IndexState(sample, total, boundary), tuple(energies), gap)


def _moved(state: IndexState, sample: IndexSample, rules: IndexRules) -> int:
    """How far the index moved since the last sample, mWh; refused when that cannot be."""
    if sample.index < 0:
        raise MeterDataError("negative", f"an index of {sample.index} mWh")
    if rules.modulus is not None and sample.index >= rules.modulus:
        raise MeterDataError("absurd", f"an index of {sample.index} mWh, more than the display shows")
    moved = sample.index - state.last.index
    elapsed = _elapsed(state.last, sample)
    most = rules.power_w * elapsed * _TOLERANCE[0] * MWH_A_WH // (_MS_AN_HOUR * _TOLERANCE[1]) + _SLACK
    if moved < 0 and rules.modulus is not None and moved + rules.modulus <= most:
        moved += rules.modulus
    if moved < 0:
        raise MeterDataError(
            "index-drop",
            f"the index fell from {state.last.index // MWH_A_WH} to {sample.index // MWH_A_WH} Wh",
            "a meter never counts back: was it replaced?",
        )
    if moved > most:
        raise MeterDataError(
            "absurd",
            f"the index rose by {moved // MWH_A_WH} Wh in {elapsed // 1_000} s",
            f"the connection of {rules.power_w} W carries at most {most // MWH_A_WH} Wh in that time",
        )
    return moved


def _elapsed(last: IndexSample, sample: IndexSample) -> int:
    """Time between two samples, ms: by the steady clock where there is one, if that says more."""
    steady = _steady(last, sample)
    return max(0, sample.at - last.at, steady if steady is not None else 0)


def _steady(last: IndexSample, sample: IndexSample) -> int | None:
    if last.steady is None or sample.steady is None or last.session != sample.session:
        return None
    return sample.steady - last.steady


def _between(start: Boundary, end: Boundary) -> IntervalEnergy:
    energy = Wh(end.total // MWH_A_WH - start.total // MWH_A_WH)
    return IntervalEnergy(start.interval, energy, start.exact and end.exact)


def _held(state: IndexState, sample: IndexSample, moved: int, rules: IndexRules) -> Taken:
    """A gap too long to be split: its whole intervals are known together only.

    The interval the sample lies in is not held: it begins at a boundary by proportion, and so is estimated.
    """
    length_ms = rules.length.seconds * 1_000
    first, begun = state.last.at // length_ms + 1, sample.at // length_ms

    def boundary_at(number: int) -> Boundary:
        return Boundary(IntervalIndex(number), _share(state, sample, moved, number * length_ms), exact=False)

    since, until = state.boundary or boundary_at(first), boundary_at(begun)
    energy = Wh(until.total // MWH_A_WH - since.total // MWH_A_WH)
    gap = Gap(since.interval, until.interval, energy, state.last.at, sample.at, split=False)
    return Taken(IndexState(sample, MilliWh(state.total + moved), until), gap=gap)


def _share(state: IndexState, sample: IndexSample, moved: int, at: int) -> MilliWh:
    """The running total at a moment between two samples, by proportion of time, rounded down."""
    return MilliWh(state.total + moved * (at - state.last.at) // (sample.at - state.last.at))
