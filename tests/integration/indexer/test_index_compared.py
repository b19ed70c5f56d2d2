"""An index in either database, held against the chain it was made from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from tests.integration.indexer.conftest import Lived
from tests.support.index import caught_up
from wattcommons.chain.block_logs import BlockLogs
from wattcommons.services.indexer.comparison import compare_index
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_registry_tables import holdings
from wattcommons.services.store.index_tables import raw_logs

pytestmark = pytest.mark.integration


def test_index__tampered__rows_named(lived: Lived, new_store: Callable[[], Store]) -> None:
    store, source = new_store(), BlockLogs(lived.web3, lived.deployment)
    indexer = caught_up(store, source, lived.deployment)
    first = lived.deployment.block
    with store.write() as connection:
        connection.execute(update(holdings).values(wh=holdings.c.wh + 1))
        connection.execute(delete(raw_logs).where(raw_logs.c.block == first, raw_logs.c.log_index == 0))
    report = compare_index(store, source, lived.deployment)
    assert {table.name for table in report.tables if not table.ok} == {"holdings", "raw_logs"}
    assert report.table("holdings").altered == report.table("holdings").rows > 1
    assert report.table("raw_logs").differences[0].key == f"row {first}, 0"
    assert report.block == indexer.state.next_block - 1


def test_index__honest__every_row(lived: Lived, new_store: Callable[[], Store]) -> None:
    store, source = new_store(), BlockLogs(lived.web3, lived.deployment)
    caught_up(store, source, lived.deployment)
    report = compare_index(store, source, lived.deployment)
    assert report.ok, [str(one) for table in report.tables for one in table.differences]
