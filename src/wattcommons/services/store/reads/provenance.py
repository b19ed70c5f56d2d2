"""What stands behind one certificate, as the chain said it: raw logs of the few blocks that matter."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from wattcommons.chain.logs import RawLog
from wattcommons.services.store.index_tables import (
    devices,
    index_blocks,
    intervals,
    participant_changes,
    raw_logs,
    readings,
)


class ReadingRow(NamedTuple):
    """A recorded reading and the block that brought it."""

    production_wh: int
    consumption_wh: int
    quality: int
    late: bool
    at: int
    block: int


class KeyRow(NamedTuple):
    """The gateway key in force, and the event that put it there. `source` as in chain/enrolment_terms.py."""

    gateway: str
    source: int
    from_interval: int
    block: int
    tx_hash: str


class PlantRow(NamedTuple):
    """A device as the issuing body registered it; power in W."""

    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    valid_until: int


def plant_of(connection: Connection, device: int) -> PlantRow | None:
    """A device; None where it is not known."""
    query = select(*(devices.c[name] for name in PlantRow._fields)).where(devices.c.device == device)
    row = connection.execute(query).first()
    return None if row is None else PlantRow(*row)


def block_hash(connection: Connection, block: int) -> str | None:
    """Hash of one of the newest blocks; None for an older one."""
    found = connection.execute(select(index_blocks.c.hash).where(index_blocks.c.block == block)).scalar()
    return None if found is None else f"0x{bytes(found).hex()}"


def reading_of(connection: Connection, participant: int, interval: int) -> ReadingRow | None:
    """The reading of a participant in an interval; None where there is none."""
    query = select(*(readings.c[name] for name in ReadingRow._fields)).where(
        readings.c.interval == interval, readings.c.participant == participant
    )
    row = connection.execute(query).first()
    return None if row is None else ReadingRow(*row)


def key_of(connection: Connection, participant: int, interval: int) -> KeyRow | None:
    """The gateway key of a participant in an interval; None where it took no part."""
    one = participant_changes
    query = (
        select(one.c.block, one.c.log_index, one.c.from_interval, one.c.detail)
        .where(
            one.c.participant == participant,
            one.c.kind.in_(("enrolled", "gateway")),
            one.c.from_interval <= interval,
        )
        .order_by(one.c.block.desc(), one.c.log_index.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    detail = json.loads(row.detail)
    brought = log_at(connection, row.block, row.log_index)
    return KeyRow(
        detail["gateway"], int(detail["source"]), row.from_interval, row.block, brought.tx_hash if brought else ""
    )


def correction_places(connection: Connection, participant: int, interval: int) -> list[tuple[int, int]]:
    """Block and log index of every correction of a reading, in the order of the chain."""
    one = participant_changes
    query = (
        select(one.c.block, one.c.log_index)
        .where(one.c.participant == participant, one.c.kind == "correction", one.c.from_interval == interval)
        .order_by(one.c.block, one.c.log_index)
    )
    return [(row.block, row.log_index) for row in connection.execute(query)]


def clearing_blocks(connection: Connection, interval: int) -> tuple[int, int] | None:
    """The blocks that cleared an interval and that made it final (0: not yet); None when it is not cleared."""
    query = select(intervals.c.cleared_block, intervals.c.settled_block).where(intervals.c.interval == interval)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def log_at(connection: Connection, block: int, log_index: int) -> RawLog | None:
    """One log by its place."""
    query = select(raw_logs).where(raw_logs.c.block == block, raw_logs.c.log_index == log_index)
    row = connection.execute(query).first()
    return None if row is None else _raw(row)


def logs_in(connection: Connection, first_block: int, last_block: int, address: str) -> list[RawLog]:
    """Logs of a contract in a few blocks, in the order of the chain."""
    query = (
        select(raw_logs)
        .where(
            raw_logs.c.block >= first_block,
            raw_logs.c.block <= last_block,
            raw_logs.c.address == bytes.fromhex(address[2:]),
        )
        .order_by(raw_logs.c.block, raw_logs.c.log_index)
    )
    return [_raw(row) for row in connection.execute(query)]


def _raw(row: Any) -> RawLog:
    one = row._mapping
    topics = bytes(one["topics"])
    return RawLog(
        f"0x{bytes(one['address']).hex()}",
        tuple(topics[at : at + 32] for at in range(0, len(topics), 32)),
        bytes(one["data"]),
        one["block"],
        f"0x{bytes(one['tx_hash']).hex()}",
        one["log_index"],
        one["at"],
    )
