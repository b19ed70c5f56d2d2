"""Canonical JSON: one text a value, so that every byte of a file counts.

Keys sorted, no white space, no escapes but the shortest, whole numbers only, one line feed at the end. What was
edited by hand, has a key twice, a fraction or an unknown field is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from wattcommons.errors import InputError

MAX_BYTES: Final = 1 << 20
MAX_NUMBER: Final = 2**53 - 1
"""Whole numbers that every JSON reader keeps exactly."""


def dump(value: Mapping[str, Any]) -> bytes:
    """The one text of an object."""
    return _text(value).encode() + b"\n"


def load(data: bytes, what: str) -> dict[str, Any]:
    """An object from its one text. Raises InputError naming `what` is wrong otherwise."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{what} has {len(data):,} bytes", f"at most {MAX_BYTES:,} are read")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
            parse_int=_whole,
        )
        same = isinstance(value, dict) and dump(value) == data  # raises for text that has no bytes, half of a pair
    except (ValueError, RecursionError) as error:
        raise InputError(f"{what} is no JSON of this form ({error})", "take the file as it was made") from error
    if not isinstance(value, dict):
        raise InputError(f"{what} is no JSON object", "take the file as it was made")
    if not same:
        raise InputError(
            f"{what} is not in canonical form", "it was edited or re-formatted: take the file as it was made"
        )
    return value


def expect(value: Any, fields: Mapping[str, type], what: str) -> dict[str, Any]:
    """An object with exactly these fields of these types. Raises InputError naming the first that differs."""
    if not isinstance(value, dict):
        raise InputError(f"{what} is no object", "take the file as it was made")
    for name in sorted(value.keys() ^ fields.keys()):
        raise InputError(f"{what} {'lacks' if name in fields else 'has an unknown field'} {name!r}")
    for name, kind in fields.items():
        if type(value[name]) is not kind:
            raise InputError(f"{what}: {name} has the wrong type", "take the file as it was made")
    return value


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"{text} is no whole number")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_NUMBER:
        raise ValueError("a number is too large")
    return int(text)
