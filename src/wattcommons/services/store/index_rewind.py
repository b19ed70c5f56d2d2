"""Taking blocks back: the index as it was before them, in the transaction of who asks.

Everything that a block changed was written down in `undo` when it was taken in, and is gone from there once the block
is final: what is final cannot be taken back.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, select

from wattcommons.services.store.bulk import delete_rows, replace_rows
from wattcommons.services.store.index_columns import INDEX
from wattcommons.services.store.index_tables import index_blocks, raw_logs, undo


def rewind(connection: Connection, first: int) -> None:
    """Undo every block from `first` on: projections, raw logs and the blocks themselves.

    `index_state` is the caller's to write, within the same transaction.
    """
    oldest: dict[tuple[str, str], str | None] = {}
    rows = connection.execute(
        select(undo.c.table_name, undo.c.key, undo.c.before).where(undo.c.block >= first).order_by(undo.c.id.desc())
    )
    for name, key, before in rows:
        oldest[name, key] = before  # the last one met is the first change
    by_table: dict[str, list[tuple[str, str | None]]] = {}
    for (name, key), before in oldest.items():
        by_table.setdefault(name, []).append((key, before))
    for name, changes in sorted(by_table.items()):
        table = INDEX.tables[name]
        delete_rows(connection, table, [_values(key) for key, before in changes if before is None])
        replace_rows(connection, table, [_values(before) for _, before in changes if before is not None])
    for gone in (undo, raw_logs, index_blocks):
        connection.execute(delete(gone).where(gone.c.block >= first))


def _values(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))
