"""How long each step lasted, told from nothing but the ends of the steps.

The step of an Enedis load curve changes silently inside the file (30 -> 60 -> 30 min), and half-hours are missing: an
hour between two ends is a step of an hour, or a half-hour after a missing one. What can be told:

    a stretch        six or more equal distances in a row: its distance is its step
    its outermost    beside a stretch with a finer step, the first and the last of a coarser one are uncertain: a meter
                     that is set to another step may lose one, and a finer step after a loss looks the same
    a lone distance  between steps of one length, a multiple of it: steps are missing before it
    a few of them    in a row, too few for a stretch: either, so uncertain
    a finer step     nearby: a longer distance may be one of its after a loss, so uncertain
    the first end    as long as the stretch that follows it

What this cannot see: two values lost with one between them, just where a meter is set to twice its step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

STEPS: Final = (5, 10, 15, 20, 30, 60)
"""Steps of load curves, minutes."""
_STRETCH: Final = 6


@dataclass(frozen=True, slots=True)
class _Run:
    """Equal distances in a row. `first` to `end`: the ends that close them; `minutes`: 0 for no possible step."""

    minutes: int
    first: int
    end: int
    seconds: int

    @property
    def length(self) -> int:
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class _Side:
    """What lies on one side of a run: the step of the nearest stretch, and the finest distance up to it, minutes."""

    step: int | None
    finest: int | None


def find_steps(ends: Sequence[int], nominal: int | None = None) -> list[int | None]:
    """Minutes of the step that each end (unix seconds, rising) closes; None where it cannot be told.

    `nominal`: the one step the file says it has. Then a step has that length or is uncertain.
    """
    found = _told_by_distance(ends)
    if nominal is not None:
        distances = [nominal * 60, *(after - before for before, after in pairwise(ends))]
        found = [
            nominal if minutes == nominal or distance == nominal * 60 else None
            for minutes, distance in zip(found, distances, strict=False)
        ]
    return [
        None if minutes is None or end % (minutes * 60) else minutes for end, minutes in zip(ends, found, strict=True)
    ]


def _told_by_distance(ends: Sequence[int]) -> list[int | None]:
    found: list[int | None] = [None] * len(ends)
    runs = _runs(ends)
    least = min(_STRETCH, max(2, len(ends) - 1))  # a short file is one stretch, or none
    stretches = [run.minutes if run.minutes and run.length >= least else None for run in runs]
    around = zip(_before(runs, stretches), _before(runs[::-1], stretches[::-1])[::-1], strict=True)
    for number, (before, after) in enumerate(around):
        run, steps = runs[number], {side.step for side in (before, after) if side.step is not None}
        finest = min((side.finest for side in (before, after) if side.finest is not None), default=0)
        if stretches[number] is not None:
            _mark_stretch(run, before, after, found)
        elif not steps or finest < min(steps):
            continue  # a finer step shows nearby: a longer distance may be one of its after a loss
        elif run.minutes == min(steps):
            found[run.first : run.end] = [run.minutes] * run.length
        elif run.length == 1:
            _mark_lone(number, runs, min(steps), found)
    if runs and found[runs[0].first] == runs[0].minutes:
        found[0] = runs[0].minutes
    return found


def _runs(ends: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    place = 1
    for seconds, group in groupby(after - before for before, after in pairwise(ends)):
        length = sum(1 for _distance in group)
        minutes = seconds // 60 if seconds % 60 == 0 and seconds // 60 in STEPS else 0
        runs.append(_Run(minutes, place, place + length, seconds))
        place += length
    return runs


def _before(runs: Sequence[_Run], stretches: Sequence[int | None]) -> list[_Side]:
    """For each run, what lies before it."""
    sides, step, finest = [], None, None
    for run, stretch in zip(runs, stretches, strict=True):
        sides.append(_Side(step, finest))
        if stretch is not None:
            step = finest = stretch
        elif run.minutes and (finest is None or run.minutes < finest):
            finest = run.minutes
    return sides


def _mark_stretch(run: _Run, before: _Side, after: _Side, found: list[int | None]) -> None:
    found[run.first : run.end] = [run.minutes] * run.length
    if before.finest is not None and before.finest < run.minutes:
        found[run.first] = None
    if after.finest is not None and after.finest < run.minutes:
        found[run.end - 1] = None


def _mark_lone(number: int, runs: Sequence[_Run], step: int, found: list[int | None]) -> None:
    """One longer distance, with the step on both sides of it: that step, where it is a multiple."""
    sides = {runs[side].minutes for side in (number - 1, number + 1) if 0 <= side < len(runs)}
    if 0 < number < len(runs) - 1 and sides == {step} and runs[number].seconds % (step * 60) == 0:
        found[runs[number].first] = step
