"""Days and moments as options take them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from wattcommons.domain.intervals import IntervalLength, interval_of, parse_utc
from wattcommons.errors import RuleError, SettingsError

_DAY: Final = len("2026-03-29")


def moment_of(option: str, text: str) -> datetime:
    """`2026-03-29` (its first second in UTC) or `2026-03-29T01:00:00Z`, as UTC. Raises SettingsError."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if len(text) == _DAY else parse_utc(text)
        interval_of(day, IntervalLength.HOUR)  # outside 1970 to 2^32 intervals there is nothing
        return day
    except (ValueError, RuleError):
        raise SettingsError(
            f"{text!r} is no day or moment", "write 2026-03-29, or 2026-03-29T01:00:00Z", setting=option
        ) from None
