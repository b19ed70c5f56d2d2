"""A file of corrections: read strictly, the first mistake named with its line, so that nothing is half done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wattcommons.chain.correction_plan import Asked
from wattcommons.domain.corrections import reason_code
from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.domain.units import MAX_INDEX, MAX_WH
from wattcommons.errors import InputError, RuleError
from wattcommons.services.gateway.csv_table import open_table, parse_time

COLUMNS: Final = ("participant", "interval_start_datetime", "production_wh", "consumption_wh")
OPTIONAL: Final = ("interval_end_datetime", "reason")
MOST_ROWS: Final = 10_000


def read_corrections(path: Path, length: IntervalLength, reason: bytes | None) -> list[Asked]:
    """The corrections of a file, in its order. `reason`: of rows that give none.

    Columns: `COLUMNS`, and perhaps `OPTIONAL`; times like 2026-03-29T01:00:00Z, whole Wh. Raises InputError.
    """
    found: dict[tuple[int, int], Asked] = {}
    with open_table(path, COLUMNS, OPTIONAL) as table:
        for line, fields in table.rows():
            one = _asked(path, line, {name: fields[at].strip() for name, at in table.columns.items()}, length, reason)
            before = found.setdefault((one.participant, one.interval), one)
            if before is not one:
                raise InputError(
                    f"the reading of line {before.line} again", "give each reading once", file=path, line=line
                )
            if len(found) > MOST_ROWS:
                raise InputError(f"more than {MOST_ROWS:,} corrections", "split the file", file=path, line=line)
    if not found:
        raise InputError("there is no correction in it", "give one record a line", file=path)
    return list(found.values())


def interval_at(unix: int, length: IntervalLength) -> int:
    """The interval that begins at a second. Raises RuleError where none does."""
    interval, rest = divmod(unix, length.seconds)
    if rest or interval > MAX_INDEX:
        raise RuleError("no interval begins then", f"intervals are of {length.minutes} minutes")
    return interval


def _asked(path: Path, line: int, row: dict[str, str], length: IntervalLength, reason: bytes | None) -> Asked:
    def wrong(name: str, hint: str) -> InputError:
        return InputError(f"{name} is {row[name]!r}", hint, file=path, line=line)

    begin = parse_time(row["interval_start_datetime"])
    if begin is None:
        raise wrong("interval_start_datetime", "write it like 2026-03-29T01:00:00Z")
    try:
        interval = interval_at(begin, length)
    except RuleError as error:
        raise wrong("interval_start_datetime", f"{error.message}: {error.hint}") from error
    if "interval_end_datetime" in row and parse_time(row["interval_end_datetime"]) != end_unix(interval, length):
        raise wrong("interval_end_datetime", f"it ends {length.minutes} minutes after its start")
    participant = _whole(row["participant"], MAX_INDEX)
    if not participant:
        raise wrong("participant", "give its number, from 1")
    energies = []
    for name in ("production_wh", "consumption_wh"):
        energy = _whole(row[name], MAX_WH)
        if energy is None:
            raise wrong(name, f"give whole Wh, 0 to {MAX_WH}")
        energies.append(energy)
    if given := row.get("reason", ""):
        try:
            reason = reason_code(given)
        except RuleError as error:
            raise wrong("reason", error.hint) from error
    if reason is None:
        raise InputError("no reason is given", "fill the column reason, or give --reason", file=path, line=line)
    return Asked(participant, interval, energies[0], energies[1], reason, line)


def _whole(text: str, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    value = int(text)
    return value if value <= most else None
