"""Readings of another step than the community's: finer ones are summed exactly, coarser ones split.

Energy is never invented: a missing step leaves its whole interval absent. A split is a guess about when the
energy flowed, so its parts are marked estimated, and estimated production earns no certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wattcommons.domain.intervals import IntervalLength, interval_at
from wattcommons.domain.readings import ABSENT_READING, Quality, Reading
from wattcommons.domain.units import IntervalIndex, Wh
from wattcommons.errors import RuleError


def sum_finer(steps: Sequence[Reading], expected: int) -> Reading:
    """The steps of one interval as one reading, exact to the Wh; absent when one of `expected` is missing.

    Its quality is the weakest: estimated when a step is, else corrected when a step is, else measured.
    Raises RuleError when there are more steps than expected or the sum passes 24 bits.
    """
    if len(steps) > expected:
        raise RuleError(f"an interval holds {len(steps)} steps instead of {expected}", "remove the duplicates")
    if len(steps) < expected or not all(step.is_present for step in steps):
        return ABSENT_READING
    qualities = {step.quality for step in steps}
    return Reading(
        Wh(sum(step.production_wh for step in steps)),
        Wh(sum(step.consumption_wh for step in steps)),
        next(quality for quality in (Quality.ESTIMATED, Quality.CORRECTED, Quality.MEASURED) if quality in qualities),
    )


def split_coarser(reading: Reading, parts: int) -> tuple[Reading, ...]:
    """A reading spread evenly over `parts` intervals (>= 1), marked estimated; an absent one stays absent.

    Part i of n gets ⌊x·(i+1)/n⌋ − ⌊x·i/n⌋: parts differ by at most 1 Wh, the last of them is never the
    smaller one, and the sum is x.
    """
    if parts < 1:
        raise RuleError(f"a reading cannot be split into {parts} parts", "split into 1 or more")
    if not reading.is_present:
        return (ABSENT_READING,) * parts
    return tuple(
        Reading(
            _part(reading.production_wh, number, parts),
            _part(reading.consumption_wh, number, parts),
            Quality.ESTIMATED,
        )
        for number in range(parts)
    )


def resample(
    steps: Iterable[tuple[int, Reading]], step_s: int, length: IntervalLength, *, split: bool = False
) -> dict[IntervalIndex, Reading]:
    """Readings that start at given unix seconds and last `step_s`, by interval of the community, in order.

    An interval of which some steps are missing is in the result, absent; one without any step is not.
    Raises RuleError when the steps do not fit the grid, repeat, or are coarser and `split` was not asked for.
    """
    if step_s < 1:
        raise RuleError(f"a step lasts {step_s} s")
    by_start: dict[int, Reading] = {}
    for start, reading in steps:
        if start % step_s:
            raise RuleError(f"a reading starts at second {start}, off the grid of {step_s} s")
        if start in by_start:
            raise RuleError(f"two readings start at second {start}", "keep one of them")
        by_start[start] = reading
    ordered = sorted(by_start.items())
    if length.seconds % step_s == 0:
        groups: dict[IntervalIndex, list[Reading]] = {}
        for start, reading in ordered:
            groups.setdefault(interval_at(start, length), []).append(reading)
        return {index: sum_finer(group, length.seconds // step_s) for index, group in groups.items()}
    if step_s % length.seconds:
        raise RuleError(f"steps of {step_s} s do not fit intervals of {length.seconds} s")
    if not split:
        raise RuleError(
            f"steps of {step_s} s are coarser than intervals of {length.seconds} s",
            "ask for a split; its parts are marked estimated and earn no certificates",
        )
    parts = step_s // length.seconds
    return {
        IntervalIndex(interval_at(start, length) + number): part
        for start, reading in ordered
        for number, part in enumerate(split_coarser(reading, parts))
    }


def _part(energy: int, number: int, parts: int) -> Wh:
    return Wh(energy * (number + 1) // parts - energy * number // parts)
