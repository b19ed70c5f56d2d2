"""UTC months on unix seconds: when a certificate stops moving and when it expires.

The civil calendar is proleptic Gregorian, a day is 86,400 s (unix time has no leap seconds). Adding months
keeps the time of day and clamps the day to the length of the month reached: 31 January + 1 month is the last
of February. The clamp looks at the first date only, so adding 6 + 6 months may differ from adding 12; a
deadline is therefore always counted in one step from the end of production (RED III 19(3)).

The contracts and the web pages compute the same; `tests/vectors/months.json` holds all three together.
"""

from __future__ import annotations

import calendar
from datetime import date

from wattcommons.errors import RuleError

SECONDS_A_DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_LAST_UNIX = (date.max.toordinal() - _EPOCH_ORDINAL + 1) * SECONDS_A_DAY - 1


def civil_date(unix: int) -> date:
    """The UTC date of a unix time (seconds, 1970 to 9999). Raises RuleError outside."""
    if not 0 <= unix <= _LAST_UNIX:
        raise RuleError(f"unix time {unix} is outside the years 1970 to 9999")
    return date.fromordinal(_EPOCH_ORDINAL + unix // SECONDS_A_DAY)


def unix_of(day: date) -> int:
    """Unix seconds of a date's first second in UTC."""
    return (day.toordinal() - _EPOCH_ORDINAL) * SECONDS_A_DAY


def days_in_month(year: int, month: int) -> int:
    """28 to 31; month from 1 to 12."""
    return calendar.monthrange(year, month)[1]


def add_months(unix: int, months: int) -> int:
    """`unix` (seconds) plus a number of UTC calendar months (>= 0), the day clamped to the month reached.

    Raises RuleError when months is negative or the result leaves the year 9999.
    """
    if months < 0:
        raise RuleError(f"cannot add {months} months: deadlines only lie ahead")
    start = civil_date(unix)
    years, month0 = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise RuleError(f"unix time {unix} plus {months} months leaves the year 9999")
    day = min(start.day, days_in_month(year, month0 + 1))
    return unix_of(date(year, month0 + 1, day)) + unix % SECONDS_A_DAY
