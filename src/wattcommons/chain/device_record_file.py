"""A device's record, and what is shown of it, as files: JSON in one form only, readable by their owner alone.

    kind          "device record" or "device disclosure"
    version       1
    schema        hash of the schema of the fields
    commitment    what stands on the chain
    fields        by name: value and salt; in a disclosure also path, from the leaf up

A record has every field; an absent one has the value null. Nothing in a file is believed: the commitment has to be the
one that its fields lead to, and a file that is not written as this module writes it is refused, so that no value stands
twice in it and nothing beside.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, NoReturn

from wattcommons.chain.device_commitment import SCHEMA_HASH, Disclosure, SaltedRecord, ShownField
from wattcommons.chain.keystore import write_private
from wattcommons.domain.device_record import NAMES, DeviceRecord, position_of
from wattcommons.errors import InputError, RuleError

FILE_VERSION: Final = 1
RECORD: Final = "device record"
DISCLOSURE: Final = "device disclosure"

_MOST_OCTETS: Final = 64 * 1024
_HASH: Final = re.compile(r"0x([0-9a-f]{64})", re.ASCII)
_HINT: Final = "use the file as it was made by `watt device record`"
_TOP: Final = {"kind", "version", "schema", "commitment", "fields"}


def save_device_file(content: SaltedRecord | Disclosure, path: Path) -> None:
    """Write a new file of mode 0600, whole or not at all. Raises InputError when it is there already."""
    write_private(path, text_of(content), kept="no record is overwritten")


def load_record(path: Path) -> SaltedRecord:
    """Read a record. Raises InputError naming the file and what is wrong with it."""
    found = load_device_file(path)
    if isinstance(found, Disclosure):
        raise InputError("it shows some fields of a record and is no record", "give the record's own file", file=path)
    return found


def load_device_file(path: Path) -> SaltedRecord | Disclosure:
    """Read a record or a disclosure; what it says is consistent in itself. Raises InputError naming the file."""
    try:
        with path.open("rb") as source:
            content = source.read(_MOST_OCTETS + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", "make one with `watt device record new`", file=path) from None
    except OSError as error:
        raise InputError(f"it cannot be read ({type(error).__name__})", file=path) from None
    try:
        return parsed(content)
    except RuleError as error:
        raise InputError(error.message, error.hint or _HINT, file=path) from None


def text_of(content: SaltedRecord | Disclosure) -> str:
    """The content of the file."""
    fields: dict[str, Any]
    if isinstance(content, SaltedRecord):
        kind, pairs = RECORD, zip(NAMES, content.salts, strict=True)
        fields = {name: {"salt": _hex(salt), "value": content.record.values[name]} for name, salt in pairs}
    else:
        kind = DISCLOSURE
        fields = {
            name: {"path": [_hex(step) for step in one.path], "salt": _hex(one.salt), "value": one.value}
            for name, one in content.fields.items()
        }
    top = {
        "commitment": _hex(content.commitment),
        "fields": fields,
        "kind": kind,
        "schema": _hex(SCHEMA_HASH),
        "version": FILE_VERSION,
    }
    return json.dumps(top, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parsed(content: bytes) -> SaltedRecord | Disclosure:
    """A record or a disclosure from a file's content. Raises RuleError saying what is wrong."""
    if len(content) > _MOST_OCTETS:
        raise RuleError("it is too large for a device's record")
    try:
        top = json.loads(content.decode(), parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError):
        raise RuleError("it is no file of a device's record (JSON)") from None
    _require_keys(top, _TOP, "the file")
    if type(top["version"]) is not int or top["version"] != FILE_VERSION:
        raise RuleError(f"it is of version {top['version']!r:.40}, not {FILE_VERSION}", "use the watt that made it")
    if top["kind"] not in (RECORD, DISCLOSURE):
        raise RuleError(f"its kind is {top['kind']!r:.40}, neither {RECORD!r} nor {DISCLOSURE!r}")
    if _octets(top["schema"], "schema") != SCHEMA_HASH:
        raise RuleError("its fields are of another schema", "use the version of watt that made it")
    found = _record(top["fields"]) if top["kind"] == RECORD else _disclosure(top)
    if _octets(top["commitment"], "commitment") != found.commitment:
        raise RuleError("its fields do not lead to its commitment", "a value or a salt was changed")
    if text_of(found).encode() != content:
        raise RuleError("it is not written as watt writes it: a field stands twice, or it was edited")
    return found


def _record(fields: Any) -> SaltedRecord:
    _require_keys(fields, set(NAMES), "fields")
    for name in NAMES:
        _require_keys(fields[name], {"salt", "value"}, name)
    values = {name: _value(fields[name]["value"], name) for name in NAMES}
    salts = tuple(_octets(fields[name]["salt"], f"the salt of {name}") for name in NAMES)
    return SaltedRecord(DeviceRecord(values), salts)


def _disclosure(top: dict[str, Any]) -> Disclosure:
    fields = top["fields"]
    if not isinstance(fields, dict):
        raise RuleError("fields is no JSON object")
    shown = {}
    for name, one in fields.items():
        position_of(name)
        _require_keys(one, {"path", "salt", "value"}, name)
        if not isinstance(one["path"], list):
            raise RuleError(f"the path of {name} is no list")
        path = tuple(_octets(step, f"the path of {name}") for step in one["path"])
        shown[name] = ShownField(_value(one["value"], name), _octets(one["salt"], f"the salt of {name}"), path)
    return Disclosure(_octets(top["commitment"], "commitment"), shown)


def _require_keys(found: Any, keys: set[str], where: str) -> None:
    if not isinstance(found, dict):
        raise RuleError(f"{where} is no JSON object")
    if strange := sorted(found.keys() - keys):
        raise RuleError(f"{where} has a field {strange[0][:40]!r} that does not belong there")
    if missing := sorted(keys - found.keys()):
        raise RuleError(f"{where} lacks {missing[0]}")


def _value(found: object, name: str) -> str | int | None:
    if found is None or isinstance(found, str) or type(found) is int:
        return found
    raise RuleError(f"{name} is neither a text nor a whole number")


def _octets(found: object, what: str) -> bytes:
    match = _HASH.fullmatch(found) if isinstance(found, str) else None
    if match is None:
        raise RuleError(f"{what} is not 0x and 64 hexadecimal digits in lower case")
    return bytes.fromhex(match[1])


def _hex(octets: bytes) -> str:
    return f"0x{octets.hex()}"


def _no_number(_text: str) -> NoReturn:
    raise ValueError
