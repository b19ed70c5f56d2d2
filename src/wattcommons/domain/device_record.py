"""The part of a device's registration that stays off the chain: whose it is, where it stands, what it is paid.

RED III article 19(7) wants a certificate to answer for the identity, place and support of the installation. Some of
that is personal, so the chain holds one commitment to all of it. Every field is a leaf of its own there, so that one
can be shown without the others; a field that is absent has a leaf too, and that it is absent can be shown as well.

The schema fixes which field has which position. It never changes: a field more is a new version, with a new hash.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from wattcommons.domain.devices import check_eic
from wattcommons.errors import RuleError

Value: TypeAlias = str | int | None

SCHEMA_NAME: Final = "wattcommons device record"
SCHEMA_VERSION: Final = 1

MAX_SIGNS: Final = 200
MAX_SUPPORT_CENTS: Final = 10**12
_REFERENCE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_-]{0,63}", re.ASCII)


def _text(name: str, value: Value) -> None:
    if not isinstance(value, str):
        raise RuleError(f"{name} is no text", "write it as a text")
    if not 1 <= len(value) <= MAX_SIGNS:
        raise RuleError(f"{name} has {len(value)} signs", f"write 1 to {MAX_SIGNS}")
    if value != value.strip() or not value.isprintable():
        raise RuleError(f"{name} has blanks around it or signs that cannot be printed", "write one line of plain text")
    if unicodedata.normalize("NFC", value) != value:
        raise RuleError(f"{name} has an accent apart from its letter", "write it in Unicode normal form C")


def _reference(name: str, value: Value) -> None:
    _text(name, value)
    if not _REFERENCE.fullmatch(str(value)):
        raise RuleError(f"{name} {value!r} is malformed", "write 1 to 64 letters, digits and . / _ -")


def _eic(name: str, value: Value) -> None:
    _text(name, value)
    check_eic(str(value))


def _whole(least: int, most: int, unit: str) -> Callable[[str, Value], None]:
    def check(name: str, value: Value) -> None:
        if type(value) is not int:
            raise RuleError(f"{name} is no whole number", f"write it in {unit}")
        if not least <= value <= most:
            raise RuleError(f"{name} is {value}", f"write {least} to {most} {unit}")

    return check


FIELDS: Final[Mapping[str, Callable[[str, Value], None]]] = MappingProxyType(
    {
        "installation": _reference,
        "name": _text,
        "owner": _text,
        "address": _text,
        "latitude_udeg": _whole(-90_000_000, 90_000_000, "millionths of a degree"),
        "longitude_udeg": _whole(-180_000_000, 180_000_000, "millionths of a degree"),
        "grid_point": _eic,
        "meter": _reference,
        "support_contract": _reference,
        "support_cents": _whole(0, MAX_SUPPORT_CENTS, "euro cents"),
        "inspection": _reference,
        "note": _text,
    }
)
"""Fields in the order of their positions.

`installation`: its identity in the issuing body's register; `owner`: who holds it; `latitude_udeg`, `longitude_udeg`:
millionths of a degree (WGS 84); `grid_point`: EIC; `meter`: number of the meter or metering point (PRM);
`support_contract`, `support_cents`: reference of the support and all of it in euro cents; `inspection`: reference of
the last inspection.
"""
NAMES: Final = tuple(FIELDS)


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One device's record: a value of every field, None where it is absent.

    Raises RuleError naming the first field that is unknown, malformed or missing: it has an installation and a name,
    an address or both coordinates, a grid point or a meter.
    """

    values: Mapping[str, Value]

    def __post_init__(self) -> None:
        for name in self.values:
            position_of(name)
        values = {name: self.values.get(name) for name in NAMES}
        for name, value in values.items():
            if value is not None:
                check_value(name, value)
        for name in ("installation", "name"):
            if values[name] is None:
                raise RuleError(f"the record has no {name}", "every device has one")
        if (values["latitude_udeg"] is None) != (values["longitude_udeg"] is None):
            raise RuleError("the record has one coordinate alone", "give latitude and longitude, or neither")
        if values["address"] is None and values["latitude_udeg"] is None:
            raise RuleError("the record does not say where the device stands", "give an address or both coordinates")
        if values["grid_point"] is None and values["meter"] is None:
            raise RuleError("the record does not say where the device feeds in", "give a grid point or a meter")
        object.__setattr__(self, "values", MappingProxyType(values))


def position_of(name: str) -> int:
    """Position of a field, from 0. Raises RuleError for a name that the schema does not have."""
    if name not in FIELDS:
        raise RuleError(f"a device record has no field {name[:40]!r}", f"it has {', '.join(NAMES)}")
    return NAMES.index(name)


def check_value(name: str, value: Value) -> None:
    """Raises RuleError unless `value` can stand in the field `name`; an absent value (None) always can."""
    position_of(name)
    if value is not None:
        FIELDS[name](name, value)


def value_octets(value: Value) -> bytes:
    """A value as it is hashed: canonical JSON, UTF-8. Two values never have the same octets."""
    return json.dumps(value, ensure_ascii=False).encode()


def schema_octets() -> bytes:
    """What the schema's hash is over: its name, its version and its fields in their order."""
    schema = {"fields": NAMES, "name": SCHEMA_NAME, "version": SCHEMA_VERSION}
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False).encode()
