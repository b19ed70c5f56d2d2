"""One piece of advice, from a participant's last days: the first rule below that applies.

    check_standby    the mean power of 2:00 to 5:00 is 150 W or more and at least 60 % of the mean of all hours:
                     something large never sleeps. Values: night_w, mean_w.
    raise_buy        in 12 hours or more, and in a quarter of the hours of need or more, energy came from the grid while
                     neighbours' cost less, fee included, for the own limit lay below the local price. Values: hours,
                     missed_wh, price (mean local price with the fee, µ€/kWh).
    lower_sell       likewise energy went to the grid while neighbours took theirs from it, for the own limit lay above
                     the local price. Values: hours, missed_wh, price.
    shift_to_midday  neighbours sent energy to the grid between 11:00 and 16:00, and less than a quarter of the own
                     use falls there. Values: midday_ppm of the own use, surplus_wh of the community a day.
    keep_going       none of these, or too little is known (less than two days).

A gross participant's own use and a net participant's withdrawal are both taken as what is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.units import PPM

NIGHT: Final = range(2, 5)
MIDDAY: Final = range(11, 16)
LEAST_STANDBY_W: Final = 150
STANDBY_PPM: Final = 600_000
LEAST_MISSED_HOURS: Final = 12
MISSED_PPM: Final = 250_000
MIDDAY_PPM: Final = 250_000
LEAST_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Observed:
    """One settled interval: local hour of its start; own energy in Wh; `price`, `fee`, `retail`, `feed_in` in µ€/kWh,
    no price where nobody could trade. `surplus_wh`, `short_wh`: what the community sent to the grid and took from it;
    both 0 where the community is too small to tell.
    """

    hour: int
    consumption_wh: int
    grid_import_wh: int
    grid_export_wh: int
    price: int | None
    fee: int
    retail: int
    feed_in: int
    surplus_wh: int
    short_wh: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A code, and the numbers that its words need."""

    code: str
    values: dict[str, int]


KEEP_GOING: Final = Advice("keep_going", {})


def advise(observed: Sequence[Observed], interval_minutes: int) -> Advice:
    """One piece of advice from intervals of the last days, in any order."""
    an_hour = 60 // interval_minutes
    if len(observed) < LEAST_DAYS * 24 * an_hour:
        return KEEP_GOING
    rules = (_standby(observed, an_hour), _missed_buying(observed, an_hour), _missed_selling(observed, an_hour))
    return next((one for one in rules if one is not None), None) or _midday(observed, an_hour) or KEEP_GOING


def _standby(observed: Sequence[Observed], an_hour: int) -> Advice | None:
    night = [one.consumption_wh for one in observed if one.hour in NIGHT]
    if not night:
        return None
    night_w = sum(night) * an_hour // len(night)
    mean_w = sum(one.consumption_wh for one in observed) * an_hour // len(observed)
    if night_w >= LEAST_STANDBY_W and night_w * PPM >= mean_w * STANDBY_PPM:
        return Advice("check_standby", {"night_w": night_w, "mean_w": mean_w})
    return None


def _missed_buying(observed: Sequence[Observed], an_hour: int) -> Advice | None:
    need = [one for one in observed if one.grid_import_wh]
    missed = [
        (one.grid_import_wh, one.price + one.fee)
        for one in need
        if one.price is not None and one.surplus_wh and one.price + one.fee < one.retail
    ]
    return _missed("raise_buy", missed, len(need), an_hour)


def _missed_selling(observed: Sequence[Observed], an_hour: int) -> Advice | None:
    offered = [one for one in observed if one.grid_export_wh]
    missed = [
        (one.grid_export_wh, one.price)
        for one in offered
        if one.price is not None and one.short_wh and one.price > one.feed_in
    ]
    return _missed("lower_sell", missed, len(offered), an_hour)


def _missed(code: str, missed: Sequence[tuple[int, int]], among: int, an_hour: int) -> Advice | None:
    if len(missed) < LEAST_MISSED_HOURS * an_hour or len(missed) * PPM < among * MISSED_PPM:
        return None
    price = sum(price for _, price in missed) // len(missed)
    return Advice(code, {"hours": len(missed) // an_hour, "missed_wh": sum(wh for wh, _ in missed), "price": price})


def _midday(observed: Sequence[Observed], an_hour: int) -> Advice | None:
    used = sum(one.consumption_wh for one in observed)
    midday = [one for one in observed if one.hour in MIDDAY]
    surplus = sum(one.surplus_wh for one in midday)
    share = sum(one.consumption_wh for one in midday) * PPM // used if used else PPM
    if not surplus or share >= MIDDAY_PPM:
        return None
    days = max(len(observed) // (24 * an_hour), 1)
    return Advice("shift_to_midday", {"midday_ppm": share, "surplus_wh": surplus // days})
