"""How far the index is."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from wattcommons.services.store.index_tables import index_state as _table


class IndexState(NamedTuple):
    """`block`: newest block taken in, -1 before the first; `final_block`: newest that is final; `at`: the newest's
    time, unix seconds, 0 before the first.
    """

    block: int
    final_block: int
    at: int


EMPTY = IndexState(-1, -1, 0)


def index_state(connection: Connection) -> IndexState:
    """Up to where everything read through this connection is true."""
    row = connection.execute(select(_table.c.next_block, _table.c.final_block, _table.c.at)).first()
    return EMPTY if row is None else IndexState(row.next_block - 1, row.final_block, row.at)
