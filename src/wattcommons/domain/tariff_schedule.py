"""The community's prices over time: bands, a dated default and single intervals that differ from it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, checked_interval
from wattcommons.errors import RuleError

DEFAULT_CODE: Final = 0
"""As an interval's code: the default band in force then."""
MAX_CODE: Final = 2**16 - 1


class TariffSchedule:
    """Append-only bands, numbered from 1; changes reach only intervals from `first_open` on."""

    def __init__(self) -> None:
        self._bands: list[Tariff] = []
        self._default_from: list[int] = []
        self._default_code: list[int] = []
        self._codes: dict[int, int] = {}

    def add_band(self, tariff: Tariff) -> int:
        """Appends a band and returns its code, 1..65,535. Raises RuleError when all codes are used."""
        if len(self._bands) == MAX_CODE:
            raise RuleError(f"all {MAX_CODE} tariff bands are used", "use an existing band's code")
        self._bands.append(tariff)
        return len(self._bands)

    def band(self, code: int) -> Tariff:
        """The prices of a band. Raises RuleError for a code that was never added."""
        if not 1 <= code <= len(self._bands):
            raise RuleError(f"tariff band {code} does not exist", f"known are 1 to {len(self._bands)}")
        return self._bands[code - 1]

    def set_default(self, code: int, from_interval: IntervalIndex, first_open: IntervalIndex) -> None:
        """Makes a band the default from an interval on, later defaults included.

        Raises RuleError for an unknown band or an interval whose gate has closed.
        """
        self.band(code)
        _check_open(from_interval, first_open)
        while self._default_from and self._default_from[-1] >= from_interval:
            self._default_from.pop()
            self._default_code.pop()
        self._default_from.append(from_interval)
        self._default_code.append(code)

    def set_codes(self, first: IntervalIndex, codes: Sequence[int], first_open: IntervalIndex) -> None:
        """Gives consecutive intervals from `first` on a band each; 0 returns an interval to the default.

        Raises RuleError for no codes, an unknown band, or an interval whose gate has closed or past 32 bits;
        then nothing is changed.
        """
        _check_open(first, first_open)
        if not codes:
            raise RuleError(f"no codes are given from interval {first} on", "give one for each interval")
        checked_interval(first + len(codes) - 1)
        for code in codes:
            if code != DEFAULT_CODE:
                self.band(code)
        self._codes.update(zip(range(first, first + len(codes)), codes, strict=True))

    def code_at(self, interval: IntervalIndex) -> int:
        """The band of an interval. Raises RuleError before the first default."""
        code = self._codes.get(interval, DEFAULT_CODE)
        if code != DEFAULT_CODE:
            return code
        position = bisect_right(self._default_from, interval)
        if position == 0:
            raise RuleError(f"interval {interval} has no tariff", "set a default band from an earlier interval")
        return self._default_code[position - 1]

    def at(self, interval: IntervalIndex) -> Tariff:
        """The prices in force in an interval. Raises RuleError before the first default."""
        return self.band(self.code_at(interval))


def _check_open(interval: int, first_open: int) -> None:
    if interval < first_open:
        raise RuleError(f"the gate of interval {interval} has closed", f"change from interval {first_open} on")
