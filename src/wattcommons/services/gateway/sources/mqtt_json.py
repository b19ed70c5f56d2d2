"""What a message says, taken out of its bytes exactly: text, JSON, numbers, moments.

A number stays what was written (a Decimal, never a float) until it is an integer of mWh or W. Everything that cannot
be such a number is refused with a MeterDataError: kinds `too-large`, `encoding`, `malformed`, `nested`, `number`,
`negative`, `absurd` and `time`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final, NoReturn

from wattcommons.domain.channels import MilliWh
from wattcommons.errors import MeterDataError

MAX_PAYLOAD: Final = 65_536
"""Bytes of the longest message that is looked into."""
MAX_ENERGY: Final = MilliWh(10**15)
"""A million MWh: no meter of a member shows more."""
MAX_POWER_W: Final = 10**9

UNITS: Final = {"mWh": 0, "Wh": 3, "kWh": 6}
"""Units of an index: how many decimal places lie between it and mWh."""
POWER_UNIT: Final = "W"

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_MOST_PLACES: Final = 30
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS, _LAST_MS = 946_684_800_000, 4_102_444_800_000  # the years 2000 to 2099
_MILLISECONDS_FROM: Final = 10**11  # as seconds this would be the year 5138


def read_text(payload: bytes) -> str:
    """The payload as text, without blanks around it."""
    if len(payload) > MAX_PAYLOAD:
        raise MeterDataError("too-large", f"a message of {len(payload)} bytes", f"at most {MAX_PAYLOAD} are read")
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise MeterDataError("encoding", "a message that is not UTF-8") from None


def read_json(payload: bytes) -> Any:
    """The payload as JSON, numbers with a point as Decimal. An empty payload (a cleared topic) gives None."""
    text = read_text(payload)
    if not text:
        return None
    try:
        return _JSON.decode(text)
    except RecursionError:
        raise MeterDataError("nested", "a message of too many levels") from None
    except ArithmeticError:
        raise MeterDataError("absurd", "a number with an exponent beyond all measure") from None
    except ValueError:
        raise MeterDataError("malformed", f"a message that is no JSON: {shown(text)}") from None


def at_path(tree: object, path: str) -> object:
    """What lies at a path such as `sensors.main.energy_wh` or `phases.0.total`; None where there is nothing."""
    for step in path.split("."):
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isascii() and step.isdigit() and len(step) < 6 and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree


def as_number(value: object) -> Decimal:
    """A JSON number, or a string that is a plain decimal number; of fewer than 31 places before the point."""
    plain = _NUMBER.fullmatch(value) if isinstance(value, str) else not isinstance(value, bool)
    if not plain or not isinstance(value, (str, int, Decimal)):
        raise MeterDataError("number", f"{shown(value)} is no number")
    number = Decimal(value)
    if number.adjusted() > _MOST_PLACES:  # a sum of such numbers would overflow
        raise MeterDataError("absurd", f"a value of {shown(value)}")
    return number


def as_energy(value: Decimal, unit: str) -> MilliWh:
    """An index in `unit` (mWh, Wh, kWh) as whole mWh; what is finer is cut off, and so never counted twice."""
    places = UNITS[unit]
    _check_range(value, Decimal(MAX_ENERGY).scaleb(-places), unit)
    return MilliWh(int(Context(prec=60, rounding=ROUND_FLOOR).scaleb(value, places)))


def as_power(value: Decimal) -> int:
    """A power as whole W, to the nearest: it is an estimate of energy in any case, and this one has no bias."""
    _check_range(value, Decimal(MAX_POWER_W), POWER_UNIT)
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def as_moment(value: object) -> int:
    """A moment as unix ms: a number of seconds or milliseconds since 1970, or ISO 8601 with its offset from UTC."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        moment = _iso_ms(value)
    else:
        number = as_number(value)
        if not 0 <= number < _LAST_MS:
            raise MeterDataError("time", f"the time {shown(value)} lies beyond the years 2000 to 2099")
        moment = int(number if number >= _MILLISECONDS_FROM else number * 1_000)
    if not _FIRST_MS <= moment < _LAST_MS:
        raise MeterDataError("time", f"the time {shown(value)} lies beyond the years 2000 to 2099")
    return moment


def shown(value: object) -> str:
    """A foreign value for an error message: short, and on one line."""
    text = str(value) if isinstance(value, (int, Decimal)) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _check_range(value: Decimal, most: Decimal, unit: str) -> None:
    if value < 0:
        raise MeterDataError("negative", f"a value of {shown(value)} {unit}")
    if value > most:
        raise MeterDataError("absurd", f"a value of {shown(value)} {unit}", f"at most {most:f} {unit} are believed")


def _iso_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MeterDataError("time", f"{shown(text)} is no time") from None
    if moment.tzinfo is None:
        raise MeterDataError("time", f"the time {shown(text)} does not say its offset from UTC")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _refuse_constant(name: str) -> NoReturn:
    raise MeterDataError("number", f"{name} is no number")


_JSON: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
