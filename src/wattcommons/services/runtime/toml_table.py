"""A TOML table read strictly: every key is asked for by its type and range, and none may be left over.

Numbers with a point are exact decimals, never floats. Every error names the file and the key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from wattcommons.errors import InputError, RuleError

_ABSENT: Final = object()
_AT_LINE: Final = re.compile(r"^(.*?)\s*\(at line (\d+), column \d+\)$", re.DOTALL)

Value = TypeVar("Value")


def read_toml(path: Path, hint: str) -> Table:
    """The file's top table. Raises InputError when it cannot be read or is no TOML, with the line.

    `hint` says how a missing file is made.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("there is no such file", hint, file=path) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"it cannot be read ({type(error).__name__})", file=path) from None
    try:
        return Table(path, tomllib.loads(content, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.match(str(error))
        reason, line = (found[1], int(found[2])) if found else (str(error), None)
        raise InputError(f"not valid TOML: {reason[:1].lower()}{reason[1:]}", file=path, line=line) from None


class Table:
    """One table of the file. Ask for each key, then `finish`."""

    def __init__(self, path: Path, content: Mapping[str, Any], name: str = "") -> None:
        self._path, self._content, self._name = path, content, name
        self._asked: set[str] = set()

    @property
    def name(self) -> str:
        """The table's full name."""
        return self._name

    def wrong(self, key: str, reason: str, hint: str = "") -> InputError:
        """The error for a key of this table."""
        return InputError(f"{self._key(key)} {reason}", hint, file=self._path)

    def has(self, key: str) -> bool:
        """Whether the key is there; that alone does not count as asking for it."""
        return key in self._content

    def table(self, key: str) -> Table:
        """A table inside, empty when absent."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "is no table", f"write [{self._key(key)}]")
        return Table(self._path, value, self._key(key))

    def tables(self, key: str) -> list[Table]:
        """A list of tables inside, empty when absent; they are counted from 1 in messages."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(key, "is no list of tables", f"write [[{self._key(key)}]] above each")
        return [Table(self._path, one, f"{self._key(key)}[{number}]") for number, one in enumerate(value, 1)]

    def text(self, key: str, default: str | None = None, most: int = 64) -> str:
        """A text of 1 to `most` signs."""
        value = self._typed(key, str, "a text in quotes", default)
        if not 1 <= len(value.strip()) <= most and value != default:
            raise self.wrong(key, f"has {len(value.strip())} signs", f"give 1 to {most}")
        return value.strip()

    def flag(self, key: str, default: bool) -> bool:  # noqa: FBT001
        """true or false."""
        return self._typed(key, bool, "true or false", default)

    def whole(self, key: str, default: int | None, least: int, most: int) -> int:
        """A whole number in a range."""
        wanted = f"write a whole number from {least:,} to {most:,}"
        value = self._take(key, _ABSENT if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, _is(value), wanted)
        if not least <= value <= most:
            raise self.wrong(key, f"is {value}", wanted)
        return value

    def wholes(self, key: str, default: Iterable[int], least: int, most: int) -> list[int]:
        """A list of one or more whole numbers in a range."""
        values = self._take(key, list(default))
        good = isinstance(values, list) and all(type(one) is int and least <= one <= most for one in values)
        if not good or not values:
            raise self.wrong(key, _is(values), f"write a list of whole numbers from {least} to {most}, like [{least}]")
        return list(values)

    def texts(self, key: str, most: int = 64) -> list[str]:
        """A list of texts of 1 to `most` signs, empty when absent."""
        values = self._take(key, [])
        if not isinstance(values, list) or not all(isinstance(one, str) and 1 <= len(one) <= most for one in values):
            raise self.wrong(key, "is no list of texts", f'write ["..."], each of 1 to {most} signs')
        return list(values)

    def scaled(self, key: str, default: int, decimals: int, least: int, most: int) -> int:
        """A decimal number × 10^decimals, exactly; default and range are scaled already."""
        value = self._take(key, _ABSENT)
        if value is _ABSENT:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not Decimal(value).is_finite():
            raise self.wrong(key, _is(value), "write a number like 0.2016")
        exact = Decimal(value).scaleb(decimals)
        if exact != exact.to_integral_value():
            raise self.wrong(key, f"is {value}", f"write at most {decimals} digits after the point")
        if not least <= exact <= most:
            low, high = (Decimal(bound).scaleb(-decimals).normalize() for bound in (least, most))
            raise self.wrong(key, f"is {value}", f"write a number from {low:f} to {high:f}")
        return int(exact)

    def choice(self, key: str, choices: Mapping[str, Value], default: str | None = None) -> Value:
        """One of some words, as what it stands for."""
        value = self._typed(key, str, "a text in quotes", default)
        if value not in choices:
            raise self.wrong(key, f"is {value!r}", f"write {_or(list(choices))}")
        return choices[value]

    def checked(self, key: str, check: Callable[[str], Value], default: Value) -> Value:
        """A text that `check` turns into a value or refuses with a RuleError."""
        if not self.has(key):
            return default
        value = self._typed(key, str, "a text in quotes", None)
        try:
            return check(value)
        except RuleError as error:
            raise self.wrong(key, f"is wrong: {error.message}", error.hint) from None

    def day(self, key: str) -> int | None:
        """A date as the unix second of its start in UTC; None when absent."""
        value = self._take(key, None)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.wrong(key, f"is {value!r}", "write a date without quotes, like 2021-06-30")
        return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())

    def finish(self) -> None:
        """Raises InputError when a key is left over that nobody asked for."""
        for key in self._content:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(self._asked))}"
                raise self.wrong(key, "is no known key", hint)

    def _typed(self, key: str, kind: type[Value], wanted: str, default: Value | None) -> Value:
        value = self._take(key, _ABSENT if default is None else default)
        if not isinstance(value, kind):
            raise self.wrong(key, _is(value), f"write {wanted}")
        return value

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._content.get(key, default)

    def _key(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def _is(value: Any) -> str:
    return "is missing" if value is _ABSENT else f"is {value}" if isinstance(value, Decimal) else f"is {value!r}"


def _or(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
