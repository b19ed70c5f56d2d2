"""The monthly consumption target, with its formula: what to expect of a month, and how much less to aim for.

A target is fixed before its month begins, so the month's weather is an expectation too (a normal year's degree days).
By how much is known of the participant:

    fit            12 months or more: use explained by the degree days of the 12 latest (`weather_fit`)
    last year      the same month of last year is known: it, by the days, scaled by degree days a day within bounds
    recent mean    some other months are known: their mean use a day
    no history     the community's stated use a day

    expectation = ⌊ factor × Σ rate × amount ⌋        target = ⌈ (1 − saving) × expectation ⌉

Fractions until the two final whole Wh; the remainder of the target is the member's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from wattcommons.domain.degree_days import DegreeDays, MonthUse, degree_days
from wattcommons.domain.ecopoints import Goal
from wattcommons.domain.units import PPM
from wattcommons.domain.weather_fit import fit
from wattcommons.errors import RuleError

__all__ = ["DegreeDays", "Method", "MonthUse", "Policy", "Target", "Term", "TermKind", "degree_days", "monthly_target"]

FIT_MONTHS: Final = 12


class Method(StrEnum):
    """How the expectation was found."""

    FIT = "fit"
    LAST_YEAR = "last_year"
    RECENT_MEAN = "recent_mean"
    NO_HISTORY = "no_history"


class TermKind(StrEnum):
    """What a term stands for, and the unit of its amount."""

    BASE = "base"  # days
    HEATING = "heating"  # degree days below 18 °C
    COOLING = "cooling"  # degree days above 18 °C


@dataclass(frozen=True, slots=True)
class Term:
    """`rate` Wh for each unit of `amount` (days or degree days); exact."""

    kind: TermKind
    rate: Fraction
    amount: Fraction

    @property
    def wh(self) -> Fraction:
        """What the term adds."""
        return self.rate * self.amount


@dataclass(frozen=True, slots=True)
class Policy:
    """The community's settings. `saving_ppm`: how much less to aim for (0..1,000,000; default 10 %).

    `least_scale`, `most_scale`: bounds of the scaling of last year's month, which would otherwise scale with the
    weather what does not depend on it. `no_history_wh_per_day`: stated use of an unknown home.
    """

    saving_ppm: int = 100_000
    least_scale: Fraction = Fraction(4, 5)
    most_scale: Fraction = Fraction(6, 5)
    no_history_wh_per_day: int = 12_000

    def __post_init__(self) -> None:
        if not 0 <= self.saving_ppm <= PPM:
            raise RuleError(f"a saving of {self.saving_ppm} ppm", "give 0 to 1,000,000")
        if not 0 < self.least_scale <= 1 <= self.most_scale or self.no_history_wh_per_day < 0:
            raise RuleError("impossible bounds of a target's scale", "the scale's bounds enclose 1")


@dataclass(frozen=True, slots=True)
class Target:
    """A month's target and everything it was made of: enough to show, to check and to hash.

    `months_used` of history; `adjusted_r2` of a fit, else None.
    """

    year: int
    month: int
    method: Method
    months_used: int
    terms: tuple[Term, ...]
    factor: Fraction
    saving_ppm: int
    adjusted_r2: Fraction | None = None

    @property
    def expectation_wh_down(self) -> int:
        """What the participant would use, Wh: rounded down, so the part of a Wh earns nobody points."""
        return int(self.factor * sum((term.wh for term in self.terms), Fraction()))

    @property
    def target_wh_up(self) -> int:
        """What it may use for an award, Wh: rounded up, in the member's favour."""
        return -(-self.expectation_wh_down * (PPM - self.saving_ppm) // PPM)

    @property
    def goal(self) -> Goal:
        """Both numbers as the award rule takes them."""
        return Goal(self.expectation_wh_down, self.target_wh_up)

    def formula(self) -> str:
        """The formula with its exact numbers in one ASCII line: the same inputs give the same bytes to hash."""
        terms = " + ".join(f"{term.rate} Wh * {term.amount} {term.kind}" for term in self.terms)
        return (
            f"{self.year:04d}-{self.month:02d} {self.method} of {self.months_used} months: "
            f"expectation = floor({self.factor} * ({terms})) = {self.expectation_wh_down} Wh; "
            f"target = ceil((1 - {self.saving_ppm}/{PPM}) * expectation) = {self.target_wh_up} Wh"
        )


def monthly_target(
    history: Sequence[MonthUse], year: int, month: int, weather: DegreeDays, policy: Policy | None = None
) -> Target:
    """The target of a calendar month from the months before it and the weather to expect.

    Later months are ignored: nobody knew them. Raises RuleError on an impossible or repeated month.
    """
    rules = policy or Policy()
    if not 1 <= month <= 12:
        raise RuleError(f"a year has no month {month}", "months are 1 to 12")
    known = {(past.year, past.month): past for past in history}
    if len(known) != len(history):
        raise RuleError("a month is in the history twice", "give each month once")
    before = [known[when] for when in sorted(known) if when < (year, month)]
    days = Fraction(weather.days)
    if len(before) >= FIT_MONTHS:
        return _fitted(before[-FIT_MONTHS:], year, month, weather, rules)
    last_year = known.get((year - 1, month))
    if last_year is not None:
        rate = Fraction(last_year.used_wh, last_year.weather.days)
        scale = _scale(last_year.weather, weather, rules)
        terms = (Term(TermKind.BASE, rate, days),)
        return Target(year, month, Method.LAST_YEAR, 1, terms, scale, rules.saving_ppm)
    if before:
        mean = Fraction(sum(past.used_wh for past in before), sum(past.weather.days for past in before))
        terms = (Term(TermKind.BASE, mean, days),)
        return Target(year, month, Method.RECENT_MEAN, len(before), terms, Fraction(1), rules.saving_ppm)
    terms = (Term(TermKind.BASE, Fraction(rules.no_history_wh_per_day), days),)
    return Target(year, month, Method.NO_HISTORY, 0, terms, Fraction(1), rules.saving_ppm)


def _fitted(months: Sequence[MonthUse], year: int, month: int, weather: DegreeDays, rules: Policy) -> Target:
    model = fit(months)
    terms = [Term(TermKind.BASE, model.base, Fraction(weather.days))]
    # Shown by the whole degree day; the fit counts in tenths.
    if model.heating:
        terms.append(Term(TermKind.HEATING, model.heating * 10, Fraction(weather.heating, 10)))
    if model.cooling:
        terms.append(Term(TermKind.COOLING, model.cooling * 10, Fraction(weather.cooling, 10)))
    return Target(year, month, Method.FIT, len(months), tuple(terms), Fraction(1), rules.saving_ppm, model.adjusted_r2)


def _scale(then: DegreeDays, now: DegreeDays, rules: Policy) -> Fraction:
    """Degree days a day, now by then, within the policy's bounds; 1 when there was no weather to scale by."""
    if then.total == 0:
        return Fraction(1)
    ratio = Fraction(now.total, now.days) / Fraction(then.total, then.days)
    return max(rules.least_scale, min(rules.most_scale, ratio))
