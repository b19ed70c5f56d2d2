"""Post-paid credit: how far an account may go, and what a withdrawal has to leave behind."""

from __future__ import annotations

from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import NanoEur
from wattcommons.errors import RuleError


def worst_interval_neur(import_max_wh: int, export_max_wh: int, tariff: Tariff) -> NanoEur:
    """Most that one interval can cost a participant, n€: all it may import at R, or all it may export at −F.

    The maxima are those of `readings.max_wh`. A price that would pay the participant counts as 0.
    """
    return NanoEur(max(import_max_wh * max(tariff.retail, 0), export_max_wh * max(-tariff.feed_in, 0)))


def reserve_neur(uncleared: int, import_max_wh: int, export_max_wh: int, tariff: Tariff) -> NanoEur:
    """What `uncleared` intervals (>= 0) may still cost, n€. Raises RuleError on a negative number."""
    if uncleared < 0:
        raise RuleError(f"{uncleared} intervals are uncleared", "count them from the oldest unsettled one")
    return NanoEur(uncleared * worst_interval_neur(import_max_wh, export_max_wh, tariff))


def is_eligible(balance: NanoEur, reserve: NanoEur, limit: NanoEur) -> bool:
    """Whether an account may trade: balance − reserve >= −limit (all n€, limit >= 0)."""
    return balance - reserve >= -limit


def withdrawable_neur(balance: NanoEur, reserve: NanoEur) -> NanoEur:
    """What may be paid out now, n€: the balance above the reserve, never below 0."""
    return NanoEur(max(balance - reserve, 0))
