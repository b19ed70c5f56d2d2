"""Small charts as inline SVG: bars side by side, and lines. Colours come from the page; each mark tells its value.

Values are for the eye only: they may be fractions, and nothing is settled by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 26
_TICKS: Final = 4
_MOST_LABELS: Final = 8


@dataclass(frozen=True, slots=True)
class Series:
    """A name and its values, one for each label; None where there is none. `style`: CSS class, a to c."""

    name: str
    style: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class _Scale:
    """From `low`, not above zero, to `top`."""

    low: float
    top: float

    def y(self, value: float) -> float:
        """Where a value is drawn."""
        share = (value - self.low) / (self.top - self.low)
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * min(share, 1.0)


def bars(title: str, unit: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Bars of several series side by side."""
    scale = _Scale(0.0, _round_above(_values(series)))
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    each = slot * 0.8 / max(len(series), 1)
    marks = []
    for position, label in enumerate(labels):
        for number, one in enumerate(series):
            value = one.values[position]
            if value:
                x = _LEFT + slot * (position + 0.1) + each * number
                y = scale.y(value)
                marks.append(
                    f'<rect class="{one.style}" x="{x:.1f}" y="{y:.1f}" width="{max(each, 0.5):.1f}" '
                    f'height="{HEIGHT - _BOTTOM - y:.1f}"><title>{_told(label, one.name, value, unit)}</title></rect>'
                )
    return _figure(title, unit, labels, series, scale, marks)


def lines(title: str, unit: str, labels: Sequence[str], series: Sequence[Series], top: float | None = None) -> str:
    """Lines with a dot at each value; broken where a value is missing. `top`: the largest value of the scale."""
    found = _values(series)
    low = -_round_above([-value for value in found]) if min(found, default=0) < 0 else 0.0
    scale = _Scale(low, _round_above(found) if top is None else top)
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    marks = []
    for one in series:
        path, pen_down = [], False
        for position, value in enumerate(one.values):
            if value is None:
                pen_down = False
                continue
            x, y = _LEFT + slot * (position + 0.5), scale.y(value)
            path.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
            pen_down = True
            told = _told(labels[position], one.name, value, unit)
            marks.append(
                f'<circle class="{one.style}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"><title>{told}</title></circle>'
            )
        marks.insert(0, f'<path class="line {one.style}" d="{" ".join(path)}"/>')
    return _figure(title, unit, labels, series, scale, marks)


def _figure(
    title: str, unit: str, labels: Sequence[str], series: Sequence[Series], scale: _Scale, marks: Sequence[str]
) -> str:
    grid = []
    for tick in range(_TICKS + 1):
        value = scale.low + (scale.top - scale.low) * tick / _TICKS
        y = scale.y(value)
        grid.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
        grid.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>')
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    every = -(-len(labels) // _MOST_LABELS)
    for position in range(0, len(labels), max(every, 1)):
        x = _LEFT + slot * (position + 0.5)
        grid.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(labels[position])}</text>')
    legend = " ".join(f'<span class="key {one.style}"></span>{escape(one.name)}' for one in series)
    return (
        f"<figure><figcaption><b>{escape(title)}</b>, {escape(unit)}<br>{legend}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{''.join(grid)}{''.join(marks)}</svg></figure>"
    )


def _values(series: Sequence[Series]) -> list[float]:
    return [value for one in series for value in one.values if value is not None]


def _round_above(values: Sequence[float]) -> float:
    """A round number above zero that is not below any value."""
    most = max(values, default=0)
    if most <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= most:
        power *= 10
    while power > most:
        power /= 10
    return next(power * step for step in (1, 2, 4, 5, 8, 10) if power * step >= most)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _told(label: str, name: str, value: float, unit: str) -> str:
    return escape(f"{label}, {name}: {value:,.2f} {unit}")
