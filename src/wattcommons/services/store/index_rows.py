"""Rows of the index's projections as their one writer works with them: read through, kept, written back together.

    with rows.on(connection):
        account = rows.change(accounts, 7)      # read once, then from memory
        account["balance_neur"] += 5
        rows.add(account_lines, block=..., ...)
        rows.flush(block)                       # None: no way back is wanted

`flush(block)` also writes down what each changed row was before, under the block's number: `index_rewind` undoes a
block by it. After any error the object holds what was never written: throw it away and make a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, select, true

from wattcommons.errors import StoreError
from wattcommons.services.store.bulk import delete_rows, insert_rows, replace_rows
from wattcommons.services.store.index_tables import undo

Row = dict[str, Any]
_Values = tuple[Any, ...]
_AT_ONCE: Final = 500
_UNDO: Final = ("block", "table_name", "key", "before")


class _Kept:
    """What is in memory of one table. `before`: as stored, None where there is no row; `rows`: as it is to be."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = [column.name for column in table.columns]
        self.key_names = [column.name for column in table.primary_key.columns]
        self.values = itemgetter(*self.names)
        positions = [self.names.index(name) for name in self.key_names]
        self.key_of = itemgetter(*positions) if len(positions) > 1 else lambda row: (row[positions[0]],)
        self.before: dict[_Values, _Values | None] = {}
        self.rows: dict[_Values, Row | None] = {}
        self.changed: set[_Values] = set()
        self.added: list[_Values] = []
        self.whole: set[Any] = set()
        """First parts of keys of which every row is in memory."""


