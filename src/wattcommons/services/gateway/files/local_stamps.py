"""Local times without an offset, as moments.

Twice a year that fails: in autumn an hour comes twice, in spring one never comes. A time of the doubled hour is told
by the order of the file alone, and only when the order makes it certain: the times of that night run up, fall back
once, and run up again. A file with one of the two hours says nothing about which one it is.

Source of the labels: Enedis ends of steps are wall-clock times, so that the autumn night reads 01:30, 02:00, 02:30,
02:00, 02:30, 03:00 and the spring night 01:30, 03:00.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo


class Doubt(Enum):
    """Why a local time is no moment."""

    TWICE = "it comes twice that night"
    NEVER = "there is no such time that night"


def moments(stamps: Sequence[datetime], zone: ZoneInfo, *, hourly: bool = False) -> list[int | Doubt]:
    """Each local time (naive) as unix seconds, or why not, in the order given, which is that of the file.

    `hourly`: steps last an hour, so that the doubled hour shows as one time given twice in a row.
    """
    found: list[int | Doubt] = [_moment(stamp, zone) for stamp in stamps]
    certain = [moment for moment in found if isinstance(moment, int)]
    rising = all(before <= after for before, after in pairwise(certain))
    falling = all(before >= after for before, after in pairwise(certain))
    if rising == falling:  # no order, or nothing to tell it by
        return found
    places = range(len(stamps)) if rising else range(len(stamps) - 1, -1, -1)
    nights = groupby(places, key=lambda place: stamps[place].date() if found[place] is Doubt.TWICE else None)
    for night, group in nights:
        if night is not None:
            _settle(list(group), stamps, found, zone, hourly=hourly)
    return found


def _moment(stamp: datetime, zone: ZoneInfo) -> int | Doubt:
    here = stamp.replace(tzinfo=zone)
    first, second = here.utcoffset(), here.replace(fold=1).utcoffset()
    if first == second or first is None or second is None:
        return int(here.timestamp())
    return Doubt.TWICE if first > second else Doubt.NEVER  # PEP 495: fold 0 is summer time in autumn


def _settle(
    places: list[int], stamps: Sequence[datetime], found: list[int | Doubt], zone: ZoneInfo, *, hourly: bool
) -> None:
    """Tells the two passes of one doubled hour apart, if there are exactly two. `places` run forward in time."""
    falls = [number for number in range(1, len(places)) if stamps[places[number]] <= stamps[places[number - 1]]]
    if len(falls) != 1:
        return
    again = falls[0]
    same = stamps[places[again]] == stamps[places[again - 1]]
    if same and not (hourly and len(places) == 2):
        return
    for number, place in enumerate(places):
        moment = stamps[place].replace(tzinfo=zone, fold=number >= again)
        found[place] = int(moment.timestamp())
