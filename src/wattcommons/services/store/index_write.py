"""What the indexer keeps beside the projections: raw logs, the blocks that may still go, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from wattcommons.services.store.bulk import insert_rows
from wattcommons.services.store.index_columns import INDEX
from wattcommons.services.store.index_tables import index_blocks, index_state, raw_logs, undo

_SOURCES: Final = frozenset({"raw_logs", "index_blocks", "index_state", "undo"})
_PAGE: Final = 5_000


class KeptState(NamedTuple):
    """How far the index is; see `index_tables.index_state`."""

    deployment: str
    projections: int
    zone: str
    next_block: int
    final_block: int
    at: int


class KeptBlock(NamedTuple):
    """A block that the index has taken in. `at`: unix seconds."""

    number: int
    hash: bytes
    parent: bytes
    at: int


class KeptLog(NamedTuple):
    """A raw log, in the order of the table's columns. `topics`: one after the other."""

    block_hash: bytes
    tx_hash: bytes
    log_index: int
    block: int
    address: bytes
    topics: bytes
    data: bytes
    at: int


def read_state(connection: Connection, *, lock: bool = False) -> KeptState | None:
    """How far the index is, None before its first start. `lock`: no other indexer may write until the end."""
    wanted = select(*(index_state.c[name] for name in KeptState._fields))
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return None if row is None else KeptState(*row)


def write_state(connection: Connection, state: KeptState) -> None:
    """Write how far the index is; the first time, too."""
    values = state._asdict()
    if connection.execute(update(index_state).values(**values)).rowcount == 0:
        connection.execute(insert(index_state).values(one=1, **values))


def read_blocks(connection: Connection) -> list[KeptBlock]:
    """The last final block and every one above it, lowest first."""
    columns = (index_blocks.c.block, index_blocks.c.hash, index_blocks.c.parent, index_blocks.c.at)
    found = connection.execute(select(*columns).order_by(index_blocks.c.block))
    return [KeptBlock(number, bytes(hash_), bytes(parent), at) for number, hash_, parent, at in found]


def add_blocks(connection: Connection, blocks: Sequence[KeptBlock]) -> None:
    """Keep blocks."""
    insert_rows(connection, index_blocks, blocks)


def settle_blocks(connection: Connection, final: int) -> None:
    """Forget what lies below a final block, and how to undo it and what is below."""
    connection.execute(delete(index_blocks).where(index_blocks.c.block < final))
    connection.execute(delete(undo).where(undo.c.block <= final))


def add_logs(connection: Connection, logs: Iterable[KeptLog]) -> None:
    """Keep raw logs."""
    insert_rows(connection, raw_logs, list(logs))


def count_rows(connection: Connection, table: str) -> int:
    """How many rows a table of the index has."""
    return connection.execute(select(func.count()).select_from(INDEX.tables[table])).scalar_one()


def stored_logs(connection: Connection) -> Iterator[list[KeptLog]]:
    """All raw logs in the order of the chain, page by page; a page never ends inside a block."""
    columns = [raw_logs.c[name] for name in KeptLog._fields]
    place = tuple_(raw_logs.c.block, raw_logs.c.log_index)
    after = (-1, -1)
    rest: list[KeptLog] = []
    while True:
        wanted = select(*columns).where(place > after).order_by(raw_logs.c.block, raw_logs.c.log_index).limit(_PAGE)
        page = [KeptLog(*row) for row in connection.execute(wanted)]
        rest += page
        if len(page) < _PAGE:
            yield rest
            return
        after = (page[-1].block, page[-1].log_index)
        yield [log for log in rest if log.block < after[0]]
        rest = [log for log in rest if log.block == after[0]]


def clear_projections(connection: Connection) -> None:
    """Take away everything that can be derived from the raw logs again."""
    for name, table in INDEX.tables.items():
        if name not in _SOURCES or name == "undo":
            connection.execute(delete(table))