class Rows:
    """`most`: rows of a table that stay in memory between flushes. One object serves one thread.

    A table is used either by key (`get`, `change`, `put`, `remove`, `where`) or by `add` and `select` alone: what was
    added is not seen before it is flushed, but by `adopt`.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._tables: dict[str, _Kept] = {}
        self._connection: Connection | None = None

    @contextmanager
    def on(self, connection: Connection) -> Iterator[None]:
        """Work within a transaction."""
        self._connection = connection
        try:
            yield
        finally:
            self._connection = None

    def get(self, table: Table, *key: Any) -> Mapping[str, Any] | None:
        """A row to look at, None where there is none."""
        kept = self._kept(table)
        try:
            return kept.rows[key]
        except KeyError:
            self._read(kept, key)
            return kept.rows[key]

    def change(self, table: Table, *key: Any) -> Row | None:
        """A row to be changed in place, None where there is none."""
        row = self.get(table, *key)
        if row is not None:
            self._kept(table).changed.add(key)
        return row  # type: ignore[return-value]

    def put(self, table: Table, *, new: bool = False, **values: Any) -> Row:
        """A whole row, in the place of the one with its key. `new`: there is none, which saves looking."""
        kept = self._kept(table)
        key = tuple(values[name] for name in kept.key_names)
        if key not in kept.rows:
            if new:
                kept.before[key] = None
            else:
                self._read(kept, key)
        kept.rows[key] = values
        kept.changed.add(key)
        return values

    def remove(self, table: Table, *key: Any) -> None:
        """Take a row away, if it is there."""
        if self.get(table, *key) is not None:
            kept = self._kept(table)
            kept.rows[key] = None
            kept.changed.add(key)

    def where(self, table: Table, **equal: Any) -> list[Row]:
        """All rows with these values, by key; to change one, ask for it by `change`."""
        kept = self._kept(table)
        for found in self.select(table, **equal):
            self._keep(kept, kept.key_of(found), found)
        matching = [
            row for row in kept.rows.values() if row is not None and all(row[name] == equal[name] for name in equal)
        ]
        return sorted(matching, key=lambda row: tuple(row[name] for name in kept.key_names))

    def know(self, table: Table, firsts: Iterable[Any], *, absent: Iterable[Any] = ()) -> None:
        """Read every row whose key begins with one of `firsts` at once; `absent`: there is none with these."""
        kept = self._kept(table)
        kept.whole.update(absent)
        wanted = [first for first in dict.fromkeys(firsts) if first not in kept.whole]
        column = table.c[kept.key_names[0]]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for found in self._at().execute(select(table).where(column.in_(part))):
                self._keep(kept, kept.key_of(found), tuple(found))
        kept.whole.update(wanted)

    def add(self, table: Table, **values: Any) -> None:
        """A row that is not there yet, of a table that only grows."""
        kept = self._kept(table)
        kept.added.append(kept.values(values))

    def add_many(self, table: Table, rows: Iterable[_Values]) -> None:
        """As `add`, in the order of the table's columns: for what comes by the million."""
        self._kept(table).added.extend(rows)

    def adopt(self, table: Table, *key: Any) -> Row | None:
        """As `change`, for a row of a table that grows by `add`: for the rare row that is not left as it was added."""
        kept = self._kept(table)
        for position in range(len(kept.added) - 1, -1, -1):
            if kept.key_of(kept.added[position]) == key:
                kept.before[key] = None
                kept.rows[key] = dict(zip(kept.names, kept.added.pop(position), strict=True))
                kept.changed.add(key)
                break
        return self.change(table, *key)

    def select(self, table: Table, **equal: Any) -> list[_Values]:
        """Rows as they are stored, by key."""
        condition = and_(true(), *(table.c[name] == value for name, value in equal.items()))
        found = self._at().execute(select(table).where(condition).order_by(*table.primary_key.columns))
        return [tuple(row) for row in found]

    def flush(self, block: int | None = None) -> None:
        """Write everything that changed. `block`: where it changed, if that may have to be undone."""
        journal: list[_Values] = []
        for name, kept in self._tables.items():
            if block is not None:
                journal.extend((block, name, _json(kept.key_of(row)), None) for row in kept.added)
            insert_rows(self._at(), kept.table, kept.added)
            kept.added = []
            journal.extend(self._write(kept, block))
            if len(kept.rows) > self._most:
                kept.rows, kept.before, kept.whole = {}, {}, set()
        insert_rows(self._at(), undo, journal, _UNDO)

    def _write(self, kept: _Kept, block: int | None) -> list[_Values]:
        """Write the changed rows of a table; what they were before."""
        new: list[_Values] = []
        other: list[_Values] = []
        gone: list[_Values] = []
        journal: list[_Values] = []
        for key in sorted(kept.changed):
            row, before = kept.rows[key], kept.before[key]
            after = None if row is None else kept.values(row)
            if after == before:
                continue
            if after is None:
                gone.append(key)
            else:
                (new if before is None else other).append(after)
            kept.before[key] = after
            if block is not None:
                journal.append((block, kept.table.name, _json(key), None if before is None else _json(before)))
        kept.changed = set()
        delete_rows(self._at(), kept.table, gone)
        insert_rows(self._at(), kept.table, new)
        replace_rows(self._at(), kept.table, other)
        return journal

    def _kept(self, table: Table) -> _Kept:
        kept = self._tables.get(table.name)
        if kept is None:
            kept = self._tables[table.name] = _Kept(table)
        return kept

    def _read(self, kept: _Kept, key: _Values) -> None:
        found = None
        if key[0] not in kept.whole:
            columns = kept.table.primary_key.columns
            matched = and_(*(column == part for column, part in zip(columns, key, strict=True)))
            row = self._at().execute(select(kept.table).where(matched)).first()
            found = None if row is None else tuple(row)
        self._keep(kept, key, found)

    def _keep(self, kept: _Kept, key: _Values, found: _Values | None) -> None:
        if key not in kept.rows:
            kept.before[key] = found
            kept.rows[key] = None if found is None else dict(zip(kept.names, found, strict=True))

    def _at(self) -> Connection:
        if self._connection is None:
            raise StoreError("rows were used outside of a transaction", "this is a defect: report it")
        return self._connection


def _json(values: _Values) -> str:
    return json.dumps(values, separators=(",", ":"))
