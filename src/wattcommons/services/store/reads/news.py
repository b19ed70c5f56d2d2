"""Raw logs of the newest blocks, for who wants to know what has just happened."""

from __future__ import annotations

from sqlalchemy import Connection, select

from wattcommons.chain.logs import RawLog
from wattcommons.services.store.index_tables import raw_logs


def logs_between(connection: Connection, first_block: int, last_block: int, limit: int) -> list[RawLog]:
    """Logs of the blocks first_block..last_block, both included, in the order of the chain; `limit` at most."""
    query = (
        select(raw_logs)
        .where(raw_logs.c.block >= first_block, raw_logs.c.block <= last_block)
        .order_by(raw_logs.c.block, raw_logs.c.log_index)
        .limit(limit)
    )
    return [
        RawLog(
            "0x" + bytes(row.address).hex(),
            tuple(bytes(row.topics[start : start + 32]) for start in range(0, len(row.topics), 32)),
            bytes(row.data),
            row.block,
            "0x" + bytes(row.tx_hash).hex(),
            row.log_index,
            row.at,
        )
        for row in connection.execute(query)
    ]
