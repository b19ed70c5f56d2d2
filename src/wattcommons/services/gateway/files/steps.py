"""How long each step lasted, told from nothing but the ends of the steps.

The step of an Enedis load curve changes silently inside the file (30 -> 60 -> 30 min), and half-hours are missing: an
hour between two ends is a step of an hour, or a half-hour after a missing one. What can be told:

    a stretch        six or more equal distances in a row: its distance is its step
    its outermost    beside a stretch with a finer step, the first and the last of a coarser one are uncertain: a meter
                     that is set to another step may lose one, and a finer step after a loss looks the same
    a lone distance  between steps of one length, a multiple of it: steps are missing before it
    a few equal      longer distances in a row, between stretches of a finer step: either, so uncertain
    the first end    as long as the stretch that follows it
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
    befores, afters = _before(stretches), _before(stretches[::-1])[::-1]
    for number, (run, before, after) in enumerate(zip(runs, befores, afters, strict=True)):
        if stretches[number] is not None:
            _mark_stretch(run, before, after, found)
        elif before == after and before is not None:
            _mark_between(run, before, found)
        elif run.minutes and run.minutes == min((step for step in (before, after) if step is not None), default=None):
            found[run.first : run.end] = [run.minutes] * run.length
        elif run.length == 1:
            _mark_lone(number, runs, {before, after}, found)
    if runs and runs[0].minutes and runs[0].minutes == (stretches[0] or afters[0]):
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


def _before(stretches: Sequence[int | None]) -> list[int | None]:
    """For each run, the step of the nearest stretch before it."""
    nearest: list[int | None] = [None]
    for step in stretches[:-1]:
        nearest.append(step or nearest[-1])
    return nearest[: len(stretches)]


def _mark_stretch(run: _Run, before: int | None, after: int | None, found: list[int | None]) -> None:
    found[run.first : run.end] = [run.minutes] * run.length
    if before is not None and before < run.minutes:
        found[run.first] = None
    if after is not None and after < run.minutes:
        found[run.end - 1] = None


def _mark_between(run: _Run, step: int, found: list[int | None]) -> None:
    """Distances between two stretches of one step: that step, where they are multiples of it and nothing else fits."""
    fits = run.seconds >= step * 60 and run.seconds % (step * 60) == 0
    if fits and (run.minutes in (0, step) or run.length == 1):
        found[run.first : run.end] = [step] * run.length


def _mark_lone(number: int, runs: Sequence[_Run], known: set[int | None], found: list[int | None]) -> None:
    """One longer distance between two runs of one known step, near the beginning or the end of a file."""
    if not 0 < number < len(runs) - 1:
        return
    step = runs[number - 1].minutes
    if step in known and step == runs[number + 1].minutes and runs[number].seconds % (step * 60) == 0:
        found[runs[number].first] = step
