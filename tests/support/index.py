"""What a test asks of an index: all its rows, the same whatever way they came about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from wattcommons.chain.block_logs import BlockSource
from wattcommons.chain.deployment import Deployment
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.store import index_registry_tables, index_tables  # noqa: F401 - their tables are of INDEX
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_columns import INDEX

Rows = list[tuple[Any, ...]]
ABOUT_THE_INDEX = ("undo", "index_state", "index_blocks")


def contents(store: Store, without: Iterable[str] = ("undo",)) -> dict[str, Rows]:
    """Every row of every table of the index, by primary key."""
    with store.read() as connection:
        return {
            name: [
                tuple(bytes(value) if isinstance(value, bytes | memoryview) else value for value in row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in INDEX.tables.items()
            if name not in without
        }


def caught_up(store: Store, source: BlockSource, deployment: Deployment) -> Indexer:
    """An indexer that has taken in everything there is."""
    indexer = Indexer(store, source, deployment)
    indexer.open()
    while indexer.step():
        pass
    return indexer
