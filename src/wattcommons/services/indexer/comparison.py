"""An index held against the chain: made anew from the chain's own logs, and compared row by row.

Finds a raw log that is missing, made up or altered, and a row of any other table that does not follow from the chain's
logs, whoever wrote it: a tampered store, or an indexer that lies. What the node gives is taken as the chain's records;
that these are complete is for the audit of the book, which compares them with the contracts' state.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from wattcommons.chain.block_logs import BlockSource, Header, PlacedLog, Stretch
from wattcommons.chain.deployment import Deployment
from wattcommons.errors import NodeUnavailable, StoreError
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.indexer.opening import REBUILD, require_community
from wattcommons.services.indexer.projector import PROJECTIONS
from wattcommons.services.store.engine import Connection, Store, open_store
from wattcommons.services.store.index_snapshot import Key, Row, columns_of, compared_tables, rows_in_order
from wattcommons.services.store.index_write import KeptState, read_blocks, read_state

MOST_SHOWN: Final = 5
"""Differing rows named of each table; all are counted."""
_BLOCKS: Final = "index_blocks"


@dataclass(frozen=True, slots=True)
class Difference:
    """A row by its key, and how the store's differs from the chain's: `missing`, `too many`, or column by column."""

    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.key}: {self.what}"


@dataclass(slots=True)
class TableReport:
    """So many rows of a table were compared; `differences` holds the first of those that differ."""

    name: str
    rows: int = 0
    missing: int = 0
    extra: int = 0
    altered: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Every row is the chain's."""
        return not (self.missing or self.extra or self.altered)

    def note(self, key: str, what: str) -> None:
        """Keep a difference, if it is among the first."""
        if len(self.differences) < MOST_SHOWN:
            self.differences.append(Difference(key, what))


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The comparison of an index with the chain as of the last block that the index has taken in."""

    store: str
    block: int
    tables: tuple[TableReport, ...]

    @property
    def ok(self) -> bool:
        """Every row of every table is the chain's."""
        return all(table.ok for table in self.tables)

    def table(self, name: str) -> TableReport:
        """The report of one table. Raises KeyError for an unknown one."""
        for one in self.tables:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.ok, **asdict(self)}


def compare_index(
    store: Store,
    source: BlockSource,
    deployment: Deployment,
    on_stage: Callable[[str], None] = lambda _: None,
) -> IndexReport:
    """Compare a store's index with one made of the source's blocks, up to the last block the store has.

    Nothing in the store is changed. Raises StoreError when it holds no index or one of another version of the program,
    DeploymentError when it is another community's, and NodeUnavailable.
    """
    store.require_current()
    with store.read() as connection:
        state = _state(store, read_state(connection), deployment)
        with (
            tempfile.TemporaryDirectory(prefix="watt-index-") as folder,
            closing(open_store(Path(folder) / "anew.db")) as anew,
        ):
            on_stage("making the index anew")
            indexer = Indexer(anew, _UpTo(source, state.next_block - 1), deployment, state.zone)
            indexer.open()
            while indexer.step():
                pass
            with anew.read() as expected:
                tables = [_blocks(connection, source)]
                for name in compared_tables():
                    on_stage(f"comparing {name}")
                    tables.append(_compare(name, rows_in_order(expected, name), rows_in_order(connection, name)))
    return IndexReport(store.shown, state.next_block - 1, tuple(tables))


def _state(store: Store, state: KeptState | None, deployment: Deployment) -> KeptState:
    if state is None:
        raise StoreError(f"{store.shown} holds no index", "run `watt index run` first")
    require_community(store, state, deployment)
    if state.projections != PROJECTIONS:
        raise StoreError(f"{store.shown}: the index was made by another version of this program", REBUILD)
    if state.next_block <= deployment.block:
        raise StoreError(f"{store.shown}: the index has taken in no block yet", "run `watt index run` first")
    return state


def _blocks(connection: Connection, source: BlockSource) -> TableReport:
    """The blocks that the index stands on are those of the chain."""
    report = TableReport(_BLOCKS)
    kept = read_blocks(connection)
    for block, header in zip(kept, source.headers([block.number for block in kept]), strict=True):
        report.rows += 1
        if header is None or header.hash != block.hash:
            found = "none" if header is None else f"0x{header.hash.hex()}"
            report.altered += 1
            report.note(f"block {block.number}", f"hash is 0x{block.hash.hex()}, the chain has {found}")
    return report


def _compare(name: str, expected: Iterator[tuple[Key, Row]], found: Iterator[tuple[Key, Row]]) -> TableReport:
    """Walk along both in the order of their keys."""
    report = TableReport(name)
    columns = columns_of(name)
    ours, theirs = next(expected, None), next(found, None)
    while ours is not None or theirs is not None:
        report.rows += 1
        if theirs is None or (ours is not None and ours[0] < theirs[0]):
            assert ours is not None  # noqa: S101 - one of the two is there
            report.missing += 1
            report.note(_shown(ours[0]), f"missing in the store: {_row(columns, ours[1])}")
            ours = next(expected, None)
        elif ours is None or theirs[0] < ours[0]:
            report.extra += 1
            report.note(_shown(theirs[0]), f"too many in the store: {_row(columns, theirs[1])}")
            theirs = next(found, None)
        else:
            if ours[1] != theirs[1]:
                report.altered += 1
                changed = (
                    f"{column} is {_value(kept)}, the chain says {_value(wanted)}"
                    for column, wanted, kept in zip(columns, ours[1], theirs[1], strict=True)
                    if wanted != kept
                )
                report.note(_shown(ours[0]), "; ".join(changed))
            ours, theirs = next(expected, None), next(found, None)
    return report


def _shown(key: Key) -> str:
    return "row " + ", ".join(map(_value, key))


def _row(columns: Sequence[str], row: Row) -> str:
    text = ", ".join(f"{column} {_value(value)}" for column, value in zip(columns, row, strict=True))
    return text if len(text) <= 300 else f"{text[:300]}…"


def _value(value: object) -> str:
    text = f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
    return text if len(text) <= 70 else f"{text[:70]}…"


class _UpTo:
    """A source's blocks up to one, which is taken as final."""

    def __init__(self, source: BlockSource, last: int) -> None:
        self._source = source
        self._last = last

    def trust(self, number: int, block_hash: bytes) -> None:
        """Nothing to do: what was taken in is not looked at again."""

    def heads(self) -> tuple[Header, Header]:
        """The last block, twice."""
        [header] = self._source.headers([self._last])
        if header is None:
            raise NodeUnavailable(f"the node does not have block {self._last}, which the index has taken in")
        return header, header

    def headers(self, numbers: Sequence[int]) -> list[Header | None]:
        """As the source."""
        return self._source.headers(numbers)

    def final(self, first: int, last: int) -> Iterator[Stretch]:
        """As the source."""
        return self._source.final(first, last)

    def of_blocks(self, headers: Sequence[Header]) -> list[list[PlacedLog]]:
        """As the source."""
        return self._source.of_blocks(headers)
