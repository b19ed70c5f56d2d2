"""Use explained by weather: a least-squares fit in exact fractions, after the CalTRACK monthly method.

Mean use a day = base + heating slope × heating degree days a day + cooling slope × cooling degree days a day, each
month weighted by its days. Of the four candidates (base alone, with either slope, with both) those with a negative
base or slope are disqualified; the highest adjusted R² wins, the simpler one on a tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from wattcommons.domain.degree_days import DegreeDays, MonthUse

_CANDIDATES = ((False, False), (True, False), (False, True), (True, True))


@dataclass(frozen=True, slots=True)
class WeatherFit:
    """`base`: Wh a day; `heating`, `cooling`: Wh for each tenth of a degree day; 0 where the term is not used."""

    base: Fraction
    heating: Fraction
    cooling: Fraction
    adjusted_r2: Fraction

    def expectation(self, weather: DegreeDays) -> Fraction:
        """Use to expect of days with this weather, Wh."""
        return self.base * weather.days + self.heating * weather.heating + self.cooling * weather.cooling


def fit(months: Sequence[MonthUse]) -> WeatherFit:
    """The best model of the months given (five or more, else the adjusted R² of two slopes has no meaning).

    The base alone is a mean: it always solves and is never negative, so there is always a model.
    """
    models = [_fit(months, heating=heating, cooling=cooling) for heating, cooling in _CANDIDATES]
    return max((model for model in models if model is not None), key=lambda model: model.adjusted_r2)


def _fit(months: Sequence[MonthUse], *, heating: bool, cooling: bool) -> WeatherFit | None:
    rows = []
    for month in months:
        days = month.weather.days
        row = [Fraction(1)]
        row += [Fraction(month.weather.heating, days)] if heating else []
        row += [Fraction(month.weather.cooling, days)] if cooling else []
        rows.append((days, row, Fraction(month.used_wh, days)))
    width = len(rows[0][1])
    solved = _solve(
        [
            [sum((weight * row[i] * row[j] for weight, row, _ in rows), Fraction()) for j in range(width)]
            + [sum((weight * row[i] * use for weight, row, use in rows), Fraction())]
            for i in range(width)
        ]
    )
    if solved is None or any(value < 0 for value in solved):
        return None
    total_weight = sum(weight for weight, _, _ in rows)
    mean = sum((weight * use for weight, _, use in rows), Fraction()) / total_weight
    spread = sum((weight * (use - mean) ** 2 for weight, _, use in rows), Fraction())
    rest = sum(
        (
            weight * (use - sum((a * b for a, b in zip(row, solved, strict=True)), Fraction())) ** 2
            for weight, row, use in rows
        ),
        Fraction(),
    )
    free = len(months) - width
    explained = spread != 0 and free > 0
    slopes = iter(solved[1:])
    return WeatherFit(
        base=solved[0],
        heating=next(slopes) if heating else Fraction(0),
        cooling=next(slopes) if cooling else Fraction(0),
        adjusted_r2=1 - rest / spread * Fraction(len(months) - 1, free) if explained else Fraction(0),
    )


def _solve(system: list[list[Fraction]]) -> list[Fraction] | None:
    """Solves a small linear system (last column: right side) by elimination, exactly; None when it is singular."""
    size = len(system)
    for column in range(size):
        pivot = next((row for row in range(column, size) if system[row][column] != 0), None)
        if pivot is None:
            return None
        system[column], system[pivot] = system[pivot], system[column]
        head = system[column][column]
        system[column] = [value / head for value in system[column]]
        for row in range(size):
            factor = system[row][column]
            if row != column and factor:
                system[row] = [a - factor * b for a, b in zip(system[row], system[column], strict=True)]
    return [row[-1] for row in system]
