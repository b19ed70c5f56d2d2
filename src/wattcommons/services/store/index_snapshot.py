"""Reading whole tables of an index in order, for comparing two of them row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, select

from wattcommons.services.store import index_registry_tables, index_tables  # noqa: F401 - their tables are of INDEX
from wattcommons.services.store.index_columns import INDEX

_PAGE: Final = 5_000
RAW_LOGS: Final = "raw_logs"
ABOUT_THE_INDEX: Final = frozenset({"undo", "index_state", "index_blocks"})
"""Tables that say how an index came about, not what the chain says: two of the same chain may differ in them."""

Key = tuple[Any, ...]
Row = tuple[Any, ...]


def compared_tables() -> list[str]:
    """Names of the tables that are the same in every index of a chain, raw logs first."""
    rest = (name for name in INDEX.tables if name not in ABOUT_THE_INDEX and name != RAW_LOGS)
    return [RAW_LOGS, *rest]


def columns_of(table: str) -> list[str]:
    """A table's columns, in the order of its rows."""
    return [column.name for column in INDEX.tables[table].columns]


def rows_in_order(connection: Connection, table: str) -> Iterator[tuple[Key, Row]]:
    """Each row with the key by which rows are in increasing order, the same on every database."""
    found = INDEX.tables[table]
    names = columns_of(table)
    order = ["block", "log_index"] if table == RAW_LOGS else [column.name for column in found.primary_key.columns]
    places = [names.index(name) for name in order]
    by_number = all(isinstance(found.c[name].type, BigInteger | Integer) for name in order)
    wanted = select(found).order_by(*(found.c[name] for name in order))
    result = connection.execute(wanted, execution_options={"yield_per": _PAGE})
    rows = (tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in result)
    keyed = ((tuple(row[place] for place in places), row) for row in rows)
    # Databases order text by rules of their own, so that tables with an account in their key are ordered here.
    yield from keyed if by_number else sorted(keyed)
